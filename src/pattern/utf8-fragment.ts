// A set of characters -> the steps by which an automaton reads one of them as UTF-8. Texts are known to be valid UTF-8,
// and that is used twice: a lead byte's block may be taken whole (no overlong or out-of-range form will ever come), and
// a set that holds all of U+0080 and up needs two steps only, "lead byte" and "continuation byte, any number of times",
// since whatever is read next starts with a byte that is no continuation.

import type { RangeSet } from './code-points.ts';
import { complementOf, MAX_CODE_POINT, NEWLINE, sliceOf, unionOf } from './code-points.ts';

/** Steps are numbered from 0 within the fragment; each reads one byte of its set. */
export interface ByteFragment {
  readonly steps: readonly RangeSet[];
  /** pairs, flat: from, to */
  readonly edges: readonly number[];
  readonly first: readonly number[];
  readonly last: readonly number[];
}

/** Lead byte marks and code point spans of the encoded lengths 2, 3 and 4. */
const LENGTHS = [
  { tail: 1, mark: 0xc0, min: 0x80, max: 0x7ff, looseMax: 0x7ff },
  { tail: 2, mark: 0xe0, min: 0x800, max: 0xffff, looseMax: 0xffff },
  { tail: 3, mark: 0xf0, min: 0x10000, max: MAX_CODE_POINT, looseMax: 0x1fffff },
] as const;
const CONTINUATION: RangeSet = [0x80, 0xbf];
const ALL_LEADS: RangeSet = [0xc0, 0xff];

/** With `splitNewline` no step reads both the newline and something else: line anchors tell steps apart by that. */
export function utf8Fragment(set: RangeSet, splitNewline: boolean): ByteFragment {
  const builder = new FragmentBuilder();
  const ascii = sliceOf(set, 0, 0x7f);
  const isLoose = sliceOf(set, 0x80, MAX_CODE_POINT).join() === `${0x80},${MAX_CODE_POINT}`;
  const single = isLoose ? unionOf([...ascii, ...ALL_LEADS]) : ascii;
  const newline = splitNewline ? sliceOf(single, NEWLINE, NEWLINE) : [];
  const rest = newline.length > 0 ? withoutNewline(single) : single;
  if (newline.length > 0) builder.finalStep(newline, true);
  if (rest.length > 0) builder.finalStep(rest, true);
  if (isLoose) builder.anyContinuations();
  else for (const length of LENGTHS) builder.addLength(set, length);
  return builder.fragment;
}

function withoutNewline(set: RangeSet): RangeSet {
  return complementOf(unionOf([...complementOf(set, 0xff), NEWLINE, NEWLINE]), 0xff);
}

class FragmentBuilder {
  readonly #steps: RangeSet[] = [];
  readonly #edges: number[] = [];
  readonly #first: number[] = [];
  readonly #last: number[] = [];
  readonly #tails = new Map<string, readonly number[]>();

  get fragment(): ByteFragment {
    return { steps: this.#steps, edges: this.#edges, first: this.#first, last: this.#last };
  }

  finalStep(bytes: RangeSet, isFirst: boolean): number {
    const step = this.#steps.push(bytes) - 1;
    this.#last.push(step);
    if (isFirst) this.#first.push(step);
    return step;
  }

  /** Lets the step just made, which reads the lead bytes, be followed by continuation bytes. */
  anyContinuations(): void {
    const lead = this.#steps.length - 1;
    const continuation = this.finalStep(CONTINUATION, false);
    this.#edges.push(lead, continuation, continuation, continuation);
  }

  addLength(set: RangeSet, { tail, mark, min, max, looseMax }: (typeof LENGTHS)[number]): void {
    const part = sliceOf(set, min, max).map((end, i) => {
      if (i % 2 === 0) return end === min ? 0 : end;
      return end === max ? looseMax : end;
    });
    if (part.length > 0) this.#first.push(...this.#read(part, tail, mark));
  }

  /** Steps that read values of `tail` times 6 bits below a head of marked bytes; equal tails are shared. */
  #read(values: RangeSet, tail: number, mark: number): readonly number[] {
    const marked = (set: RangeSet) => set.map((value) => value + mark);
    if (tail === 0) return [this.finalStep(marked(values), false)];
    return byTail(values, tail).map(({ heads, rest }) => {
      const head = this.#steps.push(unionOf(marked(heads))) - 1;
      for (const next of this.#tail(rest, tail - 1)) this.#edges.push(head, next);
      return head;
    });
  }

  #tail(values: RangeSet, tail: number): readonly number[] {
    const key = `${tail}:${values.join()}`;
    const known = this.#tails.get(key);
    if (known !== undefined) return known;
    const steps = this.#read(values, tail, 0x80);
    this.#tails.set(key, steps);
    return steps;
  }
}

interface HeadGroup {
  /** ranges of head values, flat */
  readonly heads: number[];
  /** what may follow each of them */
  readonly rest: RangeSet;
}

/** Groups values by what may follow their head. Example, tail 1: 0xa9..0xff -> head 2 with 0x29..0x3f, head 3 with all. */
function byTail(values: RangeSet, tail: number): HeadGroup[] {
  const bits = 6 * tail;
  const mask = (1 << bits) - 1;
  const restOfHead = new Map<number, number[]>();
  const groups = new Map<string, HeadGroup>();
  const whole: HeadGroup = { heads: [], rest: [0, mask] };
  const addPartial = (head: number, low: number, high: number) => {
    const rest = restOfHead.get(head);
    if (rest === undefined) restOfHead.set(head, [low, high]);
    else rest.push(low, high);
  };
  for (let i = 0; i < values.length; i += 2) {
    let low = values[i]!;
    let high = values[i + 1]!;
    if (low >> bits === high >> bits && (low & mask) + (mask - (high & mask)) > 0) {
      addPartial(low >> bits, low & mask, high & mask);
      continue;
    }
    if ((low & mask) !== 0) {
      addPartial(low >> bits, low & mask, mask);
      low = ((low >> bits) + 1) << bits;
    }
    if ((high & mask) !== mask) {
      addPartial(high >> bits, 0, high & mask);
      high = ((high >> bits) << bits) - 1;
    }
    if (low <= high) whole.heads.push(low >> bits, high >> bits);
  }
  for (const [head, rest] of restOfHead) {
    const group = groups.get(rest.join()) ?? { heads: [], rest };
    group.heads.push(head, head);
    groups.set(rest.join(), group);
  }
  return whole.heads.length > 0 ? [whole, ...groups.values()] : [...groups.values()];
}
