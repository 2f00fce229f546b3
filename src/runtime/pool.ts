/// <reference lib="esnext.disposable" preserve="true" />
// Several engines for one program, each in a worker of its own: batches of bytes in, their evaluations out, in the order in which
// they were handed over. The program and the compiled module are shared; results come back as the engine's records, so an
// alert is text only when somebody reads it. A batch that cannot be evaluated costs that batch.

import { Formatter } from './alert.ts';
import {
  Batch,
  checkAndLoad,
  checkBytes,
  type EvaluateOptions,
  type Evaluation,
  type Framing,
  framingOf,
} from './engine.ts';
import type { EventState } from './instance.ts';
import type { Variant } from './load.ts';
import { LocalTime } from './local-time.ts';
import { ENGINE_OPTION_NAMES, type EngineOptions, resolveOptions } from './options.ts';
import { BatchBuffers, hasSharedMemory, isShared } from './pool-buffers.ts';
import { PoolMember } from './pool-member.ts';
import { dependsOnOrder } from './pool-numbers.ts';
import type { GatheredRecords } from './record-gatherer.ts';
import { INDEX_ENTRY, wholeRecords } from './records.ts';
import { selectRules } from './selection.ts';
import { AlertCounter, type Statistics } from './statistics.ts';
import { type PoolWorker, parallelism, startWorker } from './worker-host.ts';
import type { BatchAnswer, BlockResults, DoneAnswer, StartMessage } from './worker-messages.ts';

export interface PoolOptions extends EngineOptions {
  /** number of workers; default: as many as the host can run at once */
  readonly size?: number;
  /** starts a worker that runs `falconet/worker`, for bundlers that do not follow `new URL('./worker.js', import.meta.url)` */
  readonly worker?: () => PoolWorker;
}

/** A worker works on one batch while the next one waits in it. */
const MAX_LOAD = 2;
const FIRST_STATE: EventState = { number: 0n, firstTime: 0n };

interface Job {
  readonly bytes: Uint8Array;
  readonly isCopy: boolean;
  readonly framing: Framing;
  readonly zoneSeconds: number;
  readonly resolve: (evaluation: Evaluation) => void;
  readonly reject: (error: Error) => void;
  /** present once it is known; earlier batches may still be under way */
  outcome?: BatchAnswer;
}

/**
 * A pool for a program made by `compile`.
 * @throws TypeError when the program or an option is not fit, Error when workers cannot be started
 */
export async function createPool(program: Uint8Array, options: PoolOptions = {}): Promise<Pool> {
  const resolved = resolveOptions(options, [...ENGINE_OPTION_NAMES, 'size', 'worker']);
  const size = options.size ?? parallelism();
  if (!Number.isInteger(size) || size < 1) throw new TypeError('size: expected a positive integer');
  if (options.worker !== undefined && typeof options.worker !== 'function') {
    throw new TypeError('worker: expected a function that starts a worker');
  }
  const { image, meta, module, variant } = await checkAndLoad(program, options, resolved);
  const { rules, carried } = meta;
  const order = selectRules(rules, resolved.leastSevere, options.rules ?? [], options.tags);
  const start: StartMessage = { program: sharedProgram(image), module, options: resolved, order };
  const formatter = new Formatter(rules, resolved.hostname, options, module, carried);
  const pool = new Pool(start, { ...options, size }, variant, formatter, new AlertCounter(rules));
  try {
    await pool.ready;
  } catch (error) {
    await pool.dispose();
    throw error;
  }
  return pool;
}

/** Made by `createPool`. */
export class Pool {
  /** number of workers */
  readonly size: number;
  /** which build runs */
  readonly variant: Variant;
  /** Fulfilled when all workers run. @internal */
  readonly ready: Promise<void>;
  readonly #start: StartMessage;
  readonly #startWorker: () => PoolWorker;
  readonly #localTime: LocalTime;
  readonly #formatter: Formatter;
  readonly #counter: AlertCounter;
  readonly #buffers: BatchBuffers;
  /** batches go one after the other */
  readonly #isSerial: boolean;
  readonly #members: Set<PoolMember<Job>> = new Set();
  /** not sent yet */
  #queue: Job[] = [];
  /** not settled yet, oldest first */
  #open: Job[] = [];
  /** after the last batch that is settled */
  #state: EventState = FIRST_STATE;
  /** why nothing is evaluated any more */
  #end: Error | undefined;

  constructor(
    start: StartMessage,
    options: PoolOptions & { readonly size: number },
    variant: Variant,
    formatter: Formatter,
    counter: AlertCounter,
  ) {
    this.size = options.size;
    this.variant = variant;
    this.#start = start;
    this.#startWorker = options.worker ?? startWorker;
    this.#localTime = new LocalTime(options.timeZoneOffset);
    this.#formatter = formatter;
    this.#counter = counter;
    this.#buffers = new BatchBuffers(MAX_LOAD * this.size);
    this.#isSerial = dependsOnOrder(start.program);
    this.ready = Promise.all(Array.from({ length: this.size }, () => this.#addMember())).then(() => {});
  }

  /**
   * Evaluates events in JSON. `bytes` are copied before the call returns, unless they lie in shared memory: then they must not
   * change until the promise is settled. Promises are settled in the order of the calls. Rejected with a TypeError for misuse,
   * with an Error when this batch could not be evaluated.
   */
  evaluate(bytes: Uint8Array, options: EvaluateOptions = {}): Promise<Evaluation> {
    return new Promise((resolve, reject) => {
      checkBytes(bytes);
      const framing = framingOf(options);
      if (this.#end !== undefined) throw this.#end;
      const job: Job = {
        bytes: this.#buffers.take(bytes),
        isCopy: !isShared(bytes),
        framing,
        zoneSeconds: this.#localTime.zoneSeconds,
        resolve,
        reject,
      };
      this.#queue.push(job);
      this.#open.push(job);
      this.#dispatch();
    });
  }

  /** Calls of `evaluate` that are not settled: a reader that keeps this at twice the size keeps all workers busy. */
  get pending(): number {
    return this.#open.length;
  }

  /** Counts of the alerts of all batches that are settled. */
  statistics(): Statistics {
    return this.#counter.statistics();
  }

  /** Ends the workers; batches under way are rejected, alerts stay readable. */
  async dispose(): Promise<void> {
    const members = [...this.#members];
    this.#stop(new TypeError('the pool is disposed'));
    await Promise.all(members.map((member) => member.terminate()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** Fulfilled when the worker has loaded the program. */
  #addMember(): Promise<void> {
    return new Promise((resolve, reject) => {
      const member: PoolMember<Job> = new PoolMember<Job>(this.#newWorker(), this.#start, {
        onReady: () => {
          resolve();
          this.#dispatch();
        },
        onAnswer: (job, answer) => {
          job.outcome = answer;
          this.#settle();
          this.#dispatch();
        },
        onFailure: (reason, jobs) => {
          this.#members.delete(member);
          if (member.isReady) this.#replace(reason, jobs);
          else reject(new Error(`a worker does not start: ${reason}`));
        },
      });
      this.#members.add(member);
    });
  }

  #newWorker(): PoolWorker {
    const worker: unknown = this.#startWorker();
    if (isWorker(worker)) return worker;
    throw new Error('worker: expected the function to return a Worker, at once');
  }

  /** The batch that the worker was at is lost, one that waited in it goes to another worker. */
  #replace(reason: string, jobs: readonly Job[]): void {
    const [lost, ...waiting] = jobs;
    if (lost !== undefined) lost.outcome = { kind: 'failed', message: reason };
    this.#queue.unshift(...waiting);
    this.#addMember().catch((error: Error) => {
      if (this.#members.size === 0) this.#stop(error);
    });
    this.#settle();
    this.#dispatch();
  }

  #dispatch(): void {
    for (;;) {
      const [job] = this.#queue;
      const member = this.#freeMember();
      if (job === undefined || member === undefined) return;
      this.#queue.shift();
      const { bytes, framing, zoneSeconds } = job;
      member.send(job, { bytes, framing, zoneSeconds, state: this.#isSerial ? this.#state : FIRST_STATE });
    }
  }

  /** The one with the fewest batches. */
  #freeMember(): PoolMember<Job> | undefined {
    let least: PoolMember<Job> | undefined;
    for (const member of this.#members) {
      if (!member.isReady) continue;
      if (this.#isSerial && member.load > 0) return undefined;
      if (least === undefined || member.load < least.load) least = member;
    }
    return least !== undefined && least.load < MAX_LOAD ? least : undefined;
  }

  /** Settles what is known, up to the first batch that is still under way. */
  #settle(): void {
    for (let job = this.#open[0]; job?.outcome !== undefined; job = this.#open[0]) {
      this.#open.shift();
      this.#buffers.release(job.bytes, job.isCopy);
      if ('blocks' in job.outcome) job.resolve(this.#evaluation(job, job.outcome));
      else job.reject(new Error(`the batch was not evaluated: ${job.outcome.message}`));
    }
  }

  #evaluation({ zoneSeconds }: Job, { blocks, records, state }: DoneAnswer): Evaluation {
    const before = this.#state.number;
    this.#state = this.#isSerial ? state : { ...FIRST_STATE, number: before + state.number };
    const batch = new Batch(
      () => ({ formatter: this.#formatter, zoneSeconds }),
      this.#counter,
      this.#isSerial ? 0n : before,
    );
    takeBlocks(batch, blocks, records);
    return batch.evaluation();
  }

  #stop(reason: Error): void {
    this.#end ??= reason;
    this.#members.clear();
    this.#queue = [];
    for (const job of this.#open.splice(0)) job.reject(this.#end);
  }
}

function isWorker(value: unknown): value is PoolWorker {
  const { postMessage, terminate } = (value ?? {}) as Partial<PoolWorker>;
  return typeof postMessage === 'function' && typeof terminate === 'function';
}

function takeBlocks(batch: Batch, blocks: readonly BlockResults[], { bytes, indexAt }: GatheredRecords): void {
  const { view } = wholeRecords(bytes);
  const index = new Uint32Array(bytes.buffer, bytes.byteOffset + indexAt);
  let start = 0;
  let entry = 0;
  for (const block of blocks) {
    const records = { bytes, view, start, end: block.recordsEnd };
    const entries = index.subarray(INDEX_ENTRY.SIZE * entry, INDEX_ENTRY.SIZE * block.entriesEnd);
    batch.takeIndexed(block, records, entries, block.base);
    start = block.recordsEnd;
    entry = block.entriesEnd;
  }
}

/** One copy for all workers, where the host has shared memory. */
function sharedProgram(program: Uint8Array): Uint8Array {
  if (!hasSharedMemory()) return program;
  const copy = new Uint8Array(new SharedArrayBuffer(program.length));
  copy.set(program);
  return copy;
}
