// `engine.explain`: says what this very engine would do with one event, in the words of createExplainer.

import { describe, expect, it } from 'vitest';
import {
  type CompileOptions,
  compile,
  createEngine,
  createExplainer,
  type Engine,
  type EngineOptions,
  type EventExplanation,
} from '../../src/index.ts';
import { createEngine as createRuntimeEngine } from '../../src/runtime/index.ts';

const rule = (name: string, condition: string, more = ''): string =>
  `- rule: ${name}\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: ${more === '' ? 'NOTICE' : more}\n  source: k8s_audit\n`;

const RULES = `- list: verbs
  items: [create, update]
- macro: writes
  condition: (ka.verb in (verbs))
${rule('Write', 'writes and ka.target.resource = pods')}  tags: [w]
${rule('Off', 'writes')}  enabled: false
${rule('Any', 'ka.verb exists and not ka.user.name = alice', 'DEBUG')}  tags: [w, a]
${rule('First', 'evt.num = 1', 'DEBUG')}`;
const FILES = [{ name: 'rules.yaml', text: RULES }];

const event = (changes: object = {}): object => ({
  kind: 'Event',
  auditID: 'a1',
  stage: 'ResponseComplete',
  stageTimestamp: '2024-05-01T10:00:00Z',
  verb: 'create',
  user: { username: 'jane' },
  objectRef: { resource: 'pods' },
  ...changes,
});
const EVENTS = [
  event(),
  event({ verb: 'get' }),
  event({ verb: undefined, auditID: 7 }),
  event({ user: { username: 'alice' }, objectRef: { resource: 'nodes' } }),
  event({ verb: 'update', user: { username: 'jané \u2028' } }),
];

async function made(options: EngineOptions = { match: 'all' }, compiled: CompileOptions = {}): Promise<Engine> {
  return createEngine(compile(FILES, compiled).program!, options);
}

const dataOf = ({ line, auditId, matches, rules }: EventExplanation): unknown => ({
  line,
  auditId,
  matches,
  rules: rules(),
});

describe('engine.explain', () => {
  it.each([
    ['simd', 'on', 'fixed'],
    ['scalar', 'off', 'fixed'],
    ['simd', 'on', 'falco'],
  ] as const)('says what createExplainer says: %s, simd %s, %s', async (variant, simd, semantics) => {
    const engine = await made({ match: 'all', simd }, { semantics });
    expect(engine.variant).toBe(variant);
    for (const one of EVENTS) {
      const { explainer } = await createExplainer(FILES, { simd, semantics });
      const explained = engine.explain(one);
      expect(dataOf(explained)).toEqual(dataOf(explainer!.explain(one).events[0]!));
      expect(engine.explain(one, 'Write')).toEqual(explained.rule('Write'));
    }
  });

  it('takes text, bytes and objects, on one line or many, and needs no waiting', async () => {
    const engine = await made();
    const expected = { rule: 'Write', matches: true, enabled: true };
    const text = JSON.stringify(event(), null, 2);
    for (const one of [event(), text, `${text}\n`, new TextEncoder().encode(text), [event()]]) {
      expect(engine.explain(one, 'Write')).toMatchObject(expected);
    }
    expect(engine.explain({ kind: 'EventList', items: [event()] }).matches).toContain('Write');
    expect(engine.explain(event({ verb: 'get' }), 'Write').reasons[0]!.text).toBe(
      "ka.verb is 'get', wanted create or update",
    );
  });

  it.each([
    {},
    { match: 'all' },
    { match: 'all', minPriority: 'notice' },
    { match: 'all', tags: ['a'] },
    { match: 'all', rules: [{ enable: { rule: 'Off' } }, { disable: { tag: 'w' } }, { enable: { rule: 'Write' } }] },
    { rules: [{ disable: { rule: 'Write' } }, { enable: { rule: 'Write' } }] },
    { rules: [{ disable: { rule: '*' } }] },
  ] as const)('has the matches and rules of this engine: %j', async (options: EngineOptions) => {
    for (const one of EVENTS) {
      const engine = await made(options);
      const everything = await made({ ...options, match: 'all' });
      const alerts = engine.evaluateObject(one).alerts.map((alert) => alert.rule);
      const explained = engine.explain(one);
      expect(explained.matches).toEqual(alerts);
      const on = explained.rules().filter(({ enabled, matches }) => enabled && matches);
      const all = everything.evaluateObject(one).alerts.map((alert) => alert.rule);
      expect(on.map((explanation) => explanation.rule).sort()).toEqual([...all].sort());
    }
  });

  it('follows the other options that bear on a condition', async () => {
    const { program } = compile([{ name: 'r.yaml', text: rule('Host', 'evt.hostname = there') }]);
    const engine = await createEngine(program!, {
      hostname: 'there',
      maxEventSize: 500,
      json_include_tags_property: false,
    });
    expect(engine.explain(event()).matches).toEqual(['Host']);
    expect(() => engine.explain(event({ pad: 'x'.repeat(500) }))).toThrow(/^event: .*too_large/);
  });

  it('knows the embedder’s own fields', async () => {
    const catalogue = {
      source: 'mine',
      plugin: { name: 'p', version: '1.0.0' },
      time: '/t',
      fields: [{ name: 'my.kind', type: 'string', path: '/k' }],
    } as const;
    const text = rule('Mine', 'my.kind = a').replace('k8s_audit', 'mine');
    const engine = await createEngine(compile([{ name: 'r.yaml', text }], { catalogue }).program!);
    const one = { t: '2024-05-01T10:00:00Z', k: 'a' };
    expect(engine.explain(one, 'Mine').condition.values).toEqual([{ field: 'my.kind', value: 'a', pointers: ['/k'] }]);
  });

  it('leaves the engine as it was, and says the same twice', async () => {
    const engine = await made();
    expect(engine.explain(event())).toMatchObject({ matches: ['Write', 'Any', 'First'] });
    expect(engine.explain(event())).toMatchObject({ matches: ['Write', 'Any', 'First'] });
    expect(engine.statistics()).toEqual((await made()).statistics());
    const { alerts } = engine.evaluateObject(event());
    expect(alerts.map((alert) => alert.rule)).toEqual(['Write', 'Any', 'First']);
  });

  it('goes by the rules as they were compiled', async () => {
    const file = { name: 'rules.yaml', text: rule('Was', 'ka.verb = create') };
    const files = [file];
    const options: { semantics?: 'falco' | 'fixed'; lint: boolean } = { lint: true };
    const { program } = compile(files, options);
    file.text = rule('Is', 'ka.verb = get');
    files.pop();
    options.semantics = 'falco';
    expect((await createEngine(program!)).explain(event()).matches).toEqual(['Was']);
  });

  it('has nothing to say without rules', async () => {
    const engine = await createEngine(compile([{ name: 'x', text: '' }]).program!);
    expect(engine.explain(event()).rules()).toEqual([]);
    expect(() => engine.explain(event(), 'x')).toThrow(RangeError);
  });

  it('counts the memory that it takes, and lets go of it', async () => {
    const engine = await made();
    const before = engine.memorySize;
    const explained = engine.explain(event());
    expect(engine.memorySize).toBeGreaterThan(before);
    engine.dispose();
    expect(() => engine.explain(event())).toThrow(new TypeError('the engine is disposed'));
    expect(explained.rule('Write')!.matches).toBe(true);
  });
});

describe('what engine.explain cannot explain', () => {
  it.each([
    [5, TypeError, 'event: expected JSON text, its bytes or an object'],
    [null, TypeError, 'event: expected JSON text, its bytes or an object'],
    [undefined, TypeError, 'event: expected JSON text, its bytes or an object'],
    ['', TypeError, 'event: expected one event, '],
    ['{"kind":', TypeError, 'event: expected one event, refused at byte 8: invalid_json, '],
    [{ kind: 'Pod' }, TypeError, 'event: expected one event, refused at byte 0: not_audit_event, '],
    [event({ stageTimestamp: 'noon' }), TypeError, /^event: expected one event, refused at byte \d+: bad_timestamp, /],
    [{ kind: 'EventList', items: [] }, TypeError, 'event: expected one event, '],
    [[event(), event()], RangeError, 'event: expected one event, found 2; call explain for each of them'],
    [[event(), 5], RangeError, 'event: expected one event, found 2; call explain for each of them'],
    [`${JSON.stringify(event())}\n${JSON.stringify(event())}`, TypeError, /invalid_json.*; pass a single Event$/],
  ])('is an event such as %j', async (one, kind, message) => {
    const engine = await made();
    const explain = (): unknown => engine.explain(one as object);
    expect(explain).toThrow(message);
    expect(explain).toThrow(kind);
    expect(engine.explain(event()).matches).toContain('Write');
  });

  it('is a rule that is not there', async () => {
    const engine = await made();
    expect(() => engine.explain(event(), 'Wite')).toThrow(
      new RangeError("rule: expected the name of a rule of the engine's program, not 'Wite'; did you mean 'Write'?"),
    );
    expect(() => engine.explain(event(), 'Nothing like it')).toThrow(/; explain\(event\)\.rules\(\) has them all$/);
    expect(() => engine.explain(event(), 5 as unknown as string)).toThrow(TypeError);
  });

  it('is a program that was not compiled here', async () => {
    const engine = await createEngine(compile(FILES).program!.slice(), { match: 'all' });
    expect(engine.evaluateObject(event()).alerts).toHaveLength(3);
    expect(() => engine.explain(event())).toThrow(TypeError);
    expect(() => engine.explain(event())).toThrow(/^program: expected .* call createExplainer with the rule files$/);
  });

  it('is left to this engine by that of falconet/runtime', async () => {
    expect('explain' in (await createRuntimeEngine(compile(FILES).program!))).toBe(false);
  });
});

describe('values that JSON has no exact form of', () => {
  const reasonsOf = async (condition: string, changes: object): Promise<readonly string[]> => {
    const engine = await createEngine(compile([{ name: 'r.yaml', text: rule('R', condition) }]).program!);
    return engine.explain(event(changes), 'R').reasons.map(({ text }) => text);
  };

  it('are the digits of a large number', async () => {
    const time = { stageTimestamp: '2024-05-01T10:00:00.123456789Z' };
    expect(await reasonsOf('evt.rawtime = 1714557600123456790', time)).toEqual([
      "evt.rawtime is '1714557600123456789', wanted 1714557600123456790",
    ]);
    expect(await reasonsOf('evt.num = 5', time)).toEqual(['evt.num is 1, wanted 5']);
  });

  it('are addresses, in alerts too', async () => {
    const sourceIPs = ['8.8.8.8', '10.0.0.1', '2001:DB8:0:0::1'];
    expect(await reasonsOf('kx.sourceips in (10.0.0.0/8)', { sourceIPs })).toEqual([
      "kx.sourceips is ('8.8.8.8', '10.0.0.1', '2001:db8::1'), wanted only 10.0.0.0/8",
    ]);
    const text = rule('R', 'kx.sourceips intersects (10.0.0.0/8)').replace(' o\n', ' from %kx.sourceips\n');
    const engine = await createEngine(compile([{ name: 'r.yaml', text }]).program!);
    const [alert] = engine.evaluateObject(event({ sourceIPs })).alerts;
    expect(alert!.message).toBe('from (8.8.8.8,10.0.0.1,2001:db8::1)');
    expect(alert!.output_fields['kx.sourceips']).toEqual(['8.8.8.8', '10.0.0.1', '2001:db8::1']);
  });
});
