// Checks of the INDEX section: every offset leads into it, every number to a row that exists, every table has a free slot at which a
// search ends. What rules a bitmap names is not checked: a wrong one makes wrong answers, not wrong reads.

import {
  INDEX_CONSTANT,
  INDEX_EFFECT,
  INDEX_GRAM,
  INDEX_HEADER_SIZE,
  INDEX_LAZY,
  INDEX_MASK,
  INDEX_PATTERN,
  INDEX_ROW,
  VALUE_LIST,
  VALUE_NUMBER,
} from '../isa/layout.ts';
import type { Section } from './decode.ts';
import type { ValueRow } from './image.ts';

/** What the index refers to. */
export interface IndexContext {
  readonly values: readonly ValueRow[];
  readonly constantCount: number;
  readonly predicateCount: number;
  /** words of 32 rules in a bitmap */
  readonly words: number;
}

/** What is wrong with the section, lower case and without a full stop, or undefined. */
export function indexProblem(index: Section, context: IndexContext): string | undefined {
  if (index.length < INDEX_HEADER_SIZE) return 'the index has no header';
  const count = index.u32(0);
  if (!isInside(index, INDEX_HEADER_SIZE, count, INDEX_ROW.SIZE)) return 'the index is cut short';
  for (let i = 0; i < count; i++) {
    const problem = new RowCheck(index, INDEX_HEADER_SIZE + i * INDEX_ROW.SIZE, context).problem();
    if (problem !== undefined) return `index row ${i} ${problem}`;
  }
  return undefined;
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
    if (value === undefined || (value.flags & VALUE_NUMBER) !== 0) return 'is of no text';
    if ((this.#field('FLAGS') & ~INDEX_LAZY) !== 0) return 'has unknown flags';
    if (!this.#isBitmap(this.#field('ABSENT')) || !this.#isBitmap(this.#field('OTHER'))) return 'has no bitmaps';
    return (
      this.#effectsProblem() ?? this.#constantsProblem() ?? this.#patternsProblem((value.flags & VALUE_LIST) !== 0)
    );
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
      if (!this.#isBitmap(bitmap) && !(bitmap === 0 && this.#context.words > 2)) return `has no bitmap for effect ${i}`;
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

  #patternsProblem(isList: boolean): string | undefined {
    const count = this.#field('PATTERN_COUNT');
    if (count === 0) return undefined;
    if (isList) return 'has patterns for a list';
    const patterns = this.#field('PATTERNS');
    if (!isInside(this.#index, patterns, count, INDEX_PATTERN.SIZE)) return 'has patterns outside the section';
    for (let at = patterns; at < patterns + count * INDEX_PATTERN.SIZE; at += INDEX_PATTERN.SIZE) {
      const isKnown = this.#index.u32(at + INDEX_PATTERN.PREDICATE) < this.#context.predicateCount;
      if (!isKnown || !this.#isEffect(this.#index.u32(at + INDEX_PATTERN.EFFECT))) return 'has a wrong pattern';
    }
    const filterBits = this.#field('FILTER_MASK') + 1;
    const hasFilter = isPowerOfTwo(filterBits) && filterBits >= 32;
    if (!hasFilter || !isInside(this.#index, this.#field('FILTER'), filterBits / 32, 4)) return 'has no filter';
    return this.#gramsProblem(count);
  }

  #gramsProblem(patternCount: number): string | undefined {
    const [start, size] = [this.#field('GRAMS'), this.#field('GRAM_MASK') + 1];
    if (!this.#isTable(start, size, INDEX_GRAM.SIZE)) return 'has no table of grams';
    let free = 0;
    for (let at = start; at < start + size * INDEX_GRAM.SIZE; at += INDEX_GRAM.SIZE) {
      const count = this.#index.u32(at + INDEX_GRAM.COUNT);
      if (count === 0) free++;
      else if (this.#index.u32(at + INDEX_GRAM.FIRST) + count > patternCount) return 'has a gram of no pattern';
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
