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

/** Which rules a text value still allows (layout.ts, INDEX_ROW). */
export interface IndexRow {
  readonly value: number;
  /** per constant id: number of its bitmap */
  readonly map: Uint16Array;
  /** bitmaps of `ruleWords` words each: absent, other, then one per distinct outcome */
  readonly bitmaps: readonly BigUint64Array[];
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
  /** automaton images, each at a multiple of 8 */
  readonly automata: Uint8Array;
  readonly meta: ProgramMeta;
}

/** Words of 64 rules in one bitmap. */
export function ruleWords(ruleCount: number): number {
  return Math.max(1, Math.ceil(ruleCount / 64));
}
