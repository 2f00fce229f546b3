// Where output records stay for as long as an alert refers to them. Those of small calls share a piece of memory: to allocate one costs
// more than to evaluate a small event.

import type { EngineMemory } from './memory.ts';
import { type RecordBytes, wholeRecords } from './records.ts';

/** An alert that is kept keeps so much. */
const PIECE_SIZE: number = 32 << 10;
/** Larger outputs get memory of their own. */
const MAX_SHARED: number = 4 << 10;

const NO_RECORDS: RecordBytes = wholeRecords(new Uint8Array(0));

export class RecordStore {
  #piece: RecordBytes = NO_RECORDS;
  #used = 0;

  /** Copies records out of the engine's memory. */
  take(memory: EngineMemory, pointer: number, length: number): RecordBytes {
    if (length === 0) return NO_RECORDS;
    if (length > MAX_SHARED) return wholeRecords(memory.copy(pointer, length));
    if (this.#used + length > this.#piece.bytes.length) {
      this.#piece = wholeRecords(new Uint8Array(PIECE_SIZE));
      this.#used = 0;
    }
    const start = this.#used;
    const { bytes, view } = this.#piece;
    memory.copyTo(pointer, length, bytes, start);
    this.#used += length;
    return { bytes, view, start, end: this.#used };
  }
}
