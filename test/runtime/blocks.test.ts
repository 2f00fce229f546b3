// Wherever blocks end, an evaluation is the same: places, numbers, counts. All are compared with the input without any cut.

import { describe, expect, it } from 'vitest';
import { Formatter } from '../../src/runtime/alert.ts';
import { type OnRun, runBlocks } from '../../src/runtime/blocks.ts';
import { Batch, type Evaluation, prepareEngine } from '../../src/runtime/engine.ts';
import type { EngineOptions } from '../../src/runtime/index.ts';
import { RecordStore } from '../../src/runtime/record-store.ts';
import { AlertCounter } from '../../src/runtime/statistics.ts';
import { compileText } from '../program/sample.ts';

const PROGRAM = compileText(`
- rule: Any
  desc: d
  condition: ka.verb exists
  output: "%ka.auditid %evt.num %evt.reltime"
  priority: INFO
  source: k8s_audit
`);

/** Numbers below `limit`, from a seed. */
function randomOf(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Lines of all kinds: events short and long, over the size limit, empty ones, broken ones, of white space, with `\r\n`. */
function randomLines(seed: number): Uint8Array {
  const random = randomOf(seed);
  const event = (i: number, pad: number): string =>
    `{"kind":"Event","auditID":"${i}","stageTimestamp":"2024-05-06T07:08:${10 + (i % 50)}Z","verb":"get","pad":"${'é'.repeat(pad)}"}`;
  const line = (i: number): string =>
    [
      () => event(i, random(8)),
      () => event(i, random(100)),
      () => event(i, random(12) === 0 ? 3000 : 20),
      () => '',
      () => '{',
      () => ' \t',
      () => `[${event(i, 3)},${event(i, 4)},5]`,
      () => event(i, 2).slice(0, random(90)),
    ][random(8)]!();
  const lines = Array.from({ length: 5 + random(30) }, (_, i) => line(i) + (random(5) === 0 ? '\r' : ''));
  return new TextEncoder().encode(lines.join('\n') + ['', '\n', '\r\n', '\r'][random(4)]);
}

type Evaluate = (bytes: Uint8Array, blockSize: number) => Evaluation;

async function evaluator(options: EngineOptions): Promise<Evaluate> {
  const { instance, meta, resolved } = await prepareEngine(PROGRAM, { maxEventSize: 4000, ...options });
  const formatter = new Formatter(meta.rules, 'h', {});
  return (bytes, blockSize) => {
    instance.setOptions({ ...resolved, zoneSeconds: 0 });
    instance.reset();
    instance.setHostname('h');
    instance.setOrder([0]);
    const batch = new Batch(() => ({ formatter, zoneSeconds: 0 }), new AlertCounter(meta.rules));
    const records = new RecordStore();
    const take: OnRun = (results, base) => batch.take(results, instance.keepOutput(results, records), base);
    runBlocks(instance, bytes, 'lines', take, blockSize);
    return batch.evaluation();
  };
}

function shown({ alerts, counts, rejections }: Evaluation): unknown {
  return {
    alerts: alerts.map(({ line, offset, length, message }) => [line, offset, length, message]),
    counts,
    rejections,
  };
}

describe.each(['on', 'off'] as const)('blocks, simd %s', (simd) => {
  it.each([false, true])('may end anywhere, trusted %s', async (trusted) => {
    const evaluate = await evaluator({ simd, trusted });
    let alerts = 0;
    for (let seed = 1; seed <= 60; seed++) {
      const bytes = randomLines(seed);
      const whole = evaluate(bytes, bytes.length + 1);
      alerts += whole.alerts.length;
      const expected = shown(whole);
      for (const size of [1, 2, 7, 15, 16, 17, 31, 64, 100, 333, 1000, 4096, bytes.length - 1, bytes.length]) {
        expect(shown(evaluate(bytes, size)), `seed ${seed}, blocks of ${size}`).toEqual(expected);
      }
    }
    expect(alerts).toBeGreaterThan(400);
  });

  it('may end anywhere around a newline, wherever the bytes stand', async () => {
    const evaluate = await evaluator({ simd });
    const text = '{"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09Z","verb":"get"}';
    for (let shift = 0; shift < 9; shift++) {
      const lines = new TextEncoder().encode(`${' '.repeat(shift)}${text}\n${text}\r\n\n${text}`);
      const bytes = new Uint8Array(lines.length + shift).fill(0x0a).subarray(shift);
      bytes.set(lines);
      const expected = shown(evaluate(bytes, bytes.length));
      for (let size = 1; size < bytes.length; size++) expect(shown(evaluate(bytes, size)), `${size}`).toEqual(expected);
    }
  });
});
