// The only views of the engine's memory. Growth detaches the buffer that views were made of, so nothing outside keeps one:
// every access goes through here and finds the current buffer. What is handed out is copied.

import { decodeText } from './text-buffer.ts';
import type { WasmMemory } from './webassembly.ts';

const NOTHING: Uint8Array = new Uint8Array(0);

export class EngineMemory {
  readonly #memory: WasmMemory;
  #bytes: Uint8Array;
  #view: DataView;

  constructor(memory: WasmMemory) {
    this.#memory = memory;
    this.#bytes = new Uint8Array(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  get byteLength(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Copies bytes in. */
  write(pointer: number, bytes: Uint8Array): void {
    this.#refresh();
    this.#bytes.set(bytes, pointer >>> 0);
  }

  writeWords(pointer: number, words: readonly number[]): void {
    this.#refresh();
    words.forEach((word, i) => {
      this.#view.setUint32((pointer >>> 0) + 4 * i, word, true);
    });
  }

  /** Copies as many words out as `words` holds. */
  readWords(pointer: number, words: Uint32Array): void {
    this.#refresh();
    for (let i = 0; i < words.length; i++) words[i] = this.#view.getUint32((pointer >>> 0) + 4 * i, true);
  }

  /** A copy of [pointer, pointer + length). */
  copy(pointer: number, length: number): Uint8Array {
    if (length === 0) return NOTHING;
    this.#refresh();
    return this.#bytes.slice(pointer >>> 0, (pointer >>> 0) + length);
  }

  /** The text of [pointer, pointer + length). */
  text(pointer: number, length: number): string {
    this.#refresh();
    return decodeText(this.#bytes.subarray(pointer >>> 0, (pointer >>> 0) + length));
  }

  #refresh(): void {
    if (this.#bytes.buffer === this.#memory.buffer) return;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }
}
