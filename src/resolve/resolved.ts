// The outcome of reading all rule files: lists substituted, appends, overrides and exceptions applied, macros parsed and
// checked for existence and loops. Conditions keep their MacroRef nodes; `macros` holds the tree that each name stands for
// (macros are substituted as trees, so whoever walks a condition steps through a MacroRef into its macro).

import type { Priority } from '../isa/priorities.ts';
import type { MappedText } from '../rulefile/mapped-text.ts';
import type { KeyPlace } from '../rulefile/records.ts';
import type { Span } from '../source/source-file.ts';
import type { Condition } from '../syntax/ast.ts';

export interface ResolvedMacro {
  readonly name: string;
  /** the collected text, before list substitution (what `falco -L` shows) */
  readonly text: string;
  /** what `text` was appended together from */
  readonly parts: readonly MappedText[];
  /** the text that was parsed; Range offsets in `condition` point into it */
  readonly conditionText: MappedText;
  readonly condition: Condition;
  readonly used: boolean;
  readonly span: Span;
}

export interface ResolvedList {
  readonly name: string;
  /** as written, list names unresolved */
  readonly items: readonly string[];
  /** list names replaced (one level, see spec 1.13), texts as substituted */
  readonly itemsCompiled: readonly string[];
  readonly used: boolean;
  readonly span: Span;
}

export interface ResolvedException {
  readonly name: string;
  readonly fields: readonly string[];
  readonly comps: readonly string[];
  readonly valueCount: number;
  readonly span: Span;
}

export interface ResolvedRule {
  readonly name: string;
  readonly source: string;
  /** where the source can be named, when the rule does not */
  readonly sourcePlace?: KeyPlace;
  readonly priority: Priority;
  readonly description: string;
  /** sorted, distinct */
  readonly tags: readonly string[];
  readonly enabled: boolean;
  readonly warnEvttypes: boolean;
  readonly skipIfUnknownFilter: boolean;
  readonly capture: boolean;
  readonly captureDuration: number;
  readonly exceptions: readonly ResolvedException[];
  /** the collected condition text, before exceptions and list substitution (what `falco -L` shows) */
  readonly text: string;
  /** what `text` was appended together from */
  readonly parts: readonly MappedText[];
  /** the text that was parsed; Range offsets in `condition` point into it */
  readonly conditionText: MappedText;
  readonly condition: Condition;
  readonly output: MappedText;
  /** of the rule's name */
  readonly span: Span;
  /** of the condition and output values of the latest item that set them */
  readonly conditionSpan: Span;
  readonly outputSpan: Span;
}

/** A rule that makes no part of a program: what could be read of it, to look for more that is wrong with it. */
export interface PartialRule
  extends Pick<
    ResolvedRule,
    'name' | 'source' | 'sourcePlace' | 'tags' | 'skipIfUnknownFilter' | 'span' | 'conditionSpan' | 'outputSpan'
  > {
  readonly output?: MappedText;
  /** it may name macros that `macros` lacks, which is reported or forgiven */
  readonly parsed?: { readonly text: MappedText; readonly condition: Condition };
}

export interface PluginRequirement {
  readonly name: string;
  readonly version: string;
  readonly alternatives: readonly { readonly name: string; readonly version: string }[];
}

export interface ResolvedRules {
  /** definition order; rules of a source that the catalogue does not have, and rules that failed, are absent */
  readonly rules: readonly ResolvedRule[];
  /** rules that failed, and items of the latest file that were refused */
  readonly partialRules: readonly PartialRule[];
  readonly macros: ReadonlyMap<string, ResolvedMacro>;
  /** definition order */
  readonly lists: readonly ResolvedList[];
  /** `0.n.0` text, the largest named; '0.0.0' without one */
  readonly requiredEngineVersion: string;
  readonly requiredPluginVersions: readonly PluginRequirement[];
}
