// Code of rules and of the index's guards: tests of predicates with jumps between them, always forward, up to an answer.

import * as op from '../generated/opcodes';
import { INSTRUCTION_SIZE } from '../generated/layout';
import { test } from './predicates';
import { code } from './program';

/** The interpreter loop: the answer of what starts at this instruction. */
export function runCode(start: u32): bool {
  let ip = code + <usize>start * INSTRUCTION_SIZE;
  for (;;) {
    const word = load<u32>(ip);
    const opcode = word & 0xff;
    if (opcode <= op.C_MATCH) return opcode == op.C_MATCH;
    if (test(word >> 8) == (opcode == op.C_JUMP_IF_TRUE)) ip = code + load<u32>(ip, 4) * INSTRUCTION_SIZE;
    else ip += INSTRUCTION_SIZE;
  }
  return unreachable(); // the loop only returns
}
