// Runs the built command in a directory of its own, and makes the small files that its tests read.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
export const MAIN: string = join(ROOT, 'dist/cli/main.js');

export interface Finished {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** stdout's lines */
  readonly lines: readonly string[];
}

const directories: string[] = [];
// said here, once: inside a test it would be too late
afterAll(() => {
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});

/** A directory that goes away with the tests of the file that asked for it. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'falconet-test-'));
  directories.push(directory);
  return directory;
}

export async function falconet(
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string | Uint8Array } = {},
): Promise<Finished> {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, TZ: 'UTC', FALCO_HOSTNAME: 'testhost', NO_COLOR: '1' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  // a command that ends before it has read everything is not this side's failure
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const status = await new Promise<number | null>((resolve) => child.on('close', resolve));
  return { status, stdout, stderr, lines: stdout.split('\n').slice(0, -1) };
}

/** An audit event as one line. */
export function auditEvent(auditID: string, fields: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'Metadata',
    auditID,
    stage: 'ResponseComplete',
    requestURI: '/api/v1/namespaces/shop/pods',
    verb: 'get',
    user: { username: 'jane', groups: ['system:authenticated'] },
    objectRef: { resource: 'pods', namespace: 'shop', apiVersion: 'v1' },
    responseStatus: { code: 200 },
    requestReceivedTimestamp: '2024-05-01T10:00:00.000000Z',
    stageTimestamp: '2024-05-01T10:00:00.250000Z',
    ...fields,
  });
}

export const RULES = `
- list: watchers
  items: [watch, list]

- macro: reads
  condition: (ka.verb in (get, watchers))

- rule: Delete seen
  desc: something is deleted
  condition: ka.verb = delete
  output: deleted (user=%ka.user.name id=%ka.auditid)
  priority: WARNING
  source: k8s_audit
  tags: [writes, alpha]

- rule: Read seen
  desc: something is read
  condition: reads
  output: read (user=%ka.user.name id=%ka.auditid)
  priority: NOTICE
  source: k8s_audit
  tags: [reads]

- rule: Anything of jane
  desc: jane does something
  condition: ka.user.name = jane
  output: jane (verb=%ka.verb id=%ka.auditid)
  priority: DEBUG
  source: k8s_audit
  tags: [people, alpha]

- rule: Quiet
  desc: off until it is asked for
  condition: ka.user.name exists
  output: quiet (id=%ka.auditid)
  priority: ERROR
  source: k8s_audit
  enabled: false
`;
