// Condition text in, Condition tree or one SyntaxProblem out. A recursive descent over Falco's grammar, rule by rule;
// alternatives are tried in the order written and nothing is taken back. Names are not looked up here: a dotted name is a
// field, an undotted one a macro, and lists are still texts. Depth is counted per nested rule as Falco counts it: five
// rules per bracket, four per `not(`; chains of `and`, `or` and `not ` are loops and do not count.

import type { Check, Condition, MacroRef, Modifier, Operand, Operator, Right, Value, ValueList } from './ast.ts';
import { isBlank, isSpace } from './characters.ts';
import { attempt, Cursor } from './cursor.ts';
import {
  LIST_OPERATORS,
  modifierAt,
  NUMBER_OPERATORS,
  SYMBOL_OPERATORS,
  scanBare,
  scanIdentifier,
  WORD_OPERATORS,
} from './lexer.ts';
import { takeNumber, takeOperand, takeRightTransformer, takeString, takeText } from './operand.ts';
import type { SyntaxProblem } from './problem.ts';

/** Below this many nested grammar rules. */
export const MAX_CONDITION_DEPTH = 1000;

export type ParsedCondition =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly problem: SyntaxProblem };

export function parseCondition(text: string, options: { readonly maxDepth?: number } = {}): ParsedCondition {
  const cursor = new Cursor(text, options.maxDepth ?? MAX_CONDITION_DEPTH);
  const result = attempt(() => {
    if (text === '') cursor.fail('empty_condition', 'expected a condition, found an empty text');
    const condition = parseOr(cursor);
    return cursor.isAtEnd()
      ? condition
      : cursor.failExpecting('trailing_input', "'and', 'or' or the end of the condition");
  });
  return result.ok ? { ok: true, condition: result.value } : result;
}

function parseOr(cursor: Cursor): Condition {
  return parseChain(cursor, 'or', parseAnd);
}

function parseAnd(cursor: Cursor): Condition {
  return parseChain(cursor, 'and', parseNot);
}

function parseChain(cursor: Cursor, keyword: 'and' | 'or', parseOperand: (cursor: Cursor) => Condition): Condition {
  cursor.enter();
  cursor.skipBlanks();
  const start = cursor.at;
  const first = parseOperand(cursor);
  const children = [first];
  cursor.skipBlanks();
  while (cursor.eat(keyword)) {
    children.push(afterKeyword(cursor, keyword, parseOperand));
    cursor.skipBlanks();
  }
  cursor.leave();
  return children.length > 1 ? { kind: keyword, children, start, end: cursor.lastEnd } : first;
}

// `or(x)` takes the bracket alone: an `and` behind it is an error, unlike in `or (x) and y`
function afterKeyword(cursor: Cursor, keyword: string, parseOperand: (cursor: Cursor) => Condition): Condition {
  const start = cursor.at - keyword.length;
  if (cursor.skipBlanks()) return parseOperand(cursor);
  if (cursor.eat('(')) return parseGroup(cursor);
  if (cursor.isAtEnd()) {
    const message = `expected a check after '${keyword}', found the end of the condition`;
    return cursor.fail('missing_blank_after_keyword', message, { range: { start, end: cursor.at } });
  }
  const end = Math.max(cursor.at, scanBare(cursor.text, cursor.at));
  const found = end > cursor.at ? `'${cursor.text.slice(start, end)}'` : 'none';
  return cursor.fail('missing_blank_after_keyword', `expected a blank or '(' after '${keyword}', found ${found}`, {
    range: { start, end },
  });
}

function parseNot(cursor: Cursor): Condition {
  cursor.enter();
  cursor.skipBlanks();
  const start = cursor.at;
  let isNegated = false;
  while (cursor.take(scanNotWord)) isNegated = !isNegated;
  const isNotGroup = cursor.eat('not(');
  const child = isNotGroup ? parseGroup(cursor) : parseCheck(cursor);
  cursor.leave();
  return isNegated !== isNotGroup ? { kind: 'not', child, start, end: cursor.lastEnd } : child;
}

function scanNotWord(text: string, at: number): number {
  if (!text.startsWith('not', at)) return -1;
  let end = at + 3;
  while (isSpace(text.charCodeAt(end))) end++;
  return end > at + 3 ? end : -1;
}

// what follows a "("
function parseGroup(cursor: Cursor): Condition {
  const open = cursor.at - 1;
  cursor.enter();
  const condition = parseOr(cursor);
  expectCloseParen(cursor, "'and', 'or' or ')'", open);
  cursor.leave();
  return condition;
}

function parseCheck(cursor: Cursor): Condition {
  cursor.enter();
  cursor.skipBlanks();
  const condition =
    takeGroup(cursor) ??
    takeFieldCheck(cursor) ??
    takeMacro(cursor) ??
    cursor.failExpecting('expected_check', "a field, a transformer, a macro name or '('");
  cursor.leave();
  return condition;
}

function takeGroup(cursor: Cursor): Condition | undefined {
  return cursor.eat('(') ? parseGroup(cursor) : undefined;
}

function takeFieldCheck(cursor: Cursor): Check | undefined {
  const left = takeOperand(cursor);
  return left && parseTest(cursor, left);
}

function takeMacro(cursor: Cursor): MacroRef | undefined {
  const name = cursor.take(scanIdentifier);
  return name && { kind: 'macro', name: cursor.slice(name), ...name };
}

function parseTest(cursor: Cursor, left: Operand): Check {
  cursor.enter();
  cursor.skipBlanks();
  const operatorStart = cursor.at;
  const check = (operator: Operator, right: () => { modifier?: Modifier; right?: Right }): Check => {
    const operatorRange = { start: operatorStart, end: cursor.at };
    const sides = right();
    cursor.leave();
    return { kind: 'check', left, operator, operatorRange, ...sides, start: left.start, end: cursor.lastEnd };
  };
  if (cursor.eat('exists')) return check('exists', () => ({}));
  const numberOperator = takeOneOf(cursor, NUMBER_OPERATORS);
  if (numberOperator) return check(numberOperator, () => ({ right: parseNumber(cursor) }));
  const stringOperator = takeOneOf(cursor, SYMBOL_OPERATORS) ?? takeWordOperator(cursor);
  if (stringOperator) return check(stringOperator, () => parseStringSide(cursor));
  const listOperator = takeOneOf(cursor, LIST_OPERATORS);
  if (listOperator) return check(listOperator, () => ({ right: parseListSide(cursor) }));
  return cursor.failExpecting('expected_operator', 'an operator after the field');
}

// operators are plain prefixes: `existsand` is `exists` and `and`, `inz` is `in` and `z`
function takeOneOf(cursor: Cursor, operators: readonly Operator[]): Operator | undefined {
  return operators.find((operator) => cursor.eat(operator));
}

function takeWordOperator(cursor: Cursor): Operator | undefined {
  const { text, at } = cursor;
  const word = WORD_OPERATORS.find((name) => text.startsWith(name, at) && isBlank(text.charCodeAt(at + name.length)));
  if (word) cursor.advanceTo(at + word.length);
  return word;
}

function parseNumber(cursor: Cursor): Right {
  cursor.enter();
  cursor.skipBlanks();
  const right =
    takeRightTransformer(cursor) ??
    takeNumber(cursor) ??
    cursor.failExpecting('expected_number', 'a number without quotes or a transformer');
  cursor.leave();
  return right;
}

function parseStringSide(cursor: Cursor): { modifier?: Modifier; right: Right } {
  const modifier = cursor.skipBlanks() ? modifierAt(cursor.text, cursor.at) : undefined;
  if (modifier === undefined) return { right: parseString(cursor) };
  cursor.advanceTo(cursor.at + modifier.length);
  return { modifier, right: parseModified(cursor) };
}

function parseString(cursor: Cursor): Right {
  cursor.enter();
  const right =
    takeRightTransformer(cursor) ??
    takeString(cursor) ??
    cursor.failExpecting('expected_string', 'a text or a transformer');
  cursor.leave();
  return right;
}

function parseModified(cursor: Cursor): Right {
  cursor.enter();
  cursor.skipBlanks();
  const right = takeList(cursor) ?? expectListName(cursor, 'a list in brackets or a name');
  cursor.leave();
  return right;
}

function parseListSide(cursor: Cursor): Right {
  cursor.enter();
  cursor.skipBlanks();
  const right =
    takeList(cursor) ??
    takeRightTransformer(cursor) ??
    expectListName(cursor, 'a list in brackets, a name or a transformer');
  cursor.leave();
  return right;
}

// a bare name is one plain value: list names were replaced before parsing
function expectListName(cursor: Cursor, what: string): Value {
  return takeText(cursor, scanIdentifier) ?? cursor.failExpecting('expected_list', what);
}

function takeList(cursor: Cursor): ValueList | undefined {
  const start = cursor.at;
  if (!cursor.eat('(')) return undefined;
  cursor.skipBlanks();
  const items: Value[] = [];
  const first = takeListItem(cursor);
  if (first) items.push(first);
  while (first && cursor.eat(',')) {
    cursor.skipBlanks();
    items.push(takeListItem(cursor) ?? cursor.failExpecting('expected_list_item', "a list item after ','"));
  }
  expectCloseParen(cursor, first ? "',' or ')' after a list item" : "a list item or ')'", start);
  return { kind: 'list', items, start, end: cursor.lastEnd };
}

function takeListItem(cursor: Cursor): Value | undefined {
  cursor.enter();
  const item = takeString(cursor);
  cursor.skipBlanks();
  cursor.leave();
  return item;
}

function expectCloseParen(cursor: Cursor, what: string, open: number): void {
  if (!cursor.eat(')')) cursor.failExpecting('expected_close_paren', what, { start: open, end: open + 1 });
}
