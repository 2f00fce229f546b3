// Output text in, OutputTemplate or one OutputProblem out. Behind a `%` and an optional width stands the longest text that
// is a field or transformer expression and that `resolves` accepts; the rest is literal. So what a token is depends on the
// fields that exist: `%ka.verbx` is `%ka.verb` and an x. Nothing escapes a `%`.

import type { FieldRef, Operand, OutputPart, OutputTemplate, Range } from './ast.ts';
import { isDigit, isSpace } from './characters.ts';
import { attempt, Cursor } from './cursor.ts';
import { scanFieldName, scanIdentifier } from './lexer.ts';
import { MAX_OPERAND_DEPTH, takeCall, takeOperand } from './operand.ts';

export type OutputReason =
  | 'empty_output'
  | 'unknown_output_token'
  | 'output_trailing_number'
  | 'output_trailing_percent';

/** [start, end) is what to underline in the output text. */
export interface OutputProblem extends Range {
  readonly reason: OutputReason;
  readonly message: string;
}

export type ParsedOutput =
  | { readonly ok: true; readonly template: OutputTemplate }
  | { readonly ok: false; readonly problem: OutputProblem };

const MAX_WIDTH = 0x7fffffff;

/**
 * Whitespace at both ends is dropped, then one leading `*`. `resolves` says whether an operand exists for the rule's
 * source and takes the argument it has; it is asked for the longest candidate first, names above `longestName` aside.
 */
export function parseOutput(
  text: string,
  resolves: (operand: Operand) => boolean,
  longestName: number = text.length,
): ParsedOutput {
  const { start, end } = trimmedRange(text);
  if (start === end) return problem('empty_output', 0, text.length, 'expected an output text, found only blanks');
  const body = text.slice(0, end);
  const parts: OutputPart[] = [];
  let at = body[start] === '*' ? start + 1 : start;
  while (at < end) {
    const percent = body.indexOf('%', at);
    const literalEnd = percent < 0 ? end : percent;
    if (literalEnd > at) parts.push({ kind: 'text', text: body.slice(at, literalEnd) });
    if (percent < 0) break;
    const token = readToken(body, percent, resolves, longestName);
    if ('ok' in token) return token;
    parts.push({ kind: 'token', operand: token.operand, width: token.width });
    at = token.operand.end;
  }
  return { ok: true, template: { parts } };
}

type Token = { readonly operand: Operand; readonly width: number } | Extract<ParsedOutput, { ok: false }>;

function readToken(body: string, percent: number, resolves: (operand: Operand) => boolean, longestName: number): Token {
  let at = percent + 1;
  while (isDigit(body.charCodeAt(at))) at++;
  if (at === body.length) {
    return at === percent + 1
      ? problem('output_trailing_percent', percent, at, 'expected a field after %, found the end of the output')
      : problem('output_trailing_number', percent, at, 'expected a field after the width, found the end of the output');
  }
  const operand = longestOperand(body, at, resolves, longestName);
  if (operand) return { operand, width: Math.min(Number(body.slice(percent + 1, at)), MAX_WIDTH) };
  const end = Math.max(at + 1, scanFieldName(body, at), scanIdentifier(body, at));
  return problem(
    'unknown_output_token',
    percent,
    end,
    `expected a known field or a transformer after %, found '${body.slice(percent + 1, end)}'`,
  );
}

function longestOperand(
  body: string,
  at: number,
  resolves: (operand: Operand) => boolean,
  longestName: number,
): Operand | undefined {
  for (const operand of candidates(body, at, longestName)) if (resolves(operand)) return operand;
  return undefined;
}

// longest first: with an argument, without it, then a name cut shorter and shorter
function* candidates(body: string, at: number, longestName: number): Generator<Operand> {
  const whole = attempt(() => takeOperand(new Cursor(body, MAX_OPERAND_DEPTH, at)));
  if (whole.ok && whole.value?.arg !== undefined) yield whole.value;
  const call = attempt(() => takeCall(new Cursor(body, MAX_OPERAND_DEPTH, at)));
  if (call.ok && call.value) yield call.value;
  yield* fieldNames(body, at, longestName);
}

function* fieldNames(body: string, start: number, longestName: number): Generator<FieldRef> {
  const shortest = body.indexOf('.', start) + 2;
  for (let end = Math.min(scanFieldName(body, start), start + longestName); end >= shortest; end--) {
    if (body[end - 1] !== '.') yield { kind: 'field', name: body.slice(start, end), start, end };
  }
}

function trimmedRange(text: string): Range {
  let start = 0;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return { start, end };
}

function problem(
  reason: OutputReason,
  start: number,
  end: number,
  message: string,
): Extract<ParsedOutput, { ok: false }> {
  return { ok: false, problem: { reason, start, end, message } };
}
