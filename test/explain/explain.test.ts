// The explainer's API: what it takes, what it says about places, origins and options.

import { describe, expect, it } from 'vitest';
import { createExplainer, type Explainer } from '../../src/explain/explainer.ts';
import type { ExplainedPart } from '../../src/explain/explanation.ts';
import { renderExplanation, renderVerdict } from '../../src/explain/render.ts';

const RULES = `- list: verbs
  items: [create, update, patch]
- macro: writes
  condition: (ka.verb in (verbs))
- rule: Write
  desc: d
  condition: writes and ka.target.resource = pods
  output: o
  priority: NOTICE
  source: k8s_audit
  exceptions:
    - name: people
      fields: ka.user.name
      values: [alice]
- rule: Images
  desc: d
  condition: ka.req.pod.containers.image intersects (bad) or ka.req.pod.containers.image[1] in (worse)
  output: o
  priority: DEBUG
  source: k8s_audit
  enabled: false
`;

const event = (changes: object = {}): object => ({
  kind: 'Event',
  auditID: 'a1',
  stage: 'ResponseComplete',
  stageTimestamp: '2024-05-01T10:00:00Z',
  verb: 'get',
  user: { username: 'jane' },
  objectRef: { resource: 'pods' },
  ...changes,
});

async function made(options = {}): Promise<Explainer> {
  const { explainer } = await createExplainer([{ name: 'rules.yaml', text: RULES }], options);
  return explainer!;
}

function partsOf(part: ExplainedPart): readonly ExplainedPart[] {
  return [part, ...(part.children ?? []).flatMap(partsOf)];
}

/** Why the only rule, of this condition, does or does not match an event. */
async function because(condition: string, changes: object = {}): Promise<string> {
  const text = `- rule: R\n  desc: d\n  condition: >\n    ${condition}\n  output: o\n  priority: DEBUG\n  source: k8s_audit\n`;
  const { explainer } = await createExplainer([{ name: 'rules.yaml', text }]);
  return explainer!.explain(event(changes)).events[0]!.rule('R')!.reasons[0]!.text;
}

describe('a reason', () => {
  it('of a match names what holds, then some of what could have kept it away, and counts the rest', async () => {
    const absent = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => `not jevt.value[/${key}] exists`).join(' and ');
    expect(await because(`${absent} and not ka.user.name = alice and ka.verb = get`)).toBe(
      "ka.verb is 'get', ka.user.name is 'jane', jevt.value[/a] is missing, jevt.value[/b] is missing, and 4 more",
    );
  });

  it('of a match does not count one, and ends a long row of what holds', async () => {
    const absent = ['a', 'b', 'c', 'd'].map((key) => `not jevt.value[/${key}] exists`).join(' and ');
    expect(await because(`ka.verb = get and ${absent}`)).toBe(
      "ka.verb is 'get', jevt.value[/a] is missing, jevt.value[/b] is missing, jevt.value[/c] is missing, jevt.value[/d] is missing",
    );
    const keys = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`k${i}`, i]));
    const all = Object.keys(keys).map((key) => `jevt.value[/${key}] exists`);
    expect(await because(all.join(' and '), keys)).toMatch(/^jevt.value\[\/k0\] is '0', .*k7\] is '7', and 4 more$/);
  });

  it('of a match puts long texts last among what could have kept it away', async () => {
    const absent = ['a', 'b', 'c'].map((key) => `not jevt.value[/${key}] exists`).join(' and ');
    const told = await because(`not jevt.value[/long] contains y and ${absent} and not ka.verb = list`, {
      long: 'x'.repeat(200),
    });
    expect(told).toBe("ka.verb is 'get', jevt.value[/a] is missing, jevt.value[/b] is missing, and 2 more");
  });

  it('of a mismatch says once what is wanted of one text', async () => {
    expect(await because('ka.verb contains a or ka.verb contains b or ka.verb startswith c or ka.verb = d')).toBe(
      "ka.verb is 'get', wanted d, one that contains a or b or one that starts with c",
    );
    expect(await because('ka.user.groups intersects (a, b, c)', { user: { groups: ['x'] } })).toBe(
      "ka.user.groups is ('x'), wanted a, b or c in it",
    );
    const many = ['a', 'b', 'c', 'd', 'e', 'f'].map((key) => `jevt.value[/${key}] exists`).join(' or ');
    expect(await because(many)).toBe('no alternative holds: jevt.value[/a] is missing; and 5 other checks');
  });

  it('shows an empty constant', async () => {
    const { explainer } = await createExplainer([
      {
        name: 'r.yaml',
        text: '- rule: R\n  desc: d\n  condition: ka.verb = ""\n  output: o\n  priority: DEBUG\n  source: k8s_audit\n',
      },
    ]);
    expect(explainer!.explain(event()).events[0]!.rule('R')!.condition.text).toBe('ka.verb = ""');
  });
});

describe('an explainer', () => {
  it('gives the shortest reason first', async () => {
    const { events } = (await made()).explain(event({ user: { username: 'alice' } }));
    const { matches, reasons } = events[0]!.rule('Write')!;
    expect(matches).toBe(false);
    expect(reasons.map(({ text }) => text)).toEqual([
      "ka.verb is 'get', wanted create, update or patch",
      "ka.user.name is 'alice', wanted anything but alice (exception 'people')",
    ]);
    expect(reasons[0]!.places).toEqual([{ file: 'rules.yaml', line: 4, column: 15 }]);
    expect(reasons[1]!.exception).toBe('people');
  });

  it('knows the macro, list and exception of every part', async () => {
    const { events } = (await made()).explain(event());
    const parts = partsOf(events[0]!.rule('Write')!.condition);
    expect(parts.find(({ kind }) => kind === 'macro')).toMatchObject({ text: 'writes', holds: false, needed: true });
    expect(parts.find(({ text }) => text.startsWith('ka.verb'))).toMatchObject({
      lists: ['verbs'],
      place: { line: 4 },
    });
    expect(parts.find(({ text }) => text.startsWith('ka.target'))).toMatchObject({ holds: true, needed: false });
    expect(parts.find(({ text }) => text.startsWith('ka.user'))).toMatchObject({ exception: 'people' });
  });

  it('points into arrays, and to where a missing value was looked for', async () => {
    const containers = [{ image: 'a' }, { image: 'b' }];
    const explainer = await made();
    const values = (body: object): unknown =>
      partsOf(explainer.explain(event(body)).events[0]!.rule('Images')!.condition).flatMap((part) => part.values ?? []);
    expect(values({ requestObject: { spec: { containers } } })).toEqual([
      {
        field: 'ka.req.pod.containers.image',
        value: ['a', 'b'],
        pointers: ['/requestObject/spec/containers/0/image', '/requestObject/spec/containers/1/image'],
      },
      {
        field: 'ka.req.pod.containers.image[1]',
        value: ['b'],
        pointers: ['/requestObject/spec/containers/1/image'],
      },
    ]);
    expect(values({})).toMatchObject([
      { value: null, pointers: ['/requestObject/spec/containers/image'] },
      { value: null, pointers: ['/requestObject/spec/containers/image'] },
    ]);
  });

  it('takes text, bytes, lists of events and objects', async () => {
    const explainer = await made();
    const text = `${JSON.stringify(event())}\nnot json\n${JSON.stringify(event({ verb: 'create', auditID: 'a2' }))}\n`;
    const fromText = explainer.explain(text);
    expect(fromText.events.map(({ line, auditId, matches }) => [line, auditId, matches])).toEqual([
      [1, 'a1', []],
      [3, 'a2', ['Write']],
    ]);
    expect(fromText.rejections).toHaveLength(1);
    expect(explainer.explain(new TextEncoder().encode(text)).events).toHaveLength(2);
    const list = { kind: 'EventList', items: [event(), event({ verb: 'patch' })] };
    expect(explainer.explain(list).events.map(({ matches }) => matches)).toEqual([[], ['Write']]);
  });

  it('can be limited to some rules, and says which are off', async () => {
    const explainer = await made({ rules: ['Images'] });
    expect(explainer.rules).toEqual(['Images']);
    const [explained] = explainer.explain(
      event({ requestObject: { spec: { containers: [{ image: 'bad' }] } } }),
    ).events;
    expect(explained!.matches).toEqual([]);
    expect(explained!.rule('Images')).toMatchObject({ matches: true, enabled: false });
    expect(explained!.rule('Write')).toBeUndefined();
  });

  it('gives diagnostics for rules that do not compile', async () => {
    const result = await createExplainer([{ name: 'x', text: '- rule: A\n  condition: nope\n' }]);
    expect(result.explainer).toBeUndefined();
    expect(result.diagnostics.length).toBeGreaterThan(0);
  });

  it.each([
    [null, TypeError, 'options: expected an object'],
    ['x', TypeError, 'options: expected an object'],
    [{ semantics: 'both' }, TypeError, 'semantics: expected falco or fixed'],
    [{ trusted: 1 }, TypeError, 'trusted: expected true or false'],
    [{ rules: 'Write' }, TypeError, 'rules: expected an array of rule names'],
    [{ rules: new Array(1) }, TypeError, 'rules: expected an array of rule names'],
    [{ rules: null }, TypeError, 'rules: expected an array of rule names'],
    [{ rules: [{ disable: { rule: 'Write' } }] }, TypeError, 'rules: expected an array of rule names'],
    [{ rules: ['Write', 'Imagse'] }, RangeError, "not 'Imagse'; did you mean 'Images'?"],
    [{ rules: ['none of them'] }, RangeError, "not 'none of them'; warnings tell of rules that are skipped"],
  ])('is not made with the options %j', async (options, kind, message) => {
    const making = made(options as object);
    await expect(making).rejects.toThrow(kind);
    await expect(making).rejects.toThrow(message);
  });

  it('takes names of its rules only where there are rules', async () => {
    const skipped = RULES.replace('writes and', 'no.such = 1 and').replace(
      '  priority: N',
      '  skip-if-unknown-filter: true\n  priority: N',
    );
    expect((await createExplainer([{ name: 'x', text: skipped }])).explainer!.rules).toEqual(['Images']);
    const making = createExplainer([{ name: 'x', text: skipped }], { rules: ['Write'] });
    await expect(making).rejects.toThrow(RangeError);
    const broken = await createExplainer([{ name: 'x', text: '- rule: A\n' }], { rules: ['B'] });
    expect(broken.explainer).toBeUndefined();
  });

  it('takes events with options only', async () => {
    const explainer = await made();
    for (const options of [null, 'document', { framing: 'words' }]) {
      expect(() => explainer.explain('{}', options as object)).toThrow(TypeError);
      expect(() => explainer.explain(event(), options as object)).toThrow(TypeError);
    }
  });

  it('renders explanations of a rule only', async () => {
    const [explained] = (await made()).explain(event()).events;
    for (const given of [undefined, null, 'Write', {}, explained, { rule: 'Write' }]) {
      expect(() => renderExplanation(given as never)).toThrow(
        new TypeError("explanation: expected a rule's, such as explain(event, rule) returns"),
      );
    }
    expect(() => renderExplanation(explained!.rule('Write')!, null as never)).toThrow(TypeError);
  });

  it('is plain data', async () => {
    const explanation = (await made()).explain(event()).events[0]!.rule('Write')!;
    expect(JSON.parse(JSON.stringify(explanation))).toEqual(explanation);
  });

  it('has nothing to say without rules', async () => {
    const { explainer } = await createExplainer([{ name: 'x', text: '' }]);
    expect(explainer!.rules).toEqual([]);
    expect(explainer!.explain(event()).events).toMatchObject([{ auditId: 'a1', matches: [] }]);
    expect(explainer!.explain(event()).events[0]!.rules()).toEqual([]);
  });

  it('refuses an object that has no JSON text', async () => {
    const circle: { self?: object } = {};
    circle.self = circle;
    expect((await made()).explain(circle)).toMatchObject({ events: [], rejections: [{ reason: 'invalid_json' }] });
  });
});

describe('rendering', () => {
  it('colours only when asked to, and keeps control characters out', async () => {
    const explanation = (await made()).explain(event({ verb: '\x1b[31m' })).events[0]!.rule('Write')!;
    expect(renderExplanation(explanation)).not.toContain('\x1b');
    expect(renderExplanation(explanation, { color: true })).toContain('\x1b[31m✗\x1b[0m');
    expect(renderVerdict(explanation)).toMatch(/^✗ Write does not match: ka\.verb is '\\u001b\[31m', wanted/);
  });

  it('opens what was not needed when asked to', async () => {
    const { explainer } = await createExplainer([
      {
        name: 'r',
        text: RULES.replace('writes and ka.target.resource = pods', 'ka.verb = delete and (writes or writes)'),
      },
    ]);
    const explanation = explainer!.explain(event()).events[0]!.rule('Write')!;
    expect(renderExplanation(explanation).match(/writes/g)).toBeNull();
    expect(renderExplanation(explanation, { full: true }).match(/writes/g)).toHaveLength(2);
  });
});
