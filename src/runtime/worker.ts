// `falconet/worker`: the program of a pool's worker, for Web Workers and for Node's worker threads. Nothing to import from it; it
// talks to the pool that started it (worker-messages.ts).

import { WorkerEngine } from './worker-engine.ts';
import { nodeModule } from './worker-host.ts';
import type { BatchAnswer, BatchMessage, StartAnswer, StartMessage } from './worker-messages.ts';

/** The worker's end of the line: the global scope of a Web Worker, the parent's port in Node. */
interface Port {
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  postMessage(message: StartAnswer | BatchAnswer, transfer: readonly ArrayBufferLike[]): void;
}

const port: Port =
  nodeModule<{ readonly parentPort: Port | null }>('node:worker_threads')?.parentPort ??
  (globalThis as unknown as Port);

function answer(message: StartAnswer | BatchAnswer): void {
  port.postMessage(message, message.kind === 'done' ? [message.records.bytes.buffer] : []);
}

function attempt(work: () => StartAnswer | BatchAnswer): void {
  try {
    answer(work());
  } catch (error) {
    answer({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
  }
}

let engine: WorkerEngine | undefined;

port.onmessage = ({ data }) =>
  attempt(() => {
    if (engine !== undefined) return engine.run(data as BatchMessage);
    engine = new WorkerEngine(data as StartMessage);
    return { kind: 'ready' };
  });
