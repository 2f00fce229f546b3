// The pattern operators on byte strings, done by the reference patterns.

import { globReference, pathPrefixReference, regexReference } from '../reference-patterns/index.ts';
import { toBytes, toText } from './bytes.ts';

export function matchesGlob(value: string, pattern: string, caseless: boolean): boolean {
  return globReference(toBytes(pattern), toBytes(value), caseless);
}

export function matchesPathPrefix(value: string, paths: readonly string[]): boolean {
  return paths.some((path) => pathPrefixReference(toBytes(path), toBytes(value)));
}

export function matchesRegex(value: string, pattern: string): boolean {
  return regexReference(toText(pattern), toBytes(value));
}
