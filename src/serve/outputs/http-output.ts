// Alerts to an HTTP receiver such as falcosidekick. Without a spool an alert is handed over when the receiver has it, within
// HAND_OVER_MS of trying. With one it is handed over when it is on disk, and sent from there in the background, also by the next
// process.

import type { HttpOutputConfig } from '../config.ts';
import { HttpClient } from './http-client.ts';
import type { AlertBatch, Output, OutputEvents } from './output.ts';
import { Spool } from './spool.ts';

/** Less than the 30 s that an API server waits for an answer, so that it hears 503 and not silence. */
const HAND_OVER_MS = 20_000;
/** An output that another takes the place of finishes what it is sending. */
const HAND_ON_MS = 2_000;
const TRY_AGAIN_MS = 1_000;
/** Alerts that wait in memory for a receiver, without a spool. */
const MAX_WAITING = 50_000;

export class DirectHttpOutput implements Output {
  readonly name = 'http';
  readonly #client: HttpClient;
  #isClosed = false;
  #waiting = 0;

  constructor(config: HttpOutputConfig, events: OutputEvents) {
    this.#client = new HttpClient(config, events);
  }

  async deliver(batch: AlertBatch): Promise<void> {
    if (this.#waiting > 0 && this.#waiting + batch.size > MAX_WAITING)
      throw new Error('too many alerts wait for the receiver');
    this.#waiting += batch.size;
    const end = performance.now() + HAND_OVER_MS;
    try {
      const isDone = await this.#client.sendAll(batch.lines('json'), () => this.#isClosed || performance.now() > end);
      if (!isDone) throw new Error('the receiver does not take alerts');
    } finally {
      this.#waiting -= batch.size;
    }
  }

  async close(deadline: number): Promise<void> {
    while (this.#waiting > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    this.#isClosed = true;
    this.#client.close();
  }
}

export class SpooledHttpOutput implements Output {
  readonly name = 'http';
  readonly #config: HttpOutputConfig;
  readonly #client: HttpClient;
  readonly #events: OutputEvents;
  /** the output with the same spool that this one takes the place of */
  readonly #before: SpooledHttpOutput | undefined;
  #spool: Spool | undefined;
  #sending: Promise<void> | undefined;
  #isClosed = false;
  #isDraining = false;
  #isReleased = false;
  #deadline: number = Number.MAX_SAFE_INTEGER;

  /** @throws when a certificate file cannot be read */
  constructor(config: HttpOutputConfig, events: OutputEvents, before?: SpooledHttpOutput) {
    this.#config = config;
    this.#client = new HttpClient(config, events);
    this.#events = events;
    this.#before = before;
  }

  async check(): Promise<void> {
    const { directory, maxSize } = this.#config.spool!;
    if (this.#before === undefined) this.#spool = await Spool.open(directory, maxSize);
  }

  /** What waits in the spool is sent from now on, by this output alone. */
  async start(): Promise<void> {
    if (this.#before !== undefined) {
      this.#spool = this.#before.#spool!;
      this.#spool.maxSize = this.#config.spool!.maxSize;
      await this.#before.#release();
    }
    this.#events.spooled(this.#spool!.backlog);
    this.#sending = this.#send();
  }

  async deliver(batch: AlertBatch): Promise<void> {
    await this.#spool!.append(batch.joined('json'));
    this.#events.spooled(this.#spool!.backlog);
  }

  /** Sends on until the receiver has everything or the time is up; the rest is the next process's. */
  async close(deadline: number): Promise<void> {
    await this.#end(deadline);
    if (!this.#isReleased) await this.#spool?.close();
  }

  /** The spool is another output's. */
  async #release(): Promise<void> {
    this.#isReleased = true;
    await this.#end(performance.now() + HAND_ON_MS);
  }

  async #end(deadline: number): Promise<void> {
    this.#isDraining = true;
    this.#deadline = deadline;
    const timer = setTimeout(() => this.#stop(), Math.max(0, deadline - performance.now()));
    this.#spool?.poke();
    await this.#sending;
    clearTimeout(timer);
    this.#stop();
  }

  #stop(): void {
    this.#isClosed = true;
    this.#spool?.poke();
    this.#client.close();
  }

  #isOver(): boolean {
    if (this.#isClosed || performance.now() > this.#deadline) return true;
    return this.#isDraining && (this.#isReleased || this.#spool!.backlog === 0);
  }

  async #send(): Promise<void> {
    while (!this.#isOver()) {
      try {
        if (!(await this.#sendNext())) return;
      } catch (error) {
        this.#events.report(`the spool cannot be read: ${(error as Error).message}`);
        await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
      }
    }
  }

  /** False when it is over. */
  async #sendNext(): Promise<boolean> {
    const spool = this.#spool!;
    const lines = await spool.next(() => this.#isOver());
    if (lines === undefined) return false;
    if (!(await this.#client.sendAll(lines, () => this.#isClosed || performance.now() > this.#deadline))) return false;
    spool.advance(lines);
    this.#events.spooled(spool.backlog);
    return true;
  }
}
