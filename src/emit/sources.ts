// Where answers come from: a predicate over a text of the first pass, over what is computed from that text alone (its length, its lower-case
// form) and over constants says the same whenever the text is the same, so the index may ask it once per text.

import type { IrOperand, IrProgram } from '../ir/ir.ts';

/** The values that a value or predicate depends on; undefined: on something else of the event too. */
type Sources = ReadonlySet<number> | undefined;

const NOTHING: ReadonlySet<number> = new Set();

/** Per predicate the one eager text that its answer depends on, if it is one. */
export function sourcesOf(ir: IrProgram, isEager: (value: number) => boolean): readonly (number | undefined)[] {
  const ofValues: Sources[] = [];
  const ofPredicates: Sources[] = [];
  const ofOperand = (operand: IrOperand): Sources => {
    switch (operand.kind) {
      case 'value':
        return ofValues[operand.id];
      case 'values':
        return union(operand.ids.map((id) => ofValues[id]));
      case 'predicates':
        return union(operand.ids.map((id) => ofPredicates[id]));
      case 'node':
        return undefined;
      default:
        return NOTHING;
    }
  };
  ir.values.forEach(({ op, operands, gated }, id) => {
    const isComputed = op === 'CONSTANT' || operands.some(({ kind }) => kind === 'value' || kind === 'values');
    if (isEager(id)) ofValues.push(new Set([id]));
    else ofValues.push(isComputed && !gated ? union(operands.map(ofOperand)) : undefined);
  });
  for (const { operands } of ir.predicates) ofPredicates.push(union(operands.map(ofOperand)));
  return ofPredicates.map((sources) => (sources?.size === 1 ? [...sources][0] : undefined));
}

function union(parts: readonly Sources[]): Sources {
  const all = new Set<number>();
  for (const part of parts) {
    if (part === undefined) return undefined;
    for (const source of part) all.add(source);
  }
  return all;
}
