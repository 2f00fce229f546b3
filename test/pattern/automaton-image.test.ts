// Images: what the verifier lets pass stays within its bounds, sizes and times stay within the documented limits.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { AUTOMATON_BITSETS } from '../../src/isa/layout.ts';
import { automatonScratchBytes, MAX_IMAGE_BYTES, MAX_TABLE_BYTES } from '../../src/pattern/automaton.ts';
import { compileRegex } from '../../src/pattern/compile-regex.ts';
import { MAX_NESTING } from '../../src/pattern/regex-parse.ts';
import { verifyAutomaton } from '../../src/pattern/verify-automaton.ts';
import type { PatternEngine } from './engine.ts';
import { compilePatternEngine } from './engine.ts';
import { runAutomaton } from './run-automaton.ts';

let engine: PatternEngine;
beforeAll(async () => {
  engine = await compilePatternEngine();
}, 60_000);

function compile(pattern: string): Uint8Array {
  const compiled = compileRegex(pattern);
  if (!compiled.ok) throw new Error(`${pattern}: ${compiled.problem.message}`);
  return compiled.automaton;
}

const TABLES = ['ab+', '', '(.|\n)*', '[[:alpha:]]+é?', 'system:(node|serviceaccount):.*'];
const BITSETS = ['.*a.{40}', '(ab|cd|ef|gh|ij|kl|mn|op){40}', '((a{0,9}){0,9}b?){0,9}'];

it('has the table drawn in the description of the format', () => {
  const image = compile('ab+');
  const u32 = [0, 4, 8, 12, 16, 20, 24, 28].map((at) => Buffer.from(image).readUInt32LE(at));
  expect(u32).toEqual([1, 312, 0, 3, 6, 6, 18, 24]);
  expect([...'xab'].map((character) => image[32 + character.charCodeAt(0)])).toEqual([0, 1, 2]);
  const cells = Array.from({ length: 12 }, (_, i) => Buffer.from(image).readUInt16LE(288 + 2 * i));
  expect(cells).toEqual([0, 0, 0, 0, 12, 0, 0, 0, 18, 0, 0, 18]);
});

describe('the verifier', () => {
  it.each([...TABLES, ...BITSETS])('accepts %j', (pattern) => {
    expect(verifyAutomaton(compile(pattern))).toBeNull();
  });

  it.each([...TABLES, ...BITSETS])('refuses %j cut short, or with one more word', (pattern) => {
    const image = compile(pattern);
    for (const length of [0, 8, 280, image.length - 8])
      expect(verifyAutomaton(image.subarray(0, length))).not.toBeNull();
    const longer = new Uint8Array(image.length + 8);
    longer.set(image);
    expect(verifyAutomaton(longer)).not.toBeNull();
  });

  it('lets no damaged image pass that leaves its bounds', { timeout: 60_000 }, () => {
    const images = [...TABLES, ...BITSETS].map(compile);
    // the header and the end, where all counts and lists are, more often than the middle
    const place = (length: number) =>
      fc.oneof(fc.nat(31), fc.nat(length - 1), fc.integer({ min: length - 64, max: length - 1 }));
    const damage = fc
      .constantFrom(...images)
      .chain((image) =>
        fc.tuple(
          fc.constant(image),
          fc.array(fc.tuple(place(image.length), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        ),
      );
    fc.assert(
      fc.property(damage, fc.uint8Array({ maxLength: 40 }), ([original, changes], text) => {
        const image = original.slice();
        for (const [at, value] of changes) image[at] = value;
        if (verifyAutomaton(image) !== null) return;
        expect(engine.automatonMatches(image, text)).toBe(runAutomaton(image, text));
      }),
      { numRuns: 3000 },
    );
  });
});

const named = (patterns: readonly string[]): { name: string; pattern: string }[] =>
  patterns.map((pattern) => ({ name: `${pattern.slice(0, 20)}...`, pattern }));

describe('limits', { timeout: 60_000 }, () => {
  const large = ['.{1000}'.repeat(36), '.{0,1000}'.repeat(28), '(ab|cd|ef|gh|ij|kl|mn|op){1000}', '(.*a.{9}|b){100}'];

  const others = ['(a?){1000}', '(a*)*'.repeat(40), '([^a]{0,30}){30}', '(a|b|c|ab|bc|abc){1000}'];
  it.each(named([...large, ...others]))('$name compiles soon', ({ pattern }) => {
    const start = performance.now();
    const image = compile(pattern);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(verifyAutomaton(image)).toBeNull();
    expect(image.length).toBeLessThanOrEqual(image[0] === AUTOMATON_BITSETS ? MAX_IMAGE_BYTES : 288 + MAX_TABLE_BYTES);
  });

  const tooLarge = [
    '[^é]{1000}'.repeat(23),
    '(a1|b2|c3|d4|e5|f6|g7|h8|i9|j0|k1|l2|m3|n4|o5|p6|q7|r8|s9|t0|u1|v2|w3|x4|y5|z6|A7|B8|C9|D0|E1|F2|G3){1000}',
    '(a?b?c?d?e?f?g?h?i?j?){100}'.repeat(9),
    `${'('.repeat(MAX_NESTING + 1)}a${')'.repeat(MAX_NESTING + 1)}`,
    `a${'?'.repeat(MAX_NESTING + 1)}`,
  ];
  it.each(named(tooLarge))('$name is too large, and that is said soon', ({ pattern }) => {
    const start = performance.now();
    const compiled = compileRegex(pattern);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(compiled).toMatchObject({ ok: false, problem: { reason: 'regex_too_large', start: expect.any(Number) } });
  });

  it.each(['(a*)*b', '(a|a)*c', '(a|aa)+$d', '.*a.{30}b', '(.*)(.*)(.*)(.*)(.*)x'])(
    '%s takes linear time',
    (pattern) => {
      // a few milliseconds; backtracking would not end
      expect(engine.timeAutomaton(compile(pattern), new Uint8Array(200_000).fill(0x61), 1)).toBeLessThan(500);
    },
  );

  it('states the scratch bytes in the image', () => {
    expect(automatonScratchBytes(compile('ab+'))).toBe(0);
    expect(automatonScratchBytes(compile('.*a.{40}'))).toBe(2 * 16 + 8);
  });
});
