// Events that cannot be evaluated: each is reported with file, line and reason, counted, and costs nothing else.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditEvent, type Finished, falconet, MAIN, RULES, temporaryDirectory } from './command.ts';

const cwd = temporaryDirectory();
writeFileSync(join(cwd, 'rules.yaml'), RULES);

function nested(levels: number): string {
  return auditEvent('deep', { requestObject: 0 }).replace(
    '"requestObject":0',
    `"requestObject":${'['.repeat(levels)}${']'.repeat(levels)}`,
  );
}

async function runOver(bytes: string | Uint8Array, ...args: readonly string[]): Promise<Finished> {
  writeFileSync(join(cwd, 'log.jsonl'), bytes);
  return falconet(['run', '-r', 'rules.yaml', ...args, 'log.jsonl'], { cwd });
}

const BEFORE = `${auditEvent('before')}\n\n`;
const AFTER = `\n${auditEvent('after')}\n`;

describe('one bad line', () => {
  it.each<[string, string | Uint8Array, string, readonly string[]]>([
    ['malformed', '{"kind":"Event",', 'invalid_json', []],
    ['not JSON', 'I0501 10:00:00 klog line', 'invalid_json', []],
    ['trailing text', `${auditEvent('x')} x`, 'invalid_json', []],
    ['another kind', '{"kind":"Pod","metadata":{}}', 'not_audit_event', []],
    ['a number', '42', 'not_audit_event', []],
    ['no time', auditEvent('x', { stageTimestamp: undefined }), 'missing_timestamp', []],
    ['a time that is none', auditEvent('x', { stageTimestamp: 'yesterday' }), 'bad_timestamp', []],
    ['oversize', auditEvent('x', { annotations: { a: 'y'.repeat(5 << 20) } }), 'too_large', []],
    [
      'oversize by option',
      auditEvent('x', { annotations: { a: 'y'.repeat(2000) } }),
      'too_large',
      ['--max-event-size', '1k'],
    ],
    ['invalid UTF-8', Buffer.from(auditEvent('x').replace('jane', 'j\xffne'), 'latin1'), 'invalid_utf8', []],
    ['too deep', nested(1001), 'too_deep', []],
    ['too deep by option', nested(30), 'too_deep', ['--max-depth', '20']],
  ])('%s', async (_name, line, reason, args) => {
    const bytes = Buffer.concat([Buffer.from(BEFORE), Buffer.from(line), Buffer.from(AFTER)]);
    const { status, lines, stderr } = await runOver(bytes, ...args);
    expect(status).toBe(0);
    expect(lines.map((text) => /id=(\w+)/.exec(text)?.[1])).toEqual(['before', 'after']);
    const report = stderr.split('\n');
    expect(report[0]).toMatch(new RegExp(`^log\\.jsonl:3: ${reason}: `));
    expect(report[1]).toBe(`falconet: 3 events received, 2 evaluated, 1 rejected (${reason} 1), 2 alerts`);
    expect(report.length).toBe(3);
  });

  it('accepts nesting up to the limit', async () => {
    expect((await runOver(nested(900))).stderr).toContain('1 evaluated, 0 rejected');
  });

  it('a last line that is cut off', async () => {
    const { status, lines, stderr } = await runOver(BEFORE + auditEvent('cut').slice(0, -20));
    expect([status, lines.length]).toEqual([0, 1]);
    expect(stderr).toMatch(/^log\.jsonl:3: invalid_json: /);
  });

  it('a string of 50 MB', async () => {
    const { status, lines, stderr } = await runOver(
      `${BEFORE}${auditEvent('x', { annotations: { a: 'y'.repeat(50_000_000) } })}${AFTER}`,
    );
    expect([status, lines.length]).toEqual([0, 2]);
    expect(stderr).toMatch(/^log\.jsonl:3: too_large: /);
    expect(stderr).toContain('3 events received, 2 evaluated, 1 rejected (too_large 1)');
  });

  it('a string of 50 MB that no newline ends', async () => {
    const { status, lines, stderr } = await runOver(`${BEFORE}{"kind":"Event","a":"${'y'.repeat(50_000_000)}`);
    expect([status, lines.length]).toEqual([0, 1]);
    expect(stderr).toMatch(/^log\.jsonl:3: \w+: /);
  });

  it('a line longer than any payload', async () => {
    const { status, lines, stderr } = await runOver(`${BEFORE}${'z'.repeat(70 << 20)}${AFTER}`);
    expect([status, lines.length]).toEqual([0, 2]);
    expect(stderr).toMatch(/^log\.jsonl:3: too_large: /);
    expect(stderr).toContain('3 events received, 2 evaluated, 1 rejected (too_large 1)');
  });
});

describe('many bad lines', () => {
  it('are all reported with their lines, blocks apart', async () => {
    const lines: string[] = [];
    for (let n = 1; n <= 6000; n++) lines.push(n % 1500 === 0 ? '{"broken' : auditEvent(`e${n}`));
    const { stderr } = await runOver(lines.join('\n'));
    expect(stderr.match(/^log\.jsonl:\d+/gm)).toEqual([1500, 3000, 4500, 6000].map((n) => `log.jsonl:${n}`));
    expect(stderr).toContain('6000 events received, 5996 evaluated, 4 rejected');
  });

  it('are named by the input that they stand in', async () => {
    writeFileSync(join(cwd, 'one.jsonl'), 'x');
    writeFileSync(join(cwd, 'two.json'), '{\n\n  "kind": oops\n}');
    const { stderr } = await falconet(['run', '-r', 'rules.yaml', 'one.jsonl', 'two.json', '-'], { cwd, input: '\ny' });
    expect(stderr).toMatch(/^one\.jsonl:1: invalid_json: .*\ntwo\.json:3: invalid_json: .*\n<stdin>:2: invalid_json: /);
  });
});

describe('an input of the other framing', () => {
  const events = [auditEvent('a'), auditEvent('b', { verb: 'delete' })];
  const pretty = (value: unknown): string => JSON.stringify(value, null, 2);
  const parsed = events.map((event) => JSON.parse(event) as unknown);
  const LINES = '--framing lines';
  const DOCUMENT = '--framing document';

  it.each<[string, string, string, string | undefined]>([
    ['JSON lines in a document', 'x.json', events.join('\n'), LINES],
    ['JSON lines in a document, after a blank one', 'x.json', `\r\n${events.join('\r\n')}\n`, LINES],
    ['a document in lines', 'x.jsonl', pretty(parsed[0]), DOCUMENT],
    ['a list in lines', 'x.log', `${pretty(parsed)}\n`, DOCUMENT],
    ['events between brackets in lines', 'x.log', `[\n${events.join(',\n')}\n]\n`, DOCUMENT],
    ['a document whose first line goes on', 'x.jsonl', pretty(parsed[0]).replace('{\n ', '{'), DOCUMENT],
    ['documents in lines', 'x.jsonl', parsed.map(pretty).join('\n'), 'write each of them on one line'],
    ['a damaged document', 'x.json', pretty(parsed[0]).slice(0, -1), undefined],
    ['a damaged line', 'x.jsonl', `${events[0]!.slice(0, 100)}\n${events[1]}\n`, undefined],
    ['a damaged line later', 'x.jsonl', `${events[0]}\n{\n`, undefined],
  ])(
    'is told once: %s',
    async (_, name, text, hint) => {
      writeFileSync(join(cwd, name), text);
      for (const command of ['run', 'explain']) {
        const { stderr } = await falconet([command, '-r', 'rules.yaml', name], { cwd });
        const rejected = stderr.split('\n').filter((line) => line.includes(': invalid_json: '));
        expect(rejected[0]?.split('; ')[1] ?? '').toContain(hint ?? '');
        expect(rejected.filter((line) => line.includes('; ')).length).toBe(hint === undefined ? 0 : 1);
        if (hint === undefined || !hint.startsWith('--')) continue;
        const again = await falconet([command, '-r', 'rules.yaml', ...hint.split(' '), name], { cwd });
        expect(again.stderr).not.toContain('invalid_json');
      }
    },
    30_000,
  );
});

describe('a signal', () => {
  it('ends the run as the end of the input would', async () => {
    const child = spawn(process.execPath, [MAIN, 'run', '-r', 'rules.yaml', '--stats', '-'], { cwd });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    child.stdin.write(`${auditEvent('a')}\n{"kind":"Event",`);
    // the alert is there although the input is still open
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    const [status] = await once(child, 'close');
    expect(status).toBe(0);
    expect(stderr).toContain('Events detected: 1\n');
    expect(stderr).toMatch(/1 event received, 1 evaluated, 0 rejected, 1 alert\n$/);
  });
});

describe('a reader that goes away', () => {
  it('ends the run quietly', async () => {
    const log = `${auditEvent('a')}\n`.repeat(50_000);
    writeFileSync(join(cwd, 'long.jsonl'), log);
    const child = spawn(process.execPath, [MAIN, 'run', '-r', 'rules.yaml', 'long.jsonl'], { cwd });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [status] = await once(child, 'close');
    expect(stderr).toBe('');
    expect(status).toBe(0);
  });
});
