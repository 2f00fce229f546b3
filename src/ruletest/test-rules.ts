// Test files with their rules in, a report out. Test files of the same rules are one suite, so that rules are compiled once and
// a mutant that one file does not notice may be noticed by another.

import type { CompileDiagnostic, RuleFile } from '../types.ts';
import { type Coverage, CoverageCounter } from './coverage.ts';
import type { ReadFile } from './events.ts';
import type { PreparedTest } from './mutate.ts';
import {
  type AcceptedSurvivor,
  type MutationReport,
  type MutationState,
  mutateSuite,
  mutationReport,
} from './mutate.ts';
import { packTable } from './pack-table.ts';
import { readTestFile } from './read-test-file.ts';
import type { TestFile, TestFileProblem } from './test-case.ts';
import { inputsOf, noFiles, Suite, type SuiteOptions, type TestResult } from './tester.ts';

/** A test file with what it needs. */
export interface TestInput {
  /** name and YAML text of the test file */
  readonly test: RuleFile;
  /** the rules that it tests, in order; its own `tuning` is loaded behind them */
  readonly rules: readonly RuleFile[];
  /** reads a file that a test names */
  readonly read?: ReadFile;
}

export interface TestRulesOptions extends SuiteOptions {
  /** only tests whose name, or whose file's name, holds this text */
  readonly filter?: string;
  /** find out which mutants the tests do not notice */
  readonly mutate?: boolean;
  readonly accepted?: readonly AcceptedSurvivor[];
  readonly coverage?: boolean;
  /** make the reference of the rules, in Markdown */
  readonly table?: boolean;
}

export interface RuleTestReport {
  readonly passed: boolean;
  readonly results: readonly TestResult[];
  /** test files that are not as they should be */
  readonly problems: readonly TestFileProblem[];
  /** errors of the rules, each once */
  readonly diagnostics: readonly CompileDiagnostic[];
  /** absent unless asked for, and when tests fail */
  readonly mutation?: MutationReport;
  readonly coverage?: Coverage;
  readonly table?: string;
}

interface Group {
  readonly files: readonly RuleFile[];
  readonly members: { readonly file: TestFile; readonly read: ReadFile }[];
}

/** Runs the tests of test files. */
export async function testRules(inputs: readonly TestInput[], options: TestRulesOptions = {}): Promise<RuleTestReport> {
  const problems: TestFileProblem[] = [];
  const groups = groupsOf(inputs, problems);
  const results: TestResult[] = [];
  const diagnostics = new Map<string, CompileDiagnostic>();
  const suites: { readonly suite: Suite; readonly tests: readonly PreparedTest[] }[] = [];
  for (const { files, members } of groups) {
    const { suite, diagnostics: found } = await Suite.create(files, options);
    if (suite === undefined) {
      for (const one of found.filter(({ level }) => level === 'error')) diagnostics.set(one.text, one);
      continue;
    }
    const tests: PreparedTest[] = [];
    for (const { file, read } of members) {
      for (const test of file.tests.filter(({ name }) => isChosen(file.name, name, options.filter))) {
        results.push(await suite.run(test, file.templates, read));
        const made = inputsOf(test, file.templates, read);
        if ('inputs' in made) tests.push({ test, inputs: made.inputs });
      }
    }
    suites.push({ suite, tests });
  }
  const passed = problems.length === 0 && diagnostics.size === 0 && results.every((result) => result.passed);
  return {
    passed,
    results,
    problems,
    diagnostics: [...diagnostics.values()],
    ...(await analyses(suites, passed, options)),
  };
}

async function analyses(
  suites: readonly { readonly suite: Suite; readonly tests: readonly PreparedTest[] }[],
  passed: boolean,
  options: TestRulesOptions,
): Promise<Pick<RuleTestReport, 'mutation' | 'coverage' | 'table'>> {
  const analysis: { mutation?: MutationReport; coverage?: Coverage; table?: string } = {};
  // mutants of rules whose tests fail would all be noticed
  if (options.mutate && passed) {
    const state: MutationState = new Map();
    for (const { suite, tests } of suites) await mutateSuite(suite, tests, state);
    analysis.mutation = mutationReport(state, options.accepted ?? []);
  }
  if (options.coverage) {
    const counter = new CoverageCounter();
    for (const { suite, tests } of suites) await counter.add(suite, tests);
    analysis.coverage = counter.coverage();
  }
  if (options.table) analysis.table = packTable(suites);
  return analysis;
}

function isChosen(file: string, test: string, filter: string | undefined): boolean {
  return filter === undefined || test.includes(filter) || file.includes(filter);
}

function groupsOf(inputs: readonly TestInput[], problems: TestFileProblem[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { test, rules, read } of inputs) {
    const { file, problems: found } = readTestFile(test.name, test.text);
    problems.push(...found);
    const tuning = file.tuning === undefined ? [] : [{ name: `${test.name} (tuning)`, text: file.tuning }];
    const files = [...rules, ...tuning];
    const key = JSON.stringify(files.map(({ name, text }) => [name, tuning.length > 0 ? text : '']));
    const group = groups.get(key) ?? { files, members: [] };
    group.members.push({ file, read: read ?? noFiles });
    groups.set(key, group);
  }
  return [...groups.values()];
}
