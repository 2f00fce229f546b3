// What a rule file says, item by item, and who receives it. The reader decodes one item at a time and hands it on at once, so
// that problems of form (reader) and of meaning (receiver) come out in the order in which Falco would find them.

import type { Chain } from '../diagnostics/report.ts';
import type { Priority } from '../isa/priorities.ts';
import type { Span } from '../source/source-file.ts';
import type { MappedText } from './mapped-text.ts';
import type { SourcedText } from './scalar-text.ts';
import type { Version } from './version.ts';

/** A text with the place Falco names for it. */
export interface TextValue {
  readonly text: MappedText;
  readonly span: Span;
  readonly chain: Chain;
}

export interface Named {
  readonly name: string;
  /** of the name */
  readonly span: Span;
  readonly chain: Chain;
}

export interface ListRecord extends Named {
  readonly items: readonly SourcedText[];
  /** it says that it takes the place of another */
  readonly isOverride: boolean;
}

export interface MacroRecord extends Named {
  readonly condition: TextValue;
  /** it says that it takes the place of another */
  readonly isOverride: boolean;
}

/** A value, or values, of an exception; a null or a map counts as the empty text. */
export type ExceptionEntry =
  | { readonly kind: 'text'; readonly value: SourcedText }
  | { readonly kind: 'list'; readonly items: readonly ExceptionEntry[] };

export interface ExceptionRecord extends Named {
  /** absent when there is nothing in it */
  readonly fields?: ExceptionEntry;
  readonly comps?: ExceptionEntry;
  readonly values: readonly ExceptionEntry[];
}

/** Where another key of an item can be put: at `span`, between `lead` and `tail`. */
export interface KeyPlace {
  readonly span: Span;
  readonly lead: string;
  readonly tail: string;
}

export interface RuleRecord extends Named {
  readonly condition: TextValue;
  readonly output: TextValue;
  readonly description: string;
  readonly priority: Priority;
  readonly source: string;
  /** given when the rule does not name its source */
  readonly sourcePlace?: KeyPlace;
  readonly enabled: boolean;
  readonly warnEvttypes: boolean;
  readonly skipIfUnknownFilter: boolean;
  readonly capture: boolean;
  readonly captureDuration: number;
  readonly tags: readonly string[];
  readonly exceptions: readonly ExceptionRecord[];
}

/** Parts to append to a rule or to put in place of its own. */
export interface RuleUpdate extends Named, Partial<Omit<RuleRecord, keyof Named>> {}

export interface PluginVersion {
  readonly name: string;
  readonly version: string;
}

export interface PluginRecord {
  /** the entry, then its alternatives */
  readonly choices: readonly PluginVersion[];
  readonly span: Span;
  readonly chain: Chain;
}

export type ItemKind = 'list' | 'macro' | 'rule';

/** What could be read of an item that was refused, so that what is wrong with the rest of it can be told as well. */
export interface LostItem extends Named {
  readonly kind: ItemKind;
  /** it defines nothing by itself; with `append` the condition is a part of one */
  readonly change: 'none' | 'replace' | 'append';
  readonly condition?: TextValue;
  readonly output?: TextValue;
  readonly source?: string;
  readonly sourcePlace?: KeyPlace;
  readonly skipIfUnknownFilter: boolean;
}

/** Receives items in file order. A method returns false when it refused the item and reported why. */
export interface RecordSink {
  requireEngine(version: Version, chain: Chain, span: Span): boolean;
  requirePlugins(record: PluginRecord): boolean;
  defineList(record: ListRecord): boolean;
  appendList(record: ListRecord): boolean;
  defineMacro(record: MacroRecord): boolean;
  appendMacro(record: MacroRecord): boolean;
  defineRule(record: RuleRecord): boolean;
  appendRule(update: RuleUpdate): boolean;
  replaceRule(update: RuleUpdate): boolean;
  enableRule(rule: Named, enabled: boolean): boolean;
  /** this item was refused: do not complain about what needs it */
  loseItem(item: LostItem): void;
  /** a file could not be read at all */
  loseFile(): void;
}
