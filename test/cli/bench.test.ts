// `falconet bench`: its counts are exact, its times are not tested beyond being there. What rules are indexed by is read from the
// program, so that is exact too.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { indexedValues, ruleAccess } from '../../src/cli/rule-access.ts';
import { compile } from '../../src/index.ts';
import { auditEvent, falconet, temporaryDirectory } from './command.ts';

const RULES = `
- rule: Secret read
  desc: by name of verb and resource
  condition: ka.verb = get and ka.target.resource = secrets
  output: read %ka.target.name
  priority: NOTICE
  source: k8s_audit

- rule: Change
  desc: one of a few verbs, on what has no subresource
  condition: ka.verb in (create, update, patch) and not ka.target.subresource exists and ka.user.name startswith jan
  output: changed by %ka.user.name
  priority: INFO
  source: k8s_audit

- rule: Curl
  desc: asks for a text that the index cannot look up
  condition: jevt.value[/requestObject/note] contains curl or ka.user.name startswith x
  output: curl
  priority: INFO
  source: k8s_audit

- rule: Either
  desc: one of two texts will do
  condition: ka.useragent contains wget or ka.user.name startswith y
  output: wget
  priority: INFO
  source: k8s_audit

- rule: Not system
  desc: everything but one namespace
  condition: ka.target.namespace != kube-system and ka.verb != watch
  output: somewhere
  priority: INFO
  source: k8s_audit

- rule: Never
  desc: contradicts itself
  condition: evt.rawtime exists and not evt.rawtime exists
  output: never
  priority: INFO
  source: k8s_audit

- rule: Ever
  desc: asks for what every event has
  condition: ka.verb exists or not ka.verb exists
  output: ever
  priority: INFO
  source: k8s_audit
`;

const cwd = temporaryDirectory();
writeFileSync(join(cwd, 'rules.yaml'), RULES);
writeFileSync(
  join(cwd, 'events.jsonl'),
  [
    auditEvent('1', { verb: 'get', objectRef: { resource: 'secrets', namespace: 'shop' } }),
    auditEvent('2', { verb: 'create' }),
    auditEvent('3', { verb: 'create', objectRef: { resource: 'pods', namespace: 'shop', subresource: 'exec' } }),
    auditEvent('4', { verb: 'watch', objectRef: { resource: 'pods', namespace: 'kube-system' } }),
    '{"kind":',
  ].join('\n'),
);

const quick = ['--runs', '1', '--top', '2'];

describe('what a rule is indexed by', () => {
  const program = compile([{ name: 'rules.yaml', text: RULES }]).program!;
  const access = new Map(ruleAccess(program).map((rule) => [rule.rule, rule]));

  it('names the values that the index looks at', () => {
    expect(indexedValues(program)).toEqual([
      'user.username',
      'verb',
      'userAgent',
      'objectRef.subresource',
      'objectRef.resource',
      'objectRef.namespace',
    ]);
  });

  it.each([
    ['Secret read', ['objectRef.resource = secrets', 'verb = get'], 0],
    ['Change', ['objectRef.subresource absent', 'user.username startswith jan', 'verb in (create, patch, update)'], 0],
    ['Not system', ['objectRef.namespace exists, != kube-system', 'verb exists, != watch'], 0],
    ['Curl', [], 2],
    ['Either', ['user.username or userAgent fits'], 0],
  ])('%s', (name, index, predicates) => {
    const rule = access.get(name)!;
    const inOrder = rule.index.map((text) =>
      text.replace(/\(.*\)/, (list) => `(${list.slice(1, -1).split(', ').sort().join(', ')})`),
    );
    expect(inOrder.sort()).toEqual(index);
    expect(rule.predicates).toBe(predicates);
  });

  it('says why a rule is always evaluated, or never', () => {
    expect(access.get('Curl')!.always).toBe(
      'nothing that it requires is indexed; it asks (CONTAINS requestObject.note, STARTSWITH user.username)',
    );
    expect(access.get('Ever')!.always).toBe('matches every event');
    expect(access.get('Never')!.always).toMatch(/always false|it asks/);
    expect(access.get('Change')!.always).toBeUndefined();
  });
});

describe('falconet bench', () => {
  it('reports counts, times and indexes as JSON', async () => {
    const { status, stdout, stderr } = await falconet(
      ['bench', '-r', 'rules.yaml', 'events.jsonl', '--format', 'json', ...quick],
      { cwd },
    );
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({ events: 4, variant: 'simd', trusted: false, runs: 1 });
    for (const times of [report.falconet, report.withoutRules, report.jsonParse]) {
      expect(times.eventsPerSecond).toBeGreaterThan(0);
      expect(times.megabytesPerSecond).toBeGreaterThan(0);
    }
    const counts = report.rules.map((rule: Record<string, unknown>) => [
      rule['rule'],
      rule['candidates'],
      rule['matches'],
    ]);
    expect(counts).toEqual([
      ['Secret read', 1, 1],
      ['Change', 1, 1],
      ['Curl', 4, 0],
      ['Either', 0, 0],
      ['Not system', 3, 3],
      ['Never', expect.any(Number), 0],
      ['Ever', 4, 4],
    ]);
    const timed = report.rules.filter((rule: Record<string, unknown>) => rule['aloneNanoseconds'] !== undefined);
    expect(timed.length).toBe(2);
  });

  it('prints tables and bars, and writes a chart', async () => {
    const { status, stdout } = await falconet(
      ['bench', '-r', 'rules.yaml', 'events.jsonl', '--svg', 'chart.svg', '--trusted', '--simd', 'off', ...quick],
      { cwd },
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^7 rules, 4 events \(rejected: invalid_json 1\), 0\.0 MB; scalar build, trusted, medians of 1 run\n/,
    );
    expect(stdout).toMatch(/JSON\.parse +\d+ events\/s +\d+ MB\/s {2}[█▏▎▍▌▋▊▉]+/);
    expect(stdout).toMatch(/^Secret read .* 25\.00 % +1 +0 +.*verb = get/m);
    expect(stdout).toContain('  Curl: nothing that it requires is indexed');
    const svg = readFileSync(join(cwd, 'chart.svg'), 'utf8');
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg".*<\/svg>\n$/s);
    expect(svg).toContain('JSON.parse');
  });

  it('takes a compiled program, and the bundled rules and log', async () => {
    await falconet(['compile', '-r', 'rules.yaml', '-o', 'rules.fnp'], { cwd });
    const compiled = await falconet(['bench', '-r', 'rules.fnp', 'events.jsonl', ...quick], { cwd });
    expect(compiled.status).toBe(0);
    expect(compiled.lines[0]).toContain('7 rules, 4 events');
    const bundled = await falconet(['bench', ...quick], { cwd });
    expect(bundled.status).toBe(0);
    expect(bundled.lines[0]).toContain('300 events');
  }, 60_000);

  it('refuses what it cannot measure', async () => {
    writeFileSync(join(cwd, 'none.jsonl'), '{}\n');
    const none = await falconet(['bench', '-r', 'rules.yaml', 'none.jsonl'], { cwd });
    writeFileSync(join(cwd, 'some.jsonl'), `{}\n{"kind":\n${readFileSync(join(cwd, 'events.jsonl'), 'utf8')}`);
    const some = await falconet(['bench', '-r', 'rules.yaml', 'some.jsonl', ...quick], { cwd });
    expect(some.lines[0]).toContain('7 rules, 4 events (rejected: not_audit_event 1, invalid_json 2)');
    expect([none.status, none.stderr]).toEqual([
      1,
      'falconet: error: there is no event in the input (rejected: not_audit_event 1)\n',
    ]);
    const absent = await falconet(['bench', '-r', 'rules.yaml', 'absent.jsonl'], { cwd });
    expect([absent.status, absent.stderr]).toEqual([1, 'falconet: error: absent.jsonl: no such file or directory\n']);
    expect((await falconet(['bench', '--runs', '0'], { cwd })).status).toBe(2);
  });
});

describe('falconet list rules', () => {
  it('has a column with the index', async () => {
    const { lines } = await falconet(['list', 'rules', '-r', 'rules.yaml'], { cwd });
    expect(lines[0]).toMatch(/^NAME +PRIORITY +ENABLED +TAGS +INDEX +DESCRIPTION$/);
    expect(lines.find((line) => line.startsWith('Curl'))).toContain('nothing that it requires is indexed');
    const { stdout } = await falconet(['list', 'rules', '-r', 'rules.yaml', '--format', 'json'], { cwd });
    const [first] = JSON.parse(stdout);
    expect(first).toMatchObject({ name: 'Secret read', index: expect.arrayContaining(['verb = get']), always: null });
  });
});
