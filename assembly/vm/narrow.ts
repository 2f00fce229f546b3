// The index: leaves of a bitmap of rules those that the event's values allow. Rows of bodies and computed values are lazy: they come
// last, and only when they concern several of the rules that are left, because whoever is left asks again in its code.

import {
  GRAM_FOLD,
  INDEX_CONSTANT_CONSTANT,
  INDEX_CONSTANT_EFFECT,
  INDEX_CONSTANT_SIZE,
  INDEX_EFFECT_BITMAP,
  INDEX_EFFECT_EXCLUDED,
  INDEX_EFFECT_RESTORED,
  INDEX_EFFECT_SIZE,
  INDEX_FEW_WORDS,
  INDEX_GRAM_COUNT,
  INDEX_GRAM_FIRST,
  INDEX_GRAM_GRAM,
  INDEX_GRAM_SIZE,
  INDEX_GUARD_CODE,
  INDEX_GUARD_EFFECT,
  INDEX_GUARD_HOLDS,
  INDEX_GUARD_SIZE,
  INDEX_LAZY,
  INDEX_MASK_BITS,
  INDEX_MASK_SIZE,
  INDEX_NUMBER,
  INDEX_ROW_ABSENT,
  INDEX_ROW_ALWAYS_COUNT,
  INDEX_ROW_EFFECTS,
  INDEX_ROW_EFFECT_COUNT,
  INDEX_ROW_FILTER,
  INDEX_ROW_FILTER_MASK,
  INDEX_ROW_FLAGS,
  INDEX_ROW_GRAMS,
  INDEX_ROW_GRAM_MASK,
  INDEX_ROW_GUARDS,
  INDEX_ROW_GUARD_COUNT,
  INDEX_ROW_MAP,
  INDEX_ROW_MAP_MASK,
  INDEX_ROW_OTHER,
  INDEX_ROW_TRIGGERS,
  INDEX_ROW_TRIGGER_COUNT,
  INDEX_ROW_VALUE,
  NODE_NO_POSITION,
  NODE_ROW_PARENT,
  NODE_ROW_POSITION,
  VALUE_GATED,
  VALUE_ROW_A,
  VALUE_ROW_FLAGS,
} from '../generated/layout';
import { ELEMENT_CONSTANT, elementAt } from '../extract/list';
import { isFound, slotEnd, slotOf, slotStart } from '../extract/nodes';
import { hashWord } from '../memory/hash';
import { addMask, bitmapOf, effectAt, excludedEnd, maskedWord, masksAt, restoredEnd, rowAt, section } from './index-rows';
import { internCell, NO_CONSTANT } from './intern';
import { runCode } from './code';
import { alternatives, constantLength, indexCount, nodeRow, ruleCount, ruleWords } from './program';
import { effectOfNumber, placeRanges, rangeTableSize } from './ranges';
import {
  isSeen,
  keepSeen,
  keepSeenEffect,
  keepSeenWord,
  MAX_SEEN_EFFECTS,
  placeSeen,
  seenCount,
  seenEffect,
  seenEntry,
  seenTableSize,
  seenWord,
} from './seen';
import { isList, isOfNode, isOpen, nodeSlot, present, valueAt, valueConstant, valueLength, valueRow } from './values';

/** a lazy row is applied when it concerns as many candidates */
const MIN_CONCERNED: u32 = 4;
/** lazy rows leave longer lists and texts to the rules */
const MAX_ELEMENTS: i32 = 64;
const MAX_LAZY_TEXT: i32 = 4096;

/** addresses of the effects of the value that is looked at */
const pending: usize = memory.data(4 * 32, 8);
const MAX_PENDING: u32 = 32;
let pendingCount: u32 = 0;
/** what further ones restore and exclude; zeros between rows */
let restored: usize = 0;
let excluded: usize = 0;
let hasMore: bool = false;
/** masks that are put in one by one; with more all words are gone through */
const MAX_PATCHES: u32 = 64;
/** bits that a row must leave, per mask */
const kept: usize = memory.data(4 * 64, 8);
/** per row: a bit per length (63 and more are one) of the constants that matter */
let lengths: usize = 0;
/** per row: the rules that it can exclude */
let concerned: usize = 0;
/** bits of rules in each of three words; those above are of alternatives */
let ruleBits: u64 = 0;
let secondRules: u64 = 0;
let thirdRules: u64 = 0;

/** per row: what most events need of it where bitmaps have few words */
let heads: usize = 0;
const HEAD_CONCERNED: usize = 0;
const HEAD_ABSENT: usize = 24;
/** of a value that the event walk finds, else 0 */
const HEAD_SLOT: usize = 48;
const HEAD_GATED: usize = 52;
const HEAD_SIZE: usize = 64;
const WORD: usize = 8;

/** Bytes needed for the tables. */
export function narrowTableSize(): usize {
  const rows = <usize>indexCount;
  return (<usize>ruleWords << 3) * (2 + rows) + rows * (8 + HEAD_SIZE) + rangeTableSize(indexCount) + seenTableSize(indexCount);
}

/** `at` is zeroed memory. */
export function placeNarrow(at: usize): void {
  const size = <usize>ruleWords << 3;
  pendingCount = 0;
  hasMore = false;
  restored = at;
  excluded = at + size;
  ruleBits = bitsBelow(<i32>ruleCount);
  secondRules = bitsBelow(<i32>ruleCount - 64);
  thirdRules = bitsBelow(<i32>ruleCount - 128);
  lengths = excluded + size;
  concerned = lengths + (<usize>indexCount << 3);
  heads = concerned + size * <usize>indexCount;
  const tables = heads + HEAD_SIZE * <usize>indexCount;
  placeRanges(tables);
  placeSeen(tables + rangeTableSize(indexCount), indexCount);
  for (let i: u32 = 0; i < indexCount; i++) {
    const row = rowAt(i);
    store<u64>(lengths + (i << 3), lengthsOf(row));
    const absent = section(row, INDEX_ROW_ABSENT);
    const other = section(row, INDEX_ROW_OTHER);
    const bitmap = concerned + <usize>i * size;
    for (let w: usize = 0; w < size; w += 8) store<u64>(bitmap + w, ~(load<u64>(absent + w) & load<u64>(other + w)));
    const effects = section(row, INDEX_ROW_EFFECTS);
    const end = effects + <usize>load<u32>(row, INDEX_ROW_EFFECT_COUNT) * INDEX_EFFECT_SIZE;
    for (let effect = effects; effect < end; effect += INDEX_EFFECT_SIZE) {
      const last = excludedEnd(effect);
      for (let mask = restoredEnd(effect); mask < last; mask += INDEX_MASK_SIZE) addMask(bitmap, mask);
    }
    placeHead(heads + <usize>i * HEAD_SIZE, row, bitmap, absent);
  }
}

function placeHead(head: usize, row: usize, bitmap: usize, absent: usize): void {
  const words = min(ruleWords, INDEX_FEW_WORDS);
  for (let w: u32 = 0; w < words; w++) {
    store<u64>(head + (w << 3), load<u64>(bitmap + (w << 3)), HEAD_CONCERNED);
    store<u64>(head + (w << 3), load<u64>(absent + (w << 3)), HEAD_ABSENT);
  }
  const value = load<u32>(row, INDEX_ROW_VALUE);
  if (load<u32>(row, INDEX_ROW_FLAGS) != 0 || !isOfNode(value)) return;
  const node = load<u32>(valueRow(value), VALUE_ROW_A);
  // elements of arrays are looked for when they are asked for
  for (let n = node; n != 0; n = load<u32>(nodeRow(n), NODE_ROW_PARENT)) {
    if (load<u32>(nodeRow(n), NODE_ROW_POSITION) != NODE_NO_POSITION) return;
  }
  store<u32>(head, <u32>slotOf(node), HEAD_SLOT);
  store<u32>(head, <u32>load<u8>(valueRow(value), VALUE_ROW_FLAGS) & VALUE_GATED, HEAD_GATED);
}

/** A word with so many bits from the lowest. */
function bitsBelow(count: i32): u64 {
  if (count <= 0) return 0;
  return count >= 64 ? ~(<u64>0) : ((<u64>1) << <u64>count) - 1;
}

function lengthsOf(row: usize): u64 {
  const map = section(row, INDEX_ROW_MAP);
  const end = map + (<usize>load<u32>(row, INDEX_ROW_MAP_MASK) + 1) * INDEX_CONSTANT_SIZE;
  let bits: u64 = 0;
  for (let at = map; at < end; at += INDEX_CONSTANT_SIZE) {
    const entry = load<u32>(at, INDEX_CONSTANT_CONSTANT);
    if (entry != 0) bits |= (<u64>1) << <u64>min(constantLength(entry - 1), 63);
  }
  return bits;
}

/** Clears the bits of rules that cannot match; false when none is left. */
export function narrow(candidates: usize): bool {
  if (ruleWords == 1) return narrowWord(candidates);
  if (ruleWords <= INDEX_FEW_WORDS) return narrowFew(candidates);
  for (let i: u32 = 0; i < indexCount; i++) {
    const row = rowAt(i);
    const flags = load<u32>(row, INDEX_ROW_FLAGS);
    if ((flags & INDEX_NUMBER) != 0) {
      excludeAll(effectOfNumber(row, i), candidates);
      continue;
    }
    if ((flags & INDEX_LAZY) != 0 && !concernsMany(i, candidates)) continue;
    const field = isOfNode(load<u32>(row, INDEX_ROW_VALUE)) ? lookSeen(row, i) : look(row, i);
    if (field != 0 && !apply(section(row, field), candidates)) return false;
  }
  return true;
}

/** As `look`, for a text that the row may have seen before. */
function lookSeen(row: usize, i: u32): usize {
  const slot = nodeSlot(load<u32>(row, INDEX_ROW_VALUE));
  if (slot == 0) return INDEX_ROW_ABSENT;
  const start = slotStart(slot);
  const end = slotEnd(slot);
  const entry = seenEntry(i, start, end);
  if (entry != 0 && isSeen(entry, start, end)) {
    const count = seenCount(entry);
    for (let n: u32 = 0; n < count; n++) store<u32>(pending + (n << 2), seenEffect(entry, n));
    pendingCount = count;
    return INDEX_ROW_OTHER;
  }
  const field = look(row, i);
  if (entry != 0 && field == INDEX_ROW_OTHER && !hasMore && pendingCount <= MAX_SEEN_EFFECTS) {
    keepSeen(entry, start, end);
    for (let n: u32 = 0; n < pendingCount; n++) keepSeenEffect(entry, load<u32>(pending + (n << 2)));
  }
  return field;
}

/** As `narrow`, for bitmaps of one word. */
function narrowWord(candidates: usize): bool {
  let word = load<u64>(candidates);
  let head = heads;
  for (let i: u32 = 0; i < indexCount && (word & ruleBits) != 0; i++, head += HEAD_SIZE) {
    const left = word & load<u64>(head, HEAD_CONCERNED);
    if (left == 0) continue;
    const slot = <usize>load<u32>(head, HEAD_SLOT);
    if (slot != 0) {
      if (isPresent(head, slot)) {
        const entry = seenEntry(i, slotStart(slot), slotEnd(slot));
        if (entry != 0 && isSeen(entry, slotStart(slot), slotEnd(slot))) word &= seenWord(entry, 0);
        else word &= lookUp(i, entry, slot);
      } else {
        word &= load<u64>(head, HEAD_ABSENT);
      }
    } else if (isWorth(i, <u32>popcnt(left))) {
      word &= lookUpOther(i);
    }
  }
  let open = word & ~ruleBits;
  word &= ruleBits;
  for (; open != 0 && word != 0; open &= open - 1) word &= ~load<u64>(alternatives + <usize>((ctz(open) - ruleCount) << 3));
  store<u64>(candidates, word);
  return word != 0;
}

/** As `narrow`, for bitmaps of two or three words; of the third nothing counts where there are two. */
function narrowFew(candidates: usize): bool {
  let first = load<u64>(candidates);
  let second = load<u64>(candidates, WORD);
  let third: u64 = ruleWords == 3 ? load<u64>(candidates, 2 * WORD) : 0;
  let head = heads;
  for (
    let i: u32 = 0;
    i < indexCount && (first | (second & secondRules) | (third & thirdRules)) != 0;
    i++, head += HEAD_SIZE
  ) {
    const left = first & load<u64>(head, HEAD_CONCERNED);
    const leftToo = second & load<u64>(head, HEAD_CONCERNED + WORD);
    const leftStill = third & load<u64>(head, HEAD_CONCERNED + 2 * WORD);
    if ((left | leftToo | leftStill) == 0) continue;
    const slot = <usize>load<u32>(head, HEAD_SLOT);
    if (slot != 0) {
      if (isPresent(head, slot)) {
        const entry = seenEntry(i, slotStart(slot), slotEnd(slot));
        if (entry != 0 && isSeen(entry, slotStart(slot), slotEnd(slot))) {
          first &= seenWord(entry, 0);
          second &= seenWord(entry, WORD);
          third &= seenWord(entry, 2 * WORD);
        } else {
          first &= lookUp(i, entry, slot);
          second &= leftSecond;
          third &= leftThird;
        }
      } else {
        first &= load<u64>(head, HEAD_ABSENT);
        second &= load<u64>(head, HEAD_ABSENT + WORD);
        third &= load<u64>(head, HEAD_ABSENT + 2 * WORD);
      }
    } else if (isWorth(i, <u32>(popcnt(left) + popcnt(leftToo) + popcnt(leftStill)))) {
      first &= lookUpOther(i);
      second &= leftSecond;
      third &= leftThird;
    }
  }
  const open = second & ~secondRules;
  const openToo = third & ~thirdRules;
  store<u64>(candidates, first);
  store<u64>(candidates, second & secondRules, WORD);
  if (ruleWords == 3) store<u64>(candidates, third & thirdRules, 2 * WORD);
  excludeOpen(candidates, open, 64);
  excludeOpen(candidates, openToo, 128);
  third = ruleWords == 3 ? load<u64>(candidates, 2 * WORD) : 0;
  return (load<u64>(candidates) | load<u64>(candidates, WORD) | third) != 0;
}

/** Clears the rules of the alternatives whose bits, of the word that starts with this one, no row has cleared. */
function excludeOpen(candidates: usize, open: u64, bit: u32): void {
  const size = <usize>ruleWords << 3;
  for (; open != 0; open &= open - 1) {
    const bitmap = alternatives + <usize>(bit + <u32>ctz(open) - ruleCount) * size;
    for (let w: usize = 0; w < size; w += 8) store<u64>(candidates + w, load<u64>(candidates + w) & ~load<u64>(bitmap + w));
  }
}

/** Whether the row's value, which the event walk finds, is there. */
// @ts-ignore: decorator
@inline
function isPresent(head: usize, slot: usize): bool {
  return isFound(slot) && isOpen(load<u32>(head, HEAD_GATED));
}

/** Whether to look at a row that concerns as many of the rules that are left. */
// @ts-ignore: decorator
@inline
function isWorth(i: u32, count: u32): bool {
  return count >= MIN_CONCERNED || (load<u32>(rowAt(i), INDEX_ROW_FLAGS) & INDEX_LAZY) == 0;
}

/** Clears the bits that the effect excludes. */
function excludeAll(effect: usize, candidates: usize): void {
  const end = excludedEnd(effect);
  for (let mask = restoredEnd(effect); mask < end; mask += INDEX_MASK_SIZE) {
    const word = maskedWord(candidates, mask);
    store<u32>(word, load<u32>(word) & ~load<u32>(mask, INDEX_MASK_BITS));
  }
}

/** Rules of the further words that a row leaves: results of what returns those of the first. */
let leftSecond: u64 = 0;
let leftThird: u64 = 0;

/** What a row leaves of bitmaps of up to three words, when the event walk does not find its value. */
function lookUpOther(i: u32): u64 {
  const row = rowAt(i);
  if ((load<u32>(row, INDEX_ROW_FLAGS) & INDEX_NUMBER) != 0) {
    const bitmap = bitmapOf(effectOfNumber(row, i));
    if (ruleWords >= 2) leftSecond = load<u64>(bitmap, WORD);
    if (ruleWords == 3) leftThird = load<u64>(bitmap, 2 * WORD);
    return load<u64>(bitmap);
  }
  const value = load<u32>(row, INDEX_ROW_VALUE);
  const slot = isOfNode(value) ? nodeSlot(value) : 0;
  if (slot == 0) return lookUp(i, 0, 0);
  const entry = seenEntry(i, slotStart(slot), slotEnd(slot));
  if (entry == 0 || !isSeen(entry, slotStart(slot), slotEnd(slot))) return lookUp(i, entry, slot);
  leftSecond = seenWord(entry, WORD);
  leftThird = seenWord(entry, 2 * WORD);
  return seenWord(entry, 0);
}

/** What the row leaves of bitmaps of up to three words; `entry`: where to keep it with the text in the slot, 0 for nowhere. */
function lookUp(i: u32, entry: usize, slot: usize): u64 {
  const row = rowAt(i);
  const field = look(row, i);
  let leftFirst = ~(<u64>0);
  leftSecond = leftFirst;
  leftThird = leftFirst;
  if (field != 0) {
    leftFirst = wordOf(row, field, 0);
    if (ruleWords >= 2) leftSecond = wordOf(row, field, WORD);
    if (ruleWords == 3) leftThird = wordOf(row, field, 2 * WORD);
    if (entry != 0) {
      keepSeen(entry, slotStart(slot), slotEnd(slot));
      keepSeenWord(entry, 0, leftFirst);
      keepSeenWord(entry, WORD, leftSecond);
      keepSeenWord(entry, 2 * WORD, leftThird);
    }
  }
  pendingCount = 0;
  if (hasMore) {
    hasMore = false;
    memory.fill(restored, 0, <usize>ruleWords << 3);
    memory.fill(excluded, 0, <usize>ruleWords << 3);
  }
  return leftFirst;
}

/** The word at byte `w` of the row's bitmap, changed by what is pending. */
function wordOf(row: usize, field: usize, w: usize): u64 {
  const base = load<u64>(section(row, field) + w);
  let allowed = base;
  let forbidden: u64 = 0;
  for (let n: u32 = 0; n < pendingCount; n++) {
    const bitmap = load<u64>(bitmapOf(load<u32>(pending + (n << 2))) + w);
    allowed |= bitmap;
    forbidden |= base & ~bitmap;
  }
  if (hasMore) {
    allowed |= load<u64>(restored + w);
    forbidden |= load<u64>(excluded + w);
  }
  return allowed & ~forbidden;
}

function concernsMany(i: u32, candidates: usize): bool {
  const size = <usize>ruleWords << 3;
  const bitmap = concerned + <usize>i * size;
  let count: u32 = 0;
  for (let w: usize = 0; w < size; w += 8) {
    count += <u32>popcnt(load<u64>(candidates + w) & load<u64>(bitmap + w));
    if (count >= MIN_CONCERNED) return true;
  }
  return false;
}

/** Lets the row's bitmap, changed by what is pending, act on the candidates; false when none is left. */
function apply(base: usize, candidates: usize): bool {
  const count = pendingCount;
  pendingCount = 0;
  if (!hasMore) {
    if (count == 0) return keepAll(base, candidates);
    const first = load<u32>(pending);
    if (count == 1 && load<u32>(first, INDEX_EFFECT_BITMAP) != 0) return keepAll(bitmapOf(first), candidates);
    if (masksOf(count) <= MAX_PATCHES) return keepPatched(base, candidates, count);
  }
  for (let n: u32 = 0; n < count; n++) merge(load<u32>(pending + (n << 2)));
  hasMore = false;
  return keepChanged(base, candidates);
}

function masksOf(count: u32): u32 {
  let masks: u32 = 0;
  for (let n: u32 = 0; n < count; n++) {
    const effect = <usize>load<u32>(pending + (n << 2));
    masks += load<u32>(effect, INDEX_EFFECT_RESTORED) + load<u32>(effect, INDEX_EFFECT_EXCLUDED);
  }
  return masks;
}

/** candidates &= base */
function keepAll(base: usize, candidates: usize): bool {
  const size = <usize>ruleWords << 3;
  let any: u64 = 0;
  let w: usize = 0;
  if (ASC_FEATURE_SIMD) {
    let some = i64x2.splat(0);
    for (const end = size & ~15; w < end; w += 16) {
      const words = v128.and(v128.load(candidates + w), v128.load(base + w));
      v128.store(candidates + w, words);
      some = v128.or(some, words);
    }
    any = v128.any_true(some) ? 1 : 0;
  }
  for (; w < size; w += 8) {
    const word = load<u64>(candidates + w) & load<u64>(base + w);
    store<u64>(candidates + w, word);
    any |= word;
  }
  return any != 0;
}

/** The same, with few masks put in afterwards. */
function keepPatched(base: usize, candidates: usize, count: u32): bool {
  let at = kept;
  for (let n: u32 = 0; n < count; n++) {
    const effect = <usize>load<u32>(pending + (n << 2));
    const end = restoredEnd(effect);
    for (let mask = masksAt(effect); mask < end; mask += INDEX_MASK_SIZE, at += 4) {
      store<u32>(at, load<u32>(maskedWord(candidates, mask)) & load<u32>(mask, INDEX_MASK_BITS));
    }
  }
  let any = keepAll(base, candidates);
  at = kept;
  for (let n: u32 = 0; n < count; n++) {
    const effect = <usize>load<u32>(pending + (n << 2));
    const end = restoredEnd(effect);
    for (let mask = masksAt(effect); mask < end; mask += INDEX_MASK_SIZE, at += 4) {
      const word = maskedWord(candidates, mask);
      const bits = load<u32>(at);
      store<u32>(word, load<u32>(word) | bits);
      any = any || bits != 0;
    }
  }
  for (let n: u32 = 0; n < count; n++) {
    const effect = <usize>load<u32>(pending + (n << 2));
    const end = excludedEnd(effect);
    for (let mask = restoredEnd(effect); mask < end; mask += INDEX_MASK_SIZE) {
      const word = maskedWord(candidates, mask);
      store<u32>(word, load<u32>(word) & ~load<u32>(mask, INDEX_MASK_BITS));
    }
  }
  return any;
}

/** candidates &= (base | restored) & ~excluded */
function keepChanged(base: usize, candidates: usize): bool {
  const size = <usize>ruleWords << 3;
  let any: u64 = 0;
  let w: usize = 0;
  if (ASC_FEATURE_SIMD) {
    const zero = i64x2.splat(0);
    let some = zero;
    for (const end = size & ~15; w < end; w += 16) {
      const allowed = v128.andnot(
        v128.or(v128.load(base + w), v128.load(restored + w)),
        v128.load(excluded + w),
      );
      const words = v128.and(v128.load(candidates + w), allowed);
      v128.store(restored + w, zero);
      v128.store(excluded + w, zero);
      v128.store(candidates + w, words);
      some = v128.or(some, words);
    }
    any = v128.any_true(some) ? 1 : 0;
  }
  for (; w < size; w += 8) {
    const allowed = (load<u64>(base + w) | load<u64>(restored + w)) & ~load<u64>(excluded + w);
    const word = load<u64>(candidates + w) & allowed;
    store<u64>(restored + w, 0);
    store<u64>(excluded + w, 0);
    store<u64>(candidates + w, word);
    any |= word;
  }
  return any != 0;
}

/** Gathers the effects of the value's keys; returns the field of the bitmap that they change, 0 to leave the row out. */
function look(row: usize, i: u32): usize {
  const value = load<u32>(row, INDEX_ROW_VALUE);
  if (!present(value)) return INDEX_ROW_ABSENT;
  const length = valueLength(value);
  if (isList(value)) {
    // of an empty list everything holds for every element
    if ((load<u32>(row, INDEX_ROW_FLAGS) & INDEX_LAZY) != 0 && (length == 0 || length > MAX_ELEMENTS)) return 0;
    askGuards(row);
    const list = valueAt(value);
    for (let n = 0; n < length; n++) {
      const element = elementAt(list, n);
      lookUpConstant(row, internCell(element, element + ELEMENT_CONSTANT));
    }
    return INDEX_ROW_OTHER;
  }
  if (load<u32>(row, INDEX_ROW_GUARD_COUNT) != 0) {
    if (length > MAX_LAZY_TEXT && (load<u32>(row, INDEX_ROW_FLAGS) & INDEX_LAZY) != 0) return 0;
    askGuards(row);
    if (load<u32>(row, INDEX_ROW_TRIGGER_COUNT) != 0) findTriggers(row, valueAt(value), length);
  }
  // most texts are told apart by their length, without a hash
  if (((load<u64>(lengths + (i << 3)) >> <u64>min(length, 63)) & 1) != 0) lookUpConstant(row, valueConstant(value));
  return INDEX_ROW_OTHER;
}

function lookUpConstant(row: usize, constant: u32): void {
  if (constant == NO_CONSTANT) return;
  const map = section(row, INDEX_ROW_MAP);
  const mask = load<u32>(row, INDEX_ROW_MAP_MASK);
  let slot = hashWord(constant) & mask;
  for (;;) {
    const at = map + <usize>slot * INDEX_CONSTANT_SIZE;
    const entry = load<u32>(at, INDEX_CONSTANT_CONSTANT);
    if (entry == 0) return;
    if (entry == constant + 1) {
      addEffect(row, load<u32>(at, INDEX_CONSTANT_EFFECT));
      return;
    }
    slot = (slot + 1) & mask;
  }
}

/** Asks those that are asked of every text. */
function askGuards(row: usize): void {
  const count = load<u32>(row, INDEX_ROW_ALWAYS_COUNT);
  for (let n: u32 = 0; n < count; n++) askGuard(row, n);
}

function askGuard(row: usize, n: u32): void {
  const guard = section(row, INDEX_ROW_GUARDS) + <usize>n * INDEX_GUARD_SIZE;
  const holds: u32 = runCode(load<u32>(guard, INDEX_GUARD_CODE)) ? 1 : 0;
  if (holds == load<u32>(guard, INDEX_GUARD_HOLDS)) addEffect(row, load<u32>(guard, INDEX_GUARD_EFFECT));
}

/** Asks the guards one of whose grams the text holds. */
function findTriggers(row: usize, text: usize, length: i32): void {
  const filter = section(row, INDEX_ROW_FILTER);
  const filterMask = load<u32>(row, INDEX_ROW_FILTER_MASK);
  const end = text + length - 3;
  for (let at = text; at < end; at++) {
    const gram = load<u32>(at) | GRAM_FOLD;
    const hash = hashWord(gram);
    const bit = hash & filterMask;
    if (((<u32>load<u8>(filter + (bit >> 3)) >> (bit & 7)) & 1) != 0) pullTriggers(row, gram, hash);
  }
}

function pullTriggers(row: usize, gram: u32, hash: u32): void {
  const grams = section(row, INDEX_ROW_GRAMS);
  const mask = load<u32>(row, INDEX_ROW_GRAM_MASK);
  let at: usize;
  for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
    at = grams + <usize>slot * INDEX_GRAM_SIZE;
    if (load<u32>(at, INDEX_GRAM_COUNT) == 0) return;
    if (load<u32>(at, INDEX_GRAM_GRAM) == gram) break;
  }
  let trigger = section(row, INDEX_ROW_TRIGGERS) + (<usize>load<u32>(at, INDEX_GRAM_FIRST) << 2);
  const end = trigger + (<usize>load<u32>(at, INDEX_GRAM_COUNT) << 2);
  for (; trigger < end; trigger += 4) askGuard(row, load<u32>(trigger));
}

function addEffect(row: usize, number: u32): void {
  const effect = effectAt(row, number);
  if (pendingCount < MAX_PENDING) store<u32>(pending + (pendingCount++ << 2), <u32>effect);
  else merge(effect);
}

function merge(effect: usize): void {
  hasMore = true;
  const middle = restoredEnd(effect);
  const end = excludedEnd(effect);
  let mask = masksAt(effect);
  for (; mask < middle; mask += INDEX_MASK_SIZE) addMask(restored, mask);
  for (; mask < end; mask += INDEX_MASK_SIZE) addMask(excluded, mask);
}

