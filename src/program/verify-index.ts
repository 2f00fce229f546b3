// Checks of the INDEX section: every offset leads into it, every number to a row that exists, every table has a free slot at which a
// search ends. What rules a bitmap names is not checked: a wrong one makes wrong answers, not wrong reads.

import {
  INDEX_CONSTANT,
  INDEX_EFFECT,
  INDEX_FEW_WORDS,
  INDEX_GRAM,
  INDEX_GUARD,
  INDEX_HEADER,
  INDEX_HEADER_SIZE,
  INDEX_LAZY,
  INDEX_MASK,
  INDEX_NUMBER,
  INDEX_RANGE,
  INDEX_ROW,
  VALUE_GATED,
  VALUE_LIST,
  VALUE_NUMBER,
} from '../isa/layout.ts';
import { MAX_INDEX_ROWS } from '../isa/limits.ts';
import { VALUE_OPS } from '../isa/opcodes.ts';
import type { Section } from './decode.ts';
import type { ValueRow } from './image.ts';

/** What the index refers to. */
export interface IndexContext {
  readonly values: readonly ValueRow[];
  readonly constantCount: number;
  /** instructions: what starts at any of them ends in an answer */
  readonly codeCount: number;
  /** words of 32 rules in a bitmap */
  readonly words: number;
  /** bits of the last of them that are of no rule */
  readonly spareBits: number;
}

/** of 32 rules */
const FEW_WORDS = 2 * INDEX_FEW_WORDS;
const EVENT_NUMBER: number = VALUE_OPS.find(({ name }) => name === 'EVENT_NUMBER')!.code;

/** What is wrong with the section, lower case and without a full stop, or undefined. */
export function indexProblem(index: Section, context: IndexContext): string | undefined {
  if (index.length < INDEX_HEADER_SIZE) return 'the index has no header';
  const count = index.u32(INDEX_HEADER.ROW_COUNT);
  if (count > MAX_INDEX_ROWS) return 'the index has too many rows';
  if (!isInside(index, INDEX_HEADER_SIZE, count, INDEX_ROW.SIZE)) return 'the index is cut short';
  for (let i = 0; i < count; i++) {
    const problem = new RowCheck(index, INDEX_HEADER_SIZE + i * INDEX_ROW.SIZE, context).problem();
    if (problem !== undefined) return `index row ${i} ${problem}`;
  }
  return alternativesProblem(index, context);
}

/** Their bits must not be taken for those of rules that do not exist. */
function alternativesProblem(index: Section, { words, spareBits }: IndexContext): string | undefined {
  const [start, count] = [index.u32(INDEX_HEADER.ALTERNATIVES), index.u32(INDEX_HEADER.ALTERNATIVE_COUNT)];
  if (count === 0) return undefined;
  if (words > FEW_WORDS || count > spareBits) return 'the index has too many alternatives';
  return start % 8 === 0 && isInside(index, start, count * words, 4) ? undefined : 'the index has no alternatives';
}

/** Whether rows that start at a multiple of 4 lie in the section. */
function isInside(index: Section, at: number, count: number, size: number): boolean {
  return at % 4 === 0 && at + count * size <= index.length;
}

class RowCheck {
  readonly #index: Section;
  readonly #at: number;
  readonly #context: IndexContext;

  constructor(index: Section, at: number, context: IndexContext) {
    this.#index = index;
    this.#at = at;
    this.#context = context;
  }

  problem(): string | undefined {
    const value = this.#context.values[this.#field('VALUE')];
    const flags = this.#field('FLAGS');
    if (value === undefined) return 'is of no value';
    if (flags !== 0 && flags !== INDEX_LAZY && flags !== INDEX_NUMBER) return 'has unknown flags';
    if (!this.#isBitmap(this.#field('ABSENT')) || !this.#isBitmap(this.#field('OTHER'))) return 'has no bitmaps';
    const problem = this.#effectsProblem() ?? this.#constantsProblem();
    if (problem !== undefined) return problem;
    if (flags === INDEX_NUMBER) {
      const isNumber = value.op === EVENT_NUMBER && (value.flags & VALUE_GATED) === 0;
      return isNumber ? this.#rangesProblem() : 'is of no number of the event';
    }
    if ((value.flags & VALUE_NUMBER) !== 0) return 'is of no text';
    return this.#guardsProblem() ?? this.#triggersProblem((value.flags & VALUE_LIST) !== 0);
  }

  #guardsProblem(): string | undefined {
    const [start, count] = [this.#field('GUARDS'), this.#field('GUARD_COUNT')];
    if (!isInside(this.#index, start, count, INDEX_GUARD.SIZE)) return 'has guards outside the section';
    if (this.#field('ALWAYS_COUNT') > count) return 'asks guards that it does not have';
    for (let at = start; at < start + count * INDEX_GUARD.SIZE; at += INDEX_GUARD.SIZE) {
      const isComplete =
        this.#index.u32(at + INDEX_GUARD.CODE) < this.#context.codeCount &&
        this.#index.u32(at + INDEX_GUARD.HOLDS) <= 1 &&
        this.#isEffect(this.#index.u32(at + INDEX_GUARD.EFFECT));
      if (!isComplete) return 'has a wrong guard';
    }
    return undefined;
  }

  #rangesProblem(): string | undefined {
    const [start, count] = [this.#field('RANGES'), this.#field('RANGE_COUNT')];
    if (start % 8 !== 0 || count === 0 || !isInside(this.#index, start, count, INDEX_RANGE.SIZE))
      return 'has no ranges';
    let least = 0n;
    for (let i = 0; i < count; i++) {
      const at = start + i * INDEX_RANGE.SIZE;
      const from = this.#index.u64(at + INDEX_RANGE.FROM);
      if (i === 0 ? from !== 0n : from < least) return 'has ranges in no order';
      if (!this.#isEffect(this.#index.u32(at + INDEX_RANGE.EFFECT))) return 'has a range of no effect';
      least = from + 1n;
    }
    return undefined;
  }

  #field(name: keyof typeof INDEX_ROW): number {
    return this.#index.u32(this.#at + INDEX_ROW[name]);
  }

  #effectsProblem(): string | undefined {
    const [start, count] = [this.#field('EFFECTS'), this.#field('EFFECT_COUNT')];
    if (!isInside(this.#index, start, count, INDEX_EFFECT.SIZE)) return 'has effects outside the section';
    for (let i = 0; i < count; i++) {
      const at = start + i * INDEX_EFFECT.SIZE;
      const masks = this.#index.u32(at + INDEX_EFFECT.MASKS);
      const maskCount = this.#index.u32(at + INDEX_EFFECT.RESTORED) + this.#index.u32(at + INDEX_EFFECT.EXCLUDED);
      if (!isInside(this.#index, masks, maskCount, INDEX_MASK.SIZE))
        return `has masks of effect ${i} outside the section`;
      const bitmap = this.#index.u32(at + INDEX_EFFECT.BITMAP);
      if (!this.#isBitmap(bitmap) && !(bitmap === 0 && this.#context.words > FEW_WORDS))
        return `has no bitmap for effect ${i}`;
      for (let mask = masks; mask < masks + maskCount * INDEX_MASK.SIZE; mask += INDEX_MASK.SIZE) {
        if (this.#index.u32(mask + INDEX_MASK.WORD) >= this.#context.words) return `has an effect ${i} on no rule`;
      }
    }
    return undefined;
  }

  #constantsProblem(): string | undefined {
    const [start, size] = [this.#field('MAP'), this.#field('MAP_MASK') + 1];
    if (!this.#isTable(start, size, INDEX_CONSTANT.SIZE)) return 'has no table of constants';
    let free = 0;
    for (let at = start; at < start + size * INDEX_CONSTANT.SIZE; at += INDEX_CONSTANT.SIZE) {
      const entry = this.#index.u32(at + INDEX_CONSTANT.CONSTANT);
      if (entry === 0) free++;
      else if (entry > this.#context.constantCount) return 'maps no constant';
      else if (!this.#isEffect(this.#index.u32(at + INDEX_CONSTANT.EFFECT))) return 'maps a constant to no effect';
    }
    return free === 0 ? 'has a full table of constants' : undefined;
  }

  #triggersProblem(isList: boolean): string | undefined {
    const [triggers, count] = [this.#field('TRIGGERS'), this.#field('TRIGGER_COUNT')];
    if (count === 0) return undefined;
    if (isList) return 'has triggers for a list';
    if (!isInside(this.#index, triggers, count, 4)) return 'has triggers outside the section';
    if (this.#index.words(triggers, count).some((guard) => guard >= this.#field('GUARD_COUNT')))
      return 'has a trigger of no guard';
    const filterBits = this.#field('FILTER_MASK') + 1;
    const hasFilter = isPowerOfTwo(filterBits) && filterBits >= 32;
    if (!hasFilter || !isInside(this.#index, this.#field('FILTER'), filterBits / 32, 4)) return 'has no filter';
    return this.#gramsProblem(count);
  }

  #gramsProblem(triggerCount: number): string | undefined {
    const [start, size] = [this.#field('GRAMS'), this.#field('GRAM_MASK') + 1];
    if (!this.#isTable(start, size, INDEX_GRAM.SIZE)) return 'has no table of grams';
    let free = 0;
    for (let at = start; at < start + size * INDEX_GRAM.SIZE; at += INDEX_GRAM.SIZE) {
      const count = this.#index.u32(at + INDEX_GRAM.COUNT);
      if (count === 0) free++;
      else if (this.#index.u32(at + INDEX_GRAM.FIRST) + count > triggerCount) return 'has a gram of no trigger';
    }
    return free === 0 ? 'has a full table of grams' : undefined;
  }

  /** Offset 0 is the section's header. */
  #isBitmap(at: number): boolean {
    return at !== 0 && at % 8 === 0 && isInside(this.#index, at, this.#context.words, 4);
  }

  #isTable(at: number, size: number, rowSize: number): boolean {
    return isPowerOfTwo(size) && isInside(this.#index, at, size, rowSize);
  }

  #isEffect(effect: number): boolean {
    return effect < this.#field('EFFECT_COUNT');
  }
}

/** `size` is a field plus one: up to 2 ** 32. */
function isPowerOfTwo(size: number): boolean {
  return size >= 1 && Number.isInteger(Math.log2(size));
}
