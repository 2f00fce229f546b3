// What a worker answers: the records of all runs of a batch, then their index, in one piece of memory that goes to the pool. They
// are gathered in memory that is used again: a message of several pieces costs more than to copy once more.

import type { EngineMemory } from './memory.ts';
import { type EntrySink, INDEX_ENTRY, walkRecords } from './records.ts';

const SMALLEST: number = 64 << 10;
/** Larger memory is given back. */
const LARGEST_KEPT: number = 8 << 20;

/** Records one behind the other, then entries of their index. */
export interface GatheredRecords {
  readonly bytes: Uint8Array;
  /** where the index begins, a multiple of 4 */
  readonly indexAt: number;
}

export class RecordGatherer implements EntrySink {
  #records: Uint8Array = new Uint8Array(SMALLEST);
  #index: Uint32Array = new Uint32Array(SMALLEST / 4);
  #length = 0;
  #entries = 0;

  /** Bytes of records. */
  get length(): number {
    return this.#length;
  }

  /** Entries of the index. */
  get entries(): number {
    return this.#entries;
  }

  /** Takes the records of a run. */
  add(memory: EngineMemory, pointer: number, length: number): void {
    if (length === 0) return;
    const start = this.#length;
    this.#length += length;
    if (this.#length > this.#records.length) this.#records = grown(this.#records, this.#length);
    memory.copyTo(pointer, length, this.#records, start);
    walkRecords(new DataView(this.#records.buffer), start, this.#length, this);
  }

  /** All of it; the next batch begins. */
  take(): GatheredRecords {
    const indexAt = this.#length;
    const bytes = new Uint8Array(indexAt + 4 * INDEX_ENTRY.SIZE * this.#entries);
    bytes.set(this.#records.subarray(0, indexAt));
    new Uint32Array(bytes.buffer, indexAt).set(this.#index.subarray(0, INDEX_ENTRY.SIZE * this.#entries));
    this.clear();
    return { bytes, indexAt };
  }

  clear(): void {
    this.#length = 0;
    this.#entries = 0;
    if (this.#records.length > LARGEST_KEPT) this.#records = new Uint8Array(SMALLEST);
    if (this.#index.byteLength > LARGEST_KEPT) this.#index = new Uint32Array(SMALLEST / 4);
  }

  /** Adds to the index. */
  entry(rule: number, at: number): void {
    const place = INDEX_ENTRY.SIZE * this.#entries++;
    if (place === this.#index.length) {
      const index = new Uint32Array(2 * place);
      index.set(this.#index);
      this.#index = index;
    }
    this.#index[place + INDEX_ENTRY.RULE] = rule;
    this.#index[place + INDEX_ENTRY.AT] = at;
  }
}

function grown(bytes: Uint8Array, length: number): Uint8Array {
  const larger = new Uint8Array(Math.max(2 * bytes.length, length));
  larger.set(bytes);
  return larger;
}
