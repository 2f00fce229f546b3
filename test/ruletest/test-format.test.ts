// One format, two readers: the same tests given as YAML and as JavaScript are refused in the same words, or have the same verdict.

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type CodeTest, createRuleTester, type RuleTester, testRules } from '../../src/ruletest/index.ts';

const RULES = {
  name: 'rules.yaml',
  text: `- rule: A
  desc: d
  condition: ka.verb = get
  output: read by %ka.user.name
  priority: WARNING
  source: k8s_audit
`,
};
const FILES: Readonly<Record<string, string>> = { 'empty.jsonl': '\n  \n' };
const read = (path: string): Uint8Array => new TextEncoder().encode(FILES[path] ?? '{"kind":"Event"}\n');
const TEMPLATES = { listed: { template: 'event', set: { '/verb': 'list' } } };

let tester: RuleTester;
beforeAll(async () => {
  tester = await createRuleTester([RULES], { read, templates: TEMPLATES });
});

interface Verdict {
  readonly passed: boolean;
  readonly messages: readonly string[];
}

async function inCode(test: unknown): Promise<Verdict> {
  const { passed, problems } = await tester.run(test as CodeTest);
  return { passed, messages: problems.map(({ message }) => message) };
}

async function inYaml(test: object): Promise<Verdict> {
  const text = stringify({ templates: TEMPLATES, tests: [{ name: 't', ...test }] }, { aliasDuplicateObjects: false });
  const { passed, problems, results } = await testRules([{ test: { name: 't.yaml', text }, rules: [RULES], read }]);
  const found = results.flatMap((result) => result.problems);
  return { passed, messages: [...problems, ...found].map(({ message }) => message) };
}

/** Without the path that code puts in front. */
function wordsOf(messages: readonly string[]): readonly string[] {
  return messages.map((message) => message.replace(/^((^|\.)[\w$]+|\[\d+\]|\["([^"\\]|\\.)*"\])+: /, ''));
}

const listed = { template: 'listed' };
const WHOLE = 'name, event, template, file, line, auditid, merge, set, remove, events';
const NO_EVENT = "there is no event; expected one of 'event', 'template' (such as event) and 'file'";
const PRIORITIES = 'expected one of emergency, alert, critical, error, warning, notice, informational, debug';
const HOLDS_NONE = 'what is given as the event holds none, such as an empty list';

const WRONG: readonly (readonly [test: object, problems: readonly string[]])[] = [
  [
    { ...listed, alerts: [{ rule: 'A', outputs: 'x' }] },
    ["alerts[0].outputs: there is no key 'outputs' here; did you mean 'output'?"],
  ],
  [
    { ...listed, alert: [], no_alert: ['A'] },
    [
      "alert: there is no key 'alert' here; did you mean 'alerts'?",
      "no_alert: there is no key 'no_alert' here; did you mean 'no_alerts'?",
    ],
  ],
  [{ events: [listed], event: { verb: 'get' }, no_alerts: ['A'] }, ["event: 'event' has no place beside 'events'"]],
  [{ events: [listed], set: { '/verb': 'get' }, no_alerts: ['A'] }, ["set: 'set' has no place beside 'events'"]],
  [
    { events: [listed], line: 1, remove: '/a', no_alerts: ['A'] },
    ["line: 'line' has no place beside 'events'", "remove: 'remove' has no place beside 'events'"],
  ],
  [{ event: {}, template: 'event', no_alerts: ['A'] }, ["template: 'template' has no place beside 'event'"]],
  [
    { events: [{ template: 'event', file: 'x' }], no_alerts: ['A'] },
    ["events[0].file: 'file' has no place beside 'template'"],
  ],
  [{ ...listed, line: 1, no_alerts: ['A'] }, ["line: 'line' has no place without 'file'"]],
  [{ ...listed, auditid: 'x', no_alerts: ['A'] }, ["auditid: 'auditid' has no place without 'file'"]],
  [{ events: [], no_alerts: ['A'] }, [`events: ${NO_EVENT}`]],
  [{ events: [listed, {}], no_alerts: ['A'] }, [`events[1]: ${NO_EVENT}`]],
  [{ no_alerts: ['A'] }, [NO_EVENT]],
  [{ events: 'x', no_alerts: ['A'] }, ["events: 'events' is a text, expected a sequence"]],
  [{ events: null, no_alerts: ['A'] }, ["events: 'events' is nothing, expected a sequence"]],
  [{ events: [null], no_alerts: ['A'] }, ["events[0]: item 1 of 'events' is nothing, expected a mapping"]],
  [
    { events: [{ ...listed, alerts: ['A'] }], exact: true },
    [
      "events[0].alerts: there is no key 'alerts' here; expected event, template, file, line, auditid, merge, set, remove",
    ],
  ],
  [{ ...listed, alerts: 5 }, ["alerts: 'alerts' is the number 5, expected a sequence"]],
  [{ ...listed, alerts: { rule: 'A' } }, ["alerts: 'alerts' is a mapping, expected a sequence"]],
  [{ ...listed, alerts: [null] }, ["alerts[0]: item 1 of 'alerts' is nothing, expected a mapping"]],
  [{ ...listed, alerts: [['A']] }, ["alerts[0]: item 1 of 'alerts' is a sequence, expected a mapping"]],
  [{ ...listed, alerts: [{ output: 'x' }] }, ["alerts[0].rule: 'rule' is missing, expected a text"]],
  [{ ...listed, alerts: [{ rule: 1 }] }, ["alerts[0].rule: 'rule' is the number 1, expected a text"]],
  [
    { ...listed, alerts: [{ rule: 'A', priority: 3 }] },
    [`alerts[0].priority: there is no priority '3'; ${PRIORITIES}`],
  ],
  [
    { ...listed, alerts: [{ rule: 'A', priority: ['error'] }] },
    [`alerts[0].priority: 'priority' is a sequence; ${PRIORITIES}`],
  ],
  [
    { ...listed, alerts: [{ rule: 'A', output: 1, output_contains: ['x'], output_fields: 'x', count: '1' }] },
    [
      "alerts[0].output: 'output' is the number 1, expected a text",
      "alerts[0].output_contains: 'output_contains' is a sequence, expected a text",
      "alerts[0].output_fields: 'output_fields' is a text, expected a mapping",
      "alerts[0].count: 'count' is a text, expected a number of alerts",
    ],
  ],
  [
    { ...listed, alerts: [{ rule: 'A', count: 0, output: 'x' }] },
    ["alerts[0].output: 'output' has no place beside 'count: 0'"],
  ],
  [
    { ...listed, alerts: [{ rule: 'A', count: 1.5 }] },
    ["alerts[0].count: 'count' is the number 1.5, expected a number of alerts"],
  ],
  [{ ...listed, no_alerts: 5 }, ["no_alerts: 'no_alerts' is the number 5, expected a sequence"]],
  [{ ...listed, no_alerts: [{ rule: 'A' }] }, ["no_alerts[0]: item 1 of 'no_alerts' is a mapping, expected a text"]],
  [{ ...listed, exact: 'yes' }, ["exact: 'exact' is a text, expected true or false"]],
  [{ ...listed, exact: false, alerts: null }, ['the test expects nothing; give it alerts, no_alerts or exact']],
  [{ ...listed, name: 5, exact: true }, ["name: 'name' is the number 5, expected a text"]],
  [{ template: 5, exact: true }, ["template: 'template' is the number 5, expected a text"]],
  [{ file: [], exact: true }, ["file: 'file' is a sequence, expected a text"]],
  [{ file: 'x', line: 0, exact: true }, ["line: 'line' is the number 0, expected the number of a line, from 1"]],
  [{ file: 'x', auditid: 1, exact: true }, ["auditid: 'auditid' is the number 1, expected a text"]],
  [{ ...listed, set: ['/verb'], exact: true }, ["set: 'set' is a sequence, expected a mapping"]],
  [{ ...listed, set: null, exact: true }, ["set: 'set' is nothing, expected a mapping"]],
  [{ ...listed, remove: { a: 1 }, exact: true }, ["remove: 'remove' is a mapping, expected a sequence"]],
  [{ ...listed, remove: ['/a', 1], exact: true }, ["remove[1]: item 2 of 'remove' is the number 1, expected a text"]],
  [
    { ...listed, constructor: 1, exact: true },
    [`constructor: there is no key 'constructor' here; expected ${WHOLE}, alerts, no_alerts, exact`],
  ],
  // what only the rules, the templates and the events can tell
  [{ ...listed, set: { verb: 'get' }, exact: true }, ["'verb' is no JSON Pointer; did you mean '/verb'?"]],
  [{ ...listed, alerts: '', exact: true }, ["there is no rule ''; did you mean 'A'?"]],
  [{ ...listed, no_alerts: 'B' }, ["there is no rule 'B'; did you mean 'A'?"]],
  [{ event: [], no_alerts: 'A' }, [HOLDS_NONE]],
  [{ file: 'empty.jsonl', no_alerts: 'A' }, ['empty.jsonl holds no event']],
  [{ events: [listed, { event: [] }], no_alerts: 'A' }, [HOLDS_NONE]],
];

describe('a wrong test', () => {
  it.each(WRONG.map(([test, problems]) => [JSON.stringify(test), test, problems] as const))(
    '%s is refused by both readers in the same words',
    async (_, test, problems) => {
      const code = await inCode(test);
      expect(code).toEqual({ passed: false, messages: problems });
      const yaml = await inYaml(test);
      expect(yaml.passed).toBe(false);
      // `each` is of files alone
      const words = yaml.messages.map((message) => message.replace('events, each,', 'events,'));
      expect(words).toEqual(wordsOf(problems));
    },
  );

  it('has the line of what is wrong in a file', async () => {
    const text = `tests:
  - name: a
    template: event
    alerts:
      - rule: A
        outputs: x
  - name: b
    events:
      - template: event
        line: 1
    exact: true
  - name: c
    set: {}
    events: []
`;
    const { problems } = await testRules([{ test: { name: 't', text }, rules: [RULES] }]);
    expect(problems.map(({ line }) => line)).toEqual([6, 10, 14]);
  });
});

describe('a right test', () => {
  it.each<[object, boolean]>([
    [{ template: 'event', alerts: 'A' }, true],
    [{ template: 'event', no_alerts: 'A' }, false],
    [{ ...listed, no_alerts: 'A', alerts: null, exact: null }, true],
    [{ ...listed, alerts: [{ rule: 'A', count: 0 }] }, true],
    [{ template: 'event', alerts: ['A', { rule: 'A', priority: 'WARNING', output: 'read by jane', count: 1 }] }, true],
    [{ template: 'event', alerts: [{ rule: 'A', output_fields: { 'ka.user.name': 'bob' } }] }, false],
    [{ events: [listed, { template: 'event', remove: '/verb' }], exact: true }, true],
    [{ events: [listed, { template: 'event' }], alerts: ['A'], exact: true }, true],
    [{ template: 'event', merge: { verb: 'list' }, set: { '/verb': 'get' }, alerts: ['A'] }, true],
    [{ template: 'event', set: { '/verb': null }, no_alerts: ['A'] }, true],
  ])('%j has the same verdict in both', async (test, passed) => {
    const [code, yaml] = [await inCode(test), await inYaml(test)];
    expect(code.passed).toBe(passed);
    expect([yaml.passed, yaml.messages]).toEqual([code.passed, code.messages]);
  });
});

describe('any test', () => {
  const value = fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<unknown>(null, true, 0, 1, 1.5, '', 'A', 'B', 'event', '/verb', 'error', [], {}, ['A'], [null]),
    fc.constantFrom<unknown>({ '/verb': 'get' }, { rule: 'A' }, [{ rule: 'A', count: 1 }], [{ template: 'event' }]),
    fc.array(fc.jsonValue({ maxDepth: 1 }), { maxLength: 2 }),
  );
  const keys = [...WHOLE.split(', ').slice(1), 'alerts', 'no_alerts', 'exact', 'outputs', 'setting'];
  const test = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 5 });

  it('is refused by both in the same words, or by neither', async () => {
    await fc.assert(
      fc.asyncProperty(test, fc.boolean(), async (made, isWhole) => {
        const whole = isWhole ? { ...listed, no_alerts: ['A'], ...made } : made;
        const [code, yaml] = [await inCode(whole), await inYaml(whole)];
        expect(yaml.passed).toBe(code.passed);
        expect(wordsOf(yaml.messages).map((message) => message.replace('events, each,', 'events,'))).toEqual(
          wordsOf(code.messages),
        );
      }),
      { numRuns: 300 },
    );
  });
});

describe('code', () => {
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;

  it.each<[string, unknown, string]>([
    ['no test', null, 'the test is nothing, expected a mapping'],
    ['nothing at all', undefined, 'the test is missing, expected a mapping'],
    ['a text', 'A', 'the test is a text, expected a mapping'],
    ['several tests', [listed], 'the test is a sequence, expected a mapping'],
    ['variants', { ...listed, each: [], exact: true }, "each: there is no key 'each' here; expected name"],
    ['a function as the event', { event: () => ({}), exact: true }, "event: 'event' is the value [object Function], "],
    [
      'a Map of changes',
      { ...listed, set: new Map([['/verb', 'get']]), no_alerts: ['A'] },
      "set: 'set' is the value [object Map], expected a mapping",
    ],
    [
      'a Set of rules',
      { ...listed, no_alerts: new Set(['A']) },
      "no_alerts: 'no_alerts' is the value [object Set], expected a sequence",
    ],
    [
      'a value that is not there',
      { ...listed, set: { '/verb': undefined }, exact: true },
      `set["/verb"]: '/verb' is missing, expected a JSON value`,
    ],
    [
      'a change to what is not there',
      { ...listed, merge: { verb: undefined }, exact: true },
      "merge.verb: 'verb' is missing, expected a JSON value",
    ],
    [
      'a pattern',
      { ...listed, alerts: [{ rule: 'A', output_contains: /x/ }] },
      "alerts[0].output_contains: 'output_contains' is the value [object RegExp], expected a text",
    ],
    [
      'a bigint',
      { event: { a: [1n] }, exact: true },
      "event.a[0]: item 1 of 'a' is the value 1, expected a JSON value",
    ],
    ['no number', { event: { a: Number.NaN }, exact: true }, "event.a: 'a' is the number NaN, expected a JSON value"],
    ['bytes', { event: new Uint8Array(2), exact: true }, "event: 'event' is the value [object Uint8Array], expected"],
    ['an event in itself', { event: cyclic, exact: true }, "event: 'event' holds itself, or too many levels"],
    ['a gap', { ...listed, alerts: new Array(1) }, "alerts[0]: item 1 of 'alerts' is missing, expected a mapping"],
  ])('is told of %s', async (_, test, message) => {
    const { passed, problems } = await tester.run(test as CodeTest);
    expect(passed).toBe(false);
    expect(problems.map(({ kind }) => kind)).toEqual(['invalid']);
    expect(problems[0]!.message).toContain(message);
  });

  it('may leave keys and members undefined, and give dates', async () => {
    const user = { username: undefined, groups: ['a'] };
    const changes = { merge: { stageTimestamp: new Date(0) }, set: { '/user': user } };
    const alerts = [{ rule: 'A', output: 'read by <NA>', count: undefined }];
    const test: object = { template: 'event', event: undefined, ...changes, events: undefined, alerts };
    expect(await inCode(test)).toEqual({ passed: true, messages: [] });
  });

  it('gives the name of a test that is refused', async () => {
    expect((await tester.run({ name: 'n', alerts: ['A'] })).test).toMatchObject({ name: 'n', sources: [], alerts: [] });
  });

  it.each<[object, string]>([
    [{ a: { template: 'event', sett: {} } }, "templates.a.sett: there is no key 'sett' here; did you mean 'set'?"],
    [{ 'a b': {} }, `templates["a b"]: ${NO_EVENT}`],
    [{ a: null }, "templates.a: 'a' is nothing, expected a mapping"],
  ])('cannot have the templates %j', async (templates, message) => {
    await expect(
      createRuleTester([RULES], { templates: templates as object as Record<string, object> }),
    ).rejects.toThrow(new TypeError(`the templates are not as they should be:\n${message}`));
  });
});

describe('a test file', () => {
  const problemsOf = async (text: string): Promise<readonly string[]> => {
    const { problems, results, passed } = await testRules([{ test: { name: 't', text }, rules: [RULES], read }]);
    expect(passed).toBe(false);
    const found = results.flatMap((result) => result.problems);
    return [...problems.map(({ line, message }) => `${line}: ${message}`), ...found.map(({ message }) => message)];
  };
  const TESTS = 'tests:\n  - { name: t, no_alerts: [A] }\n';

  it.each([
    [`defaults: { set: [a] }\n${TESTS}`, ["1: 'set' is a sequence, expected a mapping"]],
    [
      `defaults: { exact: 1, sets: {} }\n${TESTS}`,
      ["1: there is no key 'sets' here; did you mean 'set'?", "1: 'exact' is the number 1, expected true or false"],
    ],
    [
      'defaults: { template: event, set: { /verb: list } }\ntests:\n  - { name: t, set: 5, no_alerts: [A] }\n',
      ["3: 'set' is the number 5, expected a mapping"],
    ],
    [
      'defaults: { template: event }\ntests:\n  - { name: t, line: 3, no_alerts: [A] }\n',
      ["3: 'line' has no place without 'file'"],
    ],
    ['defaults: { template: event }\ntests:\n  - { name: t, events: [], no_alerts: [A] }\n', [`3: ${NO_EVENT}`]],
    ['tests:\n  - { name: t, template: event, no_alerts: [A], each: { /verb: [] } }\n', ["2: 'each' holds no variant"]],
    [
      'tests:\n  - { name: t, template: event, no_alerts: [A], each: [5] }\n',
      ["2: item 1 of 'each' is the number 5, expected a mapping"],
    ],
    ['tests:\n  - { template: event, exact: true }\n', ["2: 'name' is missing, expected a text"]],
    ['tests: [5]\n', ['1: the test is the number 5, expected a mapping']],
    [
      'rules: [1]\ntests: 5\n',
      ["1: item 1 of 'rules' is the number 1, expected a text", "2: 'tests' is the number 5, expected a sequence"],
    ],
    ['tests:\n  - { name: t, event: &a { b: *a }, exact: true }\n', ["2: 'event' holds itself, or too many levels"]],
    [
      'tests:\n  - { name: t, template: *a, exact: true }\n',
      ['1: Unresolved alias (the anchor must be set before the alias): a'],
    ],
    [
      'tests:\n  - { name: t, template: event, set: { /a: !!binary aGk= }, exact: true }\n',
      ["2: '/a' is the value [object Uint8Array], expected a JSON value"],
    ],
  ])('is told what is wrong with %j', async (text, expected) => {
    expect(await problemsOf(text)).toEqual(expected);
  });

  it('may have keys without a value where none is needed', async () => {
    const text = `templates:
defaults: { template: event, set: , exact: }
tests: [{ name: t, alerts: [A], no_alerts: , exact: }]
`;
    const { passed, problems } = await testRules([{ test: { name: 't', text }, rules: [RULES] }]);
    expect([passed, problems]).toEqual([true, []]);
  });

  it('puts its defaults into what names no event of its own', async () => {
    const text = `templates: { listed: { template: event, set: { /verb: list } } }
defaults: { template: event, set: { /verb: get, /user/username: bob }, exact: true }
tests:
  - { name: all of it, alerts: [{ rule: A, output: read by bob }] }
  - { name: its own set beside, set: { /user/username: eve }, alerts: [{ rule: A, output: read by eve }] }
  - { name: an event of its own, template: listed }
  - { name: several, events: [{ template: listed }, { remove: /user/username }], alerts: [{ rule: A, count: 1 }] }
  - { name: not exact, template: event, exact: false, each: [{ /verb: get }], alerts: [A] }
`;
    const { problems, results } = await testRules([{ test: { name: 't', text }, rules: [RULES] }]);
    expect([...problems, ...results.flatMap((result) => result.problems)]).toEqual([]);
    expect(results).toHaveLength(5);
  });
});
