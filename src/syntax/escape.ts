// Escapes of quoted strings, both ways. `unescapeQuoted` reads what a rule author wrote; `escapeText` writes a constant
// or argument in canonical form, with double quotes only where they are needed. What it writes is not always what would
// be read back (an empty text prints as nothing, a final backslash as `\\"`): it shows conditions, as Falco does.

import { isHexDigit } from './characters.ts';
import { bytesText, escapedByte } from './text-bytes.ts';

export type EscapeReason = 'bad_escape' | 'mismatched_quote_escape' | 'invalid_hex_escape' | 'truncated_hex_escape';
export type Unescaped =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly reason: EscapeReason; readonly start: number; readonly end: number };

const ESCAPED = new Map([
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['\\', '\\'],
  ['/', '/'],
  // tolerated for old rules that escape a blank by mistake: the backslash stays, the blank goes
  [' ', '\\'],
]);
const WRITTEN = new Map([
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);

/** What the quoted string at [start, end) of `source`, quotes included, denotes; or its first bad escape. */
export function unescapeQuoted(source: string, start: number, end: number): Unescaped {
  const quote = source[start];
  const close = end - 1;
  let text = '';
  for (let at = start + 1; at < close; ) {
    const next = source[at + 1] as string;
    if (source[at] !== '\\') {
      const plainEnd = source.indexOf('\\', at);
      const stop = plainEnd < 0 || plainEnd > close ? close : plainEnd;
      text += source.slice(at, stop);
      at = stop;
    } else if (next === 'x') {
      const run = hexRun(source, at, close);
      if ('reason' in run) return run;
      text += bytesText(Uint8Array.from(run.bytes));
      at = run.end;
    } else if (next === '"' || next === "'") {
      if (next !== quote) return { ok: false, reason: 'mismatched_quote_escape', start: at, end: at + 2 };
      text += next;
      at += 2;
    } else {
      const denoted = ESCAPED.get(next);
      const length = String.fromCodePoint(source.codePointAt(at + 1) as number).length;
      if (denoted === undefined) return { ok: false, reason: 'bad_escape', start: at, end: at + 1 + length };
      text += denoted;
      at += 2;
    }
  }
  return { ok: true, text };
}

type HexRun = { readonly bytes: readonly number[]; readonly end: number } | Extract<Unescaped, { ok: false }>;

// neighbouring escapes are read together: `\xc3\xa9` is one character
function hexRun(source: string, start: number, close: number): HexRun {
  const bytes: number[] = [];
  let at = start;
  while (at < close && source[at] === '\\' && source[at + 1] === 'x') {
    const end = at + 4;
    if (end > close) return { ok: false, reason: 'truncated_hex_escape', start: at, end: close };
    if (!isHexDigit(source.charCodeAt(at + 2)) || !isHexDigit(source.charCodeAt(at + 3))) {
      return { ok: false, reason: 'invalid_hex_escape', start: at, end };
    }
    bytes.push(Number.parseInt(source.slice(at + 2, end), 16));
    at = end;
  }
  return { bytes, end: at };
}

/** The text, in double quotes if it holds a blank, `=`, a quote, a backslash, a control character or a lone byte. */
export function escapeText(text: string): string {
  let written = '';
  let isQuoted = false;
  for (const character of text) {
    const escaped = WRITTEN.get(character) ?? hexEscape(character);
    isQuoted ||= escaped !== undefined || character === ' ' || character === '=' || character === "'";
    written += escaped ?? character;
  }
  return isQuoted ? `"${written}"` : written;
}

function hexEscape(character: string): string | undefined {
  const code = character.charCodeAt(0);
  const byte = code < 0x20 || code === 0x7f ? code : escapedByte(character);
  return byte === undefined ? undefined : `\\x${byte.toString(16).padStart(2, '0')}`;
}
