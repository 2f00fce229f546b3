// Keys guessed before they are read. API servers write the keys of an object in the same order every time, so each key that
// was seen under a node remembers which key followed it; the next object is compared with the guess, closing quote and colon
// included, in two 16-byte loads. A hit needs neither a scan for the quote nor a table look-up; a miss takes the ordinary way.

import { equalBytes } from '../memory/bytes';

// entry: 32 bytes of key, quote and colon, then
const ENTRY_MASK: usize = 32; // u32, a bit per byte that must agree
const ENTRY_LENGTH: usize = 36; // bytes of key, quote and colon
const ENTRY_CHILD: usize = 40; // node under this key, 0 if the program asks for none
const ENTRY_NODE: usize = 44;
const ENTRY_FOLLOWER: usize = 48; // a guess: addresses of the entries that came next last and before, or 0
const ENTRY_VALUE: usize = 56; // a guess: bytes of the last value's text
const ENTRY_SIZE: usize = 64;
/** quote and colon */
const KEY_END: i32 = 2;
/** keys with their end must fit 32 bytes */
const MAX_KEY: i32 = 32 - KEY_END;
const MAX_ENTRIES: u32 = 256;
const SLOTS: u32 = 1024;
const MAX_PROBES: u32 = 4;

let entries: usize = 0;
let entryCount: u32 = 0;
/** hash table of entry addresses */
let slots: usize = 0;
/** per node: the guess for its first key */
let firsts: usize = 0;
/** where links of keys that are not kept point: always empty */
let nowhere: usize = 0;

export function keyCacheSize(nodeCount: u32): usize {
  return <usize>MAX_ENTRIES * ENTRY_SIZE + (SLOTS << 2) + (nodeCount << 3) + 16;
}

/** `at` is zeroed memory, a multiple of 16. */
export function placeKeyCache(at: usize): void {
  entries = at;
  slots = entries + <usize>MAX_ENTRIES * ENTRY_SIZE;
  nowhere = slots + (SLOTS << 2);
  firsts = nowhere + 16;
  entryCount = 0;
}

/** The guess for a node's first key: two entry addresses, 0 guesses nothing. */
// @ts-ignore: decorator
@inline
export function firstGuess(node: u32): usize {
  return firsts + (node << 3);
}

/** The guess for the key behind this one. */
// @ts-ignore: decorator
@inline
export function nextGuess(entry: usize): usize {
  return entry + ENTRY_FOLLOWER;
}

/** What stands behind the colon of the guessed key at `key`. */
// @ts-ignore: decorator
@inline
export function behindKey(entry: usize, key: usize): usize {
  return key + load<u32>(entry, ENTRY_LENGTH);
}

// @ts-ignore: decorator
@inline
export function guessedChild(entry: usize): u32 {
  return load<u32>(entry, ENTRY_CHILD);
}

/** Where the length of the last string under this key is kept. */
// @ts-ignore: decorator
@inline
export function lastLength(entry: usize): usize {
  return entry + ENTRY_VALUE;
}

/** The entry that came last at this place if it is the key at `key` (behind its quote), or 0. */
// @ts-ignore: decorator
@inline
export function guessKey(guess: usize, key: usize): usize {
  return ifKey(load<u32>(guess), key);
}

/** The same for the entry that came before that one. */
// @ts-ignore: decorator
@inline
export function guessKeyBefore(guess: usize, key: usize): usize {
  return ifKey(load<u32>(guess, 4), key);
}

// @ts-ignore: decorator
@inline
function ifKey(entry: usize, key: usize): usize {
  if (entry == 0) return 0;
  // a branch, so that the processor reads on with the guess: a conditional expression would make it wait for the comparison
  if (isKey(entry, key)) return entry;
  return 0;
}

// @ts-ignore: decorator
@inline
function isKey(entry: usize, key: usize): bool {
  if (ASC_FEATURE_SIMD) {
    const mask = load<u32>(entry, ENTRY_MASK);
    const low = i8x16.bitmask(i8x16.eq(v128.load(key), v128.load(entry)));
    const high = i8x16.bitmask(i8x16.eq(v128.load(key, 16), v128.load(entry, 16)));
    return ((<u32>low | (<u32>high << 16)) & mask) == mask;
  }
  return equalBytes(key, entry, load<i32>(entry, ENTRY_LENGTH));
}

/** A key that was not guessed: its entry if it was seen before, 0 if not. */
export function seenKey(node: u32, key: usize, length: i32, hash: u32): usize {
  let slot = (hash + node) & (SLOTS - 1);
  for (let probe: u32 = 0; probe < MAX_PROBES; probe++) {
    const entry = <usize>load<u32>(slots + (slot << 2));
    if (entry == 0) return 0;
    if (
      load<u32>(entry, ENTRY_NODE) == node &&
      load<i32>(entry, ENTRY_LENGTH) == length + KEY_END &&
      equalBytes(entry, key, length)
    ) return entry;
    slot = (slot + 1) & (SLOTS - 1);
  }
  return 0;
}

/** Keeps a key that is written without escapes, with a colon right behind its quote. Returns its entry, or 0 when it is too long or there is no room. */
export function keepKey(node: u32, key: usize, length: i32, hash: u32, child: u32): usize {
  if (length > MAX_KEY || entryCount == MAX_ENTRIES) return 0;
  let slot = (hash + node) & (SLOTS - 1);
  for (let probe: u32 = 0; ; probe++) {
    if (probe == MAX_PROBES) return 0;
    if (load<u32>(slots + (slot << 2)) == 0) break;
    slot = (slot + 1) & (SLOTS - 1);
  }
  const entry = entries + <usize>(entryCount++) * ENTRY_SIZE;
  memory.copy(entry, key, length + KEY_END);
  store<u32>(entry, length == MAX_KEY ? 0xffffffff : ((<u32>1) << (length + KEY_END)) - 1, ENTRY_MASK);
  store<i32>(entry, length + KEY_END, ENTRY_LENGTH);
  store<u32>(entry, child, ENTRY_CHILD);
  store<u32>(entry, node, ENTRY_NODE);
  store<u32>(slots + (slot << 2), <u32>entry);
  return entry;
}

/** Remembers what came behind the key whose guess this is; returns the guess for the next key. */
// @ts-ignore: decorator
@inline
export function learn(guess: usize, entry: usize): usize {
  if (entry == 0) return nowhere;
  if (guess != nowhere) {
    store<u32>(guess, load<u32>(guess), 4);
    store<u32>(guess, <u32>entry);
  }
  return entry + ENTRY_FOLLOWER;
}
