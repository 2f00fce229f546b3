// `falconet test`, as built: how tests are found, what is printed and written, when it fails.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { countsAsRead } from '../../src/cli/read-files.ts';
import { fileStates } from '../../src/serve/file-watch.ts';
import { auditEvent, falconet, MAIN, temporaryDirectory } from '../cli/command.ts';

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
});

/** `test --watch` as a process; `shown` waits for a text behind what was waited for before. */
class Watching {
  readonly #child: ChildProcess;
  #text = '';

  constructor(...args: readonly string[]) {
    this.#child = spawn(process.execPath, [MAIN, 'test', ...args, '--watch'], { cwd });
    for (const stream of [this.#child.stdout!, this.#child.stderr!]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        this.#text += chunk;
      });
    }
  }

  async shown(part: string): Promise<void> {
    while (!this.#text.includes(part)) await new Promise((resolve) => setTimeout(resolve, 20));
    this.#text = this.#text.slice(this.#text.indexOf(part) + part.length);
  }

  /** A whole run with so many failed tests. */
  async ran(failed: number): Promise<void> {
    await this.shown(`${failed} failed\n`);
    await this.shown('watching for changes\n');
  }

  async end(): Promise<void> {
    this.#child.kill('SIGTERM');
    await new Promise((resolve) => this.#child.on('close', resolve));
  }
}

describe('falconet test --watch', () => {
  const path = (name: string): string => join(cwd, name);
  const OTHER_RULE = RULE.replace('= delete', '= create');
  const write = (name: string, text: string): void => writeFileSync(path(name), text);
  /** As editors save. */
  const replace = (name: string, text: string): void => {
    write(`${name}.new`, text);
    renameSync(path(`${name}.new`), path(name));
  };
  mkdirSync(path('watched/tests'), { recursive: true });
  mkdirSync(path('named/rules'), { recursive: true });

  it('sees every change of rules beside the folder of tests', async () => {
    write('watched/rules.yaml', RULE);
    write('watched/tests/a.yaml', TESTS);
    const watching = new Watching('watched/tests');
    await watching.ran(0);
    for (const save of [replace, write, replace, replace, write, replace]) {
      save('watched/rules.yaml', OTHER_RULE);
      await watching.ran(1);
      save('watched/rules.yaml', RULE);
      await watching.ran(0);
    }
    replace('watched/tests/a.yaml', TESTS.replace('[Deleted] }', '[Other] }'));
    await watching.ran(1);
    // files that come and go, and what cannot be loaded
    rmSync(path('watched/tests/a.yaml'));
    await watching.shown('no test file');
    write('watched/tests/b.yaml', TESTS);
    await watching.ran(0);
    write('watched/more.yaml', RULE.replace('Deleted', 'Also deleted').replace('= delete', '= nothing and and'));
    await watching.ran(0);
    await watching.end();
  }, 60_000);

  it('sees rules and events that a test file names', async () => {
    const event = JSON.stringify({ ...JSON.parse(auditEvent('a')), verb: 'delete' });
    write('named/rules/one.yaml', RULE);
    write('named/log.jsonl', event);
    const test = '- { name: deleted, template: logged, alerts: [Deleted] }';
    write('named/a.test.yaml', `rules: [rules]\ntemplates: { logged: { file: log.jsonl } }\ntests:\n  ${test}\n`);
    const watching = new Watching('named/a.test.yaml');
    await watching.ran(0);
    replace('named/log.jsonl', event.replace('delete', 'create'));
    await watching.ran(1);
    replace('named/rules/one.yaml', OTHER_RULE);
    await watching.ran(0);
    replace('named/rules/two.yaml', '- rule: Deleted\n  enabled: false\n');
    await watching.ran(1);
    await watching.end();
  }, 60_000);

  it('is not set off by reports and tables that it writes', async () => {
    mkdirSync(path('written/tests'), { recursive: true });
    write('written/rules.yaml', RULE);
    const folders = [path('written'), path('written/tests')];
    const before = await fileStates(folders, countsAsRead);
    for (const name of ['README.md', 'tests/report.json', 'tests/.a.yaml.swp']) write(`written/${name}`, '');
    expect(await fileStates(folders, countsAsRead)).toEqual(before);
    write('written/tests/a.yml', TESTS);
    expect(await fileStates(folders, countsAsRead)).not.toEqual(before);
  });

  it('does not wait for a path that leads nowhere', async () => {
    expect(await test('none', '--watch')).toMatchObject({ status: 1, stdout: '' });
  });
});
