// `npm run bench:memory [-- MILLIONS]`: memory over many events. The log is evaluated again and again, alerts formatted and
// dropped; prints the engine's memory, the heap and the resident set at each tenth, and fails when the engine's memory has
// grown since the first.

import { readFileSync } from 'node:fs';
import { compile, createEngine } from '../src/index.ts';
import { loadCorpora } from './corpora.ts';

const millions = Number(process.argv[2] ?? 10);
const corpus = loadCorpora()[0]!;
const { program } = compile(corpus.rules.map((name) => ({ name, text: readFileSync(name, 'utf8') })));
const engine = await createEngine(program!, { match: 'all' });

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
let events = 0;
let alerts = 0;
let first: number | undefined;
for (let tenth = 1; tenth <= 10; tenth++) {
  while (events < millions * 1e5 * tenth) {
    const evaluation = engine.evaluate(corpus.bytes);
    events += evaluation.counts.evaluated;
    alerts += evaluation.alerts.length;
    for (const alert of evaluation.alerts) if (alert.json.length === 0) throw new Error('an alert without text');
  }
  const { rss, heapUsed } = process.memoryUsage();
  first ??= engine.memorySize;
  console.log(
    `${(events / 1e6).toFixed(2)} M events, ${alerts} alerts: engine ${megabytes(engine.memorySize)}, heap ${megabytes(heapUsed)}, resident ${megabytes(rss)}`,
  );
  if (engine.memorySize > first) throw new Error('the memory of the engine grows');
}
