// The end of a string. `stringEnd` checks (as strict or lenient as the payload is read), `stringEndTrusted` only looks for the
// closing quote of a string that is known to be well formed, or that nobody reads.

import { REASON_INVALID_UTF8 } from '../generated/reasons';
import { checkUtf8, fail, failJson, inputEnd, markNul, newlineEnds, strict } from './input';
import { utf8Length } from './utf8';

/** Vectors of what `specialBytes` compares with: read from memory, as a constant is made anew in three steps wherever it is used. */
const SPECIALS = memory.data<u8>(
  [
    0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22, 0x22,
    0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c, 0x5c,
    0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20, 0x20,
  ],
  16,
);

/** A bit per byte of the chunk that is a quote, a backslash, a control byte or above 0x7f (a signed compare finds both). */
// @ts-ignore: decorator
@inline
export function specialBytes(chunk: v128): u32 {
  return <u32>(
    i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(chunk, v128.load(SPECIALS)), i8x16.eq(chunk, v128.load(SPECIALS, 16))),
        i8x16.lt_s(chunk, v128.load(SPECIALS, 32)),
      ),
    )
  );
}

/** The same of 32 bytes. */
// @ts-ignore: decorator
@inline
function specialsAt(at: usize): u32 {
  return specialBytes(v128.load(at)) | (specialBytes(v128.load(at, 16)) << 16);
}

/** `at` is behind the opening quote. Returns the closing quote, or 0. */
// @ts-ignore: decorator
@inline
export function stringEnd(at: usize): usize {
  // most keys and values end within 32 bytes and hold nothing special; looking at both halves at once spares a branch that
  // would be guessed wrong half the time
  if (ASC_FEATURE_SIMD) return endFrom(at + ctz(specialsAt(at)));
  return strict ? strictEnd(at) : lenientEnd(at);
}

/** Nothing before `first` is special. */
// @ts-ignore: decorator
@inline
function endFrom(first: usize): usize {
  if (load<u8>(first) == 0x22) return first;
  return strict ? strictEnd(first) : lenientEnd(first);
}

/**
 * As `stringEnd`, for a string that is likely as long as the one before it: `cell` holds that length and gets this one's. A right
 * guess lets the processor read on before it knows where this string's quote is.
 */
// @ts-ignore: decorator
@inline
export function stringEndLike(at: usize, cell: usize): usize {
  if (!ASC_FEATURE_SIMD) return stringEnd(at);
  const length = load<u32>(cell);
  const special = specialsAt(at);
  if (length < 32) {
    if (special << (31 - length) == 0x80000000 && load<u8>(at + length) == 0x22) return at + length;
  } else if (length < 64 && special == 0) {
    if (specialsAt(at + 32) << (63 - length) == 0x80000000 && load<u8>(at + length) == 0x22) return at + length;
  }
  const end = endFrom(at + ctz(special));
  store<u32>(cell, <u32>(end - at));
  return end;
}

function strictEnd(start: usize): usize {
  let at = start;
  for (;;) {
    if (ASC_FEATURE_SIMD) {
      for (;;) {
        const special = specialBytes(v128.load(at)) | (specialBytes(v128.load(at, 16)) << 16);
        if (special != 0) {
          at += ctz(special);
          break;
        }
        at += 32;
      }
    }
    const c = <u32>load<u8>(at);
    if (c == 0x22) return at;
    if (c == 0x5c) {
      at = escapeEnd(at);
      if (at == 0) return 0;
    } else if (c < 0x20) {
      return failJson(at);
    } else if (c < 0x80) {
      at++;
    } else {
      const length = utf8Length(at);
      if (length == 0 && checkUtf8) return fail(REASON_INVALID_UTF8, at);
      at += max(length, 1);
    }
  }
  return unreachable(); // the loop only returns
}

/** `at` is a backslash; returns what follows a valid escape. */
export function escapeEnd(at: usize): usize {
  const c = <u32>load<u8>(at, 1);
  if (c == 0x75) {
    for (let i = 2; i < 6; i++) {
      if (hexDigit(load<u8>(at + i)) < 0) return failJson(at);
    }
    return at + 6;
  }
  // " \ / b f n r t
  if (c == 0x22 || c == 0x5c || c == 0x2f || c == 0x62 || c == 0x66 || c == 0x6e || c == 0x72 || c == 0x74) return at + 2;
  return failJson(at);
}

export function hexDigit(c: u32): i32 {
  if (c - 48 < 10) return <i32>(c - 48);
  const letter = c | 0x20;
  return letter - 97 < 6 ? <i32>(letter - 87) : -1;
}

/** Falco's parser: anything up to a quote that no odd run of backslashes precedes. */
function lenientEnd(start: usize): usize {
  let at = start;
  for (;;) {
    if (ASC_FEATURE_SIMD) {
      const quote = i8x16.splat(0x22);
      const backslash = i8x16.splat(0x5c);
      const newline = i8x16.splat(0x0a);
      for (;;) {
        const chunk = v128.load(at);
        const special = i8x16.bitmask(
          v128.or(
            v128.or(i8x16.eq(chunk, quote), i8x16.eq(chunk, backslash)),
            v128.or(i8x16.eq(chunk, newline), i8x16.eq(chunk, i8x16.splat(0))),
          ),
        );
        if (special != 0) {
          at += ctz(special);
          break;
        }
        at += 16;
      }
    }
    const c = <u32>load<u8>(at);
    if (c == 0x22) return at;
    if (c == 0x5c) {
      // the byte behind a backslash cannot close the string, whatever it is
      const next = <u32>load<u8>(at, 1);
      if (at + 1 >= inputEnd || (newlineEnds && next == 0x0a)) return failJson(at);
      if (next == 0) markNul();
      at += 2;
      continue;
    }
    if (c == 0) {
      if (at >= inputEnd) return failJson(at);
      markNul();
    } else if (c == 0x0a && newlineEnds) return failJson(at);
    at++;
  }
  return unreachable(); // the loop only returns
}

/** `at` is behind the opening quote. Returns the closing quote, or 0 when the payload ends first. */
export function stringEndTrusted(start: usize): usize {
  let at = start;
  for (;;) {
    if (ASC_FEATURE_SIMD) {
      const quote = i8x16.splat(0x22);
      const backslash = i8x16.splat(0x5c);
      for (;;) {
        const chunk = v128.load(at);
        const special = i8x16.bitmask(v128.or(i8x16.eq(chunk, quote), i8x16.eq(chunk, backslash)));
        if (special != 0) {
          at += ctz(special);
          break;
        }
        at += 16;
        if (at >= inputEnd) return failJson(inputEnd);
      }
    }
    const c = <u32>load<u8>(at);
    if (at >= inputEnd) return failJson(inputEnd);
    if (c == 0x22) return at;
    at += c == 0x5c ? 2 : 1;
  }
  return unreachable(); // the loop only returns
}
