// `compile`: diagnostics as data, programs that are the same every time.

import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile, type RuleFile } from '../../src/compile.ts';
import type { FieldType } from '../../src/isa/catalogue.ts';

const rule = (condition: string): string =>
  `- rule: R\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n  source: k8s_audit\n`;
const compileOne = (text: string): ReturnType<typeof compile> => compile([{ name: 'r.yaml', text }]);

const TYPES: readonly (readonly [FieldType, string | undefined])[] = [
  ['string', undefined],
  ['bool', undefined],
  ['uint64', 'own.field is a number'],
  ['reltime', 'own.field is a number'],
  ['abstime', 'own.field is a number'],
  ['ipaddr', 'own.field is an address'],
  ['ipnet', 'own.field is an address'],
];

describe('compile', () => {
  it('makes a program, or reports errors with their places', () => {
    expect(compileOne(rule('ka.verb = get'))).toMatchObject({ program: expect.any(Uint8Array), diagnostics: [] });
    const { program, diagnostics } = compileOne(rule('ka.verb = get and ka.vreb = put'));
    expect(program).toBeUndefined();
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({
      level: 'error',
      file: 'r.yaml',
      line: 3,
      column: 32,
      endLine: 3,
      endColumn: 39,
    });
    expect(diagnostics[0]!.code).toMatch(/^E3\d\d$/);
    expect(diagnostics[0]!.text).toMatch(/^r\.yaml:3:32: error\[E3\d\d\]: .*\n {5}3 \| .*\n {7}\| +\^{7}\n/);
  });

  it('reports all errors, in all files', () => {
    const { diagnostics } = compile([
      { name: 'a', text: rule('no.such exists') },
      { name: 'b', text: '- macro: m\n' },
    ]);
    expect(
      diagnostics
        .filter(({ level }) => level === 'error')
        .map(({ file }) => file)
        .sort(),
    ).toEqual(['a', 'b']);
  });

  it('is not stopped by anything in a file', () => {
    for (const text of [
      '',
      '\u0000',
      '- - -',
      '{',
      '- rule: [',
      'a: &a [*a]',
      '- rule: x\n  condition: "((((("\n',
      rule('"'),
    ]) {
      expect(() => compileOne(text)).not.toThrow();
    }
  });

  it('makes a program of no rules', () => {
    expect(compile([]).program).toBeInstanceOf(Uint8Array);
  });

  it('throws for options of another shape', () => {
    const text = rule('ka.verb = get');
    expect(() => compile('x' as unknown as RuleFile[])).toThrow(TypeError);
    expect(() => compile([{ name: 'r' } as RuleFile])).toThrow(TypeError);
    expect(() => compile([{ name: 'r', text }], { semantics: 'other' } as unknown as CompileOptions)).toThrow(
      TypeError,
    );
    expect(() => compile([], { catalogue: {} } as unknown as CompileOptions)).toThrow(TypeError);
    expect(() => compile([], null as unknown as CompileOptions)).toThrow('options: expected an object');
  });

  const text = rule('ka.verb = get');
  const broken = rule('ka.vreb = get');
  it.each([
    ['x', 'options: expected an object'],
    [null, 'options: expected an object'],
    [{ semantics: 'both' }, 'semantics: expected falco or fixed'],
    [{ plugin: null }, 'plugin: expected { name, version }'],
    [{ plugin: 'x' }, 'plugin: expected { name, version }'],
    [{ plugin: {} }, 'plugin.name: expected a text'],
    [{ plugin: { name: 5, version: '1.0.0' } }, 'plugin.name: expected a text'],
    [{ plugin: { name: 'p', version: 'x' } }, 'plugin.version: expected three numbers with dots, such as 1.0.0'],
    [{ catalogue: { source: 's' } }, 'catalogue.plugin: expected { name, version }'],
    [{ lint: 'bypas' }, 'lint: expected true, false or bypass'],
    [{ lint: 1 }, 'lint: expected true, false or bypass'],
    [{ lint: null }, 'lint: expected true, false or bypass'],
    [{ carriedFields: 'ka.verb' }, 'carriedFields: expected an array of field names'],
    [{ carriedFields: [1] }, 'carriedFields: expected an array of field names'],
    [{ carriedFields: [undefined] }, 'carriedFields: expected an array of field names'],
    [{ carriedFields: new Array(1) }, 'carriedFields: expected an array of field names'],
    [
      { carriedFields: ['ka.vreb'] },
      "carriedFields: expected the name of a field, not 'ka.vreb'; did you mean 'ka.verb'?",
    ],
    [{ carriedFields: ['tolower(ka.verb)'] }, "carriedFields: expected the name of a field, not 'tolower(ka.verb)'"],
    [{ carriedFields: ['ka.verb', 'ka.user.groups'] }, 'a single text, ka.user.groups is a list'],
    [{ carriedFields: ['ka.req.pod.containers.image[0]'] }, 'ka.req.pod.containers.image[0] is a list'],
    [{ carriedFields: ['evt.rawtime'] }, 'evt.rawtime is a number'],
  ])('throws for the options %j, whatever the rules', (options, message) => {
    for (const rules of ['', text, broken]) {
      const compiling = (): unknown => compile([{ name: 'r', text: rules }], options as CompileOptions);
      expect(compiling).toThrow(TypeError);
      expect(compiling).toThrow(message);
    }
  });

  it.each(TYPES)('carries an own field of type %s, or says that it cannot', (type, kind) => {
    const field = { name: 'own.field', type, path: '/a' };
    const catalogue = { source: 's', plugin: { name: 'p', version: '1.0.0' }, fields: [field] };
    const compiling = (): unknown => compile([], { catalogue, carriedFields: ['own.field'] });
    if (kind === undefined) expect(compiling).not.toThrow();
    else expect(compiling).toThrow(new TypeError(`carriedFields: expected fields that are a single text, ${kind}`));
  });

  it('takes what is undefined for absent', () => {
    const absent = { semantics: undefined, plugin: undefined, catalogue: undefined, lint: undefined };
    const options = { ...absent, carriedFields: undefined, appendOutput: undefined } as unknown as CompileOptions;
    expect(compile([{ name: 'r', text }], options).program).toEqual(compileOne(text).program);
  });

  it.each([
    [{ extra_output: 'x' }, 'appendOutput: expected an array'],
    [['x'], 'appendOutput[0]: expected an object'],
    [[{ extraOutput: 'x' }], 'appendOutput[0].extraOutput: unknown key'],
    [[{}, { match: { tag: 'x' } }], 'appendOutput[1].match.tag: unknown key'],
    [[{ match: { tags: 'x' } }], 'appendOutput[0].match.tags: expected an array of texts'],
    [[{ match: null }], 'appendOutput[0].match: expected an object'],
    [[{ extra_output: 5 }], 'appendOutput[0].extra_output: expected a text'],
    [[{ extra_fields: ['a', { b: 1 }] }], 'appendOutput[0].extra_fields: expected an array of field names and'],
  ])('throws for the appended output %j', (appendOutput, message) => {
    expect(() => compile([], { appendOutput } as unknown as CompileOptions)).toThrow(message);
    expect(() => compile([], { appendOutput } as unknown as CompileOptions)).toThrow(TypeError);
  });

  it('tells of a bad appended text that it is appended', () => {
    const { diagnostics } = compile([{ name: 'r', text: rule('evt.num > 0') }], {
      appendOutput: [{ extra_output: '%no.such' }],
    });
    expect(diagnostics.map(({ notes }) => notes.at(-1))).toEqual(["append_output adds the text to rule 'R'"]);
  });
});
