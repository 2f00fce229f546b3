// Conditions over one event, straight from the syntax tree. A check whose field has no value is false whatever its
// operator; there is no third truth value.

import type { FieldType } from '../../src/isa/catalogue.ts';
import type { Check, Condition, Operator, TransformerCall, Value } from '../../src/syntax/ast.ts';
import { asciiLower, cutAtNul } from './bytes.ts';
import { constantOf } from './constants.ts';
import type { Context } from './context.ts';
import { networkContains } from './ip.ts';
import { type OperandShape, shapeOf, valuesOf } from './operands.ts';
import { matchesGlob, matchesPathPrefix, matchesRegex } from './patterns.ts';
import type { Scalar } from './values.ts';

export function evaluate(condition: Condition, context: Context): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.children.every((child) => evaluate(child, context));
    case 'or':
      return condition.children.some((child) => evaluate(child, context));
    case 'not':
      return !evaluate(condition.child, context);
    case 'macro':
      return evaluate(context.macros.get(condition.name)!.condition, context);
    case 'check':
      return evaluateCheck(condition, context);
  }
}

function evaluateCheck(check: Check, context: Context): boolean {
  const shape = shapeOf(check.left, context.fields.shape)!;
  const left = valuesOf(check.left, context);
  if (left === undefined) return false;
  const right = check.right;
  if (right === undefined) return true;
  if (right.kind === 'transformer') return againstOperand(check.operator, shape, left, right, context);
  const constants = right.kind === 'list' ? right.items : [right];
  return againstConstants(check, shape, left, constants);
}

function againstConstants(
  check: Check,
  shape: OperandShape,
  left: readonly Scalar[],
  constants: readonly Value[],
): boolean {
  const values = constants.map((constant) => constantOf(constant, shape.type));
  if (check.modifier !== undefined) {
    const isSetOfBytes =
      `${check.operator} ${check.modifier}` === '!= allof' || /^==? anyof$/.test(`${check.operator} ${check.modifier}`);
    // a network's bytes are never an address's
    if (shape.type === 'ipnet' && isSetOfBytes) return check.operator === '!=' && values.length > 0;
    const holding = values.filter((value) => holds(check.operator, shape.type, left[0]!, value)).length;
    if (check.modifier === 'oneof') return holding === 1;
    return check.modifier === 'anyof' ? holding > 0 : holding > 0 && holding === values.length;
  }
  switch (check.operator) {
    case 'in':
    case 'intersects':
      return membership(check.operator, shape, left, values, false);
    case 'pmatch':
      return matchesPathPrefix(cutAtNul(String(left[0])), values as string[]);
    default:
      return holds(check.operator, shape.type, left[0]!, values[0]!);
  }
}

function againstOperand(
  operator: Operator,
  shape: OperandShape,
  left: readonly Scalar[],
  right: TransformerCall,
  context: Context,
): boolean {
  const values = valuesOf(right, context);
  if (values === undefined) return false;
  if (operator !== 'in' && operator !== 'intersects') return holds(operator, shape.type, left[0]!, values[0]!);
  return membership(operator, shape, left, values, shapeOf(right, context.fields.shape)!.marked);
}

/** The lookup of a list compares stored lengths, the left side of a single value does not carry the marking NUL. */
function membership(
  operator: 'in' | 'intersects',
  shape: OperandShape,
  left: readonly Scalar[],
  right: readonly Scalar[],
  rightMarked: boolean,
): boolean {
  if (right.length === 0) return false;
  const leftMarked = shape.list && shape.marked;
  if (leftMarked !== rightMarked) return shape.list && operator === 'in' && left.length === 0;
  const isMember = (value: Scalar) =>
    right.some((candidate) =>
      shape.list ? sameStored(shape.type, value, candidate) : holds('=', shape.type, value, candidate),
    );
  return operator === 'in' ? left.every(isMember) : left.some(isMember);
}

function sameStored(type: FieldType, left: Scalar, right: Scalar): boolean {
  return type === 'ipnet' ? networkContains(String(right), String(left)) === true : left === right;
}

function holds(operator: Operator, type: FieldType, left: Scalar, right: Scalar): boolean {
  if (type === 'ipnet') return networkContains(String(right), String(left)) === (operator !== '!=');
  if (typeof left === 'string' && typeof right === 'string' && type === 'string') {
    return textHolds(operator, cutAtNul(left), cutAtNul(right));
  }
  return ordered(operator, left, right);
}

function textHolds(operator: Operator, left: string, right: string): boolean {
  switch (operator) {
    case 'contains':
      return left.includes(right);
    case 'icontains':
      return asciiLower(left).includes(asciiLower(right));
    case 'startswith':
      return left.startsWith(right);
    case 'endswith':
      return left.endsWith(right);
    case 'glob':
      return matchesGlob(left, right, false);
    case 'iglob':
      return matchesGlob(left, right, true);
    case 'regex':
      return matchesRegex(left, right);
    default:
      return ordered(operator, left, right);
  }
}

function ordered(operator: Operator, left: Scalar, right: Scalar): boolean {
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
    default:
      throw new TypeError(`operator ${operator} does not compare such values`);
  }
}
