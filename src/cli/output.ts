// Standard output for alerts. A write is over when the reader on the other side has room again, so a slow reader slows
// the run down instead of filling memory; a reader that goes away ends the run without a word.

import type { Writable } from 'node:stream';

export class Output {
  readonly #stream: Writable;
  #isClosed = false;
  #error: NodeJS.ErrnoException | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      this.#isClosed = true;
      if (error.code !== 'EPIPE') this.#error = error;
    });
  }

  /** Nobody reads any more: further writes do nothing. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Why writing failed, unless the reader went away. */
  get error(): Error | undefined {
    return this.#error;
  }

  /** Resolves when the text is handed over; never fails. */
  async write(text: string): Promise<void> {
    if (this.#isClosed || text === '') return;
    const error = await new Promise<Error | null | undefined>((resolve) => this.#stream.write(text, resolve));
    if (error) this.#isClosed = true;
  }
}
