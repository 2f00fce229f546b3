// Runs the image of a compiled regex over one text: does the whole text match? Images lie in the program region and
// were verified when the program was loaded, so nothing is checked here; their format is drawn in
// src/pattern/automaton.ts. The text must be valid UTF-8. Time is linear in the text: a table cell, or a pass over the
// bit sets, per byte.

import {
  AUTOMATON_A,
  AUTOMATON_B,
  AUTOMATON_BODY,
  AUTOMATON_C,
  AUTOMATON_CLASS_COUNT,
  AUTOMATON_CLASSES,
  AUTOMATON_D,
  AUTOMATON_FIXED_BITSETS,
  AUTOMATON_KIND,
  AUTOMATON_TABLE,
} from '../generated/layout';

/**
 * `image` points to 8-byte aligned bytes of an image, `text` to `length` bytes in any region, `scratch` to an 8-byte
 * aligned region of the size that the image states (none for tables); what it holds is overwritten.
 */
export function automatonMatches(image: usize, text: usize, length: i32, scratch: usize): bool {
  const end = text + <usize>length;
  return load<u32>(image, AUTOMATON_KIND) == AUTOMATON_TABLE
    ? tableMatches(image, text, end)
    : bitsetsMatch(image, text, end, scratch);
}

function tableMatches(image: usize, text: usize, end: usize): bool {
  let row = <usize>load<u32>(image, AUTOMATON_A);
  const firstLive = <usize>load<u32>(image, AUTOMATON_B);
  while (row >= firstLive) {
    if (text == end) return row >= <usize>load<u32>(image, AUTOMATON_C);
    // only the last addition and its load wait for the row before
    const column = image + (<usize>load<u8>(image + <usize>load<u8>(text), AUTOMATON_CLASSES) << 1);
    row = <usize>load<u16>(column + row, AUTOMATON_BODY);
    text++;
  }
  // row 0 is dead; a final row other than that matches whatever comes
  return row != 0;
}

function bitsetsMatch(image: usize, text: usize, end: usize, scratch: usize): bool {
  const size = <usize>load<u32>(image, AUTOMATON_B) << 3;
  const accepting = image + AUTOMATON_BODY;
  const masks = accepting + size * AUTOMATON_FIXED_BITSETS;
  let current = scratch;
  let next = scratch + size;
  const fired = next + size;
  memory.fill(scratch, 0, (size << 1) + (<usize>load<u32>(image, AUTOMATON_C) << 2));
  store<u64>(current, 1);
  for (let step: u32 = 1; text < end; step++, text++) {
    addSuccessors(image, size, current, next, fired, step);
    const mask = masks + size * <usize>load<u8>(image + <usize>load<u8>(text), AUTOMATON_CLASSES);
    if (!narrow(next, mask, current, size)) return false;
    const spent = current;
    current = next;
    next = spent;
  }
  return intersects(current, accepting, size);
}

/** Adds the successors of the positions in `current` to `next`, whatever they read. */
function addSuccessors(image: usize, size: usize, current: usize, next: usize, fired: usize, step: u32): void {
  const step1 = image + AUTOMATON_BODY + size;
  let carry1: u64 = 0;
  let carry2: u64 = 0;
  for (let at: usize = 0; at < size; at += 8) {
    const positions = load<u64>(current + at);
    // an empty word still hands on what the word before carries into it
    if ((positions | carry1 | carry2) == 0) continue;
    const by1 = positions & load<u64>(step1 + at);
    const by2 = positions & load<u64>(step1 + size + at);
    const stay = positions & load<u64>(step1 + size * 2 + at);
    const branching = load<u64>(step1 + size * 3 + at);
    store<u64>(next + at, load<u64>(next + at) | (by1 << 1) | carry1 | (by2 << 2) | carry2 | stay);
    carry1 = by1 >> 63;
    carry2 = by2 >> 62;
    if ((positions & branching) != 0) addHubs(image, size, at, positions & branching, branching, next, fired, step);
  }
}

/** Fires the hubs of the positions in one word, each at most once per byte of the text. */
function addHubs(
  image: usize, size: usize, at: usize, positions: u64, branching: u64, next: usize, fired: usize, step: u32,
): void {
  const bitsets = AUTOMATON_FIXED_BITSETS + load<u32>(image, AUTOMATON_CLASS_COUNT);
  const rank = image + AUTOMATON_BODY + size * <usize>bitsets;
  const before = load<u32>(rank + (at >> 1));
  const starts = (rank + (size >> 1) + 7) & ~7;
  const targets = starts + ((<usize>load<u32>(image, AUTOMATON_C) + 1) << 2);
  const hubOf = targets + (<usize>load<u32>(image, AUTOMATON_D) << 2);
  while (positions != 0) {
    const bit = ctz<u64>(positions);
    const index = before + <u32>popcnt<u64>(branching & ((<u64>1 << bit) - 1));
    const hub = <usize>load<u32>(hubOf + (<usize>index << 2)) << 2;
    positions &= positions - 1;
    if (load<u32>(fired + hub) == step) continue;
    store<u32>(fired + hub, step);
    const end = targets + (<usize>load<u32>(starts + hub, 4) << 2);
    for (let target = targets + (<usize>load<u32>(starts + hub) << 2); target < end; target += 4) {
      const position = load<u32>(target);
      const word = next + (<usize>(position >> 6) << 3);
      store<u64>(word, load<u64>(word) | (<u64>1 << (position & 63)));
    }
  }
}

/** Keeps what `mask` holds of `set` and empties `spent`; false if nothing is left. */
function narrow(set: usize, mask: usize, spent: usize, size: usize): bool {
  let any: u64 = 0;
  for (let at: usize = 0; at < size; at += 8) {
    const kept = load<u64>(set + at) & load<u64>(mask + at);
    store<u64>(set + at, kept);
    store<u64>(spent + at, 0);
    any |= kept;
  }
  return any != 0;
}

function intersects(a: usize, b: usize, size: usize): bool {
  for (let at: usize = 0; at < size; at += 8) {
    if ((load<u64>(a + at) & load<u64>(b + at)) != 0) return true;
  }
  return false;
}
