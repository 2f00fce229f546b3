// Guards: what a rule requires of one text, as a formula over the predicates that this text alone decides. The index asks a guard once per
// text that it has not seen before, so it may hold anything: patterns, negations, alternatives, what is computed from the text.

import { type Formula, forEachPredicate, join, TRUE } from './formula.ts';
import { isCommonGram } from './grams.ts';
import { type Question, type Questions, questionAbout } from './questions.ts';

export interface Guard {
  readonly formula: Formula;
  /** equal for equal formulas */
  readonly key: string;
  /** what every text has that passes; undefined: nothing that could be looked for */
  readonly triggers: Triggers | undefined;
  /** share of the texts that pass, guessed */
  readonly share: number;
  /** predicates in it */
  readonly tests: number;
}

/** One of the constants is the text, or one of the patterns' grams is in it. */
export interface Triggers {
  readonly constants: ReadonlySet<number>;
  /** per pattern its grams, of which any will do */
  readonly patterns: readonly (readonly number[])[];
}

/** Shares of texts, guessed. */
const PATTERN_SHARE = 0.05;
/** fits what most events hold */
const COMMON_SHARE = 0.5;
const CONSTANT_SHARE = 0.05;
const UNKNOWN_SHARE = 0.5;

/**
 * What the rule requires of the text, or list; undefined if that is nothing, or nothing but constants, which the index looks up. `isEager`:
 * it is found in the first pass.
 */
export function guardOf(formula: Formula, value: number, questions: Questions, isEager: boolean): Guard | undefined {
  const isDecidable = (predicate: number): boolean =>
    isEager ? questions.sources[predicate] === value : isPlain(questionAbout(questions, predicate, value));
  const projected = project(formula, isDecidable);
  if (projected.kind === 'constant' || !asksMore(projected, value, questions)) return undefined;
  return {
    formula: projected,
    key: keyOf(projected),
    triggers: triggersOf(projected, value, questions),
    share: shareOf(projected, value, questions),
    tests: countTests(projected),
  };
}

function countTests(formula: Formula): number {
  let count = 0;
  forEachPredicate(formula, () => {
    count++;
  });
  return count;
}

/** Whether it is asked of a text, and of nothing else. */
function isPlain(question: Question): boolean {
  return question.kind === 'pattern' || isLookedUp(question);
}

/** Whether its constants, or whether there is a value, tell the answer: of a list they do not, another element may be one. */
export function isLookedUp(question: Question): boolean {
  return question.kind === 'exists' || (question.kind === 'any' && !question.isList);
}

/** The weakest formula over decidable predicates that follows: others may answer as they like. */
function project(formula: Formula, isDecidable: (predicate: number) => boolean): Formula {
  if (formula.kind === 'constant') return formula;
  if (formula.kind === 'literal') return isDecidable(formula.predicate) ? formula : TRUE;
  return join(
    formula.kind,
    formula.children.map((child) => project(child, isDecidable)),
  );
}

function asksMore(formula: Formula, value: number, questions: Questions): boolean {
  if (formula.kind === 'constant') return false;
  if (formula.kind !== 'literal') return formula.children.some((child) => asksMore(child, value, questions));
  return !isLookedUp(questionAbout(questions, formula.predicate, value));
}

/** Equal for equal formulas. */
export function keyOf(formula: Formula): string {
  if (formula.kind === 'constant') return String(formula.value);
  if (formula.kind === 'literal') return `${formula.negated ? '!' : ''}${formula.predicate}`;
  return `${formula.kind}(${formula.children.map(keyOf).join()})`;
}

function triggersOf(formula: Formula, value: number, questions: Questions): Triggers | undefined {
  if (formula.kind === 'constant') return formula.value ? undefined : { constants: new Set(), patterns: [] };
  if (formula.kind === 'literal') {
    const question = questionAbout(questions, formula.predicate, value);
    if (formula.negated) return undefined;
    if (question.kind === 'any') return { constants: question.constants, patterns: [] };
    return question.kind === 'pattern' ? { constants: new Set(), patterns: [question.grams] } : undefined;
  }
  const parts = formula.children.map((child) => triggersOf(child, value, questions));
  if (formula.kind === 'or') {
    if (parts.includes(undefined)) return undefined;
    return {
      constants: new Set(parts.flatMap((part) => [...part!.constants])),
      patterns: parts.flatMap((part) => part!.patterns),
    };
  }
  const size = ({ constants, patterns }: Triggers): number => constants.size + patterns.length;
  return parts.reduce((best, part) => {
    if (part === undefined) return best;
    return best === undefined || size(part) < size(best) ? part : best;
  }, undefined);
}

function shareOf(formula: Formula, value: number, questions: Questions): number {
  if (formula.kind === 'constant') return formula.value ? 1 : 0;
  if (formula.kind === 'literal') {
    const share = shareOfPredicate(formula.predicate, value, questions);
    return formula.negated ? 1 - share : share;
  }
  const shares = formula.children.map((child) => shareOf(child, value, questions));
  if (formula.kind === 'and') return shares.reduce((product, share) => product * share, 1);
  return Math.min(
    1,
    shares.reduce((sum, share) => sum + share, 0),
  );
}

function shareOfPredicate(predicate: number, value: number, questions: Questions): number {
  const question = questionAbout(questions, predicate, value);
  switch (question.kind) {
    case 'exists':
      return 1;
    case 'any':
      return Math.min(1, CONSTANT_SHARE * question.constants.size);
    case 'pattern':
      return question.grams.every(isCommonGram) ? COMMON_SHARE : PATTERN_SHARE;
    default:
      return UNKNOWN_SHARE;
  }
}
