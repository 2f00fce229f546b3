// One worker of a pool and the batches that it has been sent. It answers in their order, so the first one is the one that it works
// on; a second one waits inside the worker, which then need not wait for the pool between two batches.

import { keepAlive, listen, type PoolWorker } from './worker-host.ts';
import type { BatchAnswer, BatchMessage, StartAnswer, StartMessage } from './worker-messages.ts';

export interface MemberEvents<Job> {
  onReady(): void;
  /** what a batch came to; the member is free for another one */
  onAnswer(job: Job, answer: BatchAnswer): void;
  /** the worker is gone: the batches that it had, the one it worked on first */
  onFailure(reason: string, jobs: readonly Job[]): void;
}

export class PoolMember<Job> {
  readonly #worker: PoolWorker;
  readonly #events: MemberEvents<Job>;
  readonly #jobs: Job[] = [];
  #isReady = false;
  #isOver = false;

  constructor(worker: PoolWorker, start: StartMessage, events: MemberEvents<Job>) {
    this.#worker = worker;
    this.#events = events;
    listen(
      worker,
      (message) => this.#receive(message as StartAnswer | BatchAnswer),
      (reason) => this.#fail(reason),
    );
    worker.postMessage(start);
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /** Batches sent and not answered. */
  get load(): number {
    return this.#jobs.length;
  }

  send(job: Job, message: BatchMessage): void {
    if (this.#jobs.length === 0) keepAlive(this.#worker, true);
    this.#jobs.push(job);
    this.#worker.postMessage(message);
  }

  async terminate(): Promise<void> {
    this.#isOver = true;
    await this.#worker.terminate();
  }

  #receive(answer: StartAnswer | BatchAnswer): void {
    if (this.#isOver) return;
    if (answer.kind === 'ready') this.#begin();
    else if (this.#isReady) this.#finish(answer);
    else if (answer.kind === 'failed') this.#fail(answer.message);
  }

  #begin(): void {
    this.#isReady = true;
    keepAlive(this.#worker, false);
    this.#events.onReady();
  }

  #finish(answer: BatchAnswer): void {
    const job = this.#jobs.shift()!;
    if (this.#jobs.length === 0) keepAlive(this.#worker, false);
    this.#events.onAnswer(job, answer);
  }

  #fail(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    void this.#worker.terminate();
    this.#events.onFailure(reason, this.#jobs.splice(0));
  }
}
