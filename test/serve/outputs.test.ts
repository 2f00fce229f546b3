// Every output: what reaches the receiver, and what the API server is told while the receiver does not take it.

import { createSocket } from 'node:dgram';
import { existsSync, readFileSync, renameSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AlertBatch } from '../../src/serve/outputs/output.ts';
import { ProgramOutput } from '../../src/serve/outputs/program-output.ts';
import { SyslogOutput } from '../../src/serve/outputs/syslog-output.ts';
import { temporaryDirectory } from '../cli/command.ts';
import {
  DELETE_RULE,
  deletions,
  get,
  idOf,
  ids,
  jsonLines,
  Load,
  metric,
  post,
  Receiver,
  serve,
  sleep,
  until,
  WEBHOOK,
  writeConfig,
} from './sidecar.ts';

describe('a file', () => {
  it('is appended to, opened again on SIGUSR1, and told from one that was moved away', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'alerts.log');
    const lines = (name: string): number => jsonLines(readFileSync(join(directory, name), 'utf8')).length;
    const kept = serve(directory, {
      webhook: WEBHOOK,
      file_output: { enabled: true, filename: 'alerts.log', keep_alive: true },
    });
    const url = await kept.url();
    await post(url, deletions(['a']));
    renameSync(path, join(directory, 'first'));
    await post(url, deletions(['b']));
    expect([lines('first'), existsSync(path)]).toEqual([2, false]);
    kept.child.kill('SIGUSR1');
    await sleep(50);
    await post(url, deletions(['c']));
    expect(lines('alerts.log')).toBe(1);
    expect(await kept.kill('SIGTERM')).toBe(0);

    const watched = serve(directory, { webhook: WEBHOOK, file_output: { enabled: true, filename: 'alerts.log' } });
    const again = await watched.url();
    await post(again, deletions(['d']));
    renameSync(path, join(directory, 'second'));
    await post(again, deletions(['e']));
    expect([lines('second'), lines('alerts.log')]).toEqual([2, 1]);
    expect(await watched.kill('SIGTERM')).toBe(0);
  });

  it('on a full disk refuses, and takes the same events when there is room', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'alerts.log');
    symlinkSync('/dev/full', path);
    const sidecar = serve(directory, { webhook: WEBHOOK, file_output: { enabled: true, filename: 'alerts.log' } });
    const [url, status] = [await sidecar.url(), await sidecar.statusUrl()];
    const refused = await post(url, deletions(['full']));
    expect(refused.status).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await metric(status, 'falconet_output_failures_total', 'output="file"')).toBe(1);
    expect((await get(`${status}/readyz`)).status).toBe(200);
    unlinkSync(path);
    expect((await post(url, deletions(['full']))).status).toBe(200);
    expect(jsonLines(readFileSync(path, 'utf8')).map(idOf)).toEqual(['full']);
    await sidecar.kill('SIGTERM');
  });
});

describe('standard output that nobody reads', () => {
  it('makes the API server wait, blocks nothing else, and loses nothing', async () => {
    const sidecar = serve(temporaryDirectory(), {
      webhook: { ...WEBHOOK, answer_timeout: 1, queue_size: '256KiB' },
      stdout_output: { enabled: true },
    });
    const [url, status] = [await sidecar.url(), await sidecar.statusUrl()];
    sidecar.child.stdout!.pause();
    const bodies = Array.from({ length: 40 }, (_, i) => ids(`wait-${i}`, 40));
    const pending = new Set(bodies);
    const statuses = new Set<number>();
    const round = async (): Promise<void> => {
      const answers = [...pending].slice(0, 12).map(async (batch) => {
        const answer = await post(url, deletions(batch));
        statuses.add(answer.status);
        if (answer.status === 200) pending.delete(batch);
        else expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
      });
      await Promise.all(answers);
    };
    while (!statuses.has(429) || !statuses.has(503)) await round();
    expect((await get(`${status}/healthz`)).status).toBe(200);
    expect(await metric(status, 'falconet_queue_bytes')).toBeGreaterThan(0);
    sidecar.child.stdout!.resume();
    for (const end = Date.now() + 20_000; pending.size > 0 && Date.now() < end; ) await round();
    expect(pending.size).toBe(0);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    expect(sidecar.alerts.map(idOf).sort()).toEqual(bodies.flat().sort());
  });
});

describe('an HTTP receiver', () => {
  const receiver = new Receiver();
  afterAll(() => receiver.stop());

  it('gets what falcosidekick reads, once', async () => {
    await receiver.start();
    const sidecar = serve(temporaryDirectory(), {
      webhook: WEBHOOK,
      http_output: { enabled: true, url: receiver.url, user_agent: 'test/1' },
    });
    const url = await sidecar.url();
    expect((await post(url, deletions(ids('http', 30)))).status).toBe(200);
    expect(receiver.bodies).toHaveLength(30);
    expect(receiver.headers[0]).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'test/1' });
    expect(Object.keys(JSON.parse(receiver.bodies[0]!))).toEqual([
      'hostname',
      'output',
      'output_fields',
      'priority',
      'rule',
      'source',
      'tags',
      'time',
    ]);
    await sidecar.kill('SIGTERM');
    await receiver.stop();
  });

  it('that is away for a while gets everything from memory; one that refuses an alert is believed', async () => {
    receiver.bodies.length = 0;
    const sidecar = serve(temporaryDirectory(), {
      webhook: WEBHOOK,
      http_output: { enabled: true, url: receiver.url },
    });
    const [url, status] = [await sidecar.url(), await sidecar.statusUrl()];
    const answer = post(url, deletions(ids('away', 10)));
    await sleep(500);
    expect(receiver.bodies).toHaveLength(0);
    await receiver.start();
    expect((await answer).status).toBe(200);
    expect(receiver.ids.size).toBe(10);
    receiver.status = 400;
    expect((await post(url, deletions(['poison']))).status).toBe(200);
    expect(await metric(status, 'falconet_output_dropped_total', 'output="http"')).toBe(1);
    expect(await metric(status, 'falconet_output_retries_total', 'output="http"')).toBeGreaterThan(0);
    expect(sidecar.stderr).toContain('output http: an alert is dropped: the receiver answered 400 3 times');
    receiver.status = 200;
    await sidecar.kill('SIGTERM');
    await receiver.stop();
  });

  it.each([401, 403, 404, 405])('that answers %i has a state that passes: no alert is dropped', async (code) => {
    receiver.bodies.length = 0;
    receiver.status = code;
    await receiver.start();
    const sidecar = serve(temporaryDirectory(), {
      webhook: WEBHOOK,
      http_output: { enabled: true, url: receiver.url },
    });
    const [url, status] = [await sidecar.url(), await sidecar.statusUrl()];
    const answer = post(url, deletions([`state-${code}`]));
    await until(async () => (await metric(status, 'falconet_output_retries_total', 'output="http"')) >= 4);
    receiver.status = 200;
    expect((await answer).status).toBe(200);
    expect([...receiver.ids]).toEqual([`state-${code}`]);
    expect(await metric(status, 'falconet_output_dropped_total', 'output="http"')).toBe(0);
    await sidecar.kill('SIGTERM');
    await receiver.stop();
  });

  it('that is not required holds nothing up', async () => {
    const sidecar = serve(temporaryDirectory(), {
      webhook: WEBHOOK,
      stdout_output: { enabled: true },
      http_output: { enabled: true, required: false, url: receiver.url },
    });
    const url = await sidecar.url();
    const begun = Date.now();
    expect((await post(url, deletions(['optional']))).status).toBe(200);
    expect(Date.now() - begun).toBeLessThan(500);
    sidecar.child.kill('SIGKILL');
  });
});

describe('syslog', () => {
  it('over UDP and TCP', async () => {
    const datagrams: string[] = [];
    const udp = createSocket('udp4', (message) => datagrams.push(message.toString()));
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
    let stream = '';
    const tcp = createServer((socket) => {
      socket.on('data', (chunk) => {
        stream += chunk;
      });
    });
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const port = (tcp.address() as AddressInfo).port;
    for (const address of [`udp://127.0.0.1:${udp.address().port}`, `tcp://127.0.0.1:${port}`]) {
      const sidecar = serve(temporaryDirectory(), {
        webhook: WEBHOOK,
        json_output: false,
        syslog_output: { enabled: true, address },
      });
      expect((await post(await sidecar.url(), deletions(['s1', 's2']))).status).toBe(200);
      expect(await sidecar.kill('SIGTERM')).toBe(0);
    }
    // daemon is facility 3, Warning is severity 4
    const message = /^<28>1 \S+Z testhost falconet \d+ - - \d\d:.*: Warning deleted id=s1$/;
    await until(() => datagrams.length === 2);
    expect(datagrams[0]).toMatch(message);
    const length = Number.parseInt(stream, 10);
    expect(stream.slice(String(length).length + 1, String(length).length + 1 + length)).toMatch(message);
    udp.close();
    tcp.close();
  });

  it('over UDP cuts what no datagram can hold, and sends the rest', async () => {
    const datagrams: string[] = [];
    const udp = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 }, (message) =>
      datagrams.push(message.toString()),
    );
    await new Promise<void>((resolve) => udp.bind(0, '127.0.0.1', resolve));
    const sidecar = serve(
      temporaryDirectory(),
      {
        webhook: WEBHOOK,
        json_output: false,
        syslog_output: { enabled: true, address: `udp://127.0.0.1:${udp.address().port}` },
      },
      DELETE_RULE.replace('%ka.auditid', '%ka.auditid %ka.useragent'),
    );
    expect((await post(await sidecar.url(), deletions(['u1', 'u2'], 'x'.repeat(100_000)))).status).toBe(200);
    await until(() => datagrams.length === 2);
    expect(datagrams.map((text) => /id=(u\d) x{60000}/.exec(text)?.[1])).toEqual(['u1', 'u2']);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    udp.close();
  });

  it('over TCP to a receiver that does not read lets go by the deadline', async () => {
    const sockets: Socket[] = [];
    const tcp = createServer((socket) => {
      sockets.push(socket.pause());
    });
    await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
    const output = new SyslogOutput(`tcp://127.0.0.1:${(tcp.address() as AddressInfo).port}`, 'host');
    const alert = { rule: 'r', priority: 'Warning' as const, text: 'x'.repeat(16 << 20), json: '' };
    const delivery = output.deliver(new AlertBatch([alert])).catch(() => 'not delivered');
    await until(() => sockets.length === 1);
    const begun = performance.now();
    await output.close(begun + 300);
    expect(performance.now() - begun).toBeLessThan(2_000);
    expect(await delivery).toBe('not delivered');
    for (const socket of sockets) socket.destroy();
    tcp.close();
  });
});

describe('a spool', () => {
  const receiver = new Receiver();
  afterAll(() => receiver.stop());
  const config = (fields: object = {}): Record<string, unknown> => ({
    webhook: WEBHOOK,
    http_output: { enabled: true, url: receiver.url, timeout: 1, spool: { directory: 'spool' }, ...fields },
  });

  it('has one owner: a second process ends with a reason, a next one begins when the first is killed', async () => {
    await receiver.start();
    const directory = temporaryDirectory();
    receiver.status = 503;
    const first = serve(directory, config());
    const url = await first.url();
    expect((await post(url, deletions(['kept']))).status).toBe(200);
    const second = serve(directory, config());
    expect(await second.ended).toBe(1);
    expect(second.stderr).toMatch(/error: .*spool: another process uses it/);
    expect((await post(url, deletions(['kept too']))).status).toBe(200);
    await first.kill('SIGKILL');
    const third = serve(directory, config());
    const status = await third.statusUrl();
    await third.url();
    expect(await metric(status, 'falconet_output_spool_bytes')).toBeGreaterThan(100);
    receiver.status = 200;
    await until(() => receiver.ids.size === 2);
    expect(await third.kill('SIGTERM')).toBe(0);
  });

  it('goes from one output to the next at a reload under load', async () => {
    const directory = temporaryDirectory();
    const sidecar = serve(directory, config());
    const load = new Load(await sidecar.url(), { prefix: 'handed-on', connections: 1, perBody: 5 });
    for (let n = 0; n < 6; n++) {
      await sleep(100);
      const done = sidecar.stderr.split('outputs changed').length;
      writeConfig(directory, config({ user_agent: `test/${n}`, connections: n + 1 }));
      sidecar.child.kill('SIGHUP');
      await until(() => sidecar.stderr.split('outputs changed').length > done, sidecar.stderr);
    }
    await load.stop();
    expect([...load.statuses.keys()]).toEqual([200]);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    expect(load.acknowledged.filter((id) => !receiver.ids.has(id))).toEqual([]);
  });

  it('comes back after a reload without it', async () => {
    const directory = temporaryDirectory();
    const sidecar = serve(directory, { ...config(), watch_config_files: false });
    const url = await sidecar.url();
    const file = {
      webhook: WEBHOOK,
      watch_config_files: false,
      file_output: { enabled: true, filename: 'alerts.log' },
    };
    for (const next of [file, { ...config(), watch_config_files: false }]) {
      const done = sidecar.stderr.split('outputs changed').length;
      writeConfig(directory, next);
      sidecar.child.kill('SIGHUP');
      await until(() => sidecar.stderr.split('outputs changed').length > done);
    }
    expect((await post(url, deletions(['came-back']))).status).toBe(200);
    await until(() => receiver.ids.has('came-back'));
    expect(await sidecar.kill('SIGTERM')).toBe(0);
  });

  it('stays with its output when the next one cannot be opened', async () => {
    const directory = temporaryDirectory();
    const sidecar = serve(directory, { ...config(), watch_config_files: false });
    const url = await sidecar.url();
    const file = { enabled: true, filename: 'nowhere/alerts.log' };
    for (const [next, problem] of [
      [config({ url: 'https://127.0.0.1:1/', ca_cert: 'not-there.pem' }), /not reloaded, .*ENOENT.*not-there\.pem/],
      [{ ...config({ connections: 2 }), file_output: file }, /not reloaded, .*file_output: ENOENT/],
      [config({ spool: { directory: 'falconet.yaml' } }), /not reloaded, .*EEXIST/],
    ] as const) {
      writeConfig(directory, { ...next, watch_config_files: false });
      sidecar.child.kill('SIGHUP');
      await sidecar.said(problem);
      const id = `after ${problem}`;
      expect((await post(url, deletions([id]))).status).toBe(200);
      await until(() => receiver.ids.has(id), 'the alert');
    }
    expect(await sidecar.kill('SIGTERM')).toBe(0);
  });
});

describe('a program', () => {
  it.each([false, true])('gets the lines on its standard input, kept alive: %s', async (keepAlive) => {
    const directory = temporaryDirectory();
    const path = join(directory, 'out');
    const sidecar = serve(directory, {
      webhook: WEBHOOK,
      program_output: { enabled: true, program: `cat >> ${path}`, keep_alive: keepAlive },
    });
    const url = await sidecar.url();
    expect((await post(url, deletions(['p1', 'p2']))).status).toBe(200);
    expect((await post(url, deletions(['p3']))).status).toBe(200);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    expect(jsonLines(readFileSync(path, 'utf8')).map(idOf)).toEqual(['p1', 'p2', 'p3']);
  });

  it('that fails, or is not there yet, is a reason to send again', async () => {
    const directory = temporaryDirectory();
    const program = join(directory, 'program');
    const sidecar = serve(directory, { webhook: WEBHOOK, program_output: { enabled: true, program } });
    const url = await sidecar.url();
    const missing = await post(url, deletions(['p']));
    expect([missing.status, missing.text]).toEqual([503, expect.stringContaining('status 127')]);
    expect(Number(missing.headers['retry-after'])).toBeGreaterThan(0);
    writeFileSync(program, '#!/bin/sh\nexit 3\n', { mode: 0o755 });
    const failed = await post(url, deletions(['p']));
    expect([failed.status, failed.text]).toEqual([503, expect.stringContaining('status 3')]);
    writeFileSync(program, `#!/bin/sh\nexec cat >> ${directory}/out\n`);
    expect((await post(url, deletions(['p']))).status).toBe(200);
    expect(jsonLines(readFileSync(join(directory, 'out'), 'utf8')).map(idOf)).toEqual(['p']);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
  });

  it('kept alive that ends is started again', async () => {
    const directory = temporaryDirectory();
    const sidecar = serve(directory, {
      webhook: WEBHOOK,
      program_output: { enabled: true, program: `head -n 1 >> ${directory}/out`, keep_alive: true },
    });
    const url = await sidecar.url();
    const out = (): readonly string[] => jsonLines(readFileSync(join(directory, 'out'), 'utf8')).map(idOf);
    for (const id of ['k1', 'k2', 'k3']) {
      // until it is noticed that the last one has ended
      await until(async () => (await post(url, deletions([id]))).status === 200);
      await until(() => existsSync(join(directory, 'out')) && out().includes(id), `${id} in the file`);
    }
    expect(await sidecar.kill('SIGTERM')).toBe(0);
  });

  it.each([false, true])(
    'that hangs and does not listen to signals is killed in the end, kept alive: %s',
    async (keepAlive) => {
      const directory = temporaryDirectory();
      const mark = join(directory, 'pid');
      const program = `trap "" TERM; sleep 60 & echo $! > ${mark}; wait; wait`;
      const output = new ProgramOutput({ name: 'program', program, keepAlive, textOf: () => 'x'.repeat(1 << 20) });
      const delivery = output.deliver(new AlertBatch([])).catch((error: Error) => error.message);
      const pid = Number(await until(() => existsSync(mark) && readFileSync(mark, 'utf8').trim()));
      const begun = performance.now();
      await output.close(begun + 200);
      expect(performance.now() - begun).toBeLessThan(2_000);
      expect(await delivery).toMatch(keepAlive ? /EPIPE|closed|destroyed/ : /the program got SIGKILL/);
      // its own children went with it
      await until(
        () => !existsSync(`/proc/${pid}`) || /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')),
        'its end',
      );
    },
  );
});
