// Several files, recovery after errors, the order of reports, and what rule files may not grow to.

import { describe, expect, test } from 'vitest';
import { rowOf } from '../../src/diagnostics/codes.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { falcoResult } from '../../src/diagnostics/falco-result.ts';
import { type LoadOptions, loadRuleFiles, RuleLoader } from '../../src/resolve/load.ts';
import { compiledOutput } from '../../src/resolve/output.ts';
import type { ResolvedRules } from '../../src/resolve/resolved.ts';
import { printCondition } from '../../src/syntax/print.ts';

const OPTIONS: LoadOptions = {
  catalogue: { source: 'k8s_audit', plugins: [{ name: 'k8saudit', version: '0.18.0' }] },
  fieldExists: (text) => !text.includes('nope'),
};

function load(...texts: string[]): { rules: ResolvedRules; reported: string[]; diagnostics: Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const files = texts.map((text, i) => ({ name: `${i}.yaml`, text }));
  const rules = loadRuleFiles(files, { ...OPTIONS, report: (d) => diagnostics.push(d) });
  return { rules, diagnostics, reported: diagnostics.map(({ code, span }) => `${rowOf(code).reason} ${span.file}`) };
}

function rule(name: string, condition: string, more = ''): string {
  return `- rule: ${name}\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n  source: k8s_audit\n${more}`;
}

function conditionOf(rules: ResolvedRules, at = 0): string {
  const { macros } = rules;
  return printCondition(rules.rules[at]!.condition, { macro: (name) => macros.get(name)?.condition });
}

describe('several files', () => {
  test('a later file does not repair an earlier one', () => {
    const { reported, rules } = load(rule('R', 'M'), '- macro: M\n  condition: x.y = a\n');
    expect(reported).toEqual(['undefined_macro 0']);
    expect(rules.rules.map(({ name }) => name)).toEqual(['R']);
  });

  test('a later file may append and redefine', () => {
    const { reported, rules } = load(
      `- list: L\n  items: [a]\n${rule('R', 'x.y in (L)')}`,
      '- list: L\n  items: [b]\n  override: {items: append}\n- rule: R\n  condition: or M\n  override: {condition: append}\n- macro: M\n  condition: x.y = c\n',
    );
    expect(reported).toEqual([]);
    expect(conditionOf(rules)).toBe('(x.y in (a, b) or x.y = c)');
  });

  test('an error is reported once, though every later file compiles it again', () => {
    expect(load(rule('R', 'M'), rule('S', 'x.y = a'), rule('T', 'x.y = a')).reported).toEqual(['undefined_macro 0']);
  });

  test('what is unused is judged by the last file', () => {
    const list = '- list: L\n  items: [a]\n';
    expect(load(list, rule('R', 'x.y in (L)')).reported).toEqual([]);
    expect(load(`${list}${rule('R', 'x.y in (L)')}`, rule('R', 'x.y = a')).reported).toEqual(['unused 0']);
    const macro = '- macro: M\n  condition: x.y = a\n';
    expect(load(`${macro}${rule('R', 'M')}`, rule('R', 'x.y = a')).reported).toEqual(['unused 0']);
  });

  test('each file has its own result', () => {
    const loader = new RuleLoader({ ...OPTIONS, stopAtFirstError: true });
    const ofFirst = loader.addFile({ name: 'a', text: `- item\n${rule('R', 'x.y = a')}` });
    const ofSecond = loader.addFile({
      name: 'b',
      text: '- rule: R\n  condition: or x.y = b\n  override: {condition: append}\n',
    });
    const reasons = (diagnostics: readonly Diagnostic[]) => diagnostics.map(({ code }) => rowOf(code).reason);
    expect(reasons(ofFirst.diagnostics)).toEqual(['item_not_a_map']);
    // reading stopped before the rule
    expect(reasons(ofSecond.diagnostics)).toEqual(['append_missing_rule']);
  });
});

describe('recovery', () => {
  test('a bad item costs itself only, and all are reported in reading order', () => {
    const text = `- list: L\n- macro: M\n  condition:\n${rule('R', 'x.y = a')}- rule: S\n  priority: x\n${rule('T', 'x.y =')}`;
    const { reported, rules } = load(text);
    expect(reported).toEqual([
      'missing_key 0',
      'null_value 0',
      'missing_key 0',
      'missing_key 0',
      'missing_key 0',
      'bad_priority 0',
      'expected_string 0',
    ]);
    expect(rules.rules.map(({ name }) => name)).toEqual(['R']);
  });

  test('what depends on a bad item is left out without a word', () => {
    const text = `- macro: M\n  condition: x.y =\n- macro: N\n  condition: not M\n${rule('R', 'N')}${rule('S', 'x.y = a')}`;
    const { reported, rules } = load(text);
    expect(reported).toEqual(['expected_string 0']);
    expect(rules.rules.map(({ name }) => name)).toEqual(['S']);
    expect([...rules.macros.keys()]).toEqual([]);
  });

  test('names of items that could not be read are not unknown', () => {
    const text = `- macro: M\n${rule('R', 'M')}- rule: S\n  desc: d\n- rule: S\n  condition: or M\n  override: {condition: append}\n`;
    expect(load(text).reported).toEqual(['missing_key 0', 'missing_key 0', 'missing_key 0', 'missing_key 0']);
    expect(load('- a: b: c\n', rule('R', 'M')).reported).toEqual(['yaml_syntax 0']);
  });

  test('each unknown macro of a condition is reported once', () => {
    expect(load(rule('R', 'a and b and not a')).reported).toEqual(['undefined_macro 0', 'undefined_macro 0']);
  });
});

describe('rules', () => {
  test('defaults, trimming and tags', () => {
    const text = rule('R', 'x.y = a', '  tags: [b, a, b]\n').replace('output: o', 'output: "  o  "');
    const [resolved] = load(text).rules.rules;
    expect(resolved).toMatchObject({
      tags: ['a', 'b'],
      enabled: true,
      warnEvttypes: true,
      skipIfUnknownFilter: false,
      capture: false,
      captureDuration: 0,
    });
    expect(resolved!.output.text).toBe('o');
  });

  test('a replaced output is not trimmed', () => {
    const replaced = '- rule: R\n  output: " p "\n  override: {output: replace}\n';
    expect(load(rule('R', 'x.y = a') + replaced).rules.rules[0]!.output.text).toBe(' p ');
  });

  test('appends apply before replaces', () => {
    const text =
      '- rule: R\n  desc: e\n  condition: or x.y = b\n  tags: [t]\n  override: {tags: replace, desc: append, condition: append}\n';
    const { rules } = load(rule('R', 'x.y = a', '  tags: [s]\n') + text);
    expect(rules.rules[0]).toMatchObject({ description: 'd e', tags: ['t'], text: 'x.y = a or x.y = b' });
  });

  test('the append flag compares the source', () => {
    const append = (source: string) => `- rule: R\n  append: true\n  condition: or x.y = b\n  source: ${source}\n`;
    expect(load(rule('R', 'x.y = a') + append('k8s_audit')).reported).toEqual(['append_flag 0']);
    expect(load(rule('R', 'x.y = a') + append('syscall')).reported).toEqual(['append_flag 0', 'source_mismatch 0']);
  });

  test('override compares the source only beside a condition', () => {
    const override = (key: string) =>
      `- rule: R\n  ${key}: or x.y = b\n  source: syscall\n  override: {${key}: append}\n`;
    expect(load(rule('R', 'x.y = a') + override('condition')).reported).toEqual(['source_mismatch 0']);
    expect(load(rule('R', 'x.y = a') + override('desc')).reported).toEqual([]);
  });

  test.each(['{}', 'null', 'append', '[]'])('override %s counts as absent', (value) => {
    expect(load(rule('R', 'x.y = a', `  override: ${value}\n`)).reported).toEqual([]);
  });

  test('a rule of an unknown source may be appended to and is not compiled', () => {
    const text = rule('R', 'nothing at all').replace('k8s_audit', 'other');
    const { reported, rules } = load(`${text}- rule: R\n  condition: x\n  override: {condition: append}\n`);
    expect(reported).toEqual(['unknown_source 0']);
    expect(rules.rules).toEqual([]);
  });

  test.each([
    ['true', true],
    ['Yes', true],
    ['ON', true],
    ['y', true],
    ['no', false],
    ['Off', false],
    ['"N"', false],
  ])('enabled: %s', (value, enabled) => {
    expect(load(rule('R', 'x.y = a', `  enabled: ${value}\n`)).rules.rules[0]!.enabled).toBe(enabled);
  });

  test.each(['0', '1', 'fAlse', 'tRUE', 'YEs'])('enabled: %s is no boolean', (value) => {
    expect(load(rule('R', 'x.y = a', `  enabled: ${value}\n`)).reported).toEqual(['bad_scalar_type 0']);
  });

  test.each([
    ['0x10', 16],
    ['010', 8],
    ['10', 10],
    ['0', 0],
    ['+7', 7],
    ['"5 "', 5],
    ['4294967295', 4294967295],
  ])('capture_duration: %s', (value, expected) => {
    expect(load(rule('R', 'x.y = a', `  capture_duration: ${value}\n`)).rules.rules[0]!.captureDuration).toBe(expected);
  });

  test.each(['-1', '1.5', '08', '0x', '" 5"', '4294967296', '1e3', 'x'])(
    'capture_duration: %s is no number',
    (value) => {
      expect(load(rule('R', 'x.y = a', `  capture_duration: ${value}\n`)).reported).toEqual(['bad_scalar_type 0']);
    },
  );
});

describe('exceptions', () => {
  const withException = (exception: string) => rule('R', 'x.y = a', `  exceptions:\n    - ${exception}\n`);
  test.each([
    [
      '{name: e, fields: [a.b], comps: [" startswith anyof "], values: [[c]]}',
      '((x.y = a) and not ((a.b startswith anyof (c))))',
    ],
    ['{name: e, fields: [a.b], values: [["c d"]]}', '((x.y = a) and not ((a.b = "c d")))'],
    ['{name: e, fields: [a.b], comps: [in], values: [["c d"]]}', '((x.y = a) and not ((a.b in (c d))))'],
    ['{name: e, fields: a.b, values: [c, "d e"]}', '((x.y = a) and not (a.b in (c, "d e")))'],
    ['{name: e, fields: a.b, comps: glob oneof, values: [c]}', '((x.y = a) and not (a.b glob oneof (c)))'],
    ['{name: e, fields: a.b}', '((x.y = a))'],
  ])('%s', (exception, expected) => {
    const text = withException(exception);
    const { rules, diagnostics } = load(text);
    const shown = rules.rules[0]?.conditionText.text ?? diagnostics[0]?.locations.at(-1)?.expression?.text;
    expect(`(${shown!.replace(/([(]) +/g, '$1').replace(/ +/g, ' ')})`).toBe(expected);
  });

  test('fields of an unknown source are not looked up', () => {
    expect(load(withException('{name: e, fields: [nope.x], values: [[c]]}')).reported).toEqual([
      'exception_bad_field 0',
    ]);
    const unknown = withException('{name: e, fields: [nope.x], values: [[c]]}').replace('k8s_audit', 'other');
    expect(load(unknown).reported).toEqual(['unknown_source 0']);
  });

  test('operators that replacing exceptions leave out', () => {
    const replaced = (exception: string) =>
      `${rule('R', 'x.y = a')}- rule: R\n  exceptions: [${exception}]\n  override: {exceptions: replace}\n`;
    expect(load(replaced('{name: e, fields: [a.b], values: [[c]]}')).reported).toEqual([]);
    expect(load(replaced('{name: e, fields: a.b, values: [c]}')).reported).toEqual(['expected_operator 0']);
  });
});

describe('macros', () => {
  const macro = (name: string, condition: string) => `- macro: ${name}\n  condition: ${condition}\n`;
  test.each([
    ['itself', macro('A', 'A'), ['undefined_macro 0']],
    [
      'itself after a redefinition',
      macro('A', 'x.y = a') + macro('A', 'A or x.y = b'),
      ['redefinition 0', 'macro_loop 0'],
    ],
    [
      'a loop through a changed macro',
      macro('A', 'x.y = a') + macro('B', 'A') + macro('C', 'B') + macro('A', 'C'),
      ['redefinition 0', 'macro_loop 0'],
    ],
    [
      'a later macro after a change',
      macro('A', 'x.y = a') + macro('B', 'x.y = b') + macro('A', 'B') + rule('R', 'A'),
      ['redefinition 0'],
    ],
  ])('%s', (_, text, expected) => expect(load(text).reported).toEqual(expected));
});

describe('limits', () => {
  test('a hundred thousand rules would be fine: the cost per rule stays', () => {
    const lists = Array.from({ length: 2000 }, (_, i) => `- list: L${i}\n  items: [a${i}]\n`).join('');
    const rules = Array.from({ length: 4000 }, (_, i) => rule(`R${i}`, `x.y in (L${i % 2000}, b)`)).join('');
    const started = performance.now();
    expect(load(lists + rules).rules.rules.length).toBe(4000);
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('deep chains of macros', () => {
    const macros = Array.from(
      { length: 3000 },
      (_, i) => `- macro: m${i}\n  condition: ${i === 0 ? 'x.y = a' : `m${i - 1} or x.y = b`}\n`,
    );
    expect(load(macros.join('') + rule('R', 'm2999')).reported).toEqual(['macros_too_large 0']);
  });

  test('many appends to one rule', () => {
    const append = '- rule: R\n  condition: or x.y = b\n  override: {condition: append}\n';
    expect(load(rule('R', 'x.y = a') + append.repeat(3000)).rules.rules.length).toBe(1);
  });
});

test('the output that is compiled lacks %container.info', () => {
  const text = rule('R', 'x.y = a').replace('output: o', 'output: a %container.info b%container.info');
  const { output } = load(text).rules.rules[0]!;
  expect(output.text).toBe('a %container.info b%container.info');
  const compiled = compiledOutput(output);
  expect(compiled.text).toBe('a  b');
  expect(text.slice(compiled.segments[1]!.span.start, compiled.segments[1]!.span.end)).toBe(' b');
});

test("Falco's result of one file", () => {
  const file = { name: 'r.yaml', text: `- macro: É\n  condition: x.y = a\n${rule('R', 'x.y =\n    (a')}` };
  const step = new RuleLoader({ ...OPTIONS, stopAtFirstError: true }).addFile(file);
  const result = falcoResult({ files: [file], file: 0, ...step });
  expect(result).toMatchObject({ name: 'r.yaml', successful: false, schema_valid: true, schema_warnings: [] });
  expect(result.warnings.map(({ code }) => code)).toEqual(['LOAD_INVALID_MACRO_NAME']);
  const [error] = result.errors;
  expect(error!.code).toBe('LOAD_ERR_COMPILE_CONDITION');
  const [content, item, condition, expression] = error!.context.locations;
  expect(content).toEqual({
    item_type: 'rules content',
    item_name: '',
    position: { name: 'r.yaml', line: 0, column: 0, offset: 0 },
  });
  expect(item).toEqual({
    item_type: 'rule',
    item_name: 'R',
    position: { name: 'r.yaml', line: 2, column: 2, offset: 35 },
  });
  expect(condition!.position).toEqual({ name: 'r.yaml', line: 4, column: 13, offset: 66 });
  expect(expression).toEqual({
    item_type: 'condition expression',
    item_name: '',
    position: { name: '"x.y = (a"', line: 5, column: 20, offset: 72 },
  });
  expect(error!.context.snippet).toBe('x.y = (a\n      ^\n');
});
