// The list that is being built: 16-byte elements in the arena, moved when they outgrow their place. An element is a text
// (address, byte length, interned constant) or a number (64 bits).

import { allocate } from '../memory/arena';
import { copyBytes } from '../memory/bytes';

export const ELEMENT_SIZE: usize = 16;
/** offset of a text element's interned constant */
export const ELEMENT_CONSTANT: usize = 8;
/** not looked up yet */
export const NOT_INTERNED: u32 = 0xffffffff;

let start: usize = 0;
let count: i32 = 0;
let capacity: i32 = 0;

export function openList(): void {
  capacity = 8;
  count = 0;
  start = allocate(8 * ELEMENT_SIZE);
}

// @ts-ignore: decorator
@inline
export function listStart(): usize {
  return start;
}

// @ts-ignore: decorator
@inline
export function listLength(): i32 {
  return count;
}

function nextElement(): usize {
  if (count == capacity) {
    const moved = allocate(<usize>capacity * 2 * ELEMENT_SIZE);
    copyBytes(moved, start, <usize>count * ELEMENT_SIZE);
    start = moved;
    capacity <<= 1;
  }
  return start + <usize>(count++) * ELEMENT_SIZE;
}

export function pushText(at: usize, length: i32): void {
  const element = nextElement();
  store<u32>(element, <u32>at);
  store<i32>(element, length, 4);
  store<u32>(element, NOT_INTERNED, ELEMENT_CONSTANT);
}

export function pushNumber(n: u64): void {
  store<u64>(nextElement(), n);
}

// @ts-ignore: decorator
@inline
export function elementAt(list: usize, n: i32): usize {
  return list + <usize>n * ELEMENT_SIZE;
}

// @ts-ignore: decorator
@inline
export function elementText(element: usize): usize {
  return load<u32>(element);
}

// @ts-ignore: decorator
@inline
export function elementLength(element: usize): i32 {
  return load<i32>(element, 4);
}
