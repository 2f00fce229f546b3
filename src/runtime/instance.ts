// One instance of the engine's module with a program in it: the export contract, typed (assembly/README.md tells what each
// export does). Holds no JavaScript state besides the memory's views.

import { RESULTS } from '../isa/layout.ts';
import { EngineMemory } from './memory.ts';
import type { WasmInstance, WasmMemory } from './webassembly.ts';

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
  run(offset: number, length: number, framing: number): void;
  results(): number;
  reset(): void;
  getEventNumber(): bigint;
  getFirstTime(): bigint;
  setEventState(eventNumber: bigint, firstTime: bigint): void;
}

/** What a call of `run` came to. */
export interface RunResults {
  readonly consumed: number;
  readonly received: number;
  readonly evaluated: number;
  readonly rejected: number;
  readonly lines: number;
  /** a copy of the output records */
  readonly output: Uint8Array;
}

/** evt.num and the time of the first event, as the engine keeps them. */
export interface EventState {
  readonly number: bigint;
  readonly firstTime: bigint;
}

/** The engine takes no longer one. */
const MAX_HOSTNAME_BYTES = 256;

export class EngineInstance {
  readonly #exports: EngineExports;
  readonly #memory: EngineMemory;

  constructor(instance: WasmInstance, program: Uint8Array) {
    this.#exports = instance.exports as unknown as EngineExports;
    this.#memory = new EngineMemory(this.#exports.memory);
    this.#memory.write(this.#exports.reserveProgram(program.length), program);
    const status = this.#exports.loadProgram(program.length);
    if (status !== 0) throw new Error(`the engine refuses the program: status ${status}`);
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
    const bytes = new TextEncoder().encode(hostname).subarray(0, MAX_HOSTNAME_BYTES);
    this.#memory.write(this.#exports.reserveHostname(bytes.length), bytes);
  }

  /** Ids of the rules to evaluate, in order. */
  setOrder(ruleIds: readonly number[]): void {
    this.#memory.writeWords(this.#exports.reserveOrder(ruleIds.length), ruleIds);
    this.#exports.commitOrder(ruleIds.length);
  }

  setOptions(options: {
    readonly matchAll: boolean;
    readonly maxEventSize: number;
    readonly maxDepth: number;
    readonly trusted: boolean;
    readonly zoneSeconds: number;
  }): void {
    const { matchAll, maxEventSize, maxDepth, trusted, zoneSeconds } = options;
    this.#exports.setOptions(matchAll ? 1 : 0, maxEventSize, maxDepth, trusted ? 1 : 0, zoneSeconds);
  }

  /** The wall clock, which stands in for the zero time of an event. */
  setClock(milliseconds: number): void {
    this.#exports.setClock(BigInt(milliseconds) * 1_000_000n);
  }

  setInput(bytes: Uint8Array): void {
    this.#memory.write(this.#exports.reserveInput(bytes.length), bytes);
  }

  /** Evaluates the input from `offset` to its end, or until the output is to be drained. */
  run(offset: number, length: number, framing: number): RunResults {
    this.#exports.run(offset, length, framing);
    const results = this.#exports.results();
    const word = (at: number): number => this.#memory.readWord((results >>> 0) + at);
    return {
      consumed: word(RESULTS.CONSUMED),
      received: word(RESULTS.RECEIVED),
      evaluated: word(RESULTS.EVALUATED),
      rejected: word(RESULTS.REJECTED),
      lines: word(RESULTS.LINES),
      output: this.#memory.copy(word(RESULTS.OUTPUT), word(RESULTS.OUTPUT_LENGTH)),
    };
  }

  reset(): void {
    this.#exports.reset();
  }
}
