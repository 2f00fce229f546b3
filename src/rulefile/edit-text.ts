// Edits of a text, turned into edits of the file that it came from. An edit is possible only where the text stands in one
// scalar of the file character for character: what folding, lists or exceptions brought in has no place of its own there.

import type { Fix } from '../diagnostics/diagnostic.ts';
import type { Span } from '../source/source-file.ts';
import { type MappedText, type ScalarPlace, type Segment, segmentAt, sliceText } from './mapped-text.ts';

/** Puts `text` in place of characters [start, end); with start = end, in front of or behind a character. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** an insertion that belongs to the character before it */
  readonly after?: boolean;
}

/** A repair of a text: all of its edits, or none. */
export interface Repair {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

/** The repair as a fix of the file; undefined when one of its edits has no place, or they stand in several scalars. */
export function fixOf(mapped: MappedText, { title, edits }: Repair): Fix | undefined {
  const placed: Fix['edits'][number][] = [];
  let home: ScalarPlace | undefined;
  for (const edit of edits) {
    const place = placeOf(mapped, edit);
    if (place === undefined || (home !== undefined && place.scalar !== home)) return undefined;
    home = place.scalar;
    placed.push({ span: place.span, text: escaped(edit.text, home.quote) });
  }
  return placed.length === 0 ? undefined : { title, edits: placed };
}

/** Whether characters [start, end) stand in the file as they are, in one piece. */
export function isWritten(mapped: MappedText, start: number, end: number): boolean {
  const segment = segmentAt(mapped, start);
  return segment?.exact === true && segment.end >= end;
}

function placeOf(
  mapped: MappedText,
  { start, end, after }: TextEdit,
): { readonly span: Span; readonly scalar: ScalarPlace } | undefined {
  const first = segmentAt(mapped, start === end && after ? start - 1 : start);
  if (first?.scalar === undefined) return undefined;
  const { file } = first.span;
  if (start === end) {
    const at = offsetIn(first, start);
    return at === undefined ? undefined : { span: { file, start: at, end: at }, scalar: first.scalar };
  }
  const last = segmentAt(mapped, end - 1)!;
  if (!isOneScalar(mapped, start, end, first.scalar)) return undefined;
  const from = offsetIn(first, start);
  const to = offsetIn(last, end);
  return from === undefined || to === undefined
    ? undefined
    : { span: { file, start: from, end: to }, scalar: first.scalar };
}

/** Where an offset stands in the file: anywhere in an exact segment, at the ends of another. */
function offsetIn(segment: Segment, at: number): number | undefined {
  if (at === segment.start) return segment.span.start;
  if (at === segment.end) return segment.span.end;
  return segment.exact ? segment.span.start + (at - segment.start) : undefined;
}

/** Whether every character of [start, end) comes from the scalar. */
function isOneScalar(mapped: MappedText, start: number, end: number, scalar: ScalarPlace): boolean {
  let covered = 0;
  for (const segment of sliceText(mapped, start, end).segments) {
    if (segment.start > covered || segment.scalar !== scalar) return false;
    covered = segment.end;
  }
  return covered >= end - start;
}

function escaped(text: string, quote: ScalarPlace['quote']): string {
  if (quote === undefined) return text;
  return quote === "'" ? text.replaceAll("'", "''") : text.replaceAll(/["\\]/g, '\\$&');
}
