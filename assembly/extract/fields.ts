// Values read from the event's text: one function per extraction algorithm. Each sets the current text (text.ts), or pushes
// texts onto the open list (list.ts), and says whether there is a value.

import { NODE_EVERY, NODE_ROW_KEY, NODE_ROW_PARENT, NODE_ROW_POSITION, NO_NODE } from '../generated/layout';
import { MAX_LIST_PATH } from '../generated/limits';
import { NO_INDEX } from '../generated/opcodes';
import { allocate, arenaTop, setArenaTop } from '../memory/arena';
import { copyBytes, equalBytes, findByte } from '../memory/bytes';
import { skipSpace } from '../scan/input';
import { stringEndTrusted } from '../scan/string';
import { skipValue, valueStart } from '../scan/value';
import { constantAt, constantLength, nodeRow } from '../vm/program';
import { openList, pushText, listLength } from './list';
import { foundEnd, foundStart, lookup, objectEnd } from './members';
import { isFound, slotEnd, slotOf, slotStart } from './nodes';
import { resolveNode } from './resolve';
import { lengthToNul, readText, setText, textAt, textLength } from './text';
import { readUriParam } from './uri';

const HOST_PORT = memory.data<u8>([0x68, 0x6f, 0x73, 0x74, 0x50, 0x6f, 0x72, 0x74, 0]);
const CONTAINER_PORT = memory.data<u8>([0x63, 0x6f, 0x6e, 0x74, 0x61, 0x69, 0x6e, 0x65, 0x72, 0x50, 0x6f, 0x72, 0x74, 0]);
const KIND = memory.data<u8>([0x6b, 0x69, 0x6e, 0x64, 0]);
const NAME = memory.data<u8>([0x6e, 0x61, 0x6d, 0x65, 0]);
const NAMESPACE = memory.data<u8>([0x6e, 0x61, 0x6d, 0x65, 0x73, 0x70, 0x61, 0x63, 0x65, 0]);
const PODS = memory.data<u8>([0x70, 0x6f, 0x64, 0x73, 0]);
const TRUE = memory.data<u8>([0x74, 0x72, 0x75, 0x65, 0]);
const FALSE = memory.data<u8>([0x66, 0x61, 0x6c, 0x73, 0x65, 0]);
const ZERO = memory.data<u8>([0x30, 0]);

function setTruth(truth: bool): void {
  if (truth) setText(TRUE, 4);
  else setText(FALSE, 5);
}

// ---- single places -------------------------------------------------------------------------------------------------

export function nodeText(node: u32): bool {
  const slot = resolveNode(node);
  if (slot == 0) return false;
  readText(slotStart(slot), slotEnd(slot));
  return true;
}

/** Elements of the array at the node; an index picks one. */
export function nodeElements(node: u32, index: u32): bool {
  const slot = resolveNode(node);
  if (slot == 0 || load<u8>(slotStart(slot)) != 0x5b) return false;
  openList();
  pushElements(slotStart(slot), index);
  return listLength() > 0;
}

/** Pushes the texts of the elements of the array at `array` (one of them with an index). */
function pushElements(array: usize, index: u32): void {
  let at = firstElement(array);
  for (let n: u32 = 0; at != 0; n++) {
    const end = skipValue(at);
    if (end == 0) return;
    if (index == NO_INDEX || n == index) pushValue(at, end);
    if (n == index) return;
    at = nextElement(end);
  }
}

function pushValue(start: usize, end: usize): void {
  readText(start, end);
  pushCut(textAt, textLength);
}

function pushCut(at: usize, length: i32): void {
  pushText(at, lengthToNul(at, length));
}

/** First element of the array at `array`, or 0. */
function firstElement(array: usize): usize {
  const at = skipSpace(array + 1);
  return load<u8>(at) == 0x5d ? 0 : at;
}

/** The element behind the one that ends at `end`, or 0. */
function nextElement(end: usize): usize {
  const at = skipSpace(end);
  return load<u8>(at) == 0x2c ? skipSpace(at + 1) : 0;
}

// ---- MULTI: arrays on the way expand ---------------------------------------------------------------------------------

const path: usize = memory.data(MAX_LIST_PATH * 4);
let pathLength: i32 = 0;
let pathIndex: u32 = 0;

/** Results of `collect`: pairs (start, end) in the arena, start 0 for a hole. */
let results: usize = 0;
let resultCount: i32 = 0;
let resultCapacity: i32 = 0;

function pushResult(start: usize, end: usize): void {
  if (resultCount == resultCapacity) {
    const moved = allocate(<usize>resultCapacity << 4);
    copyBytes(moved, results, <usize>resultCount << 3);
    results = moved;
    resultCapacity <<= 1;
  }
  const at = results + (<usize>resultCount << 3);
  store<u32>(at, <u32>start);
  store<u32>(at, <u32>end, 4);
  resultCount++;
}

// @ts-ignore: decorator
@inline
function resultStart(n: i32): usize {
  return load<u32>(results + (<usize>n << 3));
}

// @ts-ignore: decorator
@inline
function resultEnd(n: i32): usize {
  return load<u32>(results + (<usize>n << 3), 4);
}

/** Whether the path to the node was found; results and holes in `results`. No step of it is a position. */
function collect(node: u32, index: u32): bool {
  resultCapacity = 8;
  results = allocate(8 << 3);
  resultCount = 0;
  pathIndex = index;
  // up to what is found already, mostly the array or an object that lacks it
  let found = node;
  pathLength = 0;
  while (found != 0 && !isFound(slotOf(found))) {
    pathLength++;
    found = load<u32>(nodeRow(found), NODE_ROW_PARENT);
  }
  if (<u32>pathLength > MAX_LIST_PATH) return false;
  let step = pathLength;
  for (let n = node; n != found; n = load<u32>(nodeRow(n), NODE_ROW_PARENT)) store<u32>(path + (--step << 2), n);
  // plain steps use the nodes' slots, which other fields share; from the first array on the text is read anew
  let slot = slotOf(found);
  for (let i = 0; i < pathLength; i++) {
    if (load<u8>(slotStart(slot)) == 0x5b) return collectFrom(slotStart(slot), slotEnd(slot), i);
    slot = resolveNode(load<u32>(path + (i << 2)));
    if (slot == 0) return false;
  }
  pushResult(slotStart(slot), slotEnd(slot));
  return true;
}

function collectFrom(start: usize, end: usize, step: i32): bool {
  if (step == pathLength) {
    pushResult(start, end);
    return true;
  }
  if (load<u8>(start) != 0x5b) return lookupStep(start, step) && collectFrom(foundStart, foundEnd, step + 1);
  let at = firstElement(start);
  if (pathIndex == NO_INDEX) {
    while (at != 0) {
      const after = collectElement(at, step);
      if (after == 0) break;
      at = nextElement(after);
    }
    return true;
  }
  for (let n: u32 = 0; n < pathIndex && at != 0; n++) {
    const after = skipValue(at);
    at = after == 0 ? 0 : nextElement(after);
  }
  return at != 0 && lookupStep(at, step) && collectFrom(foundStart, foundEnd, step + 1);
}

/** The value under the step's key. */
function lookupStep(object: usize, step: i32): bool {
  const key = load<u32>(nodeRow(load<u32>(path + (step << 2))), NODE_ROW_KEY);
  return lookup(object, constantAt(key), constantLength(key));
}

/** An element of an array on the way: pushes what it leads to, or a hole. Returns the byte behind it, or 0. */
function collectElement(at: usize, step: i32): usize {
  if (load<u8>(at) == 0x7b) {
    // the look-up reads an object to its end, mostly
    const found = lookupStep(at, step);
    const after = objectEnd != 0 ? objectEnd : skipValue(at);
    if (after == 0) return 0;
    if (!found || !collectFrom(foundStart, foundEnd, step + 1)) pushResult(0, 0);
    return after;
  }
  const after = skipValue(at);
  if (after != 0 && !collectFrom(at, after, step)) pushResult(0, 0);
  return after;
}

/** Texts of the results; holes are skipped, or (`holesFail`) make it absent. */
export function multi(node: u32, index: u32, holesFail: bool): bool {
  if (!collect(node, index)) return false;
  openList();
  for (let i = 0; i < resultCount; i++) {
    const start = resultStart(i);
    if (start != 0) pushValue(start, resultEnd(i));
    else if (holesFail) return false;
  }
  return listLength() > 0;
}

/** Image names without registry knowledge: before the first `:`, then before the first `@`. */
export function cutRepository(): void {
  const colon = findByte(textAt, textAt + textLength, 0x3a);
  setText(textAt, <i32>(findByte(textAt, colon, 0x40) - textAt));
}

/** Image names without the digest and without the tag behind the last `/`. */
export function cutImageName(): void {
  const end = findByte(textAt, textAt + textLength, 0x40);
  let slash = textAt;
  for (let at = textAt; at < end; at++) {
    if (load<u8>(at) == 0x2f) slash = at;
  }
  setText(textAt, <i32>(findByte(slash, end, 0x3a) - textAt));
}

export function multiImages(node: u32, index: u32, imageName: bool): bool {
  if (!collect(node, index)) return false;
  openList();
  for (let i = 0; i < resultCount; i++) {
    const start = resultStart(i);
    if (start == 0) return false;
    readText(start, resultEnd(i));
    if (imageName) cutImageName();
    else cutRepository();
    pushCut(textAt, textLength);
  }
  return listLength() > 0;
}

/** The first result with array index 0. */
export function multiFirst(node: u32): bool {
  if (!collect(node, 0) || resultCount == 0 || resultStart(0) == 0) return false;
  readText(resultStart(0), resultEnd(0));
  return true;
}

/** Each result, an array of strings, joined by blanks. */
export function multiJoin(node: u32, index: u32): bool {
  if (!collect(node, index)) return false;
  openList();
  for (let i = 0; i < resultCount; i++) {
    const start = resultStart(i);
    if (start == 0) continue;
    if (load<u8>(start) != 0x5b) return false;
    const out = allocate(resultEnd(i) - start);
    const reserved = arenaTop;
    let put = out;
    let at = firstElement(start);
    while (at != 0) {
      if (load<u8>(at) != 0x22) return false;
      const end = skipValue(at);
      if (end == 0) return false;
      readText(at, end);
      copyBytes(put, textAt, textLength);
      put += textLength;
      setArenaTop(reserved);
      at = nextElement(end);
      if (at != 0) store<u8>(put++, 0x20);
    }
    pushCut(out, <i32>(put - out));
  }
  return listLength() > 0;
}

/** Elements of the results that are arrays; other results are skipped. */
export function multiFlatten(node: u32, index: u32): bool {
  if (!collect(node, index)) return false;
  openList();
  for (let i = 0; i < resultCount; i++) {
    const start = resultStart(i);
    if (start != 0 && load<u8>(start) == 0x5b) pushElements(start, NO_INDEX);
  }
  return listLength() > 0;
}

/** hostPort, else containerPort, of every port. */
export function multiPorts(node: u32, index: u32): bool {
  if (!collect(node, index)) return false;
  openList();
  for (let i = 0; i < resultCount; i++) {
    const start = resultStart(i);
    if (start == 0) continue;
    if (load<u8>(start) != 0x5b) return false;
    let at = firstElement(start);
    while (at != 0) {
      const end = skipValue(at);
      if (end == 0) return false;
      if (lookup(at, HOST_PORT, 8) || lookup(at, CONTAINER_PORT, 13)) pushValue(foundStart, foundEnd);
      at = nextElement(end);
    }
  }
  return listLength() > 0;
}

/** `true` if any result is the literal true. */
export function anyTrue(node: u32): bool {
  if (!collect(node, NO_INDEX)) return false;
  let answer = false;
  for (let i = 0; i < resultCount; i++) {
    const start = resultStart(i);
    if (start != 0 && load<u32>(start) == 0x65757274) answer = true;
  }
  setTruth(answer);
  return true;
}

/**
 * Ids of the containers' key; holes become the default's text. `falco`: a missing default is `0`, and with an index a hole is
 * absent. Otherwise a missing default leaves nothing.
 */
export function effectiveId(node: u32, index: u32, fallback: u32, falco: bool): bool {
  const found = collect(node, index);
  if (!found && (falco || !hasContainer(node, index))) return false;
  if (!found) pushResult(0, 0);
  const slot = resolveNode(fallback);
  openList();
  for (let i = 0; i < resultCount; i++) {
    const start = resultStart(i);
    if (start != 0) pushValue(start, resultEnd(i));
    else if (slot != 0) pushValue(slotStart(slot), slotEnd(slot));
    else if (falco) pushText(ZERO, 1);
  }
  return listLength() > 0;
}

/** Whether there is a container that the index picks, or one without an array around it (`node`'s key is two steps below it). */
function hasContainer(node: u32, index: u32): bool {
  const container = load<u32>(nodeRow(load<u32>(nodeRow(node), NODE_ROW_PARENT)), NODE_ROW_PARENT);
  const slot = resolveNode(container);
  if (slot == 0) return false;
  if (load<u8>(slotStart(slot)) != 0x5b) return load<u8>(slotStart(slot)) == 0x7b;
  let at = firstElement(slotStart(slot));
  for (let n: u32 = 0; n < index && at != 0; n++) {
    const end = skipValue(at);
    at = end == 0 ? 0 : nextElement(end);
  }
  return at != 0;
}

// ---- special shapes --------------------------------------------------------------------------------------------------

/** Keys other than `name` of the volumes. */
export function volumeKeys(node: u32, index: u32): bool {
  const slot = resolveNode(node);
  if (slot == 0) return false;
  const start = slotStart(slot);
  openList();
  if (load<u8>(start) == 0x5b) {
    let at = firstElement(start);
    for (let n: u32 = 0; at != 0; n++) {
      if (index == NO_INDEX || n == index) pushKeys(at);
      const end = skipValue(at);
      at = end == 0 || n == index ? 0 : nextElement(end);
    }
  } else pushKeys(start);
  return listLength() > 0;
}

function pushKeys(object: usize): void {
  if (load<u8>(object) != 0x7b) return;
  let at = skipSpace(object + 1);
  while (load<u8>(at) == 0x22) {
    const quote = stringEndTrusted(at + 1);
    if (quote == 0) return;
    readText(at, quote + 1);
    if (textLength != 4 || load<u32>(textAt) != load<u32>(NAME)) pushCut(textAt, textLength);
    const value = valueStart(quote);
    const end: usize = value == 0 ? 0 : skipValue(value);
    at = end == 0 ? 0 : nextElement(end);
    if (at == 0) return;
  }
}

/** `true` if a result equals the key, or starts with it less a final `*`. */
export function hostpathMatch(node: u32, key: u32): bool {
  if (!collect(node, NO_INDEX)) return false;
  const keyAt = constantAt(key);
  const length = constantLength(key);
  const prefix = length > 0 && load<u8>(keyAt + length - 1) == 0x2a ? length - 1 : -1;
  let answer = false;
  for (let i = 0; i < resultCount; i++) {
    const start = resultStart(i);
    if (start == 0) continue;
    readText(start, resultEnd(i));
    if (prefix >= 0 && textLength >= prefix && equalBytes(textAt, keyAt, prefix)) answer = true;
    if (textLength == length && equalBytes(textAt, keyAt, length)) answer = true;
  }
  setTruth(answer);
  return true;
}

/** Names of a binding's subjects of one kind; `namespaced`: namespace, colon, name of those that have a namespace. */
export function subjects(node: u32, kind: u32, namespaced: bool): bool {
  const slot = resolveNode(node);
  if (slot == 0 || load<u8>(slotStart(slot)) != 0x5b) return false;
  openList();
  let at = firstElement(slotStart(slot));
  while (at != 0) {
    const end = skipValue(at);
    if (end == 0) return false;
    pushSubject(at, kind, namespaced);
    at = nextElement(end);
  }
  return listLength() > 0;
}

function pushSubject(subject: usize, kind: u32, namespaced: bool): void {
  if (!lookup(subject, KIND, 4)) return;
  readText(foundStart, foundEnd);
  if (textLength != constantLength(kind) || !equalBytes(textAt, constantAt(kind), textLength)) return;
  if (!lookup(subject, NAME, 4)) return;
  const nameStart = foundStart;
  const nameEnd = foundEnd;
  if (!namespaced) {
    pushValue(nameStart, nameEnd);
    return;
  }
  if (!lookup(subject, NAMESPACE, 9)) return;
  const out = allocate(foundEnd - foundStart + (nameEnd - nameStart) + 1);
  const reserved = arenaTop;
  readText(foundStart, foundEnd);
  copyBytes(out, textAt, textLength);
  let put = out + textLength;
  store<u8>(put++, 0x3a);
  readText(nameStart, nameEnd);
  copyBytes(put, textAt, textLength);
  put += textLength;
  setArenaTop(reserved);
  pushCut(out, <i32>(put - out));
}

export function uriParam(node: u32, name: u32): bool {
  if (!nodeText(node)) return false;
  return readUriParam(textAt, textLength, constantAt(name), constantLength(name));
}

/** The response's name when the request is for pods as a whole. */
export function podName(resource: u32, subresource: u32, name: u32): bool {
  const target = resolveNode(resource);
  if (target == 0 || load<u8>(slotStart(target)) != 0x22) return false;
  readText(slotStart(target), slotEnd(target));
  if (textLength != 4 || load<u32>(textAt) != load<u32>(PODS)) return false;
  const part = resolveNode(subresource);
  if (part != 0 && load<u8>(slotStart(part)) == 0x22 && slotEnd(part) != slotStart(part) + 2) return false;
  return nodeText(name);
}

/** An embedder's list: `*` steps expand arrays, a final array too; a final scalar is one element. */
export function collectList(node: u32): bool {
  let every = false;
  for (let n = node; n != 0; n = load<u32>(nodeRow(n), NODE_ROW_PARENT)) {
    if (load<u32>(nodeRow(n), NODE_ROW_POSITION) == NODE_EVERY) every = true;
  }
  openList();
  if (!every) {
    const slot = resolveNode(node);
    if (slot == 0) return false;
    pushListed(slotStart(slot), slotEnd(slot));
    return listLength() > 0;
  }
  pathLength = 0;
  for (let n = node; n != 0; n = load<u32>(nodeRow(n), NODE_ROW_PARENT)) pathLength++;
  if (<u32>pathLength > MAX_LIST_PATH) return false;
  let step = pathLength;
  for (let n = node; n != 0; n = load<u32>(nodeRow(n), NODE_ROW_PARENT)) store<u32>(path + (--step << 2), n);
  const root = resolveNode(0);
  expandEvery(slotStart(root), slotEnd(root), 0);
  return listLength() > 0;
}

function pushListed(start: usize, end: usize): void {
  if (load<u8>(start) == 0x5b) pushElements(start, NO_INDEX);
  else pushValue(start, end);
}

function expandEvery(start: usize, end: usize, step: i32): void {
  if (step == pathLength) {
    const last = nodeRow(load<u32>(path + ((step - 1) << 2)));
    // `/a/*` lists the elements as they are; `/a/*/b` whose b is an array lists b's elements
    if (load<u32>(last, NODE_ROW_POSITION) == NODE_EVERY) pushValue(start, end);
    else pushListed(start, end);
    return;
  }
  const row = nodeRow(load<u32>(path + (step << 2)));
  const position = load<u32>(row, NODE_ROW_POSITION);
  if (load<u8>(start) != 0x5b) {
    const key = load<u32>(row, NODE_ROW_KEY);
    if (lookup(start, constantAt(key), constantLength(key))) expandEvery(foundStart, foundEnd, step + 1);
    return;
  }
  let at = firstElement(start);
  for (let n: u32 = 0; at != 0; n++) {
    const after = skipValue(at);
    if (after == 0) return;
    if (position == NODE_EVERY || position == n) expandEvery(at, after, step + 1);
    at = nextElement(after);
  }
}
