// The checker's tables, places and notes, beyond what the language cases say.

import { describe, expect, it } from 'vitest';
import { parseAddress, parseNetwork } from '../../src/check/address.ts';
import { createChecker } from '../../src/check/checker.ts';
import { builtinCatalogue } from '../../src/isa/fields.ts';
import { languageCatalogue } from './language-cases.ts';
import { checkParts, labels, type RuleParts } from './rules.ts';

const catalogue = languageCatalogue();
const builtin = builtinCatalogue();

function reasons(parts: RuleParts, of = catalogue): readonly string[] {
  return labels(checkParts(parts, of).diagnostics).map((label) => label.split(' ')[1]!);
}

describe('operators by type', () => {
  const values: Readonly<Record<string, string>> = {
    't.str': '1',
    't.num': '1',
    't.rel': '1',
    't.abs': '1',
    't.bool': 'true',
    't.ip': '::1',
    't.net': '10.0.0.0/8',
  };
  const table: readonly [string, readonly string[]][] = [
    ['=', Object.keys(values)],
    ['==', Object.keys(values)],
    ['!=', Object.keys(values)],
    ['in', [...Object.keys(values), 't.strs', 't.nums', 't.bools', 't.ips', 't.nets']],
    ['intersects', [...Object.keys(values), 't.strs', 't.nums', 't.bools', 't.ips', 't.nets']],
    ['<', ['t.str', 't.num', 't.rel', 't.abs']],
    ['>=', ['t.str', 't.num', 't.rel', 't.abs']],
    ['contains', ['t.str']],
    ['icontains', ['t.str']],
    ['startswith', ['t.str']],
    ['endswith', ['t.str']],
    ['glob', ['t.str']],
    ['iglob', ['t.str']],
    ['pmatch', ['t.str']],
    ['bcontains', []],
    ['bstartswith', []],
  ];
  const fields = [
    't.str',
    't.num',
    't.rel',
    't.abs',
    't.bool',
    't.ip',
    't.net',
    't.strs',
    't.nums',
    't.bools',
    't.ips',
    't.nets',
  ];
  const isWord = (operator: string): boolean => ['in', 'intersects', 'pmatch'].includes(operator);
  const constantOf = (field: string): string => values[field] ?? values[field.replace(/s$/, '')]!;

  it.each(table.flatMap(([op, good]) => fields.map((field) => [field, op, good.includes(field)] as const)))(
    '%s %s: %s',
    (field, operator, isGood) => {
      // an ordering operator takes a number whatever the type
      const constant = /[<>]/.test(operator) ? '1' : constantOf(field);
      const right = isWord(operator) ? `(${constant})` : constant;
      expect(reasons({ condition: `${field} ${operator} ${right}` })).toEqual(isGood ? [] : ['operator_type_mismatch']);
    },
  );

  it.each([...fields, 't.lkey', 'len(t.str)'])('%s exists', (field) => {
    expect(reasons({ condition: `${field} exists` })).toEqual([]);
  });
});

describe('constants', () => {
  it.each([
    ['t.str = "a\\x00b"', 'nul_in_value'],
    ['t.strs in ("\\x00")', 'nul_in_value'],
    [`t.str = ${'x'.repeat(255)}`, undefined],
    [`t.str = ${'é'.repeat(128)}`, 'value_too_long'],
    [`t.str in (a, ${'x'.repeat(256)})`, 'value_too_long'],
    [`t.str regex ${'x*'.repeat(128)}`, 'value_too_long'],
    ['t.num = "\t+7"', undefined],
    ['t.num = "- 7"', 'bad_number'],
    ['t.num = -18446744073709551616', undefined],
    ['t.rel in (1, 1.0)', 'bad_number'],
    ['t.bool in (true, yes)', 'bad_bool'],
    ['t.ip = 01.2.3.4', 'bad_ip'],
    ['t.ip = 1.2.3.256', 'bad_ip'],
    ['t.ip = 1::2::3', 'bad_ip'],
    ['t.net = 10.0.0.0/0', undefined],
    ['t.net = 10.0.0.0/-1', 'bad_cidr'],
    ['t.net in (::1/128, ::/129)', 'bad_cidr'],
    ['t.num = oneof (1, x)', 'bad_number'],
    ['t.str regex anyof ("a+", "(")', 'bad_regex'],
  ])('%s', (condition, reason) => {
    expect(reasons({ condition })).toEqual(reason === undefined ? [] : [reason]);
  });

  it.each([
    ['::', '00000000000000000000000000000000'],
    ['1:2:3:4:5:6:7::', '00010002000300040005000600070000'],
    ['fe80::1', 'fe800000000000000000000000000001'],
    ['1:2:3:4:5:6:7:8:9', undefined],
    ['1:2:3:4:5:6:7:8::', undefined],
    [':1', undefined],
    ['1.2.3', undefined],
    ['', undefined],
  ])('address %s', (text, hex) => {
    const bytes = parseAddress(text);
    expect(bytes && Buffer.from(bytes).toString('hex')).toBe(hex);
  });

  it('clears the host bits of a network', () => {
    expect(parseNetwork('10.255.3.4/9')).toEqual({ bytes: Uint8Array.of(10, 128, 0, 0), prefix: 9 });
  });
});

describe('fields and transformers', () => {
  it.each([
    ['t.both exists', 'field_arg_required'],
    ['t.both[x] exists', undefined],
    ['t.both[01] exists', undefined],
    ['t.idx[18446744073709551616] exists', 'field_arg_bad_index'],
    ['t.idx[""] exists', 'field_arg_bad_index'],
    ['t.oidx[x] exists', 'field_arg_bad_index'],
    ['t.str["a b"] exists', 'field_arg_unbalanced'],
    ['t.str["a]"] exists', 'field_arg_not_allowed'],
    ['t.key["a] b"] exists', 'unknown_field'],
    ['evt.num[1] exists', 'unknown_field'],
    ['T.STR exists', 'unknown_field'],
    ['toupper(t.nope) exists', 'unknown_field'],
    ['toupper(t.str, t.str2) exists', 'transformer_arity'],
    ['concat(t.str) exists', 'transformer_arity'],
    ['join(t.strs) exists', 'transformer_arity'],
    ['getopt(t.strs, "a", "b") exists', 'transformer_arity'],
    ['toupper(t.nums) intersects (a)', 'transformer_type_mismatch'],
    ['len(t.bool) = 1', 'transformer_type_mismatch'],
    ['len(t.ips) = 1', undefined],
    ['concat(t.strs, "x") exists', 'transformer_arg_type'],
    ['concat(len(t.str), "x") exists', undefined],
    ['concat(len(t.strs), "x") exists', 'transformer_arg_type'],
    ['join(t.strs, t.strs) exists', 'transformer_arg_type'],
    ['join(",", t.nums) exists', 'transformer_arg_type'],
    ['join(",", (t.str, t.num, t.bool, t.strs, 5)) exists', undefined],
    ['join(",", (t.ip)) exists', 'transformer_arg_type'],
    ['len((t.str, t.strs)) = 2', 'transformer_arg_type'],
    ['getopt(t.str, "a") exists', 'transformer_arg_type'],
    ['getopt(t.strs, "a")[é] exists', 'transformer_bad_selector'],
    ['toupper(t.str)[a] exists', 'transformer_bad_selector'],
    ['t.num = len(t.rels)', undefined],
    ['t.rel = len(t.str)', 'rhs_type_mismatch'],
    ['t.str in val(t.strs)', 'rhs_type_mismatch'],
    ['t.net = val(t.net)', 'rhs_field_not_supported'],
    ['t.str pmatch val(t.str2)', 'rhs_field_not_supported'],
    ['t.strs = val(t.nope)', 'operator_type_mismatch'],
    ['t.strs intersects toupper(t.nope)', 'unknown_field'],
  ])('%s', (condition, reason) => {
    expect(reasons({ condition })).toEqual(reason === undefined ? [] : [reason]);
  });

  it.each([
    ['ka.req.pod.containers.image[9223372036854775807] exists', undefined],
    ['ka.req.pod.containers.image[9223372036854775808] exists', 'field_arg_bad_index'],
    ['ka.req.pod.containers.image[18446744073709551615] exists', undefined],
    ['ka.req.volume.hostpath[""] = true', 'field_arg_required'],
    ['jevt.value[""] exists', undefined],
  ])('%s', (condition, reason) => {
    expect(reasons({ condition }, builtin)).toEqual(reason === undefined ? [] : [reason]);
  });

  it('says which fields exceptions may name', () => {
    const checker = createChecker(catalogue, () => undefined);
    const good = ['t.str', 't.key[a]', 'tolower(t.str)', 'join(",", t.strs)'];
    const bad = [
      't.nope',
      't.key',
      't.str[a]',
      'tolower(t.num)',
      'tolower(t.str',
      't.str ',
      '',
      'val(t.str)',
      `${'toupper('.repeat(60)}t.str`,
    ];
    expect([...good, ...bad].filter((text) => checker.fieldExists(text))).toEqual(good);
  });
});

describe('warnings', () => {
  it.each([
    ['t.str = " t . str2 "', ['constant_looks_like_field']],
    ['t.str = "t.key[x]"', ['constant_looks_like_field']],
    ['t.str = t.key', []],
    ['t.str = "join(x)"', ['constant_looks_like_transformer']],
    ['t.str = "upper(x)"', []],
    ['t.str contains oneof (evt.num, a)', ['constant_looks_like_field']],
    ['toupper(ka.verb) = "<NA>" or ka.verb = <NA>', ['na_comparison']],
    ['ka.verb = anyof (<NA>) or ka.verb contains <NA> or t.str = <NA>', []],
    ['ka.verb = <NA> or t.nope exists', ['na_comparison', 'unknown_field']],
    ['t.str regex abc or t.nope exists', ['unknown_field']],
  ])('%s', (condition, expected) => {
    expect(reasons({ condition })).toEqual(expected);
  });
});

describe('diagnostics', () => {
  it('reports every error of a rule, output first', () => {
    const found = reasons({ condition: 't.nope = a and t.strs = b or t.num = x', output: '%t.nope' });
    expect(found).toEqual(['unknown_output_token', 'unknown_field', 'operator_type_mismatch', 'bad_number']);
  });

  it('underlines the token and suggests a name', () => {
    const { diagnostics } = checkParts({ condition: 'ka.verb = get and ka.usr.name = x' }, builtin);
    expect(diagnostics[0]).toMatchObject({
      code: 'E321',
      level: 'error',
      span: { file: 0, start: 18, end: 29 },
      notes: ["help: did you mean 'ka.user.name'?"],
    });
    expect(diagnostics[0]!.locations.map(({ itemType }) => itemType)).toEqual([
      'rules content',
      'rule',
      'rule condition',
      'condition expression',
    ]);
  });

  it('points into a macro and labels each use', () => {
    const macros = { inner: 't.strs = a', outer: 'evt.num = 1 or inner' };
    const { diagnostics } = checkParts({ condition: 'not outer and outer', macros }, catalogue);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]!.span).toEqual({ file: 1, start: 7, end: 8 });
    expect(diagnostics[0]!.labels.map(({ span }) => span)).toEqual([
      { file: 2, start: 15, end: 20 },
      { file: 0, start: 4, end: 9 },
    ]);
  });

  it('points into a regular expression', () => {
    const { diagnostics } = checkParts({ condition: 't.str regex "ab(c"' }, catalogue);
    expect(diagnostics[0]!.span.start).toBeGreaterThan(12);
  });

  it('drops a rule with an unknown field when it may', () => {
    const parts = { condition: 't.nope = 1 or t.strs = a', skipIfUnknownFilter: true };
    expect(checkParts(parts, catalogue).rule).toBeUndefined();
    expect(labels(checkParts(parts, catalogue).diagnostics)).toEqual(['LOAD_UNKNOWN_FILTER unknown_field']);
    const later = { condition: 't.strs = a or t.nope = 1', skipIfUnknownFilter: true };
    expect(reasons(later)[0]).toBe('operator_type_mismatch');
  });

  it('explains a token that nearly is a field', () => {
    const notes = (output: string): readonly string[] => checkParts({ output }, catalogue).diagnostics[0]!.notes;
    expect(notes('%5t.key')[0]).toContain('needs an argument');
    expect(notes('%ka.user.nam')).toEqual(["help: did you mean 'ka.user.name'?"]);
  });
});

describe('appended output', () => {
  it.each([
    [{ extra_output: '%t.nope' }, ['unknown_output_token']],
    [{ extra_fields: ['t.nope'] }, ['unknown_extra_field']],
    [{ extra_fields: [{ a: '%t.nope' }] }, ['unknown_extra_field']],
    [{ extra_fields: [{ a: 'x' }, { a: 'y' }] }, ['duplicate_extra_field']],
    [{ match: { rule: 'other' }, extra_output: '%t.nope' }, []],
    [{ match: { tags: ['x', 'y'] }, extra_output: '%t.nope' }, []],
    [{ match: { source: 'k8s_audit', rule: 'R', tags: ['x'] }, extra_output: '%t.nope' }, ['unknown_output_token']],
  ])('%j', (entry, expected) => {
    expect(reasons({ tags: ['x', 'z'], appendOutput: [entry] })).toEqual(expected);
  });
});
