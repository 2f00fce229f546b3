// Writes output records as the engine does, so that rendering can be tested without one.

import {
  MATCH_RECORD,
  RECORD,
  RECORD_MATCH,
  RECORD_VALUE,
  SHAPE_ABSENT,
  SHAPE_NUMBER,
  SHAPE_NUMBERS,
  SHAPE_TEXT,
  SHAPE_TEXTS,
} from '../../src/isa/layout.ts';
import { MatchRecord, type RecordPage, readRecords, wholeRecords } from '../../src/runtime/records.ts';

export type Written = string | Uint8Array | bigint | readonly (string | Uint8Array)[] | readonly bigint[] | undefined;

const bytesOf = (text: string | Uint8Array): Uint8Array =>
  typeof text === 'string' ? new TextEncoder().encode(text) : text;

const TIME = 1_700_000_000_123_456_789n;

/** A rule that a record names, as alerts are made of it. */
export interface Match {
  readonly ruleId: number;
  readonly page: RecordPage;
  readonly at: number;
  readonly place: number;
}

/** A record of an event with these values, numbered from 0, that rule 0 matched. */
export function recordOf(values: readonly Written[]): MatchRecord {
  const [match] = matchesOf([bytesOfRecord(values)]);
  return new MatchRecord(match!.page, match!.at);
}

/** What records say that were written one behind the other. */
export function matchesOf(written: readonly Uint8Array[]): readonly Match[] {
  const matches: Match[] = [];
  readRecords(
    wholeRecords(Buffer.concat(written)),
    { base: 10, firstLine: 3, eventsBefore: 0n },
    { match: (ruleId, page, at, place) => matches.push({ ruleId, page, at, place }), reject: () => {} },
  );
  return matches;
}

/** The same as bytes, for any rules. */
export function bytesOfRecord(
  values: readonly Written[],
  time: bigint = TIME,
  ruleIds: readonly number[] = [0],
): Uint8Array {
  const bytes = new Uint8Array(1 << 16);
  const view = new DataView(bytes.buffer);
  const u32 = (at: number, value: number): void => view.setUint32(at, value, true);
  u32(RECORD.KIND, RECORD_MATCH);
  view.setBigUint64(MATCH_RECORD.TIME, time, true);
  view.setBigUint64(MATCH_RECORD.NUMBER, 1n, true);
  u32(MATCH_RECORD.RULE_COUNT, ruleIds.length);
  ruleIds.forEach((id, i) => {
    u32(MATCH_RECORD.HEADER_SIZE + 4 * i, id);
  });
  u32(MATCH_RECORD.VALUE_COUNT, values.length);
  const rows = MATCH_RECORD.HEADER_SIZE + 8 * Math.ceil(ruleIds.length / 2);
  let free = rows + values.length * RECORD_VALUE.SIZE;
  const place = (data: Uint8Array, pair: number): void => {
    bytes.set(data, free);
    u32(pair, free);
    u32(pair + 4, data.length);
    free += Math.ceil(data.length / 8) * 8;
  };
  values.forEach((value, id) => {
    const row = rows + id * RECORD_VALUE.SIZE;
    u32(row + RECORD_VALUE.VALUE, id);
    if (value === undefined) u32(row + RECORD_VALUE.SHAPE, SHAPE_ABSENT);
    else if (typeof value === 'bigint') {
      u32(row + RECORD_VALUE.SHAPE, SHAPE_NUMBER);
      view.setBigUint64(row + RECORD_VALUE.AT, value, true);
    } else if (typeof value === 'string' || value instanceof Uint8Array) {
      u32(row + RECORD_VALUE.SHAPE, SHAPE_TEXT);
      place(bytesOf(value), row + RECORD_VALUE.AT);
    } else {
      const isNumbers = typeof value[0] === 'bigint';
      u32(row + RECORD_VALUE.SHAPE, isNumbers ? SHAPE_NUMBERS : SHAPE_TEXTS);
      u32(row + RECORD_VALUE.AT, free);
      u32(row + RECORD_VALUE.LENGTH, value.length);
      const pairs = free;
      free += 8 * value.length;
      value.forEach((element, i) => {
        if (typeof element === 'bigint') view.setBigUint64(pairs + 8 * i, element, true);
        else place(bytesOf(element), pairs + 8 * i);
      });
    }
  });
  u32(RECORD.SIZE, free);
  return bytes.slice(0, free);
}
