// Test files, run: what passes, what fails and how it is told, mutants, coverage, reports.

import { describe, expect, it } from 'vitest';
import { navigatorLayer, techniquesOf } from '../../src/ruletest/coverage.ts';
import {
  createRuleTester,
  jsonReport,
  junitReport,
  type RuleTestReport,
  type TestRulesOptions,
  testRules,
} from '../../src/ruletest/index.ts';
import { problemLines } from '../../src/ruletest/reports.ts';

const RULES = {
  name: 'rules.yaml',
  text: `- list: readers
  items: [get, list]
- macro: reads
  condition: (ka.verb in (readers))
- rule: Secret Read
  desc: d
  condition: reads and ka.target.resource = secrets and not ka.user.name startswith "system:"
  output: read by %ka.user.name
  priority: WARNING
  source: k8s_audit
  tags: [T1552.007]
  exceptions:
    - name: people
      fields: ka.user.name
- rule: Anything
  desc: d
  condition: ka.verb exists
  output: o
  priority: DEBUG
  source: k8s_audit
  enabled: false
  tags: [T1078]
`,
};

const GOOD = `
templates:
  secret: { template: event, set: { /objectRef: { resource: secrets, name: db } } }
defaults: { template: secret }
tests:
  - name: reads
    each: { /verb: [get, list] }
    alerts:
      - { rule: Secret Read, priority: warning, output: read by jane, output_fields: { ka.user.name: jane }, count: 1 }
  - name: others
    no_alerts: [Secret Read]
    each: [{ /verb: watch }, { /user/username: 'system:x' }, { /objectRef/resource: pods }]
`;

async function run(text: string, options: TestRulesOptions = {}, rules = RULES): Promise<RuleTestReport> {
  const read = (path: string): Uint8Array => {
    if (path !== 'events.jsonl') throw new Error('no such file');
    const event = { kind: 'Event', stageTimestamp: '2024-05-01T10:00:00Z', verb: 'get', user: { username: 'a' } };
    const lines = ['x', 'y'].map((auditID, i) =>
      JSON.stringify({ ...event, auditID, objectRef: { resource: i ? 'secrets' : 'pods' } }),
    );
    return new TextEncoder().encode(lines.join('\n'));
  };
  return testRules([{ test: { name: 't.yaml', text }, rules: [rules], read }], options);
}

async function failure(test: string): Promise<string> {
  const { results, problems } = await run(`tests:\n  - name: t\n${test.replace(/^/gm, '    ')}`);
  return [
    ...problems.map(({ line, message }) => `${line}: ${message}`),
    ...results.flatMap(({ problems: found }) => found.flatMap(problemLines)),
  ].join('\n');
}

const onSecret = (rest: string): string => `template: event\nset: { /objectRef/resource: secrets }\n${rest}`;

describe('tests', () => {
  it('pass', async () => {
    const report = await run(GOOD);
    expect(report.results.map(({ test, passed }) => [test.name, passed])).toEqual([
      ['reads [/verb = "get"]', true],
      ['reads [/verb = "list"]', true],
      ['others [/verb = "watch"]', true],
      ['others [/user/username = "system:x"]', true],
      ['others [/objectRef/resource = "pods"]', true],
    ]);
    expect(report.passed).toBe(true);
  });

  it.each<[string, string, string]>([
    [
      'a missing alert',
      onSecret('alerts: [Secret Read]\nmerge: { verb: delete }'),
      "'Secret Read' raised no alert\n  because ka.verb is 'delete', wanted get or list",
    ],
    [
      'an unexpected alert',
      onSecret('no_alerts: [Secret Read]'),
      "'Secret Read' raised an alert that is not expected\n  because ka.verb is 'get', ka.target.resource is 'secrets', ka.user.name is 'jane'",
    ],
    [
      'one that nobody forbade but exact',
      onSecret('exact: true'),
      "'Secret Read' raised an alert that is not expected\n  because ka.verb is 'get', ka.target.resource is 'secrets', ka.user.name is 'jane'",
    ],
    [
      'another output',
      onSecret('alerts: [{ rule: Secret Read, output: x }]'),
      'the alert of \'Secret Read\' differs\n  - output: "x"\n  + output: "read by jane"',
    ],
    [
      'another part of the output',
      onSecret('alerts: [{ rule: Secret Read, output_contains: bob }]'),
      'the alert of \'Secret Read\' differs\n  - output contains: "bob"\n  + output: "read by jane"',
    ],
    [
      'another priority and field',
      onSecret('alerts: [{ rule: Secret Read, priority: error, output_fields: { ka.x: 1 } }]'),
      'the alert of \'Secret Read\' differs\n  - priority: "error"\n  + priority: "warning"\n  - ka.x: 1\n  + ka.x: null',
    ],
    [
      'another count',
      onSecret('alerts: [{ rule: Secret Read, count: 2 }]'),
      "'Secret Read' raised 1 alerts, expected 2",
    ],
    [
      'a rule that is off',
      'template: event\nalerts: [Anything]',
      "'Anything' raised no alert\n  because it matches, but the rule is off",
    ],
    [
      'a rule that does not exist',
      'template: event\nno_alerts: [Secrets Read]',
      "there is no rule 'Secrets Read'; did you mean 'Secret Read'?",
    ],
    [
      'an event that is none',
      'event: { a: 1 }\nno_alerts: [Secret Read]',
      "no such object (not_audit_event); 'template: event' brings all that an event needs",
    ],
    [
      'a template that does not exist',
      'template: evnt\nno_alerts: [Secret Read]',
      "there is no template 'evnt'; did you mean 'event'?",
    ],
    ['a template unlike any', 'template: x\nno_alerts: [Secret Read]', "there is no template 'x'; there are event"],
    ['a file that does not exist', 'file: x\nno_alerts: [Secret Read]', 'x: no such file'],
    [
      'a line that does not exist',
      'file: events.jsonl\nline: 9\nno_alerts: [Secret Read]',
      'events.jsonl has no such line 9',
    ],
    [
      'a test that expects nothing',
      'template: event',
      '2: the test expects nothing; give it alerts, no_alerts or exact',
    ],
    [
      'a misspelled key',
      'template: event\nno_alert: [Secret Read]',
      "4: there is no key 'no_alert' here; did you mean 'no_alerts'?",
    ],
    [
      'an unknown key',
      'template: event\nexpected: [Secret Read]',
      "4: there is no key 'expected' here; expected name, event, template, file, line, auditid, merge, set, remove, events, each, alerts, no_alerts, exact",
    ],
    ['no event', 'no_alerts: [Secret Read]', "2: there is no event; expected one of 'event', 'template'"],
    ['two events', 'event: {}\nfile: x\nexact: true', "4: 'file' has no place beside 'event'"],
    [
      'a wrong line',
      'file: x\nline: 0\nno_alerts: [Secret Read]',
      "4: 'line' is the number 0, expected the number of a line, from 1",
    ],
    [
      'a pointer without its slash',
      'template: event\nset: { verb: list }\nexact: true',
      "'verb' is no JSON Pointer; did you mean '/verb'?",
    ],
    ['a set that is none', 'template: event\nset: [a]\nexact: true', "4: 'set' is a sequence, expected a mapping"],
    ['alerts that are none', 'template: event\nalerts: 5', "4: 'alerts' is the number 5, expected a sequence"],
    [
      'an alert that is none',
      'template: event\nalerts: [a, 5]',
      "4: item 2 of 'alerts' is the number 5, expected a mapping",
    ],
    ['an alert without a rule', 'template: event\nalerts: [{ count: 1 }]', "'rule' is missing, expected a text"],
    [
      'a priority that is none',
      'template: event\nalerts: [{ rule: Anything, priority: hgih }]',
      "4: there is no priority 'hgih'; expected one of emergency, alert,",
    ],
    [
      'a count that is none',
      'template: event\nalerts: [{ rule: Anything, count: some }]',
      "4: 'count' is a text, expected a number of alerts",
    ],
  ])('tell of %s', async (_, test, expected) => {
    const found = await failure(test);
    expect(
      found
        .split('\n')
        .filter((line) => !line.startsWith('2: the test expects') || expected.startsWith('2'))
        .join('\n'),
    ).toContain(expected);
  });

  it('take events from files, by line and by request', async () => {
    const { results } = await run(`tests:
  - { name: all, file: events.jsonl, alerts: [{ rule: Secret Read, count: 1 }] }
  - { name: line, file: events.jsonl, line: 2, alerts: [Secret Read] }
  - { name: request, file: events.jsonl, auditid: x, no_alerts: [Secret Read] }
  - { name: changed, file: events.jsonl, auditid: x, set: { /objectRef/resource: secrets }, alerts: [Secret Read] }
  - { name: several, events: [{ file: events.jsonl, line: 2 }, { file: events.jsonl }], alerts: [{ rule: Secret Read, count: 2 }] }
`);
    expect(results.flatMap(({ problems }) => problems)).toEqual([]);
    expect(results).toHaveLength(5);
  });

  it('load their tuning behind the rules', async () => {
    const tuning = `tuning: |
  - rule: Secret Read
    exceptions: [{ name: people, values: [jane] }]
    override: { exceptions: append }
`;
    const { results } = await run(
      tuning +
        GOOD.replace(
          'alerts:\n      - { rule: Secret Read, priority: warning, output: read by jane, output_fields: { ka.user.name: jane }, count: 1 }',
          'no_alerts: [Secret Read]',
        ),
    );
    expect(results.every(({ passed }) => passed)).toBe(true);
  });

  it('are chosen by name', async () => {
    expect((await run(GOOD, { filter: 'others' })).results).toHaveLength(3);
  });

  it.each([
    ['', "1: expected a mapping with 'tests', found an empty file"],
    ['hello', "1: expected a mapping with 'tests', found a text"],
    ['- rule: A\n', "1: expected a mapping with 'tests', found the rules themselves"],
    ['- a\n', "1: expected a mapping with 'tests', found a sequence"],
    ['tests: []', '1: the file holds no tests'],
    [
      'tests:\n  - name: a: b\n',
      "2: a ':' followed by a blank starts a new key here; put a text that holds one into quotes",
    ],
    ['tests: - name: a\n', "1: a '-' starts an item on a line of its own"],
    ['tests:\n\t- name: a\n', '2: Tabs are not allowed as indentation'],
  ])('tell once what is wrong with the file %j', async (text, expected) => {
    const { problems, passed } = await run(text);
    expect(problems.map(({ line, message }) => `${line}: ${message}`)).toEqual([expected]);
    expect(passed).toBe(false);
  });

  it('say of what does not exist or cannot be read that and no more', async () => {
    expect(await failure('template: event\nalerts: [Secrets Read]')).toBe(
      "there is no rule 'Secrets Read'; did you mean 'Secret Read'?",
    );
    expect((await failure('event: { a: 1 }\nalerts: [Secret Read]')).split('\n')).toHaveLength(1);
  });

  it('report YAML that is none, templates in a circle, rules that do not compile', async () => {
    expect((await run('tests: [')).problems).toHaveLength(1);
    const circle = await run('templates: { a: { template: a } }\ntests: [{ name: t, template: a, exact: true }]');
    expect(circle.results[0]!.problems[0]!.message).toContain('refers to itself');
    const broken = await run(GOOD, {}, { name: 'b.yaml', text: '- rule: A\n' });
    expect(broken.passed).toBe(false);
    expect(broken.diagnostics.length).toBeGreaterThan(0);
  });
});

describe('mutants', () => {
  it('are all noticed by good tests', async () => {
    const { mutation } = await run(GOOD, { mutate: true });
    expect(mutation!.survivors).toEqual([]);
    // verb: flip, leave out, 2 constants; macro, resource, user: flip and leave out, the last two with another constant
    expect(mutation).toMatchObject({ total: 11, noticed: 11, score: 100 });
  });

  it('survive tests that are too few, unless somebody says why', async () => {
    const few = GOOD.replace(", { /user/username: 'system:x' }", '');
    const accepted = [
      { owner: 'Secret Read', predicate: 'ka.user.name startswith system:', reason: 'because' },
      { owner: 'reads', predicate: 'gone', reason: 'stale' },
    ];
    const { mutation } = await run(few, { mutate: true });
    expect(mutation!.survivors).toMatchObject(
      [
        { owner: 'Secret Read', kind: 'left out', predicate: 'ka.user.name startswith system:', line: 7 },
        { owner: 'Secret Read', kind: 'constant changed', constant: 'system:' },
      ].slice(0, mutation!.survivors.length),
    );
    expect(mutation!.survivors.length).toBeGreaterThan(0);
    const excused = (await run(few, { mutate: true, accepted })).mutation!;
    expect(excused.survivors).toEqual([]);
    expect(excused.stale).toEqual([accepted[1]]);
    expect(excused.noticed).toBe(mutation!.noticed);
  });

  it('are not made when tests fail', async () => {
    expect((await run(GOOD.replace('read by jane', 'x'), { mutate: true })).mutation).toBeUndefined();
  });
});

describe('coverage', () => {
  it('counts tests of rules and sides of predicates', async () => {
    const { coverage } = await run(GOOD, { coverage: true });
    expect(coverage!.rules.map(({ rule, firing, silent }) => [rule, firing, silent])).toEqual([
      ['Secret Read', 2, 3],
      ['Anything', 0, 0],
    ]);
    expect(coverage!.predicates.map(({ predicate, held, failed }) => [predicate, held, failed])).toContainEqual([
      'ka.verb exists',
      true,
      false,
    ]);
    expect(techniquesOf(coverage!)).toEqual([
      { technique: 'T1078', rules: ['Anything'], tested: 0 },
      { technique: 'T1552.007', rules: ['Secret Read'], tested: 1 },
    ]);
    expect(navigatorLayer(coverage!, 'pack')).toMatchObject({
      name: 'pack',
      domain: 'enterprise-attack',
      techniques: [
        { techniqueID: 'T1078', score: 0 },
        { techniqueID: 'T1552.007', score: 1, showSubtechniques: true },
      ],
    });
  });
});

describe('reports', () => {
  it('are JUnit XML and JSON', async () => {
    const report = await run(GOOD.replace('read by jane', 'a "<&> b'));
    const xml = junitReport(report);
    expect(xml).toContain('<testsuite name="t.yaml" tests="5" failures="2"');
    expect(xml).toContain('- output: &quot;a \\&quot;&lt;&amp;&gt; b&quot;');
    expect(JSON.parse(jsonReport(report))).toMatchObject({ passed: false, tests: { length: 5 } });
    expect(junitReport(await run('tests: ['))).toContain('<error message="t.yaml:1: ');
  });
});

describe('tests in code', () => {
  it('give problems to expect none of', async () => {
    const tester = await createRuleTester([RULES], {
      templates: { secret: { template: 'event', set: { '/objectRef/resource': 'secrets' } } },
    });
    expect((await tester.run({ template: 'secret', alerts: ['Secret Read'], exact: true })).problems).toEqual([]);
    expect((await tester.run({ template: 'secret', no_alerts: ['Secret Read'] })).problems).toMatchObject([
      { kind: 'unexpected', rule: 'Secret Read' },
    ]);
    expect((await tester.run({ file: 'x', alerts: ['Secret Read'] })).problems).toMatchObject([{ kind: 'invalid' }]);
  });

  it.each<[string, object, string]>([
    [
      'a misspelled key',
      { template: 'event', sett: {}, exact: true },
      "sett: there is no key 'sett' here; did you mean 'set'?",
    ],
    [
      'an unknown key',
      { template: 'event', expected: [] },
      "expected: there is no key 'expected' here; expected name, event, template,",
    ],
    ['a key of an event', { events: [{ tmplate: 'event' }], exact: true }, "did you mean 'template'?"],
    ['no event', { alerts: ['Secret Read'] }, "there is no event; expected one of 'event'"],
    ['no event among several', { events: [{ template: 'event' }, { line: 1 }], exact: true }, 'there is no event'],
    ['nothing expected', { template: 'event', alerts: [] }, 'the test expects nothing'],
  ])('tell of %s', async (_, test, expected) => {
    const tester = await createRuleTester([RULES]);
    const { problems, passed } = await tester.run(test);
    expect(passed).toBe(false);
    expect(problems.map(({ kind, message }) => `${kind}: ${message}`).join()).toMatch(/^invalid: /);
    expect(problems[0]!.message).toContain(expected);
  });

  it('refuse rules that do not compile', async () => {
    await expect(createRuleTester([{ name: 'x', text: '- rule: A\n' }])).rejects.toThrow(TypeError);
  });
});
