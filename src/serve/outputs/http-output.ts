// Alerts to an HTTP receiver such as falcosidekick. Without a spool an alert is handed over when the receiver has it, within
// HAND_OVER_MS of trying. With one it is handed over when it is on disk, and sent from there in the background, also by the next
// process.

import type { HttpOutputConfig } from '../config.ts';
import { HttpClient } from './http-client.ts';
import type { AlertBatch, Output, OutputEvents } from './output.ts';
import { Spool } from './spool.ts';

/** Less than the 30 s that an API server waits for an answer, so that it hears 503 and not silence. */
const HAND_OVER_MS = 20_000;
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
    const end = Date.now() + HAND_OVER_MS;
    try {
      const isDone = await this.#client.sendAll(batch.lines('json'), () => this.#isClosed || Date.now() > end);
      if (!isDone) throw new Error('the receiver does not take alerts');
    } finally {
      this.#waiting -= batch.size;
    }
  }

  async close(deadline: number): Promise<void> {
    while (this.#waiting > 0 && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    this.#isClosed = true;
    this.#client.close();
  }
}

export class SpooledHttpOutput implements Output {
  readonly name = 'http';
  readonly #client: HttpClient;
  readonly #spool: Spool;
  readonly #events: OutputEvents;
  readonly #sending: Promise<void>;
  #isClosed = false;
  #isDraining = false;
  #deadline = Number.MAX_SAFE_INTEGER;

  constructor(config: HttpOutputConfig, events: OutputEvents) {
    this.#client = new HttpClient(config, events);
    this.#spool = new Spool(config.spool!.directory, config.spool!.maxSize);
    this.#events = events;
    this.#sending = this.#send();
  }

  async deliver(batch: AlertBatch): Promise<void> {
    await this.#spool.append(batch.joined('json'));
    this.#events.spooled(this.#spool.backlog);
  }

  /** Sends on until the receiver has everything or the time is up; the rest is the next process's. */
  async close(deadline: number): Promise<void> {
    this.#isDraining = true;
    this.#deadline = deadline;
    const timer = setTimeout(() => this.#stop(), Math.max(0, deadline - Date.now()));
    this.#spool.poke();
    await this.#sending;
    clearTimeout(timer);
    this.#stop();
    await this.#spool.close();
  }

  #stop(): void {
    this.#isClosed = true;
    this.#spool.poke();
    this.#client.close();
  }

  #isOver(): boolean {
    return this.#isClosed || Date.now() > this.#deadline || (this.#isDraining && this.#spool.backlog === 0);
  }

  async #send(): Promise<void> {
    for (;;) {
      const lines = await this.#spool.next(() => this.#isOver());
      if (lines === undefined) return;
      if (!(await this.#client.sendAll(lines, () => this.#isClosed || Date.now() > this.#deadline))) return;
      this.#spool.advance(lines);
      this.#events.spooled(this.#spool.backlog);
    }
  }
}
