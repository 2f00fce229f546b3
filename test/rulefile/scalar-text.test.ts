// Every character of a scalar knows its place in the file, whatever the style of the scalar.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { scalarText } from '../../src/rulefile/scalar-text.ts';
import { readYaml, type YamlScalar } from '../../src/rulefile/yaml-tree.ts';

/** The scalar under the key `a` of the first item. */
function scalarOf(text: string): YamlScalar | undefined {
  const result = readYaml(text, 0);
  const item = result.ok ? result.documents[0] : undefined;
  const map = item?.kind === 'sequence' ? item.items[0] : undefined;
  const value = map?.kind === 'map' ? map.entries[0]!.value : undefined;
  return value?.kind === 'scalar' ? value : undefined;
}

/** Pieces of the value beside what stands for them in the file; `=` marks exact ones. */
function places(text: string): string[] {
  const mapped = scalarText(scalarOf(text)!);
  return mapped.segments.map(({ start, end, span, exact }) => {
    const source = text.slice(span.start, span.end);
    return exact ? `= ${source}` : `${JSON.stringify(mapped.text.slice(start, end))} from ${JSON.stringify(source)}`;
  });
}

test.each([
  ['plain', '- a: b c\n', ['= b c']],
  [
    'plain over lines',
    '- a: b\n    c\n\n    d\n',
    ['= b', '" " from "\\n    "', '= c', '"\\n" from "\\n\\n    "', '= d'],
  ],
  ['single quotes', "- a: 'it''s'\n", ['= it', '"\'" from "\'\'"', '= s']],
  ['double quotes', '- a: "x\\"y\\u0041"\n', ['= x', '"\\"" from "\\\\\\""', '= y', '"A" from "\\\\u0041"']],
  ['an escaped line break', '- a: "x\\\n    y"\n', ['= x', '= y']],
  ['literal', '- a: |-\n    b\n      c\n', ['= b', '"\\n" from "\\n    "', '=   c']],
  ['literal with comment and indentation', '- a: |2- # c\n     b\n', ['=  b']],
  ['folded: the last blank of the indentation stands for the fold', '- a: >-\n    b\n    c\n', ['= b', '=  c']],
  ['behind a byte order mark', '\uFEFF- a: bc\n', ['= bc']],
  ['CRLF', '- a: |-\r\n    b\r\n    c\r\n', ['= b', '"\\n" from "\\r\\n    "', '= c']],
])('%s', (_, text, expected) => {
  expect(places(text)).toEqual(expected);
});

const style = fc.constantFrom('PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE', 'BLOCK_LITERAL', 'BLOCK_FOLDED' as const);
const value = fc.string({
  unit: fc.constantFrom('a', 'b', ' ', '\n', "'", '"', '\\', '(', '=', 'é', '😀'),
  maxLength: 60,
});

test('exact segments hold the very characters, and all segments lie in the scalar', () => {
  fc.assert(
    fc.property(value, style, fc.integer({ min: 20, max: 80 }), (written, defaultStringType, lineWidth) => {
      const file = stringify([{ a: written }], { defaultStringType, lineWidth });
      const scalar = scalarOf(file);
      if (scalar === undefined) return;
      const { text } = scalar;
      const mapped = scalarText(scalar);
      expect(mapped.text).toBe(text);
      let at = 0;
      for (const { start, end, span, exact } of mapped.segments) {
        expect(start).toBeGreaterThanOrEqual(at);
        at = end;
        expect(span.start).toBeGreaterThanOrEqual(scalar.span.start);
        expect(span.end).toBeLessThanOrEqual(scalar.span.end);
        if (exact) expect(file.slice(span.start, span.end)).toBe(text.slice(start, end));
      }
      // nothing visible is without a place
      const covered = mapped.segments.map(({ start, end }) => text.slice(start, end)).join('');
      expect(covered.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
    }),
    { numRuns: 2000 },
  );
});
