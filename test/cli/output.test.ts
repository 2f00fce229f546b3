// What commands do when standard output takes no more: a full disk is an error of theirs, a reader that went away is not.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditEvent, falconet, MAIN, RULES, temporaryDirectory } from './command.ts';

const cwd = temporaryDirectory();
writeFileSync(join(cwd, 'rules.yaml'), RULES);
writeFileSync(join(cwd, 'log.jsonl'), `${auditEvent('a')}\n`);
mkdirSync(join(cwd, 'tests'));
writeFileSync(join(cwd, 'tests/a.yaml'), 'tests:\n  - { name: a, template: event, no_alerts: [Delete seen] }\n');
await falconet(['compile', '-r', 'rules.yaml', '-o', 'rules.fnp'], { cwd });

const COMMANDS: readonly string[] = [
  '--help',
  '--version',
  'run -r rules.yaml log.jsonl',
  'explain -r rules.yaml log.jsonl',
  'validate rules.yaml',
  'validate --format json rules.yaml',
  'list fields',
  'list rules -r rules.yaml --format json',
  'bench -r rules.yaml --runs 1 --top 1 log.jsonl',
  'disasm rules.fnp',
  'test tests',
  'test tests --watch',
  'setup policy',
  'setup webhook --url http://localhost:9765',
  'serve --schema',
];

/** Status and standard error of a command whose standard output is this. */
async function writingTo(stdout: number | 'pipe', command: string): Promise<readonly [number | null, string]> {
  const child = spawn(process.execPath, [MAIN, ...command.split(' ')], { cwd, stdio: ['ignore', stdout, 'pipe'] });
  // closed before anything is written: a process takes longer to start
  child.stdout?.destroy();
  let stderr = '';
  child.stderr!.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [status] = await once(child, 'close');
  return [status, stderr];
}

describe('standard output', () => {
  it.each(COMMANDS)(
    'on a full disk fails: %s',
    async (command) => {
      const full = openSync('/dev/full', 'w');
      try {
        const [status, stderr] = await writingTo(full, command);
        expect(stderr.match(/^falconet: error: .*$/gm)).toEqual([
          'falconet: error: <stdout>: ENOSPC: no space left on device, write',
        ]);
        expect(stderr).not.toMatch(/\n\s+at /);
        expect(status).toBe(1);
      } finally {
        closeSync(full);
      }
    },
    30_000,
  );

  it.each(COMMANDS)(
    'that nobody reads ends quietly: %s',
    async (command) => {
      const [status, stderr] = await writingTo('pipe', command);
      expect(stderr).not.toMatch(/error/i);
      expect(status).toBe(0);
    },
    30_000,
  );
});
