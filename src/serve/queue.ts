// The bounded queue of the webhook: bodies that are arriving, and bodies whose alerts some output does not have yet, by their bytes.
// What does not fit is refused with the number of seconds after which the queue should have room, so that the API server
// keeps the events: it tries a batch ten times in each of five rounds, that many seconds apart.

/** Whatever their size: a request costs some kilobytes beside its body, and clients may send many on one connection. */
const MAX_REQUESTS = 4_096;
const LONGEST_RETRY_AFTER = 10;
/** Shorter than this, nothing is known about the rate. */
const RATE_WINDOW_MS = 2_000;

/** A body that is slower than this has to make room when there is none for others. */
const SLOW_MS = 3_000;

/** One request's part of the queue. */
export class Ticket {
  /** how much of it has arrived */
  bytes = 0;
  readonly since: number = performance.now();
  /** while the body arrives: gives it up */
  evict: (() => void) | undefined;
}

export class Queue {
  readonly #capacity: number;
  readonly #tickets = new Set<Ticket>();
  #bytes = 0;
  /** bytes done in the window that began at #since, and the rate of the window before */
  #done = 0;
  #since: number = performance.now();
  #rate = 0;
  #lastDone: number = performance.now();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get requests(): number {
    return this.#tickets.size;
  }

  /** A request comes in, if there is room for one of this size; a single body always fits into an empty queue. */
  enter(expected: number): Ticket | undefined {
    if (!this.#hasRoom(expected) && !this.#makeRoom(expected)) return undefined;
    if (this.#tickets.size === 0) this.#lastDone = performance.now();
    const ticket = new Ticket();
    this.#tickets.add(ticket);
    return ticket;
  }

  /** More of a body has arrived; false when there is no room for it. */
  add(ticket: Ticket, bytes: number): boolean {
    if (!this.#tickets.has(ticket)) return false;
    ticket.bytes += bytes;
    this.#bytes += bytes;
    return this.#bytes <= this.#capacity || this.#tickets.size === 1 || this.#makeRoom(0, ticket);
  }

  /** A body became more than it was: alerts that wait. They are there, so they are not refused. */
  charge(ticket: Ticket, bytes: number): void {
    if (!this.#tickets.has(ticket)) return;
    ticket.bytes += bytes;
    this.#bytes += bytes;
  }

  /** What waits takes so much that no other body should become more than it is. */
  get isOverfull(): boolean {
    return this.#bytes > 2 * this.#capacity && this.#tickets.size > 1;
  }

  /** Gives up the bodies that arrive slowly. */
  giveUpSlow(): void {
    for (const ticket of this.#slow()) this.#giveUp(ticket);
  }

  /** A request is over. */
  leave(ticket: Ticket): void {
    if (!this.#remove(ticket)) return;
    this.#done += ticket.bytes;
    this.#lastDone = performance.now();
    const age = performance.now() - this.#since;
    if (age >= RATE_WINDOW_MS) {
      this.#rate = this.#done / age;
      this.#done = 0;
      this.#since = performance.now();
    }
  }

  #hasRoom(expected: number): boolean {
    if (this.#tickets.size >= MAX_REQUESTS) return false;
    return this.#bytes === 0 || this.#bytes + expected <= this.#capacity;
  }

  /** Bodies that arrive slowly, the oldest first, go: a few clients that stall cannot keep everybody else out. */
  #makeRoom(expected: number, exempt?: Ticket): boolean {
    for (const ticket of this.#slow()) {
      if (ticket === exempt) continue;
      this.#giveUp(ticket);
      if (this.#hasRoom(expected)) return true;
    }
    return false;
  }

  *#slow(): Iterable<Ticket> {
    const slowest = performance.now() - SLOW_MS;
    // in the order in which they came
    for (const ticket of this.#tickets) {
      if (ticket.since > slowest) return;
      if (ticket.evict !== undefined) yield ticket;
    }
  }

  #giveUp(ticket: Ticket): void {
    this.#remove(ticket);
    ticket.evict?.();
  }

  #remove(ticket: Ticket): boolean {
    if (!this.#tickets.delete(ticket)) return false;
    this.#bytes -= ticket.bytes;
    return true;
  }

  /** Milliseconds since something left, while something waits. */
  get stalledMs(): number {
    return this.#tickets.size === 0 ? 0 : performance.now() - this.#lastDone;
  }

  /** Seconds, from the rate at which the queue empties; a queue that stands still names what it has stood, up to the longest. */
  retryAfter(): number {
    const rate = Math.max(this.#rate, this.#done / Math.max(RATE_WINDOW_MS, performance.now() - this.#since));
    const drain = rate === 0 ? LONGEST_RETRY_AFTER : this.#bytes / 2 / rate / 1000;
    const stalled = this.stalledMs > RATE_WINDOW_MS ? this.stalledMs / 1000 : 0;
    return Math.min(LONGEST_RETRY_AFTER, Math.max(1, Math.ceil(drain), Math.ceil(stalled)));
  }
}
