// `falconet bench`: how fast the rules are over a log, what each of them costs, and how the engine comes to it. The log is held in
// memory whole, so that nothing but evaluating is timed. A report on standard output; what is measured how is in bench-measure.ts.

import { writeFile } from 'node:fs/promises';
import { createEngine, type EngineOptions } from '../runtime/index.ts';
import { countEvents, countPerRule, type Log, measureRules, measureThroughput, throughput } from './bench-measure.ts';
import { type BenchReport, type RuleReport, rejectedText, svgReport, textReport } from './bench-report.ts';
import { documentBlock } from './blocks.ts';
import { loadProgram } from './compile-rules.ts';
import { loadFailure, reasonOf } from './failure.ts';
import { checkInputNames, type Framing, openInputs } from './inputs.ts';
import type { Semantics } from './options.ts';
import { Output } from './output.ts';
import { indexedValues, type RuleAccess, ruleAccess } from './rule-access.ts';
import { BUNDLED_LOG } from './rules.ts';

export interface BenchOptions {
  readonly rules?: readonly string[];
  readonly format: 'text' | 'json';
  readonly match: 'first' | 'all';
  readonly semantics?: Semantics;
  readonly framing?: Framing;
  readonly trusted?: boolean;
  readonly simd: 'auto' | 'on' | 'off';
  readonly runs: number;
  /** how many rules to time by themselves */
  readonly top: number;
  readonly svg?: string;
}

/** Rules are timed over no more than this, a part of the log. */
const MAX_RULE_BYTES: number = 8 << 20;
const NEWLINE = 0x0a;

/** Returns the exit status. */
export async function bench(inputs: readonly string[], options: BenchOptions): Promise<number> {
  checkInputNames(inputs, options.rules);
  const { semantics } = options;
  const program = await loadProgram(options.rules ?? [], semantics === undefined ? {} : { semantics });
  const logs = await readLogs(inputs.length > 0 ? inputs : [BUNDLED_LOG], options.framing);
  const report = await measure(program, logs, options);
  if (options.svg !== undefined) await save(options.svg, svgReport(report));
  const text = options.format === 'json' ? `${JSON.stringify(report, null, 2)}\n` : textReport(report);
  await new Output(process.stdout).print(text);
  return 0;
}

async function save(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw loadFailure(`${path}: ${reasonOf(error)}`);
  }
}

async function readLogs(names: readonly string[], framing: Framing | undefined): Promise<readonly Log[]> {
  const logs: Log[] = [];
  for await (const input of openInputs(names, framing, process.stdin)) {
    if ('problem' in input) throw loadFailure(`${input.name}: ${input.problem}`);
    try {
      for await (const block of documentBlock(input.chunks())) {
        if (block.kind === 'oversize') throw new Error('is too large to be held in memory; give a part of it');
        logs.push({ bytes: block.bytes.slice(), framing: input.framing });
      }
    } catch (error) {
      throw loadFailure(`${input.name}: ${reasonOf(error)}`);
    }
  }
  return logs;
}

async function measure(program: Uint8Array, logs: readonly Log[], options: BenchOptions): Promise<BenchReport> {
  const { match, simd, trusted = false } = options;
  const engineOptions: EngineOptions = { match, simd, trusted, hostname: 'bench' };
  const { variant } = await startEngine(program, engineOptions);
  const { evaluated: events, rejected } = await countEvents(program, engineOptions, logs);
  if (events === 0) throw loadFailure(`there is no event in the input${rejectedText(rejected)}`);
  const bytes = logs.reduce((sum, log) => sum + log.bytes.length, 0);
  const times = await measureThroughput(program, engineOptions, logs, options.runs);
  const counts = await countPerRule(program, engineOptions, logs);
  const part = partOf(logs);
  const partEvents = part === logs ? events : (await countEvents(program, engineOptions, part)).evaluated;
  const access = ruleAccess(program).map((rule) => ({ ...rule, ...counts.get(rule.rule)! }));
  const timed = ofInterest(access, options.top).map(({ rule }) => rule);
  const { costs, noise } = await measureRules(program, engineOptions, part, timed);
  const nanoseconds = (seconds: number): number => Number(((seconds / partEvents) * 1e9).toFixed(1));
  const rules: RuleReport[] = access.map((rule) => {
    const cost = costs.get(rule.rule);
    if (cost === undefined) return rule;
    return { ...rule, aloneNanoseconds: nanoseconds(cost.alone), savedNanoseconds: nanoseconds(cost.saved) };
  });
  return {
    rules,
    events,
    rejected,
    bytes,
    variant,
    trusted,
    runs: options.runs,
    falconet: throughput(times.all, events, bytes),
    withoutRules: throughput(times.reading, events, bytes),
    jsonParse: throughput(times.jsonParse, events, bytes),
    ratio: times.jsonParse / times.all,
    candidatesPerEvent: access.reduce((sum, rule) => sum + rule.candidates, 0) / events,
    indexedValues: indexedValues(program),
    noiseNanoseconds: nanoseconds(noise),
  };
}

/** A program or an option that the engine refuses ends the command. */
async function startEngine(program: Uint8Array, options: EngineOptions): Promise<{ readonly variant: string }> {
  try {
    return await createEngine(program, options);
  } catch (error) {
    throw loadFailure((error as Error).message);
  }
}

/** The rules that are evaluated most often, for whom timing alone is worth while. */
function ofInterest<T extends RuleAccess & { readonly candidates: number }>(
  rules: readonly T[],
  count: number,
): readonly T[] {
  const evaluated = rules.filter((rule) => rule.candidates > 0);
  return evaluated.sort((a, b) => b.candidates - a.candidates).slice(0, count);
}

/** The log, or whole lines from its beginning. */
function partOf(logs: readonly Log[]): readonly Log[] {
  const part: Log[] = [];
  let room = MAX_RULE_BYTES;
  for (const log of logs) {
    if (room <= 0) return part;
    const isWhole = log.bytes.length <= room || log.framing === 'document';
    const end = isWhole ? log.bytes.length : log.bytes.lastIndexOf(NEWLINE, room) + 1;
    part.push(isWhole ? log : { ...log, bytes: log.bytes.subarray(0, end || log.bytes.length) });
    room -= log.bytes.length;
  }
  return logs.length === part.length && part.every((log, i) => log === logs[i]) ? logs : part;
}
