// Automaton -> image (automaton.ts): a table, or bit sets.

import { AUTOMATON, AUTOMATON_BITSETS, AUTOMATON_FIXED_BITSETS, AUTOMATON_TABLE } from '../isa/layout.ts';
import { bitsetLayout, MAX_IMAGE_BYTES, MAX_TABLE_BYTES, padded, viewOf } from './automaton.ts';
import type { ByteClasses } from './byte-classes.ts';
import type { Dfa } from './determinise.ts';
import { DEAD_STATE } from './determinise.ts';
import type { PositionAutomaton } from './position-automaton.ts';

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
  const image = newImage(AUTOMATON_TABLE, AUTOMATON.BODY + tableBytes, classes);
  const fields = [rowOf[dfa.start]!, special * rowBytes, (special + rejecting) * rowBytes, tableBytes];
  const view = viewOf(image);
  fields.forEach((field, i) => {
    view.setUint32(AUTOMATON.A + 4 * i, field, true);
  });
  for (const state of order) {
    for (let byteClass = 0; byteClass < classCount; byteClass++) {
      const next = rowOf[dfa.transitions[state * classCount + byteClass]!]!;
      view.setUint16(AUTOMATON.BODY + rowOf[state]! + 2 * byteClass, next, true);
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
  const image = newImage(AUTOMATON_BITSETS, byteLength, classes);
  const view = viewOf(image);
  view.setUint32(AUTOMATON.SCRATCH, padded(16 * layout.words + 4 * hubs.length), true);
  view.setUint32(AUTOMATON.A, positions.setOf.length, true);
  view.setUint32(AUTOMATON.B, layout.words, true);
  view.setUint32(AUTOMATON.C, hubs.length, true);
  view.setUint32(AUTOMATON.D, targetCount, true);

  const setBit = (bitset: number, position: number) => {
    image[AUTOMATON.BODY + bitset * 8 * layout.words + (position >> 3)]! |= 1 << (position & 7);
  };
  positions.setOf.forEach((setNumber, position) => {
    if (positions.isAccepting[position]) setBit(0, position);
    for (const next of positions.follow[position]!) {
      if (isStep(position, next)) setBit(bitsetOfStep(position, next), position);
    }
    for (const byteClass of classes.members[setNumber]!) setBit(AUTOMATON_FIXED_BITSETS + byteClass, position);
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

function newImage(kind: number, byteLength: number, classes: ByteClasses): Uint8Array {
  const image = new Uint8Array(padded(byteLength));
  const view = viewOf(image);
  view.setUint32(AUTOMATON.KIND, kind, true);
  view.setUint32(AUTOMATON.LENGTH, image.length, true);
  view.setUint32(AUTOMATON.CLASS_COUNT, classes.count, true);
  image.set(classes.classOf, AUTOMATON.CLASSES);
  return image;
}
