// A checked rule: every field is resolved in the catalogue, every type agrees, every constant is parsed. Consumed by
// ir/lower.ts.

import type { FieldDef, FieldType } from '../isa/catalogue.ts';
import type { ResolvedRule } from '../resolve/resolved.ts';
import type { Operator } from '../syntax/ast.ts';

/** A type with list-ness, after transformers. */
export interface Type {
  readonly type: FieldType;
  readonly list: boolean;
}

export type CheckedOperand =
  | {
      readonly kind: 'field';
      readonly field: FieldDef;
      /** canonical text, the key in output_fields */
      readonly text: string;
      readonly index?: number;
      readonly key?: string;
      readonly type: Type;
    }
  | {
      readonly kind: 'transformer';
      readonly name: 'tolower' | 'toupper' | 'b64' | 'basename' | 'len' | 'join' | 'concat' | 'getopt';
      readonly args: readonly CheckedOperand[];
      /** getopt's option letter */
      readonly selector?: string;
      readonly type: Type;
    }
  | { readonly kind: 'literal'; readonly bytes: Uint8Array; readonly type: Type }
  | { readonly kind: 'list'; readonly items: readonly CheckedOperand[]; readonly type: Type };

export type CheckedField = Extract<CheckedOperand, { kind: 'field' }>;

/** A constant parsed by the left side's type. */
export type Constant =
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  | { readonly kind: 'number'; readonly value: bigint }
  /** 4 or 16 bytes */
  | { readonly kind: 'address'; readonly bytes: Uint8Array }
  | { readonly kind: 'network'; readonly bytes: Uint8Array; readonly prefix: number }
  /** `literals`: ASCII texts that every match contains */
  | { readonly kind: 'automaton'; readonly image: Uint8Array; readonly literals: readonly string[] };

export type CheckedRight =
  | { readonly kind: 'none' }
  | { readonly kind: 'constants'; readonly constants: readonly Constant[] }
  | { readonly kind: 'operand'; readonly operand: CheckedOperand };

export type CheckedCondition =
  | { readonly kind: 'and' | 'or'; readonly children: readonly CheckedCondition[] }
  | { readonly kind: 'not'; readonly child: CheckedCondition }
  | {
      readonly kind: 'check';
      readonly left: CheckedOperand;
      readonly operator: Operator;
      readonly modifier?: 'oneof' | 'anyof' | 'allof';
      readonly right: CheckedRight;
    };

export type CheckedPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'token'; readonly operand: CheckedOperand; readonly width: number };

export interface CheckedRule {
  readonly rule: ResolvedRule;
  readonly condition: CheckedCondition;
  /** the output with appended texts */
  readonly output: readonly CheckedPart[];
  /** appended fields: raw (typed value under the field's text) or formatted */
  readonly extraFields: readonly (
    | { readonly kind: 'raw'; readonly operand: CheckedOperand }
    | { readonly kind: 'formatted'; readonly key: string; readonly parts: readonly CheckedPart[] }
  )[];
}
