// Times a program over a log, in this process: the engine against JSON.parse of the same texts, run in turns so that whatever else
// the machine does disturbs both; then each rule by itself against no rule at all. Figures are medians.

import { performance } from 'node:perf_hooks';
import { createEngine, type Engine, type EngineOptions, type RuleSelection } from '../runtime/index.ts';
import type { Framing } from './inputs.ts';
import { candidateProgram } from './rule-access.ts';

export interface Log {
  readonly bytes: Uint8Array;
  readonly framing: Framing;
}

export interface Throughput {
  readonly seconds: number;
  readonly eventsPerSecond: number;
  readonly megabytesPerSecond: number;
}

export interface RuleCounts {
  /** events for which the index left the rule to be evaluated */
  readonly candidates: number;
  readonly matches: number;
}

/** Shorter runs are repeated: a clock's step and a collector's pause would be all that is seen. */
const MIN_RUN_SECONDS = 0.05;
/** Per rule: many short runs find the undisturbed one better than few long ones. */
const RULE_RUNS = 5;
const MIN_RULE_RUN_SECONDS = 0.01;

const NO_RULE: readonly RuleSelection[] = [{ disable: { rule: '*' } }];

/** Evaluates all logs once; returns how many events were evaluated. */
function evaluateAll(engine: Engine, logs: readonly Log[]): number {
  let events = 0;
  for (const { bytes, framing } of logs) events += engine.evaluate(bytes, { framing }).counts.evaluated;
  return events;
}

/** The payloads that JSON.parse accepts, as texts. */
export function jsonTexts(logs: readonly Log[]): readonly string[] {
  return logs.flatMap(({ bytes, framing }) => {
    const text = new TextDecoder().decode(bytes);
    return (framing === 'document' ? [text] : text.split('\n')).filter(isJson);
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export interface Task {
  readonly name: string;
  readonly run: () => void;
}

/** Seconds that one run of each task takes: medians of `rounds` rounds in which every task has its turn. */
export function timeInTurns(tasks: readonly Task[], rounds: number, minSeconds: number = MIN_RUN_SECONDS): number[] {
  const repeats = tasks.map(({ run }) => {
    run();
    return Math.max(1, Math.ceil(minSeconds / secondsOf(run, 1)));
  });
  const times: number[][] = tasks.map(() => []);
  for (let round = 0; round < rounds; round++) {
    tasks.forEach(({ run }, i) => {
      times[i]!.push(secondsOf(run, repeats[i]!) / repeats[i]!);
    });
  }
  return times.map(median);
}

function secondsOf(run: () => void, repeats: number): number {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) run();
  return Math.max(1e-9, (performance.now() - start) / 1000);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Times of the engine, of the engine without rules (reading alone), and of JSON.parse, in seconds over all logs. */
export async function measureThroughput(
  program: Uint8Array,
  options: EngineOptions,
  logs: readonly Log[],
  rounds: number,
): Promise<{ readonly all: number; readonly reading: number; readonly jsonParse: number }> {
  const engine = await createEngine(program, options);
  const reader = await createEngine(program, { ...options, rules: NO_RULE });
  const texts = jsonTexts(logs);
  const [all, reading, jsonParse] = timeInTurns(
    [
      { name: 'falconet', run: () => void evaluateAll(engine, logs) },
      { name: 'no rules', run: () => void evaluateAll(reader, logs) },
      { name: 'JSON.parse', run: () => texts.forEach((text) => void JSON.parse(text)) },
    ],
    rounds,
  );
  return { all: all!, reading: reading!, jsonParse: jsonParse! };
}

/** Candidates and matches of every rule of the program, by name; each event counted with all of its matches. */
export async function countPerRule(
  program: Uint8Array,
  options: EngineOptions,
  logs: readonly Log[],
): Promise<ReadonlyMap<string, RuleCounts>> {
  const engine = await createEngine(program, { ...options, match: 'all' });
  const loose = await createEngine(candidateProgram(program), { ...options, match: 'all' });
  evaluateAll(engine, logs);
  evaluateAll(loose, logs);
  const candidates = loose.statistics().byRule;
  return new Map(
    engine
      .statistics()
      .byRule.map(({ rule, count }, i) => [rule, { candidates: candidates[i]!.count, matches: count }]),
  );
}

/** Seconds over the logs. */
export interface RuleCost {
  /** what the rule adds to reading when it is the only one; what rules share, the index above all, counts with each of them */
  readonly alone: number;
  /** what is saved when it is the only one that is disabled; what it shares with others is not */
  readonly saved: number;
}

export async function measureRules(
  program: Uint8Array,
  options: EngineOptions,
  logs: readonly Log[],
  rules: readonly string[],
): Promise<{ readonly costs: ReadonlyMap<string, RuleCost>; readonly noise: number }> {
  const costs = new Map<string, RuleCost>();
  const noises: number[] = [];
  const task = async (selection: readonly RuleSelection[]): Promise<Task> => {
    const engine = await createEngine(program, { ...options, rules: selection });
    return { name: '', run: () => void evaluateAll(engine, logs) };
  };
  const [none, all] = [await task(NO_RULE), await task([])];
  for (const rule of rules) {
    const only = await task([...NO_RULE, { enable: { rule } }]);
    const others = await task([{ disable: { rule } }]);
    const times = timeInTurns([none, only, all, others, none], RULE_RUNS, MIN_RULE_RUN_SECONDS);
    const [before, alone, full, rest, after] = times as [number, number, number, number, number];
    costs.set(rule, { alone: alone - (before + after) / 2, saved: full - rest });
    noises.push(Math.abs(before - after));
  }
  return { costs, noise: noises.length === 0 ? 0 : median(noises) };
}

export function throughput(seconds: number, events: number, bytes: number): Throughput {
  return { seconds, eventsPerSecond: events / seconds, megabytesPerSecond: bytes / 1e6 / seconds };
}

export async function countEvents(program: Uint8Array, options: EngineOptions, logs: readonly Log[]): Promise<number> {
  const engine = await createEngine(program, { ...options, rules: NO_RULE });
  return evaluateAll(engine, logs);
}
