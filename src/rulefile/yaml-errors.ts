// What the YAML library says is wrong with a document, for people: its later errors mostly follow from the first, and its
// words are of tokens and streams. Offsets are of the text that was parsed.

import type { ErrorCode } from 'yaml';

export interface YamlError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly pos: readonly [start: number, end: number];
}

export interface ExplainedError {
  readonly message: string;
  readonly notes: readonly string[];
  readonly start: number;
  readonly end: number;
}

/** Codes that come again and again once the structure is lost. */
const FOLLOWING: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'UNEXPECTED_TOKEN',
  'BLOCK_AS_IMPLICIT_KEY',
  'MULTILINE_IMPLICIT_KEY',
  'MISSING_CHAR',
  'BLOCK_IN_FLOW',
]);

/** The errors of one document that have a cause of their own: the first, and later ones of other kinds. */
export function ownErrors(errors: readonly YamlError[]): readonly YamlError[] {
  return errors.filter(({ code }, i) => i === 0 || !FOLLOWING.has(code));
}

/** The longest part of a line that is looked at. */
const REACH = 1000;

/** `openQuote` finds the scalar that ends at an offset without its quote. */
export function explainError(
  { code, message, pos }: YamlError,
  text: string,
  openQuote: (end: number) => number | undefined,
): ExplainedError {
  const [at, end] = pos;
  const line = new Line(text, at);
  const tab = line.before.trim() === '' ? line.before.indexOf('\t') : -1;
  if (tab >= 0) return one('a tab stands where YAML wants blanks', line.start + tab, 'help: indent with blanks');
  const known = explained(code, message, at, line, openQuote);
  if (known !== undefined) return known;
  // the library's first line says what is wrong, the rest repeats the place
  const first = message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
  return { message: first.charAt(0).toLowerCase() + first.slice(1), notes: [], start: at, end };
}

class Line {
  readonly start: number;
  /** from the start to the place */
  readonly before: string;
  /** from the place to the end */
  readonly rest: string;
  readonly next: string;
  readonly nextStart: number;

  constructor(text: string, at: number) {
    const head = text.slice(Math.max(0, at - REACH), at);
    this.before = head.slice(head.lastIndexOf('\n') + 1);
    this.start = at - this.before.length;
    this.rest = lineOf(text, at);
    this.nextStart = at + this.rest.length + 1;
    this.next = lineOf(text, this.nextStart);
  }

  get whole(): string {
    return this.before + this.rest;
  }
}

function lineOf(text: string, at: number): string {
  const tail = text.slice(at, at + REACH);
  const newline = tail.indexOf('\n');
  return newline < 0 ? tail : tail.slice(0, newline);
}

function one(message: string, start: number, ...notes: readonly string[]): ExplainedError {
  return { message, notes, start, end: start + 1 };
}

function explained(
  code: ErrorCode,
  message: string,
  at: number,
  line: Line,
  openQuote: (end: number) => number | undefined,
): ExplainedError | undefined {
  switch (code) {
    case 'UNEXPECTED_TOKEN':
      return message.includes('at node end') ? behindNode(at, line) : undefined;
    case 'BLOCK_AS_IMPLICIT_KEY':
      return dashed(line) ?? nestedMap(at, line);
    case 'MULTILINE_IMPLICIT_KEY':
      return dashed(line) ?? keyAlone(at, line);
    case 'MISSING_CHAR': {
      if (message.startsWith('Sequence item')) return sequenceItem(line);
      const open = /closing ["']quote/.test(message) ? openQuote(at) : undefined;
      return open === undefined ? undefined : one('the quote is never closed', open);
    }
    case 'BAD_SCALAR_START':
      return one(`a value cannot start with '${line.rest[0]}'`, at, 'help: put the value in quotes');
    default:
      return undefined;
  }
}

function behindNode(at: number, line: Line): ExplainedError | undefined {
  const end = at + line.rest.trimEnd().length;
  if (/["']\s*$/.test(line.before)) {
    const help = "help: put the whole value in quotes of the other kind, or on lines of its own behind '>'";
    return { message: 'found text behind a quoted value', notes: [help], start: at, end };
  }
  if (line.before.trim() !== '') return undefined;
  const help = line.rest.startsWith('{')
    ? 'help: lines of JSON are events, which are given as input'
    : "help: check the indentation; an item starts with '- '";
  const notes = line.rest.startsWith('<<<<<<<') ? [] : [help];
  return { message: 'this line belongs to nothing above it', notes, start: at, end };
}

/** `-rule: R`, or a dash of another kind. */
function dashed({ start, whole }: Line): ExplainedError | undefined {
  const found = /^\s*(?:(-)[a-zA-Z]|([\u2010-\u2015\u2212]))/.exec(whole);
  if (found === null) return undefined;
  const dash = start + found[0].length - (found[1] === undefined ? 1 : 2);
  return found[1] === undefined
    ? one("found a dash that is no '-'", dash, "help: an item starts with '- '")
    : one("expected a blank behind '-'", dash);
}

function nestedMap(at: number, { rest, next, nextStart }: Line): ExplainedError {
  const colon = rest.search(/:(?: |\r?$)/);
  if (colon >= 0) return one("found ': ' in a value without quotes", at + colon, 'help: put the value in quotes');
  const indent = next.length - next.trimStart().length;
  return {
    message: 'this line is indented deeper than the key above it, and so goes on with the value of that key',
    notes: ['help: give the keys of an item the same indentation'],
    start: nextStart + indent,
    end: nextStart + Math.max(next.trimEnd().length, indent + 1),
  };
}

function keyAlone(at: number, { start, whole, rest }: Line): ExplainedError {
  const found = /^\s*(?:- )?["']?[\w-]+["']?:(?=\S)/.exec(whole);
  if (found !== null) return one("expected a blank behind ':'", start + found[0].length - 1);
  return { message: "expected 'key: value'", notes: [], start: at, end: at + Math.max(1, rest.trimEnd().length) };
}

function sequenceItem({ start, whole }: Line): ExplainedError {
  const indent = whole.length - whole.trimStart().length;
  return {
    message: 'this line is indented less than the keys above it, and starts no item',
    notes: ['help: give the keys of an item the same indentation'],
    start: start + indent,
    end: start + Math.max(whole.trimEnd().length, indent + 1),
  };
}
