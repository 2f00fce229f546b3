// Which values are worth a row of the index, and what each row asks for which rule. A row costs every event a look at the value and a pass
// over the bitmaps; it saves the evaluation of the rules that it excludes and that no row before it has excluded. Without an event at hand
// both are estimated: the more different constants rules ask for, the rarer is each of them. What a row said of a text is remembered, so
// questions about texts that repeat themselves are nearly free, and those about others are asked of every event.

import { INDEX_FEW_WORDS } from '../isa/layout.ts';
import { ruleWords } from '../program/image.ts';
import type { Guard } from './guards.ts';
import type { Outcome } from './outcomes.ts';

/**
 * How a row tells whether a rule is possible: by constants alone; by its guard, which is asked of every text; by its guard once the text holds
 * what the guard looks for, and by constants.
 */
export type Way = 'constants' | 'guard' | 'triggered';

export interface Use {
  readonly outcome: Outcome;
  readonly way: Way;
}

export interface ChosenValue {
  readonly value: number;
  readonly uses: readonly Use[];
}

export interface ValueFacts {
  /** it is a text that the first pass over an event finds */
  readonly isEager: (value: number) => boolean;
  /** most events have one of few texts there */
  readonly isRepetitive: (value: number) => boolean;
  /** it is a whole body, whose text takes long to read */
  readonly isBody: (value: number) => boolean;
  /** most events have this constant where rules ask for it */
  readonly isCommon: (constant: number) => boolean;
}

/** Nanoseconds, as measured with 50 to 10,000 rules: proportions matter, not the unit. */
const CANDIDATE_COST = 40;
const ROW_COST = 10;
const LAZY_ROW_COST = 60;
const BODY_COST = 200;
/** of a row that concerns no rule that is left, which only bitmaps of up to three words show at once */
const SKIP_COST = 1;
/** of 64 rules in a bitmap */
const WORD_COST = 0.5;
const SCAN_COST = 150;
/** of a predicate, in a rule's code or a guard */
const TEST_COST = 10;
const MAX_ROWS = 64;
/** that a row asks of every text */
const MAX_GUARDS = 24;
/** Shares of events, guessed. */
const ABSENT = 0.3;
const RAREST = 0.01;
const COMMON = 0.7;
const PASSING_EXCEPTION = 0.9;
/** of the texts at a repetitive place: not seen before, or forgotten */
const NEW_TEXT = 0.04;

/**
 * Values in the order in which their rows are applied: what the first pass over an event finds comes first. `passing`: per rule the share of
 * events that reach these rows; updated. `stakes`: per rule what it is worth that a row decides its part, beyond what that excludes.
 */
export function chooseValues(
  byValue: ReadonlyMap<number, readonly Outcome[]>,
  passing: Float64Array,
  stakes: Float64Array,
  facts: ValueFacts,
): readonly ChosenValue[] {
  const candidates = [...byValue]
    .map(([value, outcomes]) => new Candidate(value, outcomes, facts, stakes))
    .filter((candidate) => candidate.gain(passing) > 0);
  const eager = chooseGreedily(
    candidates.filter(({ isEager }) => isEager),
    passing,
    MAX_ROWS,
  );
  const lazy = chooseGreedily(
    candidates.filter(({ isEager }) => !isEager),
    passing,
    MAX_ROWS - eager.length,
  );
  return [...eager, ...lazy];
}

/** The one that gains most, then the one that gains most on top of it, and so on; updates `passing`. */
function chooseGreedily(candidates: readonly Candidate[], passing: Float64Array, limit: number): ChosenValue[] {
  const rest = new Set(candidates);
  const chosen: ChosenValue[] = [];
  while (chosen.length < limit) {
    let best: Candidate | undefined;
    let bestGain = 0;
    for (const candidate of rest) {
      const gain = candidate.gain(passing);
      // what is left to exclude only shrinks
      if (gain <= 0) rest.delete(candidate);
      else if (gain > bestGain) [best, bestGain] = [candidate, gain];
    }
    if (best === undefined) break;
    rest.delete(best);
    chosen.push(best.choose(passing));
  }
  return chosen;
}

/** Outcomes with equal guards. */
interface Group {
  readonly guard: Guard;
  /** numbers of the outcomes */
  readonly members: number[];
}

/** What a row would ask, and what it would gain. */
interface Plan {
  readonly gain: number;
  readonly ways: readonly Way[];
}

class Candidate {
  readonly isEager: boolean;
  readonly #value: number;
  readonly #outcomes: readonly Outcome[];
  readonly #cost: number;
  readonly #isSkipped: boolean;
  readonly #stakes: Float64Array;
  readonly #isRepetitive: boolean;
  readonly #groups: readonly Group[];
  /** per outcome: share of the events that leave its rule possible, by constants and by its guard */
  readonly #shares: Float64Array;
  readonly #guardedShares: Float64Array;

  constructor(value: number, outcomes: readonly Outcome[], facts: ValueFacts, stakes: Float64Array) {
    const ruleCount = stakes.length;
    this.#stakes = stakes;
    this.isEager = facts.isEager(value);
    this.#isRepetitive = this.isEager && facts.isRepetitive(value);
    this.#value = value;
    this.#outcomes = outcomes;
    const rowCost = this.isEager ? ROW_COST : LAZY_ROW_COST;
    this.#cost = rowCost + WORD_COST * ruleWords(ruleCount) + (facts.isBody(value) ? BODY_COST : 0);
    this.#isSkipped = this.isEager && ruleWords(ruleCount) <= INDEX_FEW_WORDS;
    this.#groups = groupsOf(outcomes);
    const constants = new Set<number>();
    for (const outcome of outcomes) for (const constant of outcome.constants.keys()) constants.add(constant);
    const share = Math.max(RAREST, 1 / Math.sqrt(1 + constants.size));
    const common = new Set([...constants].filter(facts.isCommon));
    this.#shares = Float64Array.from(outcomes, (outcome) => shareOf(outcome, share, common));
    this.#guardedShares = Float64Array.from(outcomes, ({ absent, guard }, i) =>
      Math.min(this.#shares[i]!, (absent ? ABSENT : 0) + (1 - ABSENT) * (guard?.share ?? 1)),
    );
  }

  gain(passing: Float64Array): number {
    return this.#plan(passing).gain;
  }

  /** Updates `passing`. */
  choose(passing: Float64Array): ChosenValue {
    const { ways } = this.#plan(passing);
    this.#outcomes.forEach(({ rule }, i) => {
      passing[rule]! *= (ways[i] === 'constants' ? this.#shares : this.#guardedShares)[i]!;
    });
    return { value: this.#value, uses: this.#outcomes.map((outcome, i) => ({ outcome, way: ways[i]! })) };
  }

  #plan(passing: Float64Array): Plan {
    const ways = this.#outcomes.map((): Way => 'constants');
    let gain = 0;
    let concerned = 0;
    this.#outcomes.forEach(({ rule, guard }, i) => {
      concerned += passing[rule]!;
      gain += passing[rule]! * (1 - this.#shares[i]!) * CANDIDATE_COST;
      if (guard === undefined) gain += this.#stakes[rule]!;
    });
    gain -= this.#isSkipped ? SKIP_COST + Math.min(1, concerned) * this.#cost : this.#cost;
    const use = (groups: readonly { readonly group: Group; readonly gain: number }[], way: Way): void => {
      for (const { group, gain: saved } of groups) {
        gain += saved;
        for (const i of group.members) ways[i] = way;
      }
    };
    const byGain = this.#groups
      .map((group) => ({ group, gain: this.#gainOf(group, passing) }))
      .sort((a, b) => b.gain - a.gain);
    const guards = this.#isRepetitive ? byGain.slice(0, MAX_GUARDS).filter((one) => one.gain > 0) : [];
    use(guards, 'guard');
    const triggered = byGain.slice(guards.length).filter(({ group }) => hasPatterns(group.guard));
    const scanCost = SCAN_COST * (this.#isRepetitive ? NEW_TEXT : 1);
    if (triggered.reduce((sum, one) => sum + one.gain, -scanCost) > 0) {
      use(triggered, 'triggered');
      gain -= scanCost;
    }
    return { gain, ways };
  }

  /** What the guard saves beyond what constants save: candidates, and tests in the code of those that remain. */
  #gainOf({ guard, members }: Group, passing: Float64Array): number {
    const testCost = TEST_COST * guard.tests;
    let saved = this.#isRepetitive ? -testCost * NEW_TEXT : 0;
    for (const i of members) {
      const [share, guarded] = [this.#shares[i]!, this.#guardedShares[i]!];
      const { rule } = this.#outcomes[i]!;
      saved += this.#stakes[rule]!;
      saved += passing[rule]! * ((share - guarded) * CANDIDATE_COST + (share * testCost) / 2);
    }
    return saved;
  }
}

function hasPatterns({ triggers }: Guard): boolean {
  return triggers !== undefined && triggers.patterns.length > 0;
}

function groupsOf(outcomes: readonly Outcome[]): readonly Group[] {
  const groups = new Map<string, Group>();
  outcomes.forEach(({ guard }, i) => {
    if (guard === undefined) return;
    const group = groups.get(guard.key);
    if (group === undefined) groups.set(guard.key, { guard, members: [i] });
    else group.members.push(i);
  });
  return [...groups.values()];
}

function shareOf({ absent, other, constants }: Outcome, shareOfConstant: number, common: ReadonlySet<number>): number {
  const ofAbsent = absent ? ABSENT : 0;
  const isException = [...constants.values()].includes(false) || !absent;
  if (other) return ofAbsent + (1 - ABSENT) * (isException ? PASSING_EXCEPTION : 1);
  let allowed = 0;
  for (const [constant, isPossible] of constants) {
    if (isPossible) allowed += common.has(constant) ? COMMON : shareOfConstant;
  }
  return ofAbsent + (1 - ABSENT) * Math.min(1, allowed);
}
