// The only views of the engine's memory. Growth detaches the buffer that views were made of, so nothing outside keeps one:
// every access goes through here and finds the current buffer. What is handed out is copied.

import { decodeText } from './text-buffer.ts';
import type { WasmMemory } from './webassembly.ts';

const NOTHING: Uint8Array = new Uint8Array(0);

export class EngineMemory {
  readonly #memory: WasmMemory;
  #bytes: Uint8Array;
  #words: Uint32Array;

  constructor(memory: WasmMemory) {
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#words = new Uint32Array(memory.buffer);
  }

  get byteLength(): number {
    this.#refresh();
    return this.#bytes.length;
  }

  /** Copies bytes in. */
  write(pointer: number, bytes: Uint8Array): void {
    this.#refresh();
    this.#bytes.set(bytes, pointer >>> 0);
  }

  /** `pointer` is a multiple of 4. */
  writeWords(pointer: number, words: readonly number[]): void {
    this.#refresh();
    this.#words.set(words, pointer >>> 2);
  }

  /** Copies as many words out as `words` holds; `pointer` is a multiple of 4. */
  readWords(pointer: number, words: Uint32Array): void {
    this.#refresh();
    const first = pointer >>> 2;
    for (let i = 0; i < words.length; i++) words[i] = this.#words[first + i]!;
  }

  /** `count` words; `pointer` is a multiple of 4. */
  words(pointer: number, count: number): readonly number[] {
    this.#refresh();
    const words: number[] = [];
    for (let i = pointer >>> 2; words.length < count; i++) words.push(this.#words[i]!);
    return words;
  }

  /** A copy of [pointer, pointer + length). */
  copy(pointer: number, length: number): Uint8Array {
    if (length === 0) return NOTHING;
    this.#refresh();
    // not slice: that fills the copy with zeros first
    return new Uint8Array(this.#bytes.subarray(pointer >>> 0, (pointer >>> 0) + length));
  }

  /** Copies [pointer, pointer + length) to `target`, from `at` on. */
  copyTo(pointer: number, length: number, target: Uint8Array, at: number): void {
    this.#refresh();
    target.set(this.#bytes.subarray(pointer >>> 0, (pointer >>> 0) + length), at);
  }

  /** The text of [pointer, pointer + length). */
  text(pointer: number, length: number): string {
    this.#refresh();
    return decodeText(this.#bytes.subarray(pointer >>> 0, (pointer >>> 0) + length));
  }

  /** A detached view has no bytes: asking the memory for its buffer would leave compiled code. */
  #refresh(): void {
    if (this.#bytes.length > 0) return;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#words = new Uint32Array(this.#memory.buffer);
  }
}
