// Starts workers, wherever the code runs: worker threads in Node, Web Workers in browsers. Node's modules are asked for at run
// time and never imported, so bundlers for browsers find nothing to resolve.

/** A Web Worker, or a `Worker` of Node's `worker_threads`. */
export interface PoolWorker {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

interface NodeWorker extends PoolWorker {
  on(event: 'message' | 'error' | 'exit', listener: (value: never) => void): unknown;
  ref(): void;
  unref(): void;
}

interface WebWorker extends PoolWorker {
  onmessage: ((event: never) => unknown) | null;
  onerror: ((event: never) => unknown) | null;
}

interface WorkerChoices {
  readonly execArgv?: readonly string[];
}

interface Hosts {
  readonly process?: { getBuiltinModule?(name: string): unknown; readonly execArgv?: readonly string[] };
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly Worker?: new (url: URL, options: { readonly type: 'module' }) => WebWorker;
}

const host: Hosts = globalThis as Hosts;

/** A module of Node, where there is one. */
export function nodeModule<T>(name: string): T | undefined {
  return host.process?.getBuiltinModule?.(name) as T | undefined;
}

/** How many workers can run at once. */
export function parallelism(): number {
  const os = nodeModule<{ availableParallelism(): number }>('node:os');
  return os?.availableParallelism() ?? host.navigator?.hardwareConcurrency ?? 1;
}

/**
 * A worker that runs worker.ts.
 * @throws Error where there are no workers
 */
export function startWorker(): PoolWorker {
  const threads = nodeModule<{ readonly Worker: new (url: URL, options: WorkerChoices) => NodeWorker }>(
    'node:worker_threads',
  );
  // bundlers look for exactly this expression, and for the name that the file has when it is published
  if (threads !== undefined) return new threads.Worker(new URL('./worker.js', import.meta.url), workerChoices());
  if (host.Worker === undefined) throw new Error('this host has neither worker threads nor Web Workers');
  return new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
}

/**
 * A worker gets the options of the process, of which those of program text (`node --input-type=module -e ...`) stop it; and a list
 * of its own may not name options of the whole process.
 */
function workerChoices(): WorkerChoices {
  const isText = host.process?.execArgv?.some((option) => option.startsWith('--input-type')) ?? false;
  return isText ? { execArgv: [] } : {};
}

declare const Worker: NonNullable<Hosts['Worker']>;

/** One way to hear of both kinds: `onFailure` is called at most once a cause, for a worker that is of no use any more. */
export function listen(
  worker: PoolWorker,
  onMessage: (message: unknown) => void,
  onFailure: (reason: string) => void,
): void {
  if (isNodeWorker(worker)) {
    worker.on('message', onMessage);
    worker.on('error', (error: Error) => onFailure(error.message));
    worker.on('exit', (code: number) => onFailure(`the worker has ended with exit code ${code}`));
    return;
  }
  const web = worker as WebWorker;
  web.onmessage = ({ data }: { readonly data: unknown }) => onMessage(data);
  web.onerror = (event: { readonly message?: string; preventDefault?(): void }) => {
    event.preventDefault?.();
    onFailure(event.message ?? 'the worker has failed to load');
  };
}

/** A worker with work keeps its process alive, an idle one does not. */
export function keepAlive(worker: PoolWorker, isBusy: boolean): void {
  if (!isNodeWorker(worker)) return;
  if (isBusy) worker.ref();
  else worker.unref();
}

function isNodeWorker(worker: PoolWorker): worker is NodeWorker {
  return 'on' in worker;
}
