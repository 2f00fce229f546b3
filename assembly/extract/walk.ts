// The event walk: one pass over an event's text that checks it (unless it was checked before, or is trusted) and fills the
// slots of the envelope's nodes. A trusted event's bodies are passed over as one value each, and walked when one is asked for.

import { NODE_EAGER, NODE_EAGER_CHECKED, NODE_ROW_CHILD_COUNT, NODE_ROW_FLAGS } from '../generated/layout';
import { findByte } from '../memory/bytes';
import { hashBytes } from '../memory/hash';
import { failJson, skipSpace } from '../scan/input';
import { stringEnd, stringEndLike } from '../scan/string';
import { depth, enter, leave, passUnread, setDepth, validateValue, valueStart } from '../scan/value';
import { nodeRow } from '../vm/program';
import { behindKey, firstGuess, guessedChild, guessKey, guessKeyBefore, keepKey, lastLength, learn, nextGuess, seenKey } from './key-cache';
import { childByEscapedKey, childByKey, closeSlot, emptyBelow, fillSlot, isFound, markExpanded, nextEpoch, slotOf, wantsValue } from './nodes';

/** whether values that no node names are checked or only passed over */
let checking: bool = true;
const ENTER_TRUSTED: u32 = 1 << NODE_EAGER;
const ENTER_CHECKED: u32 = ENTER_TRUSTED | (1 << NODE_EAGER_CHECKED);
const ENTER_ALL: u32 = ENTER_CHECKED | 1;
/** which nodes are entered on the way: a bit per value of their flags */
let entered: u32 = ENTER_CHECKED;

export function setChecking(on: bool): void {
  checking = on;
  entered = on ? ENTER_CHECKED : ENTER_TRUSTED;
}

/** The value at `at`: checked or passed over. Returns the byte behind it, or 0. */
// @ts-ignore: decorator
@inline
export function passValue(at: usize): usize {
  return checking ? validateValue(at) : passUnread(at);
}

/** `start` is the `{` of an event. Returns the byte behind it, or 0. */
export function walkEvent(start: usize): usize {
  nextEpoch();
  const slot = slotOf(0);
  fillSlot(slot, start, start, true);
  const end = load<u32>(nodeRow(0), NODE_ROW_CHILD_COUNT) != 0 ? walkObject(0, start) : passValue(start);
  closeSlot(slot, end);
  return end;
}

/** The object at `start` of a node that `walkEvent` did not enter, with all that is wanted below. Nothing is checked: it was, or is trusted. */
export function walkLater(node: u32, start: usize): void {
  const level = depth;
  const usual = entered;
  setDepth(0);
  entered = ENTER_ALL;
  walkObject(node, start);
  entered = usual;
  setDepth(level);
}

/** Results of `readKey`. */
let keyChild: u32 = 0;
let keyPlain: bool = true;
let keyGuess: usize = 0;

/** A key that was not guessed, at `key` behind its quote. Returns what stands behind its colon, or 0. */
function readKey(node: u32, row: usize, key: usize, guess: usize): usize {
  const before = guessKeyBefore(guess, key);
  if (before != 0) {
    keyPlain = true;
    keyChild = guessedChild(before);
    keyGuess = learn(guess, before);
    return skipSpace(behindKey(before, key));
  }
  const quote = stringEnd(key);
  if (quote == 0) return 0;
  const length = <i32>(quote - key);
  const hash = hashBytes(key, length);
  keyPlain = true;
  let entry = seenKey(node, key, length, hash);
  if (entry != 0) {
    keyChild = guessedChild(entry);
  } else {
    keyChild = childByKey(row, key, length, hash);
    if (findByte(key, quote, 0x5c) != quote) {
      keyPlain = false;
      keyChild = childByEscapedKey(row, key, quote);
    } else if (load<u8>(quote, 1) == 0x3a && findByte(key, quote, 0) == quote) {
      // a guessed key is not scanned, and a NUL must be noticed in each event
      entry = keepKey(node, key, length, hash, keyChild);
    }
  }
  keyGuess = learn(guess, entry);
  return valueStart(quote);
}

/** The object at `start` under a node whose children are wanted. Returns the byte behind it, or 0. */
function walkObject(node: u32, start: usize): usize {
  if (enter(start) == 0) return 0;
  const row = nodeRow(node);
  markExpanded(slotOf(node));
  let at = skipSpace(start + 1);
  if (load<u8>(at) == 0x7d) {
    leave();
    return at + 1;
  }
  if (load<u8>(at) != 0x22) return failJson(at);
  let guess = firstGuess(node);
  for (;;) {
    const key = at + 1;
    const entry = guessKey(guess, key);
    let end: usize;
    if (entry != 0) {
      const value = behindKey(entry, key);
      const child = guessedChild(entry);
      guess = nextGuess(entry);
      // most members of the envelope are strings
      if (load<u8>(value) == 0x22) {
        end = stringEndLike(value + 1, lastLength(entry));
        if (end == 0) return 0;
        end++;
        if (child != 0) keepValue(child, value, end, true);
      } else {
        end = walkValue(child, skipSpace(value), true);
        if (end == 0) return 0;
      }
    } else {
      const value = readKey(node, row, key, guess);
      if (value == 0) return 0;
      guess = keyGuess;
      end = walkValue(keyChild, value, keyPlain);
      if (end == 0) return 0;
    }
    // the usual `,"` in one look
    if (load<u16>(end) == 0x222c) {
      at = end + 1;
      continue;
    }
    at = skipSpace(end);
    const next = <u32>load<u8>(at);
    if (next != 0x2c) {
      if (next != 0x7d) return failJson(at);
      leave();
      return at + 1;
    }
    at = skipSpace(at + 1);
    if (load<u8>(at) != 0x22) return failJson(at);
  }
  return unreachable(); // the loop only returns
}

/** Notes where a wanted value stands. */
// @ts-ignore: decorator
@inline
function keepValue(child: u32, start: usize, end: usize, plain: bool): void {
  const slot = slotOf(child);
  if (isFound(slot)) {
    if (!wantsValue(slot, plain)) return;
    emptyBelow(child);
  }
  fillSlot(slot, start, end, plain);
}

/** The value of a key. Returns the byte behind it, or 0. */
// @ts-ignore: decorator
@inline
function walkValue(child: u32, value: usize, plain: bool): usize {
  if (load<u8>(value) != 0x22) return child == 0 ? passValue(value) : walkChild(child, value, plain);
  const quote = stringEnd(value + 1);
  if (quote == 0) return 0;
  if (child != 0) keepValue(child, value, quote + 1, plain);
  return quote + 1;
}

/** The value of a wanted key, no string. Returns the byte behind it, or 0. */
function walkChild(child: u32, value: usize, plain: bool): usize {
  const slot = slotOf(child);
  if (load<u8>(value) == 0x7b && wantsValue(slot, plain)) {
    const row = nodeRow(child);
    if (((entered >> load<u32>(row, NODE_ROW_FLAGS)) & 1) != 0 && load<u32>(row, NODE_ROW_CHILD_COUNT) != 0) {
      keepValue(child, value, value, plain);
      const end = walkObject(child, value);
      if (end != 0) closeSlot(slot, end);
      return end;
    }
  }
  const end = passValue(value);
  if (end != 0) keepValue(child, value, end, plain);
  return end;
}
