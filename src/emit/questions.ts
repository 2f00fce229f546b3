// What predicates ask of single values, as far as the index can tell their answers: from the value's being absent, from the constant that it
// (or an element of it) equals, from the patterns that it fits.

import type { IrOperand, IrPredicate, IrProgram } from '../ir/ir.ts';
import { gramsIn, literalsOf } from './grams.ts';

/** Every kind is false when the value is absent. */
export type Question =
  | { readonly kind: 'exists'; readonly value: number }
  /** the text, or an element of the list, is one of the constants */
  | {
      readonly kind: 'any';
      readonly value: number;
      readonly isList: boolean;
      readonly constants: ReadonlySet<number>;
    }
  /** every element is */
  | { readonly kind: 'all'; readonly value: number; readonly constants: ReadonlySet<number> }
  /** a text holds at least these grams */
  | { readonly kind: 'pattern'; readonly value: number; readonly grams: readonly number[] }
  | { readonly kind: 'other'; readonly value: number };

/** Per predicate; undefined: it asks about no text or texts on its left. */
export type Questions = readonly (Question | undefined)[];

export function questionsOf(ir: IrProgram): Questions {
  return ir.predicates.map((predicate) => {
    const [left, right] = predicate.operands;
    if (left?.kind !== 'value' || ir.values[left.id]!.shape.startsWith('number')) return undefined;
    return questionOf(ir, predicate, left.id, right);
  });
}

function questionOf(ir: IrProgram, { op }: IrPredicate, value: number, right: IrOperand | undefined): Question {
  if (op === 'EXISTS') return { kind: 'exists', value };
  if (right?.kind === 'constants') {
    const constants = new Set(right.ids);
    if (op === 'IN_SET' || op === 'LIST_ANY_IN') return { kind: 'any', value, isList: op !== 'IN_SET', constants };
    if (op === 'LIST_ALL_IN') return { kind: 'all', value, constants };
  }
  const grams = literalsOf(ir, op, right)?.flatMap(gramsIn) ?? [];
  return grams.length > 0 ? { kind: 'pattern', value, grams } : { kind: 'other', value };
}
