// The tokens of the condition grammar. Each scanner takes a text and an offset and returns the offset behind the token
// that starts there, or -1: no state, no errors. Which token is tried where is the parser's business, since the grammar
// has no token stream of its own (`in` is a list operator in one place, the start of `inside` in another).

import type { Modifier, Operator, TransformerName } from './ast.ts';
import { isArgument, isBare, isBlank, isDigit, isHexDigit, isLetter, isNamePart, isQuote } from './characters.ts';

/** Tried in this order, so that `<=` is not read as `<`. */
export const NUMBER_OPERATORS: readonly Operator[] = ['<=', '<', '>=', '>'];
export const SYMBOL_OPERATORS: readonly Operator[] = ['==', '=', '!='];
/** String operators that need a blank behind them. */
export const WORD_OPERATORS: readonly Operator[] = [
  'glob',
  'iglob',
  'contains',
  'icontains',
  'bcontains',
  'startswith',
  'bstartswith',
  'endswith',
  'regex',
];
export const LIST_OPERATORS: readonly Operator[] = ['intersects', 'in', 'pmatch'];
/** `val` is not among them: it stands on right sides only. */
export const TRANSFORMERS: readonly TransformerName[] = [
  'tolower',
  'toupper',
  'b64',
  'basename',
  'len',
  'join',
  'concat',
  'getopt',
];
const MODIFIERS: readonly Modifier[] = ['oneof', 'anyof', 'allof'];
const KEYWORDS = ['and', 'or', 'not'];

function runEnd(text: string, at: number, belongs: (code: number) => boolean): number {
  let end = at;
  while (end < text.length && belongs(text.charCodeAt(end))) end++;
  return end;
}

function nonEmptyRun(text: string, at: number, belongs: (code: number) => boolean): number {
  const end = runEnd(text, at, belongs);
  return end > at ? end : -1;
}

export function skipBlanks(text: string, at: number): number {
  return runEnd(text, at, isBlank);
}

export function scanIdentifier(text: string, at: number): number {
  return isLetter(text.charCodeAt(at)) ? runEnd(text, at, isNamePart) : -1;
}

/** A dotted name; `a.1` is none, and of `a.b.` only `a.b` belongs to it. */
export function scanFieldName(text: string, at: number): number {
  const first = scanIdentifier(text, at);
  let end = first;
  while (end >= 0 && text[end] === '.') {
    const next = scanIdentifier(text, end + 1);
    if (next < 0) break;
    end = next;
  }
  return end > first ? end : -1;
}

export function scanBare(text: string, at: number): number {
  return nonEmptyRun(text, at, isBare);
}

export function scanArgument(text: string, at: number): number {
  return nonEmptyRun(text, at, isArgument);
}

/** `0x1f`, `12`, `-1.5`, `1.`, `1e+5`; of `0x` and `1e5` only the first digit belongs to it. */
export function scanNumber(text: string, at: number): number {
  if (text[at] === '0' && (text[at + 1] === 'x' || text[at + 1] === 'X')) {
    const end = nonEmptyRun(text, at + 2, isHexDigit);
    if (end >= 0) return end;
  }
  const isSigned = text[at] === '+' || text[at] === '-';
  const whole = nonEmptyRun(text, isSigned ? at + 1 : at, isDigit);
  if (whole < 0) return -1;
  const end = text[whole] === '.' ? runEnd(text, whole + 1, isDigit) : whole;
  const hasExponent = (text[end] === 'e' || text[end] === 'E') && (text[end + 1] === '+' || text[end + 1] === '-');
  return Math.max(end, hasExponent ? nonEmptyRun(text, end + 2, isDigit) : -1);
}

/**
 * A quoted string, quotes included. It ends at the first same quote whose preceding character is not a backslash, which
 * is all that is looked at: `"a\\"` does not end there.
 */
export function scanQuoted(text: string, at: number): number {
  if (!isQuote(text.charCodeAt(at))) return -1;
  const quote = text[at] as string;
  let end = text.indexOf(quote, at + 1);
  while (end >= 0 && text[end - 1] === '\\') end = text.indexOf(quote, end + 1);
  return end < 0 ? -1 : end + 1;
}

/** The transformer whose `name(` starts here. */
export function transformerAt(text: string, at: number): TransformerName | undefined {
  return TRANSFORMERS.find((name) => text.startsWith(name, at) && text[at + name.length] === '(');
}

/** A modifier word that is used as one: blank behind it, then `(` or a name that is not a keyword. */
export function modifierAt(text: string, at: number): Modifier | undefined {
  const word = MODIFIERS.find((modifier) => text.startsWith(modifier, at));
  if (word === undefined) return undefined;
  const next = skipBlanks(text, at + word.length);
  if (next === at + word.length) return undefined;
  return text[next] === '(' || (isLetter(text.charCodeAt(next)) && !keywordAt(text, next)) ? word : undefined;
}

// `_` ends a keyword here, although it belongs to names
function keywordAt(text: string, at: number): boolean {
  return KEYWORDS.some((word) => {
    const code = text.charCodeAt(at + word.length);
    return text.startsWith(word, at) && !isLetter(code) && !isDigit(code);
  });
}

/** The end of whatever stands at `at`, for underlining it: a quoted string, a word, or one character. */
export function tokenEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  const end = Math.max(scanQuoted(text, at), scanBare(text, at));
  return end >= 0 ? end : at + 1;
}
