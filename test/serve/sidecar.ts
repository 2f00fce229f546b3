// A sidecar as a process of its own on loopback, a receiver of alerts, and the events that tests send.

import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { Agent, createServer, type IncomingHttpHeaders, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { auditEvent, MAIN, ROOT } from '../cli/command.ts';

const COMMAND = process.env.FALCONET_MAIN ?? MAIN;
const START_MS = 20_000;

/** Alerts for every deletion, nothing for the rest. */
export const DELETE_RULE = `
- rule: Deleted
  desc: something is deleted
  condition: ka.verb = delete
  output: deleted id=%ka.auditid
  priority: WARNING
  source: k8s_audit
`;

export class Process {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly ended: Promise<number | NodeJS.Signals | null>;

  /** `stdout`: a descriptor of a file instead of a pipe to here */
  constructor(args: readonly string[], stdout?: number) {
    this.child = spawn(process.execPath, [COMMAND, ...args], {
      cwd: ROOT,
      stdio: ['ignore', stdout ?? 'pipe', 'pipe'],
      env: { ...process.env, TZ: 'UTC', FALCO_HOSTNAME: 'testhost' },
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text) => {
      this.stdout += text;
    });
    this.child.stderr!.setEncoding('utf8').on('data', (text) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve) => this.child.on('close', (status, signal) => resolve(status ?? signal)));
    running.add(this);
  }

  /** The text behind a mark on standard error, when it is there. */
  async said(pattern: RegExp): Promise<string> {
    const match = await until(() => {
      if (this.child.exitCode !== null) throw new Error(`the sidecar ended:\n${this.stderr}`);
      return pattern.exec(this.stderr);
    }, `${pattern} in\n${this.stderr}`);
    return match[1] ?? '';
  }

  url(): Promise<string> {
    return this.said(/listening on (\S+)/);
  }

  statusUrl(): Promise<string> {
    return this.said(/health and metrics on (\S+)/);
  }

  kill(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null> {
    this.child.kill(signal);
    return this.ended;
  }

  /** Alerts as JSON on standard output so far. */
  get alerts(): readonly SentAlert[] {
    return jsonLines(this.stdout);
  }
}

const running = new Set<Process>();
afterAll(() => {
  for (const { child } of running) child.kill('SIGKILL');
});

/** `falconet serve` with this configuration and these rules, in files of the directory. */
export function serve(
  directory: string,
  config: Readonly<Record<string, unknown>>,
  rules: string = DELETE_RULE,
  stdout?: number,
): Process {
  writeFileSync(join(directory, 'rules.yaml'), rules);
  writeConfig(directory, config);
  return new Process(['serve', '-c', join(directory, 'falconet.yaml')], stdout);
}

/** JSON is YAML. */
export function writeConfig(directory: string, config: Readonly<Record<string, unknown>>): void {
  const base = {
    rules_files: ['rules.yaml'],
    json_output: true,
    webserver: { listen_address: '127.0.0.1', listen_port: 0 },
  };
  writeFileSync(join(directory, 'falconet.yaml'), JSON.stringify({ ...base, ...config }));
}

export const WEBHOOK = { listen_address: '127.0.0.1', listen_port: 0 };

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: IncomingHttpHeaders;
}

export interface PostOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly agent?: Agent;
  /** instead of that of the URL */
  readonly path?: string;
  /** do not say how long the body is */
  readonly isChunked?: boolean;
}

export function post(url: string, body: string | Uint8Array, options: PostOptions = {}): Promise<Answer> {
  const length = options.isChunked ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  const headers = { 'content-type': 'application/json', ...length, ...options.headers };
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method: options.method ?? 'POST',
        headers,
        agent: options.agent ?? false,
        ...(options.path === undefined ? {} : { path: options.path }),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode!, text, headers: response.headers }));
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    if (options.isChunked) sent.flushHeaders();
    sent.end(body);
  });
}

export function get(url: string): Promise<Answer> {
  return post(url, '', { method: 'GET' });
}

/** Sum of a metric over the rows that have all these labels. */
export async function metric(statusUrl: string, name: string, ...labels: readonly string[]): Promise<number> {
  const { text } = await get(`${statusUrl}/metrics`);
  const rows = text.split('\n').filter((row) => row.startsWith(name) && /[{ ]/.test(row[name.length] ?? ''));
  return rows
    .filter((row) => labels.every((label) => row.includes(label)))
    .reduce((sum, row) => sum + Number(row.slice(row.lastIndexOf(' ') + 1)), 0);
}

/** An EventList of deletions, and of as many other events between them. */
export function deletions(ids: readonly string[], padding = ''): string {
  const items = ids.flatMap((id) => [
    JSON.parse(auditEvent(id, { verb: 'delete', userAgent: padding })),
    JSON.parse(auditEvent(`${id}-other`, { verb: 'get' })),
  ]);
  return JSON.stringify({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items });
}

/** A line of JSON, parsed. */
export interface SentAlert {
  readonly rule: string;
  readonly output_fields: Readonly<Record<string, unknown>>;
}

export function idOf(alert: SentAlert): string {
  return String(alert.output_fields['ka.auditid']);
}

export function jsonLines(text: string): readonly SentAlert[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

export function ids(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
}

/** Asks until there is an answer other than null, undefined and false. */
export async function until<T>(
  ask: () => T | Promise<T>,
  what = 'a condition',
): Promise<NonNullable<Exclude<T, false>>> {
  for (const end = Date.now() + START_MS; Date.now() < end; ) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer as NonNullable<Exclude<T, false>>;
    await sleep(20);
  }
  throw new Error(`waited too long for ${what}`);
}

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** An HTTP receiver of alerts that can fail, hang and go away. */
export class Receiver {
  readonly bodies: string[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  /** status to answer; 0: no answer */
  status: number = 200;
  #server: Server | undefined;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/`;
  }

  get ids(): ReadonlySet<string> {
    return new Set(this.bodies.map((body) => idOf(JSON.parse(body))));
  }

  async start(): Promise<void> {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        if (this.status === 0) return;
        if (this.status < 300) {
          this.bodies.push(body);
          this.headers.push(request.headers);
        }
        response.writeHead(this.status).end();
      });
    });
    await new Promise<void>((resolve) => this.#server!.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Connections are cut, as when the process is killed. */
  async stop(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

/** Posts lists of deletions on a few connections until told to stop; knows what was acknowledged. */
export class Load {
  readonly acknowledged: string[] = [];
  readonly sent: string[] = [];
  readonly statuses: Map<number, number> = new Map();
  #isOver = false;
  readonly #workers: readonly Promise<void>[];

  constructor(
    url: string,
    options: { readonly connections?: number; readonly perBody?: number; readonly prefix?: string } = {},
  ) {
    const { connections = 4, perBody = 20, prefix = 'load' } = options;
    let serial = 0;
    this.#workers = Array.from({ length: connections }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      while (!this.#isOver) {
        const batch = ids(`${prefix}-${serial++}`, perBody);
        this.sent.push(...batch);
        const answer = await post(url, deletions(batch), { agent }).catch(() => undefined);
        const status = answer?.status ?? 0;
        this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
        if (status === 200) this.acknowledged.push(...batch);
        else await sleep(20);
      }
      agent.destroy();
    });
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#workers);
  }
}

/** What was acknowledged and is not there. */
export function missing(acknowledged: readonly string[], got: Iterable<string>): readonly string[] {
  const there = new Set(got);
  return acknowledged.filter((id) => !there.has(id));
}
