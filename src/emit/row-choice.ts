// Which values are worth a row of the index. A row costs every event a look at the value and a pass over the bitmaps; it saves the
// evaluation of the rules that it excludes and that no row before it has excluded. Without an event at hand both are estimated: the
// more different constants rules ask for, the rarer is each of them.

import { ruleWords } from '../program/image.ts';
import type { Outcome } from './outcomes.ts';

export interface ChosenValue {
  readonly value: number;
  readonly outcomes: readonly Outcome[];
  readonly hasPatterns: boolean;
}

/** Nanoseconds, as measured with 50 to 10,000 rules: proportions matter, not the unit. */
const CANDIDATE_COST = 40;
const ROW_COST = 12;
const LAZY_ROW_COST = 60;
/** of 64 rules in a bitmap */
const WORD_COST = 0.5;
const SCAN_COST = 150;
const MAX_ROWS = 64;
/** Shares of events, guessed. */
const ABSENT = 0.3;
const RAREST = 0.01;
const FITTING = 0.05;
const PASSING_EXCEPTION = 0.9;

/** Values in the order in which their rows are applied: what the first pass over an event finds comes first. */
export function chooseValues(
  byValue: ReadonlyMap<number, readonly Outcome[]>,
  ruleCount: number,
  isEager: (value: number) => boolean,
): readonly ChosenValue[] {
  const passing = new Float64Array(ruleCount).fill(1);
  const candidates = [...byValue]
    .map(([value, outcomes]) => new Candidate(value, outcomes, isEager(value), ruleCount))
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

class Candidate {
  readonly isEager: boolean;
  readonly #value: number;
  readonly #plain: Variant;
  /** patterns looked at too */
  readonly #scanned: Variant | undefined;

  constructor(value: number, outcomes: readonly Outcome[], isEager: boolean, ruleCount: number) {
    this.isEager = isEager;
    this.#value = value;
    const cost = (isEager ? ROW_COST : LAZY_ROW_COST) + WORD_COST * ruleWords(ruleCount);
    const hasPatterns = outcomes.some(({ patterns }) => patterns.size > 0);
    this.#plain = new Variant(hasPatterns ? outcomes.map(withoutPatterns) : outcomes, cost);
    this.#scanned = hasPatterns ? new Variant(outcomes, cost + SCAN_COST) : undefined;
  }

  gain(passing: Float64Array): number {
    return Math.max(this.#plain.gain(passing), this.#scanned?.gain(passing) ?? 0);
  }

  choose(passing: Float64Array): ChosenValue {
    const hasPatterns = this.#scanned !== undefined && this.#scanned.gain(passing) > this.#plain.gain(passing);
    const variant = hasPatterns ? this.#scanned! : this.#plain;
    variant.apply(passing);
    return { value: this.#value, outcomes: variant.outcomes, hasPatterns };
  }
}

class Variant {
  readonly outcomes: readonly Outcome[];
  readonly #cost: number;
  /** per outcome: share of the events that leave its rule possible */
  readonly #shares: Float64Array;

  constructor(outcomes: readonly Outcome[], cost: number) {
    this.outcomes = outcomes;
    this.#cost = cost;
    const constants = new Set<number>();
    for (const outcome of outcomes) for (const constant of outcome.constants.keys()) constants.add(constant);
    const share = Math.max(RAREST, 1 / Math.sqrt(1 + constants.size));
    this.#shares = Float64Array.from(outcomes, (outcome) => shareOf(outcome, share));
  }

  gain(passing: Float64Array): number {
    let excluded = 0;
    this.outcomes.forEach(({ rule }, i) => {
      excluded += passing[rule]! * (1 - this.#shares[i]!);
    });
    return excluded * CANDIDATE_COST - this.#cost;
  }

  apply(passing: Float64Array): void {
    this.outcomes.forEach(({ rule }, i) => {
      passing[rule]! *= this.#shares[i]!;
    });
  }
}

function shareOf({ absent, other, constants, patterns }: Outcome, shareOfConstant: number): number {
  const ofAbsent = absent ? ABSENT : 0;
  if (other) return ofAbsent + (1 - ABSENT) * PASSING_EXCEPTION;
  const allowed = [...constants.values()].filter(Boolean).length;
  const fitting = [...patterns.values()].filter(Boolean).length;
  return Math.min(1, ofAbsent + (1 - ABSENT) * (allowed * shareOfConstant + fitting * FITTING));
}

function withoutPatterns(outcome: Outcome): Outcome {
  return { ...outcome, other: outcome.unscanned, patterns: new Map() };
}
