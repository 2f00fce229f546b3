// Characters of a JSON string with its escapes resolved, as Falco's parser does it: what is no proper escape stays as it is
// written, a surrogate followed by any other \u escape becomes one character or U+FFFD, a lone one stays as written.

import { allocate } from '../memory/arena';
import { copyBytes, findByte } from '../memory/bytes';
import { markNul } from '../scan/input';
import { hexDigit } from '../scan/string';

/** Result of `unescape`. */
export let unescapedAt: usize = 0;
export let unescapedLength: i32 = 0;

function hex4(at: usize, end: usize): i32 {
  if (at + 4 > end) return -1;
  let n = 0;
  for (let i = 0; i < 4; i++) {
    const digit = hexDigit(load<u8>(at + i));
    if (digit < 0) return -1;
    n = (n << 4) | digit;
  }
  return n;
}

/** Writes a code point as UTF-8; returns its byte length. */
function writeUtf8(at: usize, point: u32): usize {
  if (point < 0x80) {
    if (point == 0) markNul();
    store<u8>(at, point);
    return 1;
  }
  if (point < 0x800) {
    store<u8>(at, 0xc0 | (point >> 6));
    store<u8>(at, 0x80 | (point & 0x3f), 1);
    return 2;
  }
  if (point < 0x10000) {
    store<u8>(at, 0xe0 | (point >> 12));
    store<u8>(at, 0x80 | ((point >> 6) & 0x3f), 1);
    store<u8>(at, 0x80 | (point & 0x3f), 2);
    return 3;
  }
  store<u8>(at, 0xf0 | (point >> 18));
  store<u8>(at, 0x80 | ((point >> 12) & 0x3f), 1);
  store<u8>(at, 0x80 | ((point >> 6) & 0x3f), 2);
  store<u8>(at, 0x80 | (point & 0x3f), 3);
  return 4;
}

/** Text of the string between `from` and `to` (quotes excluded) into the arena: never longer than the source. */
export function unescape(from: usize, to: usize): void {
  const out = allocate(to - from + 8);
  let at = from;
  let put = out;
  for (;;) {
    const escape = findByte(at, to, 0x5c);
    copyBytes(put, at, escape - at);
    put += escape - at;
    at = escape;
    if (at == to) break;
    if (at + 1 == to) {
      store<u8>(put++, 0x5c);
      break;
    }
    const kind = <u32>load<u8>(at, 1);
    const simple = simpleEscape(kind);
    if (simple != 0) {
      store<u8>(put++, simple);
      at += 2;
    } else if (kind == 0x75) {
      const high = hex4(at + 2, to);
      if (high >= 0 && (high & 0xf800) != 0xd800) {
        put += writeUtf8(put, high);
        at += 6;
      } else {
        const low = high >= 0 && at + 8 <= to && load<u16>(at + 6) == 0x755c ? hex4(at + 8, to) : -1;
        if (low >= 0) {
          const pair = high < 0xdc00 && (low & 0xfc00) == 0xdc00;
          put += writeUtf8(put, pair ? 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00) : 0xfffd);
          at += 12;
        } else {
          store<u16>(put, 0x755c);
          put += 2;
          at += 2;
        }
      }
    } else {
      store<u8>(put, 0x5c);
      store<u8>(put, kind, 1);
      put += 2;
      at += 2;
    }
  }
  unescapedAt = out;
  unescapedLength = <i32>(put - out);
}

/** What `\` and this byte stand for; 0 if that is no short escape. */
function simpleEscape(c: u32): u32 {
  switch (c) {
    case 0x22:
    case 0x5c:
    case 0x2f:
      return c;
    case 0x62:
      return 0x08;
    case 0x66:
      return 0x0c;
    case 0x6e:
      return 0x0a;
    case 0x72:
      return 0x0d;
    case 0x74:
      return 0x09;
    default:
      return 0;
  }
}
