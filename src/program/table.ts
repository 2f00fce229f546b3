// Open-addressing tables of an image: slot = hash & mask, then the next slot until one is free. Entries are id + 1, 0 is a
// free slot; at least half of a table is free, so that a search for something absent ends soon.

import { hashBytes } from '../isa/hash.ts';

/** A table of the given ids under their keys; its length is a power of two. */
export function buildTable(entries: readonly { readonly id: number; readonly key: Uint8Array }[]): Uint32Array {
  let size = 1;
  while (size < 2 * entries.length) size *= 2;
  const table = new Uint32Array(size);
  for (const { id, key } of entries) {
    let slot = hashBytes(key) & (size - 1);
    while (table[slot] !== 0) slot = (slot + 1) & (size - 1);
    table[slot] = id + 1;
  }
  return table;
}

/** Whether a search for the key in the table finds exactly this id. */
export function tableFinds(
  table: Uint32Array,
  id: number,
  key: Uint8Array,
  keyOf: (id: number) => Uint8Array | undefined,
): boolean {
  const mask = table.length - 1;
  for (let slot = hashBytes(key) & mask, steps = 0; steps <= mask; slot = (slot + 1) & mask, steps++) {
    const entry = table[slot]!;
    if (entry === 0) return false;
    const other = keyOf(entry - 1);
    if (other !== undefined && equalBytes(other, key)) return entry - 1 === id;
  }
  return false;
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
