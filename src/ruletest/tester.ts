// Rules and tests in, results out. A suite is one set of rule files with the tests that are run against it: compiled once, its
// engine reports every matching rule of every event of a test.

import { type CheckedRules, checkRuleFiles, compile } from '../compile.ts';
import { createExplainer, type Explainer } from '../explain/explainer.ts';
import { didYouMean } from '../isa/nearest-name.ts';
import { REASONS } from '../isa/reasons.ts';
import { type Alert, createEngine, type Engine } from '../runtime/index.ts';
import type { CompileDiagnostic, CompileOptions, RuleFile } from '../types.ts';
import { eventBytes, type ReadFile } from './events.ts';
import type { Mapping, Path, Shape } from './shapes.ts';
import type { EventSource, ExpectedAlert, Place, Templates, TestCase } from './test-case.ts';
import { CODE_TEST, eventSourceOf, TEMPLATES, testCaseOf } from './test-format.ts';
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

/** An event in code: what a test file would have under the same keys. */
export interface CodeSource extends Omit<EventSource, 'remove'> {
  readonly remove?: string | readonly string[];
}

/** A test as code: the keys of a test in a test file, but `each`; a name is not needed. */
export interface CodeTest extends CodeSource {
  readonly name?: string;
  /** in the place of an event of the test's own */
  readonly events?: readonly CodeSource[];
  readonly alerts?: string | readonly (string | ExpectedAlert)[];
  readonly no_alerts?: string | readonly string[];
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
      // nothing can alert where nothing is, and a test without an event would pass for ever
      if (evaluation.counts.received === 0) problems.push({ kind: 'invalid', message: HOLDS_NO_EVENT });
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
      const help = didYouMean(rule, this.#names);
      return { kind: 'invalid', message: `there is no rule '${rule}'${help === undefined ? '' : `; ${help}`}` };
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
const HOLDS_NO_EVENT = 'what is given as the event holds none, such as an empty list';

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
  /**
   * Runs one test; `problems` of the result is empty when it passes. A test that is not as it should be is not run: what is wrong
   * with it are problems of the kind `invalid`, in the words of test files, with a path such as `alerts[0].count` in front.
   */
  run(test: CodeTest): Promise<TestResult>;
}

export interface RuleTesterOptions extends SuiteOptions {
  readonly templates?: Readonly<Record<string, CodeSource>>;
  /** for tests that name files */
  readonly read?: ReadFile;
}

/**
 * Tests in code: `expect((await tester.run({ template: 'event', set: { '/verb': 'list' }, alerts: ['X'] })).problems).toEqual([])`.
 * @throws TypeError when the rules do not compile, or the templates are not as they should be
 */
export async function createRuleTester(
  files: readonly RuleFile[],
  options: RuleTesterOptions = {},
): Promise<RuleTester> {
  const templates = checkedTemplates(options.templates ?? {});
  const { suite, diagnostics } = await Suite.create(files, options);
  if (suite === undefined) throw new TypeError(`the rules do not compile:\n${errorsOf(diagnostics)}`);
  const read = options.read ?? noFiles;
  return {
    run: async (test) => {
      const messages = problemsOf(test, CODE_TEST, []);
      if (messages.length === 0) return suite.run(testCaseOf(test as unknown as Mapping, NO_PLACE), templates, read);
      const problems = messages.map((message): TestProblem => ({ kind: 'invalid', message }));
      return { test: refusedCase(test), passed: false, problems, fired: [], milliseconds: 0 };
    },
  };
}

const NO_PLACE: Place = { file: '', line: 1 };

function checkedTemplates(templates: Readonly<Record<string, CodeSource>>): Templates {
  const messages = problemsOf(templates, TEMPLATES, ['templates']);
  if (messages.length > 0) throw new TypeError(`the templates are not as they should be:\n${messages.join('\n')}`);
  return Object.fromEntries(
    Object.entries(templates).map(([name, source]) => [name, eventSourceOf(source as Mapping)]),
  );
}

/** What a value in JavaScript has wrong, where no compiler looks. */
function problemsOf(value: unknown, shape: Shape, place: Path): readonly string[] {
  const messages: string[] = [];
  shape(value, place, (path, message) => {
    messages.push(path.length === 0 ? message : `${pathText(path)}: ${message}`);
  });
  return messages;
}

/** As code would name it: `alerts[0].output_fields["ka.user.name"]`. */
function pathText(path: Path): string {
  const parts = path.map((part) =>
    /^[A-Za-z_$][\w$]*$/.test(String(part)) ? `.${part}` : `[${JSON.stringify(part)}]`,
  );
  return parts.join('').replace(/^\./, '');
}

/** What can be told of a test that is not run. */
function refusedCase(test: unknown): TestCase {
  const name = (test as Mapping | null | undefined)?.['name'];
  return testCaseOf({ name: typeof name === 'string' ? name : '', events: [] }, NO_PLACE);
}

export const noFiles: ReadFile = (path: string) => {
  throw new Error(`no way to read ${path} was given`);
};

function errorsOf(diagnostics: readonly CompileDiagnostic[]): string {
  const errors = diagnostics.filter(({ level }) => level === 'error');
  return errors.map(({ text }) => text).join('\n');
}
