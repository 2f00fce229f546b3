// etcd and an API server on loopback with an audit policy, its log backend and its webhook, which is configured with exactly what
// `falconet setup webhook` prints.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdirSync, openSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';

const START_MS = 90_000;

/** Name and group; the token is `token-NAME`. */
const USERS: readonly (readonly [string, string])[] = [
  ['admin', 'system:masters'],
  ['deployer', 'deployers'],
  ['jane', 'developers'],
  ['intruder', 'developers'],
];

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `NAME.pem` and `NAME.key`, signed by `ca`. */
export function makeCertificates(directory: string, names: readonly string[]): void {
  const openssl = (...args: readonly string[]): void => {
    execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', '-x509', ...key, '-days', '2', '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=e2e');
  writeFileSync(join(directory, 'ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  for (const name of names) {
    openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'ext'];
    openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signing);
  }
  openssl('genrsa', '-out', 'accounts.key', '2048');
}

export class Cluster {
  readonly directory: string;
  readonly auditLog: string;
  readonly #agent = new Agent({ keepAlive: true, rejectUnauthorized: false, maxSockets: 16 });
  readonly #processes: ChildProcess[] = [];
  #port = 0;

  constructor(directory: string) {
    this.directory = directory;
    this.auditLog = join(directory, 'audit.log');
  }

  /** `auditFlags` as they are printed, with paths of this directory. */
  async start(binaries: Binaries, auditFlags: readonly string[]): Promise<void> {
    const [client, peer] = [await freePort(), await freePort()];
    this.#port = await freePort();
    const clientUrl = `http://127.0.0.1:${client}`;
    const peerUrl = `http://127.0.0.1:${peer}`;
    this.#spawn('etcd', binaries.etcd, [
      `--data-dir=${join(this.directory, 'etcd')}`,
      `--listen-client-urls=${clientUrl}`,
      `--advertise-client-urls=${clientUrl}`,
      `--listen-peer-urls=${peerUrl}`,
      `--initial-advertise-peer-urls=${peerUrl}`,
      `--initial-cluster=default=${peerUrl}`,
      '--unsafe-no-fsync',
    ]);
    const tokens = USERS.map(([name, group]) => `token-${name},${name},${name},${group}\n`);
    writeFileSync(join(this.directory, 'tokens.csv'), tokens.join(''));
    mkdirSync(join(this.directory, 'certificates'));
    this.#spawn('kube-apiserver', binaries.apiServer, [
      `--etcd-servers=${clientUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${this.#port}`,
      `--cert-dir=${join(this.directory, 'certificates')}`,
      `--token-auth-file=${join(this.directory, 'tokens.csv')}`,
      '--authorization-mode=RBAC',
      '--disable-admission-plugins=ServiceAccount',
      '--service-account-issuer=https://e2e',
      `--service-account-key-file=${join(this.directory, 'accounts.key')}`,
      `--service-account-signing-key-file=${join(this.directory, 'accounts.key')}`,
      '--service-cluster-ip-range=10.0.0.0/24',
      '--allow-privileged=true',
      '--endpoint-reconciler-type=none',
      `--audit-log-path=${this.auditLog}`,
      ...auditFlags,
    ]);
    for (const end = Date.now() + START_MS; ; ) {
      const status = await this.call('admin', 'GET', '/readyz').catch(() => 0);
      if (status === 200) return;
      if (Date.now() > end) throw new Error(`the API server does not get ready, see ${this.directory}`);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  /** A request of a user, or of nobody with an empty name; the status. */
  call(user: string, method: string, path: string, body?: object): Promise<number> {
    const patch = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
    const headers = { 'content-type': patch, ...(user === '' ? {} : { authorization: `Bearer token-${user}` }) };
    const options = { host: '127.0.0.1', port: this.#port, agent: this.#agent, method, path, headers };
    return new Promise((resolve, reject) => {
      const sent = request(options, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode!));
        response.on('error', reject);
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }

  /** The API server first: it sends what it still has. */
  async stop(): Promise<void> {
    this.#agent.destroy();
    for (const child of this.#processes.splice(0).reverse()) {
      const ended = new Promise((resolve) => child.on('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
  }

  /** Whatever happens, no process is left behind. */
  abandon(): void {
    this.#agent.destroy();
    for (const child of this.#processes) child.kill('SIGKILL');
  }

  #spawn(name: string, command: string, args: readonly string[]): void {
    const log = openSync(join(this.directory, `${name}.log`), 'a');
    this.#processes.push(spawn(command, args, { stdio: ['ignore', log, log] }));
  }
}
