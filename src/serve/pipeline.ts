// Bytes of events in, counts and a delivery of their alerts out. Evaluation is one synchronous call, so a rule set that is exchanged
// is exchanged between two payloads: every event is evaluated by exactly one of the two.

import type { Alert, Counts, Engine, Rejection } from '../runtime/index.ts';
import type { Delivery } from './delivery.ts';
import type { Metrics } from './metrics.ts';
import { type AlertKey, deliveredTo, isCounted, RetryWindow } from './retry-window.ts';

export interface Outcome {
  readonly counts: Counts;
  readonly rejections: readonly Rejection[];
  readonly alerts: number;
  /** settles when every required output has the alerts, with the problem of one that does not; never rejects */
  readonly delivered: Promise<string | undefined>;
}

const TRY_AGAIN_MS = 500;
const NOTHING: Promise<undefined> = Promise.resolve(undefined);

/** The part of a request's alerts that some output does not have. */
interface Fresh {
  readonly alerts: Alert[];
  readonly keys: AlertKey[];
  /** outputs that have each of the alerts */
  readonly done: number[];
  /** alerts that were never handed over before */
  readonly uncounted: Alert[];
  /** deliveries of other requests that these alerts are in */
  readonly waits: Set<Promise<unknown>>;
}

export class Pipeline {
  readonly #delivery: Delivery;
  readonly #metrics: Metrics;
  readonly #window: RetryWindow | undefined;
  #engine: Engine;

  /** `retryWindow`: alerts to remember, 0 for none */
  constructor(engine: Engine, delivery: Delivery, metrics: Metrics, retryWindow: number) {
    this.#engine = engine;
    this.#delivery = delivery;
    this.#metrics = metrics;
    this.#window = retryWindow === 0 ? undefined : new RetryWindow(retryWindow);
    metrics.watch('retry_window_alerts', 'Alerts remembered to recognise retries', () => this.#window?.size ?? 0);
    metrics.watch('engine_memory_bytes', 'Memory of the engine', () => this.#engine.memorySize);
  }

  /** The next payload is evaluated by this engine. */
  exchange(engine: Engine): void {
    this.#engine = engine;
  }

  /** Outputs are gone: what they had does not count for others. */
  forgetOutputs(bits: number): void {
    if (bits !== 0) this.#window?.forget(bits);
  }

  /**
   * Evaluates a request's body, a document; alerts that an earlier request brought are left out.
   * @throws when the engine runs out of memory
   */
  evaluateRequest(source: string, body: Buffer): Outcome {
    const { alerts, counts, rejections } = this.#engine.evaluate(body, { framing: 'document' });
    this.#metrics.counted(source, counts);
    const { length } = alerts;
    if (length === 0) return { counts, rejections, alerts: 0, delivered: NOTHING };
    const delivered =
      this.#window === undefined
        ? this.#deliver(source, alerts, () => false)
        : this.#deliverOnce(source, body, alerts, this.#window);
    return { counts, rejections, alerts: length, delivered };
  }

  /**
   * Evaluates lines that are all meant, repeated or not. Alerts are handed over until outputs have them or `persists` says no.
   * @throws when the engine runs out of memory
   */
  evaluateLines(source: string, lines: Buffer, persists: () => boolean): Outcome {
    const { alerts, counts, rejections } = this.#engine.evaluate(lines, { framing: 'lines' });
    this.#metrics.counted(source, counts);
    const delivered = alerts.length === 0 ? NOTHING : this.#deliver(source, alerts, persists);
    return { counts, rejections, alerts: alerts.length, delivered };
  }

  async #deliver(source: string, alerts: readonly Alert[], persists: () => boolean): Promise<string | undefined> {
    this.#metrics.alerted(source, alerts);
    for (let mask = 0; ; ) {
      const handed = await this.#delivery.hand(
        alerts,
        alerts.map(() => mask),
      );
      if (handed.problem === undefined || !persists()) return handed.problem;
      mask |= handed.mask;
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }

  async #deliverOnce(
    source: string,
    bytes: Buffer,
    alerts: readonly Alert[],
    window: RetryWindow,
  ): Promise<string | undefined> {
    const fresh = this.#freshAlerts(window, bytes, alerts);
    this.#metrics.repeated(alerts.length - fresh.alerts.length);
    this.#metrics.alerted(source, fresh.uncounted);
    const handing = this.#delivery.hand(fresh.alerts, fresh.done);
    const delivery = handing.then(({ mask, problem }) => {
      window.finish(handle, mask);
      return problem;
    });
    const handle = window.begin(fresh.keys, delivery);
    const problems = await Promise.all([delivery, ...fresh.waits]);
    return problems.find((problem) => problem !== undefined) as string | undefined;
  }

  /** Alerts that some output does not have, those of this very request aside. */
  #freshAlerts(window: RetryWindow, bytes: Buffer, alerts: readonly Alert[]): Fresh {
    const fresh: Fresh = { alerts: [], keys: [], done: [], uncounted: [], waits: new Set() };
    const all = this.#delivery.mask;
    for (const alert of alerts) {
      const key = window.keyOf(bytes, alert);
      const state = key === undefined ? 0 : window.stateOf(key);
      const done = deliveredTo(state) & all;
      const pending = key === undefined ? undefined : window.pending(key, state);
      if (pending !== undefined) fresh.waits.add(pending);
      else if (done !== all) {
        fresh.alerts.push(alert);
        fresh.done.push(done);
        if (!isCounted(state)) fresh.uncounted.push(alert);
        if (key !== undefined) fresh.keys.push(key);
      }
    }
    return fresh;
  }
}
