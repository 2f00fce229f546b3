// The engine of a worker: batches in, the records that the module wrote out. Batches do not know of each other but for the event
// state that they are handed. An instance that has failed or grown is replaced by the next batch.

import { runBlocks } from './blocks.ts';
import { MAX_GROWTH } from './engine.ts';
import { EngineInstance, type EventState } from './instance.ts';
import { indexRecords, wholeRecords } from './records.ts';
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
    const blocks: BlockResults[] = [];
    runBlocks(instance, batch.bytes, batch.framing, (results, base) => {
      const { received, evaluated, lines } = results;
      const output = instance.copyOutput(results);
      const index = indexRecords(wholeRecords(output));
      blocks.push({ received, evaluated, lines, base, output, index });
    });
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
