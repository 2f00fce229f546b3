// The image of an automaton: the bytes that the engine runs (assembly/vm/automaton.ts), relocatable, little-endian, a multiple
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

import { AUTOMATON, AUTOMATON_FIXED_BITSETS } from '../isa/layout.ts';

/** Stays in a core's second-level cache beside the events; and rows must fit 16 bits. */
export const MAX_TABLE_BYTES = 65_536;
/** A program is kept, shipped and loaded whole; a megabyte for one pattern is already out of proportion. */
export const MAX_IMAGE_BYTES = 1_048_576;

/** Scratch bytes that running the image takes; the region must be aligned to 8 and need not be cleared. */
export function automatonScratchBytes(image: Uint8Array): number {
  return viewOf(image).getUint32(AUTOMATON.SCRATCH, true);
}

/** Where the parts of an image with bit sets are. */
export interface BitsetLayout {
  /** of 64 bits, in a bit set */
  readonly words: number;
  readonly rank: number;
  /** of the hubs' targets */
  readonly starts: number;
}

export function bitsetLayout(positions: number, classes: number): BitsetLayout {
  const words = (positions + 63) >> 6;
  const rank = AUTOMATON.BODY + (AUTOMATON_FIXED_BITSETS + classes) * words * 8;
  return { words, rank, starts: padded(rank + 4 * words) };
}

/** Images and their parts are multiples of 8 long. */
export function padded(byteLength: number): number {
  return (byteLength + 7) & ~7;
}

export function viewOf(image: Uint8Array): DataView {
  return new DataView(image.buffer, image.byteOffset, image.byteLength);
}
