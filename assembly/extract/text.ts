// The text that a JSON value stands for in rules and outputs: characters of a string, digits of a number as written, compact
// JSON of a container (original escapes and key order), true, false, null. A value ends at its first NUL, as Falco's do, but
// only when all is read: names and kinds are compared with the whole text.

import { MAX_MADE_TEXT } from '../generated/limits';
import { allocate, arenaTop, setArenaTop } from '../memory/arena';
import { copyBytes, findByte } from '../memory/bytes';
import { sawNul, sawSpace } from '../scan/input';
import { stringEndTrusted } from '../scan/string';
import { unescape, unescapedAt, unescapedLength } from './escape';

/** Result of `readText`: bytes of the input, or of the arena. */
export let textAt: usize = 0;
export let textLength: i32 = 0;

/** set when the payload was not checked, so that nobody knows whether its containers hold white space */
let spaceUnknown: bool = false;

export function setSpaceUnknown(unknown: bool): void {
  spaceUnknown = unknown;
}

export function setText(at: usize, length: i32): void {
  textAt = at;
  textLength = length;
}

/** Text of the value [start, end). */
export function readText(start: usize, end: usize): void {
  const c = <u32>load<u8>(start);
  if (c == 0x22) {
    const from = start + 1;
    const to = end - 1;
    const escape = findByte(from, to, 0x5c);
    if (escape == to) {
      textAt = from;
      textLength = <i32>(to - from);
      return;
    }
    unescape(from, to);
    textAt = unescapedAt;
    textLength = unescapedLength;
    return;
  }
  textAt = start;
  textLength = <i32>(end - start);
  if ((c | 0x20) == 0x7b && (sawSpace || spaceUnknown)) compact(start, end);
}

/** Byte length of a value's text up to its first NUL. */
// @ts-ignore: decorator
@inline
export function lengthToNul(at: usize, length: i32): i32 {
  return sawNul ? <i32>(findByte(at, at + length, 0) - at) : length;
}

function compact(start: usize, end: usize): void {
  const out = allocate(end - start);
  textAt = out;
  textLength = <i32>(compactInto(out, start, end) - out);
  setArenaTop((out + textLength + 7) & ~7);
}

/** Copies [start, end) without the white space between tokens; returns the end of the copy. */
function compactInto(out: usize, start: usize, end: usize): usize {
  let put = out;
  let at = start;
  while (at < end) {
    const c = <u32>load<u8>(at);
    if (c == 0x22) {
      const after = stringEndTrusted(at + 1) + 1;
      copyBytes(put, at, after - at);
      put += after - at;
      at = after;
    } else {
      if (c > 0x20) store<u8>(put++, c);
      at++;
    }
  }
  return put;
}

/** Byte length of [start, end) without the white space between tokens. */
export function compactLength(start: usize, end: usize): u32 {
  let length: u32 = 0;
  let at = start;
  while (at < end) {
    const c = <u32>load<u8>(at);
    if (c == 0x22) {
      const after = stringEndTrusted(at + 1) + 1;
      length += <u32>(after - at);
      at = after;
    } else {
      if (c > 0x20) length++;
      at++;
    }
  }
  return length;
}

/**
 * Re-indents [start, end): two blanks a level, one blank behind a colon, members on lines of their own, empty containers on
 * one line. The text must be JSON by the strict grammar. False when the text becomes too long.
 */
export function readIndented(start: usize, end: usize): bool {
  let level: i32 = 0;
  openWriter((end - start) * 2);
  let at = start;
  while (at < end) {
    if (writerPut - writerStart > <usize>MAX_MADE_TEXT) return false;
    const c = <u32>load<u8>(at);
    if (c <= 0x20) {
      at++;
      continue;
    }
    const after: usize = c == 0x22 ? stringEndTrusted(at + 1) + 1 : at + 1;
    write(at, after - at);
    at = after;
    const next = nextToken(at, end);
    const closes = next < end && (<u32>load<u8>(next) | 0x20) == 0x7d;
    if ((c | 0x20) == 0x7b) {
      if (closes) {
        write(next, 1);
        at = next + 1;
        const behind = nextToken(at, end);
        if (behind < end && (<u32>load<u8>(behind) | 0x20) == 0x7d) breakLine(--level);
      } else breakLine(++level);
    } else if (c == 0x2c) breakLine(level);
    else if (c == 0x3a) {
      reserve(1);
      store<u8>(writerPut++, 0x20);
    } else if (closes) breakLine(--level);
  }
  textAt = writerStart;
  textLength = <i32>(writerPut - writerStart);
  setArenaTop((writerPut + 7) & ~7);
  return true;
}

function nextToken(start: usize, end: usize): usize {
  let at = start;
  while (at < end && load<u8>(at) <= 0x20) at++;
  return at;
}

let writerStart: usize = 0;
let writerPut: usize = 0;
let writerEnd: usize = 0;

function openWriter(capacity: usize): void {
  writerStart = allocate(capacity);
  writerPut = writerStart;
  writerEnd = writerStart + capacity;
}

/** Room for `size` more bytes; the text moves when it must. */
function reserve(size: usize): void {
  if (writerPut + size <= writerEnd) return;
  const length = writerPut - writerStart;
  const capacity = (length + size) * 2;
  const moved = allocate(capacity);
  copyBytes(moved, writerStart, length);
  writerStart = moved;
  writerPut = moved + length;
  writerEnd = moved + capacity;
}

function write(from: usize, size: usize): void {
  reserve(size);
  copyBytes(writerPut, from, size);
  writerPut += size;
}

function breakLine(level: i32): void {
  const blanks = <usize>level << 1;
  reserve(blanks + 1);
  store<u8>(writerPut, 0x0a);
  memory.fill(writerPut + 1, 0x20, blanks);
  writerPut += blanks + 1;
}
