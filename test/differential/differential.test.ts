// Random rules against random events: the SIMD and scalar engines, the object path and the reference evaluator must agree on
// every alert, byte for byte, and on every count, under both semantics. FALCONET_SEED repeats a run, FALCONET_PAIRS sets
// how many pairs of rule and event are tried.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { it } from 'vitest';
import type { Engine } from '../conformance/adapter.ts';
import { ENGINES } from '../conformance/engines.ts';
import { fromText } from '../reference/bytes.ts';
import { type JsonValue, parseJson } from '../reference/json-text.ts';
import type { Reading } from './agreement.ts';
import { FULL_EVENT } from './full-event.ts';
import { poolOf } from './pool.ts';
import { Random } from './random.ts';
import { randomPayload } from './random-event.ts';
import { RuleMaker } from './random-rule.ts';
import { compiling, tryAll } from './round.ts';

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

async function runRound(random: Random, bases: readonly JsonValue[], reading: Reading): Promise<number> {
  const maker = new RuleMaker(random, poolOf(random.several(12, () => random.pick(bases))));
  const rules = compiling(
    random.several(RULES_PER_ROUND, () => maker.rule()),
    reading,
  );
  const texts = random.several(EVENTS_PER_ROUND, () => randomPayload(random, bases));
  const payloads = reading.framing === 'document' ? texts : texts.map((text) => text.replaceAll('\n', ' '));
  return tryAll(rules, payloads, reading, `seed ${seed}`);
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
