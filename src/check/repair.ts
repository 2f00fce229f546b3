// Checks that meant something before Falco 0.32, when a missing value was the text <NA> and any field could have several
// values, to the edits that make them checks of today with the same meaning. Ranges are of the condition text.

import type { Repair, TextEdit } from '../rulefile/edit-text.ts';
import type { Check, NotNode, Operator, Value } from '../syntax/ast.ts';
import type { Type } from './checked.ts';
import { everyElement, rangePattern, someElement } from './integer-range.ts';

export const NOT_AVAILABLE = '<NA>';
const EQUALITY: readonly Operator[] = ['=', '==', '!='];
const ORDER: readonly Operator[] = ['<', '<=', '>', '>='];
/** True of a text when it is true of a part of it: all others would look at the first element, the last, or all as one. */
const WITHIN: readonly Operator[] = ['contains', 'icontains'];
/** Constants that Falco accepts. */
export const MAX_PATTERN_LENGTH = 255;

/** What stands around a check. */
export interface CheckContext {
  /** the text that the check was parsed from */
  readonly source: string;
  /** an odd number of `not` applies to the check */
  readonly isNegated: boolean;
  /** the `not` directly before it */
  readonly negation?: NotNode | undefined;
}

/** `f = <NA>` -> `not f exists`, `f in (<NA>, a)` -> `(not f exists or f in (a))`. */
export function repairMissingValue(check: Check, context: CheckContext): Repair | undefined {
  const { right, left, operator } = check;
  if (check.modifier !== undefined || right === undefined || right.kind === 'transformer') return undefined;
  const title = "test for a value with 'exists'";
  const values = right.kind === 'list' ? right.items : [right];
  const others = values.filter((value) => value.text !== NOT_AVAILABLE);
  if (others.length === values.length) return undefined;
  const field = context.source.slice(left.start, left.end);
  if (others.length === 0) {
    const exists: TextEdit = {
      start: check.operatorRange.start,
      end: check.end,
      text: `${blankAt(context, check)}exists`,
    };
    return { title, edits: [...negate(check, context, operator !== '!='), exists] };
  }
  return {
    title,
    edits: [
      { start: left.start, end: left.start, text: `(not ${field} exists or ` },
      ...values.flatMap((value, i) => (value.text === NOT_AVAILABLE ? [removal(values, i)] : [])),
      { start: check.end, end: check.end, text: ')', after: true },
    ],
  };
}

function removal(values: readonly Value[], i: number): TextEdit {
  const isLead = values.slice(0, i).every((value) => value.text === NOT_AVAILABLE);
  if (isLead) return { start: values[i]!.start, end: values[i + 1]!.start, text: '' };
  return { start: values[i - 1]!.end, end: values[i]!.end, text: '' };
}

/** An operator that a list field does not take; `!=` and what is compared with <NA> included. */
export function repairListOperator(check: Check, type: Type, context: CheckContext): Repair | undefined {
  if (!type.list || check.right === undefined || check.right.kind === 'transformer') return undefined;
  if (EQUALITY.includes(check.operator)) return repairMissingValue(check, context) ?? repairEquality(check, context);
  if (type.type !== 'string') return undefined;
  if (ORDER.includes(check.operator)) return repairOrder(check, context);
  return repairElement(check, context) ?? repairJoined(check);
}

// An alert must not be lost: where the check has to hold one element is enough, where it must not hold all have to be equal.
function repairEquality(check: Check, context: CheckContext): Repair | undefined {
  const isDifference = check.operator === '!=';
  const isPositive = context.isNegated === isDifference;
  if (check.modifier !== undefined && (check.modifier !== 'anyof' || isDifference)) return undefined;
  const operator = isPositive ? 'intersects' : 'in';
  const title = isPositive
    ? "compare the elements of a list with 'intersects': at least one is equal"
    : "compare the elements of a list with 'in': every one is equal";
  const edits = [...negate(check, context, isDifference), ...membership(check, context, operator, [])];
  return { title, edits };
}

/** `f contains '"x"'` looked for an element in JSON text. */
function repairElement(check: Check, context: CheckContext): Repair | undefined {
  const { right, operator } = check;
  if (operator !== 'contains' || right?.kind !== 'value' || check.modifier !== undefined) return undefined;
  if (!/^"[^"\\]+"$/.test(right.text)) return undefined;
  const edit = { start: right.start, end: right.end, text: `(${right.text})` };
  const title = "compare the elements of a list with 'intersects'";
  return { title, edits: [...membership(check, context, 'intersects', [edit])] };
}

function membership(
  check: Check,
  context: CheckContext,
  operator: 'in' | 'intersects',
  valueEdits: readonly TextEdit[],
): readonly TextEdit[] {
  const { operatorRange, modifier } = check;
  const right = check.right as Value;
  const end = modifier === undefined ? operatorRange.end : right.start;
  const blank = /\s/.test(context.source[end] ?? '') ? '' : ' ';
  const edits: TextEdit[] = [
    { start: operatorRange.start, end, text: `${blankAt(context, check)}${operator}${blank}` },
  ];
  if (modifier !== undefined) return edits;
  if (valueEdits.length > 0) return [...edits, ...valueEdits];
  return [
    ...edits,
    { start: right.start, end: right.start, text: '(' },
    { start: right.end, end: right.end, text: ')', after: true },
  ];
}

/** The elements as one text; a comma in the value would also be found between two elements. */
function repairJoined(check: Check): Repair | undefined {
  const { right, operator, modifier } = check;
  const values = right?.kind === 'list' ? right.items : [right as Value];
  const isSplit = modifier === 'allof' || values.some(({ text }) => text.includes(','));
  if (!WITHIN.includes(operator) || isSplit) return undefined;
  const title = `join the elements of a list: '${operator}' is true then where one of them holds the text`;
  return { title, edits: joinEdits(check) };
}

/** What to do about an operator that a list does not take, where no repair keeps its meaning. */
export function listOperatorNotes({ operator }: Check): readonly string[] {
  const isWhole = EQUALITY.includes(operator);
  const missing = isWhole ? [] : [`there is no '${operator}' for the elements of a list: they are compared as a whole`];
  return [...missing, "help: 'intersects (a, b)' is true where one element is a value, 'in (a, b)' where all are"];
}

/** Numbers were compared by value, of a list that had one: an alert must not be lost, as above. */
function repairOrder(check: Check, context: CheckContext): Repair | undefined {
  const right = check.right as Value;
  const one = /^[0-9]{1,15}$/.test(right.text) ? orderPattern(check.operator, Number(right.text)) : undefined;
  const pattern = one && (context.isNegated ? everyElement(one) : someElement(one));
  if (pattern === undefined || pattern.length > MAX_PATTERN_LENGTH) return undefined;
  return {
    title: 'compare the digits with a regular expression',
    edits: [
      ...joinEdits(check),
      { start: check.operatorRange.start, end: check.end, text: `${blankAt(context, check)}regex "${pattern}"` },
    ],
  };
}

function orderPattern(operator: Operator, bound: number): string | undefined {
  switch (operator) {
    case '<':
      return rangePattern(0, bound - 1);
    case '<=':
      return rangePattern(0, bound);
    case '>':
      return rangePattern(bound + 1);
    default:
      return rangePattern(bound);
  }
}

function joinEdits({ left }: Check): readonly TextEdit[] {
  return [
    { start: left.start, end: left.start, text: 'join(",", ' },
    { start: left.end, end: left.end, text: ')', after: true },
  ];
}

/** Edits that negate a check that stands as `f ...`, or take its `not` away. */
function negate(check: Check, { source, negation }: CheckContext, isNeeded: boolean): readonly TextEdit[] {
  if (!isNeeded) return [];
  // brackets between them would be left alone
  if (negation !== undefined && !source.slice(negation.start, check.start).includes('('))
    return [{ start: negation!.start, end: check.start, text: '' }];
  return [{ start: check.start, end: check.start, text: 'not ' }];
}

function blankAt({ source }: CheckContext, { operatorRange }: Check): string {
  return /\s/.test(source[operatorRange.start - 1] ?? '') ? '' : ' ';
}
