// The hash of keys and constants; src/isa/hash.ts is its twin.

const PRIME: u64 = 0x9e3779b97f4a7c15;
const FACTOR: u64 = 0xff51afd7ed558ccd;

/** Reads up to 7 bytes past the end: every region that holds texts is padded. */
// @ts-ignore: decorator
@inline
export function hashBytes(ptr: usize, length: i32): u32 {
  let h: u64 = <u64>length * PRIME;
  let at = ptr;
  const end = ptr + length;
  while (at + 8 <= end) {
    h = (h ^ load<u64>(at)) * FACTOR;
    h ^= h >> 32;
    at += 8;
  }
  if (at < end) {
    const bits = <u64>(end - at) << 3;
    h = (h ^ (load<u64>(at) & ((<u64>1 << bits) - 1))) * FACTOR;
    h ^= h >> 32;
  }
  return <u32>h;
}

// @ts-ignore: decorator
@inline
export function hashWord(word: u32): u32 {
  const h = word * 0x9e3779b1;
  return h ^ (h >> 15);
}
