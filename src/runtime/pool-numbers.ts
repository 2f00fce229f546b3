// Event numbers across batches that are evaluated at the same time. Workers count from 1 in every batch, the pool adds the events
// of the batches before. Only a program that itself asks for a number or for the time since the first event has to know
// them while it runs: its batches go one after the other.

import { SECTION } from '../isa/layout.ts';
import { EVENT_NUMBERS, VALUE_OPS } from '../isa/opcodes.ts';
import { readSections, readValues } from '../program/decode.ts';

const EVENT_NUMBER: number = VALUE_OPS.find((op) => op.name === 'EVENT_NUMBER')!.code;

/** Whether conditions or outputs ask for evt.num or evt.reltime. */
export function dependsOnOrder(program: Uint8Array): boolean {
  return readValues(readSections(program)![SECTION.VALUES]!).some(({ op, a }) => {
    const name = EVENT_NUMBERS[a];
    return op === EVENT_NUMBER && (name === 'num' || name?.startsWith('reltime'));
  });
}
