// List substitution against a plain transcription of the rule: each list in turn, one occurrence at a time.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentChain } from '../../src/diagnostics/report.ts';
import type { CollectedList } from '../../src/resolve/collector.ts';
import { ListTable } from '../../src/resolve/lists.ts';

const span = (start: number, end: number) => ({ file: 0, start, end });

/** Lists in order; the items of all of them stand one after the other in file 1. */
function table(lists: readonly (readonly [string, readonly string[]])[]): { table: ListTable; source: string } {
  let source = '';
  const collected = new Map<string, CollectedList>();
  lists.forEach(([name, texts], index) => {
    const items = texts.map((text) => {
      const start = source.length;
      source += text;
      return { text, span: { file: 1, start, end: source.length } };
    });
    collected.set(name, { name, items, index, visibility: index, span: span(0, 0), chain: contentChain(0) });
  });
  return { table: new ListTable(collected), source };
}

const textOf = (text: string) => ({
  text,
  segments: [{ start: 0, end: text.length, span: span(0, text.length), exact: true }],
});

function substituted(text: string, ...lists: [string, string[]][]): string {
  return table(lists).table.substitute(textOf(text))!.text;
}

describe('substitution', () => {
  test.each([
    ['x in (L)', ['a', 'b'], 'x in ( a, b )'],
    ['x in (L,c)', ['a'], 'x in ( a ,c)'],
    ['x in (\n L\n)', ['a'], 'x in ( a )'],
    ['x in (LL, L2, "L")', ['a'], 'x in (LL, L2, "L")'],
    ['x = "see L now"', ['a', 'b'], 'x = "see a, b now"'],
    ['x in (L, c)', [], 'x in (    c)'],
    ['x in (a, L)', [], 'x in (a  )'],
    ['x in (L)', ['a b', "'c d'", '"e"'], 'x in ( "a b", \'c d\', "e" )'],
    ['x in (L)', ['', 'a'], 'x in ( a )'],
    ['x in (L)', ['a', ''], 'x in ( a,  )'],
    ['L L', ['a'], 'a L'],
  ])('%s with %j', (text, items, expected) => {
    expect(substituted(text, ['L', items]).replace(/ +/g, ' ')).toBe(expected.replace(/ +/g, ' '));
  });

  test('later lists see what earlier ones put in, and not the other way round', () => {
    expect(substituted('x in (A)', ['A', ['B', 'y']], ['B', ['z']])).toContain('z');
    expect(substituted('x in (A)', ['C', ['x']], ['B', ['C', 'y']], ['A', ['B', 'z']])).toContain('C, y, z');
  });

  test('a text that would grow without end is refused', () => {
    const lists = Array.from({ length: 12 }, (_, i) => [`L${i}`, Array(10).fill(`L${i + 1}`)] as [string, string[]]);
    expect(table(lists).table.substitute(textOf('x in (L0)'))).toBeUndefined();
  });
});

/** One list, one occurrence after the other, on the whole text each time. */
function naive(text: string, name: string, items: readonly string[]): string {
  const isBlank = (c: string | undefined) => c !== undefined && ' \t\n\r'.includes(c);
  const isDelimiter = (c: string | undefined) => c === undefined || isBlank(c) || '(),='.includes(c);
  let sub = '';
  for (const item of items) {
    if (sub !== '') sub += ', ';
    sub += item.includes(' ') && !/^["']/.test(item) ? `"${item}"` : item;
  }
  let start = text.indexOf(name);
  while (start >= 0) {
    let end = start + name.length;
    if (isDelimiter(text[start - 1]) && isDelimiter(text[end])) {
      while (isBlank(text[start - 1])) start--;
      while (isBlank(text[end])) end++;
      if (sub === '' && text[start - 1] === ',') start--;
      else if (sub === '' && text[end] === ',') end++;
      text = `${start > 0 ? `${text.slice(0, start)} ` : ''}${sub} ${text.slice(end)}`;
      start += sub.length + 1;
    }
    start = text.indexOf(name, start + 1);
  }
  return text;
}

const word = fc.constantFrom('A', 'B', 'C', 'a', 'ab', 'A,B', 'x y');
const condition = fc
  .array(fc.constantFrom('A', 'B', 'C', 'AB', ' ', '  ', ',', '(', ')', '=', '"', '\n', 'x'), { maxLength: 25 })
  .map((parts) => parts.join(''));
const definitions = fc.array(
  fc.tuple(fc.constantFrom('A', 'B', 'C', 'A,B', '= A'), fc.array(fc.oneof(word, fc.constant('')), { maxLength: 3 })),
  {
    maxLength: 4,
  },
);

test('equals the plain transcription, and places follow the characters', () => {
  fc.assert(
    fc.property(condition, definitions, (text, lists) => {
      const { table: lookup, source } = table(lists);
      let expected = text;
      for (const { list, items } of lookup.lists)
        expected = naive(
          expected,
          list.name,
          items.map((item) => item.text),
        );
      const result = lookup.substitute(textOf(text))!;
      expect(result.text).toBe(expected);
      for (const { start, end, span: place } of result.segments) {
        const origin = place.file === 0 ? text : source;
        expect(origin.slice(place.start, place.end)).toBe(result.text.slice(start, end));
      }
    }),
    { numRuns: 3000 },
  );
});

test('the cost follows the text, not the number of lists', () => {
  const lists = Array.from({ length: 20_000 }, (_, i) => [`L${i}`, [`v${i}`]] as [string, string[]]);
  const { table: lookup } = table(lists);
  const started = performance.now();
  for (let i = 0; i < 20_000; i++) lookup.substitute(textOf(`x in (L${i}, b) and y = c`));
  expect(performance.now() - started).toBeLessThan(5_000);
});
