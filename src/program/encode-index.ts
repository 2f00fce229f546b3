// The INDEX section: rows of isa/layout.ts INDEX_ROW, behind them what they point to. Tables are open-addressing, at most half full.

import { hashWord } from '../isa/hash.ts';
import {
  INDEX_CONSTANT,
  INDEX_EFFECT,
  INDEX_FEW_WORDS,
  INDEX_GRAM,
  INDEX_GUARD,
  INDEX_HEADER,
  INDEX_HEADER_SIZE,
  INDEX_LAZY,
  INDEX_NUMBER,
  INDEX_RANGE,
  INDEX_ROW,
} from '../isa/layout.ts';
import type { IndexEffect, IndexRow } from './image.ts';

/** bits of the filter per slot of the gram table: most texts end there */
const FILTER_BITS_PER_SLOT = 8;
/** of a bitmap: with fewer than one mask for as many words, the masks are quicker */
const WORDS_PER_MASK = 8;
const ALIGNMENT = 16;

/** Parts of the section one after the other; their places are known when they are added. */
class Parts {
  readonly #parts: { readonly at: number; readonly words: Uint32Array }[] = [];
  #end: number;

  constructor(start: number) {
    this.#end = start;
  }

  /** Returns where the words stand. */
  add(words: Uint32Array): number {
    const at = this.#end;
    this.#parts.push({ at, words });
    this.#end = Math.ceil((at + 4 * words.length) / ALIGNMENT) * ALIGNMENT;
    return at;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(this.#end);
    const view = new DataView(bytes.buffer);
    for (const { at, words } of this.#parts) {
      for (let i = 0; i < words.length; i++) view.setUint32(at + 4 * i, words[i]!, true);
    }
    return bytes;
  }
}

export function encodeIndex(rows: readonly IndexRow[], alternatives: readonly Uint32Array[]): Uint8Array {
  const parts = new Parts(0);
  const head = new Uint32Array((INDEX_HEADER_SIZE + rows.length * INDEX_ROW.SIZE) / 4);
  parts.add(head);
  head[INDEX_HEADER.ROW_COUNT / 4] = rows.length;
  head[INDEX_HEADER.ALTERNATIVES / 4] = parts.add(Uint32Array.from(alternatives.flatMap((bitmap) => [...bitmap])));
  head[INDEX_HEADER.ALTERNATIVE_COUNT / 4] = alternatives.length;
  rows.forEach((row, i) => {
    const at = INDEX_HEADER_SIZE + i * INDEX_ROW.SIZE;
    for (const [offset, value] of fieldsOf(row, parts)) head[(at + offset) >> 2] = value;
  });
  return parts.bytes();
}

/** Pairs of field offset and value of a row, whose parts are added. */
function fieldsOf(row: IndexRow, parts: Parts): readonly (readonly [number, number])[] {
  const map = constantTable(row.constants);
  const fields: (readonly [number, number])[] = [
    [INDEX_ROW.VALUE, row.value],
    [INDEX_ROW.FLAGS, (row.isLazy ? INDEX_LAZY : 0) | (row.ranges.length > 0 ? INDEX_NUMBER : 0)],
    [INDEX_ROW.ABSENT, parts.add(row.absent)],
    [INDEX_ROW.OTHER, parts.add(row.other)],
    [INDEX_ROW.MAP, parts.add(map)],
    [INDEX_ROW.MAP_MASK, (map.length * 4) / INDEX_CONSTANT.SIZE - 1],
    [INDEX_ROW.EFFECTS, addEffects(row, parts)],
    [INDEX_ROW.EFFECT_COUNT, row.effects.length],
    [INDEX_ROW.GUARDS, parts.add(guardRows(row.guards))],
    [INDEX_ROW.GUARD_COUNT, row.guards.length],
    [INDEX_ROW.ALWAYS_COUNT, row.always],
    [INDEX_ROW.RANGES, parts.add(rangeRows(row.ranges))],
    [INDEX_ROW.RANGE_COUNT, row.ranges.length],
    [INDEX_ROW.TRIGGER_COUNT, row.triggers.length],
  ];
  if (row.triggers.length === 0) return fields;
  const { grams, filter } = gramTables(row.triggers);
  return [
    ...fields,
    [INDEX_ROW.GRAMS, parts.add(grams)],
    [INDEX_ROW.GRAM_MASK, (grams.length * 4) / INDEX_GRAM.SIZE - 1],
    [INDEX_ROW.FILTER, parts.add(filter)],
    [INDEX_ROW.FILTER_MASK, filter.length * 32 - 1],
    [INDEX_ROW.TRIGGERS, parts.add(Uint32Array.from(row.triggers, ({ guard }) => guard))],
  ];
}

function addEffects({ other, effects }: IndexRow, parts: Parts): number {
  const rows = new Uint32Array((effects.length * INDEX_EFFECT.SIZE) / 4);
  effects.forEach(({ restored, excluded }, i) => {
    const masks = new Uint32Array(restored.length + excluded.length);
    masks.set(restored);
    masks.set(excluded, restored.length);
    const isDense = masks.length / 2 > other.length / WORDS_PER_MASK || other.length <= 2 * INDEX_FEW_WORDS;
    const bitmap = isDense ? parts.add(changed(other, effects[i]!)) : 0;
    rows.set([parts.add(masks), restored.length / 2, excluded.length / 2, bitmap], (i * INDEX_EFFECT.SIZE) / 4);
  });
  return parts.add(rows);
}

function changed(other: Uint32Array, { restored, excluded }: IndexEffect): Uint32Array {
  const bitmap = other.slice();
  for (let i = 0; i < restored.length; i += 2) bitmap[restored[i]!]! |= restored[i + 1]!;
  for (let i = 0; i < excluded.length; i += 2) bitmap[excluded[i]!]! &= ~excluded[i + 1]!;
  return bitmap;
}

function tableSize(entries: number): number {
  let size = 1;
  while (size < 2 * entries) size *= 2;
  return size;
}

function constantTable(constants: IndexRow['constants']): Uint32Array {
  const size = tableSize(constants.length);
  const stride = INDEX_CONSTANT.SIZE / 4;
  const table = new Uint32Array(size * stride);
  for (const { constant, effect } of constants) {
    let slot = hashWord(constant) & (size - 1);
    while (table[slot * stride] !== 0) slot = (slot + 1) & (size - 1);
    table.set([constant + 1, effect], slot * stride);
  }
  return table;
}

/** The triggers are sorted by gram. */
function gramTables(triggers: IndexRow['triggers']): { readonly grams: Uint32Array; readonly filter: Uint32Array } {
  const size = tableSize(new Set(triggers.map(({ gram }) => gram)).size);
  const stride = INDEX_GRAM.SIZE / 4;
  const grams = new Uint32Array(size * stride);
  const filterBits = Math.max(32, size * FILTER_BITS_PER_SLOT);
  const filter = new Uint32Array(filterBits / 32);
  const count = INDEX_GRAM.COUNT / 4;
  triggers.forEach(({ gram }, i) => {
    const hash = hashWord(gram);
    const bit = hash & (filterBits - 1);
    filter[bit >> 5] = filter[bit >> 5]! | (1 << (bit & 31));
    let slot = hash & (size - 1);
    while (grams[slot * stride + count] !== 0 && grams[slot * stride] !== gram) slot = (slot + 1) & (size - 1);
    const row = slot * stride;
    if (grams[row + count] === 0) grams.set([gram, i], row);
    grams[row + count]!++;
  });
  return { grams, filter };
}

function guardRows(guards: IndexRow['guards']): Uint32Array {
  const rows = new Uint32Array((guards.length * INDEX_GUARD.SIZE) / 4);
  guards.forEach(({ code, holds, effect }, i) => {
    rows.set([code, holds ? 1 : 0, effect], (i * INDEX_GUARD.SIZE) / 4);
  });
  return rows;
}

function rangeRows(ranges: IndexRow['ranges']): Uint32Array {
  const rows = new Uint32Array((ranges.length * INDEX_RANGE.SIZE) / 4);
  ranges.forEach(({ from, effect }, i) => {
    const [low, high] = [Number(from & 0xffffffffn), Number(from >> 32n)];
    rows.set([low, high, effect], (i * INDEX_RANGE.SIZE) / 4);
  });
  return rows;
}
