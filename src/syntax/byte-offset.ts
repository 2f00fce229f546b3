// Falco counts positions in bytes of UTF-8, this package in UTF-16 code units. This is the one place that converts.

import { textBytes } from './text-bytes.ts';

/** The byte offset of UTF-16 offset `utf16Index` in `text`. */
export function byteOffset(text: string, utf16Index: number): number {
  return textBytes(text.slice(0, utf16Index)).length;
}
