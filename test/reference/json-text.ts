// A JSON parser that keeps the source: numbers stay texts, strings keep their escapes, duplicate members stay. It reads in
// one of two dialects. `falco` is as lenient as the original's parser and lets the first duplicate win; `fixed` accepts
// exactly what JSON.parse accepts, provided it is UTF-8, and lets the last duplicate win. Works on byte strings, one
// character at a time; it makes no attempt to be fast.

import { fromText, isUtf8 } from './bytes.ts';

export type Semantics = 'falco' | 'fixed';

export interface Member {
  /** between the quotes, escapes as written */
  readonly rawKey: string;
  readonly value: JsonValue;
}
export type JsonValue =
  | { readonly kind: 'object'; readonly members: readonly Member[] }
  | { readonly kind: 'array'; readonly items: readonly JsonValue[] }
  | { readonly kind: 'string'; readonly raw: string }
  | { readonly kind: 'number'; readonly text: string }
  | { readonly kind: 'literal'; readonly text: 'true' | 'false' | 'null' };

export type JsonFailure = 'invalid_json' | 'invalid_utf8' | 'too_deep';
export type JsonResult = { readonly value: JsonValue } | { readonly failure: JsonFailure };

/** `fixed`: nested containers; `falco`: nested values, scalars included. */
const MAX_LEVELS: Readonly<Record<Semantics, number>> = { falco: 300, fixed: 1000 };
const STRICT_NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const LENIENT_NUMBER = /[-+]?(?:nan|inf)|[-+.eE0-9]+/iy;
const STRICT_ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const LENIENT_ESCAPE = /\\./sy;

class Failure extends Error {
  readonly failure: JsonFailure;
  constructor(failure: JsonFailure) {
    super(failure);
    this.failure = failure;
  }
}

/** Reads one document; `text` is a byte string. */
export function parseJson(text: string, dialect: Semantics, maxLevels: number = MAX_LEVELS[dialect]): JsonResult {
  const result = parseBytes(text, dialect, maxLevels);
  return 'value' in result && dialect === 'fixed' && !isUtf8(text) ? { failure: 'invalid_utf8' } : result;
}

/** Whether a text is JSON by the grammar alone, its encoding aside. */
export function isStrictJson(text: string): boolean {
  return 'value' in parseBytes(text, 'fixed', MAX_LEVELS.fixed);
}

function parseBytes(text: string, dialect: Semantics, maxLevels: number): JsonResult {
  try {
    return { value: new Reader(text, dialect, maxLevels).document() };
  } catch (error) {
    if (error instanceof Failure) return { failure: error.failure };
    throw error;
  }
}

class Reader {
  readonly #text: string;
  readonly #strict: boolean;
  readonly #maxLevels: number;
  #at = 0;

  constructor(text: string, dialect: Semantics, maxLevels: number) {
    this.#text = text;
    this.#strict = dialect === 'fixed';
    this.#maxLevels = maxLevels;
  }

  document(): JsonValue {
    this.#blanks();
    const value = this.#value(1);
    this.#blanks();
    if (this.#at < this.#text.length) throw new Failure('invalid_json');
    return value;
  }

  #value(level: number): JsonValue {
    const first = this.#text[this.#at];
    if (first === undefined) throw new Failure('invalid_json');
    const counts = !this.#strict || first === '{' || first === '[';
    if (counts && level > this.#maxLevels) throw new Failure('too_deep');
    if (first === '{') return { kind: 'object', members: this.#members(level) };
    if (first === '[') return { kind: 'array', items: this.#items(level) };
    if (first === '"') return { kind: 'string', raw: this.#string() };
    for (const text of ['true', 'false', 'null'] as const) {
      if (this.#text.startsWith(text, this.#at)) {
        this.#at += text.length;
        return { kind: 'literal', text };
      }
    }
    return { kind: 'number', text: this.#number() };
  }

  #members(level: number): Member[] {
    const members: Member[] = [];
    this.#at++;
    this.#blanks();
    if (this.#accept('}')) return members;
    do {
      this.#blanks();
      if (this.#text[this.#at] !== '"') throw new Failure('invalid_json');
      const rawKey = this.#string();
      this.#blanks();
      this.#expect(':');
      this.#blanks();
      members.push({ rawKey, value: this.#value(level + 1) });
      this.#blanks();
    } while (this.#accept(','));
    this.#expect('}');
    return members;
  }

  #items(level: number): JsonValue[] {
    const items: JsonValue[] = [];
    this.#at++;
    this.#blanks();
    if (this.#accept(']')) return items;
    do {
      this.#blanks();
      items.push(this.#value(level + 1));
      this.#blanks();
    } while (this.#accept(','));
    this.#expect(']');
    return items;
  }

  #string(): string {
    const start = ++this.#at;
    const escapes = this.#strict ? STRICT_ESCAPE : LENIENT_ESCAPE;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === '"') return this.#text.slice(start, this.#at++);
      if (character === '\\') this.#match(escapes);
      else if (character === undefined || (this.#strict && character < ' ')) throw new Failure('invalid_json');
      else this.#at++;
    }
  }

  #number(): string {
    const text = this.#match(this.#strict ? STRICT_NUMBER : LENIENT_NUMBER);
    // a sign alone is no number, unless the text ends there
    if (/^[-+]$/.test(text) && this.#at < this.#text.length) throw new Failure('invalid_json');
    return text;
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw new Failure('invalid_json');
    this.#at += found[0].length;
    return found[0];
  }

  #blanks(): void {
    while (' \t\n\r'.includes(this.#text[this.#at] ?? 'x')) this.#at++;
  }

  #accept(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string): void {
    if (!this.#accept(character)) throw new Failure('invalid_json');
  }
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
};

/** Decodes the escapes of a string token; what cannot be decoded stays as written. */
export function unescapeText(raw: string): string {
  let text = '';
  let at = 0;
  for (;;) {
    const slash = raw.indexOf('\\', at);
    if (slash < 0) return text + raw.slice(at);
    text += raw.slice(at, slash);
    const { decoded, length } = decodeEscape(raw, slash);
    text += decoded;
    at = slash + length;
  }
}

function decodeEscape(raw: string, at: number): { decoded: string; length: number } {
  const letter = raw[at + 1] ?? '';
  const simple = SIMPLE_ESCAPES[letter];
  if (simple !== undefined) return { decoded: simple, length: 2 };
  const first = codeUnit(raw, at);
  if (first === undefined) return { decoded: `\\${letter}`, length: 2 };
  if (first < 0xd800 || first > 0xdfff) return { decoded: fromText(String.fromCharCode(first)), length: 6 };
  // a surrogate takes the escape after it along, whether the two are a pair or not
  const second = codeUnit(raw, at + 6);
  if (second === undefined) return { decoded: raw.slice(at, at + 6), length: 6 };
  const pair = String.fromCharCode(first, second);
  return { decoded: fromText(pair.codePointAt(0)! > 0xffff ? pair : '\ufffd'), length: 12 };
}

function codeUnit(raw: string, at: number): number | undefined {
  const digits = /^\\u([0-9a-fA-F]{4})/.exec(raw.slice(at, at + 6))?.[1];
  return digits === undefined ? undefined : Number.parseInt(digits, 16);
}

/** The member a key names. `falco`: keys as written first, then decoded, the first one; `fixed`: decoded, the last one. */
export function member(value: JsonValue, key: string, semantics: Semantics): JsonValue | undefined {
  if (value.kind !== 'object') return undefined;
  const decodedMatch = (m: Member) => unescapeText(m.rawKey) === key;
  if (semantics === 'fixed') return value.members.findLast(decodedMatch)?.value;
  const asWritten = key.includes('\\') ? undefined : value.members.find((m) => m.rawKey === key);
  return (asWritten ?? value.members.find(decodedMatch))?.value;
}

/** Text of a value as a field shows it: strings decoded, null is `null`, containers compact JSON with original escapes. */
export function textOf(value: JsonValue): string {
  return value.kind === 'string' ? unescapeText(value.raw) : compact(value);
}

/** Compact JSON, everything but white space as written. */
export function compact(value: JsonValue): string {
  switch (value.kind) {
    case 'object':
      return `{${value.members.map((m) => `"${m.rawKey}":${compact(m.value)}`).join(',')}}`;
    case 'array':
      return `[${value.items.map(compact).join(',')}]`;
    case 'string':
      return `"${value.raw}"`;
    default:
      return value.text;
  }
}

/** Two blanks a level, one after a colon, empty containers on one line. */
export function indented(value: JsonValue, margin: string = '\n'): string {
  const inner = `${margin}  `;
  switch (value.kind) {
    case 'object': {
      if (value.members.length === 0) return '{}';
      const lines = value.members.map((m) => `${inner}"${m.rawKey}": ${indented(m.value, inner)}`);
      return `{${lines.join(',')}${margin}}`;
    }
    case 'array': {
      if (value.items.length === 0) return '[]';
      return `[${value.items.map((item) => inner + indented(item, inner)).join(',')}${margin}]`;
    }
    default:
      return compact(value);
  }
}
