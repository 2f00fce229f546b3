// The payloads of payloads.ts, on both builds of the engine, trusted ones aside, in both framings, as objects where that is
// possible, and through the reference.

import { beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../../src/compile.ts';
import { createEngine, type Engine, type Evaluation } from '../../src/runtime/index.ts';
import { type IngestOptions, ingest, ingestLines } from '../reference/ingest.ts';
import { event, LINES, PAYLOADS, type Payload, SIZES, TIME } from './payloads.ts';

const SEMANTICS = ['falco', 'fixed'] as const;
type Semantics = (typeof SEMANTICS)[number];

const RULE =
  '- {rule: R, desc: d, condition: evt.num > 0, output: "%ka.auditid %evt.rawtime", priority: INFO, source: k8s_audit}\n';

function enginesOf(semantics: Semantics, maxEventSize?: number): Promise<Engine[]> {
  const { program } = compile([{ name: 'rules.yaml', text: RULE }], { semantics });
  const size = maxEventSize === undefined ? {} : { maxEventSize };
  return Promise.all((['on', 'off'] as const).map((simd) => createEngine(program!, { simd, ...size })));
}

/** As the tables write it. */
function outcome({ alerts, rejections, counts }: Evaluation): string {
  const rejected = Object.values(counts.rejected).reduce((sum, count) => sum + count, 0);
  expect(counts.received).toBe(counts.evaluated + rejected);
  expect([alerts.length, rejections.length]).toEqual([counts.evaluated, rejected]);
  const ids = alerts.map(({ message }) => {
    const [, id, time] = /^(.*) (\d+)$/s.exec(message)!;
    if (time === TIME) return id;
    return `${id}@${Math.abs(Number(time) / 1e6 - Date.now()) < 60_000 ? 'now' : time}`;
  });
  return [...ids, ...rejections.map(({ reason }) => `!${reason}`)].join(' ');
}

/** Without ids: the reference makes events, not alerts. */
function referenceOutcome(found: ReturnType<typeof ingest>): string {
  const rejected = found.flatMap((one) => ('rejected' in one ? [`!${one.rejected}`] : []));
  return [...Array(found.length - rejected.length).fill('event'), ...rejected].join(' ');
}

function withoutIds(expected: string): string {
  return expected
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => (word.startsWith('!') ? word : 'event'))
    .join(' ');
}

describe.each(SEMANTICS)('%s', (semantics) => {
  let engines: readonly Engine[];
  beforeAll(async () => {
    engines = await enginesOf(semantics);
  });

  const check = ({ bytes, [semantics]: expected }: Payload, framing: 'lines' | 'document', options: IngestOptions) => {
    for (const engine of engines) expect(outcome(engine.evaluate(bytes, { framing }))).toBe(expected);
    const reference = framing === 'lines' ? ingestLines(bytes, options) : ingest(bytes, options);
    expect(referenceOutcome(reference)).toBe(withoutIds(expected));
  };

  describe.each(Object.entries(PAYLOADS))('%s', (_, payloads) => {
    test.each(payloads)('$what', (payload) => {
      check(payload, 'document', { semantics });
      // an empty line is no payload
      if (payload.bytes.length > 0) check(payload, 'lines', { semantics });
    });

    test.each(payloads.filter((payload) => payload.isObjectToo && isJson(payload)))(
      '$what, as an object',
      (payload) => {
        const value: unknown = JSON.parse(textOf(payload));
        for (const engine of engines) expect(outcome(engine.evaluateObject(value))).toBe(payload[semantics]);
      },
    );
  });

  test.each(LINES)('lines: $what', (payload) => check(payload, 'lines', { semantics }));

  test.each(SIZES)('size: $what', async (payload) => {
    const maxEventSize = event('a').length;
    for (const engine of await enginesOf(semantics, maxEventSize)) {
      expect(outcome(engine.evaluate(payload.bytes))).toBe(payload[semantics]);
    }
    const reference = ingestLines(payload.bytes, { semantics, maxEventSize });
    expect(referenceOutcome(reference)).toBe(withoutIds(payload[semantics]));
  });
});

function textOf({ bytes }: Payload): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
}

function isJson(payload: Payload): boolean {
  try {
    JSON.parse(textOf(payload));
    return !payload.fixed.includes('invalid_utf8');
  } catch {
    return false;
  }
}

describe('objects without a JSON text', () => {
  const circle: Record<string, unknown> = { kind: 'Event' };
  circle.self = circle;
  let deep: unknown = 1;
  for (let i = 0; i < 100_000; i++) deep = [deep];
  test.each([
    ['undefined', undefined],
    ['a function', () => 1],
    ['a circle', circle],
    ['a BigInt', { kind: 'Event', x: 1n }],
    ['100,000 levels', { kind: 'Event', deep }],
  ])('%s', async (_, value) => {
    for (const engine of await enginesOf('fixed')) expect(outcome(engine.evaluateObject(value))).toBe('!invalid_json');
  });
});
