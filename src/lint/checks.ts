// Lints of single checks, each looked at where it is written: comparisons with the text of a missing value that Falco does not
// warn of, ranges of whole numbers, misspelt names of lists, and fields that no event of this source has.

import type { Home } from '../check/condition.ts';
import { everyElement, parseRange, rangePattern, someElement } from '../check/integer-range.ts';
import { checkOperand } from '../check/operand.ts';
import { type CheckContext, MAX_PATTERN_LENGTH, NOT_AVAILABLE, repairMissingValue } from '../check/repair.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Catalogue } from '../isa/catalogue.ts';
import type { Repair, TextEdit } from '../rulefile/edit-text.ts';
import type { Check, Condition, NotNode, Operand, TransformerArg, Value } from '../syntax/ast.ts';
import { escapeText } from '../syntax/escape.ts';
import { printOperand } from '../syntax/print.ts';
import type { ListNames } from './list-names.ts';
import { lintAt } from './place.ts';
import type { Presence } from './presence.ts';

export interface CheckLints {
  readonly catalogue: Catalogue;
  readonly presence: Presence;
  readonly lists: ListNames;
}

/** Lints of every check that is written in a condition; macros are entered on their own. */
export function lintChecks(condition: Condition, home: Home, lints: CheckLints): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const visit = (node: Condition, isNegated: boolean, negation?: NotNode): void => {
    if (node.kind === 'not') visit(node.child, !isNegated, node);
    else if (node.kind === 'check') {
      const context = { source: home.text.text, isNegated, negation };
      for (const one of lintCheck(node, context, home, lints)) found.push(one);
    } else if (node.kind !== 'macro') for (const child of node.children) visit(child, isNegated);
  };
  visit(condition, false);
  return found;
}

function lintCheck(check: Check, context: CheckContext, home: Home, lints: CheckLints): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const values = valuesOf(check);
  if (isPluginField(check.left)) {
    const missing = values.find(({ text }) => text === NOT_AVAILABLE);
    if (missing) {
      const message = `a missing field never equals the text ${NOT_AVAILABLE}`;
      const repair = repairMissingValue(check, context);
      found.push(lintAt('missing_value_text', message, { home, range: missing, uses: [] }, { repair }));
    }
    const range = values.find(({ text }) => parseRange(text) !== undefined);
    if (range) {
      const message = `'${range.text}' is a text, not a range of numbers`;
      const repair = repairRange(check, values, context, lints.catalogue);
      found.push(lintAt('integer_range', message, { home, range, uses: [] }, { repair }));
    }
  }
  for (const value of values) {
    const list = lints.lists.meant(value, check, home);
    if (list === undefined) continue;
    const message = `'${value.text}' is no list: it is compared as a text`;
    const labels = [{ span: list.span, message: 'a list of nearly this name' }];
    const notes = [`help: did you mean the list '${list.name}'?`];
    found.push(lintAt('misspelt_list', message, { home, range: value, uses: [] }, { labels, notes }));
  }
  for (const operand of fieldsOf(check)) {
    const checked = checkOperand(operand, lints.catalogue);
    if (checked.kind === 'problem' || lints.presence.of(checked) !== 'never') continue;
    const message = `'${printOperand(operand)}' has no value in events of source ${lints.catalogue.source}`;
    found.push(lintAt('field_never_set', message, { home, range: operand, uses: [] }));
  }
  return found;
}

function valuesOf({ right, operator }: Check): readonly Value[] {
  if (right === undefined || right.kind === 'transformer' || operator === 'regex') return [];
  return right.kind === 'list' ? right.items : [right];
}

function isPluginField(operand: TransformerArg): boolean {
  if (operand.kind === 'field') return /^(?:ka|jevt|json)\./.test(operand.name);
  return operand.kind === 'transformer' && operand.args.some(isPluginField);
}

/** The fields of a check, outermost operands first. */
export function fieldsOf(check: Check): readonly Operand[] {
  const found: Operand[] = [];
  const visit = (operand: TransformerArg): void => {
    if (operand.kind === 'field') found.push(operand);
    else if (operand.kind === 'transformer') operand.args.forEach(visit);
    else if (operand.kind === 'tlist') operand.items.forEach(visit);
  };
  visit(check.left);
  if (check.right?.kind === 'transformer') visit(check.right);
  return found;
}

/** Ranges were compared with the digits of numbers: a regular expression over the digits does the same. */
function repairRange(
  check: Check,
  values: readonly Value[],
  { source }: CheckContext,
  catalogue: Catalogue,
): Repair | undefined {
  const operand = checkOperand(check.left, catalogue);
  if (operand.kind === 'problem' || operand.type.type !== 'string' || check.modifier !== undefined) return undefined;
  const one = values.map(({ text }) => valuePattern(text)).join('|');
  const pattern = operand.type.list
    ? listPattern(check.operator, one)
    : valueOperator(check.operator)
      ? one
      : undefined;
  if (pattern === undefined || pattern.length > MAX_PATTERN_LENGTH) return undefined;
  const { left, operatorRange, operator } = check;
  const blank = /\s/.test(source[operatorRange.start - 1] ?? '') ? '' : ' ';
  const written = escapeText(pattern);
  const text = `${blank}regex ${written.startsWith('"') ? written : `"${written}"`}`;
  const edits: TextEdit[] = [{ start: operatorRange.start, end: check.end, text }];
  if (operator === '!=' && !operand.type.list) edits.unshift({ start: check.start, end: check.start, text: 'not ' });
  if (operand.type.list) {
    edits.unshift({ start: left.start, end: left.start, text: 'join(",", ' });
    edits.push({ start: left.end, end: left.end, text: ')', after: true });
  }
  return { title: 'compare the digits with a regular expression', edits };
}

function valueOperator(operator: Check['operator']): boolean {
  return ['=', '==', '!=', 'in', 'intersects'].includes(operator);
}

/** Every element, or one of them, in the elements joined by commas. */
function listPattern(operator: Check['operator'], one: string): string | undefined {
  if (operator === 'in') return everyElement(one);
  return operator === 'intersects' ? someElement(one) : undefined;
}

function valuePattern(text: string): string {
  const range = parseRange(text);
  return (range && rangePattern(...range)) ?? text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
