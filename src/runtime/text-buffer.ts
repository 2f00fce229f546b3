// A text under construction, as bytes: widths and list lengths count bytes, and what is cut in the middle of a character may
// be completed by what follows. Only the finished text is decoded; what is not UTF-8 then becomes U+FFFD.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const BLANK = 0x20;

/** Text of bytes; each ill-formed sequence is one U+FFFD. */
export function decodeText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

export class TextBuffer {
  #bytes: Uint8Array = new Uint8Array(1024);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  appendText(text: string): void {
    // UTF-8 takes at most three bytes per UTF-16 unit
    this.#reserve(3 * text.length);
    this.#length += encoder.encodeInto(text, this.#bytes.subarray(this.#length)).written;
  }

  /** Cuts the text to `length` bytes. */
  cut(length: number): void {
    if (this.#length > length) this.#length = length;
  }

  /** Fills the text up to `length` bytes with blanks. */
  pad(length: number): void {
    if (this.#length >= length) return;
    this.#reserve(length - this.#length);
    this.#bytes.fill(BLANK, this.#length, length);
    this.#length = length;
  }

  /** The text; the buffer is empty afterwards. */
  take(): string {
    const text = decodeText(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    return text;
  }

  #reserve(byteLength: number): void {
    const needed = this.#length + byteLength;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }
}
