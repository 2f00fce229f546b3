// Which patterns compile, where the others are wrong, and which could be written without a regex.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileRegex } from '../../src/pattern/compile-regex.ts';
import { regexReference } from '../reference-patterns/index.ts';
import { doubtfulRegex } from './arbitraries.ts';

const problemOf = (pattern: string) => {
  const compiled = compileRegex(pattern);
  return compiled.ok ? null : compiled.problem;
};

describe('accepted patterns', () => {
  it.each([
    ...[
      '',
      'a|',
      '|',
      '()',
      '(|a)',
      '^*',
      '$+',
      'a**',
      'a*?',
      'a+?+',
      'x{0}',
      'x{0}{5}',
      'a{1000}',
      '(a{10}){100}',
      'a{1000,}',
    ],
    ...['{', '}', ']', 'a{', 'a{,3}', 'a{2', 'a{01}', 'a{1,02}', 'a{1000000000}', 'a{2}}', '-', '{a}'],
    ...[
      '[]a]',
      '[^]a]',
      '[a-]',
      '[-a]',
      '[--a]',
      '[+--]',
      '[a^]',
      '[[=a=]]',
      '[[.a.]]',
      '[[]',
      '[[:word:]]',
      '[[:^digit:]x]',
    ],
    ...[
      '\\_',
      '\\ ',
      '\\/',
      '\\\\',
      '\\a\\f\\n\\r\\t\\v',
      '\\x41',
      '\\x{0000041}',
      '\\x{10ffff}',
      '\\0',
      '\\08',
      '\\07',
      '\\101',
    ],
    ...['[\\x41-\\x{5a}]', '[\\]]', '[\\n]', 'é*', '日本', '\u{1f600}+', '('.repeat(127) + ')'.repeat(127)],
  ])('%j', (pattern) => {
    expect(problemOf(pattern)).toBeNull();
  });
});

describe('refused patterns', () => {
  it.each([
    ['\\d', 0, 2],
    ['a\\w', 1, 3],
    ['\\S', 0, 2],
    ['\\bfoo', 0, 2],
    ['x\\B', 1, 3],
    ['\\A', 0, 2],
    ['\\z', 0, 2],
    ['\\pN', 0, 2],
    ['\\Q.\\E', 0, 2],
    ['\\C', 0, 2],
    ['\\u0041', 0, 2],
    ['\\cA', 0, 2],
    ['\\é', 0, 2],
    ['\\\u{1f600}', 0, 3],
    ['a\\', 1, 2],
    ['(a)\\1', 3, 5],
    ['\\8', 0, 2],
    ['\\18', 0, 2],
    ['\\x', 0, 2],
    ['\\x4', 0, 2],
    ['\\xg0', 0, 2],
    ['\\x{}', 0, 2],
    ['\\x{41', 0, 2],
    ['\\x{110000}', 0, 10],
    ['(?i)a', 0, 2],
    ['a(?:b)', 1, 3],
    ['(?P<n>a)', 0, 2],
    ['*a', 0, 1],
    ['+', 0, 1],
    ['a|*', 2, 3],
    ['(?', 0, 2],
    ['(+)', 1, 2],
    ['{2}', 0, 3],
    ['(a', 0, 1],
    ['a(b(c)', 1, 2],
    ['a)', 1, 2],
    [')', 0, 1],
    ['[', 0, 1],
    ['x[]', 1, 2],
    ['[^]', 0, 1],
    ['[a', 0, 1],
    ['[a-', 2, 3],
    ['[z-a]', 1, 4],
    ['[a-c-e]', 4, 5],
    ['[[:foo:]]', 1, 8],
    ['[[:a]b:]', 1, 8],
    ['[[:alpha:]-z]', 10, 11],
    ['[\\d]', 1, 3],
    ['[a-\\d]', 3, 5],
    ['[a-[:alpha:]]', 1, 4],
    ['[[:alpha:]', 0, 1],
    ['a{2,1}', 1, 6],
    ['a{1001}', 1, 7],
    ['a{0,1001}', 1, 9],
    ['a{1001,}', 1, 8],
    ['(a{2000}){0}', 2, 8],
    ['a{1000}{2}', 7, 10],
    ['(a{100}){11}', 8, 12],
    ['((a{10}){10}b{11}){11}', 18, 22],
    ['a\ud800b', 1, 2],
    ['\udc41', 0, 1],
  ] as const)('%j', (pattern, start, end) => {
    expect(problemOf(pattern)).toMatchObject({ reason: 'bad_regex', start, end });
  });
});

it('agrees with the reference on what compiles', { timeout: 60_000 }, () => {
  const text = new Uint8Array(0);
  const compiles = (pattern: string) => {
    try {
      regexReference(pattern, text);
      return true;
    } catch {
      return false;
    }
  };
  fc.assert(
    fc.property(doubtfulRegex, (pattern) => {
      expect(compileRegex(pattern).ok).toBe(compiles(pattern));
    }),
    { numRuns: 2000 },
  );
});

describe('patterns that could be simpler', () => {
  it.each([
    ['abc', true],
    ['^abc$', true],
    ['abc.*', true],
    ['.*abc', true],
    ['^.+abc.?$', true],
    ['', true],
    ['^$', true],
    ['.*', true],
    ['a b,c=d-', true],
    ['a.c', false],
    ['a\\.c', false],
    ['a|b', false],
    ['^^a', false],
    ['a$$', false],
    ['.abc', false],
    ['.*.*', true],
    ['.*a.*b', false],
    ['[a]', false],
    ['(a)', false],
    ['a{', false],
    ['a}', false],
    ['a*', false],
    ['a]', false],
  ] as const)('%j: %s', (pattern, simpler) => {
    const compiled = compileRegex(pattern);
    if (compiled.ok) expect(compiled.simplerHint).toBe(simpler);
    else expect.unreachable(compiled.problem.message);
  });
});
