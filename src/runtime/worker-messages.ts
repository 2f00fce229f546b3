// What a pool and its workers say to each other. Everything is plain data that can be cloned; a program is one piece of shared
// memory where the host has it, and answers carry the engine's records as they are, so that alerts are made by their reader.

import type { Framing } from './engine.ts';
import type { EventState, RunCounts } from './instance.ts';
import type { ResolvedOptions } from './options.ts';
import type { GatheredRecords } from './record-gatherer.ts';
import type { WasmModule } from './webassembly.ts';

/** The first message to a worker: what to load. */
export interface StartMessage {
  readonly program: Uint8Array;
  readonly module: WasmModule;
  readonly options: ResolvedOptions;
  /** ids of the rules to evaluate */
  readonly order: readonly number[];
}

/** Every later one: a batch to evaluate. Answers come in the order of the requests. */
export interface BatchMessage {
  readonly bytes: Uint8Array;
  readonly framing: Framing;
  readonly zoneSeconds: number;
  /** what evt.num and evt.reltime go on from */
  readonly state: EventState;
}

/** What a run came to, where in the batch it began, and where its records and their entries in the index end. */
export interface BlockResults extends RunCounts {
  readonly base: number;
  readonly recordsEnd: number;
  readonly entriesEnd: number;
}

/** What a batch came to, and the event state after it. */
export interface DoneAnswer {
  readonly kind: 'done';
  readonly blocks: readonly BlockResults[];
  readonly records: GatheredRecords;
  readonly state: EventState;
}

export interface FailedAnswer {
  readonly kind: 'failed';
  readonly message: string;
}

/** To a batch. */
export type BatchAnswer = DoneAnswer | FailedAnswer;
/** To the first message. */
export type StartAnswer = { readonly kind: 'ready' } | FailedAnswer;
