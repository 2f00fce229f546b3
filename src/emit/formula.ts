// A rule's condition with negation pushed down to the predicates, constants folded and nested conjunctions flattened: the
// form in which both the jump code and the index are easy to derive.

import type { IrBool } from '../ir/ir.ts';

export type Formula =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'literal'; readonly predicate: number; readonly negated: boolean }
  | { readonly kind: 'and' | 'or'; readonly children: readonly Formula[] };

export const TRUE: Formula = { kind: 'constant', value: true };

export function formulaOf(condition: IrBool, negated: boolean = false): Formula {
  switch (condition.kind) {
    case 'constant':
      return { kind: 'constant', value: condition.value !== negated };
    case 'predicate':
      return { kind: 'literal', predicate: condition.id, negated };
    case 'not':
      return formulaOf(condition.child, !negated);
    default: {
      const children = condition.children.map((child) => formulaOf(child, negated));
      return join((condition.kind === 'and') === negated ? 'or' : 'and', children);
    }
  }
}

/** Conjunction or disjunction without constant children, children of its own kind or a single child. */
export function join(kind: 'and' | 'or', children: readonly Formula[]): Formula {
  const absorbing = kind === 'or';
  const kept: Formula[] = [];
  for (const child of children) {
    if (child.kind === 'constant') {
      if (child.value === absorbing) return child;
    } else if (child.kind === kind) for (const inner of child.children) kept.push(inner);
    else kept.push(child);
  }
  if (kept.length === 0) return { kind: 'constant', value: !absorbing };
  return kept.length === 1 ? kept[0]! : { kind, children: kept };
}

/** What must all hold for the formula to hold. */
export function conjuncts(formula: Formula): readonly Formula[] {
  if (formula.kind === 'and') return formula.children;
  return formula.kind === 'constant' && formula.value ? [] : [formula];
}

export function forEachPredicate(formula: Formula, visit: (predicate: number) => void): void {
  if (formula.kind === 'literal') visit(formula.predicate);
  else if (formula.kind !== 'constant') for (const child of formula.children) forEachPredicate(child, visit);
}

/** Whether the formula can hold, given what is known of some predicates (undefined: nothing). */
export function canHold(formula: Formula, known: (predicate: number) => boolean | undefined): boolean {
  switch (formula.kind) {
    case 'constant':
      return formula.value;
    case 'literal':
      return known(formula.predicate) !== formula.negated;
    case 'and':
      return formula.children.every((child) => canHold(child, known));
    case 'or':
      return formula.children.some((child) => canHold(child, known));
  }
}
