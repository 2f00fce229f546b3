// Output templates: which text behind a % is the token, and what is refused.

import { expect, it } from 'vitest';
import type { Operand } from '../../src/syntax/ast.ts';
import { parseOutput } from '../../src/syntax/output.ts';
import { printOperand } from '../../src/syntax/print.ts';

const PLAIN = new Set(['t.str', 't.str2', 't.num', 't.okey']);
const WITH_KEY = new Set(['t.key', 't.okey']);

function resolves(operand: Operand): boolean {
  if (operand.kind === 'field') return (operand.arg === undefined ? PLAIN : WITH_KEY).has(operand.name);
  return operand.args.every((arg) => arg.kind === 'value' || (arg.kind !== 'tlist' && resolves(arg)));
}

function shown(output: string): string {
  const parsed = parseOutput(output, resolves);
  if (!parsed.ok) {
    const { reason, start, end } = parsed.problem;
    return `${reason} <${output.slice(start, end)}>`;
  }
  return parsed.template.parts
    .map((part) => (part.kind === 'text' ? part.text : `{${part.width || ''}${printOperand(part.operand)}}`))
    .join('');
}

it.each([
  ['x %t.str y', 'x {t.str} y'],
  ['  hi  ', 'hi'],
  ['%t.str.y', '{t.str}.y'],
  ['%t.str2y%t.strz', '{t.str2}y{t.str}z'],
  ['%t.str%t.num;', '{t.str}{t.num};'],
  ['%t.key[foo] %t.key["foo"]', '{t.key[foo]} {t.key[foo]}'],
  ['%t.str[0]', '{t.str}[0]'],
  ['%t.okey[z]%t.okey', '{t.okey[z]}{t.okey}'],
  ['%t.okey["\\q"]', '{t.okey}["\\q"]'],
  ['%t.okey[a b]', '{t.okey}[a b]'],
  ['%010t.str|%0t.str', '{10t.str}|{t.str}'],
  ['%99999999999t.str', '{2147483647t.str}'],
  ['*%t.str', '{t.str}'],
  ['**%t.str*', '*{t.str}*'],
  ['*', ''],
  ['%toupper( t.str )', '{toupper(t.str)}'],
  ['%toupper(t.str)[x]', '{toupper(t.str)[x]}'],
  ['%concat(t.str, ")", len(t.num)))', '{concat(t.str,),len(t.num))})'],
  ['%t.str %t.strs.x', '{t.str} {t.str}s.x'],
  ['', 'empty_output <>'],
  [' \n', 'empty_output < \n>'],
  ['%', 'output_trailing_percent <%>'],
  ['100% ', 'output_trailing_percent <%>'],
  ['x %5', 'output_trailing_number <%5>'],
  ['%%', 'unknown_output_token <%%>'],
  ['%-5t.str', 'unknown_output_token <%->'],
  ['50% of', 'unknown_output_token <% >'],
  ['a %5foo b', 'unknown_output_token <%5foo>'],
  ['%t.key', 'unknown_output_token <%t.key>'],
  ['%t.', 'unknown_output_token <%t>'],
  ['%val(t.str)', 'unknown_output_token <%val>'],
  ['%toupper (t.str)', 'unknown_output_token <%toupper>'],
  ['%toupper(t.nope)', 'unknown_output_token <%toupper>'],
])('%s', (output, expected) => expect(shown(output)).toBe(expected));

it('gives operands positions in the whole text', () => {
  const text = ' *é %5t.str!';
  const parsed = parseOutput(text, resolves);
  const token = parsed.ok ? parsed.template.parts.find((part) => part.kind === 'token') : undefined;
  expect(text.slice(token?.operand.start, token?.operand.end)).toBe('t.str');
});

it('limits nesting to 100', () => {
  const nested = (count: number) => `%${'len('.repeat(count)}t.str${')'.repeat(count)}`;
  expect(shown(nested(50))).toBe(`{${nested(50).slice(1)}}`);
  expect(shown(nested(100))).toMatch(/^unknown_output_token/);
});
