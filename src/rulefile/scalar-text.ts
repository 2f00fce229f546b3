// A YAML scalar as MappedText: each character of the value with its place in the file, through quotes, escapes, folding and
// indentation. The YAML library says what the value is; this file only finds the places, and when the two do not agree the
// whole value maps to the whole scalar.

import type { Span } from '../source/source-file.ts';
import type { MappedText, ScalarPlace, Segment } from './mapped-text.ts';
import type { YamlScalar } from './yaml-tree.ts';

/** The text of a scalar with places. */
export function scalarText(scalar: YamlScalar): MappedText {
  const { text, token, span } = scalar;
  if (token === undefined || text === '') return { text, segments: [] };
  const builder = new SegmentBuilder({ span, quote: quoteOf(scalar) });
  const { type, source, headerLength } = token;
  if (type === 'block') mapBlock(builder, source, span.start + headerLength, text);
  else {
    const quotes = type === 'plain' ? 0 : 1;
    mapFlow(builder, source, span.start, quotes, source.length - quotes, type);
  }
  if (builder.text !== text) return { text, segments: [{ start: 0, end: text.length, span, exact: false }] };
  return { text, segments: builder.segments };
}

function quoteOf({ token }: YamlScalar): ScalarPlace['quote'] {
  if (token?.type === 'double') return '"';
  return token?.type === 'single' ? "'" : undefined;
}

class SegmentBuilder {
  text = '';
  readonly segments: Segment[] = [];
  readonly #scalar: ScalarPlace;
  readonly #file: number;

  constructor(scalar: ScalarPlace) {
    this.#scalar = scalar;
    this.#file = scalar.span.file;
  }

  /** `piece` stands at `from` one for one. */
  exact(piece: string, from: number): void {
    if (piece === '') return;
    const last = this.segments.at(-1);
    const start = this.text.length;
    this.text += piece;
    const span = { file: this.#file, start: from, end: from + piece.length };
    if (last?.exact && last.end === start && last.span.end === from) {
      this.segments[this.segments.length - 1] = {
        ...last,
        end: this.text.length,
        span: { ...last.span, end: span.end },
      };
    } else this.segments.push({ start, end: this.text.length, span, exact: true, scalar: this.#scalar });
  }

  /** `piece` is what the characters [from, to) of the file amount to. */
  replaced(piece: string, from: number, to: number): void {
    if (piece === '') return;
    const start = this.text.length;
    this.text += piece;
    this.segments.push({
      start,
      end: this.text.length,
      span: { file: this.#file, start: from, end: to },
      exact: false,
      scalar: this.#scalar,
    });
  }
}

const BLANK_OR_BREAK = /[ \t\r\n]*/y;

function blankRun(source: string, from: number, end: number): number {
  BLANK_OR_BREAK.lastIndex = from;
  BLANK_OR_BREAK.test(source);
  return Math.min(BLANK_OR_BREAK.lastIndex, end);
}

/** What a run of blanks and line breaks inside a flow scalar amounts to. */
function folded(run: string): string {
  const breaks = run.split('\n').length - 1;
  if (breaks === 0) return run;
  return breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
}

function mapFlow(
  builder: SegmentBuilder,
  source: string,
  base: number,
  start: number,
  end: number,
  kind: 'plain' | 'single' | 'double',
): void {
  let plainFrom = start;
  let at = start;
  const flush = () => builder.exact(source.slice(plainFrom, at), base + plainFrom);
  const replace = (piece: string, to: number) => {
    flush();
    builder.replaced(piece, base + at, base + to);
    at = to;
    plainFrom = to;
  };
  while (at < end) {
    const c = source[at]!;
    if (c === ' ' || c === '\t' || c === '\n' || c === '\r') {
      const to = blankRun(source, at, end);
      const run = source.slice(at, to);
      if (run.includes('\n')) replace(folded(run), to);
      else at = to;
    } else if (kind === 'single' && c === "'") replace("'", at + 2);
    else if (kind === 'double' && c === '\\') {
      const { piece, to } = readEscape(source, at, end);
      replace(piece, to);
    } else at++;
  }
  flush();
}

const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  N: '\u0085',
  _: '\u00a0',
  L: '\u2028',
  P: '\u2029',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  '\t': '\t',
};

function readEscape(source: string, at: number, end: number): { piece: string; to: number } {
  const c = source[at + 1] ?? '';
  const digits = { x: 2, u: 4, U: 8 }[c];
  if (digits !== undefined) {
    const code = Number.parseInt(source.slice(at + 2, at + 2 + digits), 16);
    const piece = code <= 0x10ffff ? String.fromCodePoint(code) : '';
    return { piece, to: at + 2 + digits };
  }
  if (c === '\n' || c === '\r') {
    const to = blankRun(source, at + 1, end);
    const breaks = source.slice(at + 1, to).split('\n').length - 1;
    return { piece: '\n'.repeat(Math.max(0, breaks - 1)), to };
  }
  return { piece: ESCAPES[c] ?? '', to: at + 2 };
}

/** Block scalars have no escapes: the characters that are not white stand in the file in the same order. */
function mapBlock(builder: SegmentBuilder, source: string, base: number, value: string): void {
  const word = /[^ \t\r\n]+/y;
  let from = 0;
  let at = 0;
  while (at < value.length) {
    const valueTo = blankRun(value, at, value.length);
    let to = blankRun(source, from, source.length);
    if (valueTo > at) {
      mapBlanks(builder, value.slice(at, valueTo), source.slice(from, to), base + from);
      at = valueTo;
    }
    word.lastIndex = at;
    const text = word.exec(value)?.[0];
    if (text === undefined) return;
    if (!source.startsWith(text, to)) return;
    builder.exact(text, base + to);
    at += text.length;
    to += text.length;
    from = to;
  }
}

/** The blanks of a value end as the blanks in the file end (deeper indentation is kept); what is before them is folded. */
function mapBlanks(builder: SegmentBuilder, value: string, source: string, base: number): void {
  if (value === source) {
    builder.exact(value, base);
    return;
  }
  const tail = value.slice(value.lastIndexOf('\n') + 1);
  const kept = source.endsWith(tail) ? tail.length : 0;
  builder.replaced(value.slice(0, value.length - kept), base, base + source.length - kept);
  builder.exact(value.slice(value.length - kept), base + source.length - kept);
}

/** A text that came from one scalar, without the cost of a full mapping (list items, exception values). */
export interface SourcedText {
  readonly text: string;
  readonly span: Span;
  /** absent when the text is not written in a file */
  readonly scalar?: ScalarPlace;
}

/** The text of a scalar; the span leaves out quotes. */
export function sourcedText(scalar: YamlScalar): SourcedText {
  const { text, span } = scalar;
  const quote = quoteOf(scalar);
  const place = { span, quote };
  if (quote === undefined || span.end - span.start < 2) return { text, span, scalar: place };
  return { text, span: { ...span, start: span.start + 1, end: span.end - 1 }, scalar: place };
}

export function mappedOf({ text, span, scalar }: SourcedText): MappedText {
  if (text === '') return { text, segments: [] };
  const exact = span.end - span.start === text.length;
  return { text, segments: [{ start: 0, end: text.length, span, exact, ...(scalar && { scalar }) }] };
}
