// `required_plugin_versions`: each entry, with its alternatives, is one requirement.

import type { Report } from '../diagnostics/diagnostic.ts';
import { type Chain, inside } from '../diagnostics/report.ts';
import { firstOf, MapReader } from './map-reader.ts';
import type { PluginVersion, RecordSink } from './records.ts';
import type { YamlNode } from './yaml-tree.ts';

/** Reads the value of `key`; false when something in it is wrong. */
export function readPluginVersions(item: MapReader, key: string, sink: RecordSink, report: Report): boolean {
  const value = item.value(key)!;
  if (value.kind !== 'sequence') {
    const span = value.kind === 'null' ? item.keySpan(key) : firstOf(value.span);
    item.fail('plugin_versions_not_a_sequence', `${key} is not a sequence`, item.chain, span);
    return false;
  }
  return value.items.map((entry) => readEntry(entry, item.chain, sink, report)).every((accepted) => accepted);
}

function readEntry(node: YamlNode, parent: Chain, sink: RecordSink, report: Report): boolean {
  const found = readChoice(node, parent, 'required plugin versions entry', report);
  if (found === undefined) return false;
  const { choice, item } = found;
  const alternatives = item.value('alternatives');
  if (alternatives !== undefined && alternatives.kind !== 'sequence') {
    const span = alternatives.kind === 'null' ? item.keySpan('alternatives') : firstOf(alternatives.span);
    item.fail('plugin_versions_not_a_sequence', 'alternatives is not a sequence', item.chain, span);
    return false;
  }
  const choices: PluginVersion[] = [choice];
  for (const alternative of alternatives?.items ?? []) {
    const read = readChoice(alternative, item.chain, 'required plugin versions alternative', report);
    if (read === undefined) return false;
    choices.push(read.choice);
  }
  return sink.requirePlugins({ choices, span: item.span, chain: item.chain });
}

function readChoice(
  node: YamlNode,
  parent: Chain,
  itemType: string,
  report: Report,
): { readonly choice: PluginVersion; readonly item: MapReader } | undefined {
  const unnamed = inside(parent, itemType, '', node.span);
  if (node.kind !== 'map') {
    const none = new MapReader({ kind: 'map', entries: [], span: node.span }, unnamed, node.span, report);
    return none.fail('plugin_entry_not_a_map', 'a plugin requirement is not a map', unnamed, firstOf(node.span));
  }
  const name = new MapReader(node, unnamed, firstOf(node.span), report).scalar('name');
  if (name === undefined) return undefined;
  const item = new MapReader(node, inside(parent, itemType, name.text, node.span), name.span, report);
  const version = item.scalar('version');
  return version && { choice: { name: name.text, version: version.text }, item };
}
