// An event with changes applied: merge patch, values set by JSON Pointer, values removed. Nothing given is modified.

import { pointerTokens } from '../isa/custom-catalogue.ts';
import { isMapping } from './shapes.ts';
import type { EventChanges } from './test-case.ts';

type Json = { [key: string]: unknown };

/** The changed copy, or what is wrong with the changes. */
export function changed(
  event: unknown,
  { merge, set, remove }: EventChanges,
): { readonly event: unknown } | { readonly problem: string } {
  let result: unknown = merge === undefined ? structuredClone(event) : merged(event, merge);
  for (const [pointer, value] of Object.entries(set ?? {})) {
    const tokens = tokensOf(pointer);
    if (tokens === undefined) return { problem: `'${pointer}' is no JSON Pointer; did you mean '/${pointer}'?` };
    const next = withValue(result, tokens, structuredClone(value));
    if (next === undefined) return { problem: `'${pointer}' leads through a value that has no members` };
    result = next.value;
  }
  for (const pointer of remove ?? []) {
    const tokens = tokensOf(pointer);
    if (tokens === undefined || tokens.length === 0) return { problem: `'${pointer}' names nothing to remove` };
    removeValue(result, tokens);
  }
  return { event: result };
}

function tokensOf(pointer: string): readonly string[] | undefined {
  return pointer === '' || pointer.startsWith('/') ? pointerTokens(pointer) : undefined;
}

/** RFC 7396. */
function merged(target: unknown, patch: unknown): unknown {
  if (!isMapping(patch)) return structuredClone(patch);
  const result: Json = isMapping(target) ? structuredClone(target) : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else define(result, key, merged(result[key], value));
  }
  return result;
}

// `__proto__` is a key like any other
function define(object: Json, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
}

/** `root` is the caller's own copy. */
function withValue(root: unknown, tokens: readonly string[], value: unknown): { readonly value: unknown } | undefined {
  if (tokens.length === 0) return { value };
  let at: unknown = root;
  for (const [i, token] of tokens.entries()) {
    const isLast = i === tokens.length - 1;
    if (Array.isArray(at)) {
      const index = token === '-' ? at.length : Number(token);
      if (!Number.isInteger(index) || index < 0 || index > at.length) return undefined;
      if (isLast) at[index] = value;
      else at[index] ??= emptyFor(tokens[i + 1]!);
      at = at[index];
    } else if (isMapping(at)) {
      if (isLast) define(at, token, value);
      else if (!Object.hasOwn(at, token)) define(at, token, emptyFor(tokens[i + 1]!));
      at = at[token];
    } else return undefined;
  }
  return { value: root };
}

/** What stands where nothing was: an array for a position, else an object. */
function emptyFor(token: string): unknown {
  return token === '0' || token === '-' ? [] : {};
}

function removeValue(root: unknown, tokens: readonly string[]): void {
  let at: unknown = root;
  for (const token of tokens.slice(0, -1)) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, token)) return;
    at = (at as Json)[token];
  }
  const last = tokens.at(-1)!;
  if (Array.isArray(at)) at.splice(/^[0-9]+$/.test(last) ? Number(last) : at.length, 1);
  else if (isMapping(at)) delete (at as Json)[last];
}
