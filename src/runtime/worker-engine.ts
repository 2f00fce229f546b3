// The engine of a worker: batches in, the records that the module wrote out. Batches do not know of each other but for the event
// state that they are handed. An instance that has failed or grown is replaced by the next batch.

import { runBlocks } from './blocks.ts';
import { MAX_GROWTH } from './engine.ts';
import { EngineInstance } from './instance.ts';
import { RecordGatherer } from './record-gatherer.ts';
import type { BatchMessage, BlockResults, DoneAnswer, StartMessage } from './worker-messages.ts';

export class WorkerEngine {
  readonly #start: StartMessage;
  readonly #gatherer: RecordGatherer = new RecordGatherer();
  #instance: EngineInstance | undefined;
  /** memory of a fresh instance */
  #baseSize = 0;

  constructor(start: StartMessage) {
    this.#start = start;
    this.#live();
  }

  run(batch: BatchMessage): DoneAnswer {
    const instance = this.#live();
    this.#gatherer.clear();
    this.#instance = undefined;
    instance.setOptions({ ...this.#start.options, zoneSeconds: batch.zoneSeconds });
    instance.eventState = batch.state;
    const blocks: BlockResults[] = [];
    runBlocks(instance, batch.bytes, batch.framing, (results, base) => {
      const { received, evaluated, lines } = results;
      instance.gatherOutput(results, this.#gatherer);
      const { length: recordsEnd, entries: entriesEnd } = this.#gatherer;
      blocks.push({ received, evaluated, lines, base, recordsEnd, entriesEnd });
    });
    const state = instance.eventState;
    if (instance.memorySize <= this.#baseSize + MAX_GROWTH) this.#instance = instance;
    return { kind: 'done', blocks, records: this.#gatherer.take(), state };
  }

  #live(): EngineInstance {
    if (this.#instance === undefined) {
      const { module, program, options, order } = this.#start;
      this.#instance = EngineInstance.atOnce(module, program);
      if (this.#instance === undefined) throw new Error('there is no memory for an engine');
      this.#instance.setHostname(options.hostname);
      this.#instance.setOrder(order);
      this.#baseSize = this.#instance.memorySize;
    }
    return this.#instance;
  }
}
