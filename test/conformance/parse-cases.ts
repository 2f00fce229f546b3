// Parse cases: the tree, the canonical text, or the reason and the byte offset of the parser.

import { byteOffset } from '../../src/syntax/byte-offset.ts';
import { parseCondition } from '../../src/syntax/parser.ts';
import { printCondition } from '../../src/syntax/print.ts';
import { caseTree } from '../syntax/case-tree.ts';
import type { LanguageCase } from './language-cases.ts';
import { difference } from './tally.ts';

export function parseProblem({ input, expect }: LanguageCase): string | undefined {
  const text = input.condition!;
  const parsed = parseCondition(text, input.max_depth === undefined ? {} : { maxDepth: input.max_depth });
  const seen: Record<string, unknown> = parsed.ok
    ? { ok: true, ast: sortedKeys(caseTree(parsed.condition)), text: printCondition(parsed.condition) }
    : { ok: false, index: byteOffset(text, parsed.problem.index), reason: parsed.problem.reason };
  const compared = Object.keys(expect).map((key) => [key, seen[key]]);
  return difference(
    Object.fromEntries(compared),
    Object.fromEntries(Object.entries(expect).map(([k, v]) => [k, sortedKeys(v)])),
  );
}

function sortedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortedKeys(inner)]));
}
