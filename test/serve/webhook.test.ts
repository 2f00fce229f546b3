// The webhook against clients of every kind: what is acknowledged, what is refused and how, what is counted.

import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditEvent, temporaryDirectory } from '../cli/command.ts';
import { deletions, get, idOf, ids, metric, type Process, post, serve, sleep, until, WEBHOOK } from './sidecar.ts';

const MAX_BODY = 1 << 20;

let sidecar: Process;
let url: string;
let status: string;
beforeAll(async () => {
  sidecar = serve(temporaryDirectory(), {
    webhook: { ...WEBHOOK, max_body_size: MAX_BODY, request_timeout: 2, queue_size: 4 * MAX_BODY },
    stdout_output: { enabled: true },
  });
  url = await sidecar.url();
  status = await sidecar.statusUrl();
});

async function seen(id: string): Promise<boolean> {
  // an acknowledgement comes when the alert is handed over; the pipe to this process may be behind
  await sleep(50);
  return sidecar.alerts.some((alert) => idOf(alert) === id);
}

describe('the webhook accepts', () => {
  const event = (id: string, fields = {}): Record<string, unknown> =>
    JSON.parse(auditEvent(id, { verb: 'delete', ...fields }));
  const { kind: _, apiVersion: __, ...bare } = event('bare');

  it.each([
    ['an Event', 'event', event('event')],
    [
      'an EventList',
      'list',
      { kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {}, items: [event('list')] },
    ],
    ['items without kind', 'bare', { kind: 'EventList', items: [bare] }],
    ['an array', 'array', [event('array')]],
    ['v1beta1', 'beta', { kind: 'EventList', apiVersion: 'audit.k8s.io/v1beta1', items: [event('beta')] }],
    ['v1alpha1', 'alpha', event('alpha', { apiVersion: 'audit.k8s.io/v1alpha1' })],
  ])('%s', async (_name, id, body) => {
    expect(await post(url, JSON.stringify(body))).toMatchObject({ status: 200, text: '' });
    expect(await seen(id)).toBe(true);
  });

  it('both spellings of the path, with a query', async () => {
    expect((await post(`${url}?timeout=30s`, deletions(['query']))).status).toBe(200);
    expect((await post(url.replace('k8s-audit', 'k8s_audit'), deletions(['underscore']))).status).toBe(200);
  });

  it('the path as a whole URL', async () => {
    expect((await post(url, deletions(['absolute']), { path: 'http://example:80/k8s-audit?timeout=30s' })).status).toBe(
      200,
    );
    expect((await post(url, deletions(['absolute']), { path: 'http://example:80/other' })).status).toBe(404);
  });

  it('parameters of the content type', async () => {
    const headers = { 'content-type': 'application/json; charset=utf-8' };
    expect((await post(url, deletions(['charset']), { headers })).status).toBe(200);
  });

  it('gzip and chunks', async () => {
    const body = gzipSync(deletions(['gzip']));
    expect((await post(url, body, { headers: { 'content-encoding': 'gzip' } })).status).toBe(200);
    const headers = { 'content-encoding': 'gzip' };
    expect((await post(url, gzipSync(deletions(['chunks'])), { headers, isChunked: true })).status).toBe(200);
    expect(await seen('chunks')).toBe(true);
  });

  it('the good events of a body that has bad ones', async () => {
    const items = [event('good'), { kind: 'Event', verb: 'delete' }, 7];
    const answer = await post(url, JSON.stringify({ kind: 'EventList', items }));
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^partly used: /);
    expect(await seen('good')).toBe(true);
  });
});

describe('the webhook refuses', () => {
  it.each([
    ['nothing', '', 400],
    ['garbage', '{"kind":', 400],
    ['another kind', '{"kind":"Pod"}', 400],
    ['an empty list', '{"kind":"EventList","items":[]}', 400],
    ['an empty array', '[]', 400],
    ['an event without time', '{"kind":"Event","auditID":"x"}', 400],
  ])('a body with nothing usable: %s', async (_name, body, expected) => {
    const answer = await post(url, body);
    expect(answer.status).toBe(expected);
    expect(answer.text.trim()).not.toBe('');
    expect(answer.headers['retry-after']).toBeUndefined();
  });

  it('other methods, paths and types', async () => {
    expect(await get(url)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect((await post(url, '{}', { method: 'PUT' })).status).toBe(405);
    expect((await post(`${url}/x`, '{}')).status).toBe(404);
    expect((await post(url.replace(/\/k8s-audit$/, '/'), '{}')).status).toBe(404);
    const moved = await post(url.replace('/k8s-audit', '//k8s-audit'), '{}');
    expect([moved.status, moved.headers.location]).toEqual([301, '/k8s-audit']);
    expect((await post(url, '{}', { headers: { 'content-type': 'text/plain' } })).status).toBe(415);
    expect((await post(url, '{}', { headers: { 'content-encoding': 'br' } })).status).toBe(415);
  });

  it('bodies over the limit, announced, chunked or compressed', async () => {
    const large = Buffer.alloc(MAX_BODY + 1, ' ');
    expect((await post(url, large)).status).toBe(413);
    expect((await post(url, large, { isChunked: true })).status).toBe(413);
    const bomb = gzipSync(Buffer.alloc(64 << 20, ' '));
    expect((await post(url, bomb, { headers: { 'content-encoding': 'gzip' } })).status).toBe(413);
  });

  it('what is called gzip and is none, or ends too early', async () => {
    const headers = { 'content-encoding': 'gzip' };
    expect((await post(url, 'no gzip', { headers })).status).toBe(400);
    expect((await post(url, gzipSync(deletions(ids('cut', 50))).subarray(0, 60), { headers })).status).toBe(400);
  });

  it('clients that are slow, and serves others meanwhile', async () => {
    const { hostname, port } = new URL(url);
    const head = `POST /k8s-audit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n`;
    const slow = Array.from({ length: 50 }, (_, i) => {
      const socket = connect(Number(port), hostname);
      // some never say anything, some begin and stop
      if (i % 2 === 0) socket.write(`${head}{"ki`);
      let text = '';
      socket.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      socket.on('error', () => {});
      return {
        socket,
        text: () => text,
        isOver: new Promise((resolve) => socket.on('close', resolve)),
        began: i % 2 === 0,
      };
    });
    await sleep(100);
    const begin = Date.now();
    expect((await post(url, deletions(['beside-slow']))).status).toBe(200);
    expect(Date.now() - begin).toBeLessThan(1000);
    await Promise.all(slow.filter(({ began }) => began).map(({ isOver }) => isOver));
    expect(slow.filter(({ began }) => began).map(({ text }) => text().slice(0, 12))).toEqual(
      Array(25).fill('HTTP/1.1 408'),
    );
    for (const { socket } of slow) socket.destroy();
  });

  it('nobody because a client went away in the middle', async () => {
    const { hostname, port } = new URL(url);
    for (let i = 0; i < 20; i++) {
      const socket = connect(Number(port), hostname);
      socket.write(
        `POST /k8s-audit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{`,
      );
      await sleep(5);
      socket.destroy();
    }
    await until(async () => (await metric(status, 'falconet_queue_requests')) === 0, 'an empty queue');
    expect(await metric(status, 'falconet_queue_bytes')).toBe(0);
  });
});

describe('retries', () => {
  it('do not alert twice, whatever else is in the body', async () => {
    expect((await post(url, deletions(['again']))).status).toBe(200);
    expect((await post(url, deletions(['again']))).status).toBe(200);
    expect((await post(url, deletions(['again', 'not-before']))).status).toBe(200);
    expect(await seen('not-before')).toBe(true);
    expect(sidecar.alerts.filter((alert) => idOf(alert) === 'again')).toHaveLength(1);
  });

  it('are not what another request with the same auditID is', async () => {
    const event = (fields: object): string => auditEvent('chosen', { verb: 'delete', ...fields });
    const later = { stageTimestamp: '2024-05-01T10:00:00.250001Z' };
    const stage = { stage: 'ResponseStarted' };
    for (const body of [event({}), event(later), event(stage), event({ requestURI: '/other' })]) {
      expect((await post(url, body)).status).toBe(200);
    }
    await sleep(50);
    expect(sidecar.alerts.filter((alert) => idOf(alert) === 'chosen')).toHaveLength(4);
  });

  it('are counted', async () => {
    expect(await metric(status, 'falconet_alerts_repeated_total')).toBe(2);
  });
});

describe('the port beside', () => {
  it('answers probes', async () => {
    expect((await get(`${status}/healthz`)).status).toBe(200);
    expect((await get(`${status}/readyz`)).status).toBe(200);
    expect((await get(`${status}/other`)).status).toBe(404);
    expect((await post(`${status}/healthz`, '')).status).toBe(405);
  });

  it('accounts for every event and every alert', async () => {
    const received = await metric(status, 'falconet_events_received_total');
    const evaluated = await metric(status, 'falconet_events_evaluated_total');
    const rejected = await metric(status, 'falconet_events_rejected_total');
    expect(received).toBeGreaterThan(20);
    expect(rejected).toBeGreaterThan(4);
    expect(received).toBe(evaluated + rejected);
    const alerts = await metric(status, 'falconet_alerts_total', 'rule="Deleted"', 'priority="Warning"');
    expect(alerts).toBe(sidecar.alerts.length);
    expect(await metric(status, 'falconet_output_alerts_total', 'output="stdout"')).toBe(alerts);
    expect(await metric(status, 'falconet_webhook_requests_total', 'code="405"')).toBe(2);
    expect(await metric(status, 'falconet_detection_lag_seconds_count')).toBe(alerts);
    expect(await metric(status, 'falconet_build_info')).toBe(1);
    expect(await metric(status, 'falconet_ruleset_info')).toBe(1);
  });
});

describe('a port that is taken', () => {
  it('ends the second process with a reason', async () => {
    const webhook = { ...WEBHOOK, listen_port: Number(new URL(url).port) };
    const second = serve(temporaryDirectory(), { webhook, stdout_output: { enabled: true } });
    expect(await second.ended).toBe(1);
    expect(second.stderr).toMatch(/error: .*EADDRINUSE/);
  });
});

describe('a signal', () => {
  it('ends the process well', async () => {
    const acknowledged = post(url, deletions(['last']));
    await sleep(10);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    if ((await acknowledged.catch(() => undefined))?.status === 200) {
      expect(sidecar.alerts.some((alert) => idOf(alert) === 'last')).toBe(true);
    }
  });
});
