// Places in the event document. Each node of the program's tree has a slot: where its value starts and ends in the text, filled by
// the event walk (walk.ts). A slot is valid by the number of the event it was filled in, so nothing needs clearing.

import {
  NODE_ROW_CHILD_COUNT,
  NODE_ROW_FIRST_CHILD,
  NODE_ROW_KEY,
  NODE_ROW_KEY_MASK,
  NODE_ROW_KEY_TABLE,
} from '../generated/layout';
import { equalBytes } from '../memory/bytes';
import { arenaTop, setArenaTop } from '../memory/arena';
import { hashBytes } from '../memory/hash';
import { constantAt, constantLength, isFixed, keys, nodeCount, nodeRow } from '../vm/program';
import { unescape, unescapedAt, unescapedLength } from './escape';

/** raised for every event that is walked: slots and results of the one before are stale by their number */
export let epoch: u32 = 0;

/** Largest epoch before something could be mistaken for what belongs to an older event. */
export const LAST_EPOCH: u32 = 0x7fffffff;

export function restartEpochs(): void {
  epoch = 0;
}

export function nextEpoch(): void {
  epoch++;
}

/** Slot layout: start and end of the value, flags, the epoch it was filled in. */
export const SLOT_SIZE: u32 = 16;
const SLOT_END: usize = 4;
const SLOT_FLAGS: usize = 8;
const SLOT_EPOCH: usize = 12;
/** its children were looked for */
const SLOT_EXPANDED: u32 = 1;
/** found under a key that was written without escapes */
const SLOT_PLAIN: u64 = 2;

let slots: usize = 0;

/** `at` is zeroed memory. */
export function placeSlots(at: usize): void {
  slots = at;
}

// @ts-ignore: decorator
@inline
export function slotOf(node: u32): usize {
  return slots + node * SLOT_SIZE;
}

// @ts-ignore: decorator
@inline
export function slotStart(slot: usize): usize {
  return load<u32>(slot);
}

// @ts-ignore: decorator
@inline
export function slotEnd(slot: usize): usize {
  return load<u32>(slot, SLOT_END);
}

// @ts-ignore: decorator
@inline
export function isFound(slot: usize): bool {
  return load<u32>(slot, SLOT_EPOCH) == epoch;
}

/** A repeated key replaces its value: what was found below the earlier one is forgotten. */
export function emptyBelow(node: u32): void {
  const row = nodeRow(node);
  const first = load<u32>(row, NODE_ROW_FIRST_CHILD);
  const count = load<u32>(row, NODE_ROW_CHILD_COUNT);
  for (let n = first; n < first + count; n++) {
    // below what is missing nothing is found
    if (!isFound(slotOf(n))) continue;
    store<u32>(slotOf(n), 0, SLOT_EPOCH);
    emptyBelow(n);
  }
}

/** The node's children are about to be filled. */
// @ts-ignore: decorator
@inline
export function markExpanded(slot: usize): void {
  store<u32>(slot, load<u32>(slot, SLOT_FLAGS) | SLOT_EXPANDED, SLOT_FLAGS);
}

// @ts-ignore: decorator
@inline
export function isExpanded(slot: usize): bool {
  return (load<u32>(slot, SLOT_FLAGS) & SLOT_EXPANDED) != 0;
}

/** Whether a value under this key counts: first or last of equal keys; among first ones a plain key beats an escaped one. */
// @ts-ignore: decorator
@inline
export function wantsValue(slot: usize, plain: bool): bool {
  if (isFixed) return true;
  return !isFound(slot) || (plain && (load<u32>(slot, SLOT_FLAGS) & <u32>SLOT_PLAIN) == 0);
}

// @ts-ignore: decorator
@inline
export function fillSlot(slot: usize, start: usize, end: usize, plain: bool): void {
  // two stores: this is done for every member that is wanted
  store<u64>(slot, (<u64>end << 32) | <u64>start);
  store<u64>(slot, (<u64>epoch << 32) | (plain ? SLOT_PLAIN : 0), SLOT_FLAGS);
}

/** An eager child keeps its EXPANDED flag: its end is known only after its own children were filled. */
// @ts-ignore: decorator
@inline
export function closeSlot(slot: usize, end: usize): void {
  store<u32>(slot, <u32>end, SLOT_END);
}

/** Child of the node with this row under the key of `length` bytes; 0 if the program asks for none. */
// @ts-ignore: decorator
@inline
export function childByKey(row: usize, key: usize, length: i32, hash: u32): u32 {
  const table = keys + load<u32>(row, NODE_ROW_KEY_TABLE);
  const mask = load<u32>(row, NODE_ROW_KEY_MASK);
  let at = hash & mask;
  for (;;) {
    const entry = load<u32>(table + (at << 2));
    if (entry == 0) return 0;
    const constant = load<u32>(nodeRow(entry - 1), NODE_ROW_KEY);
    if (constantLength(constant) == length && equalBytes(constantAt(constant), key, length)) return entry - 1;
    at = (at + 1) & mask;
  }
  return unreachable(); // the loop only returns
}

/** As childByKey for a key with escapes. */
export function childByEscapedKey(row: usize, from: usize, to: usize): u32 {
  const top = arenaTop;
  unescape(from, to);
  const child = childByKey(row, unescapedAt, unescapedLength, hashBytes(unescapedAt, unescapedLength));
  setArenaTop(top);
  return child;
}
