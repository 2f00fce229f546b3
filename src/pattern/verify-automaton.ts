// Checks images of automata (automaton.ts), wherever they come from: it is all that loading a program needs of this folder.

import { AUTOMATON, AUTOMATON_BITSETS, AUTOMATON_TABLE } from '../isa/layout.ts';
import { type BitsetLayout, bitsetLayout, MAX_IMAGE_BYTES, MAX_TABLE_BYTES, padded, viewOf } from './automaton.ts';

const FIELDS: readonly number[] = [AUTOMATON.A, AUTOMATON.B, AUTOMATON.C, AUTOMATON.D];

/**
 * Checks all that the engine takes for granted: whatever image passes stays within its own bytes, its scratch region
 * and the text. Null when it does, else what is wrong.
 */
export function verifyAutomaton(image: Uint8Array): string | null {
  if (image.length < AUTOMATON.BODY || image.length % 8 !== 0) return 'automaton has no room for its header';
  const view = viewOf(image);
  if (view.getUint32(AUTOMATON.LENGTH, true) !== image.length) return 'automaton states another length';
  const classes = view.getUint32(AUTOMATON.CLASS_COUNT, true);
  if (classes === 0 || classes > 256) return 'automaton has no byte classes, or too many';
  for (let byte = 0; byte < 256; byte++) {
    if (image[AUTOMATON.CLASSES + byte]! >= classes) return `automaton has no class for byte ${byte}`;
  }
  const kind = view.getUint32(AUTOMATON.KIND, true);
  if (kind === AUTOMATON_TABLE) return verifyTable(view, classes);
  if (kind === AUTOMATON_BITSETS) return verifyBitsets(view, classes);
  return `automaton is of unknown kind ${kind}`;
}

function verifyTable(view: DataView, classes: number): string | null {
  const [start, live, accepting, end] = FIELDS.map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
    number,
  ];
  const rowBytes = 2 * classes;
  const isRow = (row: number) => row < end && row % rowBytes === 0;
  const isBound = (row: number) => row <= end && row % rowBytes === 0;
  if (view.getUint32(AUTOMATON.SCRATCH, true) !== 0) return 'table asks for scratch bytes';
  if (end === 0 || !isBound(end) || end > MAX_TABLE_BYTES) return 'table has a wrong number of bytes';
  if (view.byteLength !== padded(AUTOMATON.BODY + end)) return 'table does not fill its image';
  if (!isRow(start)) return 'table starts outside its rows';
  if (live < rowBytes || live > 2 * rowBytes || live > accepting || !isBound(live) || !isBound(accepting)) {
    return 'table has its rows in disorder';
  }
  for (let cell = 0; cell < end; cell += 2) {
    const next = view.getUint16(AUTOMATON.BODY + cell, true);
    if (!isRow(next)) return `table cell at ${cell} leads outside the rows`;
    if (cell < live && next !== cell - (cell % rowBytes)) return `table cell at ${cell} leaves a row that is final`;
  }
  return null;
}

function verifyBitsets(view: DataView, classes: number): string | null {
  const [positions, words, hubs, targets] = FIELDS.map((at) => view.getUint32(at, true)) as [
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
  if (view.getUint32(AUTOMATON.SCRATCH, true) !== padded(16 * words + 4 * hubs))
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
function countBranching(view: DataView, positions: number, { words, rank }: BitsetLayout): number | string {
  const bitset = AUTOMATON.BODY + 4 * 8 * words;
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
