// Texts of alerts, from match records and the formats of their rules (src/isa/alert-format.ts). An instance writes texts or evaluates,
// never both: a writer has no program, and its memory is the host's to divide. All rules of all records get their text in
// order; where the host has to write one itself (ill-formed UTF-8, a list that is to be cut) it is empty.

import {
  FORMAT_PIECE_A,
  FORMAT_PIECE_B,
  FORMAT_PIECE_C,
  FORMAT_PIECE_KIND,
  FORMAT_PIECE_SIZE,
  PIECE_CLOCK,
  PIECE_DATE,
  PIECE_END,
  PIECE_JSON,
  PIECE_LITERAL,
  PIECE_NANOSECONDS,
  PIECE_TEXT,
} from './generated/alert-format';
import {
  MATCH_RECORD_HEADER_SIZE,
  MATCH_RECORD_RULE_COUNT,
  MATCH_RECORD_TIME,
  MATCH_RECORD_VALUE_COUNT,
  RECORD_KIND,
  RECORD_MATCH,
  RECORD_SIZE,
  RECORD_VALUE_AT,
  RECORD_VALUE_LENGTH,
  RECORD_VALUE_SHAPE,
  RECORD_VALUE_SIZE,
  RECORD_VALUE_VALUE,
  SHAPE_ABSENT,
  SHAPE_NUMBER,
  SHAPE_NUMBERS,
  SHAPE_TEXT,
} from './generated/layout';
import { MAX_LIST_TEXT } from './generated/limits';
import { writeNumber, writeTime } from './extract/time';
import { ensureMemory, PADDING } from './memory/arena';
import { copyBytes } from './memory/bytes';
import { specialBytes } from './scan/string';
import { utf8Length } from './scan/utf8';

/** where the next byte goes */
let put: usize = 0;
/** up to here memory may be written */
let room: usize = 0;
/** bytes less UTF-16 units of what was written */
let excess: u32 = 0;
/** the record that is being written about, and its value rows */
let record: usize = 0;
let rows: usize = 0;
let rowsEnd: usize = 0;
let zoneSeconds: i32 = 0;

/**
 * Writes a text for every alert of records[0, length) behind the table `ends`, which gets a u32 for each: the UTF-16 units up to its
 * end. `formats` holds per rule the address of its format, or 0. Returns the end of the texts.
 */
export function writeAlertTexts(formats: usize, records: usize, length: u32, ends: usize, count: u32, zone: i32): usize {
  const texts = ends + (<usize>count << 2);
  put = texts;
  room = 0;
  excess = 0;
  zoneSeconds = zone;
  let end = ends;
  for (let at = records; at < records + length; at += load<u32>(at, RECORD_SIZE)) {
    if (load<u32>(at, RECORD_KIND) != RECORD_MATCH) continue;
    const rules = load<u32>(at, MATCH_RECORD_RULE_COUNT);
    openRecord(at, rules);
    for (let i: u32 = 0; i < rules; i++) {
      writeText(load<u32>(formats + (<usize>load<u32>(at + MATCH_RECORD_HEADER_SIZE + (<usize>i << 2)) << 2)));
      store<u32>(end, <u32>(put - texts) - excess);
      end += 4;
    }
  }
  return put;
}

function openRecord(at: usize, rules: u32): void {
  record = at;
  rows = at + MATCH_RECORD_HEADER_SIZE + (((<usize>rules << 2) + 7) & ~7);
  rowsEnd = rows + <usize>load<u32>(at, MATCH_RECORD_VALUE_COUNT) * RECORD_VALUE_SIZE;
}

/** The text of the record's alert in this format; nothing where that is the host's work. */
function writeText(format: usize): void {
  const start = put;
  const excessBefore = excess;
  // times before 1970 are numbers past 2^63 to the host
  if (format != 0 && load<i64>(record, MATCH_RECORD_TIME) >= 0) {
    let piece = format;
    while (load<u32>(piece, FORMAT_PIECE_KIND) != PIECE_END) {
      if (!writePiece(format, piece)) break;
      piece += FORMAT_PIECE_SIZE;
    }
    if (load<u32>(piece, FORMAT_PIECE_KIND) == PIECE_END) return;
  }
  put = start;
  excess = excessBefore;
}

/** Room for as many bytes, and the 16 that copying may write too many. */
// @ts-ignore: decorator
@inline
function reserve(length: usize): void {
  if (put + length + 16 > room) growRoom(length + 16);
}

function growRoom(length: usize): void {
  ensureMemory(put + length);
  room = (<usize>memory.size() << 16) - PADDING;
}

function writePiece(format: usize, piece: usize): bool {
  const a = load<u32>(piece, FORMAT_PIECE_A);
  const b = load<u32>(piece, FORMAT_PIECE_B);
  switch (load<u32>(piece, FORMAT_PIECE_KIND)) {
    case PIECE_LITERAL:
      reserve(b);
      copyBytes(put, format + a, b);
      put += b;
      excess += b - load<u32>(piece, FORMAT_PIECE_C);
      return true;
    case PIECE_TEXT:
      return writeMessageValue(rowOf(a), b);
    case PIECE_JSON:
      return writeJsonValue(rowOf(a), b != 0);
    case PIECE_CLOCK:
    case PIECE_DATE:
      return writeRecordTime(load<u32>(piece, FORMAT_PIECE_KIND) == PIECE_DATE);
    default:
      return writeDigits(load<u64>(record, MATCH_RECORD_TIME), 1);
  }
}

function writeRecordTime(date: bool): bool {
  reserve(40);
  put = writeTime(put, load<i64>(record, MATCH_RECORD_TIME), date ? 0 : zoneSeconds, date, 0x54, true);
  return true;
}

/** The row of a value; 0 when it has none or is absent, as an empty list is. */
function rowOf(value: u32): usize {
  for (let row = rows; row < rowsEnd; row += RECORD_VALUE_SIZE) {
    if (load<u32>(row, RECORD_VALUE_VALUE) != value) continue;
    const shape = load<u32>(row, RECORD_VALUE_SHAPE);
    if (shape == SHAPE_ABSENT) return 0;
    return shape > SHAPE_NUMBER && load<u32>(row, RECORD_VALUE_LENGTH) == 0 ? 0 : row;
  }
  return 0;
}

// @ts-ignore: decorator
@inline
function writeByte(c: u32): void {
  store<u8>(put++, c);
}

function writeDigits(n: u64, least: u32): bool {
  reserve(40);
  const end = writeNumber(put, n);
  const missing = <i32>least - <i32>(end - put);
  if (missing <= 0) {
    put = end;
    return true;
  }
  memory.fill(put, 0x30, missing);
  put = writeNumber(put + missing, n);
  return true;
}

const ABSENT_TEXT = memory.data<u8>([0x3c, 0x4e, 0x41, 0x3e]);
const NULL = memory.data<u8>([0x6e, 0x75, 0x6c, 0x6c]);

function writeWord(word: usize): bool {
  reserve(4);
  store<u32>(put, load<u32>(word));
  put += 4;
  return true;
}

function writeMessageValue(row: usize, digits: u32): bool {
  if (row == 0) return writeWord(ABSENT_TEXT);
  const shape = load<u32>(row, RECORD_VALUE_SHAPE);
  if (shape == SHAPE_NUMBER) return writeDigits(load<u64>(row, RECORD_VALUE_AT), digits);
  if (shape == SHAPE_TEXT) return writeEscaped(row + RECORD_VALUE_AT);
  return writeMessageList(row, shape == SHAPE_NUMBERS, digits);
}

/** The comma is written once there is something behind the bracket. The host cuts lists, which takes their bytes. */
function writeMessageList(row: usize, numbers: bool, digits: u32): bool {
  const elements = record + load<u32>(row, RECORD_VALUE_AT);
  const count = load<u32>(row, RECORD_VALUE_LENGTH);
  let length: u32 = 1;
  reserve(1);
  writeByte(0x28);
  for (let i: u32 = 0; i < count; i++) {
    const element = elements + (<usize>i << 3);
    if (length > 1) {
      reserve(1);
      writeByte(0x2c);
      length++;
    }
    if (numbers) {
      const start = put;
      writeDigits(load<u64>(element), digits);
      length += <u32>(put - start);
    } else {
      if (!writeEscaped(element)) return false;
      length += load<u32>(element, 4);
    }
    if (length >= MAX_LIST_TEXT) return false;
  }
  reserve(1);
  writeByte(0x29);
  return true;
}

function writeJsonValue(row: usize, quoted: bool): bool {
  if (row == 0) return writeWord(NULL);
  const shape = load<u32>(row, RECORD_VALUE_SHAPE);
  if (shape == SHAPE_NUMBER) return writeDigits(load<u64>(row, RECORD_VALUE_AT), 1);
  if (shape == SHAPE_TEXT) return writeJsonText(row + RECORD_VALUE_AT, quoted);
  const elements = record + load<u32>(row, RECORD_VALUE_AT);
  const count = load<u32>(row, RECORD_VALUE_LENGTH);
  for (let i: u32 = 0; i < count; i++) {
    const element = elements + (<usize>i << 3);
    reserve(1);
    writeByte(i == 0 ? 0x5b : 0x2c);
    if (shape == SHAPE_NUMBERS) writeDigits(load<u64>(element), 1);
    else if (!writeJsonText(element, quoted)) return false;
  }
  reserve(1);
  writeByte(0x5d);
  return true;
}

function writeJsonText(pair: usize, quoted: bool): bool {
  if (!quoted) return writeEscaped(pair);
  reserve(1);
  writeByte(0x22);
  if (!writeEscaped(pair)) return false;
  writeByte(0x22);
  return true;
}

/** The text that (offset in the record, byte length) names as it stands in a JSON string; false when it is ill-formed UTF-8. */
function writeEscaped(pair: usize): bool {
  const length = <usize>load<u32>(pair, 4);
  let at = record + load<u32>(pair);
  const end = at + length;
  // \u00xx takes the most; a byte for a closing quote
  reserve(6 * length + 1);
  while (at < end) {
    if (ASC_FEATURE_SIMD) {
      const chunk = v128.load(at);
      v128.store(put, chunk);
      const special = specialBytes(chunk);
      const plain: usize = special == 0 ? 16 : ctz(special);
      at += plain;
      put += plain;
      if (special == 0) continue;
      if (at >= end) break;
    }
    const c = <u32>load<u8>(at);
    if (c < 0x80) {
      writeAscii(c);
      at++;
      continue;
    }
    const bytes = utf8Length(at);
    if (bytes == 0 || at + bytes > end) return false;
    store<u32>(put, load<u32>(at));
    put += bytes;
    at += bytes;
    // two units for four bytes, else one
    excess += bytes == 4 ? 2 : bytes - 1;
  }
  put -= at - end;
  return true;
}

/** b, t, n, f, r behind a backslash for 0x08 to 0x0d; 0 where there is no such letter. */
const SHORT_ESCAPES = memory.data<u8>([0x62, 0x74, 0x6e, 0, 0x66, 0x72]);

function writeAscii(c: u32): void {
  if (c == 0x22 || c == 0x5c) writeByte(0x5c);
  if (c >= 0x20) {
    writeByte(c);
    return;
  }
  writeByte(0x5c);
  const letter = c - 8 < 6 ? <u32>load<u8>(SHORT_ESCAPES + c - 8) : 0;
  if (letter != 0) {
    writeByte(letter);
    return;
  }
  // "u00"
  store<u32>(put, 0x303075);
  const low = c & 15;
  store<u8>(put, 48 + (c >> 4), 3);
  store<u8>(put, low < 10 ? 48 + low : 87 + low, 4);
  put += 5;
}
