// Sets of numbers as sorted, disjoint, non-adjacent closed ranges, flat: [low, high, low, high, ...]. Used for code
// points (character sets of a regex) and for bytes (what one step of an automaton reads). A set is never changed once
// made.

export type RangeSet = readonly number[];

export const MAX_CODE_POINT = 0x10ffff;
export const NEWLINE = 0x0a;
export const EMPTY_SET: RangeSet = [];
/** `.`: everything but the newline. */
export const ANY_BUT_NEWLINE: RangeSet = [0, NEWLINE - 1, NEWLINE + 1, MAX_CODE_POINT];

/** Sorts and joins ranges given in any order, overlapping or not. */
export function unionOf(ranges: RangeSet): RangeSet {
  const pairs: [number, number][] = [];
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i]!, ranges[i + 1]!]);
  pairs.sort((a, b) => a[0] - b[0]);
  const joined: number[] = [];
  for (const [low, high] of pairs) {
    const end = joined.length - 1;
    if (end > 0 && low <= joined[end]! + 1) joined[end] = Math.max(joined[end]!, high);
    else joined.push(low, high);
  }
  return joined;
}

/** Everything up to `max` that the set lacks. */
export function complementOf(set: RangeSet, max: number = MAX_CODE_POINT): RangeSet {
  const rest: number[] = [];
  let next = 0;
  for (let i = 0; i < set.length; i += 2) {
    if (next < set[i]!) rest.push(next, set[i]! - 1);
    next = set[i + 1]! + 1;
  }
  if (next <= max) rest.push(next, max);
  return rest;
}

/** The part of a set within [low, high]. */
export function sliceOf(set: RangeSet, low: number, high: number): RangeSet {
  const part: number[] = [];
  for (let i = 0; i < set.length; i += 2) {
    const from = Math.max(set[i]!, low);
    const to = Math.min(set[i + 1]!, high);
    if (from <= to) part.push(from, to);
  }
  return part;
}

export function hasMember(set: RangeSet, value: number): boolean {
  return sliceOf(set, value, value).length > 0;
}

/** `[:alpha:]` and its like are ASCII, whatever the locale. */
export const POSIX_CLASSES: ReadonlyMap<string, RangeSet> = new Map([
  ['alnum', charRanges('09AZaz')],
  ['alpha', charRanges('AZaz')],
  ['ascii', [0x00, 0x7f]],
  ['blank', charRanges('\t\t  ')],
  ['cntrl', [0x00, 0x1f, 0x7f, 0x7f]],
  ['digit', charRanges('09')],
  ['graph', charRanges('!~')],
  ['lower', charRanges('az')],
  ['print', charRanges(' ~')],
  ['punct', charRanges('!/:@[`{~')],
  ['space', charRanges('\t\r  ')],
  ['upper', charRanges('AZ')],
  ['word', charRanges('09AZ__az')],
  ['xdigit', charRanges('09AFaf')],
]);

function charRanges(ends: string): RangeSet {
  return [...ends].map((end) => end.charCodeAt(0));
}
