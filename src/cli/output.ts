// Standard output, for every command. A write is over when the reader on the other side has room again, so a slow reader
// slows the run down instead of filling memory; a reader that goes away ends the run without a word. Every other error is
// told by whoever writes: `print` fails with it, `write` keeps it for a command that has last words of its own.

import type { Writable } from 'node:stream';
import { loadFailure, reasonOf } from './failure.ts';

export class Output {
  readonly #stream: Writable;
  #isClosed = false;
  #error: NodeJS.ErrnoException | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error) => this.#close(error));
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
  async write(text: string | Uint8Array): Promise<void> {
    if (this.#isClosed || text.length === 0) return;
    try {
      const error = await new Promise<Error | null | undefined>((done) => this.#stream.write(text, done));
      if (error) this.#close(error);
    } catch (error) {
      // a file is written at once, and says at once what it has against it
      this.#close(error as Error);
    }
  }

  /** As `write`, but fails with why it could not be written, unless the reader went away. */
  async print(text: string | Uint8Array): Promise<void> {
    await this.write(text);
    if (this.#error !== undefined) throw loadFailure(`<stdout>: ${reasonOf(this.#error)}`);
  }

  #close(error: NodeJS.ErrnoException): void {
    this.#isClosed = true;
    if (error.code !== 'EPIPE') this.#error = error;
  }
}
