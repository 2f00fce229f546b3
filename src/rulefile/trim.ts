// Where a text starts and ends without the white space around it, as C++ counts white space. Steps from both ends: a pattern
// would try every run of blanks on the way.

const SPACE = ' \t\n\v\f\r';

/** [start, end) without `space` at both ends; empty at the start for a text of white space alone. */
export function trimmedRange(text: string, space: string = SPACE): { readonly start: number; readonly end: number } {
  let start = 0;
  let end = text.length;
  while (end > 0 && space.includes(text[end - 1]!)) end--;
  while (start < end && space.includes(text[start]!)) start++;
  return end === 0 ? { start: 0, end: 0 } : { start, end };
}
