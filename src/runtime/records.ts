// Reads the engine's output records (isa/layout.ts) from bytes that were copied out. A record is an offset into those bytes;
// nothing is decoded before it is asked for.

import {
  MATCH_RECORD,
  RECORD,
  RECORD_MATCH,
  RECORD_VALUE,
  REJECT_RECORD,
  SHAPE_ABSENT,
  SHAPE_NUMBER,
  SHAPE_NUMBERS,
  SHAPE_TEXT,
} from '../isa/layout.ts';
import { REASONS, type RejectReason } from '../isa/reasons.ts';
import type { AlertTexts } from './alert-writer.ts';
import { decodeText } from './text-buffer.ts';
import { EventTime } from './time-text.ts';

/** Output records one behind the other: [start, end) of `bytes`. */
export interface RecordBytes {
  readonly bytes: Uint8Array;
  /** of all the bytes */
  readonly view: DataView;
  readonly start: number;
  readonly end: number;
}

export function wholeRecords(bytes: Uint8Array): RecordBytes {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes, view, start: 0, end: bytes.length };
}

/** A page of records is closed when it is as large: the texts of its alerts are made together. */
const PAGE_SIZE: number = 32 << 10;

/** What the numbers in a run's records count from. */
export interface RunOrigin {
  /** of the run's input, in the input of the call */
  readonly base: number;
  readonly firstLine: number;
  /** those that its engine did not count */
  readonly eventsBefore: bigint;
}

/** Some of the records, with the texts in them. */
export class RecordPage {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly start: number;
  /** of the page, when the next one is there */
  end: number;
  readonly origin: RunOrigin;
  alertCount = 0;
  /** per kind of text, when one of them was asked for */
  readonly texts: (AlertTexts | undefined)[] = [];

  constructor({ bytes, view, end }: RecordBytes, start: number, origin: RunOrigin) {
    this.bytes = bytes;
    this.view = view;
    this.start = start;
    this.end = end;
    this.origin = origin;
  }

  /** The page of the record at `at`: this one, or when it is full a new one. */
  pageOf(at: number): RecordPage {
    if (at - this.start < PAGE_SIZE) return this;
    const next = new RecordPage(this, at, this.origin);
    this.end = at;
    return next;
  }

  get records(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }
}

/** A text or an address of a record. */
export class RecordText {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Undefined when it is not ASCII. */
  get ascii(): string | undefined {
    return this.bytes.every((byte) => byte < 0x80) ? this.text : undefined;
  }

  get text(): string {
    return decodeText(this.bytes);
  }
}

/** A field's value; undefined is absent. */
export type FieldValue = Scalar | readonly Scalar[] | undefined;
export type Scalar = RecordText | bigint;

/** More values than this are found through a map. */
const MAX_SEARCHED = 12;

export class MatchRecord {
  readonly #page: RecordPage;
  readonly #at: number;
  /** per value id: its row */
  #rows: Map<number, number> | undefined;
  #time: EventTime | undefined;

  constructor(page: RecordPage, at: number) {
    this.#page = page;
    this.#at = at;
  }

  /** nanoseconds since 1970 */
  get time(): bigint {
    return this.#page.view.getBigUint64(this.#at + MATCH_RECORD.TIME, true);
  }

  /** the same in milliseconds, to half a microsecond */
  get timeMs(): number {
    return (this.#u32(MATCH_RECORD.TIME + 4) * 2 ** 32 + this.#u32(MATCH_RECORD.TIME)) / 1e6;
  }

  /** the same, taken apart */
  get eventTime(): EventTime {
    this.#time ??= new EventTime(this.time);
    return this.#time;
  }

  /** evt.num */
  get number(): bigint {
    return this.#page.origin.eventsBefore + this.#page.view.getBigUint64(this.#at + MATCH_RECORD.NUMBER, true);
  }

  /** of the event, in the input of the call */
  get offset(): number {
    return this.#page.origin.base + this.#u32(MATCH_RECORD.OFFSET);
  }

  get length(): number {
    return this.#u32(MATCH_RECORD.LENGTH);
  }

  /** of the payload in the input of the call */
  get line(): number {
    return this.#page.origin.firstLine + this.#u32(MATCH_RECORD.LINE);
  }

  /** The value with this id in the program; an empty list is absent, as it prints. */
  value(id: number): FieldValue {
    const row = this.#rowOf(id);
    if (row === undefined) return undefined;
    const shape = this.#u32(row + RECORD_VALUE.SHAPE);
    if (shape === SHAPE_ABSENT) return undefined;
    if (shape === SHAPE_NUMBER) return this.#u64(row + RECORD_VALUE.AT);
    if (shape === SHAPE_TEXT) return this.#text(row + RECORD_VALUE.AT);
    const start = this.#u32(row + RECORD_VALUE.AT);
    const length = this.#u32(row + RECORD_VALUE.LENGTH);
    if (length === 0) return undefined;
    const isNumbers = shape === SHAPE_NUMBERS;
    return Array.from({ length }, (_, i) => (isNumbers ? this.#u64(start + 8 * i) : this.#text(start + 8 * i)));
  }

  #rowOf(id: number): number | undefined {
    const count = this.#u32(MATCH_RECORD.VALUE_COUNT);
    const first = MATCH_RECORD.HEADER_SIZE + Math.ceil(this.#u32(MATCH_RECORD.RULE_COUNT) / 2) * 8;
    if (count > MAX_SEARCHED) {
      this.#rows ??= new Map(
        Array.from({ length: count }, (_, i) => {
          const row = first + i * RECORD_VALUE.SIZE;
          return [this.#u32(row + RECORD_VALUE.VALUE), row];
        }),
      );
      return this.#rows.get(id);
    }
    for (let row = first; row < first + count * RECORD_VALUE.SIZE; row += RECORD_VALUE.SIZE) {
      if (this.#u32(row + RECORD_VALUE.VALUE) === id) return row;
    }
    return undefined;
  }

  /** The bytes that a pair (offset in the record, byte length) names. */
  #text(pair: number): RecordText {
    const start = this.#at + this.#u32(pair);
    return new RecordText(this.#page.bytes.subarray(start, start + this.#u32(pair + 4)));
  }

  #u32(at: number): number {
    return this.#page.view.getUint32(this.#at + at, true);
  }

  #u64(at: number): bigint {
    return this.#page.view.getBigUint64(this.#at + at, true);
  }
}

/** An event or payload that was not evaluated; places in the input of the call. */
export interface RejectRecord {
  readonly reason: RejectReason;
  readonly offset: number;
  readonly at: number;
  readonly line: number;
}

/** Takes what is read. */
export interface RecordSink {
  /** A rule that matched an event: the record at `at` in a page, the number of the alert in the page. */
  match(ruleId: number, page: RecordPage, at: number, place: number): void;
  reject(record: RejectRecord): void;
}

/** Takes each rule of a match, or REJECTED, and where the record is. */
export interface EntrySink {
  entry(rule: number, at: number): void;
}

/** In place of a rule: the record is a rejection. */
export const REJECTED = 0xffffffff;

/** Hands over what the records in [start, end) are about, in order. */
export function walkRecords(view: DataView, start: number, end: number, sink: EntrySink): void {
  for (let at = start; at < end; at += view.getUint32(at + RECORD.SIZE, true)) {
    if (view.getUint32(at + RECORD.KIND, true) !== RECORD_MATCH) {
      sink.entry(REJECTED, at);
      continue;
    }
    const rules = view.getUint32(at + MATCH_RECORD.RULE_COUNT, true);
    for (let i = 0; i < rules; i++) sink.entry(view.getUint32(at + MATCH_RECORD.HEADER_SIZE + 4 * i, true), at);
  }
}

/** Puts records on pages. */
class Pager implements EntrySink {
  #page: RecordPage;
  readonly #sink: RecordSink;

  constructor(records: RecordBytes, origin: RunOrigin, sink: RecordSink) {
    this.#page = new RecordPage(records, records.start, origin);
    this.#sink = sink;
  }

  entry(rule: number, at: number): void {
    const page = this.#page.pageOf(at);
    this.#page = page;
    if (rule === REJECTED) this.#sink.reject(readReject(page, at));
    else this.#sink.match(rule, page, at, page.alertCount++);
  }
}

/** Hands over each record in order, and each rule of a match. */
export function readRecords(records: RecordBytes, origin: RunOrigin, sink: RecordSink): void {
  const { view, start, end } = records;
  if (start < end) walkRecords(view, start, end, new Pager(records, origin, sink));
}

/**
 * What `readRecords` finds, in words: a rule's id, or REJECTED, and where the record is. Whoever reads by an index touches no
 * match record, which would be fetched from the core that wrote it.
 */
export const INDEX_ENTRY = { RULE: 0, AT: 1, SIZE: 2 } as const;

/** `readRecords` by the index of the records. */
export function readIndexed(records: RecordBytes, index: Uint32Array, origin: RunOrigin, sink: RecordSink): void {
  if (index.length === 0) return;
  const pager = new Pager(records, origin, sink);
  for (let i = 0; i < index.length; i += INDEX_ENTRY.SIZE) {
    pager.entry(index[i + INDEX_ENTRY.RULE]!, index[i + INDEX_ENTRY.AT]!);
  }
}

function readReject({ view, origin: { base, firstLine } }: RecordPage, at: number): RejectRecord {
  const code = view.getUint32(at + REJECT_RECORD.REASON, true);
  return {
    reason: REASONS.find((row) => row.code === code)!.name,
    offset: base + view.getUint32(at + REJECT_RECORD.OFFSET, true),
    at: base + view.getUint32(at + REJECT_RECORD.AT, true),
    line: firstLine + view.getUint32(at + REJECT_RECORD.LINE, true),
  };
}
