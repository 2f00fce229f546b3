// Records for the host: one per event that matched (with the values that its alerts carry) and one per event or payload that
// was not evaluated. They lie one behind the other at the bottom of the arena until the host has drained them.

import {
  MATCH_RECORD_HEADER_SIZE,
  MATCH_RECORD_LENGTH,
  MATCH_RECORD_LINE,
  MATCH_RECORD_NUMBER,
  MATCH_RECORD_OFFSET,
  MATCH_RECORD_RULE_COUNT,
  MATCH_RECORD_TIME,
  MATCH_RECORD_VALUE_COUNT,
  RECORD_KIND,
  RECORD_MATCH,
  RECORD_REJECT,
  RECORD_SIZE,
  RECORD_VALUE_AT,
  RECORD_VALUE_LENGTH,
  RECORD_VALUE_SHAPE,
  RECORD_VALUE_SIZE,
  RECORD_VALUE_VALUE,
  REJECT_RECORD_AT,
  REJECT_RECORD_LINE,
  REJECT_RECORD_OFFSET,
  REJECT_RECORD_REASON,
  REJECT_RECORD_SIZE,
  RULE_ROW_OUTPUTS,
  RULE_ROW_SIZE,
  SHAPE_ABSENT,
  SHAPE_NUMBER,
  SHAPE_NUMBERS,
  SHAPE_TEXT,
  SHAPE_TEXTS,
} from './generated/layout';
import { unescape, unescapedAt, unescapedLength } from './extract/escape';
import { elementAt, elementLength, elementText } from './extract/list';
import { slotEnd, slotStart } from './extract/nodes';
import { lengthToNul } from './extract/text';
import { allocate, arenaTop, setArenaTop } from './memory/arena';
import { copyBytes, copyUnescaped } from './memory/bytes';
import { eventNumber, eventTime } from './vm/event';
import { args, rules } from './vm/program';
import { matchedRule } from './vm/rules';
import { isAsked, isList, isNodeText, isNumber, nodeSlot, present, valueAt, valueLength, valueNumber } from './vm/values';

let outputStart: usize = 0;
let outputEnd: usize = 0;

export function openOutput(at: usize): void {
  outputStart = at;
  outputEnd = at;
  setArenaTop(at);
}

export function outputAt(): usize {
  return outputStart;
}

export function outputLength(): usize {
  return outputEnd - outputStart;
}

/** Moves the record at [from, to) behind the others and takes the rest of the arena back. */
function keepRecord(from: usize, to: usize): void {
  const size = to - from;
  if (from != outputEnd) copyBytes(outputEnd, from, size);
  outputEnd += size;
  setArenaTop(outputEnd);
}

/** Takes back what the event used of the arena. */
// @ts-ignore: decorator
@inline
export function dropEvent(): void {
  setArenaTop(outputEnd);
}

export function writeReject(reason: u32, offset: usize, at: usize, line: u32): void {
  setArenaTop(outputEnd);
  const record = allocate(REJECT_RECORD_SIZE);
  store<u32>(record, REJECT_RECORD_SIZE, RECORD_SIZE);
  store<u32>(record, RECORD_REJECT, RECORD_KIND);
  store<u32>(record, reason, REJECT_RECORD_REASON);
  store<u32>(record, <u32>offset, REJECT_RECORD_OFFSET);
  store<u32>(record, <u32>at, REJECT_RECORD_AT);
  store<u32>(record, line, REJECT_RECORD_LINE);
  keepRecord(record, record + REJECT_RECORD_SIZE);
}

/** The event at `offset` matched `count` rules (vm/rules.ts holds which). */
export function writeMatch(count: u32, offset: usize, length: usize, line: u32): void {
  const list = collectOutputs(count);
  const valueCount = collected;
  computeOutputs(list, valueCount);
  const rulesSize = ((<usize>count << 2) + 7) & ~7;
  const tableSize = <usize>valueCount * RECORD_VALUE_SIZE;
  const record = allocate(<usize>MATCH_RECORD_HEADER_SIZE + rulesSize + tableSize);
  store<u32>(record, RECORD_MATCH, RECORD_KIND);
  store<i64>(record, eventTime, MATCH_RECORD_TIME);
  store<u64>(record, eventNumber, MATCH_RECORD_NUMBER);
  store<u32>(record, <u32>offset, MATCH_RECORD_OFFSET);
  store<u32>(record, <u32>length, MATCH_RECORD_LENGTH);
  store<u32>(record, line, MATCH_RECORD_LINE);
  store<u32>(record, count, MATCH_RECORD_RULE_COUNT);
  store<u32>(record, valueCount, MATCH_RECORD_VALUE_COUNT);
  store<u32>(record, 0, MATCH_RECORD_VALUE_COUNT + 4);
  for (let i: u32 = 0; i < count; i++) store<u32>(record + MATCH_RECORD_HEADER_SIZE + (i << 2), matchedRule(i));
  const table = record + MATCH_RECORD_HEADER_SIZE + rulesSize;
  for (let i: u32 = 0; i < valueCount; i++) {
    writeValue(record, table + i * RECORD_VALUE_SIZE, load<u32>(list + (i << 2)));
  }
  store<u32>(record, <u32>(arenaTop - record), RECORD_SIZE);
  keepRecord(record, arenaTop);
}

let collected: u32 = 0;

/** Value ids of the matched rules' outputs, each once. */
function collectOutputs(count: u32): usize {
  if (count == 1) {
    const outputs = outputsOf(matchedRule(0));
    collected = load<u32>(outputs);
    return outputs + 4;
  }
  let total: u32 = 0;
  for (let i: u32 = 0; i < count; i++) total += load<u32>(outputsOf(matchedRule(i)));
  const list = allocate(<usize>total << 2);
  collected = 0;
  for (let i: u32 = 0; i < count; i++) {
    const outputs = outputsOf(matchedRule(i));
    const length = load<u32>(outputs);
    for (let n: u32 = 1; n <= length; n++) addOutput(list, load<u32>(outputs + (n << 2)));
  }
  return list;
}

function outputsOf(rule: u32): usize {
  return args + (load<u32>(rules + rule * RULE_ROW_SIZE, RULE_ROW_OUTPUTS) << 2);
}

function addOutput(list: usize, value: u32): void {
  for (let i: u32 = 0; i < collected; i++) {
    if (load<u32>(list + (i << 2)) == value) return;
  }
  store<u32>(list + (collected++ << 2), value);
}

/** All but texts of places, which are copied as they are read: what others allocate must not come between the parts of the record. */
function computeOutputs(list: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const value = load<u32>(list + (i << 2));
    if (!isNodeText(value)) present(value);
  }
}

function writeValue(record: usize, row: usize, value: u32): void {
  store<u32>(row, value, RECORD_VALUE_VALUE);
  if (isNodeText(value) && !isAsked(value) && writePlace(record, row, value)) return;
  if (!present(value)) {
    store<u32>(row, SHAPE_ABSENT, RECORD_VALUE_SHAPE);
    store<u64>(row, 0, RECORD_VALUE_AT);
    return;
  }
  const list = isList(value);
  if (isNumber(value)) {
    store<u32>(row, list ? SHAPE_NUMBERS : SHAPE_NUMBER, RECORD_VALUE_SHAPE);
    if (list) writeNumbers(record, row, valueAt(value), valueLength(value));
    else store<u64>(row, valueNumber(value), RECORD_VALUE_AT);
    return;
  }
  store<u32>(row, list ? SHAPE_TEXTS : SHAPE_TEXT, RECORD_VALUE_SHAPE);
  if (list) writeTexts(record, row, valueAt(value), valueLength(value));
  else writeBytes(record, row + RECORD_VALUE_AT, valueAt(value), valueLength(value));
}

/** The text of a place, read and copied at once; false when there is none, or it is a container's, which is not its bytes. */
function writePlace(record: usize, row: usize, value: u32): bool {
  const slot = nodeSlot(value);
  if (slot == 0) return false;
  const start = slotStart(slot);
  const first = <u32>load<u8>(start);
  if ((first | 0x20) == 0x7b) return false;
  const quote: usize = first == 0x22 ? 1 : 0;
  const from = start + quote;
  let length = <i32>(slotEnd(slot) - quote - from);
  let copy = allocate(length);
  if (quote == 0) {
    copyBytes(copy, from, length);
  } else if (!copyUnescaped(copy, from, length)) {
    setArenaTop(copy);
    unescape(from, from + length);
    copy = unescapedAt;
    length = unescapedLength;
  }
  store<u32>(row, SHAPE_TEXT, RECORD_VALUE_SHAPE);
  store<u32>(row, <u32>(copy - record), RECORD_VALUE_AT);
  store<i32>(row, lengthToNul(copy, length), RECORD_VALUE_LENGTH);
  return true;
}

/** Copies a text behind the record and writes (offset in the record, length) to `place`. */
function writeBytes(record: usize, place: usize, at: usize, length: i32): void {
  const copy = allocate(length);
  copyBytes(copy, at, length);
  store<u32>(place, <u32>(copy - record));
  store<i32>(place, length, 4);
}

function writeTexts(record: usize, row: usize, list: usize, length: i32): void {
  const pairs = allocate(<usize>length << 3);
  store<u32>(row, <u32>(pairs - record), RECORD_VALUE_AT);
  store<i32>(row, length, RECORD_VALUE_LENGTH);
  for (let i = 0; i < length; i++) {
    const element = elementAt(list, i);
    writeBytes(record, pairs + (<usize>i << 3), elementText(element), elementLength(element));
  }
}

function writeNumbers(record: usize, row: usize, list: usize, length: i32): void {
  const numbers = allocate(<usize>length << 3);
  store<u32>(row, <u32>(numbers - record), RECORD_VALUE_AT);
  store<i32>(row, length, RECORD_VALUE_LENGTH);
  for (let i = 0; i < length; i++) store<u64>(numbers + (<usize>i << 3), load<u64>(elementAt(list, i)));
}
