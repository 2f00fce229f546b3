// What the index said of the texts that a row saw before: the JSON text of a value, up to 288 bytes, leads to the effects of its keys.
// Audit events repeat themselves, so most values cost one comparison and no look-up, hash of a constant or search for patterns.
// One entry per row and hash: a text takes the place of another.

import { equalBytes } from '../memory/bytes';

// entry: 32 bytes of text, what is known of it, and the rest of a longer text in cache lines of its own
const ENTRY_MASK: usize = 32; // u32, a bit per byte of the first 32 that must agree
const ENTRY_LENGTH: usize = 36; // bytes of the text, 0 in an empty entry
/** u64 each: the rules that the text leaves, for bitmaps of up to three words; otherwise the effects of its keys */
const ENTRY_WORDS: usize = 40;
const ENTRY_COUNT: usize = 40; // effects
const ENTRY_EFFECTS: usize = 48;
const FIRST_EFFECTS: u32 = 4;
const ENTRY_SIZE: usize = 64;
// elsewhere, as few texts need it: the rest of a longer text, and effects after the first ones
const REST_MORE: usize = 256;
const REST_FACTOR: usize = 5;
export const MAX_SEEN_EFFECTS: u32 = 20;
const HEAD_SIZE: usize = 32;
const MAX_SEEN_TEXT: usize = 288;
const ENTRIES_SHIFT: usize = 7;
const FACTOR: u64 = 0x9e3779b97f4a7c15;

let entries: usize = 0;
let rests: usize = 0;

export function seenTableSize(rows: u32): usize {
  return ((<usize>rows << ENTRIES_SHIFT) + 1) * ENTRY_SIZE * (1 + REST_FACTOR);
}

/** `at` is zeroed memory. */
export function placeSeen(at: usize, rows: u32): void {
  entries = (at + 63) & ~63;
  rests = entries + (<usize>rows << ENTRIES_SHIFT) * ENTRY_SIZE;
}

// @ts-ignore: decorator
@inline
function restOf(entry: usize): usize {
  return rests + (entry - entries) * REST_FACTOR;
}

/** The entry for the text [start, end) of this row's value: the text's own, or one to be filled (`keepSeen`); 0 if it is too long. */
// @ts-ignore: decorator
@inline
export function seenEntry(row: u32, start: usize, end: usize): usize {
  const length = end - start;
  if (length > MAX_SEEN_TEXT) return 0;
  // the first bytes without what follows a short text, and the last ones: what stands before is the key
  const head = load<u64>(start) << (<u64>(8 - min(length, 8)) << 3);
  const middle = load<u64>(end - 16) & -<u64>(length >= 16 ? 1 : 0);
  const hash = ((head ^ rotl<u64>(load<u64>(end - 8), 23)) + rotl<u64>(middle, 47) + <u64>length) * FACTOR;
  return entries + (((<usize>row << ENTRIES_SHIFT) + <usize>(hash >> (64 - ENTRIES_SHIFT))) * ENTRY_SIZE);
}

/** Whether the entry is this text's. */
// @ts-ignore: decorator
@inline
export function isSeen(entry: usize, start: usize, end: usize): bool {
  const length = <i32>(end - start);
  if (load<i32>(entry, ENTRY_LENGTH) != length) return false;
  if (ASC_FEATURE_SIMD) {
    const mask = load<u32>(entry, ENTRY_MASK);
    const low = <u32>i8x16.bitmask(i8x16.eq(v128.load(start), v128.load(entry)));
    const high = <u32>i8x16.bitmask(i8x16.eq(v128.load(start, 16), v128.load(entry, 16)));
    if (((low | (high << 16)) & mask) != mask) return false;
  } else if (!equalBytes(start, entry, min(length, <i32>HEAD_SIZE))) {
    return false;
  }
  return length <= <i32>HEAD_SIZE || equalBytes(start + HEAD_SIZE, restOf(entry), length - <i32>HEAD_SIZE);
}

/** Gives the entry to a text that has no effects yet. */
export function keepSeen(entry: usize, start: usize, end: usize): void {
  const length = end - start;
  const head = min(length, HEAD_SIZE);
  memory.copy(entry, start, head);
  memory.copy(restOf(entry), start + head, length - head);
  store<u32>(entry, head == HEAD_SIZE ? 0xffffffff : ((<u32>1) << <u32>head) - 1, ENTRY_MASK);
  store<u32>(entry, <u32>length, ENTRY_LENGTH);
  store<u32>(entry, 0, ENTRY_COUNT);
}

/** The word at byte `at` of the rules that the text leaves. */
// @ts-ignore: decorator
@inline
export function seenWord(entry: usize, at: usize): u64 {
  return load<u64>(entry + at, ENTRY_WORDS);
}

// @ts-ignore: decorator
@inline
export function keepSeenWord(entry: usize, at: usize, word: u64): void {
  store<u64>(entry + at, word, ENTRY_WORDS);
}

// @ts-ignore: decorator
@inline
export function seenCount(entry: usize): u32 {
  return load<u32>(entry, ENTRY_COUNT);
}

// @ts-ignore: decorator
@inline
export function seenEffect(entry: usize, n: u32): u32 {
  return load<u32>(effectCell(entry, n));
}

// @ts-ignore: decorator
@inline
function effectCell(entry: usize, n: u32): usize {
  return n < FIRST_EFFECTS ? entry + ENTRY_EFFECTS + (n << 2) : restOf(entry) + REST_MORE + ((n - FIRST_EFFECTS) << 2);
}

/** At most MAX_SEEN_EFFECTS of them. */
// @ts-ignore: decorator
@inline
export function keepSeenEffect(entry: usize, effect: u32): void {
  const count = seenCount(entry);
  store<u32>(effectCell(entry, count), effect);
  store<u32>(entry, count + 1, ENTRY_COUNT);
}
