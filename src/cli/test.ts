// `falconet test`: finds test files and the rules beside them, runs them, prints what failed and why. With --watch again when
// something that was read has changed. Exit status: 0 all passed, 1 not.

import { readFileSync } from 'node:fs';
import { readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { navigatorLayer, techniquesOf } from '../ruletest/coverage.ts';
import { type AcceptedSurvivor, type MutationReport, mutationText } from '../ruletest/mutate.ts';
import { withPackTable } from '../ruletest/pack-table.ts';
import { readTestFile } from '../ruletest/read-test-file.ts';
import { jsonReport, junitReport, problemLines, resultsByFile } from '../ruletest/reports.ts';
import type { TestFile } from '../ruletest/test-case.ts';
import { type RuleTestReport, type TestInput, testRules } from '../ruletest/test-rules.ts';
import type { RuleFile } from '../types.ts';
import { wantsColor } from './explain.ts';
import { loadFailure, reasonOf, usageFailure } from './failure.ts';
import { optionName, type Semantics } from './options.ts';
import { Output } from './output.ts';
import { ReadFiles } from './read-files.ts';
import { readBytes, readRuleFiles, STDIN } from './rules.ts';
import { countOf } from './statistics.ts';
import { textTable } from './table.ts';

export interface TestOptions {
  readonly rules?: readonly string[];
  readonly filter?: string;
  readonly report?: readonly string[];
  readonly watch?: boolean;
  readonly mutate?: boolean;
  readonly minScore?: number;
  readonly survivors?: string;
  readonly coverage?: boolean;
  readonly navigator?: string;
  readonly docs?: string;
  readonly semantics?: Semantics;
  readonly verbose?: boolean;
  readonly color: boolean;
}

const SURVIVORS_FILE = 'survivors.yaml';

/** Returns the exit status. */
export async function test(paths: readonly string[], options: TestOptions): Promise<number> {
  const reports = (options.report ?? []).map(reportTarget);
  for (const name of ['minScore', 'survivors'] as const) {
    if (options[name] !== undefined && !options.mutate) throw usageFailure(`${optionName(name)} goes with --mutate`);
  }
  if (options.watch && options.rules?.includes(STDIN)) throw usageFailure('--watch cannot watch standard input (-)');
  const output = new Output(process.stdout);
  const once = (read: ReadFiles): Promise<number> => runOnce(paths, options, reports, output, read);
  return options.watch ? watching(paths, output, once) : once(new ReadFiles());
}

type Report = { readonly form: 'junit' | 'json'; readonly file: string };

function reportTarget(text: string): Report {
  const [, form, file] = /^(junit|json)=(.+)$/.exec(text) ?? [];
  if (form === undefined || file === undefined)
    throw usageFailure(`--report ${text}: expected junit=FILE or json=FILE`);
  return { form: form as Report['form'], file };
}

async function runOnce(
  paths: readonly string[],
  options: TestOptions,
  reports: readonly Report[],
  output: Output,
  read: ReadFiles,
): Promise<number> {
  const { files, survivors } = await findTests(paths, read);
  if (files.length === 0) throw loadFailure(`${paths.join(', ')}: no test file (tests/*.yaml, *.test.yaml) in there`);
  const inputs: TestInput[] = [];
  const given = options.rules === undefined ? undefined : await rulesOf(options.rules, read);
  for (const file of files) inputs.push(await testInput(file, given, read));
  const lists = options.survivors === undefined ? survivors : [options.survivors];
  await read.note(lists);
  const accepted = options.mutate ? (await Promise.all(lists.map(readSurvivors))).flat() : [];
  const report = await testRules(inputs, {
    accepted,
    mutate: options.mutate ?? false,
    table: options.docs !== undefined,
    coverage: (options.coverage ?? false) || options.navigator !== undefined,
    ...(options.filter !== undefined && { filter: options.filter }),
    ...(options.semantics !== undefined && { semantics: options.semantics }),
  });
  for (const { form, file } of reports) await write(file, form === 'junit' ? junitReport(report) : jsonReport(report));
  if (options.navigator !== undefined && report.coverage) {
    const layer = navigatorLayer(report.coverage, basename(resolve(paths[0] ?? 'rules')));
    await write(options.navigator, `${JSON.stringify(layer, null, 2)}\n`);
  }
  if (options.docs !== undefined) await writeDocs(options.docs, report.table ?? '');
  if (options.filter !== undefined && report.results.length === 0 && report.problems.length === 0) {
    throw loadFailure(`--filter ${options.filter}: no test has that in its name`);
  }
  const printer = new Printer(wantsColor(options.color), options.verbose ?? false);
  const { mutation } = report;
  const coverage = report.coverage && options.coverage ? printer.coverage(report) : '';
  await output.print(printer.results(report) + coverage + (mutation ? printer.mutation(mutation) : ''));
  const isEnough =
    mutation === undefined || (mutation.survivors.length === 0 && mutation.score >= (options.minScore ?? 0));
  return report.passed && report.results.length > 0 && isEnough ? 0 : 1;
}

async function writeDocs(file: string, table: string): Promise<void> {
  const text = withPackTable(new TextDecoder().decode(await readBytes(file)), table);
  if (text === undefined)
    throw loadFailure(`${file}: expected the markers <!-- begin rules --> and <!-- end rules -->`);
  await write(file, text);
}

async function write(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    throw loadFailure(`${file}: ${reasonOf(error)}`);
  }
}

/** Test files that the paths name or hold, and lists of accepted survivors beside them. */
async function findTests(
  paths: readonly string[],
  read: ReadFiles,
): Promise<{ readonly files: readonly string[]; readonly survivors: readonly string[] }> {
  const files: string[] = [];
  await read.note(paths);
  for (const path of paths) {
    try {
      if ((await stat(path)).isDirectory()) files.push(...(await testFilesOf(path, read)));
      else files.push(path);
    } catch (error) {
      throw loadFailure(`${path}: ${reasonOf(error)}`);
    }
  }
  const isList = (path: string): boolean => basename(path) === SURVIVORS_FILE;
  return { files: [...new Set(files.filter((path) => !isList(path)))], survivors: [...new Set(files.filter(isList))] };
}

/** `tests/*.yaml`, `*.test.yaml` and, in a folder named tests, everything. */
async function testFilesOf(directory: string, read: ReadFiles): Promise<readonly string[]> {
  const files: string[] = [];
  await read.note([directory, join(directory, 'tests')]);
  const isTests = basename(resolve(directory)) === 'tests';
  for (const entry of (await readdir(directory, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && entry.name === 'tests') files.push(...(await testFilesOf(path, read)));
    else if (!entry.isDirectory() && (isTests ? /\.ya?ml$/ : /\.test\.ya?ml$/).test(entry.name)) files.push(path);
  }
  return files;
}

/** A test file with its rules: those on the command line, else those that it names, else those that stand beside it. */
async function testInput(path: string, given: readonly RuleFile[] | undefined, read: ReadFiles): Promise<TestInput> {
  await read.note([path]);
  const text = new TextDecoder().decode(await readBytes(path));
  const folder = dirname(path);
  const { file } = readTestFile(path, text);
  await read.note(eventFiles(file).map((name) => join(folder, name)));
  const beside = basename(resolve(folder)) === 'tests' ? dirname(folder) : folder;
  const rules = given ?? (await rulesOf(file.rules?.map((name) => join(folder, name)) ?? [beside], read));
  return { test: { name: path, text }, rules, read: (name) => readEvents(join(folder, name)) };
}

async function rulesOf(names: readonly string[], read: ReadFiles): Promise<readonly RuleFile[]> {
  await read.note(names);
  return (await readRuleFiles(names)).filter(isRules);
}

/** As the test file names them. */
function eventFiles({ templates, tests }: TestFile): readonly string[] {
  const sources = [...Object.values(templates), ...tests.flatMap((test) => test.sources)];
  return sources.flatMap(({ file }) => file ?? []);
}

function isRules({ name }: RuleFile): boolean {
  return !/\.test\.ya?ml$/.test(name);
}

function contentOf(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new Error(reasonOf(error));
  }
}

function readEvents(path: string): Uint8Array {
  const bytes = contentOf(path);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

/** A sequence of { owner, predicate, kind?, constant?, reason }. */
async function readSurvivors(path: string): Promise<readonly AcceptedSurvivor[]> {
  const text = new TextDecoder().decode(await readBytes(path));
  let entries: unknown;
  try {
    entries = parse(text) ?? [];
  } catch (error) {
    throw loadFailure(`${path}: ${(error as Error).message.split('\n')[0]}`);
  }
  if (!Array.isArray(entries)) throw loadFailure(`${path}: expected a sequence`);
  for (const entry of entries) {
    const { owner, predicate, reason } = (entry ?? {}) as Record<string, unknown>;
    if ([owner, predicate, reason].every((value) => typeof value === 'string' && value !== '')) continue;
    throw loadFailure(`${path}: an entry needs owner, predicate and reason: ${JSON.stringify(entry)}`);
  }
  return entries;
}

/** Runs at once and whenever something that the last run read has changed, until the process is ended or nobody reads. */
async function watching(
  paths: readonly string[],
  output: Output,
  once: (read: ReadFiles) => Promise<number>,
): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));
  // a path that leads nowhere is a slip, and nothing to wait for
  await findTests(paths, new ReadFiles());
  const alive = setInterval(() => {}, 2 ** 30);
  try {
    while (!output.isClosed) {
      const read = new ReadFiles();
      await once(read).catch((error: Error) => {
        if (output.error !== undefined) throw error;
        process.stderr.write(`falconet: error: ${error.message}\n`);
      });
      await output.print('\nwatching for changes\n');
      if (!output.isClosed) await read.changed();
    }
  } finally {
    clearInterval(alive);
  }
  return 0;
}

/** Results as text. */
class Printer {
  readonly #paint: (style: string, text: string) => string;
  readonly #isVerbose: boolean;

  constructor(color: boolean, isVerbose: boolean) {
    this.#paint = color ? (style, text) => `\x1b[${style}m${text}\x1b[0m` : (_, text) => text;
    this.#isVerbose = isVerbose;
  }

  results({ results, problems, diagnostics }: RuleTestReport): string {
    const lines: string[] = [];
    for (const { text } of diagnostics) lines.push(text);
    for (const { file, line, message } of problems)
      lines.push(`${file}:${line}: ${this.#paint('31', 'error:')} ${message}`);
    for (const [file, cases] of resultsByFile(results)) {
      const failed = cases.filter(({ passed }) => !passed);
      const mark = failed.length === 0 ? this.#paint('32', '✓') : this.#paint('31', '✗');
      lines.push(`${mark} ${file} ${this.#paint('2', `(${countOf(cases.length, 'test')})`)}`);
      if (this.#isVerbose) {
        for (const { test, passed } of cases) if (passed) lines.push(`  ${this.#paint('32', '✓')} ${test.name}`);
      }
      for (const { test, problems: found } of failed) {
        lines.push(`  ${this.#paint('31', '✗')} ${test.name} ${this.#paint('2', `${file}:${test.place.line}`)}`);
        for (const line of found.flatMap(problemLines)) lines.push(`      ${this.#diffLine(line)}`);
      }
    }
    const failed = results.filter(({ passed }) => !passed).length;
    const broken = problems.length === 0 ? '' : `, ${countOf(problems.length, 'problem')} in test files`;
    lines.push(`${countOf(results.length, 'test')}: ${results.length - failed} passed, ${failed} failed${broken}`);
    return `${lines.join('\n')}\n`;
  }

  #diffLine(line: string): string {
    const style = line.startsWith('  - ') ? '31' : line.startsWith('  + ') ? '32' : undefined;
    return style === undefined ? line : this.#paint(style, line);
  }

  mutation({ total, noticed, score, survivors, accepted, stale }: MutationReport): string {
    const lines = ['', `${total} mutants: ${noticed} noticed, ${total - noticed} not (${score.toFixed(1)} %)`];
    if (this.#isVerbose)
      for (const { mutation, reason } of accepted) lines.push(`  accepted: ${mutationText(mutation)}: ${reason}`);
    else if (accepted.length > 0) lines.push(`  ${accepted.length} of them accepted, with a reason`);
    for (const mutation of survivors) {
      lines.push(`  ${this.#paint('31', 'not noticed:')} ${mutation.file}:${mutation.line}: ${mutationText(mutation)}`);
    }
    for (const { owner, predicate } of stale) {
      lines.push(
        `  ${this.#paint('33', 'out of date:')} the accepted survivor ${owner}: ${predicate} is noticed or gone`,
      );
    }
    return `${lines.join('\n')}\n`;
  }

  coverage(report: RuleTestReport): string {
    const { rules, predicates } = report.coverage!;
    const bare = rules.filter(({ firing, silent }) => firing === 0 || silent === 0);
    const oneSided = predicates.filter(({ held, failed }) => !held || !failed);
    const lines = [
      '',
      `with a firing and a non-firing test: ${rules.length - bare.length} of ${countOf(rules.length, 'rule')}`,
    ];
    for (const { rule, firing, silent, place } of bare) {
      const lacks = [...(firing === 0 ? ['firing'] : []), ...(silent === 0 ? ['non-firing'] : [])].join(' and no ');
      lines.push(`  ${place.file}:${place.line}: ${rule} has no ${lacks} test`);
    }
    lines.push(`seen both ways: ${predicates.length - oneSided.length} of ${countOf(predicates.length, 'predicate')}`);
    for (const { predicate, held, place } of oneSided) {
      lines.push(`  ${place.file}:${place.line}: ${predicate} never ${held ? 'fails' : 'holds'}`);
    }
    const rows = techniquesOf(report.coverage!).map(({ technique, rules: users, tested }) => [
      technique,
      String(users.length),
      String(tested),
      users.join(', '),
    ]);
    const table = rows.length === 0 ? '' : `\n${textTable(['TECHNIQUE', 'RULES', 'TESTED', 'BY'], rows)}`;
    return `${lines.join('\n')}\n${table}`;
  }
}
