// Chunks of bytes in, blocks of whole lines out: a block ends at the last newline that has arrived, so that nothing waits
// for input that is yet to come and no line is cut in two. What is kept between chunks is the unfinished line, at most
// MAX_LINE bytes of it: a longer line is dropped as it arrives and reported.

/** An EventList of the API server's largest batches fits many times; one event of more than this is never buffered. */
export const MAX_LINE: number = 64 << 20;
/** A document is one payload and has to be in memory whole. */
export const MAX_DOCUMENT: number = 1 << 30;

const FIRST_CAPACITY = 2 << 20;
const NEWLINE = 10;

/** `bytes` may be used until the next block is asked for. `line` is the number of the first line, from 1. */
export type Block =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly line: number }
  | { readonly kind: 'oversize'; readonly line: number };

/** Blocks of whole lines; the last one may lack its newline. */
export async function* lineBlocks(chunks: AsyncIterable<Uint8Array>, limit: number = MAX_LINE): AsyncGenerator<Block> {
  const kept = new Accumulator();
  let line = 1;
  let isSkipping = false;
  for await (const arrived of chunks) {
    let chunk = arrived;
    const lineEnd = chunk.indexOf(NEWLINE);
    if (!isSkipping && kept.length + (lineEnd < 0 ? chunk.length : lineEnd) > limit) {
      isSkipping = true;
      kept.clear();
      yield { kind: 'oversize', line };
    }
    if (isSkipping) {
      if (lineEnd < 0) continue;
      chunk = chunk.subarray(lineEnd + 1);
      line += 1;
      isSkipping = false;
    }
    const cut = chunk.lastIndexOf(NEWLINE) + 1;
    if (cut > 0) {
      kept.append(chunk.subarray(0, cut));
      yield { kind: 'bytes', bytes: kept.bytes(), line };
      line += countNewlines(chunk.subarray(0, cut));
      kept.clear();
    }
    kept.append(chunk.subarray(cut));
  }
  if (kept.length > 0) yield { kind: 'bytes', bytes: kept.bytes(), line };
}

/** All bytes as one block. */
export async function* documentBlock(
  chunks: AsyncIterable<Uint8Array>,
  limit: number = MAX_DOCUMENT,
): AsyncGenerator<Block> {
  const kept = new Accumulator();
  for await (const chunk of chunks) {
    if (kept.length + chunk.length > limit) {
      yield { kind: 'oversize', line: 1 };
      return;
    }
    kept.append(chunk);
  }
  if (kept.length > 0) yield { kind: 'bytes', bytes: kept.bytes(), line: 1 };
}

export function countNewlines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}

/** A byte buffer that grows by doubling and is used again, unless one long line made it large. */
class Accumulator {
  #buffer = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.bytes());
      this.#buffer = larger;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }

  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
    if (this.#buffer.length > FIRST_CAPACITY) this.#buffer = new Uint8Array(FIRST_CAPACITY);
  }
}
