// Which fields have a value wherever a check decides: those that its neighbours in the same conjunction ask for, by `exists` or
// by a comparison, which is false where there is nothing to compare. `not (a or b)` is the conjunction `not a and not b`.
// Only fields that the caller is interested in are kept.

import type { ResolvedMacro } from '../resolve/resolved.ts';
import type { AndNode, Condition, FieldRef, OrNode } from '../syntax/ast.ts';
import { printField } from '../syntax/print.ts';

/** A connective that a check stands in, from the inside out. */
export interface Given {
  readonly parent: AndNode | OrNode;
  /** the part with the check in it */
  readonly child: Condition;
  /** an odd number of `not` applies to the connective */
  readonly isNegated: boolean;
  readonly outer: Given | undefined;
}

const NONE: ReadonlySet<string> = new Set();

export class Guards {
  readonly #macros: ReadonlyMap<string, ResolvedMacro>;
  readonly #isOfInterest: (name: string) => boolean;
  readonly #whenTrue = new Map<Condition, ReadonlySet<string>>();
  readonly #whenFalse = new Map<Condition, ReadonlySet<string>>();

  constructor(macros: ReadonlyMap<string, ResolvedMacro>, isOfInterest: (name: string) => boolean) {
    this.#macros = macros;
    this.#isOfInterest = isOfInterest;
  }

  /** Whether the field has a value, given what stands around. */
  ask(given: Given | undefined, field: FieldRef): boolean {
    const names = [field.name, printField(field)];
    for (let at = given; at !== undefined; at = at.outer) {
      const { parent, child, isNegated } = at;
      if (!isConjunction(parent, isNegated)) continue;
      for (const other of parent.children) {
        if (other === child) continue;
        const present = this.#present(other, isNegated);
        if (names.some((name) => present.has(name))) return true;
      }
    }
    return false;
  }

  /** The fields that have a value when the condition is true, or, negated, false. */
  #present(node: Condition, isNegated: boolean): ReadonlySet<string> {
    const known = isNegated ? this.#whenFalse : this.#whenTrue;
    const before = known.get(node);
    if (before !== undefined) return before;
    const found = this.#find(node, isNegated);
    known.set(node, found);
    return found;
  }

  #find(node: Condition, isNegated: boolean): ReadonlySet<string> {
    switch (node.kind) {
      case 'not':
        return this.#present(node.child, !isNegated);
      case 'macro': {
        const macro = this.#macros.get(node.name);
        return macro ? this.#present(macro.condition, isNegated) : NONE;
      }
      case 'check':
        return !isNegated && node.left.kind === 'field' && this.#isOfInterest(node.left.name)
          ? new Set([printField(node.left)])
          : NONE;
      default: {
        const [first = NONE, ...others] = node.children.map((child) => this.#present(child, isNegated));
        if (isConjunction(node, isNegated)) return new Set([first, ...others].flatMap((set) => [...set]));
        return new Set([...first].filter((name) => others.every((set) => set.has(name))));
      }
    }
  }
}

function isConjunction({ kind }: AndNode | OrNode, isNegated: boolean): boolean {
  return (kind === 'and') !== isNegated;
}
