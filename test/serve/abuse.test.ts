// Clients that want too much, say nonsense or say nothing: the right status, memory that stays bounded, and others who do not notice.
// The bounds are those of the default limits: bodies of 12 MiB, a queue of 64 MiB.

import { existsSync, readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { auditEvent, temporaryDirectory } from '../cli/command.ts';
import { deletions, idOf, ids, metric, type Process, post, serve, sleep, until, WEBHOOK } from './sidecar.ts';

const MIB = 1 << 20;
const MAX_BODY = 12 * MIB;
/** Resident memory in MiB that no client makes the process exceed. */
const MOST_MEMORY = 512;
/** What others may wait at the longest; the clients of the test share their processor. */
const LONGEST_WAIT_MS = 3_000;
const HEAD = 'POST /k8s-audit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

/** MiB; 0 where the system does not say. */
function memoryOf({ child }: Process): number {
  const path = `/proc/${child.pid}/status`;
  return existsSync(path) ? Number(/VmHWM:\s+(\d+)/.exec(readFileSync(path, 'utf8'))![1]) / 1024 : 0;
}

/** A client that goes on sending what everybody sends. */
class Bystander {
  readonly acknowledged: string[] = [];
  readonly statuses: Set<number> = new Set();
  longestMs = 0;
  #isOver = false;
  readonly #work: Promise<void>;

  constructor(url: string) {
    this.#work = this.#run(url);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#work;
  }

  async #run(url: string): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    for (let n = 0; !this.#isOver; n++) {
      const begun = Date.now();
      const { status } = await post(url, deletions([`by-${n}`]), { agent });
      this.longestMs = Math.max(this.longestMs, Date.now() - begun);
      this.statuses.add(status);
      if (status === 200) this.acknowledged.push(`by-${n}`);
      await sleep(20);
    }
    agent.destroy();
  }
}

/** A connection, and what came back on it. */
class Raw {
  readonly socket: Socket;
  text = '';
  readonly closed: Promise<void>;

  constructor(url: string, allowHalfOpen = false) {
    const { hostname, port } = new URL(url);
    this.socket = connect({ port: Number(port), host: hostname, allowHalfOpen });
    this.socket.setEncoding('utf8').on('data', (chunk) => {
      this.text += chunk;
    });
    this.socket.on('error', () => {});
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve()));
    opened.add(this);
  }

  get status(): number {
    return Number(this.text.slice(9, 12));
  }

  /** Waits when the other side is behind. */
  async send(bytes: Uint8Array | string): Promise<void> {
    if (this.socket.write(bytes) || this.socket.destroyed) return;
    await Promise.race([new Promise<void>((resolve) => this.socket.once('drain', resolve)), this.closed]);
  }
}

const opened = new Set<Raw>();
afterEach(() => {
  for (const { socket } of opened) socket.destroy();
  opened.clear();
});

/** What clients do to a sidecar while another client is there, and what became of that and of the memory. */
async function abused(act: (url: string, sidecar: Process) => Promise<void>, config: object = {}): Promise<Process> {
  const sidecar = serve(temporaryDirectory(), { webhook: WEBHOOK, stdout_output: { enabled: true }, ...config });
  const bystander = new Bystander(await sidecar.url());
  await until(() => bystander.acknowledged.length > 0);
  await act(await sidecar.url(), sidecar);
  await bystander.stop();
  expect([...bystander.statuses].filter((status) => status !== 200 && status !== 429)).toEqual([]);
  expect(bystander.longestMs).toBeLessThan(LONGEST_WAIT_MS);
  expect(memoryOf(sidecar)).toBeLessThan(MOST_MEMORY);
  const begun = Date.now();
  expect(await sidecar.kill('SIGTERM')).toBe(0);
  expect(Date.now() - begun).toBeLessThan(5_000);
  const alerted = new Set(sidecar.alerts.map(idOf));
  expect(bystander.acknowledged.filter((id) => !alerted.has(id))).toEqual([]);
  return sidecar;
}

describe('large bodies', () => {
  it('eight of 12 MiB at once: taken or told to come again, and then each alert once', async () => {
    const names = ids('large', 8);
    const bodies = names.map((name) => {
      const items = Array.from({ length: 3_000 }, (_, i) =>
        auditEvent(`${name}-${i}`, { userAgent: 'x'.repeat(3_500) }),
      );
      return `{"kind":"EventList","items":[${[auditEvent(name, { verb: 'delete' }), ...items]}]}`;
    });
    expect(bodies[0]!.length).toBeGreaterThan(11 * MIB);
    expect(bodies[0]!.length).toBeLessThan(MAX_BODY);
    const sidecar = await abused(async (url) => {
      const send = async (body: string): Promise<void> => {
        for (;;) {
          const { status } = await post(url, body);
          if (status === 200) return;
          expect(status).toBe(429);
          await sleep(100);
        }
      };
      await Promise.all(bodies.map(send));
    });
    const got = sidecar.alerts.map(idOf).filter((id) => id.startsWith('large'));
    expect([...got].sort()).toEqual(names);
  });

  it('over the limit, announced or not', async () => {
    const body = Buffer.alloc(MAX_BODY + 1, ' ');
    await abused(async (url) => {
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, i) => post(url, body, { isChunked: i % 2 === 0 })),
      );
      // those that do not say how long they are take room until it is known
      for (const { status } of answers) expect([413, 429]).toContain(status);
      expect(answers.filter((_, i) => i % 2 === 1).map(({ status }) => status)).toEqual([413, 413, 413]);
    });
  });

  it('compressed a thousandfold', async () => {
    const bomb = gzipSync(Buffer.alloc(256 * MIB, ' '));
    await abused(async (url) => {
      const headers = { 'content-encoding': 'gzip' };
      const answers = await Promise.all(Array.from({ length: 20 }, () => post(url, bomb, { headers })));
      for (const { status } of answers) expect([413, 429]).toContain(status);
      expect(answers.map(({ status }) => status)).toContain(413);
    });
  });

  it('in chunks of one byte', async () => {
    const text = deletions(['chunked'], 'x'.repeat(MIB));
    const chunks = [...text].map((one) => `1\r\n${one}\r\n`).join('');
    const sidecar = await abused(async (url, { child }) => {
      const before = memoryOf({ child } as Process);
      const raw = new Raw(url);
      await raw.send(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
      for (let at = 0; at < chunks.length; at += 60_000) await raw.send(chunks.slice(at, at + 60_000));
      await raw.send('0\r\n\r\n');
      await until(() => raw.text !== '', 'an answer');
      expect(raw.status).toBe(200);
      expect(memoryOf({ child } as Process) - before).toBeLessThan(100);
    });
    expect(sidecar.alerts.map(idOf)).toContain('chunked');
  });
});

describe('alerts without end', () => {
  it('of an output that stands still: more bodies are refused before they become more alerts', async () => {
    const tiny = (name: string): string => {
      const event = (i: number): string =>
        `{"kind":"Event","auditID":"${name}-${i}","stage":"s","verb":"delete","stageTimestamp":"2024-05-01T10:00:00Z"}`;
      return `{"kind":"EventList","items":[${Array.from({ length: 50_000 }, (_, i) => event(i))}]}`;
    };
    const sidecar = serve(temporaryDirectory(), {
      webhook: { ...WEBHOOK, answer_timeout: 2 },
      stdout_output: { enabled: true },
    });
    const [url, status] = [await sidecar.url(), await sidecar.statusUrl()];
    sidecar.child.stdout!.pause();
    const answers = await Promise.all(ids('tiny', 10).map((name) => post(url, tiny(name))));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([429, 503]));
    expect(await metric(status, 'falconet_queue_bytes')).toBeGreaterThan(64 * MIB);
    expect(memoryOf(sidecar)).toBeLessThan(MOST_MEMORY);
    sidecar.child.stdout!.resume();
    await until(async () => (await metric(status, 'falconet_queue_bytes')) === 0, 'an empty queue');
    expect((await post(url, deletions(['after']))).status).toBe(200);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    expect(sidecar.alerts.length % 50_000).toBe(1);
  });

  it('of requests without end on one connection', async () => {
    const sidecar = serve(temporaryDirectory(), { webhook: WEBHOOK, stdout_output: { enabled: true } });
    const [url, status] = [await sidecar.url(), await sidecar.statusUrl()];
    sidecar.child.stdout!.pause();
    // more than the pipe takes; what comes before it is evaluated would still be delivered
    void post(url, deletions(ids('fill', 4_000))).catch(() => {});
    await until(async () => (await metric(status, 'falconet_output_waiting_alerts')) > 0, 'alerts that wait');
    const body = auditEvent('same', { verb: 'delete' });
    const requests = `${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`.repeat(1_000);
    const raw = new Raw(url);
    for (let n = 0; n < 8; n++) await raw.send(requests);
    await until(
      async () => (await metric(status, 'falconet_webhook_requests_total', 'code="429"')) > 0,
      'a request that is refused',
    );
    expect(await metric(status, 'falconet_queue_requests')).toBeLessThanOrEqual(4_096);
    expect(memoryOf(sidecar)).toBeLessThan(MOST_MEMORY);
    sidecar.child.stdout!.resume();
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    expect(sidecar.alerts.map(idOf).filter((id) => id === 'same')).toHaveLength(1);
  });
});

describe('nonsense', () => {
  it('instead of HTTP is answered 400', async () => {
    await abused(async (url) => {
      const raws = Array.from({ length: 100 }, (_, n) => {
        const raw = new Raw(url);
        void raw.send(Buffer.from(Array.from({ length: 2_000 }, (_, i) => (i * 7_919 + n * 104_729) % 256)));
        return raw;
      });
      await Promise.all(raws.map(({ closed }) => closed));
      expect(new Set(raws.map(({ status }) => status))).toEqual(new Set([400]));
    });
  });

  it('in chunks and lengths: what is cut off is never evaluated', async () => {
    const body = deletions(['cut']);
    const size = body.length.toString(16);
    const sidecar = await abused(async (url, process) => {
      const status = await process.statusUrl();
      const heads = {
        chunked: `${HEAD}Transfer-Encoding: chunked\r\n\r\n`,
        long: `${HEAD}Content-Length: 90000\r\n\r\n`,
      };
      const cut = [`${heads.chunked}${size}\r\n${body}\r\n`, `${heads.chunked}fffff\r\n${body}`, heads.long + body];
      for (const text of cut) {
        const raw = new Raw(url);
        await raw.send(text);
        raw.socket.end();
        await raw.closed;
        expect([0, 400]).toContain(raw.status);
      }
      const wrong = [`${heads.chunked}xyz\r\n`, `${heads.chunked}-1\r\n`, `${HEAD}Content-Length: -1\r\n\r\n`];
      const both = `${HEAD}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
      for (const text of [...wrong, both]) {
        const raw = new Raw(url);
        await raw.send(text);
        await until(() => raw.text !== '', 'an answer');
        expect(raw.status).toBe(400);
      }
      await until(async () => (await metric(status, 'falconet_queue_requests')) === 0, 'an empty queue');
    });
    expect(sidecar.alerts.map(idOf)).not.toContain('cut');
  });
});

describe('clients that hold on', () => {
  it('five hundred that say nothing, and five hundred that say a byte now and then', async () => {
    const timers: NodeJS.Timeout[] = [];
    await abused(async (url, sidecar) => {
      for (let n = 0; n < 500; n++) new Raw(url, true);
      for (let n = 0; n < 500; n++) {
        const raw = new Raw(url);
        await raw.send(`${HEAD}Content-Length: 100000\r\n\r\n{`);
        timers.push(setInterval(() => raw.socket.destroyed || raw.socket.write('x'), 250));
      }
      await sleep(3_500);
      expect(await metric(await sidecar.statusUrl(), 'falconet_connections')).toBeGreaterThan(1_000);
    });
    for (const timer of timers) clearInterval(timer);
  });
});
