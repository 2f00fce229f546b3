// Alternatives: disjunctions over several texts (`user is anonymous or one of the groups is unauthenticated`), which no row decides alone. The
// opposite of one is a conjunction, and each row can decide its part of that. So an alternative has a bit of its own behind those of
// the rules, as if its opposite were a rule: when all rows have left the bit, the rules that ask for the alternative are excluded.

import { conjuncts, type Formula, forEachPredicate, join } from './formula.ts';
import { keyOf } from './guards.ts';
import type { Questions } from './questions.ts';

export interface Alternative {
  /** true when the alternative is false */
  readonly opposite: Formula;
  readonly key: string;
  /** rules with this conjunct, ascending */
  readonly rules: readonly number[];
}

/** Those that most rules ask for; `limit`: how many there may be. */
export function alternativesOf(
  formulas: readonly Formula[],
  questions: Questions,
  limit: number,
): readonly Alternative[] {
  const found = new Map<string, { readonly opposite: Formula; readonly key: string; readonly rules: number[] }>();
  formulas.forEach((formula, rule) => {
    for (const conjunct of conjuncts(formula)) {
      if (!isAlternative(conjunct, questions)) continue;
      const key = keyOf(conjunct);
      const alternative = found.get(key);
      if (alternative === undefined) found.set(key, { opposite: opposite(conjunct), key, rules: [rule] });
      else alternative.rules.push(rule);
    }
  });
  return [...found.values()].sort((a, b) => b.rules.length - a.rules.length).slice(0, limit);
}

/** Whether every part is about one text of the first pass, but not all about the same. */
function isAlternative(conjunct: Formula, questions: Questions): boolean {
  if (conjunct.kind !== 'or') return false;
  const sources = conjunct.children.map((child) => sourceOf(child, questions));
  return !sources.includes(undefined) && new Set(sources).size > 1;
}

function sourceOf(formula: Formula, questions: Questions): number | undefined {
  const sources = new Set<number | undefined>();
  forEachPredicate(formula, (predicate) => sources.add(questions.sources[predicate]));
  return sources.size === 1 ? [...sources][0] : undefined;
}

function opposite(formula: Formula): Formula {
  if (formula.kind === 'constant') return { kind: 'constant', value: !formula.value };
  if (formula.kind === 'literal') return { ...formula, negated: !formula.negated };
  return join(formula.kind === 'and' ? 'or' : 'and', formula.children.map(opposite));
}
