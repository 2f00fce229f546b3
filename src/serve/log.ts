// Lines on standard error for people, each with its time; how often the same thing is said is bounded, so that a client that sends
// garbage cannot fill a disk with it.

const WINDOW_MS = 10_000;
const LINES_PER_WINDOW = 20;

interface Subject {
  since: number;
  lines: number;
  silenced: number;
}

export class Log {
  readonly #write: (text: string) => void;
  readonly #subjects = new Map<string, Subject>();

  constructor(write: (text: string) => void = (text) => process.stderr.write(text)) {
    this.#write = write;
  }

  /** Always written: what happens a few times in the life of the process. */
  note(message: string): void {
    this.#write(`${new Date().toISOString()} falconet: ${message}\n`);
  }

  /**
   * About events, requests or an output: at most LINES_PER_WINDOW in WINDOW_MS on one subject, then a count, so that a client
   * that sends garbage hides nothing about others. Subjects are few: parts of the configuration, not of the input.
   */
  report(subject: string, message: string): void {
    const now = performance.now();
    const seen = this.#subjects.get(subject);
    const isNew = seen === undefined || now - seen.since > WINDOW_MS;
    if (isNew && seen !== undefined && seen.silenced > 0) {
      this.note(`${subject}: ${seen.silenced} more such lines were left out`);
    }
    const current = isNew ? { since: now, lines: 0, silenced: 0 } : seen;
    this.#subjects.set(subject, current);
    if (++current.lines <= LINES_PER_WINDOW) this.note(`${subject}: ${message}`);
    else current.silenced += 1;
  }
}
