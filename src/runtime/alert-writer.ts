// Texts of many alerts at once, written by an instance of the engine's module that does nothing else (assembly/alert-text.ts). Its memory
// is divided here: per kind of text a table of the rules' formats, the formats, then what one call needs: records, ends, texts.

import { EngineMemory } from './memory.ts';
import type { WasmInstance, WasmMemory } from './webassembly.ts';

/** Kinds of text: `Alert.json` and `Alert.text`. */
export const JSON_LINE = 0;
export const TEXT_LINE = 1;
export type LineKind = typeof JSON_LINE | typeof TEXT_LINE;
const KINDS: readonly LineKind[] = [JSON_LINE, TEXT_LINE];

/** Texts of alerts, one behind the other. */
export class AlertTexts {
  readonly #text: string;
  /** per alert: where its text ends */
  readonly #ends: readonly number[];

  constructor(text: string, ends: readonly number[]) {
    this.#text = text;
    this.#ends = ends;
  }

  /** The text of the alert with this number; undefined where the writer has left it to the caller. */
  text(place: number): string | undefined {
    const start = place === 0 ? 0 : this.#ends[place - 1]!;
    const end = this.#ends[place]!;
    return start === end ? undefined : this.#text.slice(start, end);
  }
}

interface WriterExports {
  readonly memory: WasmMemory;
  reserveWriter(length: number): number;
  writeAlertTexts(
    formats: number,
    records: number,
    length: number,
    ends: number,
    count: number,
    zoneSeconds: number,
  ): number;
}

export class AlertWriter {
  readonly #exports: WriterExports;
  readonly #memory: EngineMemory;
  readonly #base: number;
  readonly #ruleCount: number;
  /** bytes of tables and formats */
  #used: number;
  #reserved: number;
  #rules = 0;

  constructor(instance: WasmInstance, ruleCount: number) {
    this.#exports = instance.exports as unknown as WriterExports;
    this.#memory = new EngineMemory(this.#exports.memory);
    this.#ruleCount = ruleCount;
    this.#used = aligned(4 * KINDS.length * ruleCount);
    this.#base = this.#exports.reserveWriter(this.#used) >>> 0;
    this.#reserved = this.#used;
  }

  get memorySize(): number {
    return this.#memory.byteLength;
  }

  /** Rules whose formats it has. */
  get rules(): number {
    return this.#rules;
  }

  /** Takes a rule's formats, one for each kind of text that can be written. */
  addRule(ruleId: number, formats: Readonly<Record<LineKind, Uint8Array | undefined>>): void {
    for (const kind of KINDS) {
      const format = formats[kind];
      if (format === undefined) continue;
      const at = this.#base + this.#used;
      this.#used = aligned(this.#used + format.length);
      this.#reserve(this.#used);
      this.#memory.write(at, format);
      this.#memory.writeWords(this.#table(kind) + 4 * ruleId, [at]);
    }
    this.#rules++;
  }

  /** The texts of all `count` alerts of some records. */
  write(kind: LineKind, records: Uint8Array, count: number, zoneSeconds: number): AlertTexts {
    const at = this.#base + this.#used;
    const ends = at + aligned(records.length);
    const texts = ends + 4 * count;
    this.#reserve(texts - this.#base);
    this.#memory.write(at, records);
    const length =
      this.#exports.writeAlertTexts(this.#table(kind), at, records.length, ends, count, zoneSeconds) - texts;
    return new AlertTexts(this.#memory.text(texts, length), this.#memory.words(ends, count));
  }

  #reserve(length: number): void {
    if (length <= this.#reserved) return;
    this.#exports.reserveWriter(length);
    this.#reserved = length;
  }

  #table(kind: LineKind): number {
    return this.#base + 4 * kind * this.#ruleCount;
  }
}

function aligned(length: number): number {
  return (length + 15) & ~15;
}
