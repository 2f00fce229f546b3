// The cases of the rule language: parse and load cases look at the front end alone; eval, format and engine cases run on
// every engine.

import type { AppendOutput } from '../../src/check/output.ts';
import type { RuleSelection } from '../../src/runtime/selection.ts';
import type { SourceFile } from '../../src/source/source-file.ts';
import type { Engine, Outcome, RunOptions } from './adapter.ts';
import { parseExact } from './exact-json.ts';
import { type CaseValue, caseCatalogue, caseEvent, type LanguageMeta } from './language-events.ts';
import { loadProblem } from './load-cases.ts';
import { parseProblem } from './parse-cases.ts';
import { priorityNameOf } from './priority-name.ts';
import { ruleFile } from './rule-text.ts';
import { type CaseResult, difference } from './tally.ts';

const EVENT_TIME = '1700000000123456789';

interface Config extends Readonly<Record<string, unknown>> {
  readonly rule_matching?: string;
  readonly priority?: string;
  readonly rules?: readonly RuleSelection[];
  readonly append_output?: readonly AppendOutput[];
}

export interface LanguageCase {
  readonly id: string;
  readonly kind: 'parse' | 'eval' | 'load' | 'format' | 'engine';
  readonly input: {
    readonly condition?: string;
    readonly max_depth?: number;
    readonly source?: string;
    readonly fields?: Readonly<Record<string, CaseValue>>;
    readonly files?: readonly { readonly name: string; readonly content: string }[];
    readonly output?: string;
    readonly priority?: string;
    readonly rule_extra_yaml?: string;
    readonly event_time_ns?: string;
    readonly config?: Config;
    readonly cli_options?: readonly string[];
    readonly events?: readonly Readonly<Record<string, CaseValue>>[];
  };
  readonly expect: Readonly<Record<string, unknown>>;
  readonly quirk?: boolean;
  readonly undefined?: boolean;
}
interface LanguageFile {
  readonly meta: LanguageMeta;
  readonly cases: readonly LanguageCase[];
}

export async function runLanguageCases(text: string, engines: readonly Engine[]): Promise<CaseResult[]> {
  const { meta, cases } = parseExact(text) as LanguageFile;
  const results: CaseResult[] = [];
  for (const one of cases) results.push(await runCase(one, meta, engines));
  return results;
}

async function runCase(one: LanguageCase, meta: LanguageMeta, engines: readonly Engine[]): Promise<CaseResult> {
  const marks = one.quirk || one.undefined ? { isMarked: true } : {};
  const done = (problem: string | undefined): CaseResult => ({ id: one.id, problem, ...marks });
  if (one.kind === 'parse') return done(parseProblem(one));
  if (one.kind === 'load') return done(loadProblem(one, caseCatalogue(meta)));
  for (const engine of engines) {
    const problem = await runOn(engine, one, meta);
    if (problem !== undefined) return done(`${engine.name} ${problem}`);
  }
  return done(undefined);
}

async function runOn(engine: Engine, one: LanguageCase, meta: LanguageMeta): Promise<string | undefined> {
  const { input } = one;
  const events = input.events ?? [input.fields ?? {}];
  const lines = events.map((fields) =>
    Buffer.concat([caseEvent(fields, input.event_time_ns ?? EVENT_TIME), Buffer.from('\n')]),
  );
  const outcome = await engine.run(filesOf(one), Buffer.concat(lines), {
    ...optionsOf(input.config ?? {}, input.cli_options ?? []),
    catalogue: caseCatalogue(meta),
    hostname: meta.hostname,
  });
  return { eval: evalProblem, format: formatProblem, engine: engineProblem }[one.kind as 'eval'](one, outcome);
}

function filesOf({ input }: LanguageCase): readonly SourceFile[] {
  if (input.files !== undefined) return input.files.map(({ name, content }) => ({ name, text: content }));
  const { condition, output, priority, source, rule_extra_yaml: extra } = input;
  const given = Object.entries({ condition, output, priority, source, extra }).filter(
    ([, value]) => value !== undefined,
  );
  return [ruleFile(Object.fromEntries(given))];
}

function optionsOf(config: Config, commandLine: readonly string[]): RunOptions {
  const selection = [...(config.rules ?? []), ...commandLine.map(selectionOption)];
  const minPriority = config.priority === undefined ? undefined : priorityNameOf(config.priority);
  return {
    semantics: 'falco',
    framing: 'lines',
    match: config.rule_matching?.toLowerCase() === 'all' ? 'all' : 'first',
    ...Object.fromEntries(FORMAT_KEYS.filter((key) => key in config).map((key) => [key, config[key]])),
    ...(minPriority === undefined ? {} : { minPriority }),
    ...(selection.length === 0 ? {} : { selection }),
    ...(config.append_output === undefined ? {} : { appendOutput: config.append_output }),
  };
}

/** `rules[].disable.rule=Name`, or `rules[]={"disable": {"rule": "Name"}}`. */
function selectionOption(text: string): RuleSelection {
  const whole = /^rules\[\]=(.*)$/s.exec(text);
  if (whole) return JSON.parse(whole[1]!) as RuleSelection;
  const [, operation, key, value] = /^rules\[\]\.(\w+)\.(\w+)=(.*)$/s.exec(text)!;
  return { [operation!]: { [key!]: value } } as unknown as RuleSelection;
}

const FORMAT_KEYS = [
  'time_format_iso_8601',
  'json_include_message_property',
  'json_include_output_property',
  'json_include_output_fields_property',
  'json_include_tags_property',
] as const;

type Refusal = { readonly code: string; readonly reason: string } | undefined;

function refusalProblem(expected: Refusal, { errors }: Outcome): string | undefined {
  return difference(errors[0] ?? 'no load error', expected ?? 'no load error');
}

function evalProblem({ expect }: LanguageCase, outcome: Outcome): string | undefined {
  const refusal = refusalProblem(expect.compile_error as Refusal, outcome);
  if (refusal !== undefined || 'compile_error' in expect) return refusal;
  return difference(outcome.counts.evaluated, 1) ?? difference(outcome.alerts.length === 1, expect.match);
}

function formatProblem({ expect }: LanguageCase, outcome: Outcome): string | undefined {
  const refusal = refusalProblem(expect.load_error as Refusal, outcome);
  if (refusal !== undefined || 'load_error' in expect) return refusal;
  const [alert] = outcome.alerts;
  if (alert === undefined) return 'no alert';
  return difference(alert.text, expect.text) ?? difference(alert.json, expect.json_text ?? alert.json);
}

function engineProblem({ expect }: LanguageCase, outcome: Outcome): string | undefined {
  const refusal = refusalProblem(undefined, outcome);
  const names = outcome.alerts.map(({ rule }) => rule);
  const { statistics = expect.stats } = outcome;
  return refusal ?? difference(names, expect.alerts) ?? difference(statistics, expect.stats ?? statistics);
}
