// Load cases: Falco's one error and its warnings for each file, and the compiled texts when everything loads.

import type { CustomCatalogue } from '../../src/isa/custom-catalogue.ts';
import { PRIORITY_NAMES } from '../../src/isa/priorities.ts';
import type { ResolvedRules } from '../../src/resolve/resolved.ts';
import type { Condition } from '../../src/syntax/ast.ts';
import { printCondition } from '../../src/syntax/print.ts';
import { type LoadedFile, loadFiles } from './front-end.ts';
import type { LanguageCase } from './language-cases.ts';
import { difference } from './tally.ts';

type Shape = Readonly<Record<string, unknown>>;

export function loadProblem({ input, expect }: LanguageCase, catalogue: CustomCatalogue): string | undefined {
  const files = (input.files ?? []).map(({ name, content }) => ({ name, text: content }));
  const loaded = loadFiles(files, { catalogue });
  if ('fatal' in expect) return difference(loaded.find(({ fatal }) => fatal !== undefined)?.fatal, expect.fatal);
  const expectedFiles = expect.files as readonly Shape[];
  const results = loaded.map((file, at) => picked(fileResult(file), expectedFiles[at] ?? {}));
  const problem = difference(
    results,
    expectedFiles.map((file) => picked(file, file)),
  );
  if (problem !== undefined) return problem;
  const compiled = compiledTexts(loaded.at(-1)!.resolved);
  const { files: _, ...texts } = expect;
  return difference(picked(compiled, texts), picked(texts, texts));
}

/** The keys that the case has, in one order, so that both sides print alike. */
function picked(seen: Shape, expected: Shape): Shape {
  const keys = Object.keys(expected).sort();
  return Object.fromEntries(keys.map((key) => [key, normal(seen[key])]));
}

function normal(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(normal);
  return typeof value === 'object' && value !== null ? picked(value as Shape, value as Shape) : value;
}

function fileResult({ fatal, error, warnings, isSchemaValid }: LoadedFile): Shape {
  const errors = error === undefined ? [] : [error];
  return { ok: errors.length === 0, errors, warnings, schema_valid: isSchemaValid, ...(fatal && { fatal }) };
}

function compiledTexts({ rules, macros, lists }: ResolvedRules): Shape {
  const print = (condition: Condition) => printCondition(condition, { macro: (name) => macros.get(name)?.condition });
  return {
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
}
