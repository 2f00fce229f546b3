// Payloads to events: an Event, an EventList, an array of such things; every one is evaluated or rejected, and counted.
// The text of a payload is checked once, as a whole, before anything in it is evaluated; an Event that is a payload by itself
// is walked in the same pass.

import {
  REASON_BAD_TIMESTAMP,
  REASON_INVALID_JSON,
  REASON_MISSING_TIMESTAMP,
  REASON_NOT_AUDIT_EVENT,
  REASON_TOO_LARGE,
} from './generated/reasons';
import { foundEnd, foundStart, lookup } from './extract/members';
import { nextEpoch, slotEnd, slotStart } from './extract/nodes';
import { resolveNode } from './extract/resolve';
import { compactLength, readText, setSpaceUnknown, textAt, textLength } from './extract/text';
import { parsedTime, parseMicroTime, parseTime } from './extract/time';
import { passValue, setChecking, walkEvent } from './extract/walk';
import { arenaTop, setArenaTop } from './memory/arena';
import { beginPayload, fail, failAt, failReason, inputEnd, markNul, narrowInput, newlineEnds, sawSpace, skipSpace } from './scan/input';
import { setDepth, skipValue } from './scan/value';
import { dropEvent, writeMatch, writeReject } from './output';
import { beginEvent } from './vm/event';
import { isFixed, isObjects, nodeItems, nodeKind, nodeTime } from './vm/program';
import { matchRules } from './vm/rules';
import { decimal, openValues, readDecimal } from './vm/values';

export let received: u32 = 0;
export let evaluated: u32 = 0;
export let rejected: u32 = 0;
/** number of the payload's line in this call */
let line: u32 = 0;
/** start of the input of this call, which offsets are relative to */
let base: usize = 0;

let maxEventSize: u32 = 0;
let trusted: bool = false;
/** 0: the host has not told it */
let clock: i64 = 0;
/** An event asked for it all the same: what the run comes to is of no use. */
export let clockMissing: bool = false;

export function configurePayloads(eventSize: u32, isTrusted: bool): void {
  maxEventSize = eventSize;
  trusted = isTrusted;
}

/** Wall clock of the next run, for events that carry the zero time. */
export function setClock(now: i64): void {
  clock = now;
}

export function endInput(): void {
  clock = 0;
}

function wallClock(): i64 {
  if (clock == 0) clockMissing = true;
  return clock;
}

export function beginInput(start: usize): void {
  base = start;
  received = 0;
  evaluated = 0;
  rejected = 0;
  clockMissing = false;
}

export function setLine(n: u32): void {
  line = n;
}

function reject(reason: u32, start: usize, at: usize): void {
  received++;
  rejected++;
  writeReject(reason, start - base, at - base, line);
}

/**
 * Reads the payload that starts at `start`; `end` is where the input ends. Returns where reading stopped: behind the payload,
 * or where it went wrong.
 */
export function readPayload(start: usize, end: usize, lines: bool): usize {
  beginPayload(end, lines);
  setDepth(0);
  setChecking(!trusted);
  setSpaceUnknown(trusted);
  // nobody looks for NULs in what is passed over; by JSON's grammar there are none
  if (trusted && !isFixed) markNul();
  const at = skipSpace(start);
  const c = <u32>load<u8>(at);
  const after = c == 0x7b ? walkEvent(at) : passValue(at);
  if (after == 0 || !isPayloadEnd(after)) {
    reject(failReason, start, failAt);
    return max(failAt, start);
  }
  // what follows reads text that is known to be well formed, or to end here
  setChecking(false);
  if (trusted) narrowInput(after);
  if (c == 0x7b) walkedObject(at, after);
  else if (c == 0x5b) elements(at, after);
  else reject(REASON_NOT_AUDIT_EVENT, start, at);
  return after;
}

/** Nothing but white space up to the end of the line or input. */
function isPayloadEnd(after: usize): bool {
  // the usual end in one look
  if (newlineEnds && load<u8>(after) == 0x0a) return true;
  const at = skipSpace(after);
  if (at >= inputEnd || (newlineEnds && load<u8>(at) == 0x0a)) return true;
  fail(REASON_INVALID_JSON, at);
  return false;
}

const EVENT: u32 = 1;
const EVENT_LIST: u32 = 2;

/** What the value of `kind` says. */
function kindOf(start: usize, end: usize): u32 {
  // "Event" with its quotes
  if (end - start == 7 && (load<u64>(start) & 0x00ffffffffffffff) == 0x0022746e65764522) return EVENT;
  if (load<u8>(start) != 0x22) return 0;
  const top = arenaTop;
  readText(start, end);
  setArenaTop(top);
  // "Even" "t", "Even" "tList"
  if (textLength == 5 && load<u32>(textAt) == 0x6e657645 && load<u8>(textAt, 4) == 0x74) return EVENT;
  if (textLength == 9 && load<u32>(textAt) == 0x6e657645 && load<u32>(textAt, 4) == 0x73694c74) {
    return load<u8>(textAt, 8) == 0x74 ? EVENT_LIST : 0;
  }
  return 0;
}

/** Whether this is a non-empty array. */
function hasItems(start: usize): bool {
  return load<u8>(start) == 0x5b && load<u8>(skipSpace(start + 1)) != 0x5d;
}

/** An object whose envelope was walked. */
function walkedObject(start: usize, end: usize): void {
  if (isObjects) {
    evaluateEvent(start, end);
    return;
  }
  const kindSlot = resolveNode(nodeKind);
  const kind = kindSlot == 0 ? 0 : kindOf(slotStart(kindSlot), slotEnd(kindSlot));
  if (kind == EVENT) {
    evaluateEvent(start, end);
    return;
  }
  const items = kind == EVENT_LIST ? resolveNode(nodeItems) : 0;
  if (items == 0 || !hasItems(slotStart(items))) {
    reject(REASON_NOT_AUDIT_EVENT, start, start);
    return;
  }
  let at = skipSpace(slotStart(items) + 1);
  for (;;) {
    const after = item(at);
    if (after == 0) return;
    at = skipSpace(after);
    if (load<u8>(at) != 0x2c) return;
    at = skipSpace(at + 1);
  }
}

/** One item of an EventList: its kind is not asked for. Returns what follows it, or 0. */
function item(start: usize): usize {
  if (load<u8>(start) == 0x7b) {
    const after = walkEvent(start);
    if (after == 0) reject(failReason, start, failAt);
    else evaluateEvent(start, after);
    return after;
  }
  reject(REASON_MISSING_TIMESTAMP, start, start);
  return skipValue(start);
}

/** The elements of an array; `falco` refuses the whole payload when one of them is unusable. */
function elements(start: usize, end: usize): void {
  if (!isFixed) {
    // what is looked up here belongs to no event
    nextEpoch();
    if (!isRecognised(start)) {
      reject(REASON_NOT_AUDIT_EVENT, start, start);
      return;
    }
  }
  let at = skipSpace(start + 1);
  if (load<u8>(at) == 0x5d) return;
  for (;;) {
    const after = element(at);
    if (after == 0) return;
    at = skipSpace(after);
    if (load<u8>(at) != 0x2c) return;
    at = skipSpace(at + 1);
  }
}

function element(start: usize): usize {
  const c = <u32>load<u8>(start);
  if (c == 0x7b) {
    const after = walkEvent(start);
    if (after == 0) reject(failReason, start, failAt);
    else walkedObject(start, after);
    return after;
  }
  const after = skipValue(start);
  if (after == 0) reject(failReason, start, failAt);
  else if (c == 0x5b) elements(start, after);
  else reject(REASON_NOT_AUDIT_EVENT, start, start);
  return after;
}

const KIND = memory.data<u8>([0x6b, 0x69, 0x6e, 0x64, 0]);
const ITEMS = memory.data<u8>([0x69, 0x74, 0x65, 0x6d, 0x73, 0]);

/** Whether a value is an Event, an EventList with items (an embedder's: any object), or an array of nothing else. */
function isRecognised(start: usize): bool {
  if (load<u8>(start) == 0x7b) {
    if (isObjects) return true;
    if (!lookup(start, KIND, 4)) return false;
    const kind = kindOf(foundStart, foundEnd);
    return kind == EVENT || (kind == EVENT_LIST && lookup(start, ITEMS, 5) && hasItems(foundStart));
  }
  if (load<u8>(start) != 0x5b) return false;
  let at = skipSpace(start + 1);
  if (load<u8>(at) == 0x5d) return true;
  for (;;) {
    if (!isRecognised(at)) return false;
    const after = skipValue(at);
    if (after == 0) return false;
    at = skipSpace(after);
    if (load<u8>(at) != 0x2c) return true;
    at = skipSpace(at + 1);
  }
  return unreachable(); // the loop only returns
}

/** The event [start, end) whose envelope was walked: its time and size are looked at, then the rules. */
function evaluateEvent(start: usize, end: usize): void {
  const timeSlot = resolveNode(nodeTime);
  if (timeSlot == 0) {
    reject(REASON_MISSING_TIMESTAMP, start, start);
    return;
  }
  const timeStart = slotStart(timeSlot);
  if (!readTime(timeStart, slotEnd(timeSlot))) {
    reject(REASON_BAD_TIMESTAMP, start, timeStart);
    return;
  }
  const size = <u32>(end - start);
  if (size > maxEventSize && (!(sawSpace || trusted) || compactLength(start, end) > maxEventSize)) {
    reject(REASON_TOO_LARGE, start, start);
    return;
  }
  received++;
  evaluated++;
  beginEvent(time);
  openValues();
  const count = matchRules();
  if (count == 0) dropEvent();
  else writeMatch(count, start - base, end - start, line);
}

/** Result of `readTime`. */
let time: i64 = 0;

/** RFC 3339 text; an embedder's events may also give integer nanoseconds. */
function readTime(start: usize, end: usize): bool {
  if (load<u8>(start) != 0x22) {
    if (!isObjects || !readDecimal(start, <i32>(end - start))) return false;
    time = <i64>decimal;
    return true;
  }
  if (!parseMicroTime(start + 1, end - 1)) {
    const top = arenaTop;
    readText(start, end);
    setArenaTop(top);
    if (!parseTime(textAt, textAt + textLength)) return false;
  }
  time = parsedTime == ZERO_TIME ? wallClock() : parsedTime;
  return true;
}

/** 0001-01-01T00:00:00Z, wrapped as Go's nanoseconds do */
const ZERO_TIME: i64 = -62135596800 * 1000000000;
