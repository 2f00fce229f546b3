// Texts that rules have made of others, and paths that lead deeper than any event: no event makes an engine run out of memory or
// stack, and the batch goes on.

import { expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { MAX_MADE_TEXT } from '../../src/isa/limits.ts';
import { createEngine } from '../../src/runtime/index.ts';
import { ruleFile } from '../conformance/rule-text.ts';

const event = (members: string): string =>
  `{"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09Z",${members}}`;

async function messages(condition: string, output: string, events: readonly string[]): Promise<readonly string[]> {
  const { program } = compile([ruleFile({ condition, output })]);
  const engine = await createEngine(program!);
  const { alerts, counts } = engine.evaluate(new TextEncoder().encode(events.join('\n')));
  expect(counts.evaluated).toBe(events.length);
  return alerts.map(({ message }) => message);
}

const half = MAX_MADE_TEXT / 4096;
/** Lists whose elements, with the user's name between them, come to the limit and to more. */
const joined = (more: number): string => {
  const groups = Array.from({ length: 4097 }, () => '""').join();
  return event(`"verb":"get","user":{"username":"${'u'.repeat(half + more)}","groups":[${groups}]}`);
};

test('join: what is too long is absent', async () => {
  const condition = 'join(ka.user.name, ka.user.groups) startswith uuu';
  const found = await messages(condition, '%ka.verb', [joined(0), joined(1), joined(0)]);
  expect(found).toEqual(['get', 'get']);
});

test('concat: what is too long is absent', async () => {
  const condition = `concat(${Array.from({ length: 65 }, () => 'ka.uri').join()}) startswith x or ka.verb = list`;
  const uri = (size: number): string => event(`"verb":"get","requestURI":"${'x'.repeat(size)}"`);
  const found = await messages(condition, '%ka.verb', [uri(1 << 20), uri(10), event('"verb":"list"')]);
  expect(found).toEqual(['get', 'list']);
});

test('the event with line breaks: what is too long is absent', async () => {
  const nested = (levels: number): string =>
    event(`"x":${'['.repeat(levels)}${Array.from({ length: 100_000 }, () => 1).join()}${']'.repeat(levels)}`);
  const found = await messages('ka.auditid = a', '%jevt.obj', [nested(990), nested(2)]);
  expect(found.map((text) => text === '<NA>')).toEqual([true, false]);
});

test.each(['on', 'off'] as const)(
  'contains: a value longer than all that lies before the text, simd %s',
  async (simd) => {
    const { program } = compile([
      ruleFile({ condition: 'ka.verb contains val(ka.uri) or ka.verb icontains val(ka.uri)' }),
    ]);
    const engine = await createEngine(program!, { simd, maxEventSize: 1 << 26 });
    const long = event(`"verb":"get","requestURI":"${'x'.repeat(40 << 20)}"`);
    const { alerts, counts } = engine.evaluate(
      new TextEncoder().encode([long, event('"verb":"get","requestURI":"e"')].join('\n')),
    );
    expect([counts.evaluated, alerts.map(({ line }) => line)]).toEqual([2, [2]]);
  },
);

test.each([1000, 20_000])('a path of %i keys', async (length) => {
  const path = '/a'.repeat(length);
  const levels = 900;
  const deep = event(`"a":${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
  const found = await messages(`not jevt.value[${path}] exists`, `%jevt.value[${path}]`, [deep, event('"verb":"get"')]);
  expect(found).toEqual(['<NA>', '<NA>']);
});

test('a path that is there', async () => {
  const levels = 900;
  const deep = event(`"a":${'{"a":'.repeat(levels - 1)}1${'}'.repeat(levels - 1)}`);
  const path = '/a'.repeat(levels);
  // a key that is repeated is forgotten with all below it
  const twice = event(`"a":${'{"a":'.repeat(levels - 1)}1${'}'.repeat(levels - 1)},"a":2`);
  expect(await messages(`jevt.value[${path}] = 1`, 'deep', [deep, twice, deep])).toEqual(['deep', 'deep']);
});
