// Alerts of requests in, which of them were handed to which output before: an API server that got no answer, or a bad one, sends the
// same events again. Bounded by count and by age: two generations of hashes, the older one let go when the newer is full.

import { randomBytes } from 'node:crypto';
import { hashEvent } from './identity.ts';
import { KeyedHash } from './keyed-hash.ts';

const GENERATION_MS = 600_000;

/** A bit for each output, by its place. */
export type OutputMask = number;

/** What an alert is told by. */
export type AlertKey = number;

export interface KeyedAlert {
  readonly offset: number;
  readonly length: number;
  readonly timeNs: bigint;
  readonly rule: string;
}

export class RetryWindow {
  readonly #limit: number;
  readonly #hash = new KeyedHash(randomBytes(8));
  /** a number for each name of a rule */
  readonly #rules = new Map<string, number>();
  #recent = new Map<AlertKey, OutputMask>();
  #older = new Map<AlertKey, OutputMask>();
  #since: number = Date.now();
  readonly #pending = new Map<AlertKey, Promise<unknown>>();

  /** `limit` alerts at most are remembered. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#recent.size + this.#older.size;
  }

  /** Undefined for an alert of an event that cannot be told from others. */
  keyOf(bytes: Uint8Array, { offset, length, timeNs, rule }: KeyedAlert): AlertKey | undefined {
    const hash = this.#hash;
    hash.start();
    hash.add(Number(timeNs & 0xffffffffn));
    hash.add(Number(timeNs >> 32n));
    hash.add(this.#ruleNumber(rule));
    return hashEvent(hash, bytes, offset, offset + length) ? hash.end() : undefined;
  }

  #ruleNumber(rule: string): number {
    let number = this.#rules.get(rule);
    if (number === undefined) {
      number = this.#rules.size;
      this.#rules.set(rule, number);
    }
    return number;
  }

  /** Outputs that have the alert. */
  deliveredTo(key: AlertKey): OutputMask {
    return this.#recent.get(key) ?? this.#older.get(key) ?? 0;
  }

  /** The delivery that the alert is in now. */
  pending(key: AlertKey): Promise<unknown> | undefined {
    return this.#pending.get(key);
  }

  begin(keys: readonly AlertKey[], delivery: Promise<unknown>): void {
    for (const key of keys) this.#pending.set(key, delivery);
  }

  /** The delivery is over, for the alerts of these keys. */
  finish(keys: readonly AlertKey[], mask: OutputMask): void {
    for (const key of keys) {
      this.#pending.delete(key);
      if (mask !== 0) this.#recent.set(key, mask | this.deliveredTo(key));
    }
    if (this.#recent.size * 2 >= this.#limit || Date.now() - this.#since > GENERATION_MS) {
      this.#older = this.#recent;
      this.#recent = new Map();
      this.#since = Date.now();
    }
  }

  /** An output is gone: its bit will mean another one. */
  forget(bit: OutputMask): void {
    for (const generation of [this.#recent, this.#older]) {
      for (const [key, mask] of generation) generation.set(key, mask & ~bit);
    }
  }
}
