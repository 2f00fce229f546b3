// What the case files do not say: where problems are underlined, how deep a condition may be, what single operands are.

import { describe, expect, it } from 'vitest';
import { byteOffset } from '../../src/syntax/byte-offset.ts';
import { parseOperand } from '../../src/syntax/operand.ts';
import { parseCondition } from '../../src/syntax/parser.ts';
import { printCondition, printField, printOperand } from '../../src/syntax/print.ts';
import type { SyntaxProblem } from '../../src/syntax/problem.ts';
import { bytesText, textBytes } from '../../src/syntax/text-bytes.ts';
import { caseTree } from './case-tree.ts';

function problemOf(text: string, maxDepth?: number): SyntaxProblem {
  const parsed = parseCondition(text, maxDepth === undefined ? {} : { maxDepth });
  if (parsed.ok) throw new TypeError(`parsed: ${text}`);
  return parsed.problem;
}

function textOf(condition: string): string {
  const parsed = parseCondition(condition);
  return parsed.ok ? printCondition(parsed.condition) : parsed.problem.reason;
}

function constantOf(quoted: string): string {
  const parsed = parseCondition(`a.b = ${quoted}`);
  if (!parsed.ok) return parsed.problem.reason;
  return parsed.condition.kind === 'check' && parsed.condition.right?.kind === 'value'
    ? parsed.condition.right.text
    : 'no constant';
}

describe('problems', () => {
  it.each([
    // condition, reason, underlined, end of the message
    ['', 'empty_condition', '', 'found an empty text'],
    ['a b', 'trailing_input', 'b', "found 'b'"],
    ['a andb', 'missing_blank_after_keyword', 'andb', "found 'andb'"],
    ['a or', 'missing_blank_after_keyword', 'or', 'found the end of the condition'],
    ['(a', 'expected_close_paren', '', 'found the end of the text'],
    ['a.b like c', 'expected_operator', 'like', "found 'like'"],
    ['a.b > "1 2" and c', 'expected_number', '"1 2"', `found '"1 2"'`],
    ['a.b = "x', 'expected_string', '"', 'found a " that is never closed'],
    ['a.b = "x\\qy"', 'bad_escape', '\\q', 'or the quote itself'],
    ['a.b = "x\\x4"', 'truncated_hex_escape', '\\x4', 'the end of the string'],
    ['a.b = "\\x"', 'truncated_hex_escape', '\\x', 'the end of the string'],
    ['a.b = "\\xg0"', 'invalid_hex_escape', '\\xg0', 'found \\xg0'],
    ["a.b in ('\\\"')", 'mismatched_quote_escape', '\\"', 'without backslash'],
    ['a.b in (c, , d)', 'expected_list_item', ',', "found ','"],
    ['a.b in ((c))', 'expected_close_paren', '(', "found '('"],
    ['a.b["x] = 1', 'expected_field_arg', '"', 'never closed'],
    ['tolower(a.b]) = c', 'expected_transformer_close', ']', "found ']'"],
    ['join(",", (a.b c.d)) = c', 'expected_close_paren', 'c.d', "found 'c.d'"],
    ['  ', 'expected_check', '', 'found the end of the text'],
  ])('%s', (text, reason, underlined, ending) => {
    const problem = problemOf(text);
    expect(problem.reason).toBe(reason);
    expect(text.slice(problem.start, problem.end)).toBe(underlined);
    expect(problem.message.endsWith(ending)).toBe(true);
  });

  it('point at the bracket that is not closed', () => {
    expect(problemOf('x and (a or (b and c)').opening).toEqual({ start: 6, end: 7 });
    expect(problemOf('len(a.b = c').opening).toEqual({ start: 3, end: 4 });
  });

  it('count the index in code units, byteOffset in bytes', () => {
    const text = 'a.b = é𝄞 c';
    expect(problemOf(text).index).toBe(10);
    expect(byteOffset(text, 10)).toBe(13);
  });
});

describe('positions', () => {
  it('cover each node', () => {
    const text = ' not  a.b[x] in (c, "d") and m';
    const parsed = parseCondition(text);
    if (!parsed.ok || parsed.condition.kind !== 'and') throw new TypeError('not an and');
    const [negated, macro] = parsed.condition.children;
    if (negated?.kind !== 'not' || negated.child.kind !== 'check') throw new TypeError('not a check');
    const { left, operatorRange, right } = negated.child;
    const items = right?.kind === 'list' ? right.items : [];
    const ranges = [parsed.condition, negated, negated.child, left, operatorRange, right, ...items, macro];
    expect(ranges.map((range) => text.slice(range?.start, range?.end))).toEqual([
      'not  a.b[x] in (c, "d") and m',
      'not  a.b[x] in (c, "d")',
      'a.b[x] in (c, "d")',
      'a.b[x]',
      'in',
      '(c, "d")',
      'c',
      '"d"',
      'm',
    ]);
  });
});

describe('grammar', () => {
  it.each([
    ['not not(a)', 'a'],
    ['not\fa', 'not a'],
    ['not(a)and(b)', '(not a and b)'],
    ['not and x', 'trailing_input'],
    ['a.b inz', 'a.b in z'],
    ['a.b = oneof\n(c)', 'a.b = oneof (c)'],
    ['a.b regex allof  x', 'a.b regex allof x'],
    ['a.b = anyof and', 'missing_blank_after_keyword'],
    ['a.b > 0x1Fg', 'trailing_input'],
    ['a.b > 1.5e+3', 'a.b > 1.5e+3'],
    ['a.b > 1e+', 'trailing_input'],
    ['a.b = not_tolower(x)', 'trailing_input'],
    ['concat( a.b[c] , 0x1f ,"x y", len(c.d))[e] = f', 'concat(a.b[c],0x1f,"x y",len(c.d))[e] = f'],
    ['a.b = val( c.d["e f"] )[g]', 'a.b = val(c.d["e f"])[g]'],
    ['a.b = "\\x01\\x7f"', 'a.b = "\\x01\\x7f"'],
  ])('%s', (condition, text) => expect(textOf(condition)).toBe(text));
});

describe('depth', () => {
  const nested = (open: string, count: number, inner: string) => open.repeat(count) + inner + ')'.repeat(count);

  it('allows 198 brackets around a check and 248 nested not(', () => {
    expect(textOf(nested('(', 198, 'a.b=c'))).toBe('a.b = c');
    expect(textOf(nested('(', 199, 'a.b=c'))).toBe('max_depth');
    expect(textOf(nested('not(', 248, 'a.b=c'))).not.toBe('max_depth');
    expect(textOf(nested('not(', 249, 'a.b=c'))).toBe('max_depth');
  });

  it('allows 18 brackets below 100', () => {
    expect(parseCondition(nested('(', 18, 'a.b=c'), { maxDepth: 100 }).ok).toBe(true);
    expect(problemOf(nested('(', 19, 'a.b=c'), 100).reason).toBe('max_depth');
  });

  it.each([
    ['brackets', nested('(', 10_000, 'a')],
    ['not(', nested('not(', 10_000, 'a')],
    ['or(', 'a or('.repeat(10_000)],
    ['transformers', `${nested('len(', 10_000, 'a.b')} > 1`],
    ['right transformers', `a.b = ${nested('len(', 10_000, 'a.b')}`],
    ['lists in transformers', `${'join(",", ('.repeat(10_000)}a.b`],
  ])('refuses 10,000 %s', (_, condition) => expect(problemOf(condition).reason).toBe('max_depth'));

  it('does not count chains', () => {
    for (const chain of ['a and ', 'a or ', 'not ']) expect(parseCondition(`${chain.repeat(20_000)}a`).ok).toBe(true);
  });

  it('prints macros as deep as they nest', () => {
    const child = (name: string) => ({ kind: 'macro', name, start: 0, end: 0 }) as const;
    const macro = (name: string) =>
      name === '0' ? undefined : ({ kind: 'not', child: child(`${Number(name) - 1}`), start: 0, end: 0 } as const);
    expect(printCondition(child('50000'), { macro })).toBe(`${'not '.repeat(50_000)}0`);
  });
});

describe('bytes', () => {
  it('decodes what \\x escapes spell, and keeps lone bytes', () => {
    expect(constantOf('"\\xc3\\xa9"')).toBe('é');
    expect(constantOf('"\\xf0\\x9d\\x84\\x9e!"')).toBe('𝄞!');
    expect(constantOf('"\\xc3x\\xff"')).toBe('\udcc3x\udcff');
    expect([...textBytes(constantOf('"\\xc3x\\xff é"'))]).toEqual([0xc3, 0x78, 0xff, 0x20, 0xc3, 0xa9]);
    expect(textOf('a.b = "\\xc3"')).toBe('a.b = "\\xc3"');
  });

  it('refuses overlong forms, surrogates and what is cut off', () => {
    for (const bytes of [
      [0xc0, 0x80],
      [0xe0, 0x80, 0x80],
      [0xed, 0xa0, 0x80],
      [0xf4, 0x90, 0x80, 0x80],
      [0xe2, 0x82],
    ]) {
      const text = bytesText(Uint8Array.from(bytes));
      expect(text).toHaveLength(bytes.length);
      expect([...textBytes(text)]).toEqual(bytes);
    }
  });
});

describe('operands', () => {
  it.each([
    ['a.b', 'a.b'],
    ['a.b["x=y"]', 'a.b["x=y"]'],
    ["a.b['']", 'a.b[""]'],
    ['toupper( a.b )', 'toupper(a.b)'],
    ['getopt(a.b, "x:")[x]', 'getopt(a.b,x:)[x]'],
    ['', 'expected_field'],
    ['a', 'expected_field'],
    [' a.b', 'expected_field'],
    ['a.b ', 'trailing_input'],
    ['a.b exists', 'trailing_input'],
    ['val(a.b)', 'expected_field'],
    ['toupper(a)', 'expected_transformer_arg'],
  ])('%s', (text, expected) => {
    const parsed = parseOperand(text);
    expect(parsed.ok ? printOperand(parsed.operand) : parsed.problem.reason).toBe(expected);
  });

  it('quotes arguments where needed', () => {
    const field = (arg: string) => printField({ kind: 'field', name: 'a.b', arg, start: 0, end: 0 });
    expect(['x]y', 'x y', 'x\\', '\u0001', 'é'].map(field)).toEqual([
      'a.b[x]y]',
      'a.b["x y"]',
      'a.b["x\\\\"]',
      'a.b["\\x01"]',
      'a.b[é]',
    ]);
  });
});

it('puts macro trees in place of names', () => {
  const parsed = parseCondition('not m and n');
  const macro = parseCondition('a.b = c or a.b = d');
  if (!parsed.ok || !macro.ok) throw new TypeError('not parsed');
  const lookup = (name: string) => (name === 'm' ? macro.condition : undefined);
  expect(printCondition(parsed.condition, { macro: lookup })).toBe('(not (a.b = c or a.b = d) and n)');
  expect(caseTree(parsed.condition)).toEqual({ and: [{ not: { macro: 'm' } }, { macro: 'n' }] });
});
