// Compiled regexes against values: the engine, the plain interpreter of its images and RE2's port must agree, for the
// table and for the bit sets of one pattern.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { AUTOMATON_BITSETS, AUTOMATON_TABLE } from '../../src/isa/layout.ts';
import { byteClasses } from '../../src/pattern/byte-classes.ts';
import { compileRegex } from '../../src/pattern/compile-regex.ts';
import { encodeBitsets } from '../../src/pattern/encode-automaton.ts';
import { buildPositions } from '../../src/pattern/position-automaton.ts';
import { parseRegex } from '../../src/pattern/regex-parse.ts';
import { verifyAutomaton } from '../../src/pattern/verify-automaton.ts';
import { regexReference } from '../reference-patterns/index.ts';
import { regexPattern, regexText } from './arbitraries.ts';
import type { PatternEngine } from './engine.ts';
import { compilePatternEngine } from './engine.ts';
import { runAutomaton } from './run-automaton.ts';

let engine: PatternEngine;
beforeAll(async () => {
  engine = await compilePatternEngine();
}, 60_000);

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

function compile(pattern: string): Uint8Array {
  const compiled = compileRegex(pattern);
  if (!compiled.ok) throw new Error(`${pattern}: ${compiled.problem.message}`);
  return compiled.automaton;
}

/** The image that a pattern would have if its table were too large. */
function compileBitsets(pattern: string): Uint8Array {
  const parsed = parseRegex(pattern);
  const positions = parsed.ok ? buildPositions(parsed.node) : null;
  const image = positions && encodeBitsets(positions, byteClasses(positions.byteSets));
  if (image === null) throw new Error(`${pattern} has no bit sets`);
  return image;
}

const kindOf = (image: Uint8Array): number => image[0]!;

describe('whole values', () => {
  it.each([
    ['a', 'ba', false],
    ['a|ab', 'ab', true],
    ['a.c', 'abc', true],
    ['a.c', 'a\nc', false],
    ['a[^x]c', 'a\nc', true],
    ['A', 'a', false],
    ['^a$', 'a', true],
    ['', '', true],
    ['', 'a', false],
    ['[[:alpha:]]+', 'abC', true],
    ['[[:alpha:]]+', 'é', false],
    ['[[:^alpha:]]', 'é', true],
    ['.', 'é', true],
    ['.', '\u{10ffff}', true],
    ['..', 'é', false],
    ['a{2,3}', 'aaaa', false],
    ['a{2,3}', 'aaa', true],
    ['\\.', '.', true],
    ['\\.', 'a', false],
    ['\\x41', 'A', true],
    ['\\x{e9}', 'é', true],
    ['a*?', 'aa', true],
    ['a\n^b', 'a\nb', true],
    ['a$\nb', 'a\nb', true],
    ['a^b', 'ab', false],
    ['a$b', 'ab', false],
    ['a\n^$\nb', 'a\n\nb', true],
    ['(^|x)a', 'xa', true],
    ['(^a\n?)+', 'a\na', true],
    ['(^a\n?)+', 'aa', false],
    ['(a$\n?)+', 'a\na', true],
    ['(a|^$){3}', 'aaa', true],
    ['(a|^){3}', 'a', true],
    ['\n^', '\n', true],
    ['$\n', '\n', true],
    ['[^é]', 'è', true],
    ['[^é]', 'é', false],
    ['[à-ü]+', 'àéü', true],
    ['[\\x{7ff}-\\x{10000}]', '\u0800', true],
    ['[\\x{7ff}-\\x{10000}]', '\u{10001}', false],
    ['[]a]', ']', true],
    ['a{,3}', 'a{,3}', true],
    ['\\0101', '\x081', true],
    ['(ab|cd){0,2}', 'abcd', true],
    ['((a{0,3}){0,3}){0,3}', 'a'.repeat(27), true],
    ['((a{0,3}){0,3}){0,3}', 'a'.repeat(28), false],
    ['(a?b?){2,}', 'bba', true],
    ['\\x{d800}', '\ufffd', false],
  ] as const)('%j on %j: %s', (pattern, value, matches) => {
    const text = utf8(value);
    expect(regexReference(pattern, text)).toBe(matches);
    for (const image of [compile(pattern), compileBitsets(pattern)]) {
      expect(engine.automatonMatches(image, text)).toBe(matches);
      expect(runAutomaton(image, text)).toBe(matches);
    }
  });
});

it('agrees with the reference on random patterns and texts', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(regexPattern, fc.array(regexText, { minLength: 1, maxLength: 6 }), (pattern, values) => {
      for (const image of [compile(pattern), compileBitsets(pattern)]) {
        expect(verifyAutomaton(image)).toBeNull();
        for (const value of values) {
          const text = utf8(value);
          const expected = regexReference(pattern, text);
          expect(runAutomaton(image, text)).toBe(expected);
          expect(engine.automatonMatches(image, text)).toBe(expected);
        }
      }
    }),
    { numRuns: 1500 },
  );
});

it('tells every character of a random set from every other', { timeout: 60_000 }, () => {
  const point = fc.oneof(
    fc.constantFrom(0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff),
    fc.integer({ min: 0, max: 0x10ffff }).filter((value) => value < 0xd800 || value > 0xdfff),
  );
  const hex = (value: number) => `\\x{${value.toString(16)}}`;
  fc.assert(
    fc.property(fc.array(fc.tuple(point, point), { minLength: 1, maxLength: 4 }), fc.boolean(), (pairs, negated) => {
      const ranges = pairs.map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
      const set = `[${negated ? '^' : ''}${ranges.map(([low, high]) => `${hex(low)}-${hex(high)}`).join('')}]`;
      const images = [compile(set), compileBitsets(`(${set}|^${set}$)`)];
      for (const [low, high] of ranges) {
        for (const value of [low - 1, low, low + 1, high - 1, high, high + 1, (low + high) >> 1]) {
          if (value < 0 || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) continue;
          const expected = negated !== ranges.some(([from, to]) => from <= value && value <= to);
          const text = utf8(String.fromCodePoint(value));
          for (const image of images) expect(engine.automatonMatches(image, text)).toBe(expected);
        }
      }
    }),
    { numRuns: 500 },
  );
});

describe('patterns without a small table', { timeout: 60_000 }, () => {
  it('run on bit sets', () => {
    const image = compile('.*a.{40}');
    expect(kindOf(compile('.*a.{3}'))).toBe(AUTOMATON_TABLE);
    expect(kindOf(image)).toBe(AUTOMATON_BITSETS);
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'é', '日'), { minLength: 35, maxLength: 60 }), (characters) => {
        const expected = characters.length > 40 && characters.at(-41) === 'a';
        expect(engine.automatonMatches(image, utf8(characters.join('')))).toBe(expected);
      }),
    );
  });

  it('carry from word to word and fire hubs', () => {
    for (const pattern of ['(ab|cd|ef|gh|ij|kl|mn|op){100}', '(.{0,60}x?){5}', '((a{0,9}){0,9}b?){0,9}']) {
      const image = compileBitsets(pattern);
      fc.assert(
        fc.property(
          fc.array(fc.constantFrom('ab', 'cd', 'op', 'x', 'aaa'), { minLength: 98, maxLength: 102 }),
          (parts) => {
            const text = utf8(parts.join(''));
            const expected = regexReference(pattern, text);
            expect(engine.automatonMatches(image, text)).toBe(expected);
            expect(runAutomaton(image, text)).toBe(expected);
          },
        ),
        { numRuns: 20 },
      );
      const whole = utf8('abop'.repeat(50));
      expect(engine.automatonMatches(image, whole)).toBe(regexReference(pattern, whole));
    }
  });
});
