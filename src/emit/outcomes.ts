// What is left possible of a rule by each thing that one value can be. A key is a constant that the value equals (or has as an element),
// or a pattern that it fits; `other` is a present value to which no key applies that the rule mentions.
//
// The index is sound because a rule that is possible with several keys is possible with one of those that it mentions, and
// a rule that a key makes impossible is so whatever else applies.

import { canHold, type Formula, forEachPredicate } from './formula.ts';
import type { Questions } from './questions.ts';

/** What a value leaves possible of one rule. */
export interface Outcome {
  readonly rule: number;
  readonly absent: boolean;
  readonly other: boolean;
  /** `other`, where nobody looks whether the value fits a pattern */
  readonly unscanned: boolean;
  readonly constants: ReadonlyMap<number, boolean>;
  /** by predicate */
  readonly patterns: ReadonlyMap<number, boolean>;
}

/** A value that one rule asks more about is not indexed: the work grows with the square. */
const MAX_QUESTIONS = 500;
/** Constants and patterns in all outcomes of a value: beyond it they would push the events out of the cache. */
const MAX_KEYS: number = 1 << 20;

/** Per value, what it leaves of each rule that it can exclude. */
export function outcomesOf(
  formulas: readonly Formula[],
  questions: Questions,
): ReadonlyMap<number, readonly Outcome[]> {
  const byValue = new Map<number, Outcome[]>();
  const keys = new Map<number, number>();
  formulas.forEach((formula, rule) => {
    for (const [value, predicates] of askedBy(formula, questions)) {
      if ((keys.get(value) ?? 0) > MAX_KEYS) continue;
      if (predicates.length > MAX_QUESTIONS) {
        keys.set(value, Number.POSITIVE_INFINITY);
        continue;
      }
      const outcome = outcomeOf(formula, rule, predicates, questions);
      if (!excludes(outcome)) continue;
      keys.set(value, (keys.get(value) ?? 0) + outcome.constants.size + outcome.patterns.size);
      const outcomes = byValue.get(value);
      if (outcomes === undefined) byValue.set(value, [outcome]);
      else outcomes.push(outcome);
    }
  });
  for (const [value, count] of keys) if (count > MAX_KEYS) byValue.delete(value);
  return byValue;
}

/** Each value with the distinct predicates that ask about it. */
function askedBy(formula: Formula, questions: Questions): ReadonlyMap<number, readonly number[]> {
  const asked = new Map<number, Set<number>>();
  forEachPredicate(formula, (predicate) => {
    const question = questions[predicate];
    if (question === undefined) return;
    const predicates = asked.get(question.value);
    if (predicates === undefined) asked.set(question.value, new Set([predicate]));
    else predicates.add(predicate);
  });
  return new Map([...asked].map(([value, predicates]) => [value, [...predicates]]));
}

function excludes({ absent, other, constants, patterns }: Outcome): boolean {
  return !absent || !other || [...constants.values()].includes(false) || [...patterns.values()].includes(false);
}

function outcomeOf(formula: Formula, rule: number, predicates: readonly number[], questions: Questions): Outcome {
  const holdsWith = (answer: (predicate: number) => boolean | undefined): boolean =>
    canHold(formula, (predicate) => (predicates.includes(predicate) ? answer(predicate) : undefined));
  const answerOfOther = (predicate: number, ofPattern: boolean | undefined): boolean | undefined => {
    const { kind } = questions[predicate]!;
    if (kind === 'exists') return true;
    if (kind === 'pattern') return ofPattern;
    return kind === 'other' ? undefined : false;
  };
  return {
    rule,
    absent: holdsWith(() => false),
    other: holdsWith((predicate) => answerOfOther(predicate, false)),
    unscanned: holdsWith((predicate) => answerOfOther(predicate, undefined)),
    constants: constantOutcomes(predicates, questions, holdsWith),
    patterns: patternOutcomes(predicates, questions, holdsWith),
  };
}

type HoldsWith = (answer: (predicate: number) => boolean | undefined) => boolean;

function constantOutcomes(
  predicates: readonly number[],
  questions: Questions,
  holdsWith: HoldsWith,
): ReadonlyMap<number, boolean> {
  const outcomes = new Map<number, boolean>();
  // constants in the same sets have the same outcome
  const byMembership = new Map<string, boolean>();
  for (const [constant, sets] of membershipsOf(predicates, questions)) {
    const membership = sets.join();
    const known = byMembership.get(membership) ?? holdsWith((predicate) => answerWith(predicate, sets, questions));
    byMembership.set(membership, known);
    outcomes.set(constant, known);
  }
  return outcomes;
}

/** A predicate's answer when the value equals, or has, a constant that stands in the sets of these predicates only. */
function answerWith(predicate: number, sets: readonly number[], questions: Questions): boolean | undefined {
  const question = questions[predicate]!;
  const isMember = sets.includes(predicate);
  switch (question.kind) {
    case 'exists':
      return true;
    case 'any':
      // another element of a list may be one
      return isMember ? true : question.isList ? undefined : false;
    case 'all':
      return isMember ? undefined : false;
    default:
      return undefined;
  }
}

/** The predicates whose sets hold a constant, for each constant. */
function membershipsOf(predicates: Iterable<number>, questions: Questions): ReadonlyMap<number, readonly number[]> {
  const memberships = new Map<number, number[]>();
  for (const predicate of predicates) {
    const question = questions[predicate]!;
    if (question.kind !== 'any' && question.kind !== 'all') continue;
    for (const constant of question.constants) {
      const sets = memberships.get(constant);
      if (sets === undefined) memberships.set(constant, [predicate]);
      else sets.push(predicate);
    }
  }
  return memberships;
}

function patternOutcomes(
  predicates: readonly number[],
  questions: Questions,
  holdsWith: HoldsWith,
): ReadonlyMap<number, boolean> {
  const outcomes = new Map<number, boolean>();
  for (const pattern of predicates) {
    if (questions[pattern]!.kind !== 'pattern') continue;
    const answer = (predicate: number): boolean | undefined => {
      if (predicate === pattern || questions[predicate]!.kind === 'exists') return true;
      return undefined;
    };
    outcomes.set(pattern, holdsWith(answer));
  }
  return outcomes;
}
