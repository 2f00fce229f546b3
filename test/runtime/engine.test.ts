// The engine end to end, on both builds: framing, blocks, places, counts, options, and what alerts outlive.

import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { compile } from '../../src/compile.ts';
import { createExplainingEngine } from '../../src/explain/index.ts';
import { builtinCatalogue } from '../../src/isa/fields.ts';
import { createEngine, type Engine, type EngineOptions, type EvaluateOptions } from '../../src/runtime/index.ts';
import { EngineInstance } from '../../src/runtime/instance.ts';
import { FULL_EVENT } from '../differential/full-event.ts';
import { compileText } from '../program/sample.ts';

const PROGRAM = compileText(`
- rule: Create
  desc: d
  condition: ka.verb = create
  output: "%ka.auditid %evt.num"
  priority: WARNING
  source: k8s_audit
  tags: [x]
- rule: Any
  desc: d
  condition: ka.verb exists
  output: "%ka.verb %evt.reltime"
  priority: INFO
  source: k8s_audit
`);

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const event = (id: string, verb = 'create', more = ''): string =>
  `{"kind":"Event","auditID":"${id}","stageTimestamp":"2024-05-06T07:08:09Z","verb":"${verb}"${more}}`;

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => object;
};

describe.each(['on', 'off'] as const)('the engine, simd %s', (simd) => {
  const create = (options: EngineOptions = {}): Promise<Engine> =>
    createEngine(PROGRAM, { simd, timeZoneOffset: 0, ...options });

  it('says which build runs', async () => {
    expect((await create()).variant).toBe(simd === 'on' ? 'simd' : 'scalar');
  });

  it('evaluates lines; a bad one costs itself only', async () => {
    const engine = await create({ match: 'all' });
    const bytes = encode(`${event('a')}\n\n{"kind":}\n${event('b', 'get')}\r\n[]\n{}\n${event('c')}`);
    const { alerts, counts, rejections } = engine.evaluate(bytes);
    expect(alerts.map(({ rule, message, line }) => [rule, message, line])).toEqual([
      ['Create', 'a 1', 1],
      ['Any', 'create 000000000', 1],
      ['Any', 'get 000000000', 4],
      ['Create', 'c 3', 7],
      ['Any', 'create 000000000', 7],
    ]);
    expect(counts).toEqual({ received: 5, evaluated: 3, rejected: { invalid_json: 1, not_audit_event: 1 } });
    const at = event('a').length + 2;
    expect(rejections[0]).toEqual({ reason: 'invalid_json', line: 3, offset: at, at: at + 8 });
    expect(rejections[1]).toMatchObject({ reason: 'not_audit_event', line: 6 });
    const [first, , third] = alerts;
    expect([first!.offset, first!.length]).toEqual([0, event('a').length]);
    expect(new TextDecoder().decode(bytes.subarray(third!.offset, third!.offset + third!.length))).toBe(
      event('b', 'get'),
    );
  });

  it('evaluates a document', async () => {
    const engine = await create();
    const list = `{\n "kind": "EventList",\n "items": [\n${event('a')},\n${event('b', 'get')}]\n}\n`;
    const { alerts, counts } = engine.evaluate(encode(list), { framing: 'document' });
    expect(alerts.map(({ message }) => message)).toEqual(['a 1', 'get 000000000']);
    expect(counts).toEqual({ received: 2, evaluated: 2, rejected: {} });
    expect(engine.evaluate(new Uint8Array(), { framing: 'document' }).counts).toEqual({
      received: 1,
      evaluated: 0,
      rejected: { invalid_json: 1 },
    });
    expect(engine.evaluate(new Uint8Array()).counts).toEqual({ received: 0, evaluated: 0, rejected: {} });
  });

  it('evaluates objects', async () => {
    const engine = await create();
    expect(engine.evaluateObject(JSON.parse(event('o'))).alerts[0]!.message).toBe('o 1');
    expect(engine.evaluateObject([JSON.parse(event('p')), JSON.parse(event('q'))]).alerts).toHaveLength(2);
    expect(engine.evaluateObject(undefined).counts.rejected).toEqual({ invalid_json: 1 });
  });

  it('lets alerts carry what the compiler was asked for, unprinted', async () => {
    const rules = '- {rule: A, desc: d, condition: ka.verb exists, output: o, priority: INFO, source: k8s_audit}';
    const carriedFields = ['ka.auditid', 'ka.stage', 'evt.is_async'];
    const { program } = compile([{ name: 'r', text: rules }], { carriedFields });
    const engine = await createEngine(program!, { simd });
    const [alert] = engine.evaluate(encode(event('é', 'get', ',"sourceIPs":["10.0.0.1"]'))).alerts;
    expect([0, 1, 2, 3].map((n) => alert!.carried(n))).toEqual([encode('é'), undefined, encode('false'), undefined]);
    expect(Object.keys(alert!.output_fields)).toEqual(['evt.time']);
  });

  it('lets alerts carry every field that the compiler takes, as they print it', async () => {
    const rules = '- {rule: A, desc: d, condition: ka.verb exists, output: o, priority: INFO, source: k8s_audit}';
    const names = [...builtinCatalogue().fields.values()]
      .filter(({ type, list, arg }) => !list && arg?.required !== true && (type === 'string' || type === 'bool'))
      .map(({ name }) => name);
    const carriedFields = [...names, 'jevt.value[/user/username]', 'ka.uri.param[q]'];
    const appendOutput = [{ extra_fields: carriedFields.map((name, n) => ({ [n]: `%${name}` })) }];
    const { program } = compile([{ name: 'r', text: rules }], { carriedFields, appendOutput });
    const engine = await createEngine(program!, { simd });
    const [alert] = engine.evaluate(encode(FULL_EVENT), { framing: 'document' }).alerts;
    const carried = carriedFields
      .map((_, n) => alert!.carried(n))
      .map((bytes) => bytes && Buffer.from(bytes).toString());
    const printed = carriedFields.map((_, n) => alert!.output_fields[n]);
    expect(carried.map((text) => text ?? '<NA>')).toEqual(printed);
    expect(carried.filter((text) => text === undefined).length).toBeLessThan(carried.length / 4);
  });

  it('feeds large inputs in blocks, with places of the whole', async () => {
    const engine = await create();
    const lines = Array.from({ length: 9000 }, (_, i) =>
      i % 1000 === 7 ? '{' : event(`${i}`, 'create', `,"pad":"${'x'.repeat(i % 397)}"`),
    );
    const bytes = encode(lines.join('\n'));
    const { alerts, counts, rejections } = engine.evaluate(bytes);
    expect(bytes.length).toBeGreaterThan(4 * (512 << 10));
    expect(counts).toEqual({ received: 9000, evaluated: 8991, rejected: { invalid_json: 9 } });
    const expected = lines.flatMap((line, i) => (line === '{' ? [] : [[i + 1, line]]));
    const decoder = new TextDecoder();
    expect(
      alerts.map(({ line, offset, length }) => [line, decoder.decode(bytes.subarray(offset, offset + length))]),
    ).toEqual(expected);
    expect(rejections.map(({ line }) => line)).toEqual([8, 1008, 2008, 3008, 4008, 5008, 6008, 7008, 8008]);
    expect(alerts.at(-1)!.message).toBe('8999 8991');
  });

  it('takes a line longer than a block', async () => {
    const engine = await create();
    const long = event('long', 'create', `,"pad":"${'y'.repeat(1_400_000)}"`);
    const { alerts } = engine.evaluate(encode(`${event('a')}\n${long}\n${event('b')}\n`));
    expect(alerts.map(({ message, line }) => [message, line])).toEqual([
      ['a 1', 1],
      ['long 2', 2],
      ['b 3', 3],
    ]);
  });

  it('drains more output than fits at once', async () => {
    const engine = await create();
    const id = 'i'.repeat(3000);
    const { alerts } = engine.evaluate(encode(`${event(id)}\n`.repeat(1500)));
    expect(alerts).toHaveLength(1500);
    expect(alerts.at(-1)!.message).toBe(`${id} 1500`);
  });

  it('goes on counting after a payload that made its memory grow', async () => {
    const engine = await create({ maxEventSize: 1 << 27 });
    engine.evaluate(encode(event('a')));
    const huge = event('huge', 'create', `,"pad":"${'z'.repeat(40 << 20)}"`);
    expect(engine.evaluate(encode(huge)).alerts[0]!.message).toBe('huge 2');
    expect(engine.evaluate(encode(event('b'))).alerts[0]!.message).toBe('b 3');
    engine.reset();
    expect(engine.evaluate(encode(event('c'))).alerts[0]!.message).toBe('c 1');
  });

  it('rejects events that are too large or too deep', async () => {
    const engine = await create({ maxEventSize: 200, maxDepth: 10 });
    const deep = event('d', 'create', `,"x":${'['.repeat(12)}${']'.repeat(12)}`);
    const large = event('l', 'create', `,"x":"${'y'.repeat(200)}"`);
    expect(engine.evaluate(encode(`${deep}\n${large}\n${event('a')}`)).counts).toEqual({
      received: 3,
      evaluated: 1,
      rejected: { too_deep: 1, too_large: 1 },
    });
  });

  it('keeps alerts readable after the next call, after reuse of the input and after dispose', async () => {
    const engine = await create();
    const bytes = encode(event('keep'));
    const [alert] = engine.evaluate(bytes).alerts;
    bytes.fill(0);
    engine.evaluate(encode(`${event('other')}\n`.repeat(5000)));
    engine.dispose();
    expect(alert!.message).toBe('keep 1');
    expect(JSON.parse(alert!.json).output_fields).toEqual({
      'evt.num': 1,
      'evt.time': 1714979289000000000,
      'ka.auditid': 'keep',
    });
    expect(() => engine.evaluate(bytes)).toThrow(new TypeError('the engine is disposed'));
  });

  it('follows selection, severity and statistics', async () => {
    const names = async (options: EngineOptions): Promise<string[]> =>
      (await create({ match: 'all', ...options })).evaluate(encode(event('a'))).alerts.map(({ rule }) => rule);
    expect(await names({ rules: [{ disable: { rule: 'Create' } }, { enable: { tag: 'x' } }] })).toEqual([
      'Any',
      'Create',
    ]);
    expect(await names({ minPriority: 'warning' })).toEqual(['Create']);
    expect(await names({ minPriority: 'Notice' })).toEqual(['Create']);
    expect(await names({ tags: ['x'] })).toEqual(['Create']);
    expect(await names({ rules: [{ disable: { rule: '*' } }] })).toEqual([]);
    const engine = await create();
    engine.evaluate(encode(`${event('a')}\n${event('b', 'get')}\n${event('c')}`));
    expect(engine.statistics()).toMatchObject({
      alerts: 3,
      byRule: [
        { rule: 'Create', count: 2 },
        { rule: 'Any', count: 1 },
      ],
    });
  });

  it('prints local time and the host', async () => {
    const engine = await create({ timeZoneOffset: 330, hostname: 'wörk' });
    const [alert] = engine.evaluate(encode(event('a'))).alerts;
    expect([alert!.output, alert!.hostname, alert!.time]).toEqual([
      '12:38:09.000000000: Warning a 1',
      'wörk',
      '2024-05-06T07:08:09.000000000Z',
    ]);
  });
});

describe('the clock', () => {
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  const untimed = (id: string): string => event(id).replace('2024-05-06T07:08:09Z', '0001-01-01T00:00:00Z');

  it('stands in for the zero time, and nothing is counted twice for it', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) });
    const engine = await createEngine(PROGRAM, { timeZoneOffset: 0 });
    const first = engine.evaluate(
      encode(`${event('a')}\n{\n[${event('b')},${untimed('c')},${event('d')}]\n${untimed('e')}`),
    );
    expect(first.alerts.map(({ message, time, line }) => [message, time, line])).toEqual([
      ['a 1', '2024-05-06T07:08:09.000000000Z', 1],
      ['b 2', '2024-05-06T07:08:09.000000000Z', 3],
      ['c 3', '2030-01-01T00:00:00.000000000Z', 3],
      ['d 4', '2024-05-06T07:08:09.000000000Z', 3],
      ['e 5', '2030-01-01T00:00:00.000000000Z', 4],
    ]);
    expect(first.counts).toEqual({ received: 6, evaluated: 5, rejected: { invalid_json: 1 } });
    vi.setSystemTime(Date.UTC(2031, 0, 1));
    const [alert] = engine.evaluate(encode(untimed('f')), { framing: 'document' }).alerts;
    expect([alert!.message, alert!.time]).toEqual(['f 6', '2031-01-01T00:00:00.000000000Z']);
    expect(engine.statistics().alerts).toBe(6);
  });

  it('is local time as it is when it is shown', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2030, 0, 1) });
    const zone = vi.spyOn(Date.prototype, 'getTimezoneOffset').mockReturnValue(-60);
    const local = compileText(`
- rule: Morning
  desc: d
  condition: evt.time.s startswith 08
  output: "%evt.datetime.s"
  priority: INFO
  source: k8s_audit
`);
    const engines = [await createEngine(PROGRAM), await createEngine(local)];
    const outputs = (): readonly string[] =>
      engines.flatMap((engine) => engine.evaluate(encode(event('a'))).alerts.map(({ output }) => output));
    expect(outputs()).toEqual([
      '08:08:09.000000000: Warning a 1',
      '08:08:09.000000000: Informational 2024-05-06 08:08:09',
    ]);
    zone.mockReturnValue(-120);
    vi.advanceTimersByTime(1000);
    expect(outputs()).toEqual(['09:08:09.000000000: Warning a 2']);
  });
});

/** As a page of a browser that makes only instances of small modules at once does. */
function refuseInstances(): void {
  vi.spyOn(WebAssembly, 'Instance').mockImplementation(
    class {
      constructor() {
        throw new RangeError('WebAssembly.Instance is disallowed on the main thread');
      }
    },
  );
}

describe('a host that makes no instance at once', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('has engines, and their alerts have the same texts', async () => {
    const usual = await createEngine(PROGRAM, { hostname: 'h' });
    refuseInstances();
    const engine = await createEngine(PROGRAM, { hostname: 'h' });
    const events = encode(`${event('a')}\n${event('b', 'get')}\n`);
    const texts = (one: Engine): unknown => one.evaluate(events).alerts.map(({ json, text }) => [json, text]);
    const found = texts(engine);
    vi.restoreAllMocks();
    expect(found).toEqual(texts(usual));
  });

  it('keeps the memory that a payload took', async () => {
    refuseInstances();
    const engine = await createEngine(PROGRAM, { maxEventSize: 1 << 27 });
    const before = engine.memorySize;
    const huge = event('huge', 'create', `,"pad":"${'z'.repeat(40 << 20)}"`);
    expect(engine.evaluate(encode(huge)).alerts[0]!.message).toBe('huge 1');
    expect(engine.memorySize).toBeGreaterThan(before + (40 << 20));
    expect(engine.evaluate(encode(event('b'))).alerts[0]!.message).toBe('b 2');
  });

  it('says what explains there', async () => {
    const text =
      '- rule: R\n  desc: d\n  condition: ka.verb = get\n  output: o\n  priority: INFO\n  source: k8s_audit\n';
    const { program } = compile([{ name: 'r.yaml', text }]);
    refuseInstances();
    const engine = await createExplainingEngine(program!);
    expect(() => engine.explain(JSON.parse(event('a')))).toThrow('call createExplainer with the rule files');
  });
});

describe.each([true, false])(
  'an engine that has run out of memory, when there is another instance: %s',
  (hasAnother) => {
    afterEach(() => void vi.restoreAllMocks());

    it('fails once and goes on', async () => {
      const engine = await createEngine(PROGRAM);
      expect(engine.evaluate(encode(event('a'))).alerts[0]!.message).toBe('a 1');
      vi.spyOn(EngineInstance.prototype, 'run').mockImplementationOnce(() => {
        throw new Error('unreachable');
      });
      if (!hasAnother) refuseInstances();
      expect(() => engine.evaluate(encode(event('b')))).toThrow('unreachable');
      expect(engine.evaluate(encode(event('c'))).alerts.map(({ message }) => message)).toEqual(['c 2']);
    });
  },
);

describe('createEngine', () => {
  describe('with a module that was compiled before', () => {
    const binary = (variant: string): Uint8Array =>
      new Uint8Array(readFileSync(new URL(`../../build/falconet.${variant}.wasm`, import.meta.url)));

    it.each([
      ['scalar', 'off'],
      ['scalar', 'auto'],
      ['simd', 'on'],
      ['simd', 'auto'],
    ] as const)('takes the %s build, simd %s', async (variant, simd) => {
      const module = new WebAssembly.Module(binary(variant));
      const engine = await createEngine(PROGRAM, { module, simd });
      expect(engine.variant).toBe(variant);
      expect(engine.evaluate(encode(event('m'))).alerts).toHaveLength(1);
    });

    it('refuses another build than the one asked for', async () => {
      const module = new WebAssembly.Module(binary('scalar'));
      const message = "simd: 'on' is asked for, and the module is the scalar build";
      await expect(createEngine(PROGRAM, { module, simd: 'on' })).rejects.toThrow(new TypeError(message));
    });

    it('refuses what is no module of this version of the package', async () => {
      const foreign = new WebAssembly.Module(new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]));
      for (const module of [{}, null, binary('simd'), foreign]) {
        await expect(createEngine(PROGRAM, { module: module as object })).rejects.toThrow(
          /^module: expected a WebAssembly.Module of/,
        );
      }
      const other = binary('simd');
      other[other.length - 1]! ^= 1;
      await expect(createEngine(PROGRAM, { module: new WebAssembly.Module(other) })).rejects.toThrow(
        new TypeError('module: of another version of this package'),
      );
    });
  });

  it('gives engines that do not share state', async () => {
    const [one, two] = await Promise.all([createEngine(PROGRAM), createEngine(PROGRAM)]);
    one.evaluate(encode(event('a')));
    expect(two.evaluate(encode(event('b'))).alerts[0]!.message).toBe('b 1');
  });

  it('refuses what is no program and what is no option', async () => {
    await expect(createEngine(new Uint8Array(1000))).rejects.toThrow(
      new TypeError('cannot load the program: not a compiled program'),
    );
    await expect(createEngine('x' as unknown as Uint8Array)).rejects.toThrow(TypeError);
    const bad = [
      { match: 'some' },
      { minPriority: 'loud' },
      { maxEventSize: 0 },
      { maxDepth: 1.5 },
      { simd: true },
      { timeZoneOffset: Number.NaN },
      { timeZoneOffset: 1e15 },
      { timeZoneOffset: -1441 },
      { timeZoneOffset: '60' },
      { minPriority: 5 },
      { trusted: 'yes' },
      { hostname: 5 },
      { tags: 'k8s' },
      { tags: [5] },
      { tags: null },
      { rules: null },
      { rules: { disable: { rule: 'R' } } },
      { json_include_tags_property: 'no' },
      { time_format_iso_8601: 1 },
    ];
    for (const options of bad) {
      const [name] = Object.keys(options);
      const made = createEngine(PROGRAM, options as unknown as EngineOptions);
      await expect(made, JSON.stringify(options)).rejects.toThrow(new RegExp(`^${name}: expected`));
    }
    await expect(createEngine(PROGRAM, null as unknown as EngineOptions)).rejects.toThrow(
      'options: expected an object',
    );
    const engine = await createEngine(PROGRAM);
    expect(() => engine.evaluate('{}' as unknown as Uint8Array)).toThrow(TypeError);
    expect(() => engine.evaluate(new Uint8Array(), { framing: 'words' as 'lines' })).toThrow(TypeError);
    for (const options of [null, 'document', 5]) {
      expect(() => engine.evaluate(new Uint8Array(), options as EvaluateOptions)).toThrow(
        new TypeError('options: expected an object'),
      );
    }
  });

  it('is disposed at the end of a block', async () => {
    const engine = await createEngine(PROGRAM);
    engine[Symbol.dispose]();
    expect(() => engine.evaluate(new Uint8Array())).toThrow(TypeError);
  });
});
