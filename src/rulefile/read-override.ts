// The `override` map of an item: which keys append and which replace.

import { inside } from '../diagnostics/report.ts';
import { suggestionNotes } from '../diagnostics/suggest.ts';
import { firstOf, type MapReader } from './map-reader.ts';
import { keyText, type YamlNode } from './yaml-tree.ts';

export interface Override {
  readonly append: Set<string>;
  readonly replace: Set<string>;
}

/** Null, an empty map and a single value count as no override; `item.failed` when an entry is not possible. */
export function readOverride(item: MapReader, appendable: readonly string[], replaceable: readonly string[]): Override {
  const override: Override = { append: new Set(), replace: new Set() };
  const value = item.value('override');
  if (value?.kind === 'sequence' && value.items.length > 0) refuseShape(item, value);
  if (value?.kind !== 'map') return override;
  const chain = inside(item.chain, 'overrides', '', item.map.span);
  for (const entry of value.entries) {
    const key = keyText(entry.key);
    const operation = keyText(entry.value);
    if (key === undefined || operation === undefined) {
      refuseShape(item, entry.value);
      continue;
    }
    if (operation !== 'append' && operation !== 'replace') {
      const message = `'${operation}' is neither append nor replace`;
      const notes = suggestionNotes(operation, ['append', 'replace']);
      const place = inside(chain, 'value for', key, entry.value.span);
      item.fail('bad_override_operation', message, place, entry.value.span, { notes });
      continue;
    }
    const permitted = operation === 'append' ? appendable : replaceable;
    if (permitted.includes(key)) {
      override[operation].add(key);
      continue;
    }
    const reason = operation === 'append' ? 'key_not_appendable' : 'key_not_replaceable';
    const done = operation === 'append' ? 'appended to' : 'replaced';
    const place = inside(chain, 'overrides', key, entry.key.span);
    const notes =
      operation === 'append' && replaceable.includes(key)
        ? [`help: use '${key}: replace'`]
        : suggestionNotes(key, permitted);
    item.fail(reason, `the key '${key}' cannot be ${done}`, place, entry.key.span, { notes });
  }
  return override;
}

// the original runs into an exception here, and reports it against the whole file
function refuseShape(item: MapReader, node: YamlNode): void {
  const message = 'override is not a map of keys to append or replace';
  item.fail('override_not_a_map', message, item.chain.slice(0, 1), firstOf(node.span));
}
