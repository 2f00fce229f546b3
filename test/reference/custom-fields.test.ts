// Paths of embedders' fields against the jsonpointer library.

import fc from 'fast-check';
import pointer from 'jsonpointer';
import { expect, it } from 'vitest';
import { fromText, toText } from './bytes.ts';
import { readCustom } from './custom-fields.ts';
import { parseJson } from './json-text.ts';

const KEYS = ['a', 'b', '0', '1', '', 'a/b', 'm~n', '~1', 'é', ' '];

const document = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom('x', 1, true, 'é'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 4 }),
  ),
})).value;

it('reach what the library reaches', () => {
  const tokens = fc.array(fc.constantFrom(...KEYS), { maxLength: 4 });
  fc.assert(
    fc.property(document, tokens, (value, keys) => {
      const path = keys.map((key) => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
      const parsed = parseJson(fromText(JSON.stringify(value)), 'fixed');
      if (!('value' in parsed)) throw new Error('no value');
      const seen = readCustom({ name: 't.x', type: 'string', path }, parsed.value, undefined, 'fixed');
      const found: unknown =
        typeof value === 'object' ? pointer.get(value as object, path) : path === '' ? value : undefined;
      const text = typeof found === 'string' ? found : JSON.stringify(found);
      expect(seen?.map((one) => toText(String(one)))).toEqual(text === undefined ? [] : [text]);
    }),
    { numRuns: 3000 },
  );
});

it('spread arrays, take an argument as one token, and convert', () => {
  const parsed = parseJson(
    '{"a":[{"n":1},{},{"n":18446744073709551615}],"b":[1,"x"],"k":{"x/y":{"z":"10.0.0.1"}}}',
    'fixed',
  );
  if (!('value' in parsed)) throw new Error('no value');
  const read = (field: Partial<Parameters<typeof readCustom>[0]>, arg?: string) =>
    readCustom({ name: 't.x', type: 'uint64', ...field }, parsed.value, arg, 'fixed');
  expect(read({ list: true, path: '/a/*/n' })).toEqual([1n, 2n ** 64n - 1n]);
  expect(read({ list: true, path: '/b/*' })).toBeUndefined();
  expect(read({ type: 'ipaddr', argPath: '/k/{arg}/z' }, 'x/y')).toEqual(['\x0a\0\0\x01']);
  expect(read({ type: 'string', argPath: '/k/{arg}/z' }, 'x')).toEqual([]);
});
