// `npm run e2e`: a real API server sends its audit events to the sidecar over https with a client certificate, while the sidecar is
// stopped, killed and started again. Then every line of the API server's own audit log has to be an event that the sidecar evaluated,
// and every alert that `falconet run` finds in that log has to be at the receiver. Ends with status 1 when one is missing.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildBinaries, ETCD, KUBERNETES } from './binaries.ts';
import { Cluster, freePort, makeCertificates } from './cluster.ts';
import { keyOf, Receiver } from './receiver.ts';
import { falconet, ROOT, Sidecar, sleep } from './sidecar.ts';
import { drive } from './traffic.ts';

const ROUNDS = Number(process.env.E2E_ROUNDS ?? 200);
/** Nobody listens for so long. */
const DOWN_MS = 1_500;
/** An API server tries a batch again after 10 s, 15 s, 22 s. */
const PATIENCE_MS = 120_000;

/** An alert for every event, so that it can be told of each one that it was evaluated. */
const SEEN_RULE = `
- rule: Seen
  desc: every event
  condition: ka.auditid exists
  output: seen
  priority: DEBUG
  source: k8s_audit
`;

const directory = mkdtempSync(join(tmpdir(), 'falconet-e2e-'));
const at = (name: string): string => join(directory, name);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Resolves with the webhook's URL. */
async function writeConfig(receiverUrl: string): Promise<string> {
  const port = await freePort();
  writeFileSync(at('seen.yaml'), SEEN_RULE);
  const config = {
    rules_files: [join(ROOT, 'rules'), at('seen.yaml')],
    rule_matching: 'all',
    append_output: [{ extra_fields: ['ka.auditid', 'ka.stage'] }],
    webhook: {
      listen_address: '127.0.0.1',
      listen_port: port,
      tls: { certificate: at('sidecar.pem'), key: at('sidecar.key'), client_ca: at('ca.pem') },
    },
    http_output: { enabled: true, url: receiverUrl, spool: { directory: at('spool') } },
    webserver: { listen_address: '127.0.0.1', listen_port: 0 },
  };
  writeFileSync(at('falconet.yaml'), JSON.stringify(config));
  return `https://127.0.0.1:${port}/k8s-audit`;
}

/** What the commands print is what the API server gets: kubeconfig and policy as files, the flags as they are. */
function auditFlags(url: string): readonly string[] {
  const client = ['--ca', at('ca.pem'), '--client-cert', at('api-server.pem'), '--client-key', at('api-server.key')];
  const print = (what: string): string =>
    falconet('setup', 'webhook', '--url', url, ...client, '--directory', directory, '--for', what);
  writeFileSync(at('webhook.yaml'), print('kubeconfig'));
  writeFileSync(at('policy.yaml'), falconet('setup', 'policy'));
  return print('flags')
    .split('\n')
    .filter((line) => line.startsWith('--'));
}

/** Keys of all alerts over the API server's own log. */
function expectedKeys(log: string): ReadonlySet<string> {
  const rules = ['-r', join(ROOT, 'rules'), '-r', at('seen.yaml')];
  const fields = ['--match', 'all', '--format', 'json', '--extra-fields', 'ka.auditid,ka.stage'];
  const lines = falconet('run', ...rules, ...fields, log).split('\n');
  return new Set(lines.filter((line) => line !== '').map(keyOf));
}

/** Traffic with both restarts in it; returns the number of requests. */
function disturbedTraffic(cluster: Cluster, sidecar: Sidecar): Promise<number> {
  return drive(cluster, ROUNDS, async (round) => {
    if (round === Math.floor(ROUNDS / 3)) await sidecar.restart('SIGTERM', DOWN_MS);
    if (round === Math.floor((2 * ROUNDS) / 3)) await sidecar.restart('SIGKILL', DOWN_MS);
  });
}

async function waitFor(isDone: () => boolean): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; !isDone() && Date.now() < end; ) await sleep(500);
}

function quantile(sorted: readonly number[], share: number): string {
  return `${((sorted[Math.floor(share * (sorted.length - 1))] ?? 0) / 1000).toFixed(2)} s`;
}

/** What is missing, and the figures. */
function report(requests: number, log: string, receiver: Receiver): readonly string[] {
  const expected = expectedKeys(log);
  const events = readFileSync(log, 'utf8').split('\n').length - 1;
  const missing = [...expected].filter((key) => !receiver.counts.has(key));
  const repeated = [...receiver.counts.values()].reduce((sum, count) => sum + count - 1, 0);
  const strange = [...receiver.counts.keys()].filter((key) => !expected.has(key)).length;
  const lags = [...receiver.lags].sort((a, b) => a - b);
  say(`kube-apiserver ${KUBERNETES}, etcd ${ETCD}: ${requests} requests, ${events} events in the log`);
  say(`${expected.size} alerts expected, ${expected.size - missing.length} received, ${missing.length} lost`);
  say(`${repeated} alerts came twice, ${strange} are not of the log`);
  say(`lag: median ${quantile(lags, 0.5)}, p90 ${quantile(lags, 0.9)}, longest ${quantile(lags, 1)} (of the outages)`);
  for (const key of missing.slice(0, 20)) say(`missing: ${key}`);
  for (const body of receiver.broken.slice(0, 20)) say(`no alert: ${body}`);
  if (events === 0 || expected.size < events) say('fewer alerts than events are expected: the test itself is broken');
  return [...(expected.size < events ? ['a whole log'] : []), ...missing, ...receiver.broken];
}

async function test(cluster: Cluster, sidecar: Sidecar, receiver: Receiver): Promise<boolean> {
  const binaries = buildBinaries();
  makeCertificates(directory, ['sidecar', 'api-server']);
  const url = await writeConfig(await receiver.start());
  await sidecar.start();
  await cluster.start(binaries, auditFlags(url));
  const requests = await disturbedTraffic(cluster, sidecar);
  const sent = expectedKeys(cluster.auditLog);
  await waitFor(() => [...sent].every((key) => receiver.counts.has(key)));
  await cluster.stop();
  // what the API server sent last is on its way
  const all = expectedKeys(cluster.auditLog);
  await waitFor(() => [...all].every((key) => receiver.counts.has(key)));
  const [received, evaluated, rejected] = await Promise.all(
    ['received', 'evaluated', 'rejected'].map((what) => sidecar.counter(`falconet_events_${what}_total`)),
  );
  say(`the last process: ${received} events received, ${evaluated} evaluated, ${rejected} rejected`);
  await sidecar.end('SIGTERM');
  return report(requests, cluster.auditLog, receiver).length === 0 && rejected === 0 && received === evaluated;
}

async function main(): Promise<number> {
  const cluster = new Cluster(directory);
  const receiver = new Receiver();
  const sidecar = new Sidecar(at('falconet.yaml'));
  let isGood = false;
  // however this process ends
  process.on('exit', () => {
    sidecar.abandon();
    cluster.abandon();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));
  try {
    isGood = await test(cluster, sidecar, receiver);
  } finally {
    sidecar.abandon();
    cluster.abandon();
    receiver.stop();
    if (isGood) rmSync(directory, { recursive: true, force: true });
    else say(`see ${directory}`);
  }
  return isGood ? 0 : 1;
}

process.exitCode = await main();
