// Members of objects that are looked into for their keys, such as a pod's containers. Several fields ask for the same ones, so the
// members of an object are listed once per event, in the arena, and found in the list by their key.

import { allocate, arenaTop, setArenaTop } from '../memory/arena';
import { equalBytes, findByte } from '../memory/bytes';
import { skipSpace } from '../scan/input';
import { stringEndTrusted } from '../scan/string';
import { skipValue, valueStart } from '../scan/value';
import { isFixed } from '../vm/program';
import { unescape, unescapedAt, unescapedLength } from './escape';
import { epoch } from './nodes';

// a list: of which object in which event, where it is, how long, and what stands behind the object
const LIST_OBJECT: usize = 0;
const LIST_EPOCH: usize = 4;
const LIST_START: usize = 8;
const LIST_END: usize = 12;
const LIST_BEHIND: usize = 16; // 0 when the object was not read to its end
const LIST_SIZE: usize = 32;
const LISTS: usize = 32;
const lists: usize = memory.data(32 * 32, 8);

// a member: key behind its quote, its bytes (negative when it holds a backslash), its value
const MEMBER_KEY: usize = 0;
const MEMBER_KEY_LENGTH: usize = 4;
const MEMBER_VALUE: usize = 8;
const MEMBER_VALUE_END: usize = 12;
const MEMBER_SIZE: usize = 16;

/** When event numbers start anew. */
export function forgetMembers(): void {
  memory.fill(lists, 0, LISTS * LIST_SIZE);
}

/** Results of `lookup`. */
export let foundStart: usize = 0;
export let foundEnd: usize = 0;
/** behind the object, 0 when it was not read to its end */
export let objectEnd: usize = 0;

/** The value under a key in the object at `object`; false if there is none or it is no object. */
export function lookup(object: usize, key: usize, keyLength: i32): bool {
  objectEnd = 0;
  if (load<u8>(object) != 0x7b) return false;
  const list = listOf(object);
  objectEnd = load<u32>(list, LIST_BEHIND);
  const end = <usize>load<u32>(list, LIST_END);
  let found: usize = 0;
  let foundPlain = false;
  for (let member = <usize>load<u32>(list, LIST_START); member < end; member += MEMBER_SIZE) {
    const at = load<u32>(member, MEMBER_KEY);
    const length = load<i32>(member, MEMBER_KEY_LENGTH);
    const plain = length == keyLength && equalBytes(key, at, length);
    if (!plain && (length >= 0 || !isEscapedKey(at, at - length, key, keyLength))) continue;
    // last of equal keys, or the first; among first ones a plain key beats an escaped one
    if (isFixed || found == 0 || (plain && !foundPlain)) found = member;
    foundPlain = foundPlain || plain;
    if (!isFixed && plain) break;
  }
  if (found == 0) return false;
  foundStart = load<u32>(found, MEMBER_VALUE);
  foundEnd = load<u32>(found, MEMBER_VALUE_END);
  return true;
}

function listOf(object: usize): usize {
  const list = lists + ((object * 0x9e3779b1) >> 27) * LIST_SIZE;
  if (load<u32>(list, LIST_OBJECT) != <u32>object || load<u32>(list, LIST_EPOCH) != epoch) listMembers(list, object);
  return list;
}

function listMembers(list: usize, object: usize): void {
  store<u32>(list, <u32>object, LIST_OBJECT);
  store<u32>(list, epoch, LIST_EPOCH);
  store<u32>(list, <u32>arenaTop, LIST_START);
  store<u32>(list, 0, LIST_BEHIND);
  let at = skipSpace(object + 1);
  while (load<u8>(at) == 0x22) {
    const key = at + 1;
    const quote = stringEndTrusted(key);
    if (quote == 0) break;
    const value = valueStart(quote);
    if (value == 0) break;
    const end = skipValue(value);
    if (end == 0) break;
    const member = allocate(MEMBER_SIZE);
    const length = <i32>(quote - key);
    store<u32>(member, <u32>key, MEMBER_KEY);
    store<i32>(member, findByte(key, quote, 0x5c) == quote ? length : -length, MEMBER_KEY_LENGTH);
    store<u32>(member, <u32>value, MEMBER_VALUE);
    store<u32>(member, <u32>end, MEMBER_VALUE_END);
    at = skipSpace(end);
    if (load<u8>(at) != 0x2c) break;
    at = skipSpace(at + 1);
  }
  if (load<u8>(at) == 0x7d) store<u32>(list, <u32>at + 1, LIST_BEHIND);
  store<u32>(list, <u32>arenaTop, LIST_END);
}

function isEscapedKey(from: usize, to: usize, key: usize, keyLength: i32): bool {
  const top = arenaTop;
  unescape(from, to);
  const same = unescapedLength == keyLength && equalBytes(unescapedAt, key, keyLength);
  setArenaTop(top);
  return same;
}
