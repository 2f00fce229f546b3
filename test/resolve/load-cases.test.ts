// The load cases of the conformance files as far as reading and resolving decide them; the conformance runner checks all of
// them with the check stage.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { CODES, rowOf } from '../../src/diagnostics/codes.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { falcoFatal, locationText, selectReported } from '../../src/diagnostics/falco-result.ts';
import { PRIORITY_NAMES } from '../../src/isa/priorities.ts';
import { type LoadStep, RuleLoader } from '../../src/resolve/load.ts';
import { parseOperand } from '../../src/syntax/operand.ts';
import { printCondition } from '../../src/syntax/print.ts';

interface Problem {
  readonly code: string;
  readonly at: readonly string[];
  readonly reason: string;
}
interface FileExpectation {
  readonly ok: boolean;
  readonly errors: readonly Problem[];
  readonly warnings: readonly Problem[];
  readonly schema_valid?: boolean;
}
interface LoadCase {
  readonly id: string;
  readonly kind: string;
  readonly input: { readonly files: readonly { readonly name: string; readonly content: string }[] };
  readonly expect: { readonly files?: readonly FileExpectation[]; readonly fatal?: string } & Record<string, unknown>;
}
interface CaseFile {
  readonly meta: { readonly plugin: { name: string; version: string }; readonly fields: readonly { name: string }[] };
  readonly cases: readonly LoadCase[];
}

const path = new URL('../conformance/rule-language-cases.json.gz', import.meta.url);
const { meta, cases } = JSON.parse(gunzipSync(readFileSync(path)).toString()) as CaseFile;
const fields = new Set(meta.fields.map(({ name }) => name));

/** Reported by the check stage, or left out by it. */
const CHECK_STEPS = new Set(['output', 'na', 'types', 'constants']);
const checkReasons = new Set(CODES.filter(({ step }) => CHECK_STEPS.has(step)).map(({ reason }) => reason as string));

const mine = cases.filter(({ kind, expect: { files } }) => {
  const reasons = files?.flatMap(({ errors, warnings }) => [...errors, ...warnings]).map(({ reason }) => reason) ?? [];
  return kind === 'load' && !reasons.some((reason) => checkReasons.has(reason));
});

function fieldExists(text: string, source: string): boolean {
  const parsed = parseOperand(text);
  if (source !== 'k8s_audit' || !parsed.ok) return false;
  return [...text.matchAll(/[a-z]+(?:\.[a-z0-9]+)+/g)].every(([name]) => fields.has(name));
}

function problem(diagnostic: Diagnostic): Problem {
  const { falco, reason } = rowOf(diagnostic.code);
  return { code: falco, at: diagnostic.locations.slice(1).map(locationText), reason };
}

function fileResult(step: LoadStep): FileExpectation {
  const { error, warnings } = selectReported(step.diagnostics, step.order);
  return {
    ok: error === undefined,
    errors: error ? [problem(error)] : [],
    warnings: warnings.map(problem),
    ...(step.schema === undefined ? {} : { schema_valid: step.schema.valid }),
  };
}

function compiled({ resolved: { rules, macros, lists } }: LoadStep): Record<string, unknown> {
  const print = (node: Parameters<typeof printCondition>[0]) =>
    printCondition(node, { macro: (name) => macros.get(name)?.condition });
  const items = {
    rules: rules.map((rule) => ({
      name: rule.name,
      condition_compiled: print(rule.condition),
      output: rule.output.text,
      description: rule.description,
      priority: PRIORITY_NAMES[rule.priority],
      enabled: rule.enabled,
      tags: rule.tags,
      source: rule.source,
    })),
    macros: [...macros.values()].map(({ name, condition, used }) => ({
      name,
      condition_compiled: print(condition),
      used,
    })),
    lists: lists.map(({ name, itemsCompiled, used }) => ({ name, items_compiled: itemsCompiled, used })),
  };
  return {
    rules: items.rules,
    ...(macros.size && { macros: items.macros }),
    ...(lists.length && { lists: items.lists }),
  };
}

test.each(mine)('$id', ({ input, expect: expected }) => {
  const plugins = [meta.plugin];
  const loader = new RuleLoader({ catalogue: { source: 'k8s_audit', plugins }, fieldExists, stopAtFirstError: true });
  const steps = input.files.map(({ name, content }) => loader.addFile({ name, text: content }));
  const fatal = steps.map(({ diagnostics }) => falcoFatal(diagnostics)).find((reason) => reason !== undefined);
  const files = steps.map(fileResult);
  const result = files.every(({ ok }) => ok) ? { files, ...compiled(steps.at(-1)!) } : { files };
  expect(fatal === undefined ? result : { fatal }).toEqual(expected);
});

test('there are cases', () => expect(mine.length).toBeGreaterThan(200));
