// An event's bytes in, what tells it from all others out: the members auditID, stage and requestURI as the API server wrote them, under a
// keyed hash. auditID and stage alone would not do: a client may choose the auditID of its requests, and could hide one behind
// another; time and rule are added by the caller. Only the members before the last of the three are passed over, and nothing
// is parsed.

import type { KeyedHash } from './keyed-hash.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const NAMES: readonly Uint8Array[] = ['"auditID"', '"stage"', '"requestURI"'].map((name) =>
  new TextEncoder().encode(name),
);
const ALL_FOUND = 0b111;
const NEEDED = 0b011;

/**
 * Adds the event to the hash; false for one without auditID or stage, of which nothing can be said. Expects a JSON object that the
 * engine accepted.
 */
export function hashEvent(hash: KeyedHash, bytes: Uint8Array, start: number, end: number): boolean {
  let found = 0;
  let at = skipTo(bytes, start, end, OPEN_BRACE) + 1;
  while (at < end && found !== ALL_FOUND) {
    const key = skipTo(bytes, at, end, QUOTE);
    const keyEnd = stringEnd(bytes, key, end);
    const value = skipBlanks(bytes, skipTo(bytes, keyEnd, end, COLON) + 1, end);
    at = valueEnd(bytes, value, end);
    const bit = nameBit(bytes, key, keyEnd);
    if ((bit & ~found) !== 0) {
      found |= bit;
      hash.add(bit);
      hash.addBytes(bytes, value, at);
    }
    at = skipBlanks(bytes, at, end);
    if (bytes[at] !== COMMA) break;
  }
  return (found & NEEDED) === NEEDED;
}

/** A bit for each of the names, 0 for any other. */
function nameBit(bytes: Uint8Array, start: number, end: number): number {
  for (let i = 0; i < NAMES.length; i++) if (isEqual(bytes, start, end, NAMES[i]!)) return 1 << i;
  return 0;
}

function isEqual(bytes: Uint8Array, start: number, end: number, name: Uint8Array): boolean {
  if (end - start !== name.length) return false;
  for (let i = 1; i < name.length; i++) if (bytes[start + i] !== name[i]) return false;
  return true;
}

function skipTo(bytes: Uint8Array, start: number, end: number, wanted: number): number {
  let at = start;
  while (at < end && bytes[at] !== wanted) at += 1;
  return at;
}

function skipBlanks(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at]! <= 0x20) at += 1;
  return at;
}

/** Behind the closing quote. */
function stringEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 1; at < end; at++) {
    const byte = bytes[at];
    if (byte === BACKSLASH) at += 1;
    else if (byte === QUOTE) return at + 1;
  }
  return end;
}

function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; ) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      at = stringEnd(bytes, at, end);
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return at;
      if (--depth === 0) return at + 1;
    } else if (byte === COMMA && depth === 0) return at;
    at += 1;
  }
  return end;
}
