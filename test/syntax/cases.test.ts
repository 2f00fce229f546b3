// The parse cases of the rule language: each condition against its tree, its canonical text, or its reason and the byte
// offset at which Falco's parser stood.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { byteOffset } from '../../src/syntax/byte-offset.ts';
import { parseCondition } from '../../src/syntax/parser.ts';
import { printCondition } from '../../src/syntax/print.ts';
import { caseTree } from './case-tree.ts';

interface ParseCase {
  readonly id: string;
  readonly kind: string;
  readonly input: { readonly condition: string; readonly max_depth: number };
  readonly expect: {
    readonly ok: boolean;
    readonly ast?: unknown;
    readonly text?: string;
    readonly reason?: string;
    readonly index?: number;
  };
}

const file = gunzipSync(readFileSync(new URL('../conformance/rule-language-cases.json.gz', import.meta.url)));
const cases = (JSON.parse(file.toString('utf8')) as { cases: ParseCase[] }).cases.filter(
  ({ kind }) => kind === 'parse',
);

function outcome({ input, expect: expected }: ParseCase): ParseCase['expect'] {
  const parsed = parseCondition(input.condition, { maxDepth: input.max_depth });
  const seen = parsed.ok
    ? { ok: true, ast: caseTree(parsed.condition), text: printCondition(parsed.condition) }
    : { ok: false, reason: parsed.problem.reason, index: byteOffset(input.condition, parsed.problem.index) };
  return Object.fromEntries(Object.entries(seen).filter(([key]) => key in expected)) as unknown as ParseCase['expect'];
}

describe('parse cases', () => {
  it('are there', () => expect(cases.length).toBe(221));
  it.each(cases.map((one) => [one.id, one] as const))('%s', (_, one) => expect(outcome(one)).toEqual(one.expect));
});
