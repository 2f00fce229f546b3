// The built-in catalogue against what the field cases name, its rows' shape, and what customCatalogue refuses.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createChecker } from '../../src/check/checker.ts';
import { type CustomCatalogue, customCatalogue } from '../../src/isa/custom-catalogue.ts';
import { AUDIT_FIELDS, builtinCatalogue, EVENT_FIELDS, EXTENSION_FIELDS, JSON_FIELDS } from '../../src/isa/fields.ts';

const fieldCases: readonly {
  readonly id: string;
  readonly field: string;
  readonly expect: { type: string; detail?: string };
}[] = JSON.parse(
  gunzipSync(readFileSync(new URL('../conformance/k8saudit-cases.json.gz', import.meta.url))).toString('utf8'),
).cases;

describe('built-in catalogue', () => {
  const catalogue = builtinCatalogue();
  const checker = createChecker(catalogue, () => undefined);

  it('has every field once, documented', () => {
    expect([AUDIT_FIELDS.length, JSON_FIELDS.length, EVENT_FIELDS.length]).toEqual([100, 6, 18]);
    expect(catalogue.fields.size).toBe(124 + EXTENSION_FIELDS.length);
    for (const field of catalogue.fields.values()) expect(field.doc, field.name).toMatch(/^\S.*[^.]$/);
  });

  it('gates the fields of the audit plugin and the extensions alone', () => {
    for (const { name, gated } of catalogue.fields.values()) expect(gated === true, name).toBe(/^k[ax]\./.test(name));
  });

  it('marks every extension by its prefix and in its documentation', () => {
    for (const { name, doc } of catalogue.fields.values()) {
      expect(doc.endsWith('(falconet only)'), name).toBe(name.startsWith('kx.'));
    }
    expect(EXTENSION_FIELDS.every(({ name }) => name.startsWith('kx.'))).toBe(true);
  });

  it.each(fieldCases.filter(({ field }) => !field.includes(' ')).map((c) => [c.id, c] as const))('%s', (_, c) => {
    // what crashes the original is refused, but for a field that crashes on some events only
    const isRefused = c.expect.detail === 'compile_error' || (c.expect.detail === 'panic' && c.field.includes('['));
    expect(checker.fieldExists(c.field)).toBe(!isRefused);
    const field = catalogue.fields.get(c.field.replace(/\[.*/, ''));
    if (field && !isRefused && field.extract.op !== 'event') expect(field.list).toBe(c.expect.type === 'list');
  });
});

describe('customCatalogue', () => {
  const plugin = { name: 'p', version: '1.0.0' };
  const field = { name: 'a.b', type: 'string', path: '/a/b' } as const;
  const make = (changes: object): CustomCatalogue => ({ source: 's', plugin, fields: [field], ...changes });
  const withField = (changes: object): CustomCatalogue => make({ fields: [{ ...field, ...changes }] });

  it('keeps evt.* and decodes the place of the time', () => {
    const catalogue = customCatalogue(make({ time: '/a~1b/c' }));
    expect(catalogue.time).toEqual(['a/b', 'c']);
    expect([...catalogue.fields.keys()]).toEqual(['a.b', ...EVENT_FIELDS.map(({ name }) => name)]);
    expect(catalogue.plugins).toEqual([plugin]);
  });

  it.each<[string, unknown, RegExp]>([
    ['a path of more parts than fit', withField({ list: true, path: '/*'.repeat(65) }), /more than 64 parts/],
    ['nothing', undefined, /source/],
    ['no source', make({ source: '' }), /source/],
    ['no plugin', make({ plugin: undefined }), /plugin/],
    ['a bad version', make({ plugin: { name: 'p', version: '1' } }), /version/],
    ['no fields', make({ fields: undefined }), /fields/],
    ['a time that is no pointer', make({ time: 'time' }), /time.*JSON Pointer/],
    ['a name without a dot', withField({ name: 'a' }), /field a:/],
    ["the engine's field", withField({ name: 'evt.num' }), /evt\.num.*engine/],
    ['an unknown type', withField({ type: 'int' }), /a\.b.*type/],
    ['a list that is no boolean', withField({ list: 'yes' }), /list/],
    ['a name twice', make({ fields: [field, field] }), /twice/],
    ['a path that is no pointer', withField({ path: 'a' }), /path.*JSON Pointer/],
    ['a bad escape', withField({ path: '/a~2' }), /JSON Pointer/],
    ['no path', withField({ path: undefined }), /path/],
    ['every element of a single value', withField({ path: '/a/*' }), /no list/],
    ['an unknown argument', withField({ arg: { kind: 'x', required: true }, argPath: '/{arg}' }), /arg\.kind/],
    ['an argument that nothing uses', withField({ arg: { kind: 'key', required: true } }), /argPath/],
    ['an argPath without {arg}', withField({ arg: { kind: 'key', required: true }, argPath: '/a' }), /\{arg\}/],
    ['an argPath without argument', withField({ argPath: '/{arg}' }), /without arg/],
  ])('refuses %s', (_, options, message) => {
    const call = (): unknown => customCatalogue(options as CustomCatalogue);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(message);
  });
});
