// Lines of alerts, as parts that are the same for all alerts of a rule and parts that an event fills in: rendered one by one here, or
// encoded for the engine's writer (isa/alert-format.ts), which writes many at once. Everything is escaped for JSON.

import {
  FORMAT_PIECE,
  PIECE_CLOCK,
  PIECE_DATE,
  PIECE_END,
  PIECE_JSON,
  PIECE_LITERAL,
  PIECE_NANOSECONDS,
  PIECE_TEXT,
} from '../isa/alert-format.ts';
import type { Render } from '../program/meta.ts';
import type { MatchRecord } from './records.ts';
import { renderJson, renderTemplate, type Template } from './template.ts';
import { encodeText, type TextBuffer } from './text-buffer.ts';
import { clockText, isoText } from './time-text.ts';

export type LinePart =
  | string
  /** `clock`: local time of day; `date`: date and time, UTC */
  | { readonly time: 'clock' | 'date' }
  /** a formatted text without quotes */
  | { readonly template: Template }
  /** a value as JSON */
  | { readonly value: number; readonly render: Render };

/** `buffer` is empty before and after. */
export function renderLine(
  parts: readonly LinePart[],
  record: MatchRecord,
  zoneSeconds: number,
  buffer: TextBuffer,
): string {
  let line = '';
  for (const part of parts) {
    if (typeof part === 'string') line += part;
    else if ('time' in part) line += timeText(part.time, record, zoneSeconds);
    else if ('template' in part) line += escaped(renderTemplate(part.template, record, buffer));
    else line += renderJson(record, part.value, part.render);
  }
  return line;
}

/** A text as it stands in a JSON string. */
function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

export function timeText(time: 'clock' | 'date', { eventTime }: MatchRecord, zoneSeconds: number): string {
  return time === 'clock' ? clockText(eventTime, zoneSeconds) : isoText(eventTime);
}

/** What the writer has pieces for: no addresses, no networks. */
const WRITABLE: ReadonlySet<Render> = new Set(['string', 'number', 'number9', 'bool', 'time']);

/** A literal, or kind and operands. */
type Piece = string | readonly [kind: number, a?: number, b?: number];

/** A line for the writer; undefined when it has a part that the writer cannot write. */
export function encodeLine(parts: readonly LinePart[]): Uint8Array | undefined {
  const pieces: Piece[] = [];
  for (const piece of parts.flatMap(piecesOf)) {
    const last = pieces.at(-1);
    if (piece === undefined) return undefined;
    if (typeof piece === 'string' && typeof last === 'string') pieces[pieces.length - 1] = last + piece;
    else pieces.push(piece);
  }
  return encodePieces(pieces);
}

function piecesOf(part: LinePart): readonly (Piece | undefined)[] {
  if (typeof part === 'string') return [part];
  if ('time' in part) return [[part.time === 'clock' ? PIECE_CLOCK : PIECE_DATE]];
  if ('template' in part) return templatePieces(part.template);
  if (part.render === 'time') return [[PIECE_NANOSECONDS]];
  return [WRITABLE.has(part.render) ? [PIECE_JSON, part.value, part.render === 'bool' ? 0 : 1] : undefined];
}

function templatePieces({ parts, isPlain }: Template): readonly (Piece | undefined)[] {
  if (!isPlain) return [undefined];
  return parts.map((part) => {
    if ('text' in part) return escaped(part.text);
    return WRITABLE.has(part.render) ? [PIECE_TEXT, part.value, part.render === 'number9' ? 9 : 1] : undefined;
  });
}

/** Rows of pieces, then the literals. */
function encodePieces(pieces: readonly Piece[]): Uint8Array {
  const literals = pieces.map((piece) => encodeText(typeof piece === 'string' ? piece : ''));
  let free = (pieces.length + 1) * FORMAT_PIECE.SIZE;
  const bytes = new Uint8Array(literals.reduce((sum, literal) => sum + literal.length, free));
  const view = new DataView(bytes.buffer);
  const write = (row: number, kind: number, a = 0, b = 0, c = 0): void => {
    const at = row * FORMAT_PIECE.SIZE;
    view.setUint32(at + FORMAT_PIECE.KIND, kind, true);
    view.setUint32(at + FORMAT_PIECE.A, a, true);
    view.setUint32(at + FORMAT_PIECE.B, b, true);
    view.setUint32(at + FORMAT_PIECE.C, c, true);
  };
  pieces.forEach((piece, row) => {
    const literal = literals[row]!;
    if (typeof piece === 'string') write(row, PIECE_LITERAL, free, literal.length, piece.length);
    else write(row, ...piece);
    bytes.set(literal, free);
    free += literal.length;
  });
  write(pieces.length, PIECE_END);
  return bytes;
}
