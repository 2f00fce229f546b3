// `falconet test`, as built: how tests are found, what is printed and written, when it fails.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { falconet, MAIN, temporaryDirectory } from '../cli/command.ts';

const cwd = temporaryDirectory();
const RULE = `- rule: Deleted
  desc: Something was deleted. By somebody.
  condition: ka.verb = delete and ka.user.name exists
  output: deleted by %ka.user.name
  priority: NOTICE
  source: k8s_audit
  tags: [T1485]
`;
const TESTS = `tests:
  - { name: deleted, template: event, set: { /verb: delete }, alerts: [Deleted] }
  - { name: not deleted, template: event, no_alerts: [Deleted] }
`;
mkdirSync(join(cwd, 'pack/tests'), { recursive: true });
mkdirSync(join(cwd, 'beside'));
writeFileSync(join(cwd, 'pack/rules.yaml'), RULE);
writeFileSync(join(cwd, 'pack/tests/deleted.yaml'), TESTS);
writeFileSync(join(cwd, 'beside/rules.yaml'), RULE);
writeFileSync(join(cwd, 'beside/deleted.test.yaml'), TESTS);
writeFileSync(
  join(cwd, 'failing.yaml'),
  `rules: [pack/rules.yaml]\n${TESTS.replace('/verb: delete', '/verb: create')}`,
);

const test = (...args: string[]) => falconet(['test', ...args], { cwd });

describe('falconet test', () => {
  it.each([['pack'], ['pack/tests'], ['pack/tests/deleted.yaml'], ['beside'], ['beside/deleted.test.yaml']])(
    'finds the tests of %s',
    async (path) => {
      const { status, lines, stderr } = await test(path);
      expect(stderr).toBe('');
      expect(lines.at(-1)).toBe('2 tests: 2 passed, 0 failed');
      expect(status).toBe(0);
    },
  );

  it('says what failed and why', async () => {
    const { status, stdout } = await test('failing.yaml', 'pack');
    expect(status).toBe(1);
    expect(stdout).toContain(
      "✗ failing.yaml (2 tests)\n  ✗ deleted failing.yaml:3\n      'Deleted' raised no alert\n        because ka.verb is 'create', wanted delete\n",
    );
    expect(stdout).toContain('4 tests: 3 passed, 1 failed');
  });

  it('takes a filter and other rules', async () => {
    expect((await test('pack', '--filter', 'not deleted', '--verbose')).stdout).toContain(
      '  ✓ not deleted\n1 test: 1 passed',
    );
    expect((await test('pack', '--filter', 'nothing of the kind')).status).toBe(1);
    expect((await test('failing.yaml', '-r', 'beside/rules.yaml')).status).toBe(1);
  });

  it('writes reports, a layer and the table of rules', async () => {
    writeFileSync(join(cwd, 'README.md'), '# Pack\n<!-- begin rules -->\nold\n<!-- end rules -->\nend\n');
    const options = [
      '--report',
      'junit=j.xml',
      '--report',
      'json=j.json',
      '--navigator',
      'n.json',
      '--docs',
      'README.md',
    ];
    expect((await test('pack', ...options)).status).toBe(0);
    const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
    expect(read('j.xml')).toContain('<testcase classname="pack/tests/deleted.yaml" name="deleted"');
    expect(JSON.parse(read('j.json'))).toMatchObject({ passed: true, tests: [{ fired: ['Deleted'], line: 2 }, {}] });
    expect(JSON.parse(read('n.json'))).toMatchObject({
      name: 'pack',
      techniques: [{ techniqueID: 'T1485', score: 1 }],
    });
    expect(read('README.md')).toContain('| Deleted | Something was deleted | notice | T1485 |');
    expect(read('README.md')).toMatch(/Deleted:\n {2}deleted by jane\n[\s\S]*<!-- end rules -->\nend\n$/);
  });

  it('reports what tests do not notice, and accepts it with a reason', async () => {
    const { status, stdout } = await test('pack', '--mutate');
    expect(stdout).toContain('5 mutants: 4 noticed, 1 not (80.0 %)');
    expect(stdout).toContain('not noticed: pack/rules.yaml:3: Deleted: ka.user.name exists left out');
    expect(status).toBe(1);
    writeFileSync(
      join(cwd, 'accepted.yaml'),
      '- { owner: Deleted, predicate: ka.user.name exists, reason: everybody has a name }\n',
    );
    const accepted = await test('pack', '--mutate', '--survivors', 'accepted.yaml', '--verbose');
    expect(accepted.stdout).toContain('accepted: Deleted: ka.user.name exists left out: everybody has a name');
    expect(accepted.status).toBe(0);
    expect((await test('pack', '--mutate', '--survivors', 'accepted.yaml', '--min-score', '90')).status).toBe(1);
    expect((await test('pack', '--coverage')).stdout).toContain('pack/rules.yaml:3: ka.user.name exists never fails');
  });

  it.each<[string, string[], number, string]>([
    ['no paths', [], 2, 'paths'],
    ['a directory without tests', ['.'], 1, 'no test file'],
    ['a path that leads nowhere', ['none'], 1, 'no such file'],
    ['a filter that no test passes', ['pack', '--filter', 'zz'], 1, '--filter zz: no test has that in its name'],
    ['a report of an unknown form', ['pack', '--report', 'x=y'], 2, 'expected junit=FILE or json=FILE'],
    ['a file without markers', ['pack', '--docs', 'pack/rules.yaml'], 1, 'expected the markers'],
    [
      'accepted survivors without a reason',
      ['pack', '--mutate', '--survivors', 'pack/rules.yaml'],
      1,
      'needs owner, predicate and reason',
    ],
  ])('tells of %s', async (_, args, status, message) => {
    const finished = await test(...args);
    expect(finished.stderr).toContain(message);
    expect(finished.status).toBe(status);
  });

  it('watches', async () => {
    mkdirSync(join(cwd, 'watched'));
    writeFileSync(join(cwd, 'watched/rules.yaml'), RULE);
    writeFileSync(join(cwd, 'watched/a.test.yaml'), TESTS);
    const child = spawn(process.execPath, [MAIN, 'test', 'watched', '--watch'], { cwd });
    let text = '';
    const seen = async (part: string): Promise<void> => {
      while (!text.includes(part)) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    child.stdout.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
    });
    await seen('watching for changes');
    expect(text).toContain('0 failed');
    writeFileSync(join(cwd, 'watched/rules.yaml'), RULE.replace('= delete', '= create'));
    await seen('1 failed');
    child.kill('SIGTERM');
    await new Promise((resolve) => child.on('close', resolve));
  }, 30_000);
});
