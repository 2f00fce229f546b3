// The outputs together: alerts in, a promise that holds when every required output has them. An output that is not required never
// holds anything up: what it cannot take in time is counted and dropped.

import type { OutputConfig } from './config.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import { openOutput } from './outputs/open-outputs.ts';
import { AlertBatch, type Output, type OutputAlert, type OutputEvents } from './outputs/output.ts';
import { MAX_OUTPUTS, type OutputMask } from './retry-window.ts';

/** Alerts that may wait for an output that is not required. */
const MAX_OPTIONAL_WAITING = 20_000;
const LET_GO_MS = 10_000;

export interface Handed {
  /** outputs that have the alerts, or need not have them */
  readonly mask: OutputMask;
  /** why a required output does not have them */
  readonly problem?: string;
}

interface Slot {
  readonly config: OutputConfig;
  readonly output: Output;
  readonly bit: OutputMask;
  waiting: number;
  spooled: number;
  /** of the last delivery */
  hasFailed: boolean;
}

export class Delivery {
  readonly #metrics: Metrics;
  readonly #log: Log;
  readonly #hostname: string;
  #slots: readonly Slot[] = [];
  /** an exchange of outputs that is going on: deliveries wait for it */
  #changing: Promise<unknown> | undefined;
  /** outputs that are gone and have not let go of everything yet */
  readonly #leaving = new Set<Promise<boolean>>();
  #isClosed = false;

  constructor(metrics: Metrics, log: Log, hostname: string) {
    this.#metrics = metrics;
    this.#log = log;
    this.#hostname = hostname;
    metrics.watchEach('output_waiting_alerts', 'Alerts on their way to an output', 'output', () =>
      this.#slots.map(({ output, waiting }) => [output.name, waiting] as const),
    );
    metrics.watchEach('output_spool_bytes', 'Alerts on disk that the receiver does not have', 'output', () =>
      this.#slots
        .filter(({ config }) => config.kind === 'http' && config.spool !== undefined)
        .map(({ output, spooled }) => [output.name, spooled] as const),
    );
  }

  /** Bits of all outputs. */
  get mask(): OutputMask {
    return this.#slots.reduce((mask, { bit }) => mask | bit, 0);
  }

  /** Names of required outputs whose last delivery failed. */
  get failing(): readonly string[] {
    return this.#slots.filter(({ config, hasFailed }) => config.required && hasFailed).map(({ output }) => output.name);
  }

  /**
   * Opens what is new, keeps what is as it was, closes what is gone; resolves with the bits that are free again.
   * @throws when an output cannot be opened, and then all are as they were
   */
  async configure(configs: readonly OutputConfig[]): Promise<OutputMask> {
    const change = this.#change(configs);
    this.#changing = change.catch(() => {});
    try {
      return await change;
    } finally {
      this.#changing = undefined;
    }
  }

  async #change(configs: readonly OutputConfig[]): Promise<OutputMask> {
    const before = this.#slots;
    const kept = before.filter((slot) => configs.some((config) => isEqual(config, slot.config)));
    const gone = before.filter((slot) => !kept.includes(slot));
    const opened: Slot[] = [];
    const added = configs.filter((config) => !kept.some((slot) => isEqual(config, slot.config)));
    // a spool may come back while the output that had it still sends
    if (added.some((config) => spoolOf(config) !== undefined && ownerOf(config, gone) === undefined)) {
      await Promise.all(this.#leaving);
    }
    try {
      let used = this.mask;
      for (const config of added) {
        const slot = this.#open(config, freeBit(used), ownerOf(config, gone));
        opened.push(slot);
        used |= slot.bit;
        await slot.output.check?.();
      }
    } catch (error) {
      await Promise.all(opened.map(({ output }) => this.#close(output, performance.now())));
      throw error;
    }
    await Promise.all(opened.map(({ output }) => output.start?.()));
    this.#slots = configs.map((config) => [...kept, ...opened].find((slot) => isEqual(config, slot.config))!);
    for (const { output } of gone) this.#leave(output);
    return gone.reduce((mask, { bit }) => mask | bit, 0);
  }

  /** Hands alerts to the outputs that do not have them yet; `done` says which do, for each alert. Never rejects. */
  async hand(alerts: readonly OutputAlert[], done: readonly OutputMask[]): Promise<Handed> {
    if (this.#changing !== undefined) await this.#changing;
    if (this.#isClosed) return { mask: 0, problem: 'stopping' };
    const whole = new AlertBatch(alerts);
    const isFirst = done.every((mask) => mask === 0);
    let mask = 0;
    let problem: string | undefined;
    const deliveries = this.#slots.map(async (slot) => {
      const batch = isFirst ? whole : new AlertBatch(alerts.filter((_, i) => (done[i]! & slot.bit) === 0));
      const delivery = this.#deliver(slot, batch);
      if (!slot.config.required) {
        mask |= slot.bit;
        return;
      }
      const failure = await delivery;
      if (failure === undefined) mask |= slot.bit;
      else problem = `${slot.output.name}: ${failure}`;
    });
    await Promise.all(deliveries);
    return problem === undefined ? { mask } : { mask, problem };
  }

  reopen(): void {
    for (const { output } of this.#slots) output.reopen?.();
  }

  /** False when an output could not let go by the deadline. */
  async close(deadline: number): Promise<boolean> {
    const closing = this.#slots.map(({ output }) => this.#close(output, deadline));
    const results = await Promise.all([...closing, ...this.#leaving]);
    this.#isClosed = true;
    this.#slots = [];
    return results.every((isClosed) => isClosed);
  }

  #leave(output: Output): void {
    const closed = this.#close(output, performance.now() + LET_GO_MS);
    this.#leaving.add(closed);
    void closed.then(() => this.#leaving.delete(closed));
  }

  async #close(output: Output, deadline: number): Promise<boolean> {
    const late = new Promise<boolean>((resolve) => {
      setTimeout(resolve, Math.max(0, deadline + 500 - performance.now()), false).unref();
    });
    const closed = output.close(deadline).then(
      () => true,
      (error: Error) => {
        this.#log.note(`output ${output.name}: ${error.message}`);
        return false;
      },
    );
    return Promise.race([closed, late]);
  }

  #open(config: OutputConfig, bit: OutputMask, before: Output | undefined): Slot {
    const events: OutputEvents = {
      retried: (count) => this.#metrics.retried(config.kind, count),
      dropped: (count) => this.#metrics.dropped(config.kind, count),
      spooled: (bytes) => {
        slot.spooled = bytes;
      },
      report: (message) => this.#log.report(`output ${config.kind}`, message),
    };
    const output = openOutput(config, this.#hostname, events, before);
    const slot: Slot = { config, output, bit, waiting: 0, spooled: 0, hasFailed: false };
    return slot;
  }

  /** What went wrong, if something did. */
  async #deliver(slot: Slot, batch: AlertBatch): Promise<string | undefined> {
    const { name } = slot.output;
    if (batch.size === 0) return undefined;
    if (!slot.config.required && slot.waiting + batch.size > MAX_OPTIONAL_WAITING) {
      this.#metrics.dropped(name, batch.size);
      return undefined;
    }
    slot.waiting += batch.size;
    try {
      await slot.output.deliver(batch);
      this.#metrics.delivered(name, batch.size);
      slot.hasFailed = false;
      return undefined;
    } catch (error) {
      const { message } = error as Error;
      this.#metrics.failed(name, batch.size);
      this.#log.report(`output ${name}`, message);
      slot.hasFailed = true;
      return message;
    } finally {
      slot.waiting -= batch.size;
    }
  }
}

function spoolOf(config: OutputConfig): string | undefined {
  return config.kind === 'http' ? config.spool?.directory : undefined;
}

/** A spool has one owner: the output that has it now hands it on. */
function ownerOf(config: OutputConfig, gone: readonly Slot[]): Output | undefined {
  const spool = spoolOf(config);
  return spool === undefined ? undefined : gone.find((slot) => spoolOf(slot.config) === spool)?.output;
}

function isEqual(a: OutputConfig, b: OutputConfig): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function freeBit(used: OutputMask): OutputMask {
  for (let place = 0; place < MAX_OUTPUTS; place++) if ((used & (1 << place)) === 0) return 1 << place;
  throw new Error('too many outputs');
}
