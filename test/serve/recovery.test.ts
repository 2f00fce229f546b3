// Processes that are stopped and killed under load: every alert of every event that was acknowledged is at the receiver afterwards.

import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../cli/command.ts';
import {
  deletions,
  idOf,
  jsonLines,
  Load,
  metric,
  missing,
  post,
  Receiver,
  serve,
  sleep,
  until,
  WEBHOOK,
} from './sidecar.ts';

const ROUNDS = Number(process.env.RECOVERY_ROUNDS ?? 1);

describe('SIGTERM under load', () => {
  it('ends with status 0 and every alert written, once', async () => {
    const sidecar = serve(temporaryDirectory(), { webhook: WEBHOOK, stdout_output: { enabled: true } });
    const load = new Load(await sidecar.url(), { connections: 6, perBody: 100 });
    await sleep(1000);
    const begun = Date.now();
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    expect(Date.now() - begun).toBeLessThan(20_000);
    await load.stop();
    expect(load.acknowledged.length).toBeGreaterThan(1000);
    const alerts = sidecar.alerts.map(idOf);
    expect(missing(load.acknowledged, new Set(alerts))).toEqual([]);
    expect(alerts.length).toBe(new Set(alerts).size);
  });
});

describe('SIGTERM while a body arrives', () => {
  it('waits for the rest of it, takes no new connection, and answers', async () => {
    const sidecar = serve(temporaryDirectory(), { webhook: WEBHOOK, stdout_output: { enabled: true } });
    const url = await sidecar.url();
    const body = deletions(['begun']);
    let answer = '';
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.setEncoding('utf8').on('data', (text) => {
      answer += text;
    });
    socket.write(
      `POST /k8s-audit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body.slice(0, 100));
    await sleep(200);
    sidecar.child.kill('SIGTERM');
    await sidecar.said(/stopping/);
    await expect(post(url, deletions(['late']))).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    await sleep(300);
    socket.write(body.slice(100));
    expect(await sidecar.ended).toBe(0);
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*\r\nConnection: close\r\n/s);
    expect(sidecar.alerts.map(idOf)).toEqual(['begun']);
  });
});

describe('kill -9 of the sidecar', () => {
  it('loses nothing that was acknowledged: in the file', async () => {
    const directory = temporaryDirectory();
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const sidecar = serve(directory, { webhook: WEBHOOK, file_output: { enabled: true, filename: 'alerts.log' } });
      const load = new Load(await sidecar.url(), { prefix: `file-${round}` });
      await sleep(700);
      await sidecar.kill('SIGKILL');
      await load.stop();
      acknowledged.push(...load.acknowledged);
    }
    expect(acknowledged.length).toBeGreaterThan(100);
    const lines = readFileSync(join(directory, 'alerts.log'), 'utf8').split('\n');
    const whole = lines.filter((line) => line.endsWith('}')).join('\n');
    expect(missing(acknowledged, new Set(jsonLines(whole).map(idOf)))).toEqual([]);
  });

  it('loses nothing that was acknowledged: at the receiver, through the spool', async () => {
    const directory = temporaryDirectory();
    const receiver = new Receiver();
    await receiver.start();
    const config = {
      webhook: WEBHOOK,
      http_output: { enabled: true, url: receiver.url, timeout: 1, spool: { directory: 'spool' } },
    };
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const sidecar = serve(directory, config);
      const load = new Load(await sidecar.url(), { prefix: `spool-${round}` });
      await sleep(300);
      // the receiver hangs, is killed, and comes back, while events keep coming
      receiver.status = 0;
      await sleep(300);
      await receiver.stop();
      receiver.status = 200;
      await sleep(200);
      if (round % 2 === 0) await receiver.start();
      await sleep(200);
      await sidecar.kill('SIGKILL');
      await load.stop();
      if (round % 2 !== 0) await receiver.start();
      acknowledged.push(...load.acknowledged);
    }
    const last = serve(directory, config);
    const status = await last.statusUrl();
    await until(() => missing(acknowledged, receiver.ids).length === 0, 'the alerts of the spool');
    expect(acknowledged.length).toBeGreaterThan(100);
    await until(async () => (await metric(status, 'falconet_output_spool_bytes')) === 0, 'an empty spool');
    expect(await last.kill('SIGTERM')).toBe(0);
    expect(readdirSync(join(directory, 'spool')).length).toBeLessThan(5);
    await receiver.stop();
  });
});

describe('a receiver that is killed', () => {
  it('has every acknowledged alert without a spool too', async () => {
    const receiver = new Receiver();
    await receiver.start();
    const sidecar = serve(temporaryDirectory(), {
      webhook: WEBHOOK,
      http_output: { enabled: true, url: receiver.url, timeout: 1 },
    });
    const load = new Load(await sidecar.url());
    for (let round = 0; round < ROUNDS; round++) {
      await sleep(300);
      await receiver.stop();
      await sleep(200);
      await receiver.start();
    }
    await sleep(300);
    await load.stop();
    expect(load.acknowledged.length).toBeGreaterThan(100);
    expect(missing(load.acknowledged, receiver.ids)).toEqual([]);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    await receiver.stop();
  });
});
