// The bundled pack: its own tests, what they leave open, that only kx-*.yaml needs falconet, and that its README is fresh.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { checkRuleFiles, compile } from '../../src/compile.ts';
import { withPackTable } from '../../src/ruletest/pack-table.ts';
import { type RuleTestReport, testRules } from '../../src/ruletest/test-rules.ts';
import { createEngine } from '../../src/runtime/index.ts';
import type { RuleFile } from '../../src/types.ts';

const RULES = fileURLToPath(new URL('../../rules', import.meta.url));
const MIN_SCORE = 90;
const SLOW_MACHINE = 120_000;

function yamlFiles(directory: string): readonly RuleFile[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.yaml'));
  return names
    .sort()
    .map((name) => ({ name: `${directory}/${name}`, text: readFileSync(`${directory}/${name}`, 'utf8') }));
}

const pack = yamlFiles(RULES);
const standard = pack.filter(({ name }) => !name.includes('/kx-'));

describe('the pack', () => {
  let report: RuleTestReport;
  beforeAll(async () => {
    const tests = yamlFiles(`${RULES}/tests`).filter(({ name }) => !name.endsWith('/survivors.yaml'));
    const accepted = parse(readFileSync(`${RULES}/tests/survivors.yaml`, 'utf8'));
    report = await testRules(
      tests.map((test) => ({ test, rules: pack })),
      { mutate: true, coverage: true, table: true, accepted },
    );
  }, SLOW_MACHINE);

  it('passes its tests', () => {
    expect(report.problems).toEqual([]);
    expect(report.results.filter(({ passed }) => !passed).map(({ test, problems }) => [test.name, problems])).toEqual(
      [],
    );
    expect(report.passed).toBe(true);
  });

  it('has a firing and a non-firing test for every rule', () => {
    const bare = report.coverage!.rules.filter(({ firing, silent }) => firing === 0 || silent === 0);
    expect(bare.map(({ rule }) => rule)).toEqual([]);
  });

  it('has tests that notice changes', () => {
    const { score, survivors, stale } = report.mutation!;
    expect(survivors).toEqual([]);
    expect(stale).toEqual([]);
    expect(score).toBeGreaterThanOrEqual(MIN_SCORE);
  });

  it('is what its README says', () => {
    const readme = readFileSync(`${RULES}/README.md`, 'utf8');
    expect(withPackTable(readme, report.table!)).toBe(readme);
  });

  it('loads without an error', () => {
    expect(checkRuleFiles(pack, {}).diagnostics.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

it('leaves no known way around', () => {
  const found = checkRuleFiles(pack, { lint: 'bypass' }).diagnostics.filter(({ code }) => code >= 'W741');
  expect(found.map(({ code, message }) => `${code} ${message}`)).toEqual([]);
});

describe('the standard part', () => {
  it('names no extension field and needs no extension file', () => {
    expect(standard.filter(({ text }) => text.includes('kx.')).map(({ name }) => name)).toEqual([]);
    expect(compile(standard, { semantics: 'falco' }).program).toBeDefined();
  });

  it.each(standard.slice(1).map((file) => [file.name.replace(/.*\//, ''), file] as const))(
    'loads %s alone',
    (_, file) => {
      expect(compile([standard[0]!, file]).diagnostics.filter(({ level }) => level === 'error')).toEqual([]);
    },
  );

  it('finds the same under both semantics, where no field differs', async () => {
    const bytes = new Uint8Array(readFileSync(`${RULES}/samples/events.jsonl`));
    const found = async (semantics: 'falco' | 'fixed'): Promise<readonly string[]> => {
      const engine = await createEngine(compile(standard, { semantics }).program!, { match: 'all' });
      return engine.evaluate(bytes).alerts.map(({ line, rule }) => `${line} ${rule}`);
    };
    expect(await found('falco')).toEqual(await found('fixed'));
  });
});
