// Compiling from rule text, loading a program, and what the binaries weigh: target 7. First runs are those of fresh processes with
// the built package; the others are medians of runs in this one.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { createEngine } from '../../src/index.ts';
import { compareTasks, type Effort, median, type Row, rounded } from '../harness.ts';
import { compiled, hasDefaultRules, ROOT, type RuleSet, rulesText } from '../rule-sets.ts';

const FRESH_PROCESSES = 3;

export async function startup(effort: Effort): Promise<Row[]> {
  const set: RuleSet = hasDefaultRules ? 'default' : 'bundled';
  const files = rulesText(set);
  const program = compiled(files);
  const [compile, load] = await compareTasks(
    [
      { name: 'compile', run: () => compiled(files) },
      { name: 'load', run: () => createEngine(program) },
    ],
    effort,
  );
  const first = Array.from({ length: FRESH_PROCESSES }, () => firstRuns(set));
  const figure = (what: string, value: number, unit: string, target?: number): Row => ({
    case: 'startup',
    subject: `${set} rules`,
    what,
    value: rounded(value),
    unit,
    lowerIsBetter: true,
    ...(target === undefined ? {} : { target }),
  });
  return [
    figure('compile from YAML, warm', compile!.seconds * 1000, 'ms', 30),
    figure('compile from YAML, first run of a process', median(first.map(([milliseconds]) => milliseconds)), 'ms'),
    figure('load a program, warm', load!.seconds * 1000, 'ms', 5),
    figure('load a program, first run of a process', median(first.map(([, milliseconds]) => milliseconds)), 'ms'),
    ...['simd', 'scalar'].map((variant) => figure(`${variant} binary, gzipped`, gzippedSize(variant) / 1000, 'kB', 60)),
  ];
}

function gzippedSize(variant: string): number {
  return gzipSync(readFileSync(join(ROOT, `build/falconet.${variant}.wasm`)), { level: 9 }).length;
}

/** Milliseconds of the first compilation and of the first engine in a process. */
function firstRuns(set: RuleSet): readonly [number, number] {
  const script = `
    import { compile, createEngine } from '${ROOT}/dist/index.js';
    const files = JSON.parse(process.argv[1]);
    const start = performance.now();
    const { program } = compile(files);
    const middle = performance.now();
    await createEngine(program);
    console.log(JSON.stringify([middle - start, performance.now() - middle]));`;
  const args = ['--input-type=module', '-e', script, JSON.stringify(rulesText(set))];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}
