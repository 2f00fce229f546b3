// The module's exports: everything that crosses the border. The host loads a program, sets options, copies input in, calls
// `run` and reads the results block. Memory map: README.md.

import { FRAMING_LINES, RESULTS_CLOCK_MISSING, RESULTS_CONSUMED, RESULTS_EVALUATED, RESULTS_LINES, RESULTS_OUTPUT, RESULTS_OUTPUT_LENGTH, RESULTS_RECEIVED, RESULTS_REJECTED, RESULTS_SIZE } from './generated/layout';
import { FALCO_MAX_DEPTH } from './generated/limits';
import { keyCacheSize, placeKeyCache } from './extract/key-cache';
import { forgetMembers } from './extract/members';
import { epoch, LAST_EPOCH, placeSlots, restartEpochs, SLOT_SIZE } from './extract/nodes';
import { ensureMemory, heapStart, PADDING } from './memory/arena';
import { findByte, findLastByte } from './memory/bytes';
import { configureInput } from './scan/input';
import { MAX_DEPTH_LIMIT } from './scan/value';
import { openOutput, outputAt, outputLength } from './output';
import { beginInput, clockMissing, configurePayloads, endInput, evaluated, readPayload, received, rejected, setClock as setWallClock, setLine } from './payload';
import { eventNumber, firstTime, setEventState as restoreEventState, setHostname, setZoneOffset } from './vm/event';
import { placeAnswers } from './vm/predicates';
import { isFixed, nodeCount, openImage, predicateCount, valueCount } from './vm/program';
import { commitRuleOrder, orderTable, placeRules, ruleTableSize, setMatchAll } from './vm/rules';
import { placeValues } from './vm/values';

const resultsBlock: usize = memory.data(32);
const MAX_HOSTNAME: usize = 256;
/** `run` stops between two lines when this much output waits */
const OUTPUT_BUDGET: usize = 1 << 20;

let programAt: usize = 0;
let tables: usize = 0;
/** end of the tables whose rows are valid by the event's number */
let stale: usize = 0;
let hostname: usize = 0;
let input: usize = 0;
let inputCapacity: usize = 0;

// @ts-ignore: decorator
@inline
function align(at: usize): usize {
  return (at + 15) & ~15;
}

/** Room for a program image of `length` bytes. Nothing else may be reserved before `loadProgram`. */
export function reserveProgram(length: u32): usize {
  programAt = heapStart;
  ensureMemory(programAt + length);
  return programAt;
}

/** Takes the image that was copied in (and verified by the host) into use. Returns 0. */
export function loadProgram(length: u32): i32 {
  openImage(programAt);
  // results are valid by the event's number, which starts at 1: cleared tables hold none
  tables = align(programAt + length + PADDING);
  const values = align(tables + nodeCount * SLOT_SIZE);
  const answers = align(values + (<usize>valueCount << 4));
  const ruleTables = align(answers + (<usize>predicateCount << 2));
  const keyCache = align(ruleTables + ruleTableSize());
  hostname = align(keyCache + keyCacheSize(nodeCount));
  const tablesEnd = hostname + MAX_HOSTNAME + PADDING;
  stale = ruleTables;
  ensureMemory(tablesEnd);
  memory.fill(tables, 0, tablesEnd - tables);
  placeSlots(tables);
  placeValues(values);
  placeAnswers(answers);
  placeRules(ruleTables);
  placeKeyCache(keyCache);
  setHostname(hostname, 0);
  restartEpochs();
  forgetMembers();
  endInput();
  input = align(tablesEnd);
  inputCapacity = 0;
  return 0;
}

/** `maxDepth` counts under `fixed`; Falco's limit is its own. */
export function setOptions(matchAll: i32, maxEventSize: u32, maxDepth: u32, trusted: i32, timeZoneOffset: i32): void {
  setMatchAll(matchAll != 0);
  configurePayloads(maxEventSize, trusted != 0);
  configureInput(isFixed, isFixed ? <i32>min(maxDepth, <u32>MAX_DEPTH_LIMIT) : <i32>FALCO_MAX_DEPTH);
  setZoneOffset(timeZoneOffset);
}

/** Where the host writes the host name's bytes (at most 256). */
export function reserveHostname(length: u32): usize {
  setHostname(hostname, <i32>min(length, <u32>MAX_HOSTNAME));
  return hostname;
}

/** Where the host writes the ids of the enabled rules, in evaluation order. */
export function reserveOrder(count: u32): usize {
  return orderTable();
}

export function commitOrder(count: u32): void {
  commitRuleOrder(count);
}

/** Nanoseconds since 1970, not 0: what events of the next run have for their time that carry the zero time. */
export function setClock(now: i64): void {
  setWallClock(now);
}

/** Room for `capacity` bytes of input. May grow memory. */
export function reserveInput(capacity: u32): usize {
  inputCapacity = max(inputCapacity, <usize>capacity);
  ensureMemory(input + inputCapacity + PADDING + OUTPUT_BUDGET);
  return input;
}

/** How many bytes of input[offset, offset + length) are whole lines: up to and with the last newline. */
export function wholeLines(offset: u32, length: u32): u32 {
  const start = input + offset;
  return <u32>(findLastByte(start, start + length, 0x0a) - start);
}

export function results(): usize {
  return resultsBlock;
}

/**
 * Evaluates input[offset, offset + length) and fills the results block. When an event needs the wall clock and it was not told,
 * nothing has happened but that CLOCK_MISSING is set.
 */
export function run(offset: u32, length: u32, framing: u32): void {
  const start = input + offset;
  const end = start + length;
  const number = eventNumber;
  const first = firstTime;
  // not memory.fill: that is a call out of the module
  for (let i: usize = 0; i < PADDING; i += 8) store<u64>(end + i, 0);
  openOutput(align(input + inputCapacity + PADDING));
  beginInput(start);
  let lines: u32 = 0;
  let at = start;
  if (framing != FRAMING_LINES) {
    setLine(0);
    forgetOldResults();
    readPayload(start, end, false);
    at = end;
  } else {
    while (at < end && outputLength() < OUTPUT_BUDGET && !clockMissing) {
      setLine(lines++);
      at = readLine(at, end);
    }
  }
  endInput();
  if (clockMissing) restoreEventState(number, first);
  store<u32>(resultsBlock, <u32>clockMissing, RESULTS_CLOCK_MISSING);
  store<u32>(resultsBlock, <u32>(at - start), RESULTS_CONSUMED);
  store<u32>(resultsBlock, <u32>outputAt(), RESULTS_OUTPUT);
  store<u32>(resultsBlock, <u32>outputLength(), RESULTS_OUTPUT_LENGTH);
  store<u32>(resultsBlock, received, RESULTS_RECEIVED);
  store<u32>(resultsBlock, evaluated, RESULTS_EVALUATED);
  store<u32>(resultsBlock, rejected, RESULTS_REJECTED);
  store<u32>(resultsBlock, lines, RESULTS_LINES);
}

/** One line: nothing if it is empty, else a payload. Returns the start of the next one. */
function readLine(start: usize, end: usize): usize {
  const c = <u32>load<u8>(start);
  if (c == 0x0a) return start + 1;
  if (c == 0x0d && (start + 1 == end || load<u8>(start, 1) == 0x0a)) return min(start + 2, end);
  forgetOldResults();
  const stop = readPayload(start, end, true);
  return load<u8>(stop) == 0x0a ? stop + 1 : min(findByte(stop, end, 0x0a) + 1, end);
}

/** Before the event numbers run out, and the tables could take an old result for a new one. */
function forgetOldResults(): void {
  // a payload holds fewer events than it has bytes
  if (epoch < LAST_EPOCH - 0x40000000) return;
  memory.fill(tables, 0, stale - tables);
  restartEpochs();
  forgetMembers();
}

/** Event numbers and relative times start anew. */
export function reset(): void {
  restoreEventState(0, 0);
}

export function getEventNumber(): u64 {
  return eventNumber;
}

export function getFirstTime(): i64 {
  return firstTime;
}

export function setEventState(number: u64, first: i64): void {
  restoreEventState(number, first);
}

/** Room for what a writer of alert texts is handed. The instance can evaluate nothing any more. */
export function reserveWriter(length: u32): usize {
  ensureMemory(heapStart + length);
  return heapStart;
}

export { writeAlertTexts } from './alert-text';
