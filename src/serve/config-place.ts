// Where in its file a part of the configuration stands: a path such as `follow[0].path` in, the line of its key out.

import { type Document, isMap, isNode, isScalar, isSeq, type LineCounter } from 'yaml';

/** Of the deepest part of the path that was written, from 1; undefined when nothing of it was. */
export function lineOf(document: Document, lineCounter: LineCounter, path: string): number | undefined {
  let node: unknown = document.contents;
  let at: number | undefined;
  for (const key of path.match(/[^.[\]]+/g) ?? []) {
    const found = memberOf(node, key);
    if (found === undefined) break;
    at = found.at;
    node = found.value;
  }
  return at === undefined ? undefined : lineCounter.linePos(at).line;
}

function memberOf(node: unknown, key: string): { readonly value: unknown; readonly at: number } | undefined {
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    return isNode(item) && item.range ? { value: item, at: item.range[0] } : undefined;
  }
  if (!isMap(node)) return undefined;
  const pair = node.items.find((one) => isScalar(one.key) && String(one.key.value) === key);
  return pair !== undefined && isScalar(pair.key) && pair.key.range
    ? { value: pair.value, at: pair.key.range[0] }
    : undefined;
}
