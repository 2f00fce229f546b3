// Random conditions over a few predicates, and what they mean.

import fc from 'fast-check';
import type { IrBool } from '../../src/ir/ir.ts';

export function conditions(predicateCount: number): fc.Arbitrary<IrBool> {
  const { tree } = fc.letrec<{ tree: IrBool }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 5 },
      fc.record({ kind: fc.constant('predicate' as const), id: fc.nat(predicateCount - 1) }),
      fc.record({ kind: fc.constant('constant' as const), value: fc.boolean() }),
      fc.record({ kind: fc.constant('not' as const), child: tie('tree') }),
      fc.record({
        kind: fc.constantFrom('and' as const, 'or' as const),
        children: fc.array(tie('tree'), { minLength: 1, maxLength: 4 }),
      }),
    ),
  }));
  return tree;
}

/** The condition's value when `answers` tells each predicate's. */
export function meaning(condition: IrBool, answers: (predicate: number) => boolean): boolean {
  switch (condition.kind) {
    case 'constant':
      return condition.value;
    case 'predicate':
      return answers(condition.id);
    case 'not':
      return !meaning(condition.child, answers);
    case 'and':
      return condition.children.every((child) => meaning(child, answers));
    case 'or':
      return condition.children.some((child) => meaning(child, answers));
  }
}
