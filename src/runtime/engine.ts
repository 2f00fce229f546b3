/// <reference lib="esnext.disposable" preserve="true" />
// The engine as JavaScript sees it: bytes in, alerts and counts out. evt.num and the first event's time go on from call to
// call.

import type { RejectReason } from '../isa/reasons.ts';
import { metaOf } from '../program/decode.ts';
import type { ProgramMeta, RuleMeta } from '../program/meta.ts';
import { checkProgram } from '../program/verify.ts';
import { Alert, type AlertOrigin, Formatter } from './alert.ts';
import { type Framing, runBlocks } from './blocks.ts';
import { EngineInstance, type RunCounts, type RunOptions } from './instance.ts';
import { givenModule, type LoadedModule, loadModule, type Variant } from './load.ts';
import { LocalTime, readsLocalTime } from './local-time.ts';
import { type EngineOptions, type ResolvedOptions, resolveOptions } from './options.ts';
import { RecordStore } from './record-store.ts';
import {
  type RecordBytes,
  type RecordPage,
  type RecordSink,
  type RunOrigin,
  readIndexed,
  readRecords,
} from './records.ts';
import { selectRules } from './selection.ts';
import { AlertCounter, type Statistics } from './statistics.ts';
import { encodeText } from './text-buffer.ts';
import { instantiateWasm, type WasmModule } from './webassembly.ts';

export type { Framing };

export interface EvaluateOptions {
  /** default lines */
  readonly framing?: Framing;
}

/** An event or payload that was not evaluated. */
export interface Rejection {
  readonly reason: RejectReason;
  /** line of the payload, from 1 */
  readonly line: number;
  /** where the event or payload starts */
  readonly offset: number;
  /** the byte that decided */
  readonly at: number;
}

/** `received` is `evaluated` plus all of `rejected`; an unreadable payload counts as one. */
export interface Counts {
  readonly received: number;
  readonly evaluated: number;
  readonly rejected: Readonly<Record<string, number>>;
}

export interface Evaluation {
  readonly alerts: readonly Alert[];
  readonly counts: Counts;
  readonly rejections: readonly Rejection[];
}

/** An instance whose memory has grown by more than this is replaced, as memory never shrinks. */
export const MAX_GROWTH: number = 32 << 20;

/**
 * An engine for a program made by `compile`.
 * @throws TypeError when the program or an option is not fit
 */
export async function createEngine(program: Uint8Array, options: EngineOptions = {}): Promise<Engine> {
  return new Engine(await prepareEngine(program, options));
}

/** What `createEngine` makes an engine of. */
export async function prepareEngine(program: Uint8Array, options: EngineOptions): Promise<EngineParts> {
  const resolved = resolveOptions(options);
  const { image, meta, module, variant } = await checkAndLoad(program, options, resolved);
  const instance = new EngineInstance(await instantiateWasm(module), image);
  return { image, meta, module, variant, instance, options, resolved };
}

/**
 * The same at once, of a program that was just compiled.
 * @throws Error where the host makes no instance at once
 */
export function prepareEngineAgain(image: Uint8Array, options: EngineOptions, loaded: LoadedModule): EngineParts {
  const meta = metaOf(image);
  const instance = EngineInstance.atOnce(loaded.module, image);
  if (instance === undefined) {
    throw new Error('this host makes no second engine at once: call createExplainer with the rule files');
  }
  return { image, meta, ...loaded, instance, options, resolved: resolveOptions(options) };
}

/** A program that an engine may be given, in a copy that stays as it was checked, and the module that runs it. */
export interface CheckedProgram extends LoadedModule {
  readonly image: Uint8Array;
  readonly meta: ProgramMeta;
}

/** @throws TypeError when the program is not fit */
export async function checkAndLoad(
  program: Uint8Array,
  options: EngineOptions,
  resolved: ResolvedOptions,
): Promise<CheckedProgram> {
  if (!(program instanceof Uint8Array)) throw new TypeError('program: expected a Uint8Array');
  const image = program.slice();
  const meta = checkProgram(image);
  if (typeof meta === 'string') throw new TypeError(`cannot load the program: ${meta}`);
  if (options.module === undefined) return { image, meta, ...(await loadModule(resolved.simd)) };
  return { image, meta, ...givenModule(options.module, resolved.simd) };
}

export interface EngineParts {
  readonly image: Uint8Array;
  readonly meta: ProgramMeta;
  readonly module: WasmModule;
  readonly variant: Variant;
  readonly instance: EngineInstance;
  readonly options: EngineOptions;
  readonly resolved: ResolvedOptions;
}

/** JSON of an event; nothing for what has none. */
export function jsonText(event: unknown): string {
  try {
    return JSON.stringify(event) ?? '';
  } catch {
    return '';
  }
}

/** Made by `createEngine`. */
export class Engine {
  /** which build runs */
  readonly variant: Variant;
  readonly #options: ResolvedOptions;
  readonly #localTime: LocalTime;
  readonly #readsLocalTime: boolean;
  readonly #rules: readonly RuleMeta[];
  readonly #order: readonly number[];
  readonly #formatter: Formatter;
  readonly #counter: AlertCounter;
  readonly #records: RecordStore = new RecordStore();
  readonly #image: Uint8Array;
  readonly #module: WasmModule;
  #instance: EngineInstance | undefined;
  /** made anew when the local time's offset changes */
  #runOptions: RunOptions;
  #origin: AlertOrigin;
  /** memory of a fresh instance */
  readonly #baseSize: number;

  constructor(parts: EngineParts) {
    const { options, resolved } = parts;
    const { rules, carried } = parts.meta;
    this.#rules = rules;
    this.variant = parts.variant;
    this.#options = resolved;
    this.#localTime = new LocalTime(options.timeZoneOffset);
    this.#readsLocalTime = readsLocalTime(parts.image);
    this.#order = selectRules(rules, resolved.leastSevere, options.rules ?? [], options.tags);
    this.#formatter = new Formatter(rules, resolved.hostname, options, parts.module, carried);
    this.#counter = new AlertCounter(rules);
    this.#image = parts.image;
    this.#module = parts.module;
    const { zoneSeconds } = this.#localTime;
    this.#runOptions = { ...resolved, zoneSeconds };
    this.#origin = { formatter: this.#formatter, zoneSeconds };
    this.#instance = this.#configured(parts.instance);
    this.#baseSize = parts.instance.memorySize;
  }

  /**
   * Evaluates events in JSON; `bytes` may be used for something else afterwards.
   * @throws TypeError for what are no bytes or no options, and when the engine is disposed
   */
  evaluate(bytes: Uint8Array, options: EvaluateOptions = {}): Evaluation {
    checkBytes(bytes);
    const framing = framingOf(options);
    const batch = this.#beginBatch();
    this.#feed(batch, bytes, framing);
    this.#shrink();
    return batch.evaluation();
  }

  /**
   * Evaluates an event, an EventList or an array of events that are JavaScript objects. What has no JSON text (a circle, a
   * BigInt, more levels than the stack holds) is refused as `invalid_json`.
   */
  evaluateObject(event: unknown): Evaluation {
    return this.evaluate(encodeText(jsonText(event)), { framing: 'document' });
  }

  /** Bytes of WebAssembly memory in use: program, tables, the largest block so far, and what alert texts take. */
  get memorySize(): number {
    return this.live().memorySize + this.#formatter.memorySize;
  }

  /** Counts of the alerts since the engine was made or reset. */
  statistics(): Statistics {
    return this.#counter.statistics();
  }

  /** evt.num, the first event's time and the statistics start anew. */
  reset(): void {
    this.live().reset();
    this.#counter.clear();
  }

  /** Lets go of the engine's memory; alerts stay readable, and with them what their texts are made in. */
  dispose(): void {
    this.#instance = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Names of the rules that are evaluated, in order. */
  protected get ruleOrder(): readonly string[] {
    return this.#order.map((id) => this.#rules[id]!.name);
  }

  /** @throws TypeError when it is disposed */
  protected live(): EngineInstance {
    if (this.#instance === undefined) throw new TypeError('the engine is disposed');
    return this.#instance;
  }

  #configured(instance: EngineInstance): EngineInstance {
    instance.setHostname(this.#options.hostname);
    instance.setOrder(this.#order);
    return instance;
  }

  #beginBatch(): Batch {
    const instance = this.live();
    if (this.#readsLocalTime) this.#followLocalTime();
    instance.setOptions(this.#runOptions);
    return new Batch(this.#alertOrigin, this.#counter);
  }

  readonly #alertOrigin = (): AlertOrigin => {
    this.#followLocalTime();
    return this.#origin;
  };

  /** Its offset may change while the engine lives. */
  #followLocalTime(): void {
    const { zoneSeconds } = this.#localTime;
    if (zoneSeconds === this.#origin.zoneSeconds) return;
    this.#runOptions = { ...this.#options, zoneSeconds };
    this.#origin = { formatter: this.#formatter, zoneSeconds };
  }

  #feed(batch: Batch, bytes: Uint8Array, framing: Framing): void {
    const instance = this.live();
    try {
      runBlocks(instance, bytes, framing, (results, base) => {
        batch.take(results, instance.keepOutput(results, this.#records), base);
      });
    } catch (error) {
      // out of memory: whatever state the instance is in, the next call gets a fresh one
      this.#renew(EngineInstance.atOnce(this.#module, this.#image) ?? instance.reloaded(this.#image));
      throw error;
    }
  }

  /** Gives back what one huge payload took. */
  #shrink(): void {
    if (this.live().memorySize <= this.#baseSize + MAX_GROWTH) return;
    const fresh = EngineInstance.atOnce(this.#module, this.#image);
    if (fresh !== undefined) this.#renew(fresh);
  }

  /** The new instance goes on where the old one is. */
  #renew(instance: EngineInstance): void {
    instance.eventState = this.live().eventState;
    this.#instance = this.#configured(instance);
  }
}

/** @throws TypeError */
export function checkBytes(bytes: Uint8Array): void {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('bytes: expected a Uint8Array');
}

/** @throws TypeError */
export function framingOf(options: EvaluateOptions): Framing {
  if (typeof options !== 'object' || options === null) throw new TypeError('options: expected an object');
  const { framing = 'lines' } = options;
  if (framing !== 'lines' && framing !== 'document') throw new TypeError('framing: expected lines or document');
  return framing;
}

/** The outcome of one call, gathered block by block. */
export class Batch implements RecordSink {
  readonly #askOrigin: () => AlertOrigin;
  readonly #counter: AlertCounter;
  readonly #eventsBefore: bigint;
  readonly #alerts: Alert[] = [];
  readonly #rejections: Rejection[] = [];
  readonly #rejected: Record<string, number> = {};
  #received = 0;
  #evaluated = 0;
  /** lines before the next block */
  #lines = 0;
  #origin: AlertOrigin | undefined;

  /** The origin is asked for when there is an alert; `eventsBefore` are those that the engine did not count. */
  constructor(askOrigin: () => AlertOrigin, counter: AlertCounter, eventsBefore = 0n) {
    this.#askOrigin = askOrigin;
    this.#counter = counter;
    this.#eventsBefore = eventsBefore;
  }

  /** Takes what a run over the bytes from `base` on came to. */
  take(counts: RunCounts, records: RecordBytes, base: number): void {
    // most small calls have none
    if (records.start < records.end) readRecords(records, this.#runOrigin(base), this);
    this.#count(counts);
  }

  /** The same of records with their index. */
  takeIndexed(counts: RunCounts, records: RecordBytes, index: Uint32Array, base: number): void {
    readIndexed(records, index, this.#runOrigin(base), this);
    this.#count(counts);
  }

  match(ruleId: number, page: RecordPage, at: number, place: number): void {
    this.#origin ??= this.#askOrigin();
    this.#counter.count(ruleId);
    this.#alerts.push(new Alert(this.#origin, ruleId, page, at, place));
  }

  reject(rejection: Rejection): void {
    this.#rejected[rejection.reason] = (this.#rejected[rejection.reason] ?? 0) + 1;
    this.#rejections.push(rejection);
  }

  evaluation(): Evaluation {
    const counts = { received: this.#received, evaluated: this.#evaluated, rejected: this.#rejected };
    return { alerts: this.#alerts, counts, rejections: this.#rejections };
  }

  #count(counts: RunCounts): void {
    this.#received += counts.received;
    this.#evaluated += counts.evaluated;
    this.#lines += counts.lines;
  }

  #runOrigin(base: number): RunOrigin {
    return { base, firstLine: this.#lines + 1, eventsBefore: this.#eventsBefore };
  }
}
