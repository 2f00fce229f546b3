// `npm run bench:memory [-- MILLIONS]`: memory over many events, target 8. The log is evaluated again and again, alerts formatted and
// dropped; prints the engine's memory, the heap and the resident set at each tenth, and fails when the engine's memory has
// grown since the first, or is more than it may be.

import { createEngine } from '../src/index.ts';
import { corpusNames, loadCorpus } from './corpora.ts';
import { compiled, rulesText } from './rule-sets.ts';

const MAX_ENGINE_BYTES = 16 << 20;

const millions = Number(process.argv[2] ?? 10);
const corpus = loadCorpus(corpusNames().includes('recorded/prod') ? 'recorded/prod' : 'sample');
const engine = await createEngine(compiled(rulesText(corpus.rules)));

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
if (first! > MAX_ENGINE_BYTES) throw new Error(`the engine takes more than ${megabytes(MAX_ENGINE_BYTES)}`);
