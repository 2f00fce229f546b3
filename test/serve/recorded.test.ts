// What a real API server sent to its webhook, posted to the sidecar, against the log that it wrote beside: the same alerts. The whole
// recording when it is there, else an excerpt of it.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { falconet } from '../cli/command.ts';
import { Process, post, until } from './sidecar.ts';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const RECORDINGS: readonly (readonly [name: string, log: string, bodies: string])[] = [
  ['an excerpt', here('data/log.jsonl.gz'), here('data/webhook.jsonl.gz')],
  [
    'the whole recording',
    here('../../../shared/data/recorded/prod.jsonl.gz'),
    here('../../../shared/data/recorded/prod-webhook.jsonl.gz'),
  ],
];
const OPTIONS = ['--format', 'json', '--match', 'all', '--extra-fields', 'ka.auditid,ka.stage'];
const CONNECTIONS = 4;

function linesOf(path: string): readonly string[] {
  return gunzipSync(readFileSync(path)).toString().split('\n').filter(Boolean);
}

function keyOf(event: { readonly auditID: string; readonly stage: string }): string {
  return `${event.auditID} ${event.stage}`;
}

async function postAll(url: string, bodies: readonly string[]): Promise<readonly number[]> {
  const statuses: number[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < bodies.length) statuses.push((await post(url, bodies[next++]!)).status);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return statuses;
}

it.each(RECORDINGS.filter(([, log]) => existsSync(log)))('%s gives the alerts of the log', async (_name, log, path) => {
  const bodies = linesOf(path);
  const sent = new Set(bodies.flatMap((body) => JSON.parse(body).items.map(keyOf)));
  const onlyInLog = linesOf(log).filter((line) => !sent.has(keyOf(JSON.parse(line))));
  expect(onlyInLog.length).toBeGreaterThan(0);
  const expected = (await falconet(['run', ...OPTIONS, log])).lines.filter((line) => {
    const fields = JSON.parse(line).output_fields;
    return sent.has(`${fields['ka.auditid']} ${fields['ka.stage']}`);
  });
  expect(expected.length).toBeGreaterThan(10);

  const sidecar = new Process(['run', ...OPTIONS, 'http://127.0.0.1:0/k8s-audit']);
  const url = await sidecar.url();
  expect(new Set(await postAll(url, bodies))).toEqual(new Set([200]));
  // sent again, as after an answer that was lost
  expect((await post(url, bodies[0]!)).status).toBe(200);
  await until(() => sidecar.alerts.length >= expected.length);
  expect(await sidecar.kill('SIGTERM')).toBe(0);
  expect(sidecar.stdout.split('\n').filter(Boolean).sort()).toEqual([...expected].sort());
});
