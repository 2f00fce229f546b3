// Constants by their bytes: a text is looked up once, then compared as a number.

import { NOT_INTERNED } from '../extract/list';
import { equalBytes } from '../memory/bytes';
import { hashBytes } from '../memory/hash';
import { constantAt, constantLength, intern, internMask } from './program';

/** the text is none of the program's constants (and not NOT_INTERNED, which means: not looked up yet) */
export const NO_CONSTANT: u32 = 0xfffffffe;

/** Constant id of a text, or NO_CONSTANT. */
export function internText(at: usize, length: i32): u32 {
  let slot = hashBytes(at, length) & internMask;
  for (;;) {
    const entry = load<u32>(intern + (slot << 2));
    if (entry == 0) return NO_CONSTANT;
    const id = entry - 1;
    if (constantLength(id) == length && equalBytes(constantAt(id), at, length)) return id;
    slot = (slot + 1) & internMask;
  }
  return unreachable(); // the loop only returns
}

/** Constant id of the text at `text` (address, length) whose id is kept at `cell`. */
// @ts-ignore: decorator
@inline
export function internCell(text: usize, cell: usize): u32 {
  let id = load<u32>(cell);
  if (id == NOT_INTERNED) {
    id = internText(load<u32>(text), load<i32>(text, 4));
    store<u32>(cell, id);
  }
  return id;
}

/** Whether an ascending set (argument pool: count, ids) holds the id. */
export function setHas(set: usize, id: u32): bool {
  const count = load<u32>(set);
  if (count <= 8) {
    for (let i: u32 = 1; i <= count; i++) {
      if (load<u32>(set + (i << 2)) == id) return true;
    }
    return false;
  }
  let low: u32 = 1;
  let high = count;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const at = load<u32>(set + (middle << 2));
    if (at == id) return true;
    if (at < id) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}
