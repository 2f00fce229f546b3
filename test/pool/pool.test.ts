// The pool of the built package in Node's worker threads: the alerts of one engine, in order, whatever happens to a worker.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import type { EvaluateOptions, Evaluation, Pool, PoolOptions } from '../../src/index.ts';

const ROOT = new URL('../../', import.meta.url);
// the worker is a file of the build: all of it is taken from there
const { compile, createEngine, createPool }: typeof import('../../src/index.ts') = await import(
  new URL('dist/index.js', ROOT).href
);

const PACK = ['00-building-blocks', 'access', 'anonymous', 'control-plane', 'credentials', 'namespaces', 'network'];
const LOG = readFileSync(new URL('rules/samples/events.jsonl', ROOT));

function programOf(...rules: readonly string[]): Uint8Array {
  const text = rules.map((rule) => `- ${rule}\n`).join('');
  const { program, diagnostics } = compile([{ name: 'rules.yaml', text }]);
  if (program === undefined) throw new Error(diagnostics.map((diagnostic) => diagnostic.text).join('\n'));
  return program;
}

function ruleText(name: string, condition: string, output: string): string {
  const rest = `desc: d, condition: "${condition}", output: "${output}", priority: INFO, source: k8s_audit`;
  return `{ rule: ${name}, ${rest} }`;
}

function packProgram(): Uint8Array {
  const files = PACK.map((name) => ({ name, text: readFileSync(new URL(`rules/${name}.yaml`, ROOT), 'utf8') }));
  return compile(files).program!;
}

const EVERYTHING = programOf(ruleText('All', 'ka.verb exists', 'user=%ka.user.name'));

/** The log in `count` pieces of whole lines. */
function pieces(count: number): readonly Uint8Array[] {
  const lines = LOG.toString('utf8').split('\n').filter(Boolean);
  const size = Math.ceil(lines.length / count);
  return Array.from({ length: count }, (_, i) =>
    Buffer.from(
      lines
        .slice(i * size, (i + 1) * size)
        .map((line) => `${line}\n`)
        .join(''),
    ),
  );
}

const open: Pool[] = [];

async function newPool(program: Uint8Array, options: PoolOptions = {}): Promise<Pool> {
  const pool = await createPool(program, { size: 2, match: 'all', timeZoneOffset: 0, ...options });
  open.push(pool);
  return pool;
}

afterEach(async () => {
  for (const pool of open.splice(0)) await pool.dispose();
});

const shown = (evaluations: readonly Evaluation[]): readonly string[] =>
  evaluations.flatMap(({ alerts }) => alerts.map((alert) => `${alert.eventNumber} ${alert.line} ${alert.json}`));

describe('a pool', () => {
  it('finds in 50 batches what one engine finds in them', async () => {
    const program = packProgram();
    const engine = await createEngine(program, { match: 'all', timeZoneOffset: 0 });
    const pool = await newPool(program, { size: 3 });
    const batches = pieces(50);
    const expected = batches.map((batch) => engine.evaluate(batch));
    const found = await Promise.all(batches.map((batch) => pool.evaluate(batch)));
    expect(shown(found)).toEqual(shown(expected));
    expect(shown(found).length).toBeGreaterThan(20);
    expect(found.map(({ counts }) => counts)).toEqual(expected.map(({ counts }) => counts));
    expect(pool.statistics()).toEqual(engine.statistics());
    expect(pool.variant).toBe('simd');
  });

  it('takes options of the engine, and documents', async () => {
    const program = packProgram();
    const options = { hostname: 'here', minPriority: 'warning', simd: 'off', time_format_iso_8601: true } as const;
    const engine = await createEngine(program, { ...options, match: 'first' });
    const pool = await newPool(program, { ...options, match: 'first' });
    expect(pool.variant).toBe('scalar');
    const events = LOG.toString('utf8').split('\n').filter(Boolean);
    const list = Buffer.from(`[\n${events.join(',\n')}]`);
    expect(shown([await pool.evaluate(list, { framing: 'document' })])).toEqual(
      shown([engine.evaluate(list, { framing: 'document' })]),
    );
  });

  it('settles calls in their order, however long they take', async () => {
    const pool = await newPool(EVERYTHING);
    const large = Buffer.concat(Array.from({ length: 40 }, () => LOG));
    const small = pieces(100)[0]!;
    const settled: number[] = [];
    const calls = [large, small, small, large, small, small].map((bytes, i) =>
      pool.evaluate(bytes).then(({ counts }) => settled.push(i) && counts.evaluated),
    );
    expect(pool.pending).toBe(6);
    const lines = LOG.toString('utf8').split('\n').filter(Boolean).length;
    expect(await Promise.all(calls)).toEqual([40 * lines, 3, 3, 40 * lines, 3, 3]);
    expect(settled).toEqual([0, 1, 2, 3, 4, 5]);
    expect(pool.pending).toBe(0);
  });

  it('has its copy of the bytes when the call returns, and reads shared ones where they are', async () => {
    const pool = await newPool(EVERYTHING);
    const batch = Buffer.from(pieces(50)[0]!);
    const shared = new Uint8Array(new SharedArrayBuffer(batch.length));
    shared.set(batch);
    const calls = [pool.evaluate(batch), pool.evaluate(shared)];
    batch.fill(0);
    const [one, other] = await Promise.all(calls);
    expect(one!.alerts.length).toBe(6);
    expect(other!.alerts.map((alert) => alert.json)).toEqual(one!.alerts.map((alert) => alert.json));
  });

  it('reports what could not be evaluated', async () => {
    const pool = await newPool(EVERYTHING);
    const [one, empty] = await Promise.all([
      pool.evaluate(Buffer.from('\n{"kind":\n')),
      pool.evaluate(new Uint8Array()),
    ]);
    expect(one.counts).toEqual({ received: 1, evaluated: 0, rejected: { invalid_json: 1 } });
    expect(one.rejections[0]).toMatchObject({ reason: 'invalid_json', line: 2, offset: 1 });
    expect(empty.counts).toEqual({ received: 0, evaluated: 0, rejected: {} });
  });

  it.each([
    ['a condition', ruleText('Late', 'evt.num > 250', 'late')],
    ['an output', ruleText('All', 'ka.verb exists', 'n=%evt.num after=%evt.reltime')],
  ])('counts events through where %s asks for them', async (_, rule) => {
    const program = programOf(rule);
    const engine = await createEngine(program, { timeZoneOffset: 0 });
    const pool = await newPool(program, { size: 3 });
    const batches = pieces(20);
    const found = await Promise.all(batches.map((batch) => pool.evaluate(batch)));
    const expected = batches.map((batch) => engine.evaluate(batch));
    expect(shown(found)).toEqual(shown(expected));
    expect(shown(found).length).toBeGreaterThan(0);
  });

  it('refuses misuse as the engine does', async () => {
    await expect(createPool(new Uint8Array(10))).rejects.toThrow(TypeError);
    await expect(createPool(EVERYTHING, { size: 0 })).rejects.toThrow('size: expected a positive integer');
    await expect(createPool(EVERYTHING, { match: 'some' as 'all' })).rejects.toThrow(TypeError);
    const pool = await newPool(EVERYTHING);
    await expect(pool.evaluate('text' as unknown as Uint8Array)).rejects.toThrow(TypeError);
    await expect(pool.evaluate(LOG, { framing: 'words' as 'lines' })).rejects.toThrow(TypeError);
    await expect(pool.evaluate(LOG, null as unknown as EvaluateOptions)).rejects.toThrow(
      new TypeError('options: expected an object'),
    );
  });

  it.each([5, 'x', null, {}])('refuses %j as what starts workers', async (worker) => {
    await expect(createPool(EVERYTHING, { worker } as unknown as PoolOptions)).rejects.toThrow(
      new TypeError('worker: expected a function that starts a worker'),
    );
  });

  it.each([undefined, null, 5, {}, Promise.resolve()])('cannot start what is no worker: %j', async (worker) => {
    await expect(createPool(EVERYTHING, { size: 2, worker: () => worker as unknown as Worker })).rejects.toThrow(
      new Error('worker: expected the function to return a Worker, at once'),
    );
  });
});

/** Workers of the built package, kept so that a test can end one. */
function workers(): { readonly started: Worker[]; readonly start: () => Worker } {
  const started: Worker[] = [];
  const file = fileURLToPath(new URL('dist/runtime/worker.js', ROOT));
  const start = () => {
    const worker = new Worker(file);
    started.push(worker);
    return worker;
  };
  return { started, start };
}

describe('a worker that is lost', () => {
  it('costs the batch that it was at, and is replaced', async () => {
    const { started, start } = workers();
    const pool = await newPool(EVERYTHING, { size: 1, worker: start });
    const large = Buffer.concat(Array.from({ length: 400 }, () => LOG));
    const calls = [large, LOG, LOG].map((bytes) => pool.evaluate(bytes));
    const settled = Promise.allSettled(calls);
    await started[0]!.terminate();
    const outcomes = await settled;
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'fulfilled']);
    await expect(calls[0]).rejects.toThrow('the batch was not evaluated: the worker has ended');
    expect(started.length).toBe(2);
    expect((await pool.evaluate(LOG)).alerts[0]!.eventNumber).toBe(601n);
  });

  it('at its start fails the pool', async () => {
    const start = () => new Worker('throw new Error("no such luck")', { eval: true });
    await expect(createPool(EVERYTHING, { size: 2, worker: start })).rejects.toThrow(
      'a worker does not start: no such luck',
    );
    const none = () => {
      throw new Error('none left');
    };
    await expect(createPool(EVERYTHING, { size: 2, worker: none })).rejects.toThrow('none left');
  });

  it('and cannot be replaced ends the pool', async () => {
    const { started, start } = workers();
    const pool = await newPool(EVERYTHING, {
      size: 1,
      worker: () => {
        if (started.length > 0) throw new Error('none left');
        return start();
      },
    });
    const call = pool.evaluate(Buffer.concat(Array.from({ length: 400 }, () => LOG)));
    const failed = expect(call).rejects.toThrow();
    await started[0]!.terminate();
    await failed;
    await expect(pool.evaluate(LOG)).rejects.toThrow('none left');
  });
});

describe('a batch that fails in its worker', () => {
  it('is rejected, the others are not', async () => {
    // a worker that refuses one batch, as one that is out of memory does
    const code = `
      const { parentPort } = require('node:worker_threads');
      let count = 0;
      parentPort.on('message', (message) => parentPort.postMessage(
        message.program ? { kind: 'ready' } : count++ === 1 ? { kind: 'failed', message: 'out of memory' }
          : { kind: 'done', blocks: [], records: { bytes: new Uint8Array(0), indexAt: 0 }, state: { number: 1n, firstTime: 0n } }));`;
    const pool = await newPool(EVERYTHING, { size: 1, worker: () => new Worker(code, { eval: true }) });
    const outcomes = await Promise.allSettled([1, 2, 3].map(() => pool.evaluate(LOG)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(String((outcomes[1] as PromiseRejectedResult).reason)).toContain('out of memory');
  });
});

describe('a program given as text', () => {
  it('has pools', () => {
    const text = `
      import { compile, createPool } from ${JSON.stringify(new URL('dist/index.js', ROOT).href)};
      const pool = await createPool(compile([]).program, { size: 1 });
      const { counts } = await pool.evaluate(new TextEncoder().encode('{}'));
      console.log(counts.received);
      await pool.dispose();`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['1\n', '']);
  });
});

describe('a disposed pool', () => {
  it('rejects what is under way and what comes later; alerts stay readable', async () => {
    const pool = await newPool(EVERYTHING);
    const { alerts } = await pool.evaluate(LOG);
    const call = pool.evaluate(LOG);
    const rejected = expect(call).rejects.toThrow('the pool is disposed');
    await pool.dispose();
    await rejected;
    await expect(pool.evaluate(LOG)).rejects.toThrow('the pool is disposed');
    expect(alerts[0]!.json).toContain('"rule":"All"');
    await pool.dispose();
  });
});
