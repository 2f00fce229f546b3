// What an explanation is: plain data, the same as API result and as JSON. Every part of a rule's condition says whether it
// holds for the event, whether the rule's outcome waited for it, and where it comes from.

import type { PriorityName } from '../isa/priorities.ts';
import type { OutputValue, Rejection } from '../runtime/index.ts';

/** A place in a rule file; lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What a field, or a transformer, came to. */
export interface FieldValue {
  /** as the condition writes it: `ka.verb`, `ka.uri.param[watch]`, `tolower(ka.verb)` */
  readonly field: string;
  /** null: the event does not have it. A number that JavaScript does not have exactly is its digits as text */
  readonly value: OutputValue;
  /** JSON Pointers to what was read; of a missing value, to where it was looked for. Empty for fields of no place */
  readonly pointers: readonly string[];
}

export interface ExplainedPart {
  readonly kind: 'and' | 'or' | 'not' | 'macro' | 'check';
  /** a check as text, the name of a macro, otherwise the word */
  readonly text: string;
  readonly holds: boolean;
  /** false: the outcome was decided before this part's turn; it was evaluated for the explanation alone */
  readonly needed: boolean;
  readonly place: Place;
  /** the exception of the rule that this part was made of */
  readonly exception?: string;
  /** lists that the constants come from */
  readonly lists?: readonly string[];
  /** of a check: left side first */
  readonly values?: readonly FieldValue[];
  readonly children?: readonly ExplainedPart[];
}

/** Something that decided the outcome alone. */
export interface Reason {
  /** `ka.verb is 'get', wanted create, update or patch` */
  readonly text: string;
  /** where the checks stand that it is made of */
  readonly places: readonly Place[];
  readonly exception?: string;
}

export interface RuleExplanation {
  readonly rule: string;
  readonly priority: PriorityName;
  /** false: the rule is off, or the engine's options leave it out; it raises no alert, whatever its condition says */
  readonly enabled: boolean;
  readonly matches: boolean;
  /**
   * Shortest first. Of a rule that does not match, each one alone is enough for that; of one that matches there is one, which
   * names all that had to hold.
   */
  readonly reasons: readonly Reason[];
  readonly place: Place;
  readonly condition: ExplainedPart;
}

export interface EventExplanation {
  /** line of the event's payload in the bytes, from 1 */
  readonly line: number;
  readonly auditId: string | undefined;
  /** rules that match, without those that are off; of `engine.explain`, the rules of the alerts that the engine raises */
  readonly matches: readonly string[];
  /** the explanation of one rule; undefined when there is no such rule */
  rule(name: string): RuleExplanation | undefined;
  /** one for every rule, in definition order */
  rules(): readonly RuleExplanation[];
}

export interface Explained {
  readonly events: readonly EventExplanation[];
  /** events and payloads that cannot be evaluated */
  readonly rejections: readonly Rejection[];
}
