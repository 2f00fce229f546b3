// The intermediate form between checked rules and bytes: tables in which equal nodes, constants, values and predicates are
// one entry, and per rule a boolean tree over predicate ids. Built by ir/lower.ts through IrBuilder, read by emit/. It knows
// operations by name (isa/opcodes.ts) and no byte layout.

import type { ProgramMeta } from '../program/meta.ts';

/** A place in the event document. Node 0 is the event itself. */
export interface IrNode {
  readonly parent: number;
  /** decoded reference token */
  readonly key: string;
  /** the token read as an array position; -1: none; -2: every element (`*`) */
  readonly position: number;
}

/** An operand by kind (isa/opcodes.ts OperandKind), resolved to numbers by emit. */
export type IrOperand =
  | { readonly kind: 'none' }
  | { readonly kind: 'node'; readonly id: number }
  | { readonly kind: 'constant'; readonly id: number }
  | { readonly kind: 'value'; readonly id: number }
  | { readonly kind: 'values'; readonly ids: readonly number[] }
  /** constant ids; emit sorts them */
  | { readonly kind: 'constants'; readonly ids: readonly number[] }
  | { readonly kind: 'numbers'; readonly numbers: readonly bigint[] }
  | { readonly kind: 'networks'; readonly networks: readonly { readonly constant: number; readonly prefix: number }[] }
  | { readonly kind: 'predicates'; readonly ids: readonly number[] }
  /** index into IrProgram.automata */
  | { readonly kind: 'automaton'; readonly id: number }
  /** undefined: no index */
  | { readonly kind: 'index'; readonly index: number | undefined }
  | { readonly kind: 'immediate'; readonly value: number }
  /** fills operands b and c (low, high) */
  | { readonly kind: 'number'; readonly value: bigint };

export interface IrValue {
  readonly op: string;
  readonly operands: readonly IrOperand[];
  readonly gated: boolean;
  /** the shape after `as a` is resolved */
  readonly shape: 'text' | 'number' | 'texts' | 'numbers';
}

export interface IrPredicate {
  readonly op: string;
  readonly operands: readonly IrOperand[];
}

export interface IrAutomaton {
  readonly image: Uint8Array;
  /** ASCII texts that every match contains */
  readonly literals: readonly string[];
}

export type IrBool =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'predicate'; readonly id: number }
  | { readonly kind: 'not'; readonly child: IrBool }
  | { readonly kind: 'and' | 'or'; readonly children: readonly IrBool[] };

export interface IrRule {
  readonly condition: IrBool;
  /** value ids that an alert of this rule carries, each once */
  readonly outputs: readonly number[];
}

export interface IrProgram {
  readonly fixed: boolean;
  /** absent: payloads are audit Events */
  readonly objects: boolean;
  readonly nodes: readonly IrNode[];
  /** ids of /kind, /items, /auditID (audit Events only) and of the time */
  readonly envelope: {
    readonly kind?: number;
    readonly items?: number;
    readonly auditId?: number;
    readonly time?: number;
  };
  readonly constants: readonly Uint8Array[];
  readonly values: readonly IrValue[];
  readonly predicates: readonly IrPredicate[];
  readonly automata: readonly IrAutomaton[];
  readonly rules: readonly IrRule[];
  readonly meta: ProgramMeta;
}
