// Automaton -> image: the bytes that the engine runs (assembly/vm/automaton.ts), relocatable, little-endian, a multiple
// of 8 long, to be placed at a multiple of 8. A whole text is read; nothing is searched for.
//
//   at     u32 field          table (kind 1)                     bit sets (kind 2)
//    0     kind               1                                  2
//    4     byte length        of the image                       of the image
//    8     scratch            0                                  bytes the engine needs while it runs
//   12     classes            columns of the table               step masks
//   16     a                  start row                          positions
//   20     b                  first live row                     u64 words in a bit set
//   24     c                  first accepting row                hubs
//   28     d                  end of rows                        hub targets in all
//   32     256 x u8           class of each byte                 class of each byte
//  288                        u16 next row, by row and class     see below
//
// TABLE. A row is named by its distance in bytes from the first one, so that the engine gets from cell to cell by one
// addition and one load. Row 0 is dead: no match any more. Where every continuation matches, that state is the row
// after it and live rows start behind; so one comparison tells whether reading on can change anything. Accepting rows
// come last. Example: `ab+`, classes other = 0, a = 1, b = 2, thus 6 bytes a row:
//
//            other   a   b
//    row  0    0     0   0    dead
//    row  6    0    12   0    start
//    row 12    0     0  18
//    row 18    0     0  18    accepting       a = 6, b = 6, c = 18, d = 24
//
// BIT SETS, for automata whose table would be too large. Position 0 is the start, the others read one byte each; bit p
// of word p >> 6 is position p. From the set S of positions after one byte, the next one is
//   ((S & step1) << 1 | (S & step2) << 2 | S & stay | targets of the hubs of S & branching) & mask of the byte's class
// as most successors of p in a written-out pattern are p + 1, p + 2 or p itself; the rest of a position's successors is
// a hub, and positions with equal rests share it. In this order from 288:
//   accepting, step1, step2, stay, branching   one bit set each
//   a mask per class                           positions that read such a byte
//   rank, u32 per word, padded to 8            branching positions before the word
//   start of each hub's targets, and the end   u32 each
//   targets                                    u32 positions
//   hub of each branching position             u32 each
// Scratch holds two bit sets and, for each hub, the u32 number of the byte at which it fired last.
// Example: `.*a.{20}` has 44 positions, one word; classes: newline, a, continuation, all else.

import type { ByteClasses } from './byte-classes.ts';
import type { Dfa } from './determinise.ts';
import { DEAD_STATE } from './determinise.ts';
import type { PositionAutomaton } from './position-automaton.ts';

export const KIND_TABLE = 1;
export const KIND_BITSETS = 2;
export const CLASSES_OFFSET = 32;
export const BODY_OFFSET = 288;
/** Stays in a core's second-level cache beside the events; and rows must fit 16 bits. */
export const MAX_TABLE_BYTES = 65_536;
/** A program is kept, shipped and loaded whole; a megabyte for one pattern is already out of proportion. */
export const MAX_IMAGE_BYTES = 1_048_576;
const FIXED_BITSETS = 5;

/** Scratch bytes that running the image takes; the region must be aligned to 8 and need not be cleared. */
export function automatonScratchBytes(image: Uint8Array): number {
  return viewOf(image).getUint32(8, true);
}

/** Null when the table would be too large. */
export function encodeTable(dfa: Dfa, classes: ByteClasses): Uint8Array | null {
  const { classCount } = dfa;
  const rowBytes = 2 * classCount;
  const tableBytes = dfa.stateCount * rowBytes;
  if (tableBytes > MAX_TABLE_BYTES) return null;
  const { order, special, rejecting } = orderStates(dfa);
  const rowOf = new Uint32Array(dfa.stateCount);
  order.forEach((state, place) => {
    rowOf[state] = place * rowBytes;
  });
  const image = newImage(KIND_TABLE, BODY_OFFSET + tableBytes, classes);
  const fields = [rowOf[dfa.start]!, special * rowBytes, (special + rejecting) * rowBytes, tableBytes];
  const view = viewOf(image);
  fields.forEach((field, i) => {
    view.setUint32(16 + 4 * i, field, true);
  });
  for (const state of order) {
    for (let byteClass = 0; byteClass < classCount; byteClass++) {
      const next = rowOf[dfa.transitions[state * classCount + byteClass]!]!;
      view.setUint16(BODY_OFFSET + rowOf[state]! + 2 * byteClass, next, true);
    }
  }
  return image;
}

/** Dead, all-matching if there is one, rejecting, accepting; `special` counts the first two groups. */
function orderStates(dfa: Dfa): { order: number[]; special: number; rejecting: number } {
  const live = Array.from({ length: dfa.stateCount }, (_, state) => state).filter((state) => state !== DEAD_STATE);
  const isUniversal = (state: number) => {
    const row = dfa.transitions.subarray(state * dfa.classCount, (state + 1) * dfa.classCount);
    return dfa.isAccepting[state] === 1 && row.every((next) => next === state);
  };
  const universal = live.filter(isUniversal);
  const rejecting = live.filter((state) => dfa.isAccepting[state] === 0);
  const accepting = live.filter((state) => dfa.isAccepting[state] === 1 && !universal.includes(state));
  return {
    order: [DEAD_STATE, ...universal, ...rejecting, ...accepting],
    special: 1 + universal.length,
    rejecting: rejecting.length,
  };
}

/** Null when the image would be too large. */
export function encodeBitsets(positions: PositionAutomaton, classes: ByteClasses): Uint8Array | null {
  const layout = bitsetLayout(positions.setOf.length, classes.count);
  const { branching, hubs } = collectHubs(positions);
  const targetCount = hubs.reduce((count, hub) => count + hub.length, 0);
  const byteLength = padded(layout.starts + 4 * (hubs.length + 1 + targetCount + branching.length));
  if (byteLength > MAX_IMAGE_BYTES) return null;
  const image = newImage(KIND_BITSETS, byteLength, classes);
  const view = viewOf(image);
  view.setUint32(8, padded(16 * layout.words + 4 * hubs.length), true);
  view.setUint32(16, positions.setOf.length, true);
  view.setUint32(20, layout.words, true);
  view.setUint32(24, hubs.length, true);
  view.setUint32(28, targetCount, true);

  const setBit = (bitset: number, position: number) => {
    image[BODY_OFFSET + bitset * 8 * layout.words + (position >> 3)]! |= 1 << (position & 7);
  };
  positions.setOf.forEach((setNumber, position) => {
    if (positions.isAccepting[position]) setBit(0, position);
    for (const next of positions.follow[position]!) {
      if (isStep(position, next)) setBit(bitsetOfStep(position, next), position);
    }
    for (const byteClass of classes.members[setNumber]!) setBit(FIXED_BITSETS + byteClass, position);
  });
  const ranks = new Uint32Array(layout.words + 1);
  for (const { position } of branching) {
    setBit(4, position);
    ranks[(position >> 6) + 1]!++;
  }
  for (let word = 0; word < layout.words; word++) {
    ranks[word + 1]! += ranks[word]!;
    view.setUint32(layout.rank + 4 * word, ranks[word]!, true);
  }
  let at = layout.starts;
  const write = (value: number) => {
    view.setUint32(at, value, true);
    at += 4;
  };
  let start = 0;
  for (const hub of hubs) {
    write(start);
    start += hub.length;
  }
  write(start);
  for (const hub of hubs) hub.forEach(write);
  for (const { hub } of branching) write(hub);
  return image;
}

function isStep(from: number, to: number): boolean {
  return to >= from && to <= from + 2;
}

/** stay, step1 and step2 are bit sets 3, 1 and 2. */
function bitsetOfStep(from: number, to: number): number {
  return to === from ? 3 : to - from;
}

interface Hubs {
  /** ascending by position */
  readonly branching: readonly { readonly position: number; readonly hub: number }[];
  readonly hubs: readonly (readonly number[])[];
}

function collectHubs({ follow }: PositionAutomaton): Hubs {
  const branching: { position: number; hub: number }[] = [];
  const hubs: (readonly number[])[] = [];
  const numbers = new Map<string, number>();
  follow.forEach((successors, position) => {
    const rest = successors.filter((next) => !isStep(position, next));
    if (rest.length === 0) return;
    const key = rest.join();
    const hub = numbers.get(key) ?? hubs.push(rest) - 1;
    numbers.set(key, hub);
    branching.push({ position, hub });
  });
  return { branching, hubs };
}

function bitsetLayout(positions: number, classes: number): { words: number; rank: number; starts: number } {
  const words = (positions + 63) >> 6;
  const rank = BODY_OFFSET + (FIXED_BITSETS + classes) * words * 8;
  return { words, rank, starts: padded(rank + 4 * words) };
}

function newImage(kind: number, byteLength: number, classes: ByteClasses): Uint8Array {
  const image = new Uint8Array(padded(byteLength));
  const view = viewOf(image);
  view.setUint32(0, kind, true);
  view.setUint32(4, image.length, true);
  view.setUint32(12, classes.count, true);
  image.set(classes.classOf, CLASSES_OFFSET);
  return image;
}

function padded(byteLength: number): number {
  return (byteLength + 7) & ~7;
}

function viewOf(image: Uint8Array): DataView {
  return new DataView(image.buffer, image.byteOffset, image.byteLength);
}

/**
 * Checks all that the engine takes for granted: whatever image passes stays within its own bytes, its scratch region
 * and the text. Null when it does, else what is wrong.
 */
export function verifyAutomaton(image: Uint8Array): string | null {
  if (image.length < BODY_OFFSET || image.length % 8 !== 0) return 'automaton has no room for its header';
  const view = viewOf(image);
  if (view.getUint32(4, true) !== image.length) return 'automaton states another length';
  const classes = view.getUint32(12, true);
  if (classes === 0 || classes > 256) return 'automaton has no byte classes, or too many';
  for (let byte = 0; byte < 256; byte++) {
    if (image[CLASSES_OFFSET + byte]! >= classes) return `automaton has no class for byte ${byte}`;
  }
  const kind = view.getUint32(0, true);
  if (kind === KIND_TABLE) return verifyTable(view, classes);
  if (kind === KIND_BITSETS) return verifyBitsets(view, classes);
  return `automaton is of unknown kind ${kind}`;
}

function verifyTable(view: DataView, classes: number): string | null {
  const [start, live, accepting, end] = [16, 20, 24, 28].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  const rowBytes = 2 * classes;
  const isRow = (row: number) => row < end && row % rowBytes === 0;
  const isBound = (row: number) => row <= end && row % rowBytes === 0;
  if (view.getUint32(8, true) !== 0) return 'table asks for scratch bytes';
  if (end === 0 || !isBound(end) || end > MAX_TABLE_BYTES) return 'table has a wrong number of bytes';
  if (view.byteLength !== padded(BODY_OFFSET + end)) return 'table does not fill its image';
  if (!isRow(start)) return 'table starts outside its rows';
  if (live < rowBytes || live > 2 * rowBytes || live > accepting || !isBound(live) || !isBound(accepting)) {
    return 'table has its rows in disorder';
  }
  for (let cell = 0; cell < end; cell += 2) {
    const next = view.getUint16(BODY_OFFSET + cell, true);
    if (!isRow(next)) return `table cell at ${cell} leads outside the rows`;
    if (cell < live && next !== cell - (cell % rowBytes)) return `table cell at ${cell} leaves a row that is final`;
  }
  return null;
}

function verifyBitsets(view: DataView, classes: number): string | null {
  const [positions, words, hubs, targets] = [16, 20, 24, 28].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  if (view.byteLength > MAX_IMAGE_BYTES) return 'bit sets are too large';
  const layout = bitsetLayout(positions, classes);
  if (positions === 0 || words !== layout.words || layout.starts > view.byteLength) {
    return 'bit sets have a wrong number of words';
  }
  if (view.getUint32(8, true) !== padded(16 * words + 4 * hubs))
    return 'bit sets ask for a wrong number of scratch bytes';
  const branching = countBranching(view, positions, layout);
  if (typeof branching === 'string') return branching;
  const { starts } = layout;
  const firstTarget = starts + 4 * (hubs + 1);
  const hubOf = firstTarget + 4 * targets;
  if (view.byteLength !== padded(hubOf + 4 * branching)) return 'bit sets do not fill their image';
  for (let hub = 0, last = 0; hub <= hubs; hub++) {
    const start = view.getUint32(starts + 4 * hub, true);
    if (start < last || (hub === 0 && start !== 0)) return `hub ${hub} is out of order`;
    if (hub === hubs && start !== targets) return 'hubs do not use all targets';
    last = start;
  }
  for (let i = 0; i < targets; i++) {
    if (view.getUint32(firstTarget + 4 * i, true) >= positions) return `hub target ${i} is no position`;
  }
  for (let i = 0; i < branching; i++) {
    if (view.getUint32(hubOf + 4 * i, true) >= hubs) return `branching position number ${i} has no hub`;
  }
  return null;
}

/** Branching positions, or what is wrong with them or their ranks. */
function countBranching(
  view: DataView,
  positions: number,
  { words, rank }: { readonly words: number; readonly rank: number },
): number | string {
  const bitset = BODY_OFFSET + 4 * 8 * words;
  let count = 0;
  for (let word = 0; word < words; word++) {
    if (view.getUint32(rank + 4 * word, true) !== count) return `rank of word ${word} is wrong`;
    for (let bit = 0; bit < 64; bit++) {
      if (((view.getUint8(bitset + 8 * word + (bit >> 3)) >> (bit & 7)) & 1) === 0) continue;
      if (64 * word + bit >= positions) return 'a position that does not exist is branching';
      count++;
    }
  }
  return count;
}
