// Decompression that gives out everything it could read before it fails. A plain pipe through zlib loses the last output
// of a truncated file: the final flush and the end of the data are one step there, and an error discards that step.

import { createGunzip, type Gunzip } from 'node:zlib';

const OUTPUT_CHUNK_SIZE = 256 << 10;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

/** The decompressed chunks; fails with zlib's error after the last readable one. */
export async function* gunzipChunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_CHUNK_SIZE });
  const events = new Watch(gunzip);
  try {
    for await (const chunk of chunks) {
      let isWritten = false;
      gunzip.write(chunk, () => {
        isWritten = true;
        events.wake();
      });
      yield* events.outputUntil(() => isWritten);
      // bytes after the last member are not gzip: the file is over
      if (events.isEnded) return;
    }
    gunzip.end();
    yield* events.outputUntil(() => false);
  } finally {
    gunzip.destroy();
  }
}

/** Waits for whatever the stream does next. */
class Watch {
  readonly #stream: Gunzip;
  #wake: () => void = () => {};
  #error: Error | undefined;
  isEnded = false;

  constructor(stream: Gunzip) {
    this.#stream = stream;
    stream.on('readable', () => this.wake());
    stream.on('end', () => {
      this.isEnded = true;
      this.wake();
    });
    stream.on('error', (error) => {
      this.#error = error;
      this.wake();
    });
  }

  wake(): void {
    this.#wake();
  }

  /** Gives out what can be read, until `isDone` or the end. */
  async *outputUntil(isDone: () => boolean): AsyncGenerator<Uint8Array> {
    for (;;) {
      const next = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      for (let chunk = this.#stream.read(); chunk !== null; chunk = this.#stream.read()) yield chunk;
      if (this.#error !== undefined) throw this.#error;
      if (this.isEnded || isDone()) return;
      await next;
    }
  }
}
