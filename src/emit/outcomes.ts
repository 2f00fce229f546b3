// What is left possible of a rule by each thing that one value can be. A key is a constant that the value equals (or has as an element);
// `other` is a present value that is none of those that the rule mentions. Of patterns and whatever else is asked of the value nothing is
// known here: a guard tells it, where the index has one.
//
// The index is sound because a rule that is possible with several keys is possible with one of those that it mentions, and
// a rule that a key makes impossible is so whatever else applies.

import { canHold, type Formula, forEachPredicate } from './formula.ts';
import { type Guard, guardOf } from './guards.ts';
import { type Questions, questionAbout } from './questions.ts';

/** What a value leaves possible of one rule. */
export interface Outcome {
  readonly rule: number;
  readonly absent: boolean;
  readonly other: boolean;
  readonly constants: ReadonlyMap<number, boolean>;
  /** all that the rule requires of a text, where that is more than constants can tell */
  readonly guard: Guard | undefined;
}

/** A value that one rule asks more about is not indexed: the work grows with the square. */
const MAX_QUESTIONS = 500;
/** Constants and patterns in all outcomes of a value: beyond it they would push the events out of the cache. */
const MAX_KEYS: number = 1 << 20;

/** Per value, what it leaves of each rule that it can exclude. `isEager` as for `questionsOf`. */
export function outcomesOf(
  formulas: readonly Formula[],
  questions: Questions,
  isEager: (value: number) => boolean,
): ReadonlyMap<number, readonly Outcome[]> {
  const byValue = new Map<number, Outcome[]>();
  const keys = new Map<number, number>();
  formulas.forEach((formula, rule) => {
    for (const [value, predicates] of askedBy(formula, questions)) {
      if ((keys.get(value) ?? 0) > MAX_KEYS) continue;
      if (predicates.size > MAX_QUESTIONS) {
        keys.set(value, Number.POSITIVE_INFINITY);
        continue;
      }
      const guard = guardOf(formula, value, questions, isEager(value));
      const outcome = { ...outcomeOf(formula, rule, value, predicates, questions), guard };
      if (!excludes(outcome)) continue;
      keys.set(value, (keys.get(value) ?? 0) + outcome.constants.size + (guard === undefined ? 0 : predicates.size));
      const outcomes = byValue.get(value);
      if (outcomes === undefined) byValue.set(value, [outcome]);
      else outcomes.push(outcome);
    }
  });
  for (const [value, count] of keys) if (count > MAX_KEYS) byValue.delete(value);
  return byValue;
}

/** Each value with the distinct predicates that ask about it, or about what is computed from it alone. */
function askedBy(formula: Formula, questions: Questions): ReadonlyMap<number, ReadonlySet<number>> {
  const asked = new Map<number, Set<number>>();
  forEachPredicate(formula, (predicate) => {
    for (const value of [questions.of[predicate]?.value, questions.sources[predicate]]) {
      if (value === undefined) continue;
      const predicates = asked.get(value);
      if (predicates === undefined) asked.set(value, new Set([predicate]));
      else predicates.add(predicate);
    }
  });
  return asked;
}

function excludes({ absent, other, constants, guard }: Outcome): boolean {
  return guard !== undefined || !absent || !other || [...constants.values()].includes(false);
}

function outcomeOf(
  formula: Formula,
  rule: number,
  value: number,
  predicates: ReadonlySet<number>,
  questions: Questions,
): Omit<Outcome, 'guard'> {
  const holdsWith = (answer: (predicate: number) => boolean | undefined): boolean =>
    canHold(formula, (predicate) => (predicates.has(predicate) ? answer(predicate) : undefined));
  const answerOfOther = (predicate: number): boolean | undefined => {
    const { kind } = questionAbout(questions, predicate, value);
    if (kind === 'exists') return true;
    return kind === 'other' || kind === 'pattern' ? undefined : false;
  };
  return {
    rule,
    absent: holdsWith(() => false),
    other: holdsWith(answerOfOther),
    constants: constantOutcomes(predicates, value, questions, holdsWith),
  };
}

type HoldsWith = (answer: (predicate: number) => boolean | undefined) => boolean;

function constantOutcomes(
  predicates: Iterable<number>,
  value: number,
  questions: Questions,
  holdsWith: HoldsWith,
): ReadonlyMap<number, boolean> {
  const outcomes = new Map<number, boolean>();
  // constants in the same sets have the same outcome
  const byMembership = new Map<string, boolean>();
  for (const [constant, sets] of membershipsOf(predicates, value, questions)) {
    const membership = sets.join();
    const known =
      byMembership.get(membership) ?? holdsWith((predicate) => answerWith(predicate, sets, value, questions));
    byMembership.set(membership, known);
    outcomes.set(constant, known);
  }
  return outcomes;
}

/** A predicate's answer when the value equals, or has, a constant that stands in the sets of these predicates only. */
function answerWith(
  predicate: number,
  sets: readonly number[],
  value: number,
  questions: Questions,
): boolean | undefined {
  const question = questionAbout(questions, predicate, value);
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
function membershipsOf(
  predicates: Iterable<number>,
  value: number,
  questions: Questions,
): ReadonlyMap<number, readonly number[]> {
  const memberships = new Map<number, number[]>();
  for (const predicate of predicates) {
    const question = questionAbout(questions, predicate, value);
    if (question.kind !== 'any' && question.kind !== 'all') continue;
    for (const constant of question.constants) {
      const sets = memberships.get(constant);
      if (sets === undefined) memberships.set(constant, [predicate]);
      else sets.push(predicate);
    }
  }
  return memberships;
}
