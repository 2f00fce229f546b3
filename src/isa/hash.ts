// The hash of keys and constants, as assembly/memory/hash.ts computes it: 64-bit words, little-endian, the last one
// filled with zeros. Table slot = hash & mask, then linear probing.

const PRIME = 0x9e3779b97f4a7c15n;
const FACTOR = 0xff51afd7ed558ccdn;
const WORD = (1n << 64n) - 1n;

export function hashBytes(bytes: Uint8Array): number {
  let h = (BigInt(bytes.length) * PRIME) & WORD;
  for (let i = 0; i < bytes.length; i += 8) {
    let word = 0n;
    for (let j = Math.min(i + 8, bytes.length) - 1; j >= i; j--) word = (word << 8n) | BigInt(bytes[j]!);
    h = ((h ^ word) * FACTOR) & WORD;
    h ^= h >> 32n;
  }
  return Number(h & 0xffffffffn);
}

/** Of a number: constants and grams in the tables of the index. Slot = hash & mask, then linear probing. */
export function hashWord(word: number): number {
  const h = Math.imul(word, 0x9e3779b1);
  return (h ^ (h >>> 15)) >>> 0;
}

/** 32-bit FNV-1a: digests of programs and of the instruction set. */
export function digestBytes(bytes: Uint8Array): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < bytes.length; i++) h = Math.imul(h ^ bytes[i]!, 0x01000193);
  return h >>> 0;
}
