// Workers: the same batches through one and through two, target 6, and through an engine in this thread. The built package is
// used, as a worker is a file of it. Batches lie in shared memory, as they do when a reader fills its own shared buffers.

import type { Pool } from '../../src/index.ts';
import { type Corpus, corpusNames, loadCorpus, sizeOf } from '../corpora.ts';
import { compareTasks, type Effort, type Row, rateRow } from '../harness.ts';
import { compiled, ROOT, rulesText } from '../rule-sets.ts';

const { createEngine, createPool }: typeof import('../../src/index.ts') = await import(`${ROOT}/dist/index.js`);

const BATCH: number = 2 << 20;
const TARGET = 1.85;
/** Several times the log in one run: the first and the last batch have no company. */
const PASSES = 8;

export async function pool(effort: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  for (const name of ['recorded/prod', 'generated/response'].filter((one) => corpusNames().includes(one))) {
    const corpus = loadCorpus(name);
    const program = compiled(rulesText(corpus.rules));
    const batches = batchesOf(corpus);
    const engine = await createEngine(program, { simd: 'on' });
    const [one, two] = [await createPool(program, { size: 1 }), await createPool(program, { size: 2 })];
    const expected = batches.reduce((sum, batch) => sum + engine.evaluate(batch).alerts.length, 0) * PASSES;
    for (const workers of [one, two]) {
      if ((await feed(workers, batches)) !== expected) throw new Error(`${name}: the pool finds other alerts`);
    }
    const alone = (): void => {
      for (let pass = 0; pass < PASSES; pass++) for (const batch of batches) engine.evaluate(batch);
    };
    const timings = await compareTasks(
      [
        { name: 'one worker', run: () => feed(one, batches) },
        { name: 'two workers', run: () => feed(two, batches) },
        { name: 'this thread', run: alone },
      ],
      effort,
    );
    const size = sizeOf({ ...corpus, passes: PASSES });
    const which = { case: 'workers', subject: name };
    rows.push(
      ...timings.map((timing) => rateRow(which, size, timing, timing.name === 'two workers' ? TARGET : undefined)),
    );
    await Promise.all([one.dispose(), two.dispose()]);
  }
  return rows;
}

/** Keeps as many calls under way as keep all workers busy; returns the number of alerts. */
async function feed(workers: Pool, batches: readonly Uint8Array[]): Promise<number> {
  let alerts = 0;
  const open: Promise<void>[] = [];
  for (let i = 0; i < PASSES * batches.length; i++) {
    if (open.length === 2 * workers.size) await open.shift();
    open.push(
      workers.evaluate(batches[i % batches.length]!).then((evaluation) => {
        alerts += evaluation.alerts.length;
      }),
    );
  }
  await Promise.all(open);
  return alerts;
}

function batchesOf({ bytes }: Corpus): readonly Uint8Array[] {
  const batches: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; ) {
    const end = start + BATCH >= bytes.length ? bytes.length : bytes.lastIndexOf(0x0a, start + BATCH) + 1;
    const batch = new Uint8Array(new SharedArrayBuffer(end - start));
    batch.set(bytes.subarray(start, end));
    batches.push(batch);
    start = end;
  }
  return batches;
}
