// What all files read so far define, in order of first definition: the receiver of the reader's records. Every define, append
// and replace takes the next number of one counter; `index` is the number of an item's first definition, `visibility` that of
// its latest change. An item that cannot be accepted is reported and changes nothing.

import type { Report } from '../diagnostics/diagnostic.ts';
import { type Chain, diagnosticOf } from '../diagnostics/report.ts';
import { suggestionNotes } from '../diagnostics/suggest.ts';
import type { Catalogue } from '../isa/catalogue.ts';
import type { Priority } from '../isa/priorities.ts';
import type { MappedText } from '../rulefile/mapped-text.ts';
import { DEFAULT_SOURCE } from '../rulefile/read-items.ts';
import type {
  ExceptionEntry,
  ExceptionRecord,
  ItemKind,
  KeyPlace,
  ListRecord,
  LostItem,
  MacroRecord,
  Named,
  PluginRecord,
  RecordSink,
  RuleRecord,
  RuleUpdate,
} from '../rulefile/records.ts';
import type { SourcedText } from '../rulefile/scalar-text.ts';
import { compareVersions, formatVersion, isCompatible, parseVersion, type Version } from '../rulefile/version.ts';
import type { Span } from '../source/source-file.ts';
import { type Exception, type ExplainField, fieldReason, uncheckedException, validException } from './exceptions.ts';
import { Hints } from './hints.ts';
import { MAX_RULES } from './limits.ts';
import { sourceFix } from './source-fix.ts';

/** Names that a note lists. */
const MAX_LISTED = 10;

export interface CollectedList extends Named {
  readonly index: number;
  visibility: number;
  readonly items: SourcedText[];
}

export interface CollectedMacro extends Named {
  readonly index: number;
  visibility: number;
  /** appended texts in order, joined by a blank before parsing */
  readonly condition: MappedText[];
  readonly conditionChain: Chain;
  readonly conditionSpan: Span;
}

export interface CollectedRule extends Named {
  readonly source: string;
  readonly isSourceKnown: boolean;
  readonly sourcePlace?: KeyPlace;
  /** appended texts in order, joined by a blank */
  condition: MappedText[];
  output: MappedText[];
  readonly conditionChain: Chain;
  readonly outputChain: Chain;
  conditionSpan: Span;
  outputSpan: Span;
  description: string[];
  priority: Priority;
  enabled: boolean;
  warnEvttypes: boolean;
  skipIfUnknownFilter: boolean;
  capture: boolean;
  captureDuration: number;
  /** in any order, repeated ones included */
  tags: readonly string[];
  exceptions: Exception[];
  /** counts changes: a rule that did not change need not be compiled again */
  revision: number;
}

export interface CollectorOptions {
  readonly catalogue: Pick<Catalogue, 'source' | 'plugins'>;
  /** whether a field text (arguments and transformers included) is valid for rules of this source */
  readonly fieldExists: (text: string, source: string) => boolean;
  /** why the catalogue's source has no such field */
  readonly explainField?: ExplainField;
  readonly engineVersion: Version;
  /** forgive references to items that could not be read */
  readonly forgivesLost: boolean;
}

export class Collector implements RecordSink {
  readonly lists: Map<string, CollectedList> = new Map();
  readonly macros: Map<string, CollectedMacro> = new Map();
  readonly rules: Map<string, CollectedRule> = new Map();
  readonly requirements: PluginRecord[] = [];
  requiredEngine: Version = { major: 0, minor: 0, patch: 0 };
  /** counts changes after which every condition must be read again: of lists, macros, and of what refers to them */
  epoch = 0;
  /** a whole file is missing: unknown names may be its fault */
  hasLostFile = false;
  report: Report = () => undefined;
  readonly hints: Hints = new Hints();
  readonly #lost: Readonly<Record<ItemKind, Set<string>>> = { list: new Set(), macro: new Set(), rule: new Set() };
  readonly #lostItems: LostItem[] = [];
  readonly #options: CollectorOptions;
  #counter = 0;
  #isFull = false;

  constructor(options: CollectorOptions) {
    this.#options = options;
  }

  /** Whether an item of this name exists, or would if it could have been read. */
  isLost(kind: ItemKind, name: string): boolean {
    return this.hasLostFile || this.#lost[kind].has(name);
  }

  loseItem(item: LostItem): void {
    if (!this.#options.forgivesLost) return;
    this.#lost[item.kind].add(item.name);
    if (!this.#isFull) this.#lostItems.push(item);
  }

  /** The items refused since the last call. */
  takeLostItems(): readonly LostItem[] {
    return this.#lostItems.splice(0);
  }

  /** Whether rules of this source are looked at. */
  isSourceKnown(source: string): boolean {
    return source === this.#options.catalogue.source || source === DEFAULT_SOURCE;
  }

  loseFile(): void {
    if (this.#options.forgivesLost) this.hasLostFile = true;
  }

  requireEngine(version: Version, chain: Chain, span: Span): boolean {
    const { engineVersion } = this.#options;
    if (!isCompatible(engineVersion, version)) {
      const message = `engine version ${formatVersion(version)} is required, this is ${formatVersion(engineVersion)}`;
      this.report(diagnosticOf('engine_too_old', message, chain, span));
      return false;
    }
    if (compareVersions(version, this.requiredEngine) > 0) this.requiredEngine = version;
    return true;
  }

  requirePlugins(record: PluginRecord): boolean {
    const names = new Set<string>();
    for (const { name, version } of record.choices) {
      if (parseVersion(version) === undefined) {
        const message = `'${version}', required of plugin '${name}', is not a version of three numbers`;
        this.report(diagnosticOf('bad_plugin_version', message, record.chain, record.span));
        return false;
      }
      if (names.has(name)) {
        const message = `plugin '${name}' is named twice in one requirement`;
        this.report(diagnosticOf('duplicate_plugin_alternative', message, record.chain, record.span));
        return false;
      }
      names.add(name);
    }
    this.requirements.push(record);
    return true;
  }

  /** The first requirement that no loaded plugin satisfies; of the choices the first one that is loaded decides. */
  unmetRequirement(): PluginRecord | undefined {
    return this.requirements.find(({ choices }) => {
      for (const choice of choices) {
        const plugin = this.#options.catalogue.plugins.find(({ name }) => name === choice.name);
        if (plugin === undefined) continue;
        const present = parseVersion(plugin.version);
        const required = parseVersion(choice.version)!;
        return present === undefined || !isCompatible(present, required);
      }
      return true;
    });
  }

  defineList(record: ListRecord): boolean {
    const visibility = this.#next();
    const before = this.lists.get(record.name);
    const index = before?.index ?? visibility;
    if (!record.isOverride) this.#warnRedefinition('list', before, record);
    this.lists.set(record.name, { ...record, items: [...record.items], index, visibility });
    this.epoch++;
    return true;
  }

  appendList(record: ListRecord): boolean {
    const list = this.lists.get(record.name);
    if (list === undefined) return this.#refuseMissing('append_missing_list', 'list', record, this.lists.keys());
    for (const item of record.items) list.items.push(item);
    list.visibility = this.#next();
    this.epoch++;
    return true;
  }

  defineMacro(record: MacroRecord): boolean {
    const visibility = this.#next();
    const before = this.macros.get(record.name);
    const index = before?.index ?? visibility;
    if (!record.isOverride) this.#warnRedefinition('macro', before, record);
    const { name, span, chain, condition } = record;
    this.macros.set(name, {
      name,
      span,
      chain,
      index,
      visibility,
      condition: [condition.text],
      conditionChain: condition.chain,
      conditionSpan: condition.span,
    });
    this.epoch++;
    return true;
  }

  appendMacro(record: MacroRecord): boolean {
    const macro = this.macros.get(record.name);
    if (macro === undefined) return this.#refuseMissing('append_missing_macro', 'macro', record, this.macros.keys());
    macro.condition.push(record.condition.text);
    macro.visibility = this.#next();
    this.epoch++;
    return true;
  }

  defineRule(record: RuleRecord): boolean {
    const before = this.rules.get(record.name);
    if (before !== undefined && before.source !== record.source) {
      return this.#refuseSource(before, record, record.source);
    }
    if (before === undefined && this.rules.size === MAX_RULES) return this.#refuseRule(record);
    const isSourceKnown = this.isSourceKnown(record.source);
    if (!isSourceKnown) {
      const message = `no plugin provides the source '${record.source}': the rule '${record.name}' is ignored`;
      const notes = suggestionNotes(record.source, [this.#options.catalogue.source]);
      this.report(diagnosticOf('unknown_source', message, record.chain, record.span, { notes }));
    }
    const exceptions = record.exceptions.flatMap(
      (exception) => this.#validate(exception, record.source, isSourceKnown, record.sourcePlace) ?? [],
    );
    if (exceptions.length < record.exceptions.length) return false;
    this.#next();
    this.#warnRedefinition('rule', before, record);
    if (before !== undefined) this.epoch++;
    this.rules.set(record.name, {
      name: record.name,
      span: record.span,
      chain: record.chain,
      source: record.source,
      ...(record.sourcePlace && { sourcePlace: record.sourcePlace }),
      priority: record.priority,
      enabled: record.enabled,
      warnEvttypes: record.warnEvttypes,
      skipIfUnknownFilter: record.skipIfUnknownFilter,
      capture: record.capture,
      captureDuration: record.captureDuration,
      isSourceKnown,
      condition: [record.condition.text],
      conditionChain: record.condition.chain,
      conditionSpan: record.condition.span,
      output: [record.output.text],
      outputChain: record.output.chain,
      outputSpan: record.output.span,
      description: [record.description],
      tags: record.tags,
      exceptions,
      revision: (before?.revision ?? 0) + 1,
    });
    return true;
  }

  appendRule(update: RuleUpdate): boolean {
    const rule = this.rules.get(update.name);
    if (rule === undefined) return this.#refuseMissing('append_missing_rule', 'rule', update, this.rules.keys());
    const { condition, output, description, tags, exceptions } = update;
    if ([condition, output, description, tags, exceptions].every((part) => part === undefined)) {
      const notes = ['append takes the keys condition and exceptions; use override for others'];
      const message = `nothing to append to the rule '${update.name}'`;
      this.report(diagnosticOf('append_nothing', message, update.chain, update.span, { notes }));
      return false;
    }
    if (update.source !== undefined && update.source !== rule.source) {
      return this.#refuseSource(rule, update, update.source);
    }
    const merged = exceptions === undefined ? rule.exceptions : this.#appendExceptions(rule, exceptions);
    if (merged === undefined) return false;
    rule.exceptions = merged;
    if (condition !== undefined) rule.condition.push(condition.text);
    if (condition !== undefined) rule.conditionSpan = condition.span;
    if (output !== undefined) rule.output.push(output.text);
    if (output !== undefined) rule.outputSpan = output.span;
    if (description !== undefined) rule.description.push(description);
    if (tags !== undefined) rule.tags = [...rule.tags, ...tags];
    this.#changed(rule);
    return true;
  }

  replaceRule(update: RuleUpdate): boolean {
    const rule = this.rules.get(update.name);
    if (rule === undefined) return this.#refuseMissing('replace_missing_rule', 'rule', update, this.rules.keys());
    if (update.source !== undefined && update.source !== rule.source) {
      return this.#refuseSource(rule, update, update.source);
    }
    this.epoch++;
    if (update.condition !== undefined) rule.condition = [update.condition.text];
    if (update.condition !== undefined) rule.conditionSpan = update.condition.span;
    if (update.output !== undefined) rule.output = [update.output.text];
    if (update.output !== undefined) rule.outputSpan = update.output.span;
    if (update.description !== undefined) rule.description = [update.description];
    if (update.tags !== undefined) rule.tags = update.tags;
    if (update.exceptions !== undefined) rule.exceptions = update.exceptions.map(uncheckedException);
    rule.priority = update.priority ?? rule.priority;
    rule.enabled = update.enabled ?? rule.enabled;
    rule.warnEvttypes = update.warnEvttypes ?? rule.warnEvttypes;
    rule.skipIfUnknownFilter = update.skipIfUnknownFilter ?? rule.skipIfUnknownFilter;
    rule.capture = update.capture ?? rule.capture;
    rule.captureDuration = update.captureDuration ?? rule.captureDuration;
    this.#changed(rule);
    return true;
  }

  enableRule(named: Named, enabled: boolean): boolean {
    const rule = this.rules.get(named.name);
    if (rule === undefined) return this.#refuseMissing('enabled_without_rule', 'rule', named, this.rules.keys());
    rule.enabled = enabled;
    rule.revision++;
    return true;
  }

  #next(): number {
    return this.#counter++;
  }

  #changed(rule: CollectedRule): void {
    rule.revision++;
    this.#next();
  }

  #validate(
    record: ExceptionRecord,
    source: string,
    isSourceKnown: boolean,
    sourcePlace?: KeyPlace,
  ): Exception | undefined {
    const { fieldExists, catalogue, explainField } = this.#options;
    // nothing can be said about an unknown source
    const exists = (text: string) => !isSourceKnown || fieldExists(text, source);
    return validException(
      record,
      exists,
      (field) => {
        if (source === catalogue.source) return fieldReason(field, explainField);
        const note = `the field belongs to source ${catalogue.source}, and the rule has source ${source} (the default is syscall)`;
        return { notes: [note], ...(sourcePlace && { fix: sourceFix(sourcePlace, catalogue.source) }) };
      },
      this.report,
    );
  }

  /** The exceptions of a rule after an append; nothing changes when one of them is refused. */
  #appendExceptions(rule: CollectedRule, records: readonly ExceptionRecord[]): Exception[] | undefined {
    const merged = [...rule.exceptions];
    // the first of equal names receives the values
    const places = new Map<string, number>();
    for (let i = merged.length - 1; i >= 0; i--) places.set(merged[i]!.name, i);
    const added = new Map<number, ExceptionEntry[]>();
    let ok = true;
    for (const record of records) {
      const place = places.get(record.name);
      if (place === undefined) {
        if (record.fields === undefined) {
          this.#refuseUnknownException(rule, record, [...places.keys()]);
          ok = false;
          continue;
        }
        if (record.values.length === 0) {
          const message = `the new exception '${record.name}' has no values`;
          this.report(diagnosticOf('exception_without_values', message, record.chain, record.span));
          ok = false;
          continue;
        }
        const valid = this.#validate(record, rule.source, rule.isSourceKnown);
        if (valid === undefined) ok = false;
        else places.set(record.name, merged.push(valid) - 1);
        continue;
      }
      const fixed = record.fields !== undefined ? 'fields' : record.comps !== undefined ? 'comps' : undefined;
      if (fixed !== undefined) {
        const message = `the exception '${record.name}' exists: only values can be appended, not ${fixed}`;
        const reason = fixed === 'fields' ? 'exception_append_fields' : 'exception_append_comps';
        const labels = [{ span: merged[place]!.span, message: 'defined here' }];
        this.report(diagnosticOf(reason, message, record.chain, record.span, { labels }));
        ok = false;
        continue;
      }
      const values = added.get(place) ?? [];
      for (const value of record.values) values.push(value);
      added.set(place, values);
    }
    if (!ok) return undefined;
    for (const [place, values] of added) {
      const exception = merged[place]!;
      merged[place] = { ...exception, values: [...exception.values, ...values] };
    }
    return merged;
  }

  /** Values for an exception that there is not. */
  #refuseUnknownException(rule: CollectedRule, record: ExceptionRecord, known: readonly string[]): void {
    const near = this.hints.notes(record.name, known);
    const listed = known.length === 0 ? 'none' : known.slice(0, MAX_LISTED).join(', ');
    const more = known.length > MAX_LISTED ? ' ...' : '';
    const notes = near.length > 0 ? near : [`its exceptions: ${listed}${more}`, 'help: a new exception needs fields'];
    const labels = [{ span: rule.span, message: 'the rule' }];
    const message = `rule '${rule.name}' has no exception '${record.name}'`;
    const parts = { labels, notes };
    this.report(diagnosticOf('exception_without_fields', message, record.chain, record.span, parts));
  }

  #refuseMissing(
    reason:
      | 'append_missing_list'
      | 'append_missing_macro'
      | 'append_missing_rule'
      | 'replace_missing_rule'
      | 'enabled_without_rule',
    kind: ItemKind,
    item: Named,
    known: Iterable<string>,
  ): false {
    if (this.isLost(kind, item.name)) return false;
    const notes = this.hints.notes(item.name, known);
    const message = `there is no ${kind} '${item.name}' before this`;
    this.report(diagnosticOf(reason, message, item.chain, item.span, { notes }));
    return false;
  }

  /** In another file this is the way to put an item in the place of another; in one file it is a slip. */
  #warnRedefinition(kind: ItemKind, before: Named | undefined, record: Named): void {
    if (before?.span.file !== record.span.file || before.span.start === record.span.start) return;
    const key = { list: 'items', macro: 'condition', rule: 'condition' }[kind];
    const message = `the ${kind} '${record.name}' is defined twice in this file: only the last definition counts`;
    const labels = [{ span: before.span, message: 'this one is lost' }];
    const notes = [
      `help: give one of them another name, or change the first by 'override: {${key}: append}' or 'replace'`,
    ];
    this.report(diagnosticOf('redefinition', message, record.chain, record.span, { labels, notes }));
  }

  /** Once: those that follow fail for the same cause. */
  #refuseRule(record: RuleRecord): false {
    const message = `more than ${MAX_RULES} rules`;
    if (!this.#isFull) this.report(diagnosticOf('too_many_rules', message, record.chain, record.span));
    this.#isFull = true;
    return false;
  }

  #refuseSource(rule: CollectedRule, item: Named, source: string): false {
    const labels = [{ span: rule.span, message: `its source is '${rule.source}'` }];
    const notes = [`help: write 'source: ${rule.source}'`];
    const message = `the rule '${item.name}' exists with another source than '${source}'`;
    this.report(diagnosticOf('source_mismatch', message, item.chain, item.span, { labels, notes }));
    return false;
  }
}
