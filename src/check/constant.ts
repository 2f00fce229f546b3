// Constant texts to values of the left side's type, once, at compile time.

import { MAX_CONSTANT_LENGTH } from '../isa/limits.ts';
import type { CompiledRegex } from '../pattern/compile-regex.ts';
import type { Operator, Value } from '../syntax/ast.ts';
import { textBytes } from '../syntax/text-bytes.ts';
import { parseAddress, parseNetwork } from './address.ts';
import type { Constant, Type } from './checked.ts';
import { type CheckProblem, problemAt } from './problem.ts';

const MAX_UINT64 = (1n << 64n) - 1n;

/** compileRegex, or something that remembers what it compiled. */
export type RegexCompiler = (pattern: string) => CompiledRegex;

/** `source` is the text that `value` was parsed from: it tells where in a pattern a regex problem stands. */
export function parseConstant(
  value: Value,
  operator: Operator,
  type: Type,
  source: string,
  compile: RegexCompiler,
): (Constant & { readonly simplerHint?: boolean }) | CheckProblem {
  const bytes = textBytes(value.text);
  if (bytes.length > MAX_CONSTANT_LENGTH) {
    const message = `constants hold at most ${MAX_CONSTANT_LENGTH} bytes, found ${bytes.length}`;
    return problemAt(value, 'value_too_long', message);
  }
  if (bytes.includes(0)) return problemAt(value, 'nul_in_value', 'a constant cannot hold a NUL byte');
  if (operator === 'regex') return parsePattern(value, source, compile(value.text));
  switch (type.type) {
    case 'string':
      return { kind: 'text', bytes };
    case 'bool':
      return value.text === 'true' || value.text === 'false'
        ? { kind: 'text', bytes }
        : bad(value, 'bad_bool', 'true or false');
    case 'ipaddr':
      return parseIp(value);
    case 'ipnet':
      return parseCidr(value);
    default:
      return parseNumber(value);
  }
}

// What sscanf reads as an unsigned 64-bit number: blanks and a sign in front, a negative one wraps, a large one saturates.
function parseNumber(value: Value): Constant | CheckProblem {
  const match = /^[ \t\n\v\f\r]*([+-]?)([0-9]+)$/.exec(value.text);
  if (match === null) return bad(value, 'bad_number', 'a decimal integer');
  const number = BigInt(match[2]!);
  if (number > MAX_UINT64) return { kind: 'number', value: MAX_UINT64 };
  return { kind: 'number', value: match[1] === '-' ? BigInt.asUintN(64, -number) : number };
}

function parseIp(value: Value): Constant | CheckProblem {
  const bytes = parseAddress(value.text);
  return bytes ? { kind: 'address', bytes } : bad(value, 'bad_ip', 'an IPv4 or IPv6 address');
}

function parseCidr(value: Value): Constant | CheckProblem {
  const network = parseNetwork(value.text);
  return network ? { kind: 'network', ...network } : bad(value, 'bad_cidr', 'a network such as 10.0.0.0/8');
}

function bad(value: Value, reason: CheckProblem['reason'], expected: string): CheckProblem {
  return problemAt(value, reason, `expected ${expected}, found '${value.text}'`);
}

function parsePattern(
  value: Value,
  source: string,
  compiled: CompiledRegex,
): (Constant & { readonly simplerHint: boolean }) | CheckProblem {
  if (compiled.ok) {
    const { automaton: image, literals, simplerHint } = compiled;
    return { kind: 'automaton', image, literals, simplerHint };
  }
  const { reason, message, start, end } = compiled.problem;
  const at = patternStart(value, source);
  const range = at === undefined ? value : { start: at + start, end: at + end };
  const notes = value.text.startsWith('(?i)') ? ['help: compare tolower(FIELD) to ignore case'] : [];
  return problemAt(range, reason, `bad regular expression: ${message}`, notes);
}

// where the pattern starts in the source, if it stands there as it is: bare, or quoted without escapes
function patternStart(value: Value, source: string): number | undefined {
  const written = source.slice(value.start, value.end);
  if (written === value.text) return value.start;
  return written.slice(1, -1) === value.text ? value.start + 1 : undefined;
}
