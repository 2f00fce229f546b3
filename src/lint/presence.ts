// Which operands every event has, and which none: read off the value that they are lowered to.

import type { CheckedOperand } from '../check/checked.ts';
import { ALWAYS_PRESENT, IrBuilder } from '../ir/builder.ts';
import { ValueLowering } from '../ir/lower-value.ts';
import type { Catalogue } from '../isa/catalogue.ts';

export class Presence {
  readonly #builder = new IrBuilder();
  readonly #values: ValueLowering;

  constructor(catalogue: Catalogue, isFixed: boolean) {
    this.#values = new ValueLowering(this.#builder, catalogue, isFixed);
  }

  of(operand: CheckedOperand): 'always' | 'never' | 'depends' {
    if (operand.kind === 'transformer')
      return operand.args.some((arg) => this.of(arg) === 'never') ? 'never' : 'depends';
    if (operand.kind !== 'field') return 'always';
    const { op, gated } = this.#builder.values[this.#values.lower(operand)]!;
    if (op === 'ABSENT') return 'never';
    return ALWAYS_PRESENT.has(op) && !gated ? 'always' : 'depends';
  }
}
