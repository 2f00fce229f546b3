// HTTPS with real certificates: both protocols, clients that have to show theirs, a certificate that is exchanged while the server runs.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { type ClientHttp2Stream, connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../cli/command.ts';
import { deletions, idOf, ids, metric, type Process, serve, sleep, until, WEBHOOK } from './sidecar.ts';

const directory = temporaryDirectory();
const at = (name: string): string => join(directory, name);
let sidecar: Process;
let port: number;

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
}

/** A certificate `NAME.pem` for localhost, signed by `ca`. */
function certificate(name: string, ca = 'ca'): void {
  writeFileSync(at('ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  const signing = ['-CA', `${ca}.pem`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-days', '2', '-extfile', 'ext'];
  openssl('x509', '-req', '-in', `${name}.csr`, '-out', `${name}.pem`, ...signing);
}

function authority(name: string): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  openssl('req', '-x509', ...key, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', `/CN=${name}`);
}

const read = (name: string): Buffer => readFileSync(at(name));
const identity = (name: string): object => ({ cert: read(`${name}.pem`), key: read(`${name}.key`) });

function post(body: string, options: object): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', ...(options as { headers?: object }).headers };
    const url = `https://localhost:${port}/k8s-audit`;
    const sent = request(url, { method: 'POST', agent: false, ca: read('ca.pem'), ...options, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const TOKEN = { authorization: 'Bearer sesame' };

beforeAll(async () => {
  authority('ca');
  authority('stranger');
  certificate('server');
  certificate('client');
  certificate('outsider', 'stranger');
  writeFileSync(at('clients.pem'), read('ca.pem'));
  writeFileSync(at('token'), 'sesame\n');
  sidecar = serve(directory, {
    webhook: {
      ...WEBHOOK,
      tls: { certificate: 'server.pem', key: 'server.key', client_ca: 'clients.pem' },
      bearer_token_file: 'token',
    },
    stdout_output: { enabled: true },
  });
  port = Number(new URL(await sidecar.url()).port);
});

describe('the webhook over TLS', () => {
  it('takes HTTP/1.1', async () => {
    expect(await post(deletions(['one']), { ...identity('client'), headers: TOKEN })).toBe(200);
  });

  it('takes HTTP/2, many requests on one connection', async () => {
    const session = connectHttp2(`https://localhost:${port}`, { ca: read('ca.pem'), ...identity('client') });
    const statuses = await Promise.all(
      Array.from({ length: 20 }, (_, i) => {
        const stream = session.request({
          ':method': 'POST',
          ':path': '/k8s-audit?timeout=30s',
          'content-type': 'application/json',
          ...TOKEN,
        });
        stream.end(deletions([`two-${i}`], 'x'.repeat(50_000)));
        return new Promise((resolve) => stream.on('response', (headers) => resolve(headers[':status'])).resume());
      }),
    );
    session.close();
    expect(statuses).toEqual(Array(20).fill(200));
    await sleep(50);
    expect(sidecar.alerts.filter((alert) => idOf(alert).startsWith('two-'))).toHaveLength(20);
  });

  it('takes nothing of streams that are given up, over HTTP/2, and keeps nothing of them', async () => {
    const session = connectHttp2(`https://localhost:${port}`, { ca: read('ca.pem'), ...identity('client') });
    const begin = (id: string): ClientHttp2Stream => {
      const stream = session.request({
        ':method': 'POST',
        ':path': '/k8s-audit',
        'content-type': 'application/json',
        ...TOKEN,
      });
      stream.on('error', () => {});
      stream.write(deletions([id], 'x'.repeat(20_000)).slice(0, -1));
      return stream;
    };
    const streams = ids('given-up', 40).map(begin);
    const status = await sidecar.statusUrl();
    const waiting = (): Promise<number> => metric(status, 'falconet_queue_requests');
    await until(async () => (await waiting()) === 40);
    for (const stream of streams.slice(0, 20)) stream.destroy();
    await until(async () => (await waiting()) === 20);
    session.destroy();
    await until(async () => (await waiting()) === 0);
    expect(await metric(status, 'falconet_queue_bytes')).toBe(0);
    expect(await metric(status, 'falconet_webhook_requests_total', 'code="499"')).toBe(40);
    expect(sidecar.alerts.filter((alert) => idOf(alert).startsWith('given-up'))).toEqual([]);
  });

  it('wants a certificate that it can check, and the token', async () => {
    await expect(post('{}', { headers: TOKEN })).rejects.toThrow();
    await expect(post('{}', { ...identity('outsider'), headers: TOKEN })).rejects.toThrow();
    expect(await post(deletions(['no-token']), identity('client'))).toBe(401);
    expect(
      await post(deletions(['bad-token']), { ...identity('client'), headers: { authorization: 'Bearer no' } }),
    ).toBe(401);
  });

  it('shows a certificate that was exchanged, and keeps the old one when the new is broken', async () => {
    const shown = (): Promise<string> =>
      new Promise((resolve, reject) => {
        const socket = connectTls({ port, host: 'localhost', ca: read('ca.pem'), ...identity('client') }, () => {
          resolve(String(socket.getPeerCertificate().subject.CN));
          socket.destroy();
        });
        socket.on('error', reject);
      });
    expect(await shown()).toBe('server');
    writeFileSync(at('server.pem'), 'no certificate');
    await sidecar.said(/certificates and tokens stay as they were/);
    expect(await shown()).toBe('server');
    certificate('renewed');
    writeFileSync(at('server.pem'), read('renewed.pem'));
    writeFileSync(at('server.key'), read('renewed.key'));
    await until(async () => (await shown()) === 'renewed', 'the new certificate');
    // what clients have to show is as before
    await expect(post('{}', { headers: TOKEN })).rejects.toThrow();
    await expect(post('{}', { ...identity('outsider'), headers: TOKEN })).rejects.toThrow();
    expect(await post(deletions(['renewed']), { ...identity('client'), headers: TOKEN })).toBe(200);
  });

  it('believes another authority of clients when that was exchanged', async () => {
    const authorities = read('ca.pem');
    writeFileSync(at('clients.pem'), read('stranger.pem'));
    const outsider = { ...identity('outsider'), headers: TOKEN, ca: authorities };
    const accepted = (options: object): Promise<boolean> =>
      post(deletions(['authority']), options).then(
        (status) => status === 200,
        () => false,
      );
    await until(() => accepted(outsider), 'the new authority');
    expect(await accepted({ ...identity('client'), headers: TOKEN })).toBe(false);
    writeFileSync(at('clients.pem'), authorities);
    await until(() => accepted({ ...identity('client'), headers: TOKEN }), 'the old authority');
    expect(await accepted(outsider)).toBe(false);
  });

  it('loads a new token', async () => {
    writeFileSync(at('token'), 'changed');
    const headers = { authorization: 'Bearer changed' };
    await until(
      async () => (await post(deletions(['token']), { ...identity('client'), headers })) === 200,
      'the new token',
    );
  });

  it('stops with connections open', async () => {
    const session = connectHttp2(`https://localhost:${port}`, { ca: read('ca.pem'), ...identity('client') });
    await new Promise((resolve) => session.on('connect', resolve));
    // one that never begins with TLS, and one that begins and says nothing more
    const silent = connect({ port, host: 'localhost', allowHalfOpen: true });
    const idle = connectTls({ port, host: 'localhost', ca: read('ca.pem'), ...identity('client') });
    await new Promise((resolve) => idle.on('secureConnect', resolve));
    for (const socket of [silent, idle]) socket.on('error', () => {});
    const begun = Date.now();
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    expect(Date.now() - begun).toBeLessThan(5_000);
    for (const socket of [session, silent, idle]) socket.destroy();
  });
});

describe('files that do not fit', () => {
  const start = async (tls: object): Promise<string> => {
    const config = { webhook: { ...WEBHOOK, tls }, stdout_output: { enabled: true } };
    const failing = serve(directory, config);
    expect(await failing.ended).toBe(1);
    return failing.stderr;
  };

  it.each([
    ['a certificate that is not there', { certificate: 'no.pem', key: 'server.key' }, /no\.pem: no such file/],
    ['the key of another', { certificate: 'server.pem', key: 'client.key' }, /server\.pem, .*client\.key: .*mismatch/],
    [
      'no certificate of an authority',
      { certificate: 'server.pem', key: 'server.key', client_ca: 'token' },
      /token: holds no certificate/,
    ],
  ])('%s: an error that names them', async (_, tls, message) => {
    expect(await start(tls)).toMatch(message);
  });
});
