// The end of a scalar that is no string: true, false, null, or a number of JSON's grammar or Falco's (any run of digits, signs,
// points and exponents, and nan / inf).

import { failJson, inputEnd, strict } from './input';

// @ts-ignore: decorator
@inline
function isDigit(c: u32): bool {
  return c - 48 < 10;
}

/** `at` is the first byte of something that is no string, container or word. */
export function numberEnd(at: usize): usize {
  return strict ? strictNumberEnd(at) : lenientNumberEnd(at);
}

function strictNumberEnd(start: usize): usize {
  let at = start;
  if (load<u8>(at) == 0x2d) at++;
  if (load<u8>(at) == 0x30) {
    at++;
  } else {
    if (!isDigit(load<u8>(at))) return failJson(at);
    at++;
    while (isDigit(load<u8>(at))) at++;
  }
  if (load<u8>(at) == 0x2e) {
    at++;
    if (!isDigit(load<u8>(at))) return failJson(at);
    while (isDigit(load<u8>(at))) at++;
  }
  if ((load<u8>(at) | 0x20) == 0x65) {
    at++;
    const sign = <u32>load<u8>(at);
    if (sign == 0x2b || sign == 0x2d) at++;
    if (!isDigit(load<u8>(at))) return failJson(at);
    while (isDigit(load<u8>(at))) at++;
  }
  return at;
}

function lenientNumberEnd(start: usize): usize {
  let at = start;
  for (;;) {
    const c = <u32>load<u8>(at);
    if (!(isDigit(c) || c == 0x2e || c == 0x2d || c == 0x2b || (c | 0x20) == 0x65)) break;
    at++;
  }
  if (at == start || (at == start + 1 && (load<u8>(start) == 0x2d || load<u8>(start) == 0x2b) && at < inputEnd)) {
    const word = load<u32>(at) & 0xdfdfdf;
    // "INF", "NAN"
    if (at + 3 <= inputEnd && (word == 0x464e49 || word == 0x4e414e)) return at + 3;
    return failJson(at);
  }
  return at;
}

/** `at` is the first byte of a word or number. Returns what follows, or 0. */
export function wordEnd(at: usize): usize {
  const word = load<u32>(at);
  if (word == 0x65757274 || word == 0x6c6c756e) return at + 4; // true, null
  if (word == 0x736c6166 && load<u8>(at, 4) == 0x65) return at + 5; // false
  return numberEnd(at);
}
