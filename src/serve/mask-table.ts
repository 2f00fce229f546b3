// Whole numbers up to 2^53, not 0, to 32 bits each: an open hash table over typed arrays, as a Map of so many numbers costs several times
// the time and leaves its garbage. Keys are hashes already, so their low bits are the place.

const FIRST_CAPACITY = 1 << 12;

export class MaskTable {
  #keys: Float64Array<ArrayBuffer>;
  #masks: Int32Array<ArrayBuffer>;
  #size = 0;

  /** Up to `expected` keys it does not have to grow, which takes tens of milliseconds when it is large. */
  constructor(expected = 0) {
    let capacity = FIRST_CAPACITY;
    while (capacity < 2 * expected) capacity *= 2;
    this.#keys = new Float64Array(capacity);
    this.#masks = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** 0 for a key that is not there. */
  get(key: number): number {
    return this.#masks[this.#place(key)]!;
  }

  set(key: number, mask: number): void {
    const place = this.#place(key);
    this.#masks[place] = mask;
    if (this.#keys[place] === key) return;
    this.#keys[place] = key;
    this.#size += 1;
    if (this.#size * 2 > this.#keys.length) this.#grow();
  }

  /** These bits of every key are 0 again. */
  clear(bits: number): void {
    for (let i = 0; i < this.#masks.length; i++) this.#masks[i]! &= ~bits;
  }

  /** Where the key is, or could be put. */
  #place(key: number): number {
    const last = this.#keys.length - 1;
    let place = key & last;
    for (;;) {
      const found = this.#keys[place];
      if (found === key || found === 0) return place;
      place = (place + 1) & last;
    }
  }

  #grow(): void {
    const [keys, masks] = [this.#keys, this.#masks];
    this.#keys = new Float64Array(keys.length * 2);
    this.#masks = new Int32Array(keys.length * 2);
    for (let i = 0; i < keys.length; i++) {
      if (keys[i] === 0) continue;
      const place = this.#place(keys[i]!);
      this.#keys[place] = keys[i]!;
      this.#masks[place] = masks[i]!;
    }
  }
}
