// Measuring: tasks take turns, several rounds of tinybench each, so that what else the machine does meets all of them; what is
// compared is the ratio of two medians of the same round, and the figure is the median of the rounds' ratios.

import { cpus, loadavg } from 'node:os';
import { Bench } from 'tinybench';

export interface Row {
  /** which part of the suite */
  readonly case: string;
  /** the log or the rule set */
  readonly subject: string;
  readonly what: string;
  /** of one run over the subject */
  readonly seconds?: number;
  readonly eventsPerSecond?: number;
  readonly megabytesPerSecond?: number;
  /** what the regression check compares; higher is better unless `lowerIsBetter` */
  readonly ratio?: number;
  readonly lowerIsBetter?: boolean;
  /** lowest and highest of the rounds */
  readonly spread?: readonly [number, number];
  /** a figure that is no ratio, with its unit */
  readonly value?: number;
  readonly unit?: string;
  readonly target?: number;
}

export interface Task {
  readonly name: string;
  readonly run: () => unknown;
}

export interface Timing {
  readonly name: string;
  readonly seconds: number;
  /** times the speed of the first task */
  readonly ratio: number;
  readonly spread: readonly [number, number];
}

export interface Effort {
  readonly rounds: number;
  /** milliseconds per task and round */
  readonly time: number;
}

export const FULL: Effort = { rounds: 7, time: 400 };
export const QUICK: Effort = { rounds: 3, time: 150 };

export async function compareTasks(tasks: readonly Task[], effort: Effort): Promise<Timing[]> {
  const rounds: number[][] = [];
  for (let round = 0; round < effort.rounds; round++) {
    const bench = new Bench({
      time: effort.time,
      iterations: 2,
      warmupTime: round === 0 ? 300 : 50,
      warmupIterations: 1,
    });
    for (const { name, run } of tasks) bench.add(name, run);
    await bench.run();
    rounds.push(tasks.map(({ name }) => secondsOf(bench, name)));
  }
  return tasks.map(({ name }, i) => {
    const ratios = rounds.map((times) => times[0]! / times[i]!);
    return {
      name,
      seconds: median(rounds.map((times) => times[i]!)),
      ratio: rounded(median(ratios)),
      spread: [rounded(Math.min(...ratios)), rounded(Math.max(...ratios))],
    };
  });
}

function secondsOf(bench: Bench, name: string): number {
  const { result } = bench.getTask(name)!;
  if (!('latency' in result)) throw new Error(`${name} did not finish: ${'error' in result ? result.error : ''}`);
  return result.latency.p50 / 1000;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Two digits behind the point, more for what would be nothing then. */
export function rounded(value: number): number {
  return Number(Math.abs(value) < 0.1 ? value.toPrecision(2) : value.toFixed(2));
}

/** A row for a log, with rates. */
export function rateRow(
  which: { readonly case: string; readonly subject: string },
  size: { readonly events: number; readonly bytes: number },
  { name, seconds, ratio, spread }: Timing,
  target?: number,
): Row {
  return {
    ...which,
    what: name,
    seconds,
    eventsPerSecond: Math.round(size.events / seconds),
    megabytesPerSecond: Math.round(size.bytes / 1e6 / seconds),
    ratio,
    spread,
    ...(target === undefined ? {} : { target }),
  };
}

/** Where the figures come from. */
export function machine(): Readonly<Record<string, unknown>> {
  return {
    node: process.version,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    load: rounded(loadavg()[0]!),
    date: new Date().toISOString().slice(0, 10),
  };
}
