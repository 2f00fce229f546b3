// Regex text -> tree. The syntax is RE2's with `posix_syntax` and without `one_line`: POSIX extended expressions plus a
// few escapes, no Perl classes, no `(?`. Groups leave no trace, because only "does the whole value match" is ever
// asked. What is wrong with a pattern comes back as data with the place in the pattern; nothing is thrown.

import type { RangeSet } from './code-points.ts';
import { ANY_BUT_NEWLINE, complementOf, EMPTY_SET, MAX_CODE_POINT, POSIX_CLASSES, unionOf } from './code-points.ts';

export type RegexNode =
  | { readonly kind: 'empty' | 'lineStart' | 'lineEnd' }
  | { readonly kind: 'set'; readonly set: RangeSet }
  | { readonly kind: 'concat' | 'alternate'; readonly children: readonly RegexNode[] }
  /** max is Infinity for an open end */
  | { readonly kind: 'repeat'; readonly child: RegexNode; readonly min: number; readonly max: number };

export interface RegexProblem {
  readonly reason: 'bad_regex' | 'regex_too_large';
  readonly message: string;
  /** UTF-16 offsets into the pattern */
  readonly start: number;
  readonly end: number;
}

export type RegexParse =
  | { readonly ok: true; readonly node: RegexNode }
  | { readonly ok: false; readonly problem: RegexProblem };

/** The original's bound on copies of one thing, nested counts multiplied. */
export const MAX_REPEAT = 1000;
/** Groups and repetitions within each other; later stages walk the tree by recursion. */
export const MAX_NESTING = 1000;

/** Parses a whole pattern. A lone surrogate stands for a byte that is not UTF-8 and is refused like one. */
export function parseRegex(pattern: string): RegexParse {
  return new Parser(pattern).parse();
}

/** A node with what the limits need to know of it: copies of its most repeated part, and its height. */
interface Sized {
  readonly node: RegexNode;
  readonly copies: number;
  readonly height: number;
}

interface Frame {
  /** offset of the bracket that opened it */
  readonly open: number;
  readonly alternatives: Sized[];
  sequence: Sized[];
}

type Repetition = { readonly min: number; readonly max: number; readonly end: number };

const EMPTY: Sized = { node: { kind: 'empty' }, copies: 1, height: 1 };
const LONE_SURROGATE = /\p{Surrogate}/u;
// ten and more digits are no number to the original, so that the brace is literal
const COUNT = /\{(0|[1-9][0-9]{0,8})(?:(,)(0|[1-9][0-9]{0,8})?)?\}/y;
const SIMPLE_NODES: ReadonlyMap<string, RegexNode> = new Map<string, RegexNode>([
  ['^', { kind: 'lineStart' }],
  ['$', { kind: 'lineEnd' }],
  ['.', { kind: 'set', set: ANY_BUT_NEWLINE }],
]);
const UNCOUNTED: ReadonlyMap<string, { readonly min: number; readonly max: number }> = new Map([
  ['*', { min: 0, max: Number.POSITIVE_INFINITY }],
  ['+', { min: 1, max: Number.POSITIVE_INFINITY }],
  ['?', { min: 0, max: 1 }],
]);
const CONTROL_ESCAPES: ReadonlyMap<string, number> = new Map([
  ['a', 0x07],
  ['f', 0x0c],
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ['v', 0x0b],
]);
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['d', 'write [0-9]'],
  ['D', 'write [^0-9]'],
  ['w', 'write [[:word:]]'],
  ['W', 'write [^[:word:]]'],
  ['s', 'write [[:space:]]'],
  ['S', 'write [^[:space:]]'],
  ['A', 'the whole value is matched anyway'],
  ['z', 'the whole value is matched anyway'],
  ['Z', 'the whole value is matched anyway'],
  ['b', 'word boundaries are not supported'],
  ['B', 'word boundaries are not supported'],
  ['Q', 'escape each character by itself'],
  ['E', 'escape each character by itself'],
  ['u', 'write \\x{...}'],
]);

class Parser {
  readonly #pattern: string;
  readonly #frames: Frame[] = [{ open: 0, alternatives: [], sequence: [] }];
  #at = 0;
  #problem: RegexProblem | null = null;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  parse(): RegexParse {
    const surrogate = this.#pattern.search(LONE_SURROGATE);
    if (surrogate >= 0) this.#fail('pattern is not valid UTF-8', surrogate, surrogate + 1);
    while (this.#problem === null && this.#at < this.#pattern.length) this.#step();
    if (this.#problem === null && this.#frames.length > 1) {
      const { open } = this.#frames.at(-1)!;
      this.#fail("missing ')'", open, open + 1);
    }
    if (this.#problem !== null) return { ok: false, problem: this.#problem };
    return { ok: true, node: alternate(this.#closeSequence(this.#frame).alternatives).node };
  }

  get #frame(): Frame {
    return this.#frames.at(-1)!;
  }

  #fail(message: string, start: number, end: number, reason: RegexProblem['reason'] = 'bad_regex'): void {
    this.#problem ??= { reason, message, start, end };
  }

  #push(node: RegexNode): void {
    this.#frame.sequence.push({ node, copies: 1, height: 1 });
  }

  #step(): void {
    const character = this.#pattern[this.#at]!;
    const simple = SIMPLE_NODES.get(character);
    const repetition = this.#repetition();
    if (simple !== undefined) {
      this.#at++;
      this.#push(simple);
    } else if (repetition !== null) this.#repeat(repetition);
    else if (character === '(') this.#openGroup();
    else if (character === ')') this.#closeGroup();
    else if (character === '[') this.#bracket();
    else if (character === '|') {
      this.#at++;
      this.#closeSequence(this.#frame);
    } else this.#literal();
  }

  #literal(): void {
    const point = this.#character();
    if (point !== null) this.#push({ kind: 'set', set: [point, point] });
  }

  #openGroup(): void {
    const open = this.#at++;
    if (this.#pattern[this.#at] === '?') {
      this.#fail("'(?' is not part of POSIX syntax: groups have no flags and no names", open, open + 2);
    } else if (this.#frames.length > MAX_NESTING) {
      this.#fail(`groups are nested more than ${MAX_NESTING} deep`, open, open + 1, 'regex_too_large');
    } else this.#frames.push({ open, alternatives: [], sequence: [] });
  }

  #closeGroup(): void {
    const frame = this.#frames.length > 1 ? this.#frames.pop() : undefined;
    this.#at++;
    if (frame === undefined) this.#fail("')' without '('", this.#at - 1, this.#at);
    else this.#add(alternate(this.#closeSequence(frame).alternatives), frame.open);
  }

  #closeSequence(frame: Frame): Frame {
    frame.alternatives.push(concat(frame.sequence));
    frame.sequence = [];
    return frame;
  }

  #add(sized: Sized, start: number): void {
    if (sized.height > MAX_NESTING) {
      this.#fail(`pattern is nested more than ${MAX_NESTING} deep`, start, this.#at, 'regex_too_large');
    } else this.#frame.sequence.push(sized);
  }

  #repetition(): Repetition | null {
    const bounds = UNCOUNTED.get(this.#pattern[this.#at]!);
    if (bounds !== undefined) return { ...bounds, end: this.#at + 1 };
    COUNT.lastIndex = this.#at;
    const found = COUNT.exec(this.#pattern);
    if (found === null) return null;
    const min = Number(found[1]);
    const max = found[3] !== undefined ? Number(found[3]) : found[2] === undefined ? min : Number.POSITIVE_INFINITY;
    return { min, max, end: COUNT.lastIndex };
  }

  #repeat({ min, max, end }: Repetition): void {
    const start = this.#at;
    this.#at = end;
    const text = this.#pattern.slice(start, end);
    const times = max === Number.POSITIVE_INFINITY ? min : max;
    const child = this.#frame.sequence.pop();
    const copies = (child?.copies ?? 1) * Math.max(times, 1);
    if (max < min) this.#fail(`${text} counts backwards`, start, end);
    else if (times > MAX_REPEAT) this.#fail(`${text} repeats more than ${MAX_REPEAT} times`, start, end);
    else if (child === undefined) this.#fail(`nothing stands before ${text} to be repeated`, start, end);
    else if (copies > MAX_REPEAT && times > 1) {
      this.#fail(`nested repetitions make more than ${MAX_REPEAT} copies`, start, end);
    } else {
      const node: RegexNode = { kind: 'repeat', child: child.node, min, max };
      this.#add({ node, copies, height: child.height + 1 }, start);
    }
  }

  /** One code point, escaped or not; null after a failure. */
  #character(): number | null {
    if (this.#pattern[this.#at] === '\\') return this.#escape();
    const point = this.#pattern.codePointAt(this.#at)!;
    this.#at += point > 0xffff ? 2 : 1;
    return point;
  }

  #escape(): number | null {
    const start = this.#at;
    const letter = this.#pattern.slice(start + 1).match(/^./su)?.[0];
    if (letter === undefined) return this.#badEscape(start, start + 1, 'pattern ends in a backslash');
    this.#at += 1 + letter.length;
    const control = CONTROL_ESCAPES.get(letter);
    if (control !== undefined) return control;
    if (letter === 'x') return this.#hexEscape(start);
    if (/[0-7]/.test(letter)) return this.#octalEscape(start);
    // ASCII that is neither letter nor digit stands for itself
    if (letter < '\x80' && !/[a-zA-Z0-9]/.test(letter)) return letter.charCodeAt(0);
    const instead = INSTEAD.get(letter);
    const message = `escape \\${letter} is not part of POSIX syntax${instead ? `: ${instead}` : ''}`;
    return this.#badEscape(start, this.#at, message);
  }

  #hexEscape(start: number): number | null {
    const digits = /^(?:([0-9a-fA-F]{2})|\{([0-9a-fA-F]+)\})/.exec(this.#pattern.slice(this.#at));
    if (digits === null) {
      return this.#badEscape(start, this.#at, '\\x wants two hexadecimal digits, or some in braces');
    }
    this.#at += digits[0].length;
    const point = Number.parseInt(digits[1] ?? digits[2]!, 16);
    return point <= MAX_CODE_POINT ? point : this.#badEscape(start, this.#at, 'no character has so high a number');
  }

  #octalEscape(start: number): number | null {
    const digits = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(this.#pattern.slice(start + 1))?.[0];
    if (digits === undefined) return this.#badEscape(start, start + 2, 'backreferences are not supported');
    this.#at = start + 1 + digits.length;
    return Number.parseInt(digits, 8);
  }

  #badEscape(start: number, end: number, message: string): null {
    this.#fail(message, start, end);
    return null;
  }

  /** `[...]`; the cursor stands on the bracket. */
  #bracket(): void {
    const open = this.#at++;
    const negated = this.#pattern[this.#at] === '^';
    if (negated) this.#at++;
    const ranges: number[] = [];
    const first = this.#at;
    while (this.#pattern[this.#at] !== ']' || this.#at === first) {
      if (this.#at >= this.#pattern.length) this.#fail("missing ']'", open, open + 1);
      else ranges.push(...(this.#namedClass() ?? this.#range(this.#at === first)));
      if (this.#problem !== null) return;
    }
    this.#at++;
    const set = unionOf(ranges);
    this.#push({ kind: 'set', set: negated ? complementOf(set) : set });
  }

  /** `[:name:]` or `[:^name:]`; null where there is none. */
  #namedClass(): RangeSet | null {
    const start = this.#at;
    if (!this.#pattern.startsWith('[:', start)) return null;
    // the end is looked for in all of the pattern, so that `[[:a]:]` is a bad name and not a set
    const end = this.#pattern.indexOf(':]', start + 2);
    if (end < 0) return null;
    this.#at = end + 2;
    const text = this.#pattern.slice(start + 2, end);
    const name = text.replace(/^\^/, '');
    const set = POSIX_CLASSES.get(name);
    if (set === undefined) {
      this.#fail(`there is no character class [:${text}:]`, start, this.#at);
      return EMPTY_SET;
    }
    return name === text ? set : complementOf(set);
  }

  #range(isFirst: boolean): RangeSet {
    const start = this.#at;
    const pattern = this.#pattern;
    if (pattern[start] === '-' && !isFirst && pattern[start + 1] !== ']') {
      this.#fail("'-' within a set must come first or last, or be escaped", start, start + 1);
      return EMPTY_SET;
    }
    const low = this.#character();
    if (low === null) return EMPTY_SET;
    const next = pattern[this.#at + 1];
    if (pattern[this.#at] !== '-' || next === undefined || next === ']') return [low, low];
    this.#at++;
    const high = this.#character();
    if (high === null) return EMPTY_SET;
    if (high < low) this.#fail(`range ${pattern.slice(start, this.#at)} runs backwards`, start, this.#at);
    return [low, high];
  }
}

function concat(parts: readonly Sized[]): Sized {
  return join('concat', parts);
}

/** Alternatives of one character each become one set: far fewer edges in the automaton. */
function alternate(parts: readonly Sized[]): Sized {
  const sets = parts.map(({ node }) => (node.kind === 'set' ? node.set : EMPTY_SET));
  const merged = unionOf(sets.flat());
  const others = parts.filter(({ node }) => node.kind !== 'set');
  if (others.length === parts.length) return join('alternate', parts);
  const set: Sized = { node: { kind: 'set', set: merged }, copies: 1, height: 1 };
  return join('alternate', [...others, set]);
}

function join(kind: 'concat' | 'alternate', parts: readonly Sized[]): Sized {
  const [only] = parts;
  if (only === undefined) return EMPTY;
  if (parts.length === 1) return only;
  let copies = 1;
  let height = 0;
  for (const part of parts) {
    copies = Math.max(copies, part.copies);
    height = Math.max(height, part.height);
  }
  return { node: { kind, children: parts.map((part) => part.node) }, copies, height: height + 1 };
}
