// Regex tree -> position automaton (Glushkov): one position per byte step of the written-out pattern, edges between
// positions, no empty moves. Position 0 is the start, before the first byte.
//
// Line anchors are resolved here and cost nothing later. `^` between two steps asks whether the step before read a
// newline, `$` whether the step after reads one, and no step reads both a newline and another byte. So each edge is
// either there or not. While the tree is walked, a condition says under which of the four situations an empty way may
// be taken, one bit each:
//
//   bit   previous is newline or start   next is newline or end      `^` = 1010   `$` = 1100   always = 1111
//    0                no                          no
//    1                yes                         no
//    2                no                          yes
//    3                yes                         yes

import type { RangeSet } from './code-points.ts';
import { hasMember, NEWLINE } from './code-points.ts';
import type { RegexNode } from './regex-parse.ts';
import type { ByteFragment } from './utf8-fragment.ts';
import { utf8Fragment } from './utf8-fragment.ts';

/** Values of at most 255 bytes reach 72,000 with `.{1000}` thirty-six times; the original's own limit is near there. */
export const MAX_POSITIONS = 100_000;
/** Bounds the time of compilation (about 50 ms) and, as every edge may be walked once per byte, that of matching. */
export const MAX_EDGES = 1_000_000;

export interface PositionAutomaton {
  /** bytes read by each position, as an index into `byteSets`; the start has the empty set */
  readonly setOf: readonly number[];
  readonly byteSets: readonly RangeSet[];
  /** successors of each position, sorted, distinct */
  readonly follow: readonly (readonly number[])[];
  /** whether the text may end after a position */
  readonly isAccepting: readonly boolean[];
}

const NEVER = 0b0000;
const AT_LINE_START = 0b1010;
const AT_LINE_END = 0b1100;
const ALWAYS = 0b1111;

/** A position and a condition in one number. */
type Entry = number;
const CONDITION_BITS = 4;

/** The ways through a part of the pattern; edges within it are recorded already. */
interface Part {
  /** when it may match nothing */
  readonly empty: number;
  readonly first: readonly Entry[];
  readonly last: readonly Entry[];
}

const NOTHING: Part = { empty: NEVER, first: [], last: [] };

/** Null when the pattern exceeds a limit. */
export function buildPositions(node: RegexNode): PositionAutomaton | null {
  return new PositionBuilder(hasAnchor(node)).build(node);
}

function hasAnchor(node: RegexNode): boolean {
  switch (node.kind) {
    case 'lineStart':
    case 'lineEnd':
      return true;
    case 'concat':
    case 'alternate':
      return node.children.some(hasAnchor);
    case 'repeat':
      return hasAnchor(node.child);
    default:
      return false;
  }
}

class PositionBuilder {
  readonly #splitNewline: boolean;
  readonly #fragments = new Map<RangeSet, ByteFragment>();
  readonly #byteSets: RangeSet[] = [[]];
  readonly #setNumbers = new Map<string, number>();
  readonly #setOf: number[] = [0];
  readonly #follow: number[][] = [[]];
  /** newline steps, and the start, count as "previous is newline" */
  readonly #isNewline: boolean[] = [true];
  #edgeCount = 0;

  constructor(splitNewline: boolean) {
    this.#splitNewline = splitNewline;
  }

  build(node: RegexNode): PositionAutomaton | null {
    const whole = this.#part(node);
    this.#connect([entry(0, ALWAYS)], whole.first);
    if (this.#isFull) return null;
    const isAccepting = this.#setOf.map(() => false);
    for (const last of whole.last) {
      if (this.#holds(conditionOf(last), positionOf(last), true)) isAccepting[positionOf(last)] = true;
    }
    isAccepting[0] = this.#holds(whole.empty, 0, true);
    const follow = this.#follow.map((successors) => [...new Set(successors)].sort((a, b) => a - b));
    return { setOf: this.#setOf, byteSets: this.#byteSets, follow, isAccepting };
  }

  get #isFull(): boolean {
    return this.#setOf.length > MAX_POSITIONS || this.#edgeCount > MAX_EDGES;
  }

  #holds(condition: number, previous: number, isNextNewline: boolean): boolean {
    const situation = (this.#isNewline[previous] ? 1 : 0) + (isNextNewline ? 2 : 0);
    return ((condition >> situation) & 1) === 1;
  }

  #connect(lasts: readonly Entry[], firsts: readonly Entry[]): void {
    if (this.#isFull) return;
    for (const last of lasts) {
      const from = positionOf(last);
      for (const first of firsts) {
        const to = positionOf(first);
        const condition = conditionOf(last) & conditionOf(first);
        if (condition !== NEVER && this.#holds(condition, from, this.#isNewline[to]!)) this.#edge(from, to);
      }
      if (this.#isFull) return;
    }
  }

  #edge(from: number, to: number): void {
    this.#follow[from]!.push(to);
    this.#edgeCount++;
  }

  #part(node: RegexNode): Part {
    if (this.#isFull) return NOTHING;
    switch (node.kind) {
      case 'empty':
        return { ...NOTHING, empty: ALWAYS };
      case 'lineStart':
        return { ...NOTHING, empty: AT_LINE_START };
      case 'lineEnd':
        return { ...NOTHING, empty: AT_LINE_END };
      case 'set':
        return this.#set(node.set);
      case 'concat':
        return node.children.map((child) => this.#part(child)).reduce((left, right) => this.#concat(left, right));
      case 'alternate': {
        const parts = node.children.map((child) => this.#part(child));
        return {
          empty: parts.reduce((empty, part) => empty | part.empty, NEVER),
          first: parts.flatMap((part) => part.first),
          last: parts.flatMap((part) => part.last),
        };
      }
      case 'repeat':
        return this.#repeat(node.child, node.min, node.max);
    }
  }

  #set(set: RangeSet): Part {
    let fragment = this.#fragments.get(set);
    if (fragment === undefined) {
      fragment = utf8Fragment(set, this.#splitNewline);
      this.#fragments.set(set, fragment);
    }
    const base = this.#setOf.length;
    for (const bytes of fragment.steps) {
      this.#setOf.push(this.#setNumber(bytes));
      this.#follow.push([]);
      this.#isNewline.push(hasMember(bytes, NEWLINE));
    }
    const { edges } = fragment;
    for (let i = 0; i < edges.length; i += 2) this.#edge(base + edges[i]!, base + edges[i + 1]!);
    const at = (step: number) => entry(base + step, ALWAYS);
    return { empty: NEVER, first: fragment.first.map(at), last: fragment.last.map(at) };
  }

  #setNumber(bytes: RangeSet): number {
    const key = bytes.join();
    let number = this.#setNumbers.get(key);
    if (number === undefined) {
      number = this.#byteSets.push(bytes) - 1;
      this.#setNumbers.set(key, number);
    }
    return number;
  }

  #concat(left: Part, right: Part): Part {
    this.#connect(left.last, right.first);
    return {
      empty: left.empty & right.empty,
      first: left.empty === NEVER ? left.first : [...left.first, ...restrict(right.first, left.empty)],
      last: right.empty === NEVER ? right.last : [...right.last, ...restrict(left.last, right.empty)],
    };
  }

  #repeat(child: RegexNode, min: number, max: number): Part {
    if (max === 0) return { ...NOTHING, empty: ALWAYS };
    if (max === Number.POSITIVE_INFINITY) {
      const { part, last } = this.#copies(child, Math.max(min, 1));
      this.#connect(last.last, last.first);
      return min === 0 ? { ...part, empty: ALWAYS } : part;
    }
    const required = min === 0 ? null : this.#copies(child, min).part;
    if (max === min) return required!;
    const optional = this.#optional(child, max - min);
    return required === null ? optional : this.#concat(required, optional);
  }

  /** `count` copies in a row, and the last copy by itself. */
  #copies(child: RegexNode, count: number): { part: Part; last: Part } {
    let last = this.#part(child);
    let part = last;
    for (let i = 1; i < count && !this.#isFull; i++) {
      last = this.#part(child);
      // a part that may always be empty is optional but for its first copy: see #optional
      if (last.empty === ALWAYS) return this.#nullableCopies(child, count - i, part, last);
      part = this.#concat(part, last);
    }
    return { part, last };
  }

  /** `more` copies after `before`, the first of them made already, of a child that may be empty anyway. */
  #nullableCopies(child: RegexNode, more: number, before: Part, made: Part): { part: Part; last: Part } {
    const { chain, last } = this.#chain(child, more, made);
    const head: Part = { ...before, empty: NEVER };
    this.#connect(head.last, made.first);
    return { part: { empty: ALWAYS, first: head.first, last: [...head.last, ...chain] }, last };
  }

  /**
   * Zero to `count` copies as `(x(x(x)?)?)?`, with x taken as never empty: the same texts match, and a copy is followed
   * by the next one only, where `x?x?x?` would join each copy to all later ones.
   */
  #optional(child: RegexNode, count: number): Part {
    const made = this.#part(child);
    const { chain } = this.#chain(child, count, made);
    return { empty: ALWAYS, first: made.first, last: chain };
  }

  /** Ends of each copy in a chain of `count` copies that starts with `made`. */
  #chain(child: RegexNode, count: number, made: Part): { chain: Entry[]; last: Part } {
    const chain = [...made.last];
    let last = made;
    for (let i = 1; i < count && !this.#isFull; i++) {
      const next = this.#part(child);
      this.#connect(last.last, next.first);
      for (const end of next.last) chain.push(end);
      last = next;
    }
    return { chain, last };
  }
}

function entry(position: number, condition: number): Entry {
  return (position << CONDITION_BITS) | condition;
}

function positionOf(value: Entry): number {
  return value >> CONDITION_BITS;
}

function conditionOf(value: Entry): number {
  return value & ALWAYS;
}

function restrict(entries: readonly Entry[], condition: number): readonly Entry[] {
  if (condition === ALWAYS) return entries;
  return entries
    .map((value) => entry(positionOf(value), conditionOf(value) & condition))
    .filter((value) => conditionOf(value) !== NEVER);
}
