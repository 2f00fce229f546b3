// One whole value: checked (validateValue) or only measured (skipValue for text that was checked before, passUnread for text
// that nobody checks). Neither recurses: the kinds of the open containers lie in a byte stack.

import { REASON_TOO_DEEP } from '../generated/reasons';
import { PLAIN_DEPTH, plainContainerEnd, skippedContainerEnd, unreadContainerEnd } from './container';
import { fail, failJson, inputEnd, maxDepth, maxWalkDepth, newlineEnds, skipSpace, strict } from './input';
import { wordEnd } from './scalar';
import { stringEnd, stringEndTrusted } from './string';

/** deepest maxDepth that the stack can hold */
export const MAX_DEPTH_LIMIT: i32 = 16384;
const stack: usize = memory.data(16384 + 16);

/** nesting of the value that is being read: containers (strict) or values (lenient) around it */
export let depth: i32 = 0;

// @ts-ignore: decorator
@inline
export function setDepth(n: i32): void {
  depth = n;
}

/** Counts one more object of the walk around what follows; 0 when that is too deep. */
// @ts-ignore: decorator
@inline
export function enter(at: usize): usize {
  if (++depth > maxWalkDepth) return fail(REASON_TOO_DEEP, at);
  return at;
}

// @ts-ignore: decorator
@inline
export function leave(): void {
  depth--;
}

/** `at` is the first byte of a value. Returns the byte behind it, or 0. */
export function validateValue(at: usize): usize {
  if (depth + PLAIN_DEPTH < maxDepth) {
    const head = <u32>load<u16>(at);
    if (head == EMPTY_OBJECT) return at + 2;
    let end: usize = 0;
    if (head == STRING_IN_ARRAY) end = plainStringsEnd(at);
    else if (ASC_FEATURE_SIMD && (head & 0xff) == 0x7b) end = plainContainerEnd(at);
    if (end != 0) return end;
  }
  return validateTokens(at);
}

/** `["` */
const STRING_IN_ARRAY: u32 = 0x225b;
/** `{}`, as responseStatus.metadata mostly is */
const EMPTY_OBJECT: u32 = 0x7d7b;

/** An array of strings without white space, as groups and addresses are. 0 says nothing: it is read token by token then. */
function plainStringsEnd(array: usize): usize {
  let at = array + 2;
  for (;;) {
    const quote = stringEnd(at);
    if (quote == 0) return 0;
    const next = <u32>load<u16>(quote, 1);
    if ((next & 0xff) == 0x5d) return quote + 2;
    if (next != 0x222c) return 0;
    at = quote + 3;
  }
  return unreachable(); // the loop only returns
}

function validateTokens(start: usize): usize {
  // counters in locals: the walk touches a token every few bytes
  const base = depth;
  const deepest = maxDepth;
  const deepestScalar = strict ? i32.MAX_VALUE : deepest - 1;
  let level = base;
  let inObject = false;
  let at = start;
  for (;;) {
    // a value
    const c = <u32>load<u8>(at);
    if (c == 0x22) {
      if (level > deepestScalar) return fail(REASON_TOO_DEEP, at);
      at = stringEnd(at + 1);
      if (at == 0) return 0;
      at++;
    } else if ((c | 0x20) == 0x7b) {
      if (level == deepest) return fail(REASON_TOO_DEEP, at);
      store<u8>(stack + ++level, inObject ? 1 : 0);
      inObject = c == 0x7b;
      at = skipSpace(at + 1);
      if (load<u8>(at) == c + 2) {
        // empty
        at++;
        inObject = load<u8>(stack + level) != 0;
        level--;
      } else {
        if (inObject) {
          at = keyEnd(at);
          if (at == 0) return 0;
        }
        continue;
      }
    } else {
      if (level > deepestScalar) return fail(REASON_TOO_DEEP, at);
      at = wordEnd(at);
      if (at == 0) return 0;
    }
    // behind a value
    for (;;) {
      if (inObject && load<u16>(at) == 0x222c) {
        // the usual `,"` of a next member in one look
        const quote = stringEnd(at + 2);
        if (quote == 0) return 0;
        at = valueStart(quote);
        if (at == 0) return 0;
        break;
      }
      if (level == base) return at;
      at = skipSpace(at);
      const next = <u32>load<u8>(at);
      if (next == 0x2c) {
        at = skipSpace(at + 1);
        if (inObject) {
          at = keyEnd(at);
          if (at == 0) return 0;
        }
        break;
      }
      if (next != (inObject ? 0x7d : 0x5d)) return failJson(at);
      at++;
      inObject = load<u8>(stack + level) != 0;
      level--;
    }
  }
  return unreachable(); // the loop only returns
}

/** `at` should be a key's opening quote; returns the first byte of its value, or 0. */
// @ts-ignore: decorator
@inline
function keyEnd(at: usize): usize {
  if (load<u8>(at) != 0x22) return failJson(at);
  const quote = stringEnd(at + 1);
  return quote == 0 ? 0 : valueStart(quote);
}

/** From a key's closing quote to the first byte of its value, or 0. */
// @ts-ignore: decorator
@inline
export function valueStart(quote: usize): usize {
  // the usual colon without white space in one look
  const next = <u32>load<u16>(quote, 1);
  return (next & 0xff) == 0x3a && next > 0x20ff ? quote + 2 : spacedValueStart(quote);
}

function spacedValueStart(quote: usize): usize {
  const colon = skipSpace(quote + 1);
  if (load<u8>(colon) != 0x3a) return failJson(colon);
  return skipSpace(colon + 1);
}

/** `at` is the first byte of a value. Returns the byte behind it; 0 when the payload ends inside. */
export function skipValue(at: usize): usize {
  const c = <u32>load<u8>(at);
  if (c == 0x22) {
    const quote = stringEndTrusted(at + 1);
    return quote == 0 ? 0 : quote + 1;
  }
  if ((c | 0x20) == 0x7b) return skipContainer(at);
  return skipWord(at);
}

/** As skipValue for text that nobody checked: does not leave the payload. */
export function passUnread(at: usize): usize {
  const c = <u32>load<u8>(at);
  if (c == 0x22) {
    const quote = stringEnd(at + 1);
    return quote == 0 ? 0 : quote + 1;
  }
  if ((c | 0x20) != 0x7b) return skipWord(at);
  const head = <u32>load<u16>(at);
  if (head == EMPTY_OBJECT) return at + 2;
  if (head == STRING_IN_ARRAY) {
    const end = plainStringsEnd(at);
    if (end != 0) return end;
  }
  return ASC_FEATURE_SIMD ? unreadContainerEnd(at) : skipContainerScalar(at, newlineEnds);
}

function skipWord(start: usize): usize {
  let at = start;
  for (;;) {
    const c = <u32>load<u8>(at);
    // , ] } white space, or the sentinel
    if (c <= 0x20 || c == 0x2c || (c | 0x20) == 0x7d) break;
    at++;
  }
  return at == start ? failJson(at) : at;
}

function skipContainer(start: usize): usize {
  return ASC_FEATURE_SIMD ? skippedContainerEnd(start) : skipContainerScalar(start, false);
}

/** As `bracketsEnd` of container.ts. */
function skipContainerScalar(start: usize, stopsAtNewline: bool): usize {
  const opening = <u32>load<u8>(start);
  let at = start;
  let open = 0;
  let inString = false;
  let escaped = false;
  for (;;) {
    const c = <u32>load<u8>(at);
    if (at >= inputEnd || (c == 0x0a && stopsAtNewline)) return failJson(at);
    if (escaped) escaped = false;
    else if (c == 0x5c) escaped = true;
    else if (c == 0x22) inString = !inString;
    else if (!inString) {
      if (c == opening) open++;
      else if (c == opening + 2 && --open == 0) return at + 1;
    }
    at++;
  }
  return unreachable(); // the loop only returns
}
