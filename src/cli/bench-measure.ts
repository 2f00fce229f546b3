// Times a program over a log, in this process: the engine against JSON.parse of the same texts, run in turns so that whatever else
// the machine does disturbs both (medians); then each rule by itself against no rule at all (fastest runs).

import { performance } from 'node:perf_hooks';
import { createEngine, type Engine, type EngineOptions, type RuleSelection } from '../runtime/index.ts';
import type { Framing } from './inputs.ts';
import { candidateProgram } from './rule-access.ts';
import { addCounts, newTotals, type Totals } from './statistics.ts';

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

const NO_RULE: readonly RuleSelection[] = [{ disable: { rule: '*' } }];

function evaluateAll(engine: Engine, logs: readonly Log[]): void {
  for (const { bytes, framing } of logs) engine.evaluate(bytes, { framing });
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

export interface Turns {
  readonly rounds: number;
  /** shorter runs are repeated */
  readonly minSeconds: number;
  readonly warmupSeconds: number;
  /** of the times of a task */
  readonly choose: (times: readonly number[]) => number;
}

/** A clock's step and a collector's pause are small beside 50 ms; compilers need 0.3 s to notice what is hot. */
const MEDIANS: Omit<Turns, 'rounds'> = { minSeconds: 0.05, warmupSeconds: 0.3, choose: median };
/** The cost of a rule is a small difference, which disturbances would hide: the fastest of many short runs had the fewest. */
const FASTEST: Turns = { rounds: 5, minSeconds: 0.01, warmupSeconds: 0, choose: (times) => Math.min(...times) };

/** Seconds that one run of each task takes; in every round each has its turn. */
export function timeInTurns(
  tasks: readonly Task[],
  { rounds, minSeconds, warmupSeconds, choose }: Turns,
): readonly number[] {
  const repeats = tasks.map(({ run }) => {
    warmUp(run, warmupSeconds);
    return Math.max(1, Math.ceil(minSeconds / secondsOf(run, 1)));
  });
  const times: number[][] = tasks.map(() => []);
  for (let round = 0; round < rounds; round++) {
    tasks.forEach(({ run }, i) => {
      times[i]!.push(secondsOf(run, repeats[i]!) / repeats[i]!);
    });
  }
  return times.map(choose);
}

function warmUp(run: () => void, seconds: number): void {
  const end = performance.now() + 1000 * seconds;
  do run();
  while (performance.now() < end);
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
    { ...MEDIANS, rounds },
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
    const times = timeInTurns([none, only, all, others, none], FASTEST);
    const [before, alone, full, rest, after] = times as [number, number, number, number, number];
    costs.set(rule, { alone: alone - (before + after) / 2, saved: full - rest });
    noises.push(Math.abs(before - after));
  }
  return { costs, noise: noises.length === 0 ? 0 : median(noises) };
}

export function throughput(seconds: number, events: number, bytes: number): Throughput {
  return { seconds, eventsPerSecond: events / seconds, megabytesPerSecond: bytes / 1e6 / seconds };
}

/** What is evaluated and what is not. */
export async function countEvents(program: Uint8Array, options: EngineOptions, logs: readonly Log[]): Promise<Totals> {
  const engine = await createEngine(program, { ...options, rules: NO_RULE });
  const totals = newTotals();
  for (const { bytes, framing } of logs) addCounts(totals, engine.evaluate(bytes, { framing }).counts);
  return totals;
}
