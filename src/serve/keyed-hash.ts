// HalfSipHash-2-4 with 64 bits of output, of which 53 are given out as a number: short inputs under a key that nobody outside knows, so
// that nobody can make two of them meet. In JavaScript because a digest object of Node costs several times as much for 200 bytes; what
// is added is gathered first, as a loop over local variables is several times as fast as one over fields.

const FIRST_WORDS = 256;

export class KeyedHash {
  readonly #k0: number;
  readonly #k1: number;
  #words = new Int32Array(FIRST_WORDS);
  #bytes = new Uint8Array(this.#words.buffer);
  #count = 0;

  /** 8 bytes of key */
  constructor(key: Uint8Array) {
    const view = new DataView(key.buffer, key.byteOffset, 8);
    this.#k0 = view.getInt32(0, true);
    this.#k1 = view.getInt32(4, true);
  }

  start(): void {
    this.#count = 0;
  }

  /** A whole number of 32 bits. */
  add(word: number): void {
    this.#reserve(1);
    this.#words[this.#count++] = word;
  }

  /** The bytes and their number. */
  addBytes(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    const wordCount = (length + 3) >> 2;
    this.#reserve(wordCount + 1);
    if (wordCount > 0) this.#words[this.#count + wordCount - 1] = 0;
    const target = this.#bytes;
    let at = this.#count << 2;
    for (let i = start; i < end; i++) target[at++] = bytes[i]!;
    this.#count += wordCount;
    this.#words[this.#count++] = length;
  }

  /** 0 to 2^53 - 1 */
  end(): number {
    this.add(this.#count << 26);
    const words = this.#words;
    let v0 = this.#k0;
    let v1 = this.#k1 ^ 0xee;
    let v2 = 0x6c796765 ^ this.#k0;
    let v3 = 0x74656462 ^ this.#k1;
    let low = 0;
    // two rounds a word, then four for each half of the result
    const last = 2 * this.#count;
    for (let round = 0; round < last + 8; round++) {
      if (round < last && (round & 1) === 0) v3 ^= words[round >> 1]!;
      if (round === last) v2 ^= 0xee;
      if (round === last + 4) {
        low = (v1 ^ v3) >>> 0;
        v1 ^= 0xdd;
      }
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
      if (round < last && (round & 1) === 1) v0 ^= words[round >> 1]!;
    }
    return ((v1 ^ v3) >>> 11) * 2 ** 32 + low;
  }

  #reserve(count: number): void {
    if (this.#count + count <= this.#words.length) return;
    const larger = new Int32Array(Math.max(this.#count + count, 2 * this.#words.length));
    larger.set(this.#words.subarray(0, this.#count));
    this.#words = larger;
    this.#bytes = new Uint8Array(larger.buffer);
  }
}
