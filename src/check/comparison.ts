// One check in, its typed form or the first problem out, in Falco's order: left side, operator against its type, right side.

import type { Catalogue } from '../isa/catalogue.ts';
import type { Check, Operator, Right, TransformerCall, Value } from '../syntax/ast.ts';
import { printOperand } from '../syntax/print.ts';
import type { CheckedCondition, CheckedOperand, CheckedRight, Constant, Type } from './checked.ts';
import { parseConstant, type RegexCompiler } from './constant.ts';
import { checkOperand, isNumeric, typeName } from './operand.ts';
import { type CheckProblem, problemAt, repaired } from './problem.ts';
import { renaming, withoutIndex } from './renamed.ts';
import { type CheckContext, listOperatorNotes, repairListOperator } from './repair.ts';
import { constantWarnings } from './suspicious.ts';

export interface ComparisonResult {
  readonly checked: CheckedCondition | CheckProblem;
  readonly warnings: readonly CheckProblem[];
}

const EQUALITY: readonly Operator[] = ['=', '==', '!='];
const ORDER: readonly Operator[] = ['<', '<=', '>', '>='];
const MEMBERSHIP: readonly Operator[] = ['in', 'intersects'];
const TEXT_ONLY: readonly Operator[] = [
  'contains',
  'icontains',
  'startswith',
  'endswith',
  'glob',
  'iglob',
  'regex',
  'pmatch',
];
/** Operators without a meaning for a value that another field has. */
const CONSTANTS_ONLY: readonly Operator[] = ['pmatch', 'regex'];

export interface ComparisonContext {
  readonly catalogue: Catalogue;
  readonly compileRegex: RegexCompiler;
  /** texts as constants of string fields, each made once: rules repeat long lists */
  readonly texts: Map<string, Constant>;
}

export function checkComparison(check: Check, context: ComparisonContext, around: CheckContext): ComparisonResult {
  const warnings: CheckProblem[] = [];
  const left = checkOperand(check.left, context.catalogue);
  if (left.kind === 'problem') return { checked: withSetRepair(left, check, context.catalogue), warnings };
  const operators = operatorsOf(left.type);
  if (!operators.includes(check.operator)) {
    const repair = repairListOperator(check, left.type, around);
    const notes = left.type.list && repair === undefined ? listOperatorNotes(check) : [];
    return { checked: repaired(operatorProblem(check, left.type, operators, notes), repair), warnings };
  }
  const right = checkRight(check, left.type, context, around.source, warnings);
  if (right.kind === 'problem') return { checked: right, warnings };
  const { operator, modifier } = check;
  return { checked: { kind: 'check', left, operator, ...(modifier && { modifier }), right }, warnings };
}

/** Sets were compared as a whole, whatever index the field had. */
function withSetRepair(problem: CheckProblem, { left, operator }: Check, catalogue: Catalogue): CheckProblem {
  const isSet = EQUALITY.includes(operator) || MEMBERSHIP.includes(operator);
  const field = left.kind === 'field' ? catalogue.fields.get(left.name) : undefined;
  if (problem.repair === undefined || !isSet || left.kind !== 'field' || field === undefined) return problem;
  const text = withoutIndex(left, field, true);
  return text === undefined ? problem : { ...problem, repair: renaming(left, left.end, text) };
}

function operatorsOf(type: Type): readonly Operator[] {
  const any: readonly Operator[] = ['exists', ...MEMBERSHIP];
  if (type.list) return any;
  if (type.type === 'string') return [...any, ...EQUALITY, ...ORDER, ...TEXT_ONLY];
  return isNumeric(type) ? [...any, ...EQUALITY, ...ORDER] : [...any, ...EQUALITY];
}

function operatorProblem(
  check: Check,
  type: Type,
  operators: readonly Operator[],
  notes: readonly string[],
): CheckProblem {
  const message = `operator '${check.operator}' does not fit '${printOperand(check.left)}', a ${typeName(type)}`;
  return problemAt(check.operatorRange, 'operator_type_mismatch', message, [
    `help: possible operators are ${operators.filter((name) => name !== '==').join(' ')}`,
    ...notes,
  ]);
}

function checkRight(
  check: Check,
  left: Type,
  context: ComparisonContext,
  source: string,
  warnings: CheckProblem[],
): CheckedRight | CheckProblem {
  const { right } = check;
  if (right === undefined) return { kind: 'none' };
  if (right.kind === 'transformer') return checkRightOperand(check, right, left, context.catalogue);
  const constants: Constant[] = [];
  for (const value of valuesOf(right)) {
    for (const warning of constantWarnings(value, context.catalogue)) warnings.push(warning);
    const constant = constantOf(value, check.operator, left, source, context);
    if (constant.kind === 'problem') return constant;
    if (constant.simplerHint) warnings.push(simplerPattern(value));
    constants.push(constant);
  }
  return { kind: 'constants', constants };
}

function constantOf(
  value: Value,
  operator: Operator,
  left: Type,
  source: string,
  { compileRegex, texts }: ComparisonContext,
): ReturnType<typeof parseConstant> {
  const isText = left.type === 'string' && operator !== 'regex';
  const known = isText ? texts.get(value.text) : undefined;
  if (known !== undefined) return known;
  const constant = parseConstant(value, operator, left, source, compileRegex);
  if (isText && constant.kind === 'text') texts.set(value.text, constant);
  return constant;
}

function valuesOf(right: Exclude<Right, TransformerCall>): readonly Value[] {
  return right.kind === 'list' ? right.items : [right];
}

function simplerPattern(value: Value): CheckProblem {
  return problemAt(value, 'regex_could_be_simpler', 'this regular expression has no special characters', [
    'help: use =, startswith, endswith or contains, which are faster',
  ]);
}

function checkRightOperand(
  check: Check,
  call: TransformerCall,
  left: Type,
  catalogue: Catalogue,
): CheckedRight | CheckProblem {
  const operand: CheckedOperand | CheckProblem = checkOperand(call, catalogue);
  if (operand.kind === 'problem') return operand;
  if (CONSTANTS_ONLY.includes(check.operator)) {
    return problemAt(call, 'rhs_field_not_supported', `operator '${check.operator}' takes constants only`);
  }
  if (left.type === 'ipnet' || operand.type.type === 'ipnet') {
    return problemAt(call, 'rhs_field_not_supported', 'a network is compared with constants only');
  }
  if (left.type !== operand.type.type || left.list !== operand.type.list) {
    const message = `the left side is a ${typeName(left)}, the right side a ${typeName(operand.type)}`;
    return problemAt(call, 'rhs_type_mismatch', message);
  }
  return { kind: 'operand', operand };
}
