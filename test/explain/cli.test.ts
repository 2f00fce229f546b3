// `falconet explain`, as built.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditEvent, falconet, RULES, temporaryDirectory } from '../cli/command.ts';

const cwd = temporaryDirectory();
writeFileSync(join(cwd, 'rules.yaml'), RULES);
writeFileSync(join(cwd, 'broken.yaml'), '- rule: A\n');
const events = [
  auditEvent('e1', { verb: 'list' }),
  'no event',
  auditEvent('e2', { verb: 'delete', user: { username: 'bob' } }),
];
writeFileSync(join(cwd, 'log.jsonl'), `${events.join('\n')}\n`);
writeFileSync(join(cwd, 'list.json'), JSON.stringify({ kind: 'EventList', items: [JSON.parse(events[0]!)] }, null, 2));

const explain = (...args: string[]) => falconet(['explain', '-r', 'rules.yaml', ...args], { cwd });

describe('falconet explain', () => {
  it('shows matching rules as trees, and a line for every other', async () => {
    const { status, stdout, stderr } = await explain('log.jsonl');
    expect(status).toBe(0);
    expect(stderr).toContain('log.jsonl:2: ');
    expect(stdout).toContain("log.jsonl:1  auditID e1\n\n✓ Read seen matches\n  because ka.verb is 'list'\n");
    expect(stdout).toContain("✓ ka.verb in (get, watch, list)  'list' at /verb; from list watchers");
    expect(stdout).toContain("✗ Delete seen does not match: ka.verb is 'list', wanted delete\n");
    expect(stdout).toContain('log.jsonl:3  auditID e2\n\n✓ Delete seen matches\n');
    expect(stdout).not.toContain('\x1b');
  });

  it('takes rules by name, one request, documents and standard input', async () => {
    const { stdout } = await explain('log.jsonl', '--rule', 'Read seen', '--auditid', 'e2');
    expect(stdout.split('\n').filter((line) => /^[✓✗]/.test(line))).toEqual(['✗ Read seen does not match']);
    expect((await explain('list.json', '--rule', 'Quiet')).stdout).toContain('✓ Quiet matches (the rule is off)');
    const piped = await falconet(['explain', '-r', 'rules.yaml', '-'], { cwd, input: events[0]! });
    expect(piped.stdout).toContain('<stdin>:1  auditID e1');
  });

  it('writes JSON, one object an event', async () => {
    const { lines } = await explain('log.jsonl', '--format', 'json', '--rule', 'Read seen');
    const [first, second] = lines.map((line) => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(first).toMatchObject({ place: 'log.jsonl:1', auditID: 'e1', matches: ['Read seen'] });
    expect(second.rules[0]).toMatchObject({
      rule: 'Read seen',
      matches: false,
      reasons: [{ text: "ka.verb is 'delete', wanted get, watch or list" }],
      condition: { kind: 'macro', holds: false },
    });
  });

  it.each<[string, string[], number, string]>([
    [
      'a rule that does not exist',
      ['log.jsonl', '--rule', 'x'],
      2,
      "--rule: expected the name of a rule that is evaluated, not 'x'",
    ],
    ['a request that does not exist', ['log.jsonl', '--auditid', 'x'], 1, 'no event has the id x'],
    ['a file that does not exist', ['none.jsonl'], 1, 'no such file'],
    ['rules that do not compile', ['log.jsonl', '-r', 'broken.yaml'], 1, 'do not compile'],
    ['no events', [], 2, 'events'],
  ])('tells of %s', async (_, args, status, message) => {
    const finished = await explain(...args);
    expect(finished.status).toBe(status);
    expect(finished.stderr).toContain(message);
  });
});
