// Where things stand in the index section of the program: rows, what they point to, and the masks of effects.

import {
  INDEX_EFFECT_BITMAP,
  INDEX_EFFECT_EXCLUDED,
  INDEX_EFFECT_MASKS,
  INDEX_EFFECT_RESTORED,
  INDEX_EFFECT_SIZE,
  INDEX_HEADER_SIZE,
  INDEX_MASK_BITS,
  INDEX_MASK_SIZE,
  INDEX_MASK_WORD,
  INDEX_ROW_EFFECTS,
  INDEX_ROW_SIZE,
} from '../generated/layout';
import { index } from './program';

// @ts-ignore: decorator
@inline
export function rowAt(i: u32): usize {
  return index + <usize>i * INDEX_ROW_SIZE;
}

/** Where an offset in the section leads. */
// @ts-ignore: decorator
@inline
export function section(row: usize, field: usize): usize {
  return index - INDEX_HEADER_SIZE + load<u32>(row + field);
}

// @ts-ignore: decorator
@inline
export function effectAt(row: usize, number: u32): usize {
  return section(row, INDEX_ROW_EFFECTS) + <usize>number * INDEX_EFFECT_SIZE;
}

// @ts-ignore: decorator
@inline
export function bitmapOf(effect: usize): usize {
  return index - INDEX_HEADER_SIZE + load<u32>(effect, INDEX_EFFECT_BITMAP);
}

// @ts-ignore: decorator
@inline
export function masksAt(effect: usize): usize {
  return index - INDEX_HEADER_SIZE + load<u32>(effect, INDEX_EFFECT_MASKS);
}

// @ts-ignore: decorator
@inline
export function restoredEnd(effect: usize): usize {
  return masksAt(effect) + <usize>load<u32>(effect, INDEX_EFFECT_RESTORED) * INDEX_MASK_SIZE;
}

// @ts-ignore: decorator
@inline
export function excludedEnd(effect: usize): usize {
  return restoredEnd(effect) + <usize>load<u32>(effect, INDEX_EFFECT_EXCLUDED) * INDEX_MASK_SIZE;
}

// @ts-ignore: decorator
@inline
export function maskedWord(bitmap: usize, mask: usize): usize {
  return bitmap + (<usize>load<u32>(mask, INDEX_MASK_WORD) << 2);
}

// @ts-ignore: decorator
@inline
export function addMask(to: usize, mask: usize): void {
  const word = maskedWord(to, mask);
  store<u32>(word, load<u32>(word) | load<u32>(mask, INDEX_MASK_BITS));
}
