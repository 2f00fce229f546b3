import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditEvent, falconet, MAIN, ROOT, RULES, temporaryDirectory } from './command.ts';

const cwd = temporaryDirectory();
writeFileSync(join(cwd, 'rules.yaml'), RULES);
writeFileSync(join(cwd, 'log.jsonl'), `${auditEvent('a')}\n`);
const BROKEN = RULES.replace('ka.verb = delete', 'ka.verb ~ delete').replace('ka.user.name exists', 'ka.nobody exists');
writeFileSync(join(cwd, 'broken.yaml'), BROKEN);

describe('falconet', () => {
  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await falconet(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
  });

  it('prints help on standard output when asked', async () => {
    const { status, stdout } = await falconet(['--help']);
    expect(status).toBe(0);
    for (const command of ['run', 'validate', 'list', 'compile', 'disasm']) expect(stdout).toContain(command);
    expect((await falconet(['run', '--help'])).status).toBe(0);
  });

  it.each([
    [[]],
    [['frobnicate']],
    [['run', '--frobnicate']],
    [['run', '-r']],
    [['run', '--format', 'xml']],
    [['run', '--match', 'some']],
    [['run', '--min-priority', 'loud']],
    [['run', '--max-event-size', 'big']],
    [['run', '--max-depth', '0']],
    [['run', '--semantics', 'other']],
    [['run', '--framing', 'pages']],
    [['run', '--simd', 'maybe']],
    [['run', '-', '-']],
    [['run', 'ftp://localhost:9765/k8s-audit']],
    [['run', 'file://var/log/audit.log']],
    [['run', 'https://localhost:9765/k8s-audit']],
    [['run', 'file:///var/log/audit.log', '-']],
    [['validate']],
    [['list']],
    [['list', 'things']],
    [['compile', '-r', 'rules.yaml']],
    [['disasm']],
    [['run', '-r', 'rules.yaml', '--tls-cert', 'none.pem', 'log.jsonl']],
    [['run', '-r', 'rules.yaml', '--tls-client-ca', 'none.pem', 'http://localhost:9765/k8s-audit']],
    [['run', '-r', 'rules.yaml', '--framing', 'document', 'file:///var/log/audit.log']],
    [['run', '-r', 'rules.yaml', '--from', 'eks', 'file:///var/log/audit.log']],
    [['validate', '--dry-run', 'rules.yaml']],
    [['validate', '--fix', '--dry-run', '--format', 'json', 'rules.yaml']],
    [['validate', '--bypass', '--format', 'json', 'rules.yaml']],
    [['list', 'fields', '-r', 'rules.yaml']],
    [['list', 'operators', '-r', 'rules.yaml']],
    [['test', '--min-score', '50', 'tests']],
    [['test', '--survivors', 'none.yaml', 'tests']],
    [['setup', 'policy', '--url', 'http://localhost:9765']],
    [['setup', 'policy', '--ca', 'none.pem']],
    [['setup', 'eks', '--for', 'kind']],
    [['setup', 'webhook', '--url', 'http://localhost:9765', '--cluster', 'c']],
    [['serve', '--schema', '-c', 'serve.yaml']],
    [['serve', '--schema', '--check']],
    [['run', '-r', 'rules.yaml', '--semantics', 'falco', '--max-depth', '9', 'log.jsonl']],
    [['run', '-r', '-', '-']],
    [['run', '-r', '-', '-r', '-', 'log.jsonl']],
    [['run', '-r', '-', 'http://localhost:9765/k8s-audit']],
    [['explain', '-r', '-', '-']],
    [['bench', '-r', '-', '-']],
    [['validate', '-', '-']],
    [['validate', '--fix', '-']],
    [['test', '-r', '-', '--watch', 'tests']],
  ])('ends with status 2 on wrong usage: %j', async (args) => {
    const { status, stdout, stderr } = await falconet(args, { cwd });
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).not.toBe('');
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('validate', () => {
  it('is content with good rules', async () => {
    const { status, stdout } = await falconet(['validate', 'rules.yaml'], { cwd });
    expect(status).toBe(0);
    expect(stdout).toContain('rules.yaml');
  });

  it('shows every error with place, caret and code', async () => {
    const { status, stdout } = await falconet(['validate', 'broken.yaml'], { cwd });
    expect(status).toBe(1);
    expect(stdout).toMatch(/broken\.yaml:\d+:\d+/);
    expect(stdout).toMatch(/E2\d\d/);
    expect(stdout).toMatch(/E321/);
    expect(stdout).toMatch(/\^/);
    expect(stdout).toMatch(/2 errors/);
  });

  it('leaves what needs extension fields out of the bundled rules where Falco is meant, and refuses it elsewhere', async () => {
    const log = join(cwd, 'impersonated.jsonl');
    const stages = {
      stage: 'ResponseComplete',
      stageTimestamp: '2024-05-01T10:00:00.000000Z',
      responseStatus: { code: 200 },
    };
    const impersonatedUser = { username: 'x', groups: ['system:nodes'] };
    writeFileSync(log, JSON.stringify({ kind: 'Event', auditID: 'a', verb: 'get', ...stages, impersonatedUser }));
    const alerts = async (semantics: string): Promise<readonly string[]> => {
      const { stdout } = await falconet(['run', '--match', 'all', '--format', 'json', '--semantics', semantics, log], {
        cwd,
      });
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).rule);
    };
    expect(await alerts('fixed')).toEqual(['Acted In A System Group', 'Acted As Somebody Else']);
    expect(await alerts('falco')).toEqual(['Acted As Somebody Else']);
    const rule = { rule: 'R', desc: 'd', output: 'o', priority: 'INFO', source: 'k8s_audit' };
    writeFileSync(join(cwd, 'kx.yaml'), JSON.stringify([{ ...rule, condition: 'kx.template.host_pid = true' }]));
    const refused = await falconet(['run', '-r', 'kx.yaml', '--semantics', 'falco', log], { cwd });
    expect(refused.stderr).toContain("Falco has no field 'kx.template.host_pid'");
    expect(refused.status).toBe(1);
  }, 30_000);

  it('notes rules whose result depends on the semantics', async () => {
    const rules = `${RULES}
- rule: Image
  desc: d
  condition: (reads and ka.req.pod.containers.image.repository in (a, b))
  output: o %ka.sourceips
  priority: INFO
  source: k8s_audit
`;
    writeFileSync(join(cwd, 'depends.yaml'), rules);
    const { status, stdout } = await falconet(['validate', 'depends.yaml'], { cwd });
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^depends\.yaml:\d+:\d+: warning\[W736\]: .*'Image'.*ka\.req\.pod\.containers\.image\.repository, ka\.sourceips\n/,
    );
    expect(stdout.match(/W736/g)?.length).toBe(1);
  });

  it("prints Falco's result object", async () => {
    const { status, stdout } = await falconet(['validate', '--format', 'json', 'rules.yaml', 'broken.yaml'], { cwd });
    expect(status).toBe(1);
    const { falco_load_results: results } = JSON.parse(stdout);
    expect(results.map((result: { name: string; successful: boolean }) => [result.name, result.successful])).toEqual([
      ['rules.yaml', true],
      ['broken.yaml', false],
    ]);
    expect(results[1].errors[0]).toMatchObject({ code: 'LOAD_ERR_COMPILE_CONDITION' });
  });

  it('ends with status 1 when a file cannot be read', async () => {
    const { status, stderr } = await falconet(['validate', 'none.yaml'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain('none.yaml: no such file or directory');
  });
});

describe('list', () => {
  it('shows fields', async () => {
    const { status, lines } = await falconet(['list', 'fields']);
    expect(status).toBe(0);
    expect(lines.some((line) => line.startsWith('ka.verb '))).toBe(true);
    const json = JSON.parse((await falconet(['list', 'fields', '--format', 'json'])).stdout);
    expect(json.filter((field: { name: string }) => field.name.startsWith('ka.')).length).toBe(100);
    expect(json.find((field: { name: string }) => field.name === 'ka.user.groups')).toMatchObject({
      type: 'string',
      list: true,
      arg: null,
      doc: expect.any(String),
    });
  });

  it('shows operators', async () => {
    const { lines } = await falconet(['list', 'operators']);
    expect(lines.some((line) => line.startsWith('intersects '))).toBe(true);
    const json = JSON.parse((await falconet(['list', 'operators', '--format', 'json'])).stdout);
    expect(json.map((row: { name: string }) => row.name)).toContain('icontains');
  });

  it('shows rules, macros and lists of files', async () => {
    const read = async (what: string): Promise<unknown> =>
      JSON.parse((await falconet(['list', what, '-r', 'rules.yaml', '--format', 'json'], { cwd })).stdout);
    expect(await read('rules')).toMatchObject([
      { name: 'Delete seen', priority: 'Warning', enabled: true, tags: ['alpha', 'writes'], source: 'k8s_audit' },
      { name: 'Read seen' },
      { name: 'Anything of jane' },
      { name: 'Quiet', enabled: false },
    ]);
    expect(await read('macros')).toMatchObject([{ name: 'reads', condition: '(ka.verb in (get, watchers))' }]);
    expect(await read('lists')).toMatchObject([{ name: 'watchers', items: ['watch', 'list'] }]);
    const { lines } = await falconet(['list', 'rules', '-r', 'rules.yaml'], { cwd });
    expect(lines.some((line) => line.includes('Delete seen'))).toBe(true);
  });

  it('shows the bundled ones without -r', async () => {
    for (const what of ['rules', 'macros', 'lists']) {
      const { status, lines } = await falconet(['list', what], { cwd });
      expect(status).toBe(0);
      expect(lines.length).toBeGreaterThan(3);
    }
  }, 30_000);

  it('reports rules that do not compile', async () => {
    const { status, stdout } = await falconet(['list', 'rules', '-r', 'broken.yaml'], { cwd });
    expect([status, stdout]).toEqual([1, '']);
  });
});

describe('compile and disasm', () => {
  it('write a program that run and disasm read', async () => {
    const compiled = await falconet(['compile', '-r', 'rules.yaml', '-o', 'rules.fnp', '--semantics', 'falco'], {
      cwd,
    });
    expect([compiled.status, compiled.stdout]).toEqual([0, '']);
    const { stdout } = await falconet(['run', '-r', 'rules.fnp', 'log.jsonl'], { cwd });
    expect(stdout).toBe((await falconet(['run', '-r', 'rules.yaml', 'log.jsonl'], { cwd })).stdout);
    const listing = await falconet(['disasm', 'rules.fnp'], { cwd });
    expect(listing.status).toBe(0);
    expect(listing.stdout).toContain('Delete seen');
    expect(listing.stdout).toContain('MATCH');
  });

  it('read standard input and write standard output', async () => {
    await falconet(['compile', '-r', 'rules.yaml', '-o', 'piped.fnp'], { cwd });
    const bytes = readFileSync(join(cwd, 'piped.fnp'));
    const shell = spawn('sh', ['-c', '"$0" "$1" compile -r - -o - < rules.yaml', process.execPath, MAIN], { cwd });
    const chunks: Buffer[] = [];
    shell.stdout.on('data', (chunk) => chunks.push(chunk));
    const [status] = await once(shell, 'close');
    expect(status).toBe(0);
    expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    expect(existsSync(join(cwd, '-'))).toBe(false);
    expect((await falconet(['disasm', '-'], { cwd, input: bytes })).stdout).toContain('Delete seen');
    const run = await falconet(['run', '-r', '-', 'log.jsonl'], { cwd, input: bytes });
    expect(run.stdout).toContain('read (user=jane id=a)');
    const valid = await falconet(['validate', '-'], { cwd, input: RULES });
    expect([valid.status, valid.stdout]).toEqual([0, '<stdin>: ok\n']);
    const json = await falconet(['validate', '--format', 'json', '-'], { cwd, input: BROKEN });
    expect(JSON.parse(json.stdout).falco_load_results[0]).toMatchObject({ name: '<stdin>', successful: false });
    const dry = await falconet(['validate', '--fix', '--dry-run', '-'], { cwd, input: RULES });
    expect(dry.status).toBe(0);
  }, 30_000);

  it('refuse options that come too late', async () => {
    await falconet(['compile', '-r', 'rules.yaml', '-o', 'late.fnp'], { cwd });
    const fixed = await falconet(['run', '-r', 'late.fnp', '--semantics', 'fixed', 'log.jsonl'], { cwd });
    expect(fixed.status).toBe(0);
    const falco = await falconet(['run', '-r', 'late.fnp', '--semantics', 'falco', 'log.jsonl'], { cwd });
    expect([falco.status, falco.stdout]).toEqual([2, '']);
    await falconet(['compile', '-r', 'rules.yaml', '-o', 'falco.fnp', '--semantics', 'falco'], { cwd });
    expect((await falconet(['run', '-r', 'falco.fnp', '--max-depth', '9', 'log.jsonl'], { cwd })).status).toBe(2);
    expect((await falconet(['run', '-r', 'late.fnp', '-r', 'rules.yaml', 'log.jsonl'], { cwd })).status).toBe(2);
    expect((await falconet(['bench', '-r', 'late.fnp', '--semantics', 'falco', 'log.jsonl'], { cwd })).status).toBe(2);
  });

  it('refuse what is no program, or a damaged one', async () => {
    expect((await falconet(['disasm', 'rules.yaml'], { cwd })).status).toBe(1);
    expect((await falconet(['disasm', 'none.fnp'], { cwd })).status).toBe(1);
    await falconet(['compile', '-r', 'rules.yaml', '-o', 'damaged.fnp'], { cwd });
    const bytes = readFileSync(join(cwd, 'damaged.fnp'));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(join(cwd, 'damaged.fnp'), bytes);
    for (const args of [
      ['disasm', 'damaged.fnp'],
      ['run', '-r', 'damaged.fnp', 'log.jsonl'],
    ]) {
      const { status, stdout, stderr } = await falconet(args, { cwd });
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toContain('damaged.fnp');
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });

  it('write nothing when the rules do not compile', async () => {
    const { status } = await falconet(['compile', '-r', 'broken.yaml', '-o', 'broken.fnp'], { cwd });
    expect(status).toBe(1);
    expect(() => readFileSync(join(cwd, 'broken.fnp'))).toThrow();
    expect((await falconet(['compile', '-r', 'rules.yaml', '-o', 'no/dir/x.fnp'], { cwd })).status).toBe(1);
  });
});
