// The beginning of an input whose events are rejected in, what to say when it looks as if it were framed otherwise: JSON lines that
// are read as one document, or a document over several lines that is read line by line.

import type { Framing } from './inputs.ts';

/** A line longer than any event says nothing. */
const MAX_LOOK = 4 << 20;
const MAX_LINES = 1000;

/** A part of a message, with what separates it from the part before; empty when there is nothing to say. */
export function framingHint(bytes: Uint8Array, framing: Framing): string {
  const lines = firstLines(bytes);
  if (framing === 'document') {
    return lines.length > 1 && isJson(lines[0]!) ? '; these look like JSON lines: --framing lines reads them' : '';
  }
  if (!opensDocument(lines)) return '';
  const isRepeated = lines.some((line, i) => i > 0 && /^[[{]\s*$/.test(line) && /^[\]}]\s*$/.test(lines[i - 1]!));
  if (isRepeated) return '; these look like documents over several lines: write each of them on one line';
  return '; this looks like one document over several lines: --framing document reads it';
}

/** Those that are not blank, indentation kept. */
function firstLines(bytes: Uint8Array): readonly string[] {
  const text = new TextDecoder().decode(bytes.subarray(0, MAX_LOOK));
  return text.split('\n', MAX_LINES).filter((line) => line.trim() !== '');
}

function isJson(line: string): boolean {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}

function opensDocument([first = '', second = '']: readonly string[]): boolean {
  const line = first.trim();
  if (line === '{' || line === '[') return true;
  return /^[[{].*[,[{]$/.test(line) && second.trimStart().startsWith('"');
}
