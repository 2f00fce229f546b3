// `compile`: diagnostics as data, programs that are the same every time.

import { describe, expect, it } from 'vitest';
import { type CompileOptions, compile, type RuleFile } from '../../src/compile.ts';

const rule = (condition: string): string =>
  `- rule: R\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n  source: k8s_audit\n`;
const compileOne = (text: string): ReturnType<typeof compile> => compile([{ name: 'r.yaml', text }]);

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
