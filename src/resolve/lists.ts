// Lists in conditions: a textual substitution, as in Falco. Each list, in order of first definition, replaces its name
// wherever it stands between delimiters, in quotes too; a later list also sees what an earlier one put in. Only lists whose
// names occur as words are tried, so the cost follows the text and not the number of lists.
//
//   in (L, c)     L: [a, b c]      in ( a, "b c" , c)
//   in (a, L)     L: []            in (a  )

import { concatText, type MappedText, type Segment, sliceText } from '../rulefile/mapped-text.ts';
import type { SourcedText } from '../rulefile/scalar-text.ts';
import type { CollectedList } from './collector.ts';
import { needsQuotes, quoted } from './exceptions.ts';
import { MAX_CONDITION_LENGTH } from './limits.ts';

const BLANKS = ' \t\n\r';
const DELIMITERS = `${BLANKS}(),=`;
const WORDS = /[^ \t\n\r(),=]+/g;

export interface CompiledList {
  readonly list: CollectedList;
  readonly order: number;
  /** names of earlier lists replaced by their items, one level */
  readonly items: readonly SourcedText[];
  /** what replaces the name */
  readonly text: string;
  /** later lists whose names are words of `text`, found when needed */
  followers: readonly CompiledList[] | undefined;
  used: boolean;
}

export class ListTable {
  readonly lists: readonly CompiledList[];
  /** by the first word of the name: a name may hold delimiters */
  readonly #byWord = new Map<string, CompiledList[]>();
  /** names of delimiters alone are always tried */
  readonly #wordless: readonly CompiledList[];

  constructor(collected: ReadonlyMap<string, CollectedList>) {
    const expanded = new Set<string>();
    this.lists = [...collected.values()].map((list, order) => {
      const items = list.items.flatMap((item) => {
        const inner = collected.get(item.text);
        if (inner === undefined || inner.index >= list.visibility) return [item];
        expanded.add(inner.name);
        return inner.items;
      });
      return { list, order, items, text: joined(items), followers: undefined, used: false };
    });
    for (const entry of this.lists) {
      if (expanded.has(entry.list.name)) entry.used = true;
      const word = wordsOf(entry.list.name).next().value?.[0];
      if (word === undefined) continue;
      const named = this.#byWord.get(word) ?? [];
      named.push(entry);
      this.#byWord.set(word, named);
    }
    this.#wordless = this.lists.filter(({ list }) => wordsOf(list.name).next().done);
  }

  /** The text with all lists put in; undefined when it grows over the limit. */
  substitute(source: MappedText): MappedText | undefined {
    let text = source.text;
    const applied: CompiledList[] = [];
    for (const entry of this.#candidates(text)) {
      const pieces = planSubstitution(text, entry.list.name, entry.text);
      if (pieces === undefined) continue;
      if (pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0) > MAX_CONDITION_LENGTH) return undefined;
      text = pieces.map((piece) => pieceText(piece, text, entry.text)).join('');
      entry.used = true;
      applied.push(entry);
    }
    return applied.length === 0 ? source : new SubstitutedText(text, source, applied);
  }

  /** Every list that could apply, in order: those named in the text, and those named by what they put in. */
  #candidates(text: string): CompiledList[] {
    const found = new Set<CompiledList>();
    const queue = [...this.#wordless, ...this.#named(text)];
    for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
      if (found.has(entry)) continue;
      found.add(entry);
      for (const follower of this.#followers(entry)) queue.push(follower);
    }
    return [...found].sort((a, b) => a.order - b.order);
  }

  #followers(entry: CompiledList): readonly CompiledList[] {
    entry.followers ??= this.#named(entry.text).filter(({ order }) => order > entry.order);
    return entry.followers;
  }

  #named(text: string): CompiledList[] {
    const found = new Set<CompiledList>();
    if (this.#byWord.size === 0) return [];
    for (const [word] of wordsOf(text)) for (const entry of this.#byWord.get(word) ?? []) found.add(entry);
    return [...found];
  }
}

function wordsOf(text: string): IterableIterator<RegExpExecArray> {
  return text.matchAll(WORDS);
}

/** Items by a comma; an empty first item leaves no comma behind. */
function joined(items: readonly SourcedText[]): string {
  let text = '';
  for (const item of items) {
    if (text !== '') text += ', ';
    text += needsQuotes(item.text) ? `"${item.text}"` : item.text;
  }
  return text;
}

function joinedPieces(items: readonly SourcedText[]): MappedText {
  const pieces: (MappedText | string)[] = [];
  let isEmpty = true;
  for (const item of items) {
    if (!isEmpty) pieces.push(', ');
    pieces.push(...quoted(item));
    if (item.text !== '') isEmpty = false;
  }
  return concatText(pieces);
}

/** A stretch of the text, of the list's text, or one blank. */
interface Piece {
  readonly kind: 'text' | 'list' | 'blank';
  readonly from: number;
  to: number;
}

function pieceText(piece: Piece, text: string, listText: string): string {
  if (piece.kind === 'blank') return ' ';
  return (piece.kind === 'text' ? text : listText).slice(piece.from, piece.to);
}

/** How the result is put together; undefined when the name does not occur. */
function planSubstitution(text: string, name: string, listText: string): Piece[] | undefined {
  const pieces: Piece[] = [];
  let rest = 0;
  let length = 0;
  const lastCharacter = (): string => {
    const last = pieces.at(-1);
    return last === undefined ? '' : (pieceText(last, text, listText).at(-1) ?? '');
  };
  const drop = (): void => {
    const last = pieces.at(-1)!;
    last.to--;
    length--;
    if (last.to === last.from) pieces.pop();
  };
  const push = (kind: Piece['kind'], from: number, to: number): void => {
    if (from >= to) return;
    pieces.push({ kind, from, to });
    length += to - from;
  };
  for (let at = text.indexOf(name); at >= 0; ) {
    let end = at + name.length;
    const isWord =
      (at === rest || DELIMITERS.includes(text[at - 1]!)) && (end >= text.length || DELIMITERS.includes(text[end]!));
    if (!isWord) {
      at = text.indexOf(name, at + 1);
      continue;
    }
    push('text', rest, at);
    while (length > 0 && BLANKS.includes(lastCharacter())) drop();
    while (end < text.length && BLANKS.includes(text[end]!)) end++;
    if (listText === '') {
      if (lastCharacter() === ',') drop();
      else if (text[end] === ',') end++;
    }
    // a name at the very start is followed up one character late
    const next = length === 0 ? end + 1 : end;
    if (length > 0) push('blank', 0, 1);
    push('list', 0, listText.length);
    push('blank', 0, 1);
    rest = end;
    if (length > MAX_CONDITION_LENGTH) break;
    at = text.indexOf(name, next);
  }
  if (rest === 0 && pieces.length === 0) return undefined;
  push('text', rest, text.length);
  return pieces;
}

/** The places of a substituted text are worked out when a diagnostic asks for them: most texts are never asked. */
class SubstitutedText implements MappedText {
  readonly text: string;
  readonly #source: MappedText;
  readonly #applied: readonly CompiledList[];
  #segments: readonly Segment[] | undefined;

  constructor(text: string, source: MappedText, applied: readonly CompiledList[]) {
    this.text = text;
    this.#source = source;
    this.#applied = applied;
  }

  get segments(): readonly Segment[] {
    this.#segments ??= this.#replay().segments;
    return this.#segments;
  }

  #replay(): MappedText {
    let mapped = this.#source;
    for (const { list, items, text } of this.#applied) {
      const pieces = planSubstitution(mapped.text, list.name, text) ?? [];
      const inserted = joinedPieces(items);
      const current = mapped;
      mapped = concatText(
        pieces.map((piece) =>
          piece.kind === 'blank' ? ' ' : sliceText(piece.kind === 'text' ? current : inserted, piece.from, piece.to),
        ),
      );
    }
    return mapped;
  }
}

/** Texts appended to one another, joined by a blank. */
export function joinedText(parts: readonly MappedText[]): MappedText {
  if (parts.length === 1) return parts[0]!;
  return concatText(parts.flatMap((part, i) => (i === 0 ? [part] : [' ', part])));
}
