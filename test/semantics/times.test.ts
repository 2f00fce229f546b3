// Event times: which texts are RFC 3339 as Go reads it, and what they are, on every engine.

import { expect, test } from 'vitest';
import { ENGINES } from '../conformance/engines.ts';
import { parseExact } from '../conformance/exact-json.ts';
import { ruleFile } from '../conformance/rule-text.ts';

/** Nanoseconds of each text; null: refused. */
const TIMES: Readonly<Record<string, string | null>> = {
  '2024-05-06T07:08:09Z': '1714979289000000000',
  '2024-05-06T07:08:09.1Z': '1714979289100000000',
  '2024-05-06T07:08:09,123456Z': '1714979289123456000',
  '2024-05-06T07:08:09.123456789123Z': '1714979289123456789',
  '2024-05-06T09:08:09+02:00': '1714979289000000000',
  '2024-05-06T01:38:09-05:30': '1714979289000000000',
  '2024-02-29T00:00:00Z': '1709164800000000000',
  '1970-01-01T00:00:00Z': '0',
  '2024-05-06T7:08:09Z': '1714979289000000000',
  '2024-05-06t07:08:09Z': null,
  '2024-05-06T07:08:09z': null,
  '2024-05-06 07:08:09Z': null,
  '2024-05-06T07:08:09': null,
  '2024-05-06T07:08:09+0200': null,
  '2024-05-06T07:08:09.Z': null,
  '2024-05-06T07:08:60Z': null,
  '2024-05-06T07:60:09Z': null,
  '2024-05-06T24:08:09Z': null,
  '2023-02-29T00:00:00Z': null,
  '2024-13-01T00:00:00Z': null,
  '2024-00-01T00:00:00Z': null,
  '2024-5-06T07:08:09Z': null,
  ' 2024-05-06T07:08:09Z': null,
  '2024-05-06T07:08:09Z ': null,
  '': null,
};

const options = { semantics: 'falco', framing: 'lines', match: 'all' } as const;
const event = (time: string): string => `{"kind":"Event","auditID":"a","stageTimestamp":${JSON.stringify(time)}}`;

test.each(Object.entries(TIMES))('%s', async (text, nanoseconds) => {
  const rule = ruleFile({ output: '%jevt.rawtime %evt.rawtime' });
  for (const engine of ENGINES) {
    const { alerts, counts } = await engine.run([rule], Buffer.from(event(text)), options);
    const fields = alerts.map(({ json }) => (parseExact(json) as { output_fields: unknown }).output_fields);
    if (nanoseconds === null) expect([engine.name, counts.rejected]).toEqual([engine.name, { bad_timestamp: 1 }]);
    else {
      const exact = parseExact(nanoseconds);
      expect([engine.name, fields]).toEqual([
        engine.name,
        [{ 'evt.time': exact, 'evt.rawtime': exact, 'jevt.rawtime': nanoseconds }],
      ]);
    }
  }
});

test.each(['null', '5', '1714979289', '["2024-05-06T07:08:09Z"]', '{}', 'true'])('a time that is %s', async (time) => {
  const text = `{"kind":"Event","stageTimestamp":${time}}`;
  for (const engine of ENGINES) {
    const { counts } = await engine.run([ruleFile({})], Buffer.from(text), options);
    expect([engine.name, counts.rejected]).toEqual([engine.name, { bad_timestamp: 1 }]);
  }
});

test('far from now: times are unsigned', async () => {
  const output = '%evt.rawtime %evt.time %evt.datetime.s %evt.time.iso8601 %evt.rawtime.s %evt.rawtime.ns';
  const texts = [
    ['2300-01-01T00:00:00.25Z', '2300-01-01T00:00:00.250000000+0000'],
    // one nanosecond before 1970 is the last of 64 bits
    ['1969-12-31T23:59:59.999999999Z', '2554-07-21T23:34:33.709551615+0000'],
  ] as const;
  for (const engine of ENGINES) {
    for (const [text, iso] of texts) {
      const { alerts } = await engine.run([ruleFile({ output })], Buffer.from(event(text)), options);
      expect([engine.name, alerts[0]?.text]).toEqual([engine.name, expect.stringContaining(` ${iso} `)]);
      expect(alerts[0]?.text).toContain(` ${iso.slice(11, 29)} ${iso.slice(0, 10)} ${iso.slice(11, 19)} `);
      expect(alerts[0]?.json).toContain(`"time":"${iso.replace('+0000', 'Z')}"`);
    }
  }
});
