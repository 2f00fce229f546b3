// Bytes of a file as they are read in, whole lines out. What is kept is the line that has not ended; when it grows beyond the limit
// it is dropped as it arrives.

export const MAX_LINE: number = 64 << 20;
const NEWLINE = 10;

export class LineBuffer {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #length = 0;
  #isSkipping = false;

  constructor(limit: number = MAX_LINE) {
    this.#limit = limit;
  }

  /** Bytes that were read and belong to no whole line yet. */
  get length(): number {
    return this.#length;
  }

  /** Takes bytes; returns the lines that are whole now, if any, and whether one was too long. Copies what it keeps. */
  take(bytes: Buffer): { readonly lines?: Buffer; readonly isOversize: boolean } {
    const cut = bytes.lastIndexOf(NEWLINE) + 1;
    if (cut === 0) {
      this.#keep(bytes);
      return { isOversize: false };
    }
    const isOversize = this.#isSkipping;
    let whole = bytes.subarray(0, cut);
    if (isOversize) {
      whole = whole.subarray(whole.indexOf(NEWLINE) + 1);
      this.clear();
    }
    const lines = this.#parts.length === 0 ? whole : Buffer.concat([...this.#parts, whole]);
    this.clear();
    this.#keep(bytes.subarray(cut));
    return lines.length === 0 ? { isOversize } : { lines, isOversize };
  }

  /** The line that has not ended. */
  rest(): Buffer {
    return Buffer.concat(this.#parts);
  }

  clear(): void {
    this.#parts = [];
    this.#length = 0;
    this.#isSkipping = false;
  }

  #keep(bytes: Buffer): void {
    this.#length += bytes.length;
    if (this.#length > this.#limit) {
      this.#isSkipping = true;
      this.#parts = [];
    } else if (bytes.length > 0) this.#parts.push(Buffer.from(bytes));
  }
}
