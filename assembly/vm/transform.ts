// Transformers: values made of other values. Texts are written into the arena.

import * as op from '../generated/opcodes';
import { elementAt, elementLength, elementText, openList, pushNumber, pushText } from '../extract/list';
import { setText, textAt, textLength } from '../extract/text';
import { allocate } from '../memory/arena';
import { copyBytes, findByte, lowerByte, upperByte } from '../memory/bytes';
import { MAX_MADE_TEXT } from '../generated/limits';
import { constantAt } from './program';
import { decimal, readDecimal, valueAt, valueLength } from './values';

/** Converts a text, or a list of them element by element; one that cannot be converted makes the whole absent. */
export function convertTexts(how: u32, at: usize, length: i32, list: bool): bool {
  if (!list) return convertText(how, at, length);
  openList();
  for (let i = 0; i < length; i++) {
    const element = elementAt(at, i);
    if (!convertText(how, elementText(element), elementLength(element))) return false;
    pushText(textAt, textLength);
  }
  return true;
}

function convertText(how: u32, at: usize, length: i32): bool {
  switch (how) {
    case op.V_TOLOWER:
    case op.V_TOUPPER: {
      const out = allocate(length);
      for (let i = 0; i < length; i++) {
        const c = <u32>load<u8>(at + i);
        store<u8>(out + i, how == op.V_TOLOWER ? lowerByte(c) : upperByte(c));
      }
      setText(out, length);
      return true;
    }
    case op.V_BASENAME: {
      let start = at;
      for (let p = at; p < at + length; p++) {
        if (load<u8>(p) == 0x2f) start = p + 1;
      }
      setText(start, <i32>(at + length - start));
      return true;
    }
    case op.V_B64:
      return decodeBase64(at, length);
    case op.V_PARSE_ADDRESS:
      return parseAddress(at, length);
    default: // PARSE_BOOL
      if (
        (length == 4 && load<u32>(at) == 0x65757274) ||
        (length == 5 && load<u32>(at) == 0x736c6166 && load<u8>(at, 4) == 0x65)
      ) {
        setText(at, length);
        return true;
      }
      return false;
  }
}

function base64Digit(c: u32): i32 {
  if (c - 65 < 26) return <i32>(c - 65);
  if (c - 97 < 26) return <i32>(c - 71);
  if (c - 48 < 10) return <i32>(c + 4);
  return c == 0x2b ? 62 : c == 0x2f ? 63 : -1;
}

/** Standard alphabet, unused low bits zero; up to two `=` behind digits are ignored. The text ends at the first NUL decoded. */
function decodeBase64(at: usize, length: i32): bool {
  let digits = length;
  while (digits > 0 && length - digits < 2 && load<u8>(at + digits - 1) == 0x3d) digits--;
  if ((digits & 3) == 1 || (digits == 0 && length > 0)) return false;
  const out = allocate(length);
  let put = out;
  let bits: u32 = 0;
  let have = 0;
  for (let i = 0; i < digits; i++) {
    const digit = base64Digit(load<u8>(at + i));
    if (digit < 0) return false;
    bits = (bits << 6) | <u32>digit;
    have += 6;
    if (have >= 8) {
      have -= 8;
      store<u8>(put++, (bits >> have) & 0xff);
    }
  }
  if ((bits & ((1 << have) - 1)) != 0) return false;
  setText(out, <i32>(findByte(out, put, 0) - out));
  return true;
}

/** Dotted IPv4 to 4 bytes, IPv6 (with `::` and a dotted end) to 16. */
function parseAddress(at: usize, length: i32): bool {
  const end = at + length;
  const out = allocate(16);
  if (findByte(at, end, 0x3a) == end) {
    if (!parseDotted(at, end, out)) return false;
    setText(out, 4);
    return true;
  }
  if (!parseGroups(at, end, out)) return false;
  setText(out, 16);
  return true;
}

/** Four decimal octets without leading zeros. */
function parseDotted(start: usize, end: usize, out: usize): bool {
  let at = start;
  for (let part = 0; part < 4; part++) {
    if (part > 0 && (at >= end || load<u8>(at++) != 0x2e)) return false;
    const from = at;
    let n: u32 = 0;
    while (at < end && <u32>load<u8>(at) - 48 < 10 && at - from < 4) n = n * 10 + <u32>load<u8>(at++) - 48;
    if (at == from || n > 255 || (at - from > 1 && load<u8>(from) == 0x30)) return false;
    store<u8>(out + part, n);
  }
  return at == end;
}

function hexValue(c: u32): i32 {
  if (c - 48 < 10) return <i32>(c - 48);
  const letter = c | 0x20;
  return letter - 97 < 6 ? <i32>(letter - 87) : -1;
}

function parseGroups(start: usize, end: usize, out: usize): bool {
  memory.fill(out, 0, 16);
  let at = start;
  let filled = 0;
  let gap = -1;
  if (at + 1 < end && load<u16>(at) == 0x3a3a) {
    gap = 0;
    at += 2;
  } else if (at < end && load<u8>(at) == 0x3a) return false;
  while (at < end) {
    if (filled == 16) return false;
    const from = at;
    let n: i32 = 0;
    while (at < end && at - from < 5 && hexValue(load<u8>(at)) >= 0) n = (n << 4) | hexValue(load<u8>(at++));
    if (at < end && load<u8>(at) == 0x2e) {
      // the last 32 bits in dotted form
      if (filled > 12 || !parseDotted(from, end, out + filled)) return false;
      filled += 4;
      at = end;
      break;
    }
    if (at == from || at - from > 4) return false;
    store<u8>(out + filled, n >> 8);
    store<u8>(out + filled, n & 0xff, 1);
    filled += 2;
    if (at == end) break;
    if (load<u8>(at++) != 0x3a) return false;
    if (at < end && load<u8>(at) == 0x3a) {
      if (gap >= 0) return false;
      gap = filled;
      at++;
    } else if (at == end) return false;
  }
  if (gap < 0) return filled == 16;
  if (filled == 16) return false;
  const moved = filled - gap;
  memory.copy(out + 16 - moved, out + gap, moved);
  memory.fill(out + gap, 0, 16 - filled);
  return true;
}

export function parseNumbers(list: usize, length: i32): bool {
  openList();
  for (let i = 0; i < length; i++) {
    const element = elementAt(list, i);
    if (!readDecimal(elementText(element), elementLength(element))) return false;
    pushNumber(decimal);
  }
  return true;
}

/** Texts of the argument list's values, one after the other; false when that is too long. */
export function concatTexts(list: usize): bool {
  const count = load<u32>(list);
  let size: u64 = 0;
  for (let i: u32 = 1; i <= count; i++) size += <u64>valueLength(load<u32>(list + (i << 2)));
  if (size > <u64>MAX_MADE_TEXT) return false;
  const out = allocate(<usize>size);
  let put = out;
  for (let i: u32 = 1; i <= count; i++) {
    const value = load<u32>(list + (i << 2));
    copyBytes(put, valueAt(value), valueLength(value));
    put += valueLength(value);
  }
  setText(out, <i32>size);
  return true;
}

export function literalList(list: usize): bool {
  const count = load<u32>(list);
  openList();
  for (let i: u32 = 1; i <= count; i++) {
    const value = load<u32>(list + (i << 2));
    pushText(valueAt(value), valueLength(value));
  }
  return true;
}

/** Elements of a list with a separator between them; false when that is too long. */
export function joinTexts(separator: u32, list: u32): bool {
  const elements = valueAt(list);
  const count = valueLength(list);
  let size = <u64>max(count - 1, 0) * <u64>valueLength(separator);
  for (let i = 0; i < count; i++) size += <u64>elementLength(elementAt(elements, i));
  if (size > <u64>MAX_MADE_TEXT) return false;
  const out = allocate(<usize>size);
  let put = out;
  for (let i = 0; i < count; i++) {
    if (i > 0) {
      copyBytes(put, valueAt(separator), valueLength(separator));
      put += valueLength(separator);
    }
    const element = elementAt(elements, i);
    copyBytes(put, elementText(element), elementLength(element));
    put += elementLength(element);
  }
  setText(out, <i32>size);
  return true;
}

// ---- getopt ----------------------------------------------------------------------------------------------------------

const QUESTION = memory.data<u8>([0x3f]);

/** 0: not an option letter, 1: without a value, 2: with one. */
function optionKind(options: usize, length: i32, letter: u32): i32 {
  if (letter == 0x3a) return 0;
  for (let i = 0; i < length; i++) {
    if (<u32>load<u8>(options + i) != letter) continue;
    return i + 1 < length && load<u8>(options + i + 1) == 0x3a ? 2 : 1;
  }
  return 0;
}

/** Letters and values in order, `?` for unknown letters. */
export function getoptList(words: u32, options: u32): bool {
  openList();
  scanOptions(words, options, -1);
  return true;
}

/** Value of one option: the last one wins; the letter itself when the option takes none; empty when its value is missing. */
export function getoptSelect(words: u32, options: u32, letter: u32): bool {
  selectedLength = -1;
  scanOptions(words, options, <i32>load<u8>(constantAt(letter)));
  if (selectedLength < 0) return false;
  setText(selectedAt, selectedLength);
  return true;
}

let selectedAt: usize = 0;
let selectedLength: i32 = -1;

/** `wanted` < 0: everything is pushed onto the open list; else only that option is kept in selected*. */
function scanOptions(words: u32, options: u32, wanted: i32): void {
  const list = valueAt(words);
  const count = valueLength(words);
  const known = valueAt(options);
  const knownLength = valueLength(options);
  for (let i = 0; i < count; i++) {
    const word = elementText(elementAt(list, i));
    const length = elementLength(elementAt(list, i));
    if (length < 2 || load<u8>(word) != 0x2d) return;
    if (load<u8>(word, 1) == 0x2d) {
      if (length == 2) return;
      continue;
    }
    for (let at = 1; at < length; at++) {
      const letter = <u32>load<u8>(word + at);
      const kind = optionKind(known, knownLength, letter);
      if (kind == 0) {
        emitOption(wanted, -1, QUESTION, 1);
        continue;
      }
      if (kind == 1) {
        if (wanted < 0) pushText(word + at, 1);
        else emitOption(wanted, <i32>letter, word + at, 1);
        continue;
      }
      if (wanted < 0) pushText(word + at, 1);
      if (at + 1 < length) emitOption(wanted, <i32>letter, word + at + 1, length - at - 1);
      else if (i + 1 < count) {
        i++;
        emitOption(wanted, <i32>letter, elementText(elementAt(list, i)), elementLength(elementAt(list, i)));
      } else emitOption(wanted, <i32>letter, word + at, 0);
      break;
    }
  }
}

function emitOption(wanted: i32, letter: i32, at: usize, length: i32): void {
  if (wanted < 0) pushText(at, length);
  else if (letter == wanted) {
    selectedAt = at;
    selectedLength = length;
  }
}

