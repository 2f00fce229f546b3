// The bounded queue of the webhook: bodies that are arriving, and bodies whose alerts some output does not have yet, by their bytes.
// What does not fit is refused with the number of seconds after which the queue should have room, so that the API server
// keeps the events: it tries a batch ten times in each of five rounds, that many seconds apart.

const LONGEST_RETRY_AFTER = 10;
/** Shorter than this, nothing is known about the rate. */
const RATE_WINDOW_MS = 2_000;

export class Queue {
  readonly #capacity: number;
  #bytes = 0;
  #requests = 0;
  /** bytes done in the window that began at #since, and the rate of the window before */
  #done = 0;
  #since: number = Date.now();
  #rate = 0;
  #lastDone: number = Date.now();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get requests(): number {
    return this.#requests;
  }

  /** A request comes in, if there is room for one of this size; a single body always fits into an empty queue. */
  enter(expected: number): boolean {
    if (this.#bytes > 0 && this.#bytes + expected > this.#capacity) return false;
    if (this.#requests === 0) this.#lastDone = Date.now();
    this.#requests += 1;
    return true;
  }

  /** More of a body has arrived; false when there is no room for it. */
  add(bytes: number): boolean {
    this.#bytes += bytes;
    return this.#bytes <= this.#capacity || this.#requests === 1;
  }

  /** A request is over, with as many bytes as it added. */
  leave(bytes: number): void {
    this.#bytes -= bytes;
    this.#requests -= 1;
    this.#done += bytes;
    this.#lastDone = Date.now();
    const age = Date.now() - this.#since;
    if (age >= RATE_WINDOW_MS) {
      this.#rate = this.#done / age;
      this.#done = 0;
      this.#since = Date.now();
    }
  }

  /** Milliseconds since something left, while something waits. */
  get stalledMs(): number {
    return this.#requests === 0 ? 0 : Date.now() - this.#lastDone;
  }

  /** Seconds, from the rate at which the queue empties; a queue that stands still names what it has stood, up to the longest. */
  retryAfter(): number {
    const rate = Math.max(this.#rate, this.#done / Math.max(RATE_WINDOW_MS, Date.now() - this.#since));
    const drain = rate === 0 ? LONGEST_RETRY_AFTER : this.#bytes / 2 / rate / 1000;
    const stalled = this.stalledMs > RATE_WINDOW_MS ? this.stalledMs / 1000 : 0;
    return Math.min(LONGEST_RETRY_AFTER, Math.max(1, Math.ceil(drain), Math.ceil(stalled)));
  }
}
