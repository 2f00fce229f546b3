// A text assembled from pieces of rule files (a YAML scalar, appended conditions, substituted lists, rendered exceptions)
// that still knows where each character came from. Condition and output texts are MappedTexts, so that a diagnostic can
// put its caret under the token that the author wrote, whatever folding, escapes or substitution stood between.

import type { Span } from '../source/source-file.ts';

/** The YAML scalar that characters come from; one object per scalar. */
export interface ScalarPlace {
  readonly span: Span;
  /** what has to be escaped in it */
  readonly quote: '"' | "'" | undefined;
}

/** Characters [start, end) of the text come from `span`; `exact` when they stand there one for one. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  readonly span: Span;
  readonly exact: boolean;
  readonly scalar?: ScalarPlace;
}

/** Segments are sorted and do not overlap; generated characters (blanks, brackets, quotes) belong to none. */
export interface MappedText {
  readonly text: string;
  readonly segments: readonly Segment[];
}

/** Joins pieces; a plain string is generated text without a place. */
export function concatText(pieces: readonly (MappedText | string)[]): MappedText {
  let text = '';
  const segments: Segment[] = [];
  for (const piece of pieces) {
    if (typeof piece !== 'string') {
      for (const s of piece.segments) {
        segments.push({ ...s, start: s.start + text.length, end: s.end + text.length });
      }
      text += piece.text;
    } else text += piece;
  }
  return { text, segments };
}

/** Characters [start, end) with their places. */
export function sliceText(mapped: MappedText, start: number, end: number = mapped.text.length): MappedText {
  const segments: Segment[] = [];
  for (let i = firstBehind(mapped, start); i < mapped.segments.length; i++) {
    const s = mapped.segments[i]!;
    if (s.start >= end) break;
    const from = Math.max(s.start, start);
    const to = Math.min(s.end, end);
    if (from >= to) continue;
    const span = s.exact
      ? { file: s.span.file, start: s.span.start + (from - s.start), end: s.span.start + (to - s.start) }
      : s.span;
    segments.push({ ...s, start: from - start, end: to - start, span });
  }
  return { text: mapped.text.slice(start, end), segments };
}

/** Number of the first segment that ends behind `at`. */
function firstBehind({ segments }: MappedText, at: number): number {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle]!.end <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The segment that character `at` belongs to. */
export function segmentAt(mapped: MappedText, at: number): Segment | undefined {
  const segment = mapped.segments[firstBehind(mapped, at)];
  return segment !== undefined && segment.start <= at ? segment : undefined;
}

/** The place of characters [start, end): the narrowest span of the file that covers the segments they touch. */
export function spanOf(mapped: MappedText, start: number, end: number, fallback: Span): Span {
  const touched = sliceText(mapped, start, Math.max(end, start + 1)).segments;
  const first = touched[0];
  if (first === undefined) {
    // past the end, or generated text: the end of what stands before
    const before = mapped.segments[firstBehind(mapped, start) - 1];
    return before ? { file: before.span.file, start: before.span.end, end: before.span.end } : fallback;
  }
  let { start: low, end: high } = first.span;
  for (const s of touched) {
    if (s.span.file !== first.span.file) continue;
    low = Math.min(low, s.span.start);
    high = Math.max(high, s.span.end);
  }
  return { file: first.span.file, start: low, end: high };
}
