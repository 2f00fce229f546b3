// Records that are read one after the other and by their index: the same alerts, rejections and pages.

import { describe, expect, it } from 'vitest';
import { RECORD, RECORD_REJECT, REJECT_RECORD } from '../../src/isa/layout.ts';
import { REASONS } from '../../src/isa/reasons.ts';
import { EngineMemory } from '../../src/runtime/memory.ts';
import { RecordGatherer } from '../../src/runtime/record-gatherer.ts';
import {
  INDEX_ENTRY,
  type RecordPage,
  type RecordSink,
  type RejectRecord,
  readIndexed,
  readRecords,
  wholeRecords,
} from '../../src/runtime/records.ts';
import { bytesOfRecord } from './record-writer.ts';

const ORIGIN = { base: 1000, firstLine: 7, eventsBefore: 40n };

function rejection(line: number): Uint8Array {
  const bytes = new Uint8Array(REJECT_RECORD.SIZE);
  const view = new DataView(bytes.buffer);
  view.setUint32(RECORD.SIZE, REJECT_RECORD.SIZE, true);
  view.setUint32(RECORD.KIND, RECORD_REJECT, true);
  view.setUint32(REJECT_RECORD.REASON, REASONS[0]!.code, true);
  view.setUint32(REJECT_RECORD.OFFSET, 10 * line, true);
  view.setUint32(REJECT_RECORD.AT, 10 * line + 1, true);
  view.setUint32(REJECT_RECORD.LINE, line, true);
  return bytes;
}

/** Every fifth record is a rejection, some matches are of several rules. */
function written(count: number): Uint8Array {
  const records = Array.from({ length: count }, (_, i) =>
    i % 5 === 2
      ? rejection(i)
      : bytesOfRecord(['x'.repeat((i * 977) % 6000)], BigInt(i), i % 7 === 0 ? [3, 1, 2] : [i]),
  );
  return Buffer.concat(records);
}

interface Read {
  readonly matches: unknown[];
  readonly rejections: RejectRecord[];
  readonly pages: Set<RecordPage>;
}

function reading(read: (sink: RecordSink) => void): Read {
  const result: Read = { matches: [], rejections: [], pages: new Set() };
  read({
    match: (ruleId, page, at, place) => {
      result.pages.add(page);
      result.matches.push([ruleId, at, place, page.start]);
    },
    reject: (record) => result.rejections.push(record),
  });
  return result;
}

const boundsOf = ({ pages }: Read): readonly unknown[] =>
  [...pages].map((page) => [page.start, page.end, page.alertCount]);

/** Records as an engine's memory holds them. */
function memoryOf(records: Uint8Array): EngineMemory {
  return new EngineMemory({ buffer: Uint8Array.from(records).buffer });
}

describe('records', () => {
  it.each([1, 2, 3, 300, 2000])('%i of them are the same by their index', (count) => {
    const records = written(count);
    const direct = reading((sink) => readRecords(wholeRecords(records), ORIGIN, sink));
    const gatherer = new RecordGatherer();
    gatherer.add(memoryOf(records), 0, records.length);
    const entries = gatherer.entries;
    const { bytes, indexAt } = gatherer.take();
    expect(Buffer.from(bytes.subarray(0, indexAt)).equals(records)).toBe(true);
    const index = new Uint32Array(bytes.buffer, indexAt);
    expect(index.length).toBe(INDEX_ENTRY.SIZE * entries);
    const gathered = { ...wholeRecords(bytes), end: indexAt };
    const indexed = reading((sink) => readIndexed(gathered, index, ORIGIN, sink));
    expect(indexed.matches).toEqual(direct.matches);
    expect(indexed.rejections).toEqual(direct.rejections);
    // each page holds whole records, at most a record more than its size
    for (const [start, end] of [...boundsOf(direct), ...boundsOf(indexed)] as [number, number, number][]) {
      expect(end).toBeGreaterThan(start);
      expect(end - start).toBeLessThan((32 << 10) + 7000);
    }
  });

  it('of several runs are gathered behind each other, those of the next batch anew', () => {
    const records = written(9);
    const gatherer = new RecordGatherer();
    const twice = (): void => {
      for (let run = 0; run < 2; run++) gatherer.add(memoryOf(records), 0, records.length);
      gatherer.add(memoryOf(records), 0, 0);
    };
    twice();
    expect(gatherer.length).toBe(2 * records.length);
    const first = gatherer.take();
    const index = [...new Uint32Array(first.bytes.buffer, first.indexAt)];
    const half = index.length / 2;
    expect(index.slice(half)).toEqual(
      index.slice(0, half).map((word, i) => (i % INDEX_ENTRY.SIZE === INDEX_ENTRY.AT ? word + records.length : word)),
    );
    expect(gatherer.take()).toEqual({ bytes: new Uint8Array(0), indexAt: 0 });
    twice();
    expect(gatherer.take()).toEqual(first);
  });

  it('count from where the run began', () => {
    const { rejections } = reading((sink) => readRecords(wholeRecords(rejection(2)), ORIGIN, sink));
    expect(rejections).toEqual([{ reason: REASONS[0]!.name, offset: 1020, at: 1021, line: 9 }]);
  });
});
