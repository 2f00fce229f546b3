// The argument pool: lists of operands as [count, words ...], equal lists stored once.

export class ArgPool {
  readonly #words: number[] = [];
  readonly #offsets: Map<string, number> = new Map();

  /** Offset in words of the list; `count` is the number of its elements, which may take several words each. */
  add(count: number, words: readonly number[]): number {
    const key = `${count}:${words.join()}`;
    const known = this.#offsets.get(key);
    if (known !== undefined) return known;
    const offset = this.#words.length;
    this.#words.push(count);
    for (const word of words) this.#words.push(word);
    this.#offsets.set(key, offset);
    return offset;
  }

  words(): Uint32Array {
    return Uint32Array.from(this.#words);
  }
}
