// Copies of batches where workers can read them: in shared memory that is used again and again, or, in a page that is not
// cross-origin isolated and has none, in memory that is copied once more when it is posted.

/** bytes */
export const WORD = 8;
const SMALLEST: number = 64 << 10;
/** Larger ones are left to the garbage collector. */
const LARGEST_KEPT: number = 8 << 20;

export function hasSharedMemory(): boolean {
  return typeof SharedArrayBuffer !== 'undefined';
}

export function isShared(bytes: Uint8Array): boolean {
  return hasSharedMemory() && bytes.buffer instanceof SharedArrayBuffer;
}

export class BatchBuffers {
  readonly #free: ArrayBufferLike[] = [];
  readonly #limit: number;

  /** Keeps at most `limit` buffers. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** The bytes themselves when they are shared, else a copy. */
  take(bytes: Uint8Array): Uint8Array {
    if (isShared(bytes)) return bytes;
    if (!hasSharedMemory()) return bytes.slice();
    const needed = bytes.length + WORD;
    const at = this.#free.findIndex((buffer) => buffer.byteLength >= needed);
    const buffer = at < 0 ? new SharedArrayBuffer(capacityFor(needed)) : this.#free.splice(at, 1)[0]!;
    const copy = placeLike(bytes, buffer);
    copy.set(bytes);
    return copy;
  }

  /** Takes back what `take` returned for `bytes`, when no worker reads it any more. */
  release(copy: Uint8Array, isCopy: boolean): void {
    if (!isCopy || !isShared(copy) || copy.buffer.byteLength > LARGEST_KEPT) return;
    if (this.#free.length === this.#limit) this.#free.shift();
    this.#free.push(copy.buffer);
  }
}

/**
 * Room for a copy of `bytes`, at the same distance from a word's border: only then are bytes copied from and to shared memory
 * by words (measured 8 GB/s, one by one 1 GB/s).
 */
export function placeLike(bytes: Uint8Array, buffer: ArrayBufferLike): Uint8Array {
  return new Uint8Array(buffer, bytes.byteOffset % WORD, bytes.length);
}

function capacityFor(length: number): number {
  let capacity = SMALLEST;
  while (capacity < length) capacity *= 2;
  return capacity;
}
