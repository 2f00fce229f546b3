// One instance of the engine's module with a program in it: the export contract, typed (assembly/README.md tells what each
// export does). Holds no JavaScript state besides the memory's views.

import { RESULTS } from '../isa/layout.ts';
import { EngineMemory } from './memory.ts';
import type { RecordGatherer } from './record-gatherer.ts';
import type { RecordStore } from './record-store.ts';
import type { RecordBytes } from './records.ts';
import { instantiateAtOnce, type WasmInstance, type WasmMemory, type WasmModule } from './webassembly.ts';

/** Pointers and u32 results arrive as signed numbers. */
interface EngineExports {
  readonly memory: WasmMemory;
  reserveProgram(length: number): number;
  loadProgram(length: number): number;
  setOptions(
    matchAll: number,
    maxEventSize: number,
    maxDepth: number,
    trusted: number,
    timeZoneOffsetSeconds: number,
  ): void;
  setClock(nanoseconds: bigint): void;
  reserveHostname(length: number): number;
  reserveOrder(count: number): number;
  commitOrder(count: number): void;
  reserveInput(capacity: number): number;
  wholeLines(offset: number, length: number): number;
  run(offset: number, length: number, framing: number): void;
  results(): number;
  reset(): void;
  getEventNumber(): bigint;
  getFirstTime(): bigint;
  setEventState(eventNumber: bigint, firstTime: bigint): void;
}

/** What a call of `run` counts. */
export interface RunCounts {
  readonly received: number;
  readonly evaluated: number;
  readonly lines: number;
}

/** What it came to. */
export interface RunResults extends RunCounts {
  /** bytes */
  readonly consumed: number;
  /** where the output records are, until the next call */
  readonly outputAt: number;
  readonly outputLength: number;
}

/** evt.num and the time of the first event, as the engine keeps them. */
export interface EventState {
  readonly number: bigint;
  readonly firstTime: bigint;
}

const WORD = 8;
/** The engine takes no longer one. */
const MAX_HOSTNAME_BYTES = 256;

/** What `setOptions` takes. */
export interface RunOptions {
  readonly matchAll: boolean;
  readonly maxEventSize: number;
  readonly maxDepth: number;
  readonly trusted: boolean;
  readonly zoneSeconds: number;
}

export class EngineInstance {
  readonly #instance: WasmInstance;
  readonly #exports: EngineExports;
  readonly #memory: EngineMemory;
  readonly #results: number;
  readonly #words: Uint32Array = new Uint32Array(RESULTS.SIZE / 4);
  /** what the module was told last: telling it again costs more than a small event */
  #options: RunOptions | undefined;
  #inputAt = 0;
  #inputCapacity = -1;
  #inputOffset = 0;

  /** What the instance held before is forgotten. */
  constructor(instance: WasmInstance, program: Uint8Array) {
    this.#instance = instance;
    this.#exports = instance.exports as unknown as EngineExports;
    this.#memory = new EngineMemory(this.#exports.memory);
    this.#memory.write(this.#exports.reserveProgram(program.length), program);
    const status = this.#exports.loadProgram(program.length);
    if (status !== 0) throw new Error(`the engine refuses the program: status ${status}`);
    this.#results = this.#exports.results();
  }

  /** A new instance; undefined where the host makes none at once. */
  static atOnce(module: WasmModule, program: Uint8Array): EngineInstance | undefined {
    const instance = instantiateAtOnce(module);
    return instance === undefined ? undefined : new EngineInstance(instance, program);
  }

  /** The same instance with the program loaded anew, from which nothing but the size of its memory remains. */
  reloaded(program: Uint8Array): EngineInstance {
    return new EngineInstance(this.#instance, program);
  }

  get memorySize(): number {
    return this.#memory.byteLength;
  }

  get eventState(): EventState {
    return { number: this.#exports.getEventNumber(), firstTime: this.#exports.getFirstTime() };
  }

  set eventState(state: EventState) {
    this.#exports.setEventState(state.number, state.firstTime);
  }

  setHostname(hostname: string): void {
    // as every text, it ends at its first NUL
    const bytes = new Uint8Array(MAX_HOSTNAME_BYTES);
    const { written } = new TextEncoder().encodeInto(hostname.split('\0', 1)[0]!, bytes);
    this.#memory.write(this.#exports.reserveHostname(written), bytes.subarray(0, written));
  }

  /** Ids of the rules to evaluate, in order. */
  setOrder(ruleIds: readonly number[]): void {
    this.#memory.writeWords(this.#exports.reserveOrder(ruleIds.length), ruleIds);
    this.#exports.commitOrder(ruleIds.length);
  }

  /** The same object means: nothing has changed. */
  setOptions(options: RunOptions): void {
    if (options === this.#options) return;
    this.#options = options;
    const { matchAll, maxEventSize, maxDepth, trusted, zoneSeconds } = options;
    this.#exports.setOptions(matchAll ? 1 : 0, maxEventSize, maxDepth, trusted ? 1 : 0, zoneSeconds);
  }

  /** The copy is as far from a word's border as the bytes are: only then are they copied by words when they lie in shared memory. */
  setInput(bytes: Uint8Array): void {
    this.#inputOffset = bytes.byteOffset % WORD;
    const needed = this.#inputOffset + bytes.length;
    if (needed > this.#inputCapacity) {
      this.#inputAt = this.#exports.reserveInput(needed);
      this.#inputCapacity = needed;
    }
    this.#memory.write(this.#inputAt + this.#inputOffset, bytes);
  }

  /** How many of the input's first `length` bytes its whole lines are: up to and with the last newline. */
  wholeLines(length: number): number {
    return this.#exports.wholeLines(this.#inputOffset, length) >>> 0;
  }

  /**
   * Evaluates the input from `offset` to its end, or until the output is to be drained. The wall clock stands in for the zero time of an
   * event; to ask for it costs a tenth of a small event, so that is done when one needs it.
   */
  run(offset: number, length: number, framing: number): RunResults {
    const words = this.#words;
    const start = this.#inputOffset + offset;
    this.#exports.run(start, length, framing);
    this.#memory.readWords(this.#results, words);
    if (words[RESULTS.CLOCK_MISSING / 4] !== 0) {
      this.#exports.setClock(BigInt(Date.now() || 1) * 1_000_000n);
      this.#exports.run(start, length, framing);
      this.#memory.readWords(this.#results, words);
    }
    return {
      consumed: words[RESULTS.CONSUMED / 4]!,
      received: words[RESULTS.RECEIVED / 4]!,
      evaluated: words[RESULTS.EVALUATED / 4]!,
      lines: words[RESULTS.LINES / 4]!,
      outputAt: words[RESULTS.OUTPUT / 4]!,
      outputLength: words[RESULTS.OUTPUT_LENGTH / 4]!,
    };
  }

  /** The output records, copied to those of the runs before. */
  gatherOutput({ outputAt, outputLength }: RunResults, gatherer: RecordGatherer): void {
    gatherer.add(this.#memory, outputAt, outputLength);
  }

  /** The output records, copied to where alerts can refer to them. */
  keepOutput({ outputAt, outputLength }: RunResults, store: RecordStore): RecordBytes {
    return store.take(this.#memory, outputAt, outputLength);
  }

  reset(): void {
    this.#exports.reset();
  }
}
