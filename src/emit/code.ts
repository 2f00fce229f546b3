// Formulas to bytecode: short-circuit evaluation as conditional jumps, all of them forward. A rule's code is its tests, MATCH,
// NO_MATCH; a test falls through where that saves a jump. `a and (b or not c)`:
//
//   0  JUMP_IF_FALSE a -> 4
//   1  JUMP_IF_TRUE  b -> 3
//   2  JUMP_IF_TRUE  c -> 4
//   3  MATCH
//   4  NO_MATCH

import { CONTROL_OPS } from '../isa/opcodes.ts';
import type { Instruction } from '../program/image.ts';
import type { Formula } from './formula.ts';

/** Where a jump goes: known once the code before the place is emitted. */
interface Label {
  at: number;
}

interface Jump {
  readonly op: number;
  readonly predicate: number;
  readonly to: Label;
}

function controlOp(name: string): number {
  return CONTROL_OPS.findIndex((row) => row.name === name);
}

const NO_MATCH = controlOp('NO_MATCH');
const MATCH = controlOp('MATCH');
const JUMP_IF_TRUE = controlOp('JUMP_IF_TRUE');
const JUMP_IF_FALSE = controlOp('JUMP_IF_FALSE');

/** Appends the code of a rule, or of a guard of the index; returns the number of its first instruction. */
export function emitRule(code: Instruction[], formula: Formula): number {
  const start = code.length;
  if (formula.kind === 'constant') {
    code.push({ op: formula.value ? MATCH : NO_MATCH, predicate: 0, target: 0 });
    return start;
  }
  const jumps: Jump[] = [];
  const match: Label = { at: 0 };
  const noMatch: Label = { at: 0 };
  emitTest(jumps, formula, match, noMatch, match);
  match.at = jumps.length;
  noMatch.at = jumps.length + 1;
  for (const jump of jumps) code.push({ op: jump.op, predicate: jump.predicate, target: start + jump.to.at });
  code.push({ op: MATCH, predicate: 0, target: 0 }, { op: NO_MATCH, predicate: 0, target: 0 });
  return start;
}

/** `next` is the one of the two labels that stands behind the emitted code. */
function emitTest(jumps: Jump[], formula: Formula, onTrue: Label, onFalse: Label, next: Label): void {
  if (formula.kind === 'constant') return;
  if (formula.kind === 'literal') {
    const jumpsWhen = (next === onFalse) !== formula.negated;
    const to = next === onFalse ? onTrue : onFalse;
    jumps.push({ op: jumpsWhen ? JUMP_IF_TRUE : JUMP_IF_FALSE, predicate: formula.predicate, to });
    return;
  }
  const last = formula.children.length - 1;
  formula.children.forEach((child, i) => {
    if (i === last) {
      emitTest(jumps, child, onTrue, onFalse, next);
      return;
    }
    const after: Label = { at: 0 };
    if (formula.kind === 'and') emitTest(jumps, child, after, onFalse, after);
    else emitTest(jumps, child, onTrue, after, after);
    after.at = jumps.length;
  });
}
