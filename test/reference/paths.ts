// The ways in which fields reach into a document. A hole stands for an array element in which the rest of the path does
// not exist.

import { type JsonValue, member, type Semantics } from './json-text.ts';

export type Hole = undefined;
export type Found = readonly (JsonValue | Hole)[];

/** Steps through objects only; undefined when a step fails. */
export function walk(root: JsonValue, path: readonly string[], semantics: Semantics): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const key of path) value = value && member(value, key, semantics);
  return value;
}

/**
 * Steps through objects, and before each step through an array: all elements without an index, else that one element.
 * The value that the last key reaches is not expanded. undefined: not found.
 */
export function multi(
  value: JsonValue,
  path: readonly string[],
  index: bigint | undefined,
  semantics: Semantics,
): Found | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return [value];
  let holder: JsonValue | undefined = value;
  if (value.kind === 'array') {
    if (index === undefined) return value.items.flatMap((item) => multi(item, path, index, semantics) ?? [undefined]);
    holder = value.items[Number(index)];
  }
  const next = holder && member(holder, key, semantics);
  return next && multi(next, rest, index, semantics);
}

/** Reference tokens of a lenient pointer: the first slash is optional. */
export function lenientTokens(pointer: string): string[] {
  if (pointer === '') return [];
  const tokens = pointer.replace(/^\//, '').split('/');
  return tokens.map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** Follows tokens through objects and arrays; array tokens may carry a sign and leading zeros. */
export function followPointer(root: JsonValue, tokens: readonly string[], semantics: Semantics): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const token of tokens) {
    if (value === undefined) return undefined;
    if (value.kind === 'array') value = /^[+-]?\d+$/.test(token) ? value.items[lenientIndex(token)] : undefined;
    else value = member(value, token, semantics);
  }
  return value;
}

function lenientIndex(token: string): number {
  const index = BigInt(token.replace(/^[+-]/, ''));
  // -1 is no index of an array
  return token.startsWith('-') && index > 0n ? -1 : Number(index);
}
