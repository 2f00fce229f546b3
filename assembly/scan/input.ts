// What every scanner shares: how the current payload is to be read, and what was found wrong with it. Scanners take a pointer
// and return the pointer behind what they read, or 0 after `fail`. The byte at `inputEnd` is 0, so a scanner that looks at each
// byte needs no bounds check: 0 ends numbers, strings and white space alike.

import { REASON_INVALID_JSON } from '../generated/reasons';

/** strict: JSON.parse's grammar and UTF-8. Otherwise Falco's parser: lenient numbers, escapes, control characters, bytes. */
export let strict: bool = true;
/** a newline ends the payload (one payload per line) */
export let newlineEnds: bool = true;
export let inputEnd: usize = 0;
/** deepest nesting allowed; strict counts containers, otherwise every value counts */
export let maxDepth: i32 = 1000;
/** the same for objects below each other that rules look into: the walk is recursive, and hosts have stack for some 5,000 */
export let maxWalkDepth: i32 = 1000;
const WALK_DEPTH_LIMIT: i32 = 4000;

/** white space between tokens was seen: texts of containers must be compacted */
export let sawSpace: bool = false;
/** a NUL was seen in a string, raw or escaped: values must be cut there */
export let sawNul: bool = false;

/** strict strings must be UTF-8 (Go's re-indenter does not ask) */
export let checkUtf8: bool = true;

export let failReason: u32 = 0;
export let failAt: usize = 0;

export function configureInput(isStrict: bool, depth: i32): void {
  strict = isStrict;
  maxDepth = depth;
  maxWalkDepth = min(depth, WALK_DEPTH_LIMIT);
}

export function beginPayload(end: usize, lines: bool): void {
  inputEnd = end;
  newlineEnds = lines;
  sawSpace = false;
  sawNul = false;
}

/** What is read from now on ends at `end`. */
export function narrowInput(end: usize): void {
  inputEnd = end;
}

/** Reads on with another grammar; the caller sets it back. */
export function setStrict(isStrict: bool, utf8: bool): void {
  strict = isStrict;
  checkUtf8 = utf8;
}

export function fail(reason: u32, at: usize): usize {
  failReason = reason;
  failAt = at;
  return 0;
}

export function failJson(at: usize): usize {
  return fail(REASON_INVALID_JSON, at);
}

export function markNul(): void {
  sawNul = true;
}

/** First byte at or after `at` that is no white space; in line framing a newline is none either. */
// @ts-ignore: decorator
@inline
export function skipSpace(at: usize): usize {
  return load<u8>(at) > 0x20 ? at : skipSpaceSlow(at);
}

function skipSpaceSlow(start: usize): usize {
  let at = start;
  for (;;) {
    const c = <u32>load<u8>(at);
    if (c != 0x20 && c != 0x09 && c != 0x0d && (c != 0x0a || newlineEnds)) break;
    at++;
  }
  if (at != start) sawSpace = true;
  return at;
}
