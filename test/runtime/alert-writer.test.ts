// The engine's writer of alert texts against the rendering in JavaScript, which it must equal: same records, same formatter, with and
// without the module.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Render, RuleMeta, TemplatePart } from '../../src/program/meta.ts';
import { Alert, type FormatOptions, Formatter } from '../../src/runtime/alert.ts';
import { JSON_LINE } from '../../src/runtime/alert-writer.ts';
import { loadModule } from '../../src/runtime/load.ts';
import { bytesOfRecord, type Match, matchesOf, type Written } from './record-writer.ts';

/** bool: its texts are `true` and `false` only, see below */
const RENDERS: readonly Render[] = ['string', 'number', 'number9', 'time'];

function ruleOf(name: string, literals: readonly string[], renders: readonly Render[]): RuleMeta {
  const output: TemplatePart[] = renders.flatMap((render, value) => [
    { text: literals[value % literals.length]! },
    { value, render, width: 0 },
  ]);
  return {
    name,
    description: '',
    priority: 4,
    tags: ['é', '"t"'],
    source: 'k8s_audit',
    enabled: true,
    output,
    fields: renders.map((render, value) => ({ key: `f${value}é`, value, render })),
    formatted: [{ key: 'a"b', output }],
  };
}

const texts = fc.oneof(
  fc.string({ maxLength: 50 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('"', '\\', '\n', '\b', '\f', '\r', '\t', '\u0000', '\u001f', '\u007f', 'a', 'é', '😀'),
  }),
  fc.uint8Array({ maxLength: 20 }),
  fc.string({ minLength: 300, maxLength: 1100 }),
);
const numbers = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 1_000_000_000n));
const values: fc.Arbitrary<Written> = fc.oneof(
  { weight: 4, arbitrary: texts },
  numbers,
  fc.constant(undefined),
  fc.array(texts, { maxLength: 4 }),
  fc.array(numbers, { maxLength: 4 }),
);
const times = fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(0n, 4_000_000_000_000_000_000n), fc.constant(0n));

/** Every alert's lines; texts in JavaScript when there is no module. */
function lines(
  rules: readonly RuleMeta[],
  matches: readonly Match[],
  options: FormatOptions,
  zoneSeconds: number,
  module?: object,
): readonly (readonly string[])[] {
  const formatter = new Formatter(rules, 'höst', options, module);
  const alerts = matches.map(
    ({ ruleId, page, at, place }) => new Alert({ formatter, zoneSeconds }, ruleId, page, at, place),
  );
  return alerts.map(({ json, text, output }) => [json, text, output]);
}

describe.each(['on', 'off'] as const)('the writer, simd %s', (simd) => {
  it('writes what rendering in JavaScript gives', async () => {
    const { module } = await loadModule(simd);
    const cases = fc.record({
      literals: fc.array(fc.string({ unit: 'binary', maxLength: 20 }), { minLength: 1, maxLength: 3 }),
      renders: fc.array(fc.constantFrom(...RENDERS), { minLength: 1, maxLength: 8 }),
      records: fc.array(
        fc.record({ values: fc.array(values, { maxLength: 8 }), time: times, rules: fc.subarray([0, 1, 2]) }),
        { minLength: 1, maxLength: 5 },
      ),
      zoneSeconds: fc.integer({ min: -50_000, max: 50_000 }),
      options: fc.record({ time_format_iso_8601: fc.boolean(), json_include_message_property: fc.boolean() }),
    });
    fc.assert(
      fc.property(cases, ({ literals, renders, records, zoneSeconds, options }) => {
        const rules = [
          ruleOf('first', literals, renders),
          ruleOf('second "2"', literals, renders.slice(1)),
          { ...ruleOf('third', literals, ['address', 'network']), formatted: [] },
        ];
        const read = (): readonly Match[] =>
          matchesOf(records.map((record) => bytesOfRecord(record.values, record.time, record.rules)));
        expect(lines(rules, read(), options, zoneSeconds, module)).toEqual(lines(rules, read(), options, zoneSeconds));
      }),
      { numRuns: 500 },
    );
  });

  it('writes truth values without quotes', async () => {
    const { module } = await loadModule(simd);
    const rules = [ruleOf('r', ['b='], ['bool', 'bool', 'bool'])];
    const read = (): readonly Match[] => matchesOf([bytesOfRecord(['true', ['true', 'false'], undefined])]);
    const [[json]] = lines(rules, read(), {}, 0, module) as [[string]];
    expect(json).toContain('"f0é":true,"f1é":[true,false],"f2é":null');
    expect(json).toBe(lines(rules, read(), {}, 0)[0]![0]);
  });

  it('writes well-formed texts itself, and leaves the others', async () => {
    const { module } = await loadModule(simd);
    const formatter = new Formatter([ruleOf('r', ['u='], ['string'])], 'host', {}, module);
    formatter.rule(0);
    const written = (value: Written): string | undefined => {
      const [match] = matchesOf([bytesOfRecord([value])]);
      return formatter.write(JSON_LINE, match!.page, 0)!.text(0);
    };
    for (const value of ['plain', 'é"\n😀', ['a', 'b'], undefined, 5n]) expect(written(value)).toContain('"f0é":');
    for (const value of [Uint8Array.of(0xc3), ['x'.repeat(1022)]]) expect(written(value)).toBeUndefined();
  });

  it('writes many pages of many rules', async () => {
    const { module } = await loadModule(simd);
    const rules = Array.from({ length: 300 }, (_, i) => ruleOf(`rule ${i}`, ['a'], ['string', 'number']));
    const read = (): readonly Match[] =>
      matchesOf(
        Array.from({ length: 900 }, (_, i) => bytesOfRecord([`text ${i}`.repeat(30), BigInt(i)], 5n, [i % 300])),
      );
    expect(new Set(read().map(({ page }) => page)).size).toBeGreaterThan(3);
    expect(lines(rules, read(), {}, 0, module)).toEqual(lines(rules, read(), {}, 0));
  });
});
