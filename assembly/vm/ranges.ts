// Rows of the event's own numbers: in which range a number lies, and what that does to the rules. The range of the last event is remembered: the
// time of the next is mostly in the same.

import {
  INDEX_RANGE_EFFECT,
  INDEX_RANGE_SIZE,
  INDEX_ROW_RANGES,
  INDEX_ROW_RANGE_COUNT,
  INDEX_ROW_VALUE,
  VALUE_ROW_A,
} from '../generated/layout';
import { effectAt, section } from './index-rows';
import { eventNumberOf, valueRow } from './values';

/** per row of a number: the range that the last event's number lay in (from, end, effect) */
let ranges: usize = 0;
const RANGE_END: usize = 8;
const RANGE_EFFECT: usize = 16;
const LAST_RANGE_SIZE: usize = 24;

export function rangeTableSize(rows: u32): usize {
  return <usize>rows * LAST_RANGE_SIZE;
}

/** `at` is zeroed memory. */
export function placeRanges(at: usize): void {
  ranges = at;
}

/** What the range of the event's number does. */
// @ts-ignore: decorator
@inline
export function effectOfNumber(row: usize, i: u32): usize {
  const number = eventNumberOf(load<u32>(valueRow(load<u32>(row, INDEX_ROW_VALUE)), VALUE_ROW_A));
  const last = ranges + <usize>i * LAST_RANGE_SIZE;
  // from 0 to 0 before the first event
  if (number - load<u64>(last) >= load<u64>(last, RANGE_END) - load<u64>(last)) findRange(row, number, last);
  return load<u32>(last, RANGE_EFFECT);
}

/** Keeps the range that the number lies in. */
function findRange(row: usize, number: u64, last: usize): void {
  const table = section(row, INDEX_ROW_RANGES);
  const count = load<u32>(row, INDEX_ROW_RANGE_COUNT);
  let low: u32 = 0;
  let high = count;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<u64>(table + <usize>middle * INDEX_RANGE_SIZE) <= number) low = middle;
    else high = middle;
  }
  const range = table + <usize>low * INDEX_RANGE_SIZE;
  store<u64>(last, load<u64>(range));
  // the last range ends with the numbers: 2^64 is 0 here, and so is its length's overflow
  store<u64>(last, high == count ? 0 : load<u64>(range, INDEX_RANGE_SIZE), RANGE_END);
  store<u32>(last, <u32>effectAt(row, load<u32>(range, INDEX_RANGE_EFFECT)), RANGE_EFFECT);
}
