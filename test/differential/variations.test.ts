// Variations of the conformance cases: rules and events that nobody recorded but that are close to those that were. All
// engines must agree on them, under both semantics. FALCONET_SEED repeats a run, FALCONET_VARIATIONS sets how many pairs of
// rule and event are tried for each file and corpus, FALCONET_CONFORMANCE names another directory of cases.

import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { conformanceDirectories, discoverAll } from '../conformance/discover.ts';
import { toText } from '../reference/bytes.ts';
import type { JsonValue } from '../reference/json-text.ts';
import type { Reading } from './agreement.ts';
import { poolOf } from './pool.ts';
import { Random } from './random.ts';
import { brokenText, randomPayload } from './random-event.ts';
import type { RandomRule } from './random-rule.ts';
import { compiling, tryAll } from './round.ts';
import { type Theme, themeOf } from './themes.ts';
import { type Vocabulary, varyCondition, varyToken, vocabularyOf } from './vary-text.ts';

const DEFAULT_VARIATIONS = 4_000;
const RULES_PER_ROUND = 60;
const EVENTS_PER_ROUND = 40;
const BASES_PER_ROUND = 12;
const MS_PER_PAIR = 50;
const DOCUMENT_ROUNDS = 0.1;

const seed = Number(process.env.FALCONET_SEED ?? Date.now() % 2 ** 31);
const variations = Number(process.env.FALCONET_VARIATIONS ?? DEFAULT_VARIATIONS);

/** Words of the cases, and texts of the events that the rules of a round will meet. */
function vocabulary(theme: Theme, bases: readonly JsonValue[]): Vocabulary {
  const { texts, pointers } = poolOf(bases);
  const words = vocabularyOf([...theme.conditions, ...theme.outputs], theme.fields);
  const seen = texts.map(toText).filter((text) => text.length < 80 && !text.includes('\0'));
  return {
    fields: words.fields,
    args: theme.catalogue === undefined ? [...words.args, ...pointers.map((pointer) => `[${pointer}]`)] : words.args,
    constants: [...words.constants, ...seen.map((text) => JSON.stringify(text).replace(/\\u00(..)/g, '\\x$1'))],
  };
}

function variedRule(random: Random, theme: Theme, words: Vocabulary): RandomRule {
  return {
    condition: { kind: 'check', text: varyCondition(random, theme.conditions, words) },
    output: random.several(1 + random.int(3), () => varyToken(random, theme.outputs, words)),
  };
}

function variedPayload(random: Random, theme: Theme, bases: readonly JsonValue[]): string {
  if (theme.payloads === undefined || random.chance(0.7)) return randomPayload(random, bases, theme.basics);
  return brokenText(random, random.pick(theme.payloads));
}

async function runRound(random: Random, theme: Theme, semantics: Reading['semantics']): Promise<number> {
  const isWhole = theme.payloads !== undefined || random.chance(DOCUMENT_ROUNDS);
  const reading: Reading = {
    semantics,
    framing: isWhole ? 'document' : 'lines',
    ...(theme.catalogue && { catalogue: theme.catalogue }),
    ...(isWhole && random.chance(0.3) && { maxEventSize: random.int(400) }),
  };
  const bases = random.several(BASES_PER_ROUND, () => random.pick(theme.events));
  const words = vocabulary(theme, bases);
  const rules = compiling(
    random.several(RULES_PER_ROUND, () => variedRule(random, theme, words)),
    reading,
  );
  const texts = random.several(EVENTS_PER_ROUND, () => variedPayload(random, theme, bases));
  const payloads = isWhole ? texts : texts.map((text) => text.replaceAll('\n', ' '));
  return tryAll(rules, payloads, reading, `${theme.name}, seed ${seed}`);
}

/** An event without a time gets the clock's, which must not go on between the engines. */
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterAll(() => void vi.useRealTimers());

const themes = discoverAll(conformanceDirectories()).flatMap((entry) => themeOf(entry) ?? []);

it.each(themes)(
  `engines agree on variations of $name (seed ${seed})`,
  async (theme) => {
    const random = new Random(seed);
    let tried = 0;
    for (let round = 0; tried < variations; round++) {
      tried += await runRound(random, theme, round % 2 === 0 ? 'fixed' : 'falco');
    }
    console.log(`${theme.name}, seed ${seed}: ${tried} pairs`);
    expect(tried).toBeGreaterThanOrEqual(variations);
  },
  60_000 + variations * MS_PER_PAIR,
);

it('finds cases to vary', () => expect(themes).not.toEqual([]));
