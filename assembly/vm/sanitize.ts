// Text as a regular expression sees it: what is not valid UTF-8 becomes U+FFFD, byte by byte.

import { allocate } from '../memory/arena';
import { utf8Length } from '../scan/utf8';

/** Result of `sanitizeText`: the text itself when it is valid. */
export let sanitizedAt: usize = 0;
export let sanitizedLength: i32 = 0;

export function sanitizeText(at: usize, length: i32): void {
  sanitizedAt = at;
  sanitizedLength = length;
  const end = at + length;
  let p = at;
  while (p < end) {
    if (load<u8>(p) < 0x80) p++;
    else {
      const size = utf8Length(p);
      if (size == 0 || p + size > end) {
        copySanitized(at, end);
        return;
      }
      p += size;
    }
  }
}

function copySanitized(at: usize, end: usize): void {
  const out = allocate((end - at) * 3);
  let put = out;
  let p = at;
  while (p < end) {
    const c = <u32>load<u8>(p);
    let size = c < 0x80 ? 1 : utf8Length(p);
    if (size == 0 || p + size > end) {
      store<u16>(put, 0xbfef);
      store<u8>(put, 0xbd, 2);
      put += 3;
      p++;
      continue;
    }
    for (; size > 0; size--) store<u8>(put++, load<u8>(p++));
  }
  sanitizedAt = out;
  sanitizedLength = <i32>(put - out);
}
