// One item of a rule file -> one or two records for the sink. The kind of an item is its first known key; forms of rules
// (override, append, enabled alone, definition) and the order of all checks are Falco's.

import type { Report } from '../diagnostics/diagnostic.ts';
import { type Chain, diagnosticOf, inside } from '../diagnostics/report.ts';
import { suggestionNotes } from '../diagnostics/suggest.ts';
import { type Priority, priorityOf } from '../isa/priorities.ts';
import type { Span } from '../source/source-file.ts';
import { firstOf, MapReader, unsignedOf } from './map-reader.ts';
import type { MappedText } from './mapped-text.ts';
import { sliceText } from './mapped-text.ts';
import { readExceptions } from './read-exceptions.ts';
import { readOverride } from './read-override.ts';
import { readPluginVersions } from './read-plugin-versions.ts';
import type { ItemKind, KeyPlace, LostItem, Named, RecordSink, RuleUpdate, TextValue } from './records.ts';
import { scalarText, sourcedText } from './scalar-text.ts';
import { trimmedRange } from './trim.ts';
import { parseVersion } from './version.ts';
import { entryValue, keyText, type YamlMap, type YamlNode, type YamlScalar } from './yaml-tree.ts';

const RULE_KEYS = [
  'rule',
  'condition',
  'output',
  'desc',
  'priority',
  'source',
  'enabled',
  'tags',
  'exceptions',
  'warn_evttypes',
  'skip-if-unknown-filter',
  'capture',
  'capture_duration',
  'append',
  'override',
] as const;

/** Keys of each kind of item; the order of the kinds decides what an item with several of them is. */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  required_engine_version: ['required_engine_version'],
  required_plugin_versions: ['required_plugin_versions'],
  list: ['list', 'items', 'append', 'override'],
  macro: ['macro', 'condition', 'append', 'override'],
  rule: RULE_KEYS,
};

/** A condition that goes on from another. */
const CONNECTED = /^\s*(?:and|or)\s/;

const APPENDABLE = ['condition', 'exceptions', 'output', 'desc', 'tags'] as const;
const REPLACEABLE = [
  ...APPENDABLE,
  'priority',
  'enabled',
  'warn_evttypes',
  'skip-if-unknown-filter',
  'capture',
  'capture_duration',
] as const;

/** The source of a rule that names none. */
export const DEFAULT_SOURCE = 'syscall';

/** Reads one item of the file with this text; false when something in it is wrong. */
export function readItem(node: YamlNode, text: string, content: Chain, sink: RecordSink, report: Report): boolean {
  const unknown = inside(content, 'rules content item', '', node.span);
  if (node.kind !== 'map') {
    report(diagnosticOf('item_not_a_map', 'an item is not a map', unknown, firstOf(node.span)));
    return false;
  }
  const kind = Object.keys(KEYS).find((key) => entryValue(node, key) !== undefined);
  switch (kind) {
    case 'required_engine_version':
      return readEngineVersion(node, content, sink, report);
    case 'required_plugin_versions':
      return readPluginItem(node, content, sink, report);
    case 'list':
    case 'macro':
    case 'rule':
      return new ItemReader(node, text, kind, content, sink, report).read();
    default: {
      const first = node.entries[0]?.key;
      const name = first && keyText(first);
      const isUnnamedRule = entryValue(node, 'condition') !== undefined && entryValue(node, 'output') !== undefined;
      const near = name === undefined ? [] : suggestionNotes(name, Object.keys(KEYS));
      const notes = near.length === 0 && isUnnamedRule ? ["help: a rule needs the key 'rule' with its name"] : near;
      const message = `an item without ${Object.keys(KEYS).join(', ')} is ignored`;
      report(diagnosticOf('unknown_item', message, unknown, first?.span ?? firstOf(node.span), { notes }));
      return true;
    }
  }
}

/** After whatever else is wrong with the item: Falco does not look for them in one that it refuses. */
function warnUnknownKeys(map: YamlMap, kind: string, chain: Chain, report: Report): void {
  const seen = new Set<string>();
  for (const { key } of map.entries) {
    const name = keyText(key);
    if (name !== undefined && KEYS[kind]!.includes(name)) {
      if (seen.has(name)) warnDuplicateKey(name, kind, key.span, chain, report);
      seen.add(name);
      continue;
    }
    const message = name === undefined ? `a key of this ${kind} is not a text` : `a ${kind} has no key '${name}'`;
    const notes = name === undefined ? [] : suggestionNotes(name, KEYS[kind]!);
    report(diagnosticOf('unknown_key', message, chain, key.span, { notes }));
  }
}

function warnDuplicateKey(name: string, kind: string, span: Span, chain: Chain, report: Report): void {
  const notes = name === kind ? ["help: another item starts with '- '"] : [];
  const message = `the key '${name}' occurs twice in this ${kind}: the first one counts`;
  report(diagnosticOf('duplicate_key', message, chain, span, { notes }));
}

function readPluginItem(node: YamlMap, content: Chain, sink: RecordSink, report: Report): boolean {
  const key = 'required_plugin_versions';
  const chain = inside(content, 'required plugin versions', '', entryValue(node, key)!.span);
  const accepted = readPluginVersions(new MapReader(node, chain, firstOf(node.span), report), key, sink, report);
  warnUnknownKeys(node, key, chain, report);
  return accepted;
}

function readEngineVersion(node: YamlMap, content: Chain, sink: RecordSink, report: Report): boolean {
  const key = 'required_engine_version';
  const chain = inside(content, key, '', node.span);
  const item = new MapReader(node, chain, firstOf(node.span), report);
  const accepted = requireEngine(item, key, sink);
  warnUnknownKeys(node, key, chain, report);
  return accepted;
}

function requireEngine(item: MapReader, key: string, sink: RecordSink): boolean {
  const scalar = item.scalar(key);
  if (scalar === undefined) return false;
  const number = unsignedOf(scalar.text);
  const version = number === undefined ? parseVersion(scalar.text) : { major: 0, minor: number, patch: 0 };
  if (version === undefined) {
    const message = `'${scalar.text}' is neither a number nor a version of three numbers`;
    item.fail('bad_engine_version', message, item.chain, scalar.span);
    return false;
  }
  return sink.requireEngine(version, item.chain, scalar.span);
}

class ItemReader {
  readonly #map: YamlMap;
  readonly #text: string;
  readonly #kind: ItemKind;
  readonly #content: Chain;
  readonly #sink: RecordSink;
  readonly #report: Report;

  constructor(map: YamlMap, text: string, kind: ItemKind, content: Chain, sink: RecordSink, report: Report) {
    this.#map = map;
    this.#text = text;
    this.#kind = kind;
    this.#content = content;
    this.#sink = sink;
    this.#report = report;
  }

  read(): boolean {
    const unnamed = inside(this.#content, this.#kind, '', this.#map.span);
    const name = new MapReader(this.#map, unnamed, firstOf(this.#map.span), this.#report).scalar(this.#kind);
    if (name === undefined) return false;
    const chain = inside(this.#content, this.#kind, name.text, this.#map.span);
    const item = new MapReader(this.#map, chain, name.span, this.#report);
    const named = { name: name.text, span: sourcedText(name).span, chain };
    const accepted = this.#readNamed(item, named);
    warnUnknownKeys(this.#map, this.#kind, chain, this.#report);
    if (!accepted) this.#sink.loseItem(this.#remains(named));
    return accepted;
  }

  /** What of a refused item can be read; what cannot was reported. */
  #remains(named: Named): LostItem {
    const item = new MapReader(this.#map, named.chain, named.span, () => {});
    const condition = item.has('condition') ? this.#textOf(item, 'condition', `${this.#kind} condition`) : undefined;
    const output = item.has('output') ? this.#textOf(item, 'output', 'rule output') : undefined;
    const source = item.has('source') ? item.scalar('source')?.text : undefined;
    const sourcePlace = item.has('source') ? undefined : this.#keyPlace();
    const override = item.value('override');
    const operation = override?.kind === 'map' ? entryValue(override, 'condition') : undefined;
    // what is no operation may have been meant as either
    const appends = CONNECTED.test(condition?.text.text ?? '') && operation !== undefined;
    const isOverride = operation !== undefined && (keyText(operation) === 'append' || appends);
    const isAppended = item.optionalBoolean('append', false) || isOverride;
    const overrides = override?.kind === 'map' && override.entries.length > 0;
    return {
      ...named,
      kind: this.#kind,
      change: isAppended ? 'append' : overrides ? 'replace' : 'none',
      ...(condition && { condition }),
      ...(output && { output: trimmed(output) }),
      ...(source !== undefined && { source }),
      ...(sourcePlace && { sourcePlace }),
      skipIfUnknownFilter: item.optionalBoolean('skip-if-unknown-filter', false),
    };
  }

  #readNamed(item: MapReader, named: Named): boolean {
    if (this.#kind === 'list') return this.#readList(item, named);
    return this.#kind === 'macro' ? this.#readMacro(item, named) : this.#readRule(item, named);
  }

  #readList(item: MapReader, named: Named): boolean {
    if (!/^[^()"'\s=,]+$/.test(named.name)) {
      const message = `the list name '${named.name}' holds a blank, a quote or one of ( ) = ,`;
      this.#warn('invalid_name', message, named, named.span, 'LOAD_INVALID_LIST_NAME');
    }
    const items = item.scalars('items').map(sourcedText);
    const { isAppend, isOverride } = this.#readAppend(item, named, ['items']);
    if (item.failed) return false;
    const record = { ...named, items, isOverride };
    return isAppend ? this.#sink.appendList(record) : this.#sink.defineList(record);
  }

  #readMacro(item: MapReader, named: Named): boolean {
    if (!/^[a-zA-Z][a-zA-Z0-9_]*$/.test(named.name)) {
      const message = `the macro name '${named.name}' is not letters, digits and '_' after a letter: nothing can refer to it`;
      this.#warn('invalid_name', message, named, named.span, 'LOAD_INVALID_MACRO_NAME');
    }
    const condition = this.#textOf(item, 'condition', 'macro condition');
    const { isAppend, isOverride } = this.#readAppend(item, named, ['condition']);
    if (item.failed || condition === undefined) return false;
    const record = { ...named, condition, isOverride };
    return isAppend ? this.#sink.appendMacro(record) : this.#sink.defineMacro(record);
  }

  /** `append` and `override` of a list or a macro. */
  #readAppend(
    item: MapReader,
    named: Named,
    keys: readonly string[],
  ): { readonly isAppend: boolean; readonly isOverride: boolean } {
    const flag = this.#readAppendFlag(item, named);
    const override = readOverride(item, keys, keys);
    const isOverride = override.append.size + override.replace.size > 0;
    this.#refuseBoth(item, named, flag, isOverride);
    return { isAppend: flag || override.append.size > 0, isOverride };
  }

  #readAppendFlag(item: MapReader, named: Named): boolean {
    const flag = item.optionalBoolean('append', false);
    if (flag) {
      const notes = ['help: list the appended keys under override instead, each with the value append'];
      const message = 'the key append is deprecated';
      this.#report(diagnosticOf('append_flag', message, named.chain, item.keySpan('append'), { notes }));
    }
    return flag;
  }

  #refuseBoth(item: MapReader, named: Named, flag: boolean, overrides: boolean): void {
    if (!flag || !overrides) return;
    item.fail('append_and_override', 'append and override exclude each other', named.chain, item.keySpan('override'));
  }

  #readRule(item: MapReader, named: Named): boolean {
    const flag = this.#readAppendFlag(item, named);
    const override = readOverride(item, APPENDABLE, REPLACEABLE);
    const overrides = override.append.size + override.replace.size > 0;
    this.#refuseBoth(item, named, flag, overrides);
    if (item.failed) return false;
    if (overrides) return this.#readOverridingRule(item, named, override.append, override.replace);
    if (flag) return this.#readAppendedRule(item, named);
    const isDefinition = ['condition', 'output', 'desc', 'priority'].some((key) => item.has(key));
    return isDefinition ? this.#readDefinition(item, named) : this.#readEnabled(item, named);
  }

  #readOverridingRule(item: MapReader, named: Named, append: Set<string>, replace: Set<string>): boolean {
    const expected = new Set<string>(REPLACEABLE.filter((key) => item.has(key)));
    if (append.size > 0) {
      const update = this.#readUpdate(item, named, append, expected, 'append');
      if (item.failed || !this.#sink.appendRule(update)) return false;
    }
    if (replace.size > 0) {
      const update = this.#readUpdate(item, named, replace, expected, 'define');
      if (item.failed || !this.#sink.replaceRule(update)) return false;
    }
    for (const key of [...expected].sort()) {
      const span = item.value(key)?.span ?? named.span;
      const chain = inside(named.chain, 'overrides', key, span);
      const notes = [`help: add '${key}: replace' to override, or remove the key`];
      const message = `the key '${key}' is not listed under override`;
      item.fail('key_without_override', message, chain, item.keySpan(key), { notes });
    }
    return !item.failed;
  }

  /** The keys of an overriding item that `chosen` names, taken off `expected`. */
  #readUpdate(
    item: MapReader,
    named: Named,
    chosen: ReadonlySet<string>,
    expected: Set<string>,
    mode: 'append' | 'define',
  ): RuleUpdate {
    const update: { -readonly [K in keyof RuleUpdate]: RuleUpdate[K] } = { ...named };
    for (const key of REPLACEABLE) {
      if (!chosen.has(key)) continue;
      if (!expected.delete(key)) {
        const message = `override names the key '${key}', which the item lacks`;
        item.fail('override_without_key', message, named.chain, item.keySpan('override'));
        continue;
      }
      this.#readKey(item, key, update, mode);
    }
    return update;
  }

  #readKey(
    item: MapReader,
    key: (typeof REPLACEABLE)[number],
    update: { -readonly [K in keyof RuleUpdate]: RuleUpdate[K] },
    mode: 'append' | 'define',
  ): void {
    switch (key) {
      case 'condition': {
        assign(update, 'condition', this.#textOf(item, 'condition', 'rule condition'));
        assign(update, 'source', item.optionalScalar('source')?.text);
        return;
      }
      case 'exceptions':
        update.exceptions = readExceptions(item, mode, this.#report);
        return;
      case 'output':
        assign(update, 'output', this.#textOf(item, 'output', 'rule output'));
        return;
      case 'desc':
        assign(update, 'description', item.scalar('desc')?.text);
        return;
      case 'tags':
        update.tags = item.scalars('tags').map((tag) => tag.text);
        return;
      case 'priority':
        assign(update, 'priority', this.#priority(item));
        return;
      case 'enabled':
        assign(update, 'enabled', item.boolean('enabled'));
        return;
      case 'warn_evttypes':
        assign(update, 'warnEvttypes', item.boolean('warn_evttypes'));
        return;
      case 'skip-if-unknown-filter':
        assign(update, 'skipIfUnknownFilter', item.boolean('skip-if-unknown-filter'));
        return;
      case 'capture':
        assign(update, 'capture', item.boolean('capture'));
        return;
      case 'capture_duration':
        assign(update, 'captureDuration', item.unsigned('capture_duration'));
        return;
    }
  }

  #readAppendedRule(item: MapReader, named: Named): boolean {
    const update: { -readonly [K in keyof RuleUpdate]: RuleUpdate[K] } = { ...named };
    if (item.has('condition')) assign(update, 'condition', this.#textOf(item, 'condition', 'rule condition'));
    if (item.has('exceptions')) update.exceptions = readExceptions(item, 'append', this.#report);
    assign(update, 'source', item.optionalScalar('source')?.text);
    return !item.failed && this.#sink.appendRule(update);
  }

  #readEnabled(item: MapReader, named: Named): boolean {
    if (!item.has('enabled')) {
      const message = `the rule '${named.name}' has none of condition, output, desc, priority, and no enabled either`;
      const keys = APPENDABLE.filter((key) => item.has(key));
      const override = keys.map((key) => `${key}: append`).join(', ');
      const notes = keys.length > 0 ? [`help: to append to a rule that exists, add 'override: {${override}}'`] : [];
      item.fail('missing_key', message, named.chain, named.span, { notes });
      return false;
    }
    const enabled = item.boolean('enabled');
    if (enabled === undefined) return false;
    const notes = ['help: use override with enabled: replace'];
    const message = 'an item that only enables or disables a rule is deprecated';
    this.#report(diagnosticOf('standalone_enabled', message, named.chain, item.keySpan('enabled'), { notes }));
    return this.#sink.enableRule(named, enabled);
  }

  #readDefinition(item: MapReader, named: Named): boolean {
    const condition = this.#textOf(item, 'condition', 'rule condition');
    if (CONNECTED.test(condition?.text.text ?? '')) {
      item.missingNotes = ["help: to append to a rule that exists, add 'override: {condition: append}'"];
    }
    const output = this.#textOf(item, 'output', 'rule output');
    const description = item.scalar('desc')?.text;
    const priority = this.#priority(item);
    const source = item.optionalText('source', DEFAULT_SOURCE);
    const sourcePlace = item.has('source') ? undefined : this.#keyPlace();
    const enabled = item.optionalBoolean('enabled', true);
    const warnEvttypes = item.optionalBoolean('warn_evttypes', true);
    const skipIfUnknownFilter = item.optionalBoolean('skip-if-unknown-filter', false);
    const capture = item.optionalBoolean('capture', false);
    const captureDuration = item.optionalUnsigned('capture_duration', 0);
    const tags = item.optionalScalars('tags').map((tag) => tag.text);
    const exceptions = readExceptions(item, 'define', this.#report);
    if (item.failed || !condition || !output || description === undefined || priority === undefined) return false;
    return this.#sink.defineRule({
      name: named.name,
      span: named.span,
      chain: named.chain,
      condition,
      output: trimmed(output),
      description,
      priority,
      source,
      ...(sourcePlace && { sourcePlace }),
      enabled,
      warnEvttypes,
      skipIfUnknownFilter,
      capture,
      captureDuration,
      tags,
      exceptions,
    });
  }

  #textOf(item: MapReader, key: string, itemType: string): TextValue | undefined {
    const scalar = item.scalar(key);
    if (scalar === undefined) return undefined;
    return { text: scalarText(scalar), span: scalar.span, chain: inside(item.chain, itemType, '', scalar.span) };
  }

  #priority(item: MapReader): Priority | undefined {
    const scalar: YamlScalar | undefined = item.scalar('priority');
    if (scalar === undefined) return undefined;
    const priority = priorityOf(scalar.text);
    if (priority !== undefined) return priority;
    const names = ['emergency', 'alert', 'critical', 'error', 'warning', 'notice', 'informational', 'debug'];
    const chain = inside(item.chain, 'rule priority', '', scalar.span);
    const near = nearPriority(scalar.text, names);
    const notes = [...near, `the priorities are ${names.join(', ')}`];
    return item.fail('bad_priority', `'${scalar.text}' is not a priority`, chain, scalar.span, { notes });
  }

  /** Behind the item's name, on a line of its own; in braces, behind the name. */
  #keyPlace(): KeyPlace | undefined {
    const text = this.#text;
    const { file, start, end: mapEnd } = this.#map.span;
    const name = entryValue(this.#map, this.#kind)!;
    // an alias stands elsewhere
    if (name.span.file !== file || name.span.start < start || name.span.end > mapEnd) return undefined;
    const nameEnd = name.span.end;
    if (text[start] === '{') return { span: { file, start: nameEnd, end: nameEnd }, lead: ', ', tail: '' };
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const margin = text
      .slice(lineStart, start)
      .replace('\uFEFF', '')
      .replace(/[^ \t]/g, ' ');
    const isCrlf = text[text.indexOf('\n') - 1] === '\r';
    const lineBreak = isCrlf ? '\r\n' : '\n';
    // a block scalar ends behind the break of its last line
    if (text[nameEnd - 1] === '\n')
      return { span: { file, start: nameEnd, end: nameEnd }, lead: margin, tail: lineBreak };
    const newline = text.indexOf('\n', nameEnd);
    const lineEnd = newline < 0 ? text.length : newline;
    const at = text[lineEnd - 1] === '\r' ? lineEnd - 1 : lineEnd;
    return { span: { file, start: at, end: at }, lead: `${lineBreak}${margin}`, tail: '' };
  }

  #warn(reason: 'invalid_name', message: string, named: Named, span: Span, falco: string): void {
    this.#report(diagnosticOf(reason, message, named.chain, span, { falco }));
  }
}

/** `warn`, `err`, a number of syslog, or a slip of the pen. */
function nearPriority(text: string, names: readonly string[]): string[] {
  const lower = text.trim().toLowerCase();
  const meant = /^[0-7]$/.test(lower)
    ? names[Number(lower)]
    : names.find((name) => lower.length > 2 && name.startsWith(lower));
  return meant === undefined ? suggestionNotes(text, names) : [`help: did you mean '${meant}'?`];
}

function assign<T, K extends keyof T>(target: T, key: K, value: T[K] | undefined): void {
  if (value !== undefined) target[key] = value;
}

function trimmed(value: TextValue): TextValue {
  const text = trimText(value.text);
  return text === value.text ? value : { text, span: value.span, chain: value.chain };
}

function trimText(mapped: MappedText): MappedText {
  const { start, end } = trimmedRange(mapped.text);
  return start === 0 && end === mapped.text.length ? mapped : sliceText(mapped, start, end);
}
