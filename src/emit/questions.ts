// What predicates ask of single values, as far as the index can tell their answers: from the value's being absent, from the constant that it
// (or an element of it) equals, from the parts that a text holds, from the range that a number lies in.

import type { IrOperand, IrPredicate, IrProgram } from '../ir/ir.ts';
import { gramsIn, literalsOf } from './grams.ts';
import { sourcesOf } from './sources.ts';

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

/** Per predicate. */
export interface Questions {
  /** undefined: it asks about no text or texts on its left */
  readonly of: readonly (Question | undefined)[];
  /** the text of the first pass that alone decides the answer */
  readonly sources: readonly (number | undefined)[];
}

/** `isEager` tells whether a value is a text that the first pass over an event finds. */
export function questionsOf(ir: IrProgram, isEager: (value: number) => boolean): Questions {
  const of = ir.predicates.map((predicate) => {
    const [left, right] = predicate.operands;
    if (left?.kind !== 'value' || ir.values[left.id]!.shape.startsWith('number')) return undefined;
    return questionOf(ir, predicate, left.id, right);
  });
  return { of, sources: sourcesOf(ir, isEager) };
}

/** What the predicate asks of this value: of the text that a value is computed from, something that only the engine can tell. */
export function questionAbout(questions: Questions, predicate: number, value: number): Question {
  const own = questions.of[predicate];
  return own?.value === value ? own : { kind: 'other', value };
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
