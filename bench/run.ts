// `npm run bench [-- NAME...]`: the engine over whole logs against JSON.parse of the same lines, in one run. The answer is
// checked before anything is timed: every line is an event, SIMD and scalar build find the same alerts. Ratios are what counts;
// times depend on the machine. Writes bench/results/latest.json.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { Bench } from 'tinybench';
import { compile, createEngine, type Engine, type EngineOptions } from '../src/index.ts';
import { type Corpus, loadCorpora } from './corpora.ts';

const RESULTS = join(import.meta.dirname, 'results');

interface Row {
  readonly corpus: string;
  readonly events: number;
  readonly megabytes: number;
  readonly case: string;
  readonly megabytesPerSecond: number;
  readonly eventsPerSecond: number;
  /** times the speed of JSON.parse in the same run */
  readonly ratio: number;
}

function compileRules(corpus: Corpus, semantics: 'falco' | 'fixed'): Uint8Array {
  const files = corpus.rules.map((name) => ({ name, text: readFileSync(name, 'utf8') }));
  const { program, diagnostics } = compile(files, { semantics });
  if (program === undefined) throw new Error(diagnostics.map((d) => d.text).join('\n'));
  return program;
}

/** Throws unless all engines agree and every line was evaluated. */
function checkAnswers(corpus: Corpus, engines: ReadonlyMap<string, Engine>): void {
  let expected: string | undefined;
  for (const [name, engine] of engines) {
    const { alerts, counts } = engine.evaluate(corpus.bytes);
    if (counts.evaluated !== corpus.lines.length)
      throw new Error(`${corpus.name}: ${name} evaluated ${counts.evaluated}`);
    const found = alerts.map((alert) => `${alert.line} ${alert.rule}`).join('\n');
    expected ??= found;
    if (found !== expected) throw new Error(`${corpus.name}: ${name} finds other alerts`);
    engine.reset();
  }
}

async function measure(corpus: Corpus): Promise<Row[]> {
  const variants: readonly (readonly [string, 'falco' | 'fixed', EngineOptions])[] = [
    ['falconet', 'fixed', { simd: 'on' }],
    ['falconet, falco semantics', 'falco', { simd: 'on' }],
    ['falconet, trusted', 'fixed', { simd: 'on', trusted: true }],
    ['falconet, scalar', 'fixed', { simd: 'off' }],
  ];
  const engines = new Map<string, Engine>();
  for (const [name, semantics, options] of variants) {
    engines.set(name, await createEngine(compileRules(corpus, semantics), options));
  }
  checkAnswers(corpus, new Map([...engines].filter(([name]) => !name.includes('falco semantics'))));
  const bench = new Bench({ time: 1500, warmupTime: 500 });
  bench.add('JSON.parse', () => {
    for (const line of corpus.lines) JSON.parse(line);
  });
  for (const [name, engine] of engines) bench.add(name, () => void engine.evaluate(corpus.bytes));
  await bench.run();
  const seconds = (name: string): number => {
    const result = bench.getTask(name)!.result;
    if (!('latency' in result)) throw new Error(`${corpus.name}: ${name} did not finish`);
    return result.latency.p50 / 1000;
  };
  const base = seconds('JSON.parse');
  return ['JSON.parse', ...engines.keys()].map((name) => ({
    corpus: corpus.name,
    events: corpus.lines.length,
    megabytes: corpus.bytes.length / 1e6,
    case: name,
    megabytesPerSecond: Math.round(corpus.bytes.length / 1e6 / seconds(name)),
    eventsPerSecond: Math.round(corpus.lines.length / seconds(name)),
    ratio: Number((base / seconds(name)).toFixed(2)),
  }));
}

const wanted = process.argv.slice(2);
const rows: Row[] = [];
for (const corpus of loadCorpora()) {
  if (wanted.length > 0 && !wanted.includes(corpus.name)) continue;
  const measured = await measure(corpus);
  rows.push(...measured);
  console.log(`\n${corpus.name}: ${corpus.lines.length} events, ${(corpus.bytes.length / 1e6).toFixed(1)} MB`);
  for (const r of measured) {
    const rate = `${r.megabytesPerSecond} MB/s`.padStart(10) + `${r.eventsPerSecond} events/s`.padStart(18);
    console.log(`  ${r.case.padEnd(28)}${rate}${`${r.ratio.toFixed(2)}x`.padStart(9)}`);
  }
}
mkdirSync(RESULTS, { recursive: true });
const machine = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
writeFileSync(join(RESULTS, 'latest.json'), `${JSON.stringify({ machine, rows }, null, 2)}\n`);
