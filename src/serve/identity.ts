// An event in, what tells it from all others out: the members auditID, stage and requestURI as the API server wrote them, under a keyed
// hash, from its alert or, where a compiled program does not carry them, from its bytes. auditID and stage alone would not do: a client may choose the auditID of its requests, and could hide one behind
// another; time and rule are added by the caller. Only the members before the last of the three are passed over, and nothing
// is parsed.

import type { KeyedHash } from './keyed-hash.ts';

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

const NAMES: readonly Uint8Array[] = ['auditID"', 'stage"', 'requestURI"'].map((name) =>
  new TextEncoder().encode(name),
);
const ALL_FOUND = 0b111;
const NEEDED = 0b011;

/** Fields of the same three: `Alert.carried` of rules that were compiled with them. */
export const IDENTITY_FIELDS: readonly string[] = ['ka.auditid', 'ka.stage', 'ka.uri'];

/**
 * Adds the event to the hash; false for one without auditID or stage, of which nothing can be said. Expects a JSON object that the
 * engine accepted, and what the alert carries of it, if it does: then it is not read again.
 */
export function hashEvent(
  hash: KeyedHash,
  bytes: Uint8Array,
  start: number,
  end: number,
  carried: (n: number) => Uint8Array | undefined = () => undefined,
): boolean {
  const [auditId, stage] = [carried(0), carried(1)];
  if (auditId === undefined || stage === undefined) return hashMembers(hash, bytes, start, end);
  addMember(hash, 0, auditId);
  addMember(hash, 1, stage);
  const requestUri = carried(2);
  if (requestUri !== undefined) addMember(hash, 2, requestUri);
  return true;
}

function addMember(hash: KeyedHash, n: number, text: Uint8Array): void {
  hash.add(1 << n);
  hash.addBytes(text, 0, text.length);
}

function hashMembers(hash: KeyedHash, bytes: Uint8Array, start: number, end: number): boolean {
  let found = 0;
  let at = start;
  while (at < end && bytes[at] !== OPEN_BRACE) at += 1;
  while (found !== ALL_FOUND) {
    while (at < end && bytes[at] !== QUOTE) at += 1;
    if (at >= end) break;
    const key = at + 1;
    const keyEnd = stringEnd(bytes, key, end);
    at = keyEnd;
    while (at < end && bytes[at] !== COLON) at += 1;
    at += 1;
    while (at < end && bytes[at]! <= SPACE) at += 1;
    const value = at;
    const isText = bytes[at] === QUOTE;
    at = isText ? stringEnd(bytes, at + 1, end) : valueEnd(bytes, at, end);
    const bit = nameBit(bytes, key, keyEnd);
    if ((bit & ~found) !== 0) {
      found |= bit;
      hash.add(bit);
      if (isText) hash.addBytes(bytes, value + 1, at - 1);
      else hash.addBytes(bytes, value, at);
    }
    while (at < end && bytes[at]! <= SPACE) at += 1;
    if (bytes[at] !== COMMA) break;
  }
  return (found & NEEDED) === NEEDED;
}

/** A bit for each of the names, 0 for any other; the closing quote belongs to it. */
function nameBit(bytes: Uint8Array, start: number, end: number): number {
  for (let i = 0; i < NAMES.length; i++) {
    const name = NAMES[i]!;
    if (end - start === name.length && isEqual(bytes, start, name)) return 1 << i;
  }
  return 0;
}

function isEqual(bytes: Uint8Array, start: number, name: Uint8Array): boolean {
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name[i]) return false;
  return true;
}

/** Behind the closing quote of a string whose text begins at `start`. */
function stringEnd(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at + 1;
    if (byte === BACKSLASH) at += 1;
  }
  return end;
}

/** Behind a number, a name, an array or an object. */
function valueEnd(bytes: Uint8Array, start: number, end: number): number {
  let depth = 0;
  for (let at = start; at < end; ) {
    const byte = bytes[at]!;
    at += 1;
    if (byte === QUOTE) at = stringEnd(bytes, at, end);
    else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth += 1;
    else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
      if (depth === 0) return at - 1;
      if (--depth === 0) return at;
    } else if (byte === COMMA && depth === 0) return at - 1;
  }
  return end;
}
