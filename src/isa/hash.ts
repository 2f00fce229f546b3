// The hash of keys and constants, as assembly/memory/hash.ts computes it: 64-bit words, little-endian, the last one
// filled with zeros. Table slot = hash & mask, then linear probing.

/** 0x9e3779b97f4a7c15 and 0xff51afd7ed558ccd, by halves: with BigInt the hashes were a third of a program's check. */
const PRIME_LOW = 0x7f4a7c15;
const PRIME_HIGH = 0x9e3779b9;
const FACTOR_LOW = 0xed558ccd;
const FACTOR_HIGH = 0xff51afd7;

export function hashBytes(bytes: Uint8Array): number {
  let low = Math.imul(bytes.length, PRIME_LOW);
  let high = (upperProduct(bytes.length, PRIME_LOW) + Math.imul(bytes.length, PRIME_HIGH)) | 0;
  for (let at = 0; at < bytes.length; at += 8) {
    low ^= wordAt(bytes, at);
    high ^= wordAt(bytes, at + 4);
    high = (upperProduct(low, FACTOR_LOW) + Math.imul(low, FACTOR_HIGH) + Math.imul(high, FACTOR_LOW)) | 0;
    low = Math.imul(low, FACTOR_LOW) ^ high;
  }
  return low >>> 0;
}

/** Four bytes, little-endian, zeros behind the end. */
function wordAt(bytes: Uint8Array, at: number): number {
  if (at + 4 <= bytes.length)
    return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  let word = 0;
  for (let i = bytes.length - 1; i >= at; i--) word = (word << 8) | bytes[i]!;
  return word;
}

/** The upper half of the 64-bit product of two unsigned words. */
function upperProduct(a: number, b: number): number {
  const [aLow, aHigh, bLow, bHigh] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const carry = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + (middle >>> 16) + (carry >>> 16)) | 0;
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
