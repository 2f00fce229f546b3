// Conditions that are legal and probably not what their author meant: a constant that reads like a field or a transformer,
// and comparisons with the text that outputs print for a missing value.

import type { Catalogue } from '../isa/catalogue.ts';
import type { Check, TransformerArg, Value } from '../syntax/ast.ts';
import { TRANSFORMERS } from '../syntax/lexer.ts';
import { isFieldText } from './field.ts';
import { type CheckProblem, problemAt, repaired } from './problem.ts';
import { type CheckContext, NOT_AVAILABLE, repairMissingValue } from './repair.ts';

const NA_OPERATORS: readonly string[] = ['=', '==', '!=', 'in', 'intersects', 'pmatch'];
const CALL = new RegExp(`^(?:${[...TRANSFORMERS, 'val'].join('|')})\\(.*\\)$`);

/** What keyboards and word processors put in without being asked, and what stands for bytes that are no UTF-8. */
const ODD = /[\u00a0\u2000-\u200d\u2018-\u201f\u202f\u2060\ufeff\ufffd]/;

/** Warnings about one constant. */
export function constantWarnings(value: Value, catalogue: Catalogue): readonly CheckProblem[] {
  const text = value.text.replaceAll(/[ \t\n\v\f\r]/g, '');
  const warnings: CheckProblem[] = [];
  const odd = ODD.exec(value.text)?.[0];
  if (odd !== undefined) warnings.push(oddCharacter(value, odd));
  if (text.includes('.') && isFieldText(text, catalogue)) {
    const notes = [`help: write val(${text}) to compare with the field's value`];
    const message = `'${text}' is a field name, but here it is compared as a plain text`;
    warnings.push(problemAt(value, 'constant_looks_like_field', message, notes));
  }
  if (CALL.test(text)) {
    const notes = ['help: a transformer stands without quotes'];
    const message = `'${text}' looks like a transformer, but here it is compared as a plain text`;
    warnings.push(problemAt(value, 'constant_looks_like_transformer', message, notes));
  }
  return warnings;
}

function oddCharacter(value: Value, character: string): CheckProblem {
  const code = `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  if (character === '\ufffd') {
    const notes = ['help: save the file as UTF-8'];
    return problemAt(value, 'odd_character', 'the constant holds bytes that are not UTF-8', notes);
  }
  const [what, help] = /[\u2018-\u201f]/.test(character)
    ? ['a typographic quote', 'help: write " or \'']
    : ['a blank that is none', 'help: type it anew'];
  return problemAt(value, 'odd_character', `the constant holds ${what}, ${code}`, [help]);
}

/** The comparison of a `ka.` or `jevt.` field with `<NA>`, if the check is one. */
export function naComparison(check: Check, context: CheckContext): CheckProblem | undefined {
  const { right } = check;
  if (!NA_OPERATORS.includes(check.operator) || check.modifier !== undefined || !namesAuditField(check.left))
    return undefined;
  const values = right?.kind === 'list' ? right.items : right?.kind === 'value' ? [right] : [];
  const found = values.find((value) => value.text === NOT_AVAILABLE);
  if (found === undefined) return undefined;
  const message = `a missing field never equals the text ${NOT_AVAILABLE}`;
  const repair = repairMissingValue(check, context);
  const notes = repair === undefined ? ["help: write 'exists' or 'not ... exists' to test for a value"] : [];
  return repaired(problemAt(found, 'na_comparison', message, notes), repair);
}

function namesAuditField(operand: TransformerArg): boolean {
  switch (operand.kind) {
    case 'field':
      return operand.name.startsWith('ka.') || operand.name.startsWith('jevt.');
    case 'transformer':
      return operand.args.some(namesAuditField);
    default:
      return false;
  }
}
