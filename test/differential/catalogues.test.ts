// Random catalogues of an embedder against random documents: paths of every shape, arguments, every type, single and list.
// FALCONET_SEED repeats a run, FALCONET_CATALOGUES sets how many are tried.

import { expect, test } from 'vitest';
import type { FieldType } from '../../src/isa/catalogue.ts';
import type { CustomCatalogue, CustomField } from '../../src/isa/custom-catalogue.ts';
import { fromText } from '../reference/bytes.ts';
import { compact, type JsonValue } from '../reference/json-text.ts';
import { Random } from './random.ts';
import type { RandomRule } from './random-rule.ts';
import { compiling, tryAll } from './round.ts';

const seed = Number(process.env.FALCONET_SEED ?? Date.now() % 2 ** 31);
const CATALOGUES = Number(process.env.FALCONET_CATALOGUES ?? 25);
const MS_PER_CATALOGUE = 2000;
const FIELDS = 8;
const RULES = 20;
const EVENTS = 30;

const KEYS = ['a', 'b', 'c', '0', '1', '01', '', 'x/y', 'm~n', '~1', 'é', '-'];
const ARGUMENTS = ['a', 'b', '0', '1', '2', 'x/y', 'm~n', '~1', '*', '01', 'é', '""'];
const TYPES: readonly FieldType[] = ['string', 'uint64', 'bool', 'reltime', 'abstime', 'ipaddr', 'ipnet'];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  string: ['"x"', '"a b"', '""', '"10.0.0.1"', '"5"', '"true"', '"a\\u0000b"', '"\\u00e9"', '"/a/b"', '"YQ=="'],
  number: ['0', '5', '1.0', '-1', '1e2', '18446744073709551615', '18446744073709551616', '007'],
  literal: ['true', 'false', 'null'],
  address: ['"10.0.0.1"', '"10.1.2.3"', '"::1"', '"2001:db8::1"', '"::ffff:1.2.3.4"', '"010.0.0.1"', '"x"'],
};
/** how values of each type are written */
const SPELT: Readonly<Record<FieldType, string>> = {
  string: 'string',
  uint64: 'number',
  reltime: 'number',
  abstime: 'number',
  bool: 'literal',
  ipaddr: 'address',
  ipnet: 'address',
};
const CONSTANTS: Readonly<Record<FieldType, readonly string[]>> = {
  string: ['x', '"a b"', '""', 'null', '5', 'é', '"10.0.0.1"'],
  uint64: ['0', '5', '18446744073709551615'],
  reltime: ['0', '5'],
  abstime: ['0', '18446744073709551615'],
  bool: ['true', 'false'],
  ipaddr: ['10.0.0.1', '"::1"', '10.1.2.3'],
  ipnet: ['10.0.0.0/8', '"2001:db8::/32"', '0.0.0.0/0'],
};

const escaped = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

function randomPath(random: Random, list: boolean, arg: boolean): string {
  const tokens = random.several(random.int(4), () => (list && random.chance(0.3) ? '*' : escaped(random.pick(KEYS))));
  if (arg) tokens.splice(random.int(tokens.length + 1), 0, random.pick(['{arg}', '{arg}', 'a{arg}', '{arg}{arg}']));
  return tokens.map((token) => `/${token}`).join('');
}

function randomField(random: Random, name: string): CustomField {
  const list = random.chance(0.5);
  const type = random.pick(TYPES);
  const choice = random.int(3);
  if (choice === 0) return { name, type, list, path: randomPath(random, list, false) };
  const required = random.chance(0.5);
  return {
    name,
    type,
    list,
    arg: { kind: random.pick(['index', 'key', 'either']), required },
    argPath: randomPath(random, list, true),
    ...(required ? {} : { path: randomPath(random, list, false) }),
  };
}

function scalar(text: string): JsonValue {
  if (text.startsWith('"')) return { kind: 'string', raw: fromText(text.slice(1, -1)) };
  if (/^[tfn]/.test(text)) return { kind: 'literal', text: text as 'null' };
  return { kind: 'number', text };
}

const anyScalar = (random: Random): JsonValue => scalar(random.pick(random.pick(Object.values(VALUES))));

function randomDocument(random: Random, depth: number): JsonValue {
  const choice = depth === 0 ? 0 : random.int(10);
  if (choice < 4) return anyScalar(random);
  if (choice < 6)
    return { kind: 'array', items: random.several(random.int(4), () => randomDocument(random, depth - 1)) };
  return randomObject(random, depth);
}

function randomObject(random: Random, depth: number): JsonValue {
  const members = random.several(1 + random.int(6), () => ({
    rawKey: fromText(random.pick(KEYS)),
    value: randomDocument(random, depth - 1),
  }));
  return { kind: 'object', members };
}

/** A member of the document that leads to a value of the field, mostly one of its type. */
function memberFor(random: Random, { type, path, argPath }: CustomField): { rawKey: string; value: JsonValue } {
  const tokens = (argPath === undefined || (path !== undefined && random.chance(0.5)) ? path! : argPath)
    .replaceAll('{arg}', () => escaped(random.pick(ARGUMENTS).replaceAll('"', '')))
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
  const below = ([first, ...rest]: readonly string[]): JsonValue => {
    if (first === undefined) return random.chance(0.9) ? scalar(random.pick(VALUES[SPELT[type]]!)) : anyScalar(random);
    if (first === '*') return { kind: 'array', items: random.several(1 + random.int(3), () => below(rest)) };
    return { kind: 'object', members: [{ rawKey: fromText(first), value: below(rest) }] };
  };
  const [key = 'a', ...rest] = tokens;
  return { rawKey: fromText(key), value: below(rest) };
}

/** The object that is a document: what fields lead to stands before, between or behind other members. */
function documentFor(random: Random, fields: readonly CustomField[]): JsonValue {
  const wanted = fields.filter(() => random.chance(0.5)).map((field) => memberFor(random, field));
  const others = random.several(random.int(4), () => ({
    rawKey: fromText(random.pick(KEYS)),
    value: randomDocument(random, 3),
  }));
  const at = random.int(others.length + 1);
  return { kind: 'object', members: [...others.slice(0, at), ...wanted, ...others.slice(at)] };
}

function operand(random: Random, field: CustomField): string {
  if (field.arg === undefined || (!field.arg.required && random.chance(0.5))) return field.name;
  return `${field.name}[${field.arg.kind === 'index' ? random.pick(['0', '1', '2']) : random.pick(ARGUMENTS)}]`;
}

function check(random: Random, field: CustomField): string {
  const left = operand(random, field);
  const constant = () => random.pick(CONSTANTS[field.type]);
  const forms = [
    () => `${left} exists`,
    () => `${left} ${random.pick(['in', 'intersects'])} (${constant()}, ${constant()})`,
    ...(field.list
      ? [() => `len(${left}) ${random.pick(['=', '>', '<='])} ${random.int(3)}`]
      : [() => `${left} ${random.pick(['=', '!='])} ${constant()}`, () => `${left} >= 5`]),
  ];
  return random.pick(forms)();
}

function randomRule(random: Random, fields: readonly CustomField[]): RandomRule {
  const checks = random.several(1 + random.int(2), () => check(random, random.pick(fields)));
  const condition = random.chance(0.4) ? 'evt.num > 0' : checks.join(random.chance(0.5) ? ' and ' : ' or not ');
  return {
    condition: { kind: 'check', text: condition },
    output: random.several(3, () => `%${operand(random, random.pick(fields))}`),
  };
}

test(
  `random catalogues are read alike (seed ${seed})`,
  async () => {
    const random = new Random(seed);
    let pairs = 0;
    for (let round = 0; round < CATALOGUES; round++) {
      const fields = Array.from({ length: FIELDS }, (_, at) => randomField(random, `t.f${at}`));
      const isAudit = random.chance(0.2);
      const catalogue: CustomCatalogue = {
        source: 'k8s_audit',
        plugin: { name: 'mine', version: '1.0.0' },
        ...(isAudit ? {} : { time: '/t' }),
        fields,
      };
      const reading = { semantics: random.pick(['falco', 'fixed'] as const), framing: 'lines', catalogue } as const;
      const rules = compiling(
        random.several(RULES, () => randomRule(random, fields)),
        reading,
      );
      const basics = isAudit ? '"kind":"Event","stageTimestamp":"2024-05-06T07:08:09Z"' : '"t":1700000000000000001';
      const payloads = random.several(
        EVENTS,
        () => `{${[compact(documentFor(random, fields)).slice(1, -1), basics].filter(Boolean).join()}}`,
      );
      pairs += await tryAll(rules, payloads, reading, `seed ${seed}, ${JSON.stringify(fields)}`);
    }
    expect(pairs).toBeGreaterThan(CATALOGUES * RULES);
  },
  60_000 + CATALOGUES * MS_PER_CATALOGUE,
);
