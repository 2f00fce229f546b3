// The rule files of load-tables.ts, loaded as Falco loads them and compiled as falconet does: both refuse the same files.

import { describe, expect, test } from 'vitest';
import { createChecker } from '../../src/check/checker.ts';
import { compile } from '../../src/compile.ts';
import { falcoFatal, falcoResult } from '../../src/diagnostics/falco-result.ts';
import { builtinCatalogue } from '../../src/isa/fields.ts';
import { RuleLoader } from '../../src/resolve/load.ts';
import type { ResolvedRules } from '../../src/resolve/resolved.ts';
import type { SourceFile } from '../../src/source/source-file.ts';
import { printCondition } from '../../src/syntax/print.ts';
import { TABLES } from './load-tables.ts';

function falcoOutcome(files: readonly SourceFile[]): string {
  const catalogue = builtinCatalogue('falco');
  const { fieldExists, skipsOutput } = createChecker(catalogue, () => {});
  const loader = new RuleLoader({ catalogue, fieldExists, skipsOutput, stopAtFirstError: true });
  const outcomes = files.map((file, index) => {
    const { resolved, schema, order, ...step } = loader.addFile(file);
    const diagnostics = [...step.diagnostics];
    const checker = createChecker(catalogue, (diagnostic) => diagnostics.push(diagnostic));
    const rules = resolved.rules.filter((rule) => checker.checkRule(rule, resolved.macros));
    for (const rule of resolved.partialRules) checker.checkPartial(rule, resolved.macros);
    if (falcoFatal(diagnostics) !== undefined) return 'fatal';
    const { successful, errors, warnings } = falcoResult({ files, file: index, diagnostics, schema, order });
    const codes = [...errors, ...warnings].map(({ code }) => code.replace('LOAD_', '')).join();
    const verdict = `${successful ? 'ok' : 'err'}${codes === '' ? '' : ':'}${codes}`;
    return [verdict, ...(successful ? printed(rules, resolved) : [])].join(' ');
  });
  return outcomes.includes('fatal') ? 'fatal' : outcomes.join(' | ');
}

function printed(rules: ResolvedRules['rules'], { macros }: ResolvedRules): readonly string[] {
  return rules.map(({ name, condition }) => {
    return `${name}{${printCondition(condition, { macro: (macro) => macros.get(macro)?.condition })}}`;
  });
}

describe.each(Object.entries(TABLES))('%s', (_, rows) => {
  test.each(rows)('%s', (_what, texts, outcome) => {
    const files = [texts].flat().map((text, i) => ({ name: `${i}.yaml`, text }));
    expect(falcoOutcome(files)).toBe(outcome);
    const isRefused = outcome === 'fatal' || outcome.split(' | ').some((one) => one.startsWith('err'));
    for (const semantics of ['falco', 'fixed'] as const) {
      expect(compile(files, { semantics }).program === undefined).toBe(isRefused);
    }
  });
});
