// 64 bytes of text as bit masks: bit i stands for byte i. A mask is named for the bytes whose bits it holds.

/** The bytes that equal `byte`. */
// @ts-ignore: decorator
@inline
export function maskOf(a: v128, b: v128, c: v128, d: v128, byte: i32): u64 {
  return masked(a, b, c, d, i8x16.splat(<i8>byte));
}

/** The same for a vector of the byte. */
// @ts-ignore: decorator
@inline
export function masked(a: v128, b: v128, c: v128, d: v128, wanted: v128): u64 {
  return bitsOf(i8x16.eq(a, wanted), i8x16.eq(b, wanted), i8x16.eq(c, wanted), i8x16.eq(d, wanted));
}

/** The bytes whose highest bit is set. */
// @ts-ignore: decorator
@inline
export function bitsOf(a: v128, b: v128, c: v128, d: v128): u64 {
  // unsigned halves: a signed mask would be extended again
  const low = <u32>i8x16.bitmask(a) | (<u32>i8x16.bitmask(b) << 16);
  const high = <u32>i8x16.bitmask(c) | (<u32>i8x16.bitmask(d) << 16);
  return <u64>low | (<u64>high << 32);
}

/** Each bit becomes the parity of itself and those below: between quotes, from an opening one to the byte before the closing one. */
// @ts-ignore: decorator
@inline
export function prefixXor(bits: u64): u64 {
  let x = bits;
  x ^= x << 1;
  x ^= x << 2;
  x ^= x << 4;
  x ^= x << 8;
  x ^= x << 16;
  x ^= x << 32;
  return x;
}

/** 1 when the byte behind the block that `escapedBytes` saw last is escaped. */
export let nextEscaped: u64 = 0;

/** The bytes that a backslash escapes (simdjson's find_escaped); `first` is `nextEscaped` of the block before. */
// @ts-ignore: decorator
@inline
export function escapedBytes(backslashes: u64, first: u64): u64 {
  const even: u64 = 0x5555555555555555;
  const starts = backslashes & ~first;
  const follows = (starts << 1) | first;
  const oddStarts = starts & ~even & ~follows;
  const sum = oddStarts + starts;
  nextEscaped = sum < starts ? 1 : 0;
  return (even ^ (sum << 1)) & follows;
}
