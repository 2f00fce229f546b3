// The token-preserving parser against JSON.parse, and its lenient dialect.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBytes, fromText, toText } from './bytes.ts';
import { compact, indented, isStrictJson, member, parseJson, textOf } from './json-text.ts';

function decides(text: string): boolean {
  return 'value' in parseJson(fromText(text), 'fixed');
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const ODD = [
  '',
  ' ',
  '01',
  '-',
  '-0',
  '1.',
  '.5',
  '1e',
  '1e+5',
  '1E400',
  'nul',
  'truex',
  '"',
  '"\\x"',
  '"\\u12"',
  '"\\ud83d"',
  '"\t"',
  '[1,]',
  '[,]',
  '{"a":1,}',
  '{a:1}',
  '{"a" 1}',
  '[] []',
  '\ufeff{}',
  '\f1',
  '"\u2028"',
  '\u00a01',
  '[1 2]',
  '{"a":}',
  "'a'",
  '/**/1',
  'NaN',
  '-Infinity',
];

describe('fixed', () => {
  it.each(ODD)('decides as JSON.parse: %j', (text) => expect(decides(text)).toBe(parses(text)));

  it('decides as JSON.parse on mangled documents', () => {
    const mangled = fc
      .tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', '"', '\\', '0', 'e', ' ', '}', '\n', '['))
      .map(
        ([text, at, inserted]) =>
          text.slice(0, at % (text.length + 1)) + inserted + text.slice((at % (text.length + 1)) + 1),
      );
    fc.assert(
      fc.property(mangled, (text) => {
        expect(decides(text)).toBe(parses(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('keeps the meaning of what it prints', () => {
    const meaning = (text: string, print: typeof compact) => {
      const result = parseJson(fromText(text), 'fixed');
      return 'value' in result ? JSON.parse(toText(print(result.value))) : undefined;
    };
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(meaning(text, compact)).toEqual(JSON.parse(text));
        expect(meaning(text, (value) => indented(value))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('indents as JSON.stringify does', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const result = parseJson(fromText(JSON.stringify(value)), 'fixed');
        expect('value' in result && toText(indented(result.value))).toBe(
          JSON.stringify(JSON.parse(JSON.stringify(value)), null, 2),
        );
      }),
    );
  });

  it('refuses bytes that are not UTF-8, and too many levels', () => {
    expect(parseJson(fromBytes(Uint8Array.of(0x22, 0xff, 0x22)), 'fixed')).toEqual({ failure: 'invalid_utf8' });
    const nested = (levels: number) => parseJson('['.repeat(levels) + ']'.repeat(levels), 'fixed');
    expect(nested(1000)).toHaveProperty('value');
    expect(nested(1001)).toEqual({ failure: 'too_deep' });
  });
});

describe('falco', () => {
  const accepted = (text: string) => 'value' in parseJson(text, 'falco');

  it.each(['01.2.3', '--1', 'nan', 'NaN', '+inf', '-INF', '"\\q"', '"\t"', '"\xff"', '1e'])('takes %j', (text) => {
    expect(accepted(text)).toBe(true);
    expect(isStrictJson(text)).toBe(text === '"\xff"');
  });

  it.each(['[1,]', '\xef\xbb\xbf{}', '\f1', '[-]', '[+,1]', '"a', '{} x', '// x\n1'])('refuses %j', (text) => {
    expect(accepted(text)).toBe(false);
  });

  it('counts scalars as levels', () => {
    const nested = (levels: number) => parseJson(`${'['.repeat(levels)}1${']'.repeat(levels)}`, 'falco');
    expect(nested(299)).toHaveProperty('value');
    expect(nested(300)).toEqual({ failure: 'too_deep' });
  });
});

it('finds the first or the last duplicate, keys as written before decoded ones', () => {
  const result = parseJson('{"\\u0061":1,"a":2,"a":3}', 'fixed');
  if (!('value' in result)) throw new Error('no value');
  const found = (semantics: 'falco' | 'fixed') => textOf(member(result.value, 'a', semantics)!);
  expect([found('falco'), found('fixed')]).toEqual(['2', '3']);
});
