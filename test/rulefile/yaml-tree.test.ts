// What the YAML reader makes of documents, keys, nulls and aliases.

import { describe, expect, test } from 'vitest';
import { MAX_YAML_DEPTH } from '../../src/rulefile/limits.ts';
import { readYaml, type YamlNode } from '../../src/rulefile/yaml-tree.ts';

type Plain = null | string | Plain[] | [string, Plain][];

function plain(node: YamlNode): unknown {
  if (node.kind === 'null') return null;
  if (node.kind === 'scalar') return node.text;
  if (node.kind === 'sequence') return node.items.map(plain);
  return { map: node.entries.map(({ key, value }) => [plain(key), plain(value)] as [string, Plain]) };
}

function documents(text: string): unknown {
  const result = readYaml(text, 0);
  return result.ok ? result.documents.map(plain) : result.problems.map(({ reason }) => reason);
}

describe('documents', () => {
  test.each([
    ['nothing', '', []],
    ['a comment', '# only\n', []],
    ['one', '- a\n', [['a']]],
    ['two', '- a\n---\n- b\n', [['a'], ['b']]],
    ['a comment before the first', '# c\n---\n- a\n', [['a']]],
    ['a first null document ends the file', '---\n---\n- a\n', []],
    ['an explicit null too', '--- ~\n---\n- a\n', []],
    ['a null document in the middle', '- a\n---\n# c\n---\n- b\n', [['a']]],
    ['an error behind a null document is not seen', '---\n---\n- a: b: c\n', []],
    ['an error in a later document costs the file', '- a\n---\n- a: b: c\n', ['yaml_syntax']],
    ['a byte order mark and CRLF', '\uFEFF- a: |\r\n    x\r\n    y\r\n- b\r\n', [[{ map: [['a', 'x\ny\n']] }, 'b']]],
  ])('%s', (_, text, expected) => expect(documents(text)).toEqual(expected));
});

describe('nodes', () => {
  test.each([
    ['nulls', '- \n- ~\n- null\n- Null\n- NULL\n', [[null, null, null, null, null]]],
    ['quoted or tagged nulls are texts', '- "null"\n- \'~\'\n- !!str null\n- ""\n', [['null', '~', 'null', '']]],
    ['scalars keep their text', '- 1.0\n- 0x10\n- yes\n- 2001-01-01\n', [['1.0', '0x10', 'yes', '2001-01-01']]],
    ['tags are ignored', '- !foo x\n- !!int "y"\n- !bar [a]\n', [['x', 'y', ['a']]]],
    [
      'equal keys stay',
      '- {a: 1, a: 2}\n',
      [
        [
          {
            map: [
              ['a', '1'],
              ['a', '2'],
            ],
          },
        ],
      ],
    ],
    ['merge keys are keys', '- {<<: {a: 1}}\n', [[{ map: [['<<', { map: [['a', '1']] }]] }]]],
    ['aliases', '- &x [a]\n- *x\n- &x b\n- *x\n', [[['a'], ['a'], 'b', 'b']]],
    ['an alias before its anchor', '- *x\n- &x a\n', ['yaml_syntax']],
    ['an alias of another document', '- &x a\n---\n- *x\n', ['yaml_syntax']],
    ['an alias inside its node', '- &x [*x]\n', ['too_many_aliases']],
    [
      'keys without values',
      '- {a, b: }\n- ? c\n',
      [
        [
          {
            map: [
              ['a', null],
              ['b', null],
            ],
          },
          { map: [['c', null]] },
        ],
      ],
    ],
  ])('%s', (_, text, expected) => expect(documents(text)).toEqual(expected));
});

describe('limits', () => {
  const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}\n`;
  test('nesting', () => {
    expect(readYaml(nested(MAX_YAML_DEPTH), 0).ok).toBe(true);
    expect(documents(nested(MAX_YAML_DEPTH + 1))).toEqual(['yaml_too_deep']);
    expect(documents('['.repeat(100_000))).toEqual(['yaml_too_deep']);
  });

  test('nesting through aliases', () => {
    const link = (i: number) => `- &a${i} ${'['.repeat(300)}${i > 0 ? `*a${i - 1}` : ''}${']'.repeat(300)}\n`;
    expect(documents(link(0) + link(1))).toEqual(['yaml_too_deep']);
  });

  test('aliases of aliases', () => {
    const lines = Array.from({ length: 30 }, (_, i) => `- &a${i + 1} [${Array(10).fill(`*a${i}`).join(', ')}]`);
    expect(documents(['- &a0 [x]', ...lines].join('\n'))).toContain('too_many_aliases');
  });
});
