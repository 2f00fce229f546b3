import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { auditEvent, falconet, RULES, temporaryDirectory } from './command.ts';

const cwd = temporaryDirectory();
writeFileSync(join(cwd, 'rules.yaml'), RULES);
writeFileSync(join(cwd, 'log.jsonl'), `${auditEvent('a')}\n${auditEvent('b', { verb: 'delete' })}\n`);

/** `rule id` of every JSON alert. */
async function verdicts(...args: readonly string[]): Promise<readonly string[]> {
  const { status, lines, stderr } = await falconet(['run', '-r', 'rules.yaml', '--format', 'json', ...args], { cwd });
  expect(stderr).not.toContain('error');
  expect(status).toBe(0);
  return lines.map((line) => {
    const alert = JSON.parse(line);
    return `${alert.rule} ${alert.output_fields['ka.auditid']}`;
  });
}

describe('run: alerts', () => {
  it('prints text lines by default', async () => {
    const { status, stdout, stderr } = await falconet(['run', '-r', 'rules.yaml', 'log.jsonl'], { cwd });
    expect(stdout).toBe(
      '10:00:00.250000000: Notice read (user=jane id=a)\n10:00:00.250000000: Warning deleted (user=jane id=b)\n',
    );
    expect(stderr).toBe('falconet: 2 events received, 2 evaluated, 0 rejected, 2 alerts\n');
    expect(status).toBe(0);
  });

  it('prints one JSON object a line with --format json', async () => {
    const { stdout } = await falconet(['run', '-r', 'rules.yaml', '--format', 'json', 'log.jsonl'], { cwd });
    expect(stdout.split('\n')[0]).toBe(
      '{"hostname":"testhost","output":"10:00:00.250000000: Notice read (user=jane id=a)",' +
        '"output_fields":{"evt.time":1714557600250000000,"ka.auditid":"a","ka.user.name":"jane"},' +
        '"priority":"Notice","rule":"Read seen","source":"k8s_audit","tags":["reads"],' +
        '"time":"2024-05-01T10:00:00.250000000Z"}',
    );
  });

  it('uses the bundled rules and log when nothing is named', async () => {
    const { status, lines, stderr } = await falconet(['run'], { cwd });
    expect(status).toBe(0);
    expect(lines.length).toBeGreaterThan(5);
    expect(stderr).toContain('bundled rules');
    expect(stderr).toContain('bundled sample log');
    expect(stderr).toMatch(/ 0 rejected, \d+ alerts\n$/);
  });

  it('takes the host name from the option', async () => {
    const args = ['run', '-r', 'rules.yaml', '--format', 'json', '--hostname', 'other', 'log.jsonl'];
    expect((await falconet(args, { cwd })).stdout).toContain('{"hostname":"other"');
  });

  it.each(['auto', 'on', 'off'])('gives the same with --simd %s', async (simd) => {
    expect(await verdicts('--simd', simd, 'log.jsonl')).toEqual(['Read seen a', 'Delete seen b']);
  });

  it('accepts --trusted', async () => {
    expect(await verdicts('--trusted', 'log.jsonl')).toEqual(['Read seen a', 'Delete seen b']);
  });
});

describe('run: which rules', () => {
  it('reports all matches with --match all', async () => {
    expect(await verdicts('--match', 'all', 'log.jsonl')).toEqual([
      'Read seen a',
      'Anything of jane a',
      'Delete seen b',
      'Anything of jane b',
    ]);
  });

  it('leaves out less severe rules', async () => {
    expect(await verdicts('--min-priority', 'warning', 'log.jsonl')).toEqual(['Delete seen b']);
  });

  it('selects by tag and by name in order', async () => {
    expect(await verdicts('--tag', 'alpha', 'log.jsonl')).toEqual(['Anything of jane a', 'Delete seen b']);
    expect(await verdicts('--tag', 'alpha', '--no-tag', 'people', 'log.jsonl')).toEqual(['Delete seen b']);
    expect(await verdicts('--no-tag', 'alpha', 'log.jsonl')).toEqual(['Read seen a']);
    expect(await verdicts('--disable', '*seen', 'log.jsonl')).toEqual(['Anything of jane a', 'Anything of jane b']);
    expect(await verdicts('--disable', '*', '--enable', 'Quiet', 'log.jsonl')).toEqual(['Quiet a', 'Quiet b']);
    expect(await verdicts('--enable', 'Quiet', '--disable', '*', 'log.jsonl')).toEqual([]);
  });

  it('adds fields to output_fields', async () => {
    const args = ['run', '-r', 'rules.yaml', '--format', 'json', '--extra-fields', 'ka.verb,ka.uri', 'log.jsonl'];
    const { lines } = await falconet(args, { cwd });
    expect(JSON.parse(lines[1]!).output_fields).toMatchObject({ 'ka.verb': 'delete', 'ka.uri': expect.any(String) });
    expect(JSON.parse(lines[1]!).output).toMatch(/\(user=jane id=b\)$/);
  });

  it('refuses an unknown extra field, once for all rules', async () => {
    const args = ['run', '-r', 'rules.yaml', '--extra-fields', 'ka.verb,ka.verbs', 'log.jsonl'];
    const { status, stdout, stderr } = await falconet(args, { cwd });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^falconet: error: --extra-fields: [^\n]*'ka.verbs'[^\n]*did you mean 'ka.verb'\?\n$/);
  });
});

describe('run: what selects nothing', () => {
  const warnings = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { status, stderr } = await falconet(['run', ...args, 'log.jsonl'], { cwd });
    expect(status).toBe(0);
    return stderr.match(/(?<=^falconet: warning: ).*$/gm) ?? [];
  };
  const none = 'no rule is in effect: all 4 rules are disabled or not selected';

  it.each<[readonly string[], readonly string[]]>([
    [['--tag', 'reads', '--no-tag', 'alpha', '--enable', 'Quiet', '--disable', '*seen'], [none]],
    [['--tag', 'reads', '--disable', 'Delete *'], []],
    [['--disable', '*'], [none]],
    [
      ['--tag', 'Reads'],
      ["no rule has the tag 'Reads'; did you mean 'reads'?", none],
    ],
    [['--no-tag', 'noisy'], ["no rule has the tag 'noisy'"]],
    [['--disable', 'Delete sen'], ["there is no rule 'Delete sen' to disable; did you mean 'Delete seen'?"]],
    [['--enable', 'quiet'], ["there is no rule 'quiet' to enable; did you mean 'Quiet'?"]],
    [['--disable', 'X*'], ["there is no rule 'X*' to disable"]],
    [['--min-priority', 'critical'], [none]],
  ])('is told: %j', async (args, expected) => {
    expect(await warnings('-r', 'rules.yaml', ...args)).toEqual(expected);
  });

  it('is told of rules that hold nothing, and of a program', async () => {
    writeFileSync(join(cwd, 'empty.yaml'), '# nothing\n');
    expect(await warnings('-r', 'empty.yaml')).toEqual(['no rule is in effect: none was loaded']);
    await falconet(['compile', '-r', 'rules.yaml', '-o', 'selected.fnp'], { cwd });
    expect(await warnings('-r', 'selected.fnp', '--disable', '*')).toEqual([none]);
  });
});

describe('run: rule files', () => {
  mkdirSync(join(cwd, 'rules.d/below'), { recursive: true });
  const rule = (name: string): string =>
    `- rule: ${name}\n  desc: d\n  condition: ka.user.name exists\n  output: o %ka.auditid\n  priority: INFO\n  source: k8s_audit\n`;
  writeFileSync(join(cwd, 'rules.d/b.yaml'), rule('b'));
  writeFileSync(join(cwd, 'rules.d/a.yml'), rule('a'));
  writeFileSync(join(cwd, 'rules.d/c.yaml.yaml'), 'not read');
  writeFileSync(join(cwd, 'rules.d/a.test.yaml'), 'not read');
  writeFileSync(join(cwd, 'rules.d/b.test.yml'), 'not read');
  writeFileSync(join(cwd, 'rules.d/notes.txt'), 'not read');
  writeFileSync(join(cwd, 'rules.d/below/d.yaml'), 'not read');

  it('reads directories in name order, and several', async () => {
    const args = ['run', '--match', 'all', '--format', 'json', '-r', 'rules.d', '-r', 'rules.yaml', 'log.jsonl'];
    const { status, lines } = await falconet(args, { cwd });
    expect(status).toBe(0);
    expect(lines.map((line) => JSON.parse(line).rule).slice(0, 3)).toEqual(['a', 'b', 'Read seen']);
  });

  it('takes rule files that follow each other', async () => {
    const args = ['run', '--match', 'all', '--format', 'json', '-r', 'rules.d/b.yaml', 'rules.d/a.yml', 'log.jsonl'];
    const { lines } = await falconet(args, { cwd });
    expect(lines.map((line) => JSON.parse(line).rule)).toEqual(['b', 'a', 'b', 'a']);
  });

  it('runs nothing when one cannot be read or compiled', async () => {
    const missing = await falconet(['run', '-r', 'rules.yaml', '-r', 'none.yaml', 'log.jsonl'], { cwd });
    expect([missing.status, missing.stdout]).toEqual([1, '']);
    expect(missing.stderr).toBe('falconet: error: none.yaml: no such file or directory\n');

    writeFileSync(join(cwd, 'broken.yaml'), `${rule('x')}${rule('y').replace('exists', 'frobs 1')}`);
    const broken = await falconet(['run', '-r', 'broken.yaml', 'log.jsonl'], { cwd });
    expect([broken.status, broken.stdout]).toEqual([1, '']);
    expect(broken.stderr).toMatch(/broken\.yaml:9:\d+/);
    expect(broken.stderr).toMatch(/E2\d\d/);
    expect(broken.stderr).toMatch(/\^/);
    expect(broken.stderr).not.toContain('events received');
  });

  it('names the entry of a directory that leads nowhere', async () => {
    mkdirSync(join(cwd, 'dangling'), { recursive: true });
    symlinkSync('nowhere', join(cwd, 'dangling/z.yaml'));
    const { status, stderr } = await falconet(['run', '-r', 'dangling', 'log.jsonl'], { cwd });
    expect([status, stderr]).toEqual([1, 'falconet: error: dangling/z.yaml: no such file or directory\n']);
  });

  it('reads rules from standard input', async () => {
    const args = ['run', '--match', 'all', '--format', 'json', '-r', 'rules.d/b.yaml', '-r', '-', 'log.jsonl'];
    const { status, lines } = await falconet(args, { cwd, input: rule('piped') });
    expect(status).toBe(0);
    expect(lines.map((line) => JSON.parse(line).rule)).toEqual(['b', 'piped', 'b', 'piped']);
    const broken = await falconet(['run', '-r', '-', 'log.jsonl'], {
      cwd,
      input: rule('x').replace('exists', 'frobs 1'),
    });
    expect(broken.status).toBe(1);
    expect(broken.stderr).toMatch(/^<stdin>:3:\d+: error/);
  });

  it('reports an empty directory', async () => {
    mkdirSync(join(cwd, 'empty'), { recursive: true });
    const { status, stderr } = await falconet(['run', '-r', 'empty', 'log.jsonl'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain('no rule file');
  });
});

describe('run: inputs', () => {
  const compressed = gzipSync(`${auditEvent('z')}\n`.repeat(20_000));
  writeFileSync(join(cwd, 'log.jsonl.gz'), compressed);
  writeFileSync(join(cwd, 'cut.jsonl.gz'), compressed.subarray(0, compressed.length - 100));
  writeFileSync(join(cwd, 'pretty.json'), JSON.stringify(JSON.parse(auditEvent('p')), null, 2));
  mkdirSync(join(cwd, 'logs/below'), { recursive: true });
  for (const name of ['c', 'a', 'b.json']) writeFileSync(join(cwd, 'logs', name), auditEvent(name));
  writeFileSync(join(cwd, 'logs/below/d'), auditEvent('d'));
  symlinkSync('../log.jsonl', join(cwd, 'logs/link'));

  it('reads standard input', async () => {
    const { stdout, stderr } = await falconet(['run', '-r', 'rules.yaml', '-'], { cwd, input: auditEvent('s') });
    expect(stdout).toContain('id=s');
    expect(stderr).toContain('1 event received');
    const zipped = await falconet(['run', '-r', 'rules.yaml', '-'], { cwd, input: gzipSync(auditEvent('s')) });
    expect(zipped.stdout).toContain('id=s');
  });

  it('reads gzip', async () => {
    const { status, lines } = await falconet(['run', '-r', 'rules.yaml', 'log.jsonl.gz'], { cwd });
    expect([status, lines.length]).toEqual([0, 20_000]);
  });

  it('evaluates what is readable of a truncated gzip file', async () => {
    const { status, lines, stderr } = await falconet(['run', '-r', 'rules.yaml', 'cut.jsonl.gz'], { cwd });
    expect(status).toBe(1);
    expect(lines.length).toBeGreaterThan(1000);
    expect(stderr).toContain('cut.jsonl.gz: the compressed data ends too early');
  });

  it('reads a .json file as one document, and others when told to', async () => {
    expect(await verdicts('pretty.json')).toEqual(['Read seen p']);
    const asLines = await falconet(['run', '-r', 'rules.yaml', '--framing', 'lines', 'pretty.json'], { cwd });
    expect(asLines.lines).toEqual([]);
    const input = JSON.stringify([JSON.parse(auditEvent('x')), JSON.parse(auditEvent('y'))], null, 1);
    const args = ['run', '-r', 'rules.yaml', '--framing', 'document', '-'];
    expect((await falconet(args, { cwd, input })).lines.length).toBe(2);
  });

  it('reads the files of a directory in name order', async () => {
    expect(await verdicts('logs')).toEqual([
      'Read seen a',
      'Read seen b.json',
      'Read seen c',
      'Read seen a',
      'Delete seen b',
    ]);
  });

  it('reports what cannot be read and evaluates the rest', async () => {
    const args = ['run', '-r', 'rules.yaml', 'none.jsonl', 'log.jsonl', 'nowhere/x.jsonl'];
    const { status, lines, stderr } = await falconet(args, { cwd });
    expect([status, lines.length]).toEqual([1, 2]);
    expect(stderr).toContain('none.jsonl: no such file or directory');
    expect(stderr).toContain('nowhere/x.jsonl: no such file or directory');
  });

  it('accepts empty inputs', async () => {
    writeFileSync(join(cwd, 'empty.jsonl'), '');
    mkdirSync(join(cwd, 'no-logs'), { recursive: true });
    const { status, stderr } = await falconet(['run', '-r', 'rules.yaml', 'empty.jsonl', 'no-logs', '-'], { cwd });
    expect(status).toBe(0);
    expect(stderr).toBe('falconet: 0 events received, 0 evaluated, 0 rejected, 0 alerts\n');
  });
});

describe('run: statistics', () => {
  it('prints the block with --stats', async () => {
    const input = `${auditEvent('a')}\nnonsense\n${auditEvent('b', { verb: 'delete' })}\n`;
    const { status, stderr } = await falconet(['run', '-r', 'rules.yaml', '--match', 'all', '--stats', '-'], {
      cwd,
      input,
    });
    expect(status).toBe(0);
    expect(stderr.slice(stderr.indexOf('Events detected'))).toBe(
      [
        'Events detected: 4',
        'Rule counts by severity:',
        '   WARNING: 1',
        '   NOTICE: 1',
        '   DEBUG: 2',
        'Triggered rules by rule name:',
        '   Delete seen: 1',
        '   Read seen: 1',
        '   Anything of jane: 2',
        'Events received: 3',
        'Events evaluated: 2',
        'Events rejected by reason:',
        '   invalid_json: 1',
        'falconet: 3 events received, 2 evaluated, 1 rejected (invalid_json 1), 4 alerts',
        '',
      ].join('\n'),
    );
  });
});
