// A program as rows of numbers: what emit produces, encode turns into bytes and decode reads back. Everything that follows
// from other rows (key tables, the intern table's slots, offsets of sections, digests) is left to encode, so that
// decode(encode(image)) is image.

import type { ProgramMeta } from './meta.ts';

export interface NodeRow {
  readonly parent: number;
  /** constant id of the decoded key */
  readonly key: number;
  /** NODE_NO_POSITION, NODE_EVERY or the array position */
  readonly position: number;
  readonly firstChild: number;
  readonly childCount: number;
  /** NODE_EAGER or NODE_EAGER_CHECKED, or 0 */
  readonly flags: number;
}

export interface ValueRow {
  readonly op: number;
  /** VALUE_GATED, VALUE_LIST, VALUE_NUMBER */
  readonly flags: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export interface PredicateRow {
  readonly op: number;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

export interface Instruction {
  readonly op: number;
  readonly predicate: number;
  /** instruction number within the code section */
  readonly target: number;
}

export interface RuleRow {
  /** its first instruction */
  readonly code: number;
  /** a `values` operand */
  readonly outputs: number;
}

/** What a key changes: pairs of (number of a word of 32 rules, its bits), the words ascending. */
export interface IndexEffect {
  /** rules that are impossible without it and possible with it */
  readonly restored: Uint32Array;
  /** rules that are impossible with it */
  readonly excluded: Uint32Array;
}

/** What a row asks of a text beyond constants: code that ends in an answer. */
export interface IndexGuard {
  /** its first instruction */
  readonly code: number;
  /** the answer that has the effect */
  readonly holds: boolean;
  readonly effect: number;
}

/** Which rules a text, a list of texts or a number of the event still allows (layout.ts, INDEX_ROW). */
export interface IndexRow {
  readonly value: number;
  readonly isLazy: boolean;
  /** bitmaps, 32 rules a word, 2 * `ruleWords` words */
  readonly absent: Uint32Array;
  /** it is present, and no key applies */
  readonly other: Uint32Array;
  readonly effects: readonly IndexEffect[];
  /** ascending by constant */
  readonly constants: readonly { readonly constant: number; readonly effect: number }[];
  readonly guards: readonly IndexGuard[];
  /** so many of the guards, from the first, are asked of every text, the others when a trigger says so */
  readonly always: number;
  /** guards to be asked when a text holds a gram; ascending by gram, then by guard */
  readonly triggers: readonly { readonly gram: number; readonly guard: number }[];
  /** of a number, which has nothing else: ascending, the first from 0, each up to the next */
  readonly ranges: readonly { readonly from: bigint; readonly effect: number }[];
}

/** Ids of the nodes that frame events; NO_NODE where the catalogue has none. */
export interface Envelope {
  readonly kind: number;
  readonly items: number;
  readonly time: number;
  readonly auditId: number;
}

export interface ProgramImage {
  /** FLAG_FIXED, FLAG_OBJECTS */
  readonly flags: number;
  readonly envelope: Envelope;
  readonly constants: readonly Uint8Array[];
  /** ids of the constants that texts are interned against, ascending */
  readonly interned: readonly number[];
  /** children of a node adjacent, parents first; node 0 is the event */
  readonly nodes: readonly NodeRow[];
  readonly values: readonly ValueRow[];
  readonly args: Uint32Array;
  readonly predicates: readonly PredicateRow[];
  readonly code: readonly Instruction[];
  readonly rules: readonly RuleRow[];
  readonly index: readonly IndexRow[];
  /** bitmaps of the rules that ask for each: 32 rules a word, 2 * `ruleWords` of rules and alternatives words; only where these are 2 * INDEX_FEW_WORDS at most */
  readonly alternatives: readonly Uint32Array[];
  /** automaton images, each at a multiple of 8 */
  readonly automata: Uint8Array;
  readonly meta: ProgramMeta;
}

/** Words of 64 rules in one bitmap. */
export function ruleWords(ruleCount: number): number {
  return Math.max(1, Math.ceil(ruleCount / 64));
}

/** Whether a bitmap of 32 rules a word holds the rule. */
export function hasRule(bitmap: Uint32Array, rule: number): boolean {
  return ((bitmap[rule >> 5]! >>> (rule & 31)) & 1) === 1;
}

/** The same for pairs of (word, bits). */
export function maskHasRule(masks: Uint32Array, rule: number): boolean {
  for (let i = 0; i < masks.length; i += 2) {
    if (masks[i] === rule >> 5) return ((masks[i + 1]! >>> (rule & 31)) & 1) === 1;
  }
  return false;
}
