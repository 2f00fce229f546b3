// One multi-byte UTF-8 character (Unicode 15, table 3-7): no overlong forms, no surrogates, nothing above U+10FFFF.

// @ts-ignore: decorator
@inline
function isTail(c: u32): bool {
  return (c & 0xc0) == 0x80;
}

/** Bytes of the character at `at` (first byte >= 0x80), or 0 if it is not valid. */
export function utf8Length(at: usize): i32 {
  const a = <u32>load<u8>(at);
  const b = <u32>load<u8>(at, 1);
  if (a < 0xc2) return 0;
  if (a < 0xe0) return isTail(b) ? 2 : 0;
  const c = <u32>load<u8>(at, 2);
  if (a < 0xf0) {
    const low: u32 = a == 0xe0 ? 0xa0 : 0x80;
    const high: u32 = a == 0xed ? 0x9f : 0xbf;
    return b >= low && b <= high && isTail(c) ? 3 : 0;
  }
  if (a > 0xf4) return 0;
  const low: u32 = a == 0xf0 ? 0x90 : 0x80;
  const high: u32 = a == 0xf4 ? 0x8f : 0xbf;
  return b >= low && b <= high && isTail(c) && isTail(load<u8>(at, 3)) ? 4 : 0;
}
