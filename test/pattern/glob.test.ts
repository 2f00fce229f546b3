// glob, iglob and pmatch of the engine against what fnmatch gives and against the reference.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { globReference, pathPrefixReference } from '../reference-patterns/index.ts';
import { globPattern, globText, pathPattern, pathText } from './arbitraries.ts';
import type { PatternEngine } from './engine.ts';
import { compilePatternEngine } from './engine.ts';

let engine: PatternEngine;
beforeAll(async () => {
  engine = await compilePatternEngine();
}, 60_000);

const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('glob', { timeout: 60_000 }, () => {
  it.each([
    ['*', '', true],
    ['*', '.x', true],
    ['*', '/a/b', true],
    ['a?c', 'abc', true],
    ['a?c', 'aéc', false],
    ['a??c', 'aéc', true],
    ['a[bx]c', 'abc', true],
    ['a[!b]c', 'abc', false],
    ['a[^b]c', 'axc', true],
    ['a[a-c]c', 'abc', true],
    ['a\\*c', 'a*c', true],
    ['a\\*c', 'axc', false],
    ['abc', 'ABC', false],
    ['a[', 'a[', true],
    ['a*b*c', 'aXbYc', true],
    ['b*', 'ab', false],
    ['', '', true],
    ['', 'a', false],
    ['?', '', false],
    ['a[]]b', 'a]b', true],
    ['[!]]', 'a', true],
    ['[!]]', ']', false],
    ['{a,b}', 'a', false],
    ['*a*', 'bbabb', true],
    ['*aab', 'aaaab', true],
    ['a*', 'a', true],
    ['**', 'x', true],
    ['a\\', 'a\\', false],
    ['\\a', 'a', true],
    // brackets, well formed and not
    ['[[:alpha:]]', 'b', true],
    ['[[:alpha:]]', '1', false],
    ['[^[:space:]]', 'x', true],
    ['[[:digit:]x-z]', 'y', true],
    ['[[:foo:]]', 'f', false],
    ['[[:ALPHA:]]', 'A]', true],
    ['[z-a]', 'z', false],
    ['[a-]', '-', true],
    ['[-a]', '-', true],
    ['[a-c-e]', '-', true],
    ['[\\]]', ']', true],
    ['[a\\-c]', 'b', false],
    ['[a-\\c]', 'b', true],
    ['[%--]', '+', true],
    ['[!!]', '!', false],
    ['[[=a=]]', 'a', true],
    ['[[.a.]-c]', 'b', true],
    ['[[.-.]]', '-', true],
    ['[[.hyphen.]]', '-', false],
    ['[[:alpha:]', '[a', true],
    ['[!a', '[!a', true],
    ['*[a*', 'xx[ab', true],
    ['[[', '[[', true],
    ['[a-', '[a-', false],
    ['[a\\', '[a\\', false],
  ] as const)('%j on %j: %s', (pattern, text, matches) => {
    expect(globReference(utf8(pattern), utf8(text), false)).toBe(matches);
    expect(engine.globMatches(utf8(pattern), utf8(text), false)).toBe(matches);
  });

  it.each([
    ['abc', 'ABC', true],
    ['ABC', 'abc', true],
    ['A*[X-Z]', 'ay', true],
    ['[a-c]', 'B', true],
    ['[!a]', 'A', false],
    ['\\A', 'a', true],
    ['[[:upper:]]', 'a', false],
    ['[[:upper:]]', 'A', true],
    ['[[=A=]]', 'a', false],
    ['[Z-a]', 'z', false],
    ['\xe9', '\xc9', false],
  ] as const)('caseless %j on %j: %s', (pattern, text, matches) => {
    expect(globReference(latin1(pattern), latin1(text), true)).toBe(matches);
    expect(engine.globMatches(latin1(pattern), latin1(text), true)).toBe(matches);
  });

  it('agrees with the reference on random patterns', () => {
    fc.assert(
      fc.property(
        globPattern,
        fc.array(globText, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (pattern, texts, caseless) => {
          for (const text of texts) {
            expect(engine.globMatches(pattern, text, caseless)).toBe(globReference(pattern, text, caseless));
          }
        },
      ),
      { numRuns: 5000 },
    );
  });

  it('knows each byte of each class', () => {
    const names = [
      'alnum',
      'alpha',
      'blank',
      'cntrl',
      'digit',
      'graph',
      'lower',
      'print',
      'punct',
      'space',
      'upper',
      'xdigit',
    ];
    for (const pattern of names.map((name) => latin1(`[[:${name}:]]`))) {
      for (let byte = 1; byte < 256; byte++) {
        const text = Uint8Array.of(byte);
        expect(engine.globMatches(pattern, text, false)).toBe(globReference(pattern, text, false));
      }
    }
  });

  it('takes no more than pattern times text steps', () => {
    const start = performance.now();
    expect(engine.globMatches(latin1(`${'*a'.repeat(100)}b`), latin1('a'.repeat(50_000)), false)).toBe(false);
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('pmatch', { timeout: 60_000 }, () => {
  it.each([
    ['/var/run', '/var/run', true],
    ['/var/run', '/var/run/x', true],
    ['/var/run', '/var', false],
    ['/var', '/variable', false],
    ['/var/run/', '/var/run', true],
    ['/', '/anything', true],
    ['', '/a', true],
    ['', '', true],
    ['var', '/var/x', true],
    ['//var//run', '/var/run', true],
    ['/VAR', '/var', false],
    ['/a/../b', '/b', false],
    ['/var/*', '/var', false],
    ['/var/*', '/var/x/y', true],
    ['/*/b', '/a/b', true],
    ['/*/b', '/a/x/b', false],
    ['/a/[bc]', '/a/b', true],
    ['/a?', '/ab', true],
    ['/a\\b', '/a\\b', true],
    ['/a\\*', '/a*', true],
    ['/a[', '/a[', true],
    ['/var', '', false],
    ['[a/b]', '[a/b]', true],
  ] as const)('%j on %j: %s', (pattern, text, matches) => {
    expect(pathPrefixReference(utf8(pattern), utf8(text))).toBe(matches);
    expect(engine.pathPrefixMatches(utf8(pattern), utf8(text))).toBe(matches);
  });

  it('agrees with the reference on random paths', () => {
    fc.assert(
      fc.property(pathPattern, pathText, (pattern, text) => {
        expect(engine.pathPrefixMatches(pattern, text)).toBe(pathPrefixReference(pattern, text));
      }),
      { numRuns: 5000 },
    );
  });
});
