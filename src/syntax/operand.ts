// Field references, transformer expressions and the values around them: the part of the grammar that conditions, output
// templates and exception fields share. Each function parses one rule at the cursor and fails through the cursor.

import type { FieldRef, Operand, Range, TransformerArg, TransformerCall, TransformerList, Value } from './ast.ts';
import { attempt, Cursor } from './cursor.ts';
import { type EscapeReason, unescapeQuoted } from './escape.ts';
import { scanArgument, scanBare, scanFieldName, scanNumber, scanQuoted, TRANSFORMERS, transformerAt } from './lexer.ts';
import type { SyntaxProblem } from './problem.ts';

/** Below this many nested grammar rules, for everything but conditions. */
export const MAX_OPERAND_DEPTH = 100;

const TRANSFORMER_NAMES: string = TRANSFORMERS.join(', ');
const ESCAPE_MESSAGES: Record<EscapeReason, (written: string) => string> = {
  bad_escape: (written) =>
    `unknown escape ${written}, expected one of \\b \\f \\n \\r \\t \\\\ \\/ \\xHH or the quote itself`,
  mismatched_quote_escape: (written) =>
    `${written} in a string with other quotes, expected the quote without backslash`,
  invalid_hex_escape: (written) => `expected two hexadecimal digits after \\x, found ${written}`,
  truncated_hex_escape: () => 'expected two hexadecimal digits after \\x, found the end of the string',
};

/** The whole text as one field reference or transformer expression. */
export function parseOperand(
  text: string,
  options: { readonly maxDepth?: number } = {},
): { readonly ok: true; readonly operand: Operand } | { readonly ok: false; readonly problem: SyntaxProblem } {
  const cursor = new Cursor(text, options.maxDepth ?? MAX_OPERAND_DEPTH);
  const result = attempt(() => {
    const operand = takeOperand(cursor) ?? cursor.failExpecting('expected_field', 'a field or a transformer');
    return cursor.isAtEnd() ? operand : cursor.failExpecting('trailing_input', 'the end of the field');
  });
  return result.ok ? { ok: true, operand: result.value } : result;
}

/** FIELD [arg] or TRANSFORMER "(" targs ")" [arg]; undefined if neither starts here. */
export function takeOperand(cursor: Cursor): Operand | undefined {
  return takeField(cursor) ?? takeTransformer(cursor);
}

export function takeField(cursor: Cursor): FieldRef | undefined {
  const name = cursor.take(scanFieldName);
  if (name === undefined) return undefined;
  cursor.enter();
  const arg = takeArgument(cursor);
  cursor.leave();
  return { kind: 'field', name: cursor.slice(name), ...arg, start: name.start, end: cursor.lastEnd };
}

/** TRANSFORMER "(" targs ")" [arg]. */
export function takeTransformer(cursor: Cursor): TransformerCall | undefined {
  const call = takeCall(cursor);
  return call && { ...call, ...takeArgument(cursor), end: cursor.lastEnd };
}

/** A transformer without the argument that may follow it. */
export function takeCall(cursor: Cursor): TransformerCall | undefined {
  const start = cursor.at;
  const name = transformerAt(cursor.text, start);
  if (name === undefined) return undefined;
  cursor.enter();
  const open = start + name.length;
  cursor.advanceTo(open + 1);
  const args: TransformerArg[] = [];
  do {
    cursor.skipBlanks();
    args.push(transformerArgument(cursor));
    cursor.skipBlanks();
  } while (cursor.eat(','));
  closeTransformer(cursor, open);
  cursor.leave();
  return { kind: 'transformer', name, args, start, end: cursor.lastEnd };
}

/** A transformer, or `val(FIELD)`, which stands on right sides only. */
export function takeRightTransformer(cursor: Cursor): TransformerCall | undefined {
  cursor.enter();
  const call = takeVal(cursor) ?? takeTransformer(cursor);
  cursor.leave();
  return call;
}

function takeVal(cursor: Cursor): TransformerCall | undefined {
  const start = cursor.at;
  if (!cursor.eat('val(')) return undefined;
  const open = cursor.at - 1;
  cursor.skipBlanks();
  const field = takeField(cursor) ?? cursor.failExpecting('expected_field_in_val', 'a plain field inside val()');
  cursor.skipBlanks();
  closeTransformer(cursor, open);
  const arg = takeArgument(cursor);
  return { kind: 'transformer', name: 'val', args: [field], ...arg, start, end: cursor.lastEnd };
}

function closeTransformer(cursor: Cursor, open: number): void {
  if (cursor.eat(')')) return;
  cursor.failExpecting('expected_transformer_close', "',' or ')' after a transformer argument", at(open));
}

function transformerArgument(cursor: Cursor): TransformerArg {
  return (
    takeNumber(cursor) ??
    takeQuoted(cursor) ??
    takeTransformerList(cursor) ??
    takeTransformer(cursor) ??
    takeField(cursor) ??
    cursor.failExpecting(
      'expected_transformer_arg',
      `a field, a quoted string, a number, a list or a transformer (${TRANSFORMER_NAMES})`,
    )
  );
}

function takeTransformerList(cursor: Cursor): TransformerList | undefined {
  const start = cursor.at;
  if (!cursor.eat('(')) return undefined;
  const items: TransformerList['items'][number][] = [];
  cursor.skipBlanks();
  if (!cursor.eat(')')) {
    do {
      cursor.skipBlanks();
      items.push(transformerListItem(cursor));
      cursor.skipBlanks();
    } while (cursor.eat(','));
    if (!cursor.eat(')')) cursor.failExpecting('expected_close_paren', "',' or ')' after a list item", at(start));
  }
  return { kind: 'tlist', items, start, end: cursor.lastEnd };
}

function transformerListItem(cursor: Cursor): FieldRef | TransformerCall | Value {
  return (
    takeOperand(cursor) ??
    takeQuoted(cursor) ??
    takeNumber(cursor) ??
    cursor.failExpecting('expected_transformer_list_item', 'a field, a transformer, a quoted string or a number')
  );
}

// "[" (QUOTED | ARGTEXT) "]": no blank before or inside
function takeArgument(cursor: Cursor): { arg?: string } {
  const open = cursor.at;
  if (!cursor.eat('[')) return {};
  const value = takeQuoted(cursor) ?? takeText(cursor, scanArgument);
  if (value === undefined) return cursor.failExpecting('expected_field_arg', 'an argument after [', at(open));
  if (!cursor.eat(']')) cursor.failExpecting('expected_close_bracket', "']' after the argument", at(open));
  return { arg: value.text };
}

export function takeNumber(cursor: Cursor): Value | undefined {
  return takeText(cursor, scanNumber);
}

/** QUOTED or BARE. */
export function takeString(cursor: Cursor): Value | undefined {
  return takeQuoted(cursor) ?? takeText(cursor, scanBare);
}

/** A token that denotes itself. */
export function takeText(cursor: Cursor, scan: (text: string, at: number) => number): Value | undefined {
  const range = cursor.take(scan);
  return range && { kind: 'value', text: cursor.slice(range), ...range };
}

function takeQuoted(cursor: Cursor): Value | undefined {
  const range = cursor.take(scanQuoted);
  if (range === undefined) return undefined;
  const unescaped = unescapeQuoted(cursor.text, range.start, range.end);
  if (unescaped.ok) return { kind: 'value', text: unescaped.text, ...range };
  return cursor.fail(unescaped.reason, ESCAPE_MESSAGES[unescaped.reason](cursor.slice(unescaped)), {
    range: unescaped,
  });
}

function at(offset: number): Range {
  return { start: offset, end: offset + 1 };
}
