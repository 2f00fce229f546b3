// The engine of a worker: batches in, the records that the module wrote out. Batches do not know of each other but for the event
// state that they are handed. An instance that has failed or grown is replaced by the next batch.

import { FRAMING_DOCUMENT, FRAMING_LINES } from '../isa/layout.ts';
import { blockEnd, MAX_GROWTH } from './engine.ts';
import { EngineInstance, type EventState } from './instance.ts';
import { instantiateAgain } from './webassembly.ts';
import type { BatchMessage, BlockResults, StartMessage } from './worker-messages.ts';

export class WorkerEngine {
  readonly #start: StartMessage;
  #instance: EngineInstance | undefined;
  /** memory of a fresh instance */
  #baseSize = 0;

  constructor(start: StartMessage) {
    this.#start = start;
    this.#live();
  }

  run(batch: BatchMessage): { readonly blocks: readonly BlockResults[]; readonly state: EventState } {
    const instance = this.#live();
    this.#instance = undefined;
    instance.setOptions({ ...this.#start.options, zoneSeconds: batch.zoneSeconds });
    instance.eventState = batch.state;
    const blocks = runBlocks(instance, batch);
    const state = instance.eventState;
    if (instance.memorySize <= this.#baseSize + MAX_GROWTH) this.#instance = instance;
    return { blocks, state };
  }

  #live(): EngineInstance {
    if (this.#instance === undefined) {
      const { module, program, options, order } = this.#start;
      this.#instance = new EngineInstance(instantiateAgain(module), program);
      this.#instance.setHostname(options.hostname);
      this.#instance.setOrder(order);
      this.#baseSize = this.#instance.memorySize;
    }
    return this.#instance;
  }
}

function runBlocks(instance: EngineInstance, { bytes, framing }: BatchMessage): readonly BlockResults[] {
  const results: BlockResults[] = [];
  const isDocument = framing === 'document';
  for (let start = 0, end = 0; start < bytes.length || (isDocument && results.length === 0); start = end) {
    end = isDocument ? bytes.length : blockEnd(bytes, start);
    instance.setInput(bytes.subarray(start, end));
    let done = 0;
    do {
      const run = instance.run(done, end - start - done, isDocument ? FRAMING_DOCUMENT : FRAMING_LINES);
      const { received, evaluated, lines } = run;
      results.push({ received, evaluated, lines, base: start + done, output: instance.copyOutput(run) });
      if (run.consumed === 0 && start + done < end) throw new Error('the engine stands still');
      done += run.consumed;
    } while (start + done < end);
  }
  return results;
}
