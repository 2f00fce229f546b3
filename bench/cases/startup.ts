// Compiling from rule text, loading a program, and what the binaries weigh: target 7. In fresh processes with the built package: their
// first run, and the median of the runs after it. Logs in memory would be in the way of the garbage collector.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Effort, median, type Row, rounded } from '../harness.ts';
import { hasDefaultRules, ROOT, type RuleSet, rulesText } from '../rule-sets.ts';

const WARM_RUNS = 60;

/** Milliseconds. */
interface Process {
  readonly compile: readonly number[];
  readonly load: readonly number[];
}

export async function startup(effort: Effort): Promise<Row[]> {
  const set: RuleSet = hasDefaultRules ? 'default' : 'bundled';
  const processes = Array.from({ length: effort.rounds }, () => runProcess(set));
  const figure = (what: string, value: number, unit: string, target?: number): Row => ({
    case: 'startup',
    subject: `${set} rules`,
    what,
    value: rounded(value),
    unit,
    lowerIsBetter: true,
    ...(target === undefined ? {} : { target }),
  });
  const first = (name: keyof Process): number => median(processes.map((times) => times[name][0]!));
  const warm = (name: keyof Process): number => median(processes.map((times) => median(times[name].slice(1))));
  return [
    figure('compile from YAML, warm', warm('compile'), 'ms', 30),
    figure('compile from YAML, first run of a process', first('compile'), 'ms'),
    figure('load a program, warm', warm('load'), 'ms', 5),
    figure('load a program, first run of a process', first('load'), 'ms'),
    ...['simd', 'scalar'].map((variant) => figure(`${variant} binary, gzipped`, gzippedSize(variant) / 1000, 'kB', 60)),
  ];
}

function gzippedSize(variant: string): number {
  return gzipSync(readFileSync(join(ROOT, `build/falconet.${variant}.wasm`)), { level: 9 }).length;
}

function runProcess(set: RuleSet): Process {
  const script = `
    import { compile, createEngine } from '${ROOT}/dist/index.js';
    const files = JSON.parse(process.argv[1]);
    const times = { compile: [], load: [] };
    const time = async (name, run) => {
      const start = performance.now();
      const result = await run();
      times[name].push(performance.now() - start);
      return result;
    };
    for (let i = 0; i <= ${WARM_RUNS}; i++) {
      const { program } = await time('compile', () => compile(files));
      await time('load', () => createEngine(program));
    }
    console.log(JSON.stringify(times));`;
  const args = ['--input-type=module', '-e', script, JSON.stringify(rulesText(set))];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}
