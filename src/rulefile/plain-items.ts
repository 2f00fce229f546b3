// The bulk of a long rule file without the YAML library: items that are flat maps of values on one line each, in printable
// ASCII. What they are in YAML is beyond doubt; the first item that is anything else ends the reading, and the library reads
// the piece from there.
//
//   - rule: Name
//     condition: ka.verb = get
//     tags: [a, b]

import type { ScalarToken, YamlEntry, YamlNode, YamlScalar } from './yaml-tree.ts';

export interface Piece {
  readonly start: number;
  readonly end: number;
}

/**
 * Pieces of about `length` characters that start with an item. Undefined when there are lines that start neither an item nor
 * belong to one (documents, directives), or anything that looks like an anchor or an alias.
 */
export function splitItems(text: string, length: number): readonly Piece[] | undefined {
  if (/^[^-#\s]|^-(?![ \n\r])|(?:^|[\s[{,])[&*][^\s,[\]{}]/m.test(text)) return undefined;
  const first = /^-/m.exec(text)?.index;
  if (first === undefined || /^ /m.test(text.slice(0, first))) return undefined;
  const pieces: Piece[] = [];
  for (let start = first; start < text.length; ) {
    const next = text.indexOf('\n- ', start + length);
    const end = next < 0 ? text.length : next + 1;
    pieces.push({ start, end });
    start = end;
  }
  return pieces;
}

/** The items from `start` that need no library, and where they end. */
export function readPlainItems(
  text: string,
  start: number,
  end: number,
  file: number,
  base: number,
): { readonly items: readonly YamlNode[]; readonly end: number } {
  const reader = new PlainReader(text, file, base);
  const items: YamlNode[] = [];
  let at = start;
  while (at < end) {
    const item = reader.item(at, end);
    if (item === undefined) break;
    items.push(item);
    at = reader.at;
  }
  return { items, end: at };
}

/** Longer lines are left to the library: a pattern that repeats a group needs stack for each repetition. */
const MAX_LINE = 10_000;

/** A key that cannot be read as anything but a text, and a value. */
const ENTRY = /([a-zA-Z_][a-zA-Z0-9_-]*): (?=[^ \n])/y;
/** No indicator at the start, no `: ` or ` #`, no blank or colon at the end. */
const PLAIN = /(?![-?:,[\]{}#&*!|>'"%@` ])(?:[!-~]| (?!#| *\n))+(?=\n)/y;
const DOUBLE = /"([ !#-[\]-~]*)"(?=\n)/y;
const SINGLE = /'([ -&(-~]*)'(?=\n)/y;
/** One of `[a, b]`, with the comma behind it. */
const WORD = /([a-zA-Z_/.][\w/.-]*)(?:, ?|(?=\]))/y;
const NULL = /^(?:~|null|Null|NULL)$/;

class PlainReader {
  /** behind what was read last */
  at = 0;
  readonly #text: string;
  readonly #file: number;
  readonly #base: number;

  constructor(text: string, file: number, base: number) {
    this.#text = text;
    this.#file = file;
    this.#base = base;
  }

  /** The item at `start`, empty lines behind it included. */
  item(start: number, end: number): YamlNode | undefined {
    const text = this.#text;
    if (!text.startsWith('- ', start)) return undefined;
    const entries: YamlEntry[] = [];
    this.at = start + 2;
    for (;;) {
      const entry = this.#entry();
      if (entry === undefined) return undefined;
      entries.push(entry);
      this.at++;
      if (!text.startsWith('  ', this.at)) break;
      this.at += 2;
    }
    while (this.at < end && text[this.at] === '\n') this.at++;
    if (this.at < end && !text.startsWith('- ', this.at)) return undefined;
    const span = { file: this.#file, start: this.#base + start + 2, end: entries.at(-1)!.value.span.end };
    return { kind: 'map', entries, span };
  }

  #entry(): YamlEntry | undefined {
    const name = this.#match(ENTRY)?.[1];
    if (name === undefined) return undefined;
    const key = this.#scalar(name, this.at, name.length, 'plain', name);
    this.at += name.length + 2;
    const value = this.#value();
    return value && !NULL.test(name) ? { key, value } : undefined;
  }

  #isLongLine(): boolean {
    const newline = this.#text.indexOf('\n', this.at);
    return (newline < 0 ? this.#text.length : newline) - this.at > MAX_LINE;
  }

  #value(): YamlNode | undefined {
    if (this.#text[this.at] !== '[' && this.#isLongLine()) return undefined;
    switch (this.#text[this.at]) {
      case '"':
        return this.#quoted(DOUBLE, 'double');
      case "'":
        return this.#quoted(SINGLE, 'single');
      case '[':
        return this.#words();
      default: {
        const text = this.#match(PLAIN)?.[0];
        if (text === undefined || text.includes(': ') || text.endsWith(':') || NULL.test(text)) return undefined;
        this.at += text.length;
        return this.#scalar(text, this.at - text.length, text.length, 'plain', text);
      }
    }
  }

  #quoted(pattern: RegExp, type: 'single' | 'double'): YamlScalar | undefined {
    const found = this.#match(pattern);
    if (found === null) return undefined;
    this.at += found[0].length;
    return this.#scalar(found[1]!, this.at - found[0].length, found[0].length, type, found[0]);
  }

  #words(): YamlNode | undefined {
    const start = this.at++;
    const items: YamlNode[] = [];
    while (this.#text[this.at] !== ']') {
      const found = this.#match(WORD);
      if (found === null || NULL.test(found[1]!)) return undefined;
      items.push(this.#scalar(found[1]!, this.at, found[1]!.length, 'plain', found[1]!));
      this.at += found[0].length;
    }
    if (this.#text[++this.at] !== '\n') return undefined;
    const span = { file: this.#file, start: this.#base + start, end: this.#base + this.at };
    return { kind: 'sequence', items, span };
  }

  #scalar(text: string, at: number, length: number, type: ScalarToken['type'], source: string): YamlScalar {
    const start = this.#base + at;
    const span = { file: this.#file, start, end: start + length };
    return { kind: 'scalar', text, span, token: { type, source, headerLength: 0 } };
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    return pattern.exec(this.#text);
  }
}
