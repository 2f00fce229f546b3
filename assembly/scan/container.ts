// Containers in blocks of 64 bytes. `plainContainerEnd` checks one that is plain JSON: no white space between tokens. It
// says where the container ends, or nothing: whoever gets 0 reads it token by token, which handles the rest and finds what is
// wrong, if anything is. The other two only count brackets.

import { bitsOf, escapedBytes, masked, maskOf, nextEscaped, prefixXor } from './block';
import { failJson, inputEnd, newlineEnds } from './input';
import { wordEnd } from './scalar';
import { escapeEnd } from './string';
import { utf8Length } from './utf8';

/** containers inside each other that `plainContainerEnd` follows: a bit of `kinds` each */
export const PLAIN_DEPTH: i32 = 60;

/**
 * `start` is the opening bracket. Which bytes may follow which is asked of whole blocks; only brackets, numbers and escapes are
 * looked at one by one. In an object each comma must be followed by a string, the key, and exactly the keys by a colon.
 */
export function plainContainerEnd(start: usize): usize {
  let at = start;
  let level = 0;
  // kinds of the open containers, the innermost in bit 0: 1 for an object
  let kinds: u64 = 0;
  // what the block before leaves to this one's first byte
  let inStringBefore: u64 = 0;
  let escapedBefore: u64 = 0;
  let inKeyBefore: u64 = 0;
  let keyEndBefore: u64 = 0;
  let separatorBefore: u64 = 0;
  let keyWantedBefore: u64 = 0;
  let openBefore: u64 = 0;
  let valueEndBefore: u64 = 0;
  let scalarBefore: u64 = 0;
  // behind the last character of several bytes
  let charactersEnd: usize = 0;
  for (;;) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    let quotes = maskOf(a, b, c, d, 0x22);
    const backslash = i8x16.splat(0x5c);
    const backslashA = i8x16.eq(a, backslash);
    const backslashB = i8x16.eq(b, backslash);
    const backslashC = i8x16.eq(c, backslash);
    const backslashD = i8x16.eq(d, backslash);
    let escaped: u64 = 0;
    if (
      escapedBefore != 0 ||
      v128.any_true(v128.or(v128.or(backslashA, backslashB), v128.or(backslashC, backslashD)))
    ) {
      escaped = escapedBytes(bitsOf(backslashA, backslashB, backslashC, backslashD), escapedBefore);
      escapedBefore = nextEscaped;
      quotes &= ~escaped;
    }
    const inString = prefixXor(quotes) ^ inStringBefore;
    const openQuotes = quotes & inString;
    const closeQuotes = quotes & ~inString;
    const outside = ~(inString | quotes);
    const colons = maskOf(a, b, c, d, 0x3a) & outside;
    const commas = maskOf(a, b, c, d, 0x2c) & outside;
    // `[ ] { }`, and `Y _ y DEL`, which are sorted out below
    const bits = i8x16.splat(0x26);
    const brackets =
      maskOf(v128.or(a, bits), v128.or(b, bits), v128.or(c, bits), v128.or(d, bits), 0x7f) & outside;

    // brackets, in their order
    let valid: u64 = ~(<u64>0);
    let opens: u64 = 0;
    let objectOpens: u64 = 0;
    let inObject: u64 = 0 - (kinds & 1);
    for (let rest = brackets; rest != 0; ) {
      const bit = rest & (0 - rest);
      const bracket = <u32>load<u8>(at + <usize>ctz(rest));
      rest ^= bit;
      if ((((bracket >> 1) ^ (bracket >> 2)) & 1) == 0) return 0;
      const isObject = <u64>((bracket >> 5) & 1);
      if ((bracket & 4) == 0) {
        if (++level > PLAIN_DEPTH) return 0;
        kinds = (kinds << 1) | isObject;
        opens |= bit;
        objectOpens |= bit & (0 - isObject);
      } else {
        if ((kinds & 1) != isObject) return 0;
        kinds >>= 1;
        if (--level == 0) {
          valid = bit | (bit - 1);
          break;
        }
      }
      const below = bit | (bit - 1);
      inObject = (inObject & below) | ((0 - (kinds & 1)) & ~below);
    }

    // control characters, and characters of several bytes
    const space = i8x16.splat(0x20);
    const oddA = i8x16.lt_s(a, space);
    const oddB = i8x16.lt_s(b, space);
    const oddC = i8x16.lt_s(c, space);
    const oddD = i8x16.lt_s(d, space);
    if (v128.any_true(v128.or(v128.or(oddA, oddB), v128.or(oddC, oddD)))) {
      const high = bitsOf(a, b, c, d);
      if ((bitsOf(oddA, oddB, oddC, oddD) & ~high & valid) != 0) return 0;
      for (let rest = high & valid; rest != 0; ) {
        const character = at + <usize>ctz(rest);
        if (character >= charactersEnd) {
          const length = utf8Length(character);
          if (length == 0) return 0;
          charactersEnd = character + length;
        }
        rest &= rest - 1;
      }
    }

    const closes = brackets & ~opens;
    const scalars = outside & ~(colons | commas | brackets);
    const keysWanted = (commas & inObject) | objectOpens;
    const separators = colons | commas | opens;
    const valueEnds = closeQuotes | closes;
    const keyStarts = openQuotes & ((keysWanted << 1) | keyWantedBefore);
    // a bit added to the start of a string's bits is carried to its closing quote
    const carried = inString + (keyStarts | inKeyBefore);
    const keyEnds = carried & closeQuotes;
    const emptyEnds = closes & ((opens << 1) | openBefore);
    const wrong =
      (colons ^ ((keyEnds << 1) | keyEndBefore)) |
      (((separators << 1) | separatorBefore) & ~(openQuotes | opens | scalars | emptyEnds)) |
      (((keysWanted << 1) | keyWantedBefore) & ~(openQuotes | emptyEnds)) |
      (((valueEnds << 1) | valueEndBefore) & ~(colons | commas | closes));
    if ((wrong & valid) != 0) return 0;

    for (let rest = scalars & ~((scalars << 1) | scalarBefore) & valid; rest != 0; rest &= rest - 1) {
      const end = wordEnd(at + <usize>ctz(rest));
      if (end == 0) return 0;
      const next = <u32>load<u8>(end);
      if (next != 0x2c && (next | 0x20) != 0x7d) return 0;
    }
    for (let rest = escaped & inString & valid; rest != 0; rest &= rest - 1) {
      if (escapeEnd(at + <usize>ctz(rest) - 1) == 0) return 0;
    }
    if (level == 0) return at + 64 - <usize>clz(valid);

    inStringBefore = <u64>(<i64>inString >> 63);
    inKeyBefore = carried < inString ? 1 : 0;
    keyEndBefore = keyEnds >> 63;
    separatorBefore = separators >> 63;
    keyWantedBefore = keysWanted >> 63;
    openBefore = opens >> 63;
    valueEndBefore = valueEnds >> 63;
    scalarBefore = scalars >> 63;
    at += 64;
    if (at >= inputEnd) return 0;
  }
  return unreachable(); // the loop only returns
}

/** Of text that was checked before. */
export function skippedContainerEnd(start: usize): usize {
  return bracketsEnd(start, false);
}

/** Of text that nobody checked: where a newline ends the payload none is passed. */
export function unreadContainerEnd(start: usize): usize {
  return newlineEnds ? bracketsEnd(start, true) : skippedContainerEnd(start);
}

/**
 * Brackets of the container's own kind are counted, outside strings; only the block in which the count reaches zero is looked at bit
 * by bit.
 */
// @ts-ignore: decorator
@inline
function bracketsEnd(start: usize, stopsAtNewline: bool): usize {
  const opening = i8x16.splat(load<i8>(start));
  const closing = i8x16.splat(load<i8>(start) + 2);
  let at = start;
  let open = 0;
  let previousInString: u64 = 0;
  let previousEscaped: u64 = 0;
  for (;;) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    const c = v128.load(at, 32);
    const d = v128.load(at, 48);
    let quote = maskOf(a, b, c, d, 0x22);
    // what most blocks do not hold
    const backslash = i8x16.splat(0x5c);
    const backslashA = i8x16.eq(a, backslash);
    const backslashB = i8x16.eq(b, backslash);
    const backslashC = i8x16.eq(c, backslash);
    const backslashD = i8x16.eq(d, backslash);
    let rare = v128.or(v128.or(backslashA, backslashB), v128.or(backslashC, backslashD));
    if (stopsAtNewline) {
      const newline = i8x16.splat(0x0a);
      rare = v128.or(
        rare,
        v128.or(
          v128.or(i8x16.eq(a, newline), i8x16.eq(b, newline)),
          v128.or(i8x16.eq(c, newline), i8x16.eq(d, newline)),
        ),
      );
    }
    // the bytes before a newline, the last of the payload
    let valid: u64 = ~(<u64>0);
    if (previousEscaped != 0 || v128.any_true(rare)) {
      quote &= ~escapedBytes(bitsOf(backslashA, backslashB, backslashC, backslashD), previousEscaped);
      previousEscaped = nextEscaped;
      if (stopsAtNewline) {
        const newlines = maskOf(a, b, c, d, 0x0a);
        valid = (newlines - 1) & ~newlines;
      }
    }
    const inString = prefixXor(quote) ^ previousInString;
    previousInString = <u64>(<i64>inString >> 63);
    const readable = valid & ~inString;
    let opens = masked(a, b, c, d, opening) & readable;
    let closes = masked(a, b, c, d, closing) & readable;
    const closed = <i32>popcnt(closes);
    if (closed < open) {
      open += <i32>popcnt(opens) - closed;
    } else {
      while (closes != 0) {
        const close = closes & (0 - closes);
        const before = opens & (close - 1);
        open += <i32>popcnt(before);
        opens ^= before;
        if (--open == 0) {
          const end = at + <usize>ctz(close) + 1;
          return end <= inputEnd ? end : failJson(inputEnd);
        }
        closes ^= close;
      }
      open += <i32>popcnt(opens);
    }
    if (stopsAtNewline && valid != ~(<u64>0)) return failJson(at + <usize>popcnt(valid));
    at += 64;
    if (at >= inputEnd) return failJson(inputEnd);
  }
  return unreachable(); // the loop only returns
}
