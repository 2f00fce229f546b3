// Random rules against random events: the SIMD and scalar engines, the object path and the reference evaluator must agree on
// every alert, byte for byte, and on every count, under both semantics. FALCONET_SEED repeats a run, FALCONET_PAIRS sets
// how many pairs of rule and event are tried.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import type { Engine } from '../conformance/adapter.ts';
import { ENGINES } from '../conformance/engines.ts';
import { loadFiles } from '../conformance/front-end.ts';
import { fromText, toText } from '../reference/bytes.ts';
import { type JsonValue, parseJson } from '../reference/json-text.ts';
import { type Disagreement, findDisagreement, type Reading, rulesText } from './agreement.ts';
import { FULL_EVENT } from './full-event.ts';
import { poolOf } from './pool.ts';
import { Random } from './random.ts';
import { randomPayload } from './random-event.ts';
import { printCondition, type RandomRule, RuleMaker } from './random-rule.ts';
import { type Pair, shrink } from './shrink.ts';

const DEFAULT_PAIRS = 100_000;
const RULES_PER_ROUND = 40;
const EVENTS_PER_ROUND = 50;
const MS_PER_PAIR = 50;
/** Payloads by themselves cost more time than lines together. */
const DOCUMENT_ROUNDS = 0.1;

const seed = Number(process.env.FALCONET_SEED ?? Date.now() % 2 ** 31);
const pairs = Number(process.env.FALCONET_PAIRS ?? DEFAULT_PAIRS);
const rounds = Math.ceil(pairs / (RULES_PER_ROUND * EVENTS_PER_ROUND));

/** The full event and a part of the recorded and generated corpora. */
function baseEvents(): JsonValue[] {
  const lines = ['random-7', 'random-8', 'recorded-8'].flatMap((name) => {
    const url = new URL(`../conformance/${name}/events.jsonl.gz`, import.meta.url);
    const all = gunzipSync(readFileSync(url)).toString('latin1').split('\n').filter(Boolean);
    return all.filter((_, at) => at % 25 === 0);
  });
  const full = Array<string>(lines.length / 4).fill(fromText(FULL_EVENT));
  return [...lines, ...full].map((line) => (parseJson(line, 'fixed') as { value: JsonValue }).value);
}

/** Rules that compile; the others are the compiler's matter. */
function compiling(rules: readonly RandomRule[]): readonly RandomRule[] {
  const isGood = (some: readonly RandomRule[]) =>
    loadFiles([rulesText(some)], {}).every(({ error }) => error === undefined);
  return isGood(rules) ? rules : rules.filter((rule) => isGood([rule]));
}

async function smallestOf(found: Disagreement, rules: readonly RandomRule[], reading: Reading): Promise<string> {
  const fails = async ({ rule, payload }: Pair) =>
    (await findDisagreement(ENGINES, [rule], [payload], reading)) !== undefined;
  const suspects = [...(found.rule === undefined ? [] : [rules[found.rule]!]), ...rules];
  let pair: Pair = { rule: suspects[0]!, payload: found.payload };
  let failsAlone = false;
  for (const rule of suspects) {
    const alone = { rule, payload: found.payload };
    failsAlone = await fails(alone);
    if (failsAlone) pair = alone;
    if (failsAlone) break;
  }
  const small = failsAlone ? await shrink(pair, fails, reading.semantics) : pair;
  const again = failsAlone ? await findDisagreement(ENGINES, [small.rule], [small.payload], reading) : found;
  return [
    `seed ${seed}, ${reading.semantics}, ${reading.framing}`,
    `condition: ${printCondition(small.rule.condition)}`,
    `output:    ${small.rule.output.join(' | ')}`,
    `event:     ${visible(small.payload)}`,
    ...(again?.said ?? []).map((line) => `  ${line}`),
  ].join('\n');
}

/** Control characters as escapes, so that a terminal and a log show them. */
function visible(payload: string): string {
  return toText(payload).replace(/[\x00-\x1f]/g, (c) => `<${c.charCodeAt(0).toString(16).padStart(2, '0')}>`);
}

async function runRound(random: Random, bases: readonly JsonValue[], reading: Reading): Promise<number> {
  const maker = new RuleMaker(random, poolOf(random.several(12, () => random.pick(bases))));
  const rules = compiling(random.several(RULES_PER_ROUND, () => maker.rule()));
  const texts = random.several(EVENTS_PER_ROUND, () => randomPayload(random, bases));
  const payloads = reading.framing === 'document' ? texts : texts.map((text) => text.replaceAll('\n', ' '));
  const found = await findDisagreement(ENGINES, rules, payloads, reading);
  if (found !== undefined) expect.fail(await smallestOf(found, rules, reading));
  return rules.length * payloads.length;
}

it(
  `engines agree (seed ${seed})`,
  async () => {
    const random = new Random(seed);
    const bases = baseEvents();
    let tried = 0;
    for (let round = 0; round < rounds; round++) {
      const semantics = round % 2 === 0 ? 'fixed' : 'falco';
      tried += await runRound(random, bases, {
        semantics,
        framing: random.chance(DOCUMENT_ROUNDS) ? 'document' : 'lines',
      });
    }
    console.log(`seed ${seed}: ${tried} pairs, ${ENGINES.map(({ name }: Engine) => name).join(' = ')}`);
  },
  60_000 + pairs * MS_PER_PAIR,
);
