// The bulk of a rule file without the YAML library, which takes a third of the time of a compilation: items that are flat maps
// of texts, blocks and lists of texts, in printable ASCII. What they are in YAML is beyond doubt; the first item that is
// anything else ends the reading, and the library reads the piece from there.
//
//   - rule: Name
//     condition: >
//       ka.verb = get
//       and ka.user.name in (x)
//     tags: [a, "b"]

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
  if (first === undefined || /^[ \t]/m.test(text.slice(0, first))) return undefined;
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

/** A key that cannot be read as anything but a text, and a value on its line or a list. */
const ENTRY = /([a-zA-Z_][a-zA-Z0-9_-]*):(?: (?=[^ \n])|\n {4,}(?=\[)|(?=\n *- ))/y;
/** No indicator at the start, no `: ` or ` #`, no blank or colon at the end. */
const PLAIN = /(?![-?:,[\]{}#&*!|>'"%@` ])(?:[!-~]| (?!#| *\n))+(?=\n)/y;
const DOUBLE = /"([ !#-[\]-~]*)"(?=[ ,\]\n])/y;
const SINGLE = /'([ -&(-~]*)'(?=[ ,\]\n])/y;
/** In brackets. */
const WORD = /[a-zA-Z_/.][\w/.:@-]*(?=[ ,\]\n])/y;
const WORD_END = /:$|::/;
/** Between words: what is on the next line is indented. */
const SPACE = / *(?:\n {4,}(?![ \n]))?/y;
const LIST_MARKER = /\n {2,}- /y;
const BLOCK_HEADER = /[>|]\n {4,}(?=[!-~])/y;
/** A line of a block, behind its indentation. */
const BLOCK_LINE = /[!-~](?:[ -~]*[!-~])?(?=\n)/y;
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

  /** The item at `start`, empty lines and comments behind it included. */
  item(start: number, end: number): YamlNode | undefined {
    const text = this.#text;
    if (!text.startsWith('- ', start)) return undefined;
    const entries: YamlEntry[] = [];
    this.at = start + 2;
    for (;;) {
      const entry = this.#entry();
      if (entry === undefined || text[this.at] !== '\n') return undefined;
      entries.push(entry);
      this.at++;
      this.#skipGap(end);
      if (!text.startsWith('  ', this.at)) break;
      this.at += 2;
    }
    if (this.at < end && !text.startsWith('- ', this.at)) return undefined;
    const span = { file: this.#file, start: this.#base + start + 2, end: entries.at(-1)!.value.span.end };
    return { kind: 'map', entries, span };
  }

  /** Empty lines, and comments that are not deeper than keys are. */
  #skipGap(end: number): void {
    const text = this.#text;
    while (this.at < end) {
      let at = this.at;
      while (text[at] === ' ' && at < this.at + 2) at++;
      if (text[at] === '#') at = text.indexOf('\n', at);
      else if (at > this.at) return;
      if (at < 0 || text[at] !== '\n') return;
      this.at = at + 1;
    }
  }

  #entry(): YamlEntry | undefined {
    const found = this.#match(ENTRY);
    if (found === null) return undefined;
    const name = found[1]!;
    const key = this.#scalar(name, this.at, name.length, 'plain', name);
    this.at += found[0].length;
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
      case '\n':
        return this.#list();
      case '[':
        return this.#words();
      case '>':
        return this.#block(' ');
      case '|':
        return this.#block('\n');
      default:
        return this.#line();
    }
  }

  /** A scalar on one line. */
  #line(): YamlNode | undefined {
    const quoted = this.#quoted();
    if (quoted !== undefined || this.#isLongLine()) return quoted;
    const text = this.#match(PLAIN)?.[0];
    if (text === undefined || text.includes(': ') || text.endsWith(':') || NULL.test(text)) return undefined;
    this.at += text.length;
    return this.#scalar(text, this.at - text.length, text.length, 'plain', text);
  }

  #quoted(): YamlScalar | undefined {
    const isDouble = this.#text[this.at] === '"';
    const found = this.#match(isDouble ? DOUBLE : SINGLE);
    if (found === null) return undefined;
    this.at += found[0].length;
    const type = isDouble ? 'double' : 'single';
    return this.#scalar(found[1]!, this.at - found[0].length, found[0].length, type, found[0]);
  }

  /** `[a, "b"]`, on any number of lines. */
  #words(): YamlNode | undefined {
    const start = this.at;
    const items: YamlNode[] = [];
    this.#step();
    while (this.#text[this.at] !== ']') {
      const item = this.#quoted() ?? this.#word();
      if (item === undefined) return undefined;
      items.push(item);
      this.#skipSpace();
      if (this.#text[this.at] !== ',') break;
      this.#step();
    }
    if (this.#text[this.at] !== ']') return undefined;
    this.at++;
    return this.#sequence(items, start);
  }

  /** Over a bracket or comma. */
  #step(): void {
    this.at++;
    this.#skipSpace();
  }

  #word(): YamlScalar | undefined {
    const word = this.#match(WORD)?.[0];
    if (word === undefined || WORD_END.test(word) || NULL.test(word)) return undefined;
    this.at += word.length;
    return this.#scalar(word, this.at - word.length, word.length, 'plain', word);
  }

  #skipSpace(): void {
    this.at += this.#match(SPACE)![0].length;
  }

  /** Scalars on lines of their own. */
  #list(): YamlNode | undefined {
    const marker = this.#match(LIST_MARKER)?.[0];
    if (marker === undefined) return undefined;
    const start = this.at + marker.length - 2;
    const items: YamlNode[] = [];
    while (this.#text.startsWith(marker, this.at)) {
      this.at += marker.length;
      const item = this.#line();
      if (item === undefined || this.#text[this.at] !== '\n') return undefined;
      items.push(item);
    }
    return this.#sequence(items, start);
  }

  /** `>` or `|`, and lines that are indented alike; what is neither part of them nor the next key is found by the caller. */
  #block(join: ' ' | '\n'): YamlScalar | undefined {
    const header = this.#match(BLOCK_HEADER)?.[0];
    if (header === undefined) return undefined;
    const start = this.at;
    const indent = header.slice(2);
    const lines: string[] = [];
    this.at += 2;
    while (this.#text.startsWith(indent, this.at)) {
      this.at += indent.length;
      const line = this.#match(BLOCK_LINE)?.[0];
      if (line === undefined) return undefined;
      lines.push(line);
      this.at += line.length + 1;
    }
    const source = this.#text.slice(start + 2, this.at);
    const span = { file: this.#file, start: this.#base + start, end: this.#base + this.at };
    // callers stand before the end of the line
    this.at--;
    return { kind: 'scalar', text: `${lines.join(join)}\n`, span, token: { type: 'block', source, headerLength: 2 } };
  }

  #sequence(items: readonly YamlNode[], start: number): YamlNode {
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
