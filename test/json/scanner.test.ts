// The engine accepts what JSON.parse accepts and rejects what it rejects (under `fixed`, with UTF-8 checked), whatever the
// bytes, their alignment, the build and the framing. The documents are random values with random damage.

import { beforeAll, describe, expect, test } from 'vitest';
import { compile, createEngine, type Engine } from '../../src/index.ts';
import { Random } from './random.ts';

const RULES = `
- rule: All
  desc: every event
  condition: ka.auditid exists
  output: "%jevt.value[/x]"
  priority: INFO
  source: k8s_audit
`;
const COUNT = 12_000;

function randomString(random: Random): string {
  const pieces = [
    'a',
    'kind',
    '\\n',
    '\\u0041',
    '\\ud83d\\ude00',
    '\\"',
    '\\\\',
    'é',
    '漢',
    '😀',
    ' ',
    '/',
    '{',
    ']',
    ',',
    ':',
  ];
  let text = '';
  for (let n = random.below(24); n > 0; n--) text += random.pick(pieces);
  return `"${text}"`;
}

function randomValue(random: Random, depth: number): string {
  const space = (): string => random.pick(['', '', '', ' ', '\t', ' \r ']);
  const kind = random.below(depth > 5 ? 4 : 7);
  if (kind === 0) return randomString(random);
  if (kind === 1)
    return random.pick(['0', '-0', '12', '-3.5', '1e5', '2E-7', '0.10', '123456789012345678901234567890', '1e400']);
  if (kind === 2) return random.pick(['true', 'false', 'null']);
  if (kind === 3) return random.pick(['{}', '[]', '[ ]', '{ }', '""']);
  const parts: string[] = [];
  for (let n = random.below(6); n > 0; n--) {
    const value = space() + randomValue(random, depth + 1) + space();
    parts.push(kind === 4 ? value : `${space()}${randomString(random)}${space()}:${value}`);
  }
  return kind === 4 ? `[${parts.join(',')}]` : `{${parts.join(',')}}`;
}

const DAMAGE = [
  0x00, 0x08, 0x0c, 0x1f, 0x20, 0x22, 0x2c, 0x2d, 0x2e, 0x30, 0x39, 0x3a, 0x5b, 0x5c, 0x5d, 0x65, 0x6e, 0x74, 0x75,
  0x7b, 0x7d, 0x7f, 0x80, 0xbf, 0xc0, 0xc3, 0xe2, 0xed, 0xa0, 0xf0, 0xf4, 0xf5, 0xff,
];

/** Bytes of an event whose member `x` was damaged (or not). */
function randomDocument(random: Random): Uint8Array {
  const head = `${' '.repeat(random.below(3))}{"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09Z","x":`;
  const bytes = [...new TextEncoder().encode(head + randomValue(random, 0) + random.pick(['}', ' }', '} ']))];
  for (let n = random.below(3); n > 0; n--) {
    const at = head.length + random.below(bytes.length - head.length);
    const how = random.below(4);
    if (how === 0) bytes.splice(at, 1);
    else if (how === 1) bytes.splice(at, 0, random.pick(DAMAGE));
    else if (how === 2) bytes[at] = random.pick(DAMAGE);
    else if (random.below(4) === 0) bytes.length = at;
  }
  return Uint8Array.from(bytes);
}

/** The tokens of a container without white space, strings of any length among them. */
function randomTokens(random: Random, depth: number): string[] {
  const string = (): string =>
    `"${random.pick(['', 'a', '\\"', 'é', '\\u00e9', '{,:', 'x'.repeat(random.below(70))])}"`;
  const kind = random.below(depth > 4 ? 3 : 5) + (depth === 0 ? 3 : 0);
  if (kind === 0) return [string()];
  if (kind === 1) return [random.pick(['0', '-1', '12.5e3', 'true', 'null', '1234567890123'])];
  if (kind === 2)
    return random.pick([
      ['{', '}'],
      ['[', ']'],
    ]);
  const members = Array.from({ length: 1 + random.below(4) }, (_, i) => [
    ...(i > 0 ? [','] : []),
    ...(kind % 2 === 1 ? [string(), ':'] : []),
    ...randomTokens(random, depth + 1),
  ]);
  return kind % 2 === 1 ? ['{', ...members.flat(), '}'] : ['[', ...members.flat(), ']'];
}

const TOKENS = [
  ',',
  ':',
  '{',
  '}',
  '[',
  ']',
  '""',
  '"a"',
  '0',
  '01',
  'tru',
  '1 ',
  '\\',
  '"',
  '"\\x"',
  '"\\u00g0"',
  'Y',
  '_',
  '\u007f',
];

/** Tokens with one of them lost, replaced, doubled or added. */
function damaged(random: Random, tokens: readonly string[]): string[] {
  const at = random.below(tokens.length);
  const instead = random.pick([
    [],
    [random.pick(TOKENS)],
    [tokens[at]!, tokens[at]!],
    [random.pick(TOKENS), tokens[at]!],
  ]);
  return [...tokens.slice(0, at), ...instead, ...tokens.slice(at + 1)];
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isEvent(bytes: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return (
      typeof value === 'object' &&
      value !== null &&
      (value as { kind?: unknown }).kind === 'Event' &&
      (value as { stageTimestamp?: unknown }).stageTimestamp === '2024-05-06T07:08:09Z'
    );
  } catch {
    return false;
  }
}

function join(documents: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(documents.reduce((n, d) => n + d.length + 1, 0));
  let at = 0;
  for (const document of documents) {
    joined.set(document, at);
    at += document.length;
    joined[at++] = 0x0a;
  }
  return joined;
}

const show = (bytes: Uint8Array): string => JSON.stringify(Buffer.from(bytes).toString('latin1'));

describe.each(['on', 'off'] as const)('simd %s', (simd) => {
  let engine: Engine;
  const seed = Number(process.env.FALCONET_SEED ?? 20260101);

  beforeAll(async () => {
    const { program } = compile([{ name: 'all.yaml', text: RULES }]);
    engine = await createEngine(program!, { simd });
  });

  test(`lines, seed ${seed}`, () => {
    const random = new Random(seed);
    const documents = Array.from({ length: COUNT }, () => randomDocument(random)).filter((d) => d.length > 0);
    const { alerts, counts, rejections } = engine.evaluate(join(documents));
    const rejected = new Set(rejections.map((r) => r.line));
    const wrong = documents.filter((d, i) => isEvent(d) === rejected.has(i + 1)).map(show);
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(counts.received).toBe(documents.length);
    expect(alerts.length).toBe(counts.evaluated);
    expect(rejected.size).toBeGreaterThan(COUNT / 4);
    expect(counts.evaluated).toBeGreaterThan(COUNT / 4);
  });

  test(`documents with line breaks, seed ${seed}`, () => {
    const random = new Random(seed + 1);
    for (let i = 0; i < COUNT / 4; i++) {
      const bytes = randomDocument(random).map((b) => (b === 0x20 && random.below(2) === 0 ? 0x0a : b));
      const { counts } = engine.evaluate(bytes, { framing: 'document' });
      expect(counts.evaluated === 1, show(bytes)).toBe(isEvent(bytes));
    }
  });

  test(`containers token by token, seed ${seed}`, () => {
    const random = new Random(seed + 3);
    const head = '{"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09Z","x":';
    const documents = Array.from({ length: COUNT }, () => {
      const tokens = randomTokens(random, 0);
      return Buffer.from(`${head}${(random.below(3) === 0 ? tokens : damaged(random, tokens)).join('')}}`);
    });
    const { counts, rejections } = engine.evaluate(join(documents));
    const rejected = new Set(rejections.map((r) => r.line));
    const wrong = documents.filter((d, i) => isEvent(d) === rejected.has(i + 1)).map(show);
    expect(wrong.slice(0, 3)).toEqual([]);
    expect(counts.received).toBe(COUNT);
    expect(rejected.size).toBeGreaterThan(COUNT / 4);
  });

  test('text of the value is its compact form', () => {
    const random = new Random(seed + 2);
    for (let i = 0; i < 2000; i++) {
      const value = randomValue(random, 0);
      const text = `{"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09Z","x":${value}}`;
      const { alerts } = engine.evaluate(new TextEncoder().encode(text));
      const parsed: unknown = JSON.parse(value);
      const got = alerts[0]!.output_fields['jevt.value[/x]'] as string;
      if (typeof parsed === 'string') expect(got).toBe(parsed.split('\0')[0]);
      else expect(JSON.parse(got), value).toEqual(parsed);
    }
  });
});
