// Text in, the JSON values in it one behind the other: log deliveries write objects without anything between them. Strings are passed
// over, nothing else is looked at, so a piece need not be JSON: whoever parses it says so.

const OPENING = new Set(['{', '[']);
const CLOSING = new Set(['}', ']']);

/** Each top-level object or array, and whatever stands between two of them, as text without blanks around it. */
export function splitValues(text: string): readonly string[] {
  const pieces: string[] = [];
  let depth = 0;
  let start = 0;
  const cut = (end: number): void => {
    const piece = text.slice(start, end).trim();
    if (piece !== '') pieces.push(piece);
    start = end;
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') at = stringEnd(text, at);
    else if (OPENING.has(character)) {
      if (depth === 0) cut(at);
      depth += 1;
    } else if (CLOSING.has(character) && depth > 0) {
      depth -= 1;
      if (depth === 0) cut(at + 1);
    }
  }
  cut(text.length);
  return pieces;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** The value, or undefined for what is not JSON. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A member that is an object; an empty one for any other. */
export function objectIn(value: JsonObject, key: string): JsonObject {
  const member = value[key];
  return isObject(member) ? member : {};
}

/** A member that is a text; an empty one for any other. */
export function textIn(value: JsonObject, key: string): string {
  const member = value[key];
  return typeof member === 'string' ? member : '';
}
