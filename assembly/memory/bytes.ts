// Comparing and searching byte strings. Every text is followed by readable padding, so reads may run past an end.

// @ts-ignore: decorator
@inline
function tailMask(bytes: i32): u64 {
  return (<u64>1 << (<u64>bytes << 3)) - 1;
}

/**
 * Copies `length` bytes to a free place, or to a lower one that overlaps. Writes up to 15 bytes more, where the arena is still
 * free. For texts: `memory.copy` costs a call out of the module.
 */
// @ts-ignore: decorator
@inline
export function copyBytes(to: usize, from: usize, length: usize): void {
  const step: usize = ASC_FEATURE_SIMD ? 16 : 8;
  for (let i: usize = 0; i < length; i += step) {
    if (ASC_FEATURE_SIMD) v128.store(to + i, v128.load(from + i));
    else store<u64>(to + i, load<u64>(from + i));
  }
}

/** As copyBytes; false, and the copy of no use, when there is a backslash among the bytes. */
export function copyUnescaped(to: usize, from: usize, length: usize): bool {
  if (ASC_FEATURE_SIMD) {
    const backslash = i8x16.splat(0x5c);
    for (let i: usize = 0; i < length; i += 16) {
      const bytes = v128.load(from + i);
      v128.store(to + i, bytes);
      const found = i8x16.bitmask(i8x16.eq(bytes, backslash));
      if (found != 0 && i + <usize>ctz(found) < length) return false;
    }
    return true;
  }
  copyBytes(to, from, length);
  return findByte(from, from + length, 0x5c) == from + length;
}

export function equalBytes(a: usize, b: usize, length: i32): bool {
  let i = 0;
  while (i + 8 <= length) {
    if (load<u64>(a + i) != load<u64>(b + i)) return false;
    i += 8;
  }
  return i == length || ((load<u64>(a + i) ^ load<u64>(b + i)) & tailMask(length - i)) == 0;
}

/** strcmp of counted strings: negative, zero or positive. */
export function compareBytes(a: usize, aLength: i32, b: usize, bLength: i32): i32 {
  const shared = min(aLength, bLength);
  for (let i = 0; i < shared; i++) {
    const difference = <i32>load<u8>(a + i) - <i32>load<u8>(b + i);
    if (difference != 0) return difference;
  }
  return aLength - bLength;
}

// @ts-ignore: decorator
@inline
export function lowerByte(c: u32): u32 {
  return c - 65 < 26 ? c | 0x20 : c;
}

// @ts-ignore: decorator
@inline
export function upperByte(c: u32): u32 {
  return c - 97 < 26 ? c & 0xdf : c;
}

/** First position of `byte` in [from, to), or `to`. */
export function findByte(from: usize, to: usize, byte: u32): usize {
  let at = from;
  if (ASC_FEATURE_SIMD) {
    const wanted = i8x16.splat(<i8>byte);
    while (at < to) {
      const found = i8x16.bitmask(i8x16.eq(v128.load(at), wanted));
      if (found != 0) {
        at += ctz(found);
        return at < to ? at : to;
      }
      at += 16;
    }
    return to;
  }
  while (at < to && <u32>load<u8>(at) != byte) at++;
  return at;
}

/** Behind the last `byte` in [from, to), or `from`. */
export function findLastByte(from: usize, to: usize, byte: u32): usize {
  let at = to;
  if (ASC_FEATURE_SIMD) {
    const wanted = i8x16.splat(<i8>byte);
    while (at >= from + 16) {
      const found = i8x16.bitmask(i8x16.eq(v128.load(at - 16), wanted));
      if (found != 0) return at - 16 + (32 - clz(found));
      at -= 16;
    }
  }
  while (at > from && <u32>load<u8>(at - 1) != byte) at--;
  return at;
}

export function equalBytesCaseless(a: usize, b: usize, length: i32): bool {
  for (let i = 0; i < length; i++) {
    if (lowerByte(load<u8>(a + i)) != lowerByte(load<u8>(b + i))) return false;
  }
  return true;
}

/** Whether `needle` occurs in `text`; an empty needle does. */
export function containsBytes(text: usize, length: i32, needle: usize, needleLength: i32): bool {
  return contains(text, length, needle, needleLength, false);
}

/** As containsBytes, ASCII letters compared without case. */
export function containsBytesCaseless(text: usize, length: i32, needle: usize, needleLength: i32): bool {
  return contains(text, length, needle, needleLength, true);
}

/** The bit in which the two cases of a letter differ, 0 for other bytes. */
// @ts-ignore: decorator
@inline
function caseBit(c: u32): u32 {
  return (c | 0x20) - 97 < 26 ? 0x20 : 0;
}

// @ts-ignore: decorator
@inline
function contains(text: usize, length: i32, needle: usize, needleLength: i32, caseless: bool): bool {
  if (needleLength == 0) return true;
  // a needle may be longer than what lies before the text
  if (needleLength > length) return false;
  const last = text + length - needleLength;
  if (ASC_FEATURE_SIMD) {
    // places where the first and the last byte fit, 16 at a time
    const firstByte = <u32>load<u8>(needle);
    const finalByte = <u32>load<u8>(needle + needleLength - 1);
    const firstCase: u32 = caseless ? caseBit(firstByte) : 0;
    const finalCase: u32 = caseless ? caseBit(finalByte) : 0;
    const firstFold = i8x16.splat(<i8>firstCase);
    const finalFold = i8x16.splat(<i8>finalCase);
    const first = i8x16.splat(<i8>(firstByte | firstCase));
    const final = i8x16.splat(<i8>(finalByte | finalCase));
    for (let at = text; at <= last; at += 16) {
      const heads = v128.load(at);
      const tails = v128.load(at + needleLength - 1);
      let fits = i8x16.bitmask(
        v128.and(
          i8x16.eq(caseless ? v128.or(heads, firstFold) : heads, first),
          i8x16.eq(caseless ? v128.or(tails, finalFold) : tails, final),
        ),
      );
      for (; fits != 0; fits &= fits - 1) {
        const place = at + ctz(fits);
        if (place > last) return false;
        if (isAt(place, needle, needleLength, caseless)) return true;
      }
    }
    return false;
  }
  const first = <u32>load<u8>(needle);
  for (let at = text; at <= last; at++) {
    if ((caseless || <u32>load<u8>(at) == first) && isAt(at, needle, needleLength, caseless)) return true;
  }
  return false;
}

// @ts-ignore: decorator
@inline
function isAt(place: usize, needle: usize, length: i32, caseless: bool): bool {
  return caseless ? equalBytesCaseless(place, needle, length) : equalBytes(place, needle, length);
}
