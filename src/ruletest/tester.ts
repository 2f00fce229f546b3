// Rules and tests in, results out. A suite is one set of rule files with the tests that are run against it: compiled once, its
// engine reports every matching rule of every event of a test.

import { type CheckedRules, checkRuleFiles, compile } from '../compile.ts';
import { createExplainer, type Explainer } from '../explain/explainer.ts';
import { nearestName } from '../isa/nearest-name.ts';
import { REASONS } from '../isa/reasons.ts';
import { type Alert, createEngine, type Engine } from '../runtime/index.ts';
import type { CompileDiagnostic, CompileOptions, RuleFile } from '../types.ts';
import { eventBytes, type ReadFile } from './events.ts';
import {
  type EventSource,
  NO_EVENT,
  NOTHING_EXPECTED,
  ORIGIN_KEYS,
  SOURCE_KEYS,
  type Templates,
  type TestCase,
} from './test-case.ts';
import { type TestProblem, verdictOf } from './verdict.ts';

export interface TestResult {
  readonly test: TestCase;
  readonly passed: boolean;
  readonly problems: readonly TestProblem[];
  /** rules that fired, each once */
  readonly fired: readonly string[];
  readonly milliseconds: number;
}

export type SuiteOptions = Pick<CompileOptions, 'semantics' | 'catalogue'>;

/** A test as code: the keys of a test in a test file. */
export interface CodeTest extends EventSource {
  readonly name?: string;
  readonly events?: readonly EventSource[];
  readonly alerts?: readonly (string | TestCase['alerts'][number])[];
  readonly no_alerts?: readonly string[];
  readonly exact?: boolean;
}

/** Tests against one set of rules. */
export class Suite {
  readonly files: readonly RuleFile[];
  readonly checked: CheckedRules;
  readonly options: SuiteOptions;
  readonly #engine: Engine;
  readonly #names: ReadonlySet<string>;
  #explainer: Promise<Explainer | undefined> | undefined;

  private constructor(files: readonly RuleFile[], options: SuiteOptions, engine: Engine) {
    this.files = files;
    this.options = options;
    this.checked = checkRuleFiles(files, options);
    this.#engine = engine;
    this.#names = new Set(this.checked.rules.map(({ rule }) => rule.name));
  }

  /** The suite, or why the rules do not compile. */
  static async create(
    files: readonly RuleFile[],
    options: SuiteOptions,
  ): Promise<{ readonly suite?: Suite; readonly diagnostics: readonly CompileDiagnostic[] }> {
    const { program, diagnostics } = compile(files, options);
    if (program === undefined) return { diagnostics };
    const engine = await createEngine(program, { match: 'all', timeZoneOffset: 0 });
    return { suite: new Suite(files, options, engine), diagnostics };
  }

  async run(test: TestCase, templates: Templates, read: ReadFile): Promise<TestResult> {
    const start = performance.now();
    const inputs = inputsOf(test, templates, read);
    if ('problem' in inputs) {
      const problems: TestProblem[] = [{ kind: 'invalid', message: inputs.problem }];
      return { test, passed: false, problems, fired: [], milliseconds: performance.now() - start };
    }
    const { alerts, problems } = this.#evaluate(inputs.inputs);
    problems.push(...this.#unknownRules(test));
    // what was not evaluated, or does not exist, cannot alert: to say so as well would hide the reason
    const judged = verdictOf(test, alerts).filter(({ kind, rule }) => {
      return (
        kind !== 'missing' || (problems.every(({ kind: other }) => other !== 'invalid') && this.#names.has(rule ?? ''))
      );
    });
    problems.push(...judged);
    const explained: TestProblem[] = [];
    for (const problem of problems) explained.push(await this.#explained(problem, inputs.inputs));
    const fired = [...new Set(alerts.map(({ rule }) => rule))];
    return { test, passed: problems.length === 0, problems: explained, fired, milliseconds: performance.now() - start };
  }

  /** All alerts for the events in some bytes. */
  alerts(bytes: Uint8Array): readonly Alert[] {
    return this.#engine.evaluate(bytes).alerts;
  }

  #evaluate(inputs: readonly Uint8Array[]): { readonly alerts: readonly Alert[]; readonly problems: TestProblem[] } {
    const alerts: Alert[] = [];
    const problems: TestProblem[] = [];
    for (const bytes of inputs) {
      const evaluation = this.#engine.evaluate(bytes);
      alerts.push(...evaluation.alerts);
      for (const { reason } of evaluation.rejections) {
        problems.push({ kind: 'invalid', message: `the event cannot be evaluated: ${meaningOf(reason)}` });
      }
    }
    return { alerts, problems };
  }

  /** A test for a rule that does not exist would pass for ever. */
  #unknownRules({ alerts, noAlerts }: TestCase): readonly TestProblem[] {
    const named = new Set([...alerts.map(({ rule }) => rule), ...noAlerts]);
    const unknown = [...named].filter((rule) => !this.#names.has(rule));
    return unknown.map((rule) => {
      const meant = nearestName(rule, [...this.#names]);
      const help = meant === undefined ? '' : `; did you mean '${meant}'?`;
      return { kind: 'invalid', message: `there is no rule '${rule}'${help}` };
    });
  }

  async #explained(problem: TestProblem, inputs: readonly Uint8Array[]): Promise<TestProblem> {
    const { rule, kind } = problem;
    if (rule === undefined || kind === 'different') return problem;
    this.#explainer ??= createExplainer(this.files, this.options).then(({ explainer }) => explainer);
    const explainer = await this.#explainer;
    const events = inputs.flatMap((bytes) => explainer?.explain(bytes).events ?? []);
    const because = events.flatMap((event) => {
      const explanation = event.rule(rule);
      if (explanation === undefined) return [];
      if (kind === 'missing' && explanation.matches && !explanation.enabled) return ['it matches, but the rule is off'];
      return explanation.matches === (kind === 'unexpected') ? [explanation.reasons[0]!.text] : [];
    });
    return { ...problem, because: [...new Set(because)].slice(0, MAX_BECAUSE) };
  }
}

const MAX_BECAUSE = 3;

function meaningOf(reason: string): string {
  const doc = REASONS.find(({ name }) => name === reason)?.doc ?? reason;
  return `${doc} (${reason}); 'template: event' brings all that an event needs`;
}

/** JSON lines of every source of a test. */
export function inputsOf(
  test: TestCase,
  templates: Templates,
  read: ReadFile,
): { readonly inputs: readonly Uint8Array[] } | { readonly problem: string } {
  const inputs: Uint8Array[] = [];
  for (const source of test.sources) {
    const made = eventBytes(source, templates, read);
    if ('problem' in made) return made;
    inputs.push(made.bytes);
  }
  return { inputs };
}

export interface RuleTester {
  /** Runs one test; `problems` of the result is empty when it passes. */
  run(test: CodeTest): Promise<TestResult>;
}

export interface RuleTesterOptions extends SuiteOptions {
  readonly templates?: Templates;
  /** for tests that name files */
  readonly read?: ReadFile;
}

/**
 * Tests in code: `expect((await tester.run({ template: 'event', set: { '/verb': 'list' }, alerts: ['X'] })).problems).toEqual([])`.
 * @throws TypeError when the rules do not compile
 */
export async function createRuleTester(
  files: readonly RuleFile[],
  options: RuleTesterOptions = {},
): Promise<RuleTester> {
  const { suite, diagnostics } = await Suite.create(files, options);
  if (suite === undefined) throw new TypeError(`the rules do not compile:\n${errorsOf(diagnostics)}`);
  const read = options.read ?? noFiles;
  return {
    run: async (test) => {
      const message = codeProblem(test);
      if (message === undefined) return suite.run(caseOf(test), options.templates ?? {}, read);
      const problems: readonly TestProblem[] = [{ kind: 'invalid', message }];
      return { test: caseOf(test), passed: false, problems, fired: [], milliseconds: 0 };
    },
  };
}

const CODE_KEYS: readonly string[] = ['name', ...SOURCE_KEYS, 'events', 'alerts', 'no_alerts', 'exact'];

/** What a test in JavaScript may have wrong, where no compiler looks; it would pass for ever. */
function codeProblem(test: CodeTest): string | undefined {
  for (const [part, keys] of [
    [test, CODE_KEYS] as const,
    ...(test.events ?? []).map((one) => [one, SOURCE_KEYS] as const),
  ]) {
    const unknown = Object.keys(part).find((key) => !keys.includes(key));
    if (unknown !== undefined) {
      const meant = nearestName(unknown, keys);
      return `there is no key '${unknown}'; ${meant === undefined ? `expected ${keys.join(', ')}` : `did you mean '${meant}'?`}`;
    }
  }
  const sources = test.events ?? [test];
  if (sources.some((source) => !ORIGIN_KEYS.some((key) => source[key as keyof EventSource] !== undefined)))
    return NO_EVENT;
  const isEmpty = [test.alerts, test.no_alerts].every((rules) => rules === undefined || rules.length === 0);
  return isEmpty && test.exact !== true ? NOTHING_EXPECTED : undefined;
}

export const noFiles: ReadFile = (path: string) => {
  throw new Error(`no way to read ${path} was given`);
};

function errorsOf(diagnostics: readonly CompileDiagnostic[]): string {
  const errors = diagnostics.filter(({ level }) => level === 'error');
  return errors.map(({ text }) => text).join('\n');
}

function caseOf(test: CodeTest): TestCase {
  const { name, events, alerts, no_alerts, exact, ...source } = test;
  return {
    name: name ?? '',
    place: { file: '', line: 1 },
    sources: events ?? [source],
    alerts: (alerts ?? []).map((alert) => (typeof alert === 'string' ? { rule: alert } : alert)),
    noAlerts: no_alerts ?? [],
    exact: exact ?? false,
  };
}
