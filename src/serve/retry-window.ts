// Alerts of requests in, which of them were handed to which output before: an API server that got no answer, or a bad one, sends the
// same events again. Bounded by count and by age: two generations of hashes, the older one let go when the newer is full.

import { randomBytes } from 'node:crypto';
import { hashEvent } from './identity.ts';
import { KeyedHash } from './keyed-hash.ts';
import { MaskTable } from './mask-table.ts';

const GENERATION_MS = 600_000;

/** A bit for each output, by its place. */
export type OutputMask = number;

/** What an alert is told by; not 0. */
export type AlertKey = number;

/** Bits that no output has: the alert is in a delivery now; it was counted as an alert. */
const PENDING = 1 << 31;
const COUNTED = 1 << 30;
/** Outputs that can be told apart. */
export const MAX_OUTPUTS = 30;

export interface KeyedAlert {
  readonly offset: number;
  readonly length: number;
  /** of the event, to less than a microsecond */
  readonly timeMs: number;
  readonly rule: string;
  /** see IDENTITY_FIELDS */
  carried?(n: number): Uint8Array | undefined;
}

interface InFlight {
  readonly keys: readonly AlertKey[];
  /** the same, made when somebody asks */
  set?: ReadonlySet<AlertKey>;
  readonly delivery: Promise<unknown>;
}

export class RetryWindow {
  readonly #limit: number;
  readonly #hash = new KeyedHash(randomBytes(8));
  readonly #time = new Float64Array(1);
  readonly #timeWords = new Int32Array(this.#time.buffer);
  /** a number for each name of a rule */
  readonly #rules = new Map<string, number>();
  #recent = new MaskTable();
  #older = new MaskTable();
  #since: number = performance.now();
  readonly #inFlight = new Set<InFlight>();

  /** `limit` alerts at most are remembered. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  /** Undefined for an alert of an event that cannot be told from others. */
  keyOf(bytes: Uint8Array, alert: KeyedAlert): AlertKey | undefined {
    const { offset, length } = alert;
    const hash = this.#hash;
    hash.start();
    this.#time[0] = alert.timeMs;
    hash.add(this.#timeWords[0]!);
    hash.add(this.#timeWords[1]!);
    hash.add(this.#ruleNumber(alert.rule));
    const isKnown = hashEvent(hash, bytes, offset, offset + length, (n) => alert.carried?.(n));
    return isKnown ? hash.end() || 1 : undefined;
  }

  #ruleNumber(rule: string): number {
    let number = this.#rules.get(rule);
    if (number === undefined) {
      number = this.#rules.size;
      this.#rules.set(rule, number);
    }
    return number;
  }

  /** What is known of an alert, for the questions below; 0 when nothing is. */
  stateOf(key: AlertKey): number {
    return this.#recent.get(key) || this.#older.get(key);
  }

  /** The delivery that an alert of this state is in now. */
  pending(key: AlertKey, state: number): Promise<unknown> | undefined {
    if ((state & PENDING) === 0) return undefined;
    for (const one of this.#inFlight) {
      one.set ??= new Set(one.keys);
      if (one.set.has(key)) return one.delivery;
    }
    return undefined;
  }

  /** The alerts of these keys are in a delivery, until `finish` is called with its handle. */
  begin(keys: readonly AlertKey[], delivery: Promise<unknown>): InFlight {
    const handle: InFlight = { keys, delivery };
    this.#inFlight.add(handle);
    for (const key of keys) this.#recent.set(key, this.stateOf(key) | PENDING | COUNTED);
    return handle;
  }

  /** The delivery is over: the outputs of the mask have its alerts. */
  finish(handle: InFlight, mask: OutputMask): void {
    this.#inFlight.delete(handle);
    for (const key of handle.keys) this.#recent.set(key, ((this.stateOf(key) | mask) & ~PENDING) | COUNTED);
    if (this.#recent.size * 2 >= this.#limit || performance.now() - this.#since > GENERATION_MS) {
      this.#older = this.#recent;
      this.#recent = new MaskTable(this.#older.size);
      this.#since = performance.now();
    }
  }

  /** Outputs are gone: their bits will mean other ones. */
  forget(mask: OutputMask): void {
    this.#recent.clear(mask);
    this.#older.clear(mask);
  }
}

/** Outputs that have an alert of this state. */
export function deliveredTo(state: number): OutputMask {
  return state & ~(PENDING | COUNTED);
}

/** Whether an alert of this state is in the counts already. */
export function isCounted(state: number): boolean {
  return (state & COUNTED) !== 0;
}
