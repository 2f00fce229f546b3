// Lines on standard error for people, each with its time; how often the same thing is said is bounded, so that a client that sends
// garbage cannot fill a disk with it.

const WINDOW_MS = 10_000;
const LINES_PER_WINDOW = 20;

export class Log {
  readonly #write: (text: string) => void;
  #since = 0;
  #lines = 0;
  #silenced = 0;

  constructor(write: (text: string) => void = (text) => process.stderr.write(text)) {
    this.#write = write;
  }

  /** Always written: what happens a few times in the life of the process. */
  note(message: string): void {
    this.#write(`${new Date().toISOString()} falconet: ${message}\n`);
  }

  /** About an event, a request or an output: at most LINES_PER_WINDOW in WINDOW_MS, then a count. */
  report(message: string): void {
    const now = Date.now();
    if (now - this.#since > WINDOW_MS) {
      if (this.#silenced > 0) this.note(`${this.#silenced} more such lines were left out`);
      [this.#since, this.#lines, this.#silenced] = [now, 0, 0];
    }
    if (++this.#lines <= LINES_PER_WINDOW) this.note(message);
    else this.#silenced += 1;
  }
}
