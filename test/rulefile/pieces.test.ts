// A long text read in pieces is the same tree as the text read whole, places included; what cannot be read so is refused.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readInPieces, readWhole, type YamlNode, type YamlResult } from '../../src/rulefile/yaml-tree.ts';

const values = [
  'plain',
  'two words',
  'a: b',
  'a:b',
  'a #b',
  'a#b',
  'colon:',
  '-x',
  '- x',
  '"double"',
  '"esc\\n"',
  "'single'",
  "'it''s'",
  "'a' b",
  '[a, b]',
  '[a,b ]',
  '[a, b, ]',
  '[a,]',
  '[a,, b]',
  '[,]',
  '[a, b',
  '[a] b',
  '[a.b, /c-d, _e]',
  `[${'word, '.repeat(200)}]`,
  '[]',
  '[a, [b]]',
  '[null, a]',
  '[1, -2, "x"]',
  '{a: b}',
  'null',
  '~',
  '',
  '!!str x',
  '>\n    folded\n    text',
  '|\n    block\n',
  'plain\n    continued',
  '"double\n    continued"',
  'x  ',
  'x\t',
  'ünï',
  '# comment',
  'x # comment',
  'ka.uri glob /api/*',
  '\n    k: v',
  // blocks
  '>\n    a\n    b c',
  '>\n      deep\n      deeper',
  '>\n    a\n      more\n    b',
  '>\n    a\n\n    b',
  '>\n    # text\n    x',
  '>\n    blank \n    x',
  '>\n   three\n   three',
  '>\n  two',
  '>-\n    a',
  '|\n    a\n    b',
  '|\n    a\n  # comment',
  '> # comment\n    a',
  '>\n    ünï\n    x',
  '>\n\n    a',
  // lists
  '\n    - a\n    - b',
  '\n  - a\n  - b',
  '\n - a',
  '\n    - a: b',
  '\n    - "q"\n    - \'s\'\n    - null',
  '\n    - a\n\n    - b',
  '\n    - a\n    # comment\n    - b',
  '\n    - a\n      continued',
  '\n    - - a',
  '\n    -\n    - a',
  '[a,\n    b]',
  '[a,\n  b]',
  '["a", \'b\',c]',
  '[a,]',
  '[a, ]',
  '[ a ]',
  '[a\n    , b]',
  '[a b]',
  '[system:x, a::b]',
  '[a:, b]',
  '[,]',
  '[a,,b]',
  '[a@b, @c]',
  '\n    [\n      a,\n      "b",\n    ]',
  '\n    [a]',
  '\n  [a]',
  '\n    [a\n    ]\n',
  '\n\n    [a]',
  '\n    "a"',
  '[a,\n\n    b]',
  '[\n    a,\n    "b"\n    ]',
  '[a,\n    # comment\n    b]',
  '[a]x',
  '[a] # comment',
  '"a" x',
  '["a"x]',
  '["it\\"s"]',
];
const keys = ['rule', 'skip-if-unknown-filter', 'a_1', 'null', '"quoted"', '1', 'a b', 'k:', 'k'];
const ends = [
  '\n',
  '\n\n',
  '\n# a\n\n# b\n',
  '\n   # comment\n',
  '\n\n    # comment\n',
  '\n# comment\n',
  '\n  # comment\n',
  '\r\n',
  '\n \n',
  '\n  ',
];
const entry = fc.tuple(fc.constantFrom(...keys), fc.constantFrom(...values)).map(([key, value]) => `${key}: ${value}`);
const item = fc
  .tuple(fc.array(entry, { minLength: 1, maxLength: 4 }), fc.constantFrom(...ends))
  .map(([entries, end]) => `- ${entries.join('\n  ')}${end}`);
const files = fc.array(fc.oneof({ weight: 9, arbitrary: item }, fc.constantFrom('-\n', '- x\n', '\n', '-\n  a: b\n')), {
  maxLength: 6,
});

/** Where a block collection ends is of no interest. */
function withoutEnds(node: YamlNode): unknown {
  const { kind, span } = node;
  if (node.kind === 'map') {
    const entries = node.entries.map(({ key, value }) => [withoutEnds(key), withoutEnds(value)]);
    return { kind, start: span.start, entries };
  }
  return node.kind === 'sequence' ? { kind, start: span.start, items: node.items.map(withoutEnds) } : node;
}

function trees(result: YamlResult): unknown {
  return result.ok && result.documents.map(withoutEnds);
}

/** A character less, or one more, here and there. */
const edits = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...' \n#:-,]["\'>|x\t', undefined)), { maxLength: 3 });

function edited(text: string, changes: readonly (readonly [number, string | undefined])[]): string {
  let result = text;
  for (const [n, character] of changes) {
    const at = n % (result.length + 1);
    result = result.slice(0, at) + (character ?? '') + result.slice(character === undefined ? at + 1 : at);
  }
  return result;
}

test('pieces make the same tree', { timeout: 60_000 }, () => {
  let count = 0;
  fc.assert(
    fc.property(files, edits, fc.constantFrom(1, 40, 1000), (items, changes, length) => {
      const text = edited(items.join(''), changes);
      const pieces = readInPieces(text, 3, 0, length);
      if (pieces === undefined) return;
      count++;
      expect(trees(pieces)).toEqual(trees(readWhole(text, 3, 0)));
    }),
    { numRuns: 5000 },
  );
  expect(count).toBeGreaterThan(500);
});

describe('are refused', () => {
  test.each([
    ['several documents', '- a: b\n---\n- c: d\n'],
    ['a directive', '%YAML 1.2\n---\n- a: b\n'],
    ['a map', 'a: b\n'],
    ['anchors', '- a: &x b\n- c: *x\n'],
    ['an indented sequence', '  - a: b\n'],
    ['an open bracket', '- a: [b\n- c: d]\n'],
    ['an open quote', '- a: "b\n- c: d"\n'],
    ['something before the first item', '\t-\n- a: b\n'],
    ['nothing', ''],
  ])('%s', (_, text) => expect(readInPieces(text, 0, 0, 1)).toBeUndefined());
});
