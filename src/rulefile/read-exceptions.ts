// The `exceptions` of a rule item: shapes only. What fields, operators and values mean is the receiver's business.

import type { Report } from '../diagnostics/diagnostic.ts';
import { type Chain, diagnosticOf, inside } from '../diagnostics/report.ts';
import { firstOf, MapReader } from './map-reader.ts';
import type { ExceptionEntry, ExceptionRecord } from './records.ts';
import { sourcedText } from './scalar-text.ts';
import { entryValue, type YamlMap, type YamlNode } from './yaml-tree.ts';

/** Whether exceptions may leave out `fields` (append) or must have them (definition, replacement). */
export type ExceptionMode = 'append' | 'define';

/** The exceptions of an item; `item.failed` when one of them is unusable. Null and absent mean none. */
export function readExceptions(item: MapReader, mode: ExceptionMode, report: Report): ExceptionRecord[] {
  const value = item.value('exceptions');
  if (value === undefined || value.kind === 'null') return [];
  const chain = inside(item.chain, 'exceptions', '', value.span);
  if (value.kind !== 'sequence') {
    const notes = value.kind === 'map' ? ["help: start each exception with '- '"] : [];
    item.fail('exceptions_not_a_sequence', 'exceptions are not a sequence', chain, firstOf(value.span), { notes });
    return [];
  }
  const names = new Set<string>();
  return value.items.flatMap((node) => readException(node, item, chain, names, mode, report) ?? []);
}

function readException(
  node: YamlNode,
  item: MapReader,
  chain: Chain,
  names: Set<string>,
  mode: ExceptionMode,
  report: Report,
): ExceptionRecord | undefined {
  const unnamed = inside(chain, 'exception', '', node.span);
  if (node.kind !== 'map') {
    return item.fail('exception_not_a_map', 'an exception is not a map', unnamed, firstOf(node.span));
  }
  const name = part(item, node, unnamed, (reader) => reader.scalar('name'), report);
  if (name === undefined) return undefined;
  const named = inside(item.chain, 'exception', name.text, node.span);
  if (names.has(name.text)) {
    const message = `another exception of this item is named '${name.text}' too`;
    report(diagnosticOf('duplicate_exception', message, named, name.span));
  }
  names.add(name.text);
  const fields = entryValue(node, 'fields');
  if (fields === undefined && mode === 'define')
    part(item, node, named, (reader) => reader.missing('fields'), report, name.span);
  const record = {
    name: name.text,
    span: name.span,
    chain: named,
    ...optionalEntry('fields', fields, item, named),
    ...optionalEntry('comps', entryValue(node, 'comps'), item, named),
    values: readValues(node, item, named),
  };
  if (mode === 'append' && entryValue(node, 'values') === undefined) {
    report(diagnosticOf('no_values', `the exception '${name.text}' appends no values`, named, name.span));
  }
  return record;
}

/** Runs a reader over a map inside the item; its failure is the item's. */
function part<T>(
  item: MapReader,
  map: YamlMap,
  chain: Chain,
  read: (reader: MapReader) => T,
  report: Report,
  span = firstOf(map.span),
): T {
  const reader = new MapReader(map, chain, span, report);
  const result = read(reader);
  if (reader.failed) item.failed = true;
  return result;
}

function readValues(map: YamlMap, item: MapReader, chain: Chain): ExceptionEntry[] {
  const values = entryValue(map, 'values');
  if (values === undefined) return [];
  const valuesChain = inside(chain, 'exception values', '', values.span);
  if (values.kind !== 'sequence') {
    const message = 'values of an exception are not a sequence';
    item.fail('exception_values_not_a_sequence', message, valuesChain, firstOf(values.span));
    return [];
  }
  return values.items.map((value) => {
    const valueChain = inside(valuesChain, 'exception value', '', value.span);
    return readEntry(value, item, inside(valueChain, 'value for', '', value.span));
  });
}

function optionalEntry(
  key: 'fields' | 'comps',
  node: YamlNode | undefined,
  item: MapReader,
  chain: Chain,
): { readonly [K in 'fields' | 'comps']?: ExceptionEntry } {
  if (node === undefined) return {};
  const entry = readEntry(node, item, inside(chain, 'value for', key, node.span));
  const isEmpty = entry.kind === 'list' ? entry.items.length === 0 : entry.value.text === '';
  return isEmpty ? {} : { [key]: entry };
}

function readEntry(node: YamlNode, item: MapReader, chain: Chain): ExceptionEntry {
  if (node.kind === 'sequence') {
    const items = node.items.map((element) => {
      const elementChain = inside(chain, 'exception', '', element.span);
      return readEntry(element, item, inside(elementChain, 'value for', '', element.span));
    });
    return { kind: 'list', items };
  }
  if (node.kind !== 'scalar') return { kind: 'text', value: { text: '', span: node.span } };
  if (node.text === '') item.fail('empty_value', 'a value of an exception is empty', chain, node.span);
  return { kind: 'text', value: sourcedText(node) };
}
