// The field table: one row of state per value of the program, computed when first asked for and kept for the event.
// State row: tag (epoch * 2 + 1 if present), interned constant, then a text's address and length, a list's address and
// length, or a 64-bit number.

import * as op from '../generated/opcodes';
import { VALUE_GATED, VALUE_LIST, VALUE_NUMBER, VALUE_ROW_A, VALUE_ROW_B, VALUE_ROW_C, VALUE_ROW_FLAGS, VALUE_ROW_SIZE } from '../generated/layout';
import {
  anyTrue,
  collectList,
  cutImageName,
  cutRepository,
  effectiveId,
  hostpathMatch,
  multi,
  multiFirst,
  multiFlatten,
  multiImages,
  multiJoin,
  multiPorts,
  nodeElements,
  podName,
  subjects,
  uriParam,
  volumeKeys,
} from '../extract/fields';
import { listLength, listStart, NOT_INTERNED } from '../extract/list';
import { epoch, slotEnd, slotOf, slotStart } from '../extract/nodes';
import { resolveNode } from '../extract/resolve';
import { lengthToNul, readIndented, readText, setText, textAt, textLength } from '../extract/text';
import { writeNumber, writeTime } from '../extract/time';
import { allocate } from '../memory/arena';
import { copyBytes } from '../memory/bytes';
import { setStrict } from '../scan/input';
import { depth, setDepth, validateValue } from '../scan/value';
import { eventNumber, eventTime, firstTime, hostnameAt, hostnameLength, zoneOffset } from './event';
import { internCell } from './intern';
import { args, constantAt, constantLength, isFixed, isObjects, nodeAuditId, values } from './program';
import {
  concatTexts,
  convertTexts,
  getoptList,
  getoptSelect,
  joinTexts,
  literalList,
  parseNumbers,
} from './transform';

const STATE_CONSTANT: usize = 4;
const STATE_A: usize = 8;
const STATE_B: usize = 12;
const STATE_SHIFT: u32 = 4;

let states: usize = 0;
/** the event has an auditID: gated values may be present */
let gateOpen: bool = false;

/** Looks at the event that was walked. */
export function openValues(): void {
  gateOpen = !isObjects && resolveNode(nodeAuditId) != 0;
}

/** Whether values may be present that are gated, or not (0). */
// @ts-ignore: decorator
@inline
export function isOpen(gated: u32): bool {
  return gated == 0 || gateOpen;
}

export function placeValues(at: usize): void {
  states = at;
}

// @ts-ignore: decorator
@inline
export function stateOf(value: u32): usize {
  return states + (value << STATE_SHIFT);
}

// @ts-ignore: decorator
@inline
export function valueRow(value: u32): usize {
  return values + value * VALUE_ROW_SIZE;
}

// @ts-ignore: decorator
@inline
export function isList(value: u32): bool {
  return (<u32>load<u8>(valueRow(value), VALUE_ROW_FLAGS) & VALUE_LIST) != 0;
}

// @ts-ignore: decorator
@inline
export function isNumber(value: u32): bool {
  return (<u32>load<u8>(valueRow(value), VALUE_ROW_FLAGS) & VALUE_NUMBER) != 0;
}

/** Whether the value is the text of one place. */
// @ts-ignore: decorator
@inline
export function isNodeText(value: u32): bool {
  return <u32>load<u8>(valueRow(value)) == op.V_NODE_TEXT;
}

/** Whether this event has asked for the value. */
// @ts-ignore: decorator
@inline
export function isAsked(value: u32): bool {
  return load<u32>(stateOf(value)) >> 1 == epoch;
}

/** Whether the value follows from the JSON text of one place: its text, or the list of its elements. */
// @ts-ignore: decorator
@inline
export function isOfNode(value: u32): bool {
  const code = <u32>load<u8>(valueRow(value));
  return code == op.V_NODE_TEXT || code == op.V_NODE_LIST;
}

/** The place of such a value; 0 if there is none, and the value is absent. */
// @ts-ignore: decorator
@inline
export function nodeSlot(value: u32): usize {
  const row = valueRow(value);
  return isOpen(<u32>load<u8>(row, VALUE_ROW_FLAGS) & VALUE_GATED) ? resolveNode(load<u32>(row, VALUE_ROW_A)) : 0;
}

/** Whether the value is present; computes it when this event has not asked before. */
export function present(value: u32): bool {
  return isAsked(value) ? (load<u32>(stateOf(value)) & 1) != 0 : computeValue(value);
}

// @ts-ignore: decorator
@inline
export function valueAt(value: u32): usize {
  return load<u32>(stateOf(value), STATE_A);
}

// @ts-ignore: decorator
@inline
export function valueLength(value: u32): i32 {
  return load<i32>(stateOf(value), STATE_B);
}

// @ts-ignore: decorator
@inline
export function valueNumber(value: u32): u64 {
  return load<u64>(stateOf(value), STATE_A);
}

/** Constant id of a present text, or NO_CONSTANT. */
// @ts-ignore: decorator
@inline
export function valueConstant(value: u32): u32 {
  const state = stateOf(value);
  return internCell(state + STATE_A, state + STATE_CONSTANT);
}

function computeValue(value: u32): bool {
  const row = valueRow(value);
  const flags = <u32>load<u8>(row, VALUE_ROW_FLAGS);
  const state = stateOf(value);
  if (isNodeText(value)) {
    // most values are this, and most comparisons are with them
    const slot = nodeSlot(value);
    store<u32>(state, (epoch << 1) | (slot != 0 ? 1 : 0));
    if (slot == 0) return false;
    readText(slotStart(slot), slotEnd(slot));
    keepText(state, lengthToNul(textAt, textLength));
    return true;
  }
  const found = isOpen(flags & VALUE_GATED) && extract(row);
  store<u32>(state, (epoch << 1) | (found ? 1 : 0));
  if (!found) return false;
  if ((flags & (VALUE_LIST | VALUE_NUMBER)) == VALUE_NUMBER) {
    store<u64>(state, number, STATE_A);
  } else if ((flags & VALUE_LIST) != 0) {
    store<u32>(state, <u32>listStart(), STATE_A);
    store<i32>(state, listLength(), STATE_B);
  } else {
    // the bytes of an address are no text
    keepText(state, <u32>load<u8>(row) == op.V_PARSE_ADDRESS ? textLength : lengthToNul(textAt, textLength));
  }
  return true;
}

// @ts-ignore: decorator
@inline
function keepText(state: usize, length: i32): void {
  store<u32>(state, NOT_INTERNED, STATE_CONSTANT);
  store<u32>(state, <u32>textAt, STATE_A);
  store<i32>(state, length, STATE_B);
}

/** result of a number operation */
let number: u64 = 0;

function extract(row: usize): bool {
  const a = load<u32>(row, VALUE_ROW_A);
  const b = load<u32>(row, VALUE_ROW_B);
  const c = load<u32>(row, VALUE_ROW_C);
  switch (<u32>load<u8>(row)) {
    case op.V_NODE_LIST:
      return nodeElements(a, op.NO_INDEX);
    case op.V_NODE_ELEMENTS:
      return nodeElements(a, b);
    case op.V_NODE_COLLECT:
      return collectList(a);
    case op.V_MULTI_SKIP:
      return multi(a, b, false);
    case op.V_MULTI_ALL:
      return multi(a, b, true);
    case op.V_MULTI_REPOSITORY:
      return multiImages(a, b, false);
    case op.V_MULTI_IMAGE_NAME:
      return multiImages(a, b, true);
    case op.V_MULTI_JOIN:
      return multiJoin(a, b);
    case op.V_MULTI_PORTS:
      return multiPorts(a, b);
    case op.V_MULTI_FLATTEN:
    case op.V_RULE_ATTRIBUTE:
      return multiFlatten(a, b);
    case op.V_MULTI_FIRST:
      return multiFirst(a);
    case op.V_MULTI_FIRST_REPOSITORY:
      if (!multiFirst(a)) return false;
      cutRepository();
      return true;
    case op.V_MULTI_FIRST_IMAGE_NAME:
      if (!multiFirst(a)) return false;
      cutImageName();
      return true;
    case op.V_ANY_TRUE:
      return anyTrue(a);
    case op.V_EFFECTIVE_ID:
      return effectiveId(a, b, c, true);
    case op.V_EFFECTIVE_ID_FIXED:
      return effectiveId(a, b, c, false);
    case op.V_VOLUME_KEYS:
      return volumeKeys(a, b);
    case op.V_HOSTPATH_MATCH:
      return hostpathMatch(a, b);
    case op.V_SUBJECTS:
      return subjects(a, b, c != 0);
    case op.V_URI_PARAM:
      return uriParam(a, b);
    case op.V_POD_NAME:
      return podName(a, b, c);
    case op.V_CONSTANT:
      setText(constantAt(a), constantLength(a));
      return true;
    case op.V_DOCUMENT_TEXT:
      readText(slotStart(slotOf(0)), slotEnd(slotOf(0)));
      return true;
    case op.V_DOCUMENT_INDENTED:
      return documentIndented();
    case op.V_RAWTIME_TEXT:
      return numberText(<u64>eventTime);
    case op.V_EVENT_NUMBER:
      number = eventNumberOf(a);
      return true;
    case op.V_EVENT_TEXT:
      return eventText(a);
    case op.V_PARSE_NUMBER:
      return present(a) && parseNumber(a);
    case op.V_PARSE_BOOL:
    case op.V_PARSE_ADDRESS:
    case op.V_TOLOWER:
    case op.V_TOUPPER:
    case op.V_B64:
    case op.V_BASENAME:
      return present(a) && convertTexts(<u32>load<u8>(row), valueAt(a), valueLength(a), isList(a));
    case op.V_LENGTH:
      if (!present(a)) return false;
      number = <u64>valueLength(a);
      return true;
    case op.V_CONCAT:
      return allPresent(args + (a << 2)) && concatTexts(args + (a << 2));
    case op.V_JOIN:
      return present(a) && present(b) && joinTexts(a, b);
    case op.V_LIST:
      return allPresent(args + (a << 2)) && literalList(args + (a << 2));
    case op.V_GETOPT:
      return present(a) && present(b) && getoptList(a, b);
    case op.V_GETOPT_SELECT:
      return present(a) && present(b) && getoptSelect(a, b, c);
    case op.V_NUMBER_TEXT:
      return present(a) && numberText(valueNumber(a));
    default:
      return false; // ABSENT
  }
}

function allPresent(list: usize): bool {
  const count = load<u32>(list);
  for (let i: u32 = 1; i <= count; i++) {
    if (!present(load<u32>(list + (i << 2)))) return false;
  }
  return true;
}

function parseNumber(value: u32): bool {
  if (isList(value)) return parseNumbers(valueAt(value), valueLength(value));
  if (!readDecimal(valueAt(value), valueLength(value))) return false;
  number = decimal;
  return true;
}

/** Result of `readDecimal`. */
export let decimal: u64 = 0;

/** An unsigned decimal integer that fits 64 bits. */
export function readDecimal(at: usize, length: i32): bool {
  if (length == 0 || length > 20) return false;
  let n: u64 = 0;
  for (let i = 0; i < length; i++) {
    const digit = <u32>load<u8>(at + i) - 48;
    if (digit > 9) return false;
    // 2^64 - 1 is 18446744073709551615
    if (n > 1844674407370955161 || (n == 1844674407370955161 && digit > 5)) return false;
    n = n * 10 + digit;
  }
  decimal = n;
  return true;
}

function numberText(n: u64): bool {
  const out = allocate(24);
  setText(out, <i32>(writeNumber(out, n) - out));
  return true;
}

/** Go's re-indenter reads strictly (UTF-8 aside), whatever the parser let pass. */
function documentIndented(): bool {
  const slot = slotOf(0);
  if (!isFixed) {
    const before = depth;
    setDepth(0);
    setStrict(true, false);
    const valid = validateValue(slotStart(slot)) == slotEnd(slot);
    setStrict(false, true);
    setDepth(before);
    if (!valid) return false;
  }
  return readIndented(slotStart(slot), slotEnd(slot));
}

/** A number of the event; `which` is one of EVENT_NUMBERS. */
export function eventNumberOf(which: u32): u64 {
  const billion: u64 = 1000000000;
  const relative = <u64>(eventTime - firstTime);
  switch (which) {
    case op.EVENT_NUMBER_NUM:
      return eventNumber;
    case op.EVENT_NUMBER_RAWTIME:
      return <u64>eventTime;
    case op.EVENT_NUMBER_RAWTIME_S:
      return <u64>eventTime / billion;
    case op.EVENT_NUMBER_RAWTIME_NS:
      return <u64>eventTime % billion;
    case op.EVENT_NUMBER_RELTIME:
      return relative;
    case op.EVENT_NUMBER_RELTIME_S:
      return relative / billion;
    default:
      return relative % billion;
  }
}

function eventText(which: u32): bool {
  if (which == op.EVENT_TEXT_HOSTNAME) {
    setText(hostnameAt, hostnameLength);
    return true;
  }
  if (which == op.EVENT_TEXT_PLUGININFO) return pluginInfo();
  const out = allocate(48);
  let put: usize;
  if (which == op.EVENT_TEXT_TIME) put = writeTime(out, eventTime, zoneOffset, false, 0, true);
  else if (which == op.EVENT_TEXT_TIME_S) put = writeTime(out, eventTime, zoneOffset, false, 0, false);
  else if (which == op.EVENT_TEXT_DATETIME) put = writeTime(out, eventTime, zoneOffset, true, 0x20, true);
  else if (which == op.EVENT_TEXT_DATETIME_S) put = writeTime(out, eventTime, zoneOffset, true, 0x20, false);
  else {
    put = writeTime(out, eventTime, 0, true, 0x54, true);
    store<u32>(put, 0x3030302b); // +000
    store<u8>(put, 0x30, 4);
    put += 5;
  }
  setText(out, <i32>(put - out));
  return true;
}

/** `datalen=<n> data=` and up to 50 bytes of the event, `...` if there are more, `<binary>` at the first unprintable one. */
function pluginInfo(): bool {
  const slot = slotOf(0);
  readText(slotStart(slot), slotEnd(slot));
  const data = textAt;
  const length = textLength;
  const out = allocate(128);
  copyBytes(out, DATALEN, 8);
  let put = writeNumber(out + 8, <u64>length);
  copyBytes(put, DATA, 6);
  put += 6;
  const shown = min(length, 50);
  for (let i = 0; i < shown; i++) {
    const c = <u32>load<u8>(data + i);
    if (c < 0x20 || c > 0x7e) {
      copyBytes(put, BINARY, 8);
      setText(out, <i32>(put + 8 - out));
      return true;
    }
    store<u8>(put++, c);
  }
  if (length > 50) {
    store<u16>(put, 0x2e2e);
    store<u8>(put, 0x2e, 2);
    put += 3;
  }
  setText(out, <i32>(put - out));
  return true;
}

const DATALEN = memory.data<u8>([0x64, 0x61, 0x74, 0x61, 0x6c, 0x65, 0x6e, 0x3d]);
const DATA = memory.data<u8>([0x20, 0x64, 0x61, 0x74, 0x61, 0x3d]);
const BINARY = memory.data<u8>([0x3c, 0x62, 0x69, 0x6e, 0x61, 0x72, 0x79, 0x3e]);

