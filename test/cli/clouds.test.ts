// Audit logs as managed clouds hand them out: every envelope's events come out, nothing goes missing unseen.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { unwrap } from '../../src/cli/clouds/unwrap.ts';
import type { Cloud } from '../../src/isa/clouds.ts';
import { auditEvent, falconet, temporaryDirectory } from './command.ts';

const json = JSON.stringify;
const packed = (text: string): string => gzipSync(text).toString('base64');
const [a, b] = [auditEvent('a'), auditEvent('b')];

function payloads(cloud: Cloud, text: string): readonly string[] {
  return unwrap(cloud, text).payloads;
}

describe('EKS', () => {
  const STREAM = 'kube-apiserver-audit-0123';
  const event = (message: string, logStreamName?: string): object => ({ logStreamName, timestamp: 1, message });
  const subscription = json({
    messageType: 'DATA_MESSAGE',
    logGroup: '/aws/eks/c/cluster',
    logStream: STREAM,
    logEvents: [event(a), event(b)],
  });

  it.each([
    ['an answer of the API', json({ events: [event(a, STREAM), event(b, STREAM)], searchedLogStreams: [] })],
    ['the same, indented', JSON.stringify({ events: [event(a, STREAM), event(b)] }, null, 2)],
    ['its events, one by one', `${json(event(a))} ${json(event(b))}`],
    ['a subscription', subscription],
    ['a function', json({ awslogs: { data: packed(subscription) } })],
    ['a stream', json({ Records: [{ kinesis: { data: packed(subscription) } }] })],
    ['a delivery stream', json({ records: [{ recordId: '1', data: packed(subscription) }] })],
    [
      'what it delivers',
      `${subscription.replace(json(b), json(a))}${json({ logEvents: [] })}`.replace(json(a), json(b)),
    ],
    ['extracted messages without anything between them', `${a}${b}`],
    ['rows of a query', json({ results: [a, b].map((value) => [{ field: '@message', value }]) })],
    ['events as they are', `[${a},${b}]`],
  ])('in %s', (_, text) => {
    const events = payloads('eks', text).flatMap((payload) => JSON.parse(payload));
    expect(events.map(({ auditID }) => auditID).sort()).toEqual(['a', 'b']);
  });

  it('in lines with a time before them', () => {
    for (const head of ['2024-05-01T10:00:00.123Z', '2024-05-01T10:00:00', `2024-05-01T10:00:00.5+00:00 ${STREAM}`])
      expect(payloads('eks', `${head} ${a}`)).toEqual([a]);
  });

  it('beside other streams and control messages', () => {
    const events = [event(a, STREAM), event('I0501 not json', 'kube-scheduler-0123'), event('x', 'authenticator-0123')];
    expect(unwrap('eks', json({ events }))).toEqual({ payloads: [a], skipped: 2 });
    expect(unwrap('eks', json({ messageType: 'CONTROL_MESSAGE', logEvents: [event('hello')] })).payloads).toEqual([]);
  });

  it('keeps the digits of numbers in messages', () => {
    const exact = a.replace('{', '{"n":123456789012345678901234567890,');
    expect(payloads('eks', json({ events: [event(exact)] }))).toEqual([exact]);
  });

  it('leaves to the engine what is no event, so that it is counted', () => {
    for (const text of ['', ' ']) expect(payloads('eks', text)).toEqual([]);
    const texts = [
      'x',
      '{"a":',
      '1',
      '{"message":1}',
      '{"events":1}',
      '{"data":"AAAA"}',
      '{"awslogs":{"data":"H4sIAAAA"}}',
    ];
    for (const text of texts) expect(payloads('eks', text), text).toHaveLength(1);
    expect(payloads('eks', json({ events: [event('{"kind":"Ev[Truncated...]'), 7] }))).toEqual([
      '{"kind":"Ev[Truncated...]',
      '7',
    ]);
  });

  it('opens no more than so many envelopes in envelopes', () => {
    let text = json({ events: [event(a)] });
    for (let i = 0; i < 20; i++) text = json({ data: packed(text) });
    expect(payloads('eks', text)).toHaveLength(1);
    expect(payloads('eks', text)[0]).not.toBe(a);
    for (const deep of [
      `${'['.repeat(1e5)}${']'.repeat(1e5)}`,
      `{"events":[${'{"a":'.repeat(1e5)}1${'}'.repeat(1e5)}]}`,
    ])
      expect(payloads('eks', deep)).toEqual([deep]);
  });
});

describe('GKE', () => {
  const LOG = 'projects/p/logs/cloudaudit.googleapis.com%2Factivity';
  const entry = (payload: object = {}, more: object = {}): Record<string, unknown> => ({
    insertId: 'id',
    logName: LOG,
    resource: { type: 'k8s_cluster', labels: { cluster_name: 'c', location: 'l' } },
    labels: { 'authorization.k8s.io/decision': 'allow', location: 'other' },
    receiveTimestamp: '2024-05-01T10:00:00.123456789Z',
    timestamp: '2024-05-01T09:00:00Z',
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'k8s.io',
      methodName: 'io.k8s.core.v1.pods.create',
      resourceName: 'core/v1/namespaces/ns/pods/p',
      authenticationInfo: { principalEmail: 'me@example.com' },
      requestMetadata: { callerIp: '10.0.0.1', callerSuppliedUserAgent: 'kubectl/<1>' },
      ...payload,
    },
    ...more,
  });
  // biome-ignore lint/suspicious/noExplicitAny: looked into by the expectations
  const converted = (value: object): any => JSON.parse(payloads('gke', json(value))[0]!);

  it('becomes an audit event', () => {
    const text = payloads(
      'gke',
      json(entry({ request: { b: 1, a: { '@type': 't', Z: '&' } }, response: { x: 1 } })),
    )[0]!;
    expect(text).toBe(
      `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"id","stage":"ResponseComplete",` +
        `"requestURI":"/core/v1/namespaces/ns/pods/p","verb":"create","user":{"username":"me@example.com"},` +
        `"sourceIPs":["10.0.0.1"],"userAgent":"kubectl/\\u003c1\\u003e","objectRef":{"resource":"pods","namespace":"ns",` +
        `"name":"p","apiGroup":"core","apiVersion":"v1"},"responseStatus":{"metadata":{},"status":"Created (inferred)",` +
        `"message":"Created (inferred)","code":201},"requestObject":{"a":{"@type":"t","Z":"\\u0026"},"b":1},` +
        `"responseObject":{"x":1},"requestReceivedTimestamp":"2024-05-01T10:00:00.123456789Z",` +
        `"stageTimestamp":"2024-05-01T10:00:00.123456789Z","annotations":{"authorization.k8s.io/decision":"allow",` +
        `"cluster_name":"c","location":"l"}}`,
    );
  });

  it.each([
    ['', undefined],
    ['core/v1/pods', undefined],
    ['core/v1/namespaces/ns', { resource: 'namespaces', name: 'ns' }],
    ['apps/v1/namespaces/ns/deployments', { namespace: 'ns', resource: 'deployments' }],
    ['apps/v1/namespaces/ns/deployments/d', { namespace: 'ns', resource: 'deployments', name: 'd' }],
    ['core/v1/namespaces/ns/pods/p/log', { namespace: 'ns', resource: 'pods', name: 'p', subresource: 'log' }],
    [
      'core/v1/namespaces/ns/services/s/proxy/x/y',
      { namespace: 'ns', resource: 'services', name: 's', subresource: 'proxy' },
    ],
    ['core/v1/nodes/n', { resource: 'nodes', name: 'n' }],
    ['core/v1/nodes/n/proxy', { resource: 'nodes', name: 'n', subresource: 'proxy' }],
    ['core/v1/nodes/n/proxy/x', { resource: 'nodes', name: 'n', subresource: 'proxy' }],
  ])('has the object of %s', (resourceName, expected) => {
    const { objectRef, requestURI } = converted(entry({ resourceName }));
    const [apiGroup, apiVersion] = resourceName.split('/');
    expect(requestURI).toBe(`/${resourceName}`);
    expect(objectRef).toEqual(expected && { apiGroup, apiVersion, ...expected });
  });

  it('has the status that can be known', () => {
    const name = (subresource: string): object => ({ resourceName: `core/v1/namespaces/ns/pods/p/${subresource}` });
    const of = (payload: object): readonly unknown[] => {
      const { stage, level, responseStatus } = converted(entry(payload));
      return [level, stage, responseStatus.code, responseStatus.status];
    };
    expect(of(name('exec'))).toEqual(['Request', 'ResponseStarted', 101, 'Switching Protocols (inferred)']);
    expect(of(name('attach'))[2]).toBe(101);
    expect(of(name('portforward'))).toEqual(['RequestResponse', 'ResponseComplete', 201, 'Created (inferred)']);
    expect(of({ methodName: 'io.k8s.core.v1.pods.list' })[2]).toBe(200);
    expect(of({ status: { code: 7, message: 'Forbidden' } })).toEqual([
      'RequestResponse',
      'ResponseComplete',
      403,
      'Failure',
    ]);
    expect(of({ status: {} })[2]).toBe(201);
  });

  it('does without what is not there', () => {
    const bare = converted(
      entry(
        { authenticationInfo: undefined, requestMetadata: undefined },
        { receiveTimestamp: undefined, labels: null },
      ),
    );
    expect(bare).toMatchObject({ user: {}, stageTimestamp: '1970-01-01T00:00:00.000000Z' });
    expect([bare.sourceIPs, bare.userAgent, bare.annotations]).toEqual([
      undefined,
      undefined,
      { cluster_name: 'c', location: 'l' },
    ]);
  });

  it('comes one by one, in lists, and from Pub/Sub', () => {
    const text = json(entry());
    const message = { data: Buffer.from(text).toString('base64'), messageId: '1' };
    for (const wrapped of [
      text,
      `[${text}]`,
      JSON.stringify([entry()], null, 2),
      json({ entries: [entry()] }),
      json({ message, subscription: 's' }),
      json([{ ackId: 'x', message }]),
      json({ receivedMessages: [{ ackId: 'x', message }] }),
    ]) {
      expect(
        payloads('gke', wrapped).map((payload) => JSON.parse(payload).auditID),
        wrapped,
      ).toEqual(['id']);
    }
  });

  it('leaves out other entries', () => {
    const others = [
      entry({}, { logName: 'projects/p/logs/stderr' }),
      entry({}, { resource: { type: 'gke_cluster' } }),
      entry({}, { resource: undefined }),
      entry({ serviceName: 'container.googleapis.com' }),
      entry({ '@type': 'type.googleapis.com/other' }),
      { ...entry(), protoPayload: undefined, textPayload: 'hello' },
    ];
    expect(unwrap('gke', json(others))).toEqual({ payloads: [], skipped: others.length });
    const read = entry({}, { logName: LOG.replace('activity', 'data_access') });
    expect(unwrap('gke', json(read)).skipped).toBe(0);
  });
});

describe('AKS and OVHcloud', () => {
  it('have events in records', () => {
    const record = { category: 'kube-audit', time: 't', properties: { log: a, stream: 'stdout' } };
    for (const text of [
      json({ records: [record] }),
      json(record),
      json([record]),
      json([{ Category: 'kube-audit', log_s: a }]),
    ])
      expect(payloads('aks', text), text).toEqual([a]);
    expect(payloads('aks', json({ records: [{ properties: { log: a } }] }))).toEqual([a]);
  });

  it('have other categories', () => {
    const records = [
      { category: 'kube-scheduler', properties: { log: 'I0501 text' } },
      { category: 'AllMetrics', metricName: 'm' },
      { category: 'kube-audit', properties: { log: 'not json' } },
      { category: 'kube-audit', properties: {} },
    ];
    expect(unwrap('aks', json({ records }))).toEqual({ payloads: ['not json', json(records[3])], skipped: 2 });
  });

  it('have JSON in JSON', () => {
    const message = json({ _appID: 'kubernetes-audit', short_message: a });
    expect(payloads('ovh', json({ message }))).toEqual([a]);
    expect(payloads('ovh', json({ message: json({ short_message: a }) }))).toEqual([a]);
    expect(payloads('ovh', message)).toEqual([a]);
    for (const text of ['{"message":"x"}', '{"message":"{}"}', 'x', '{}'])
      expect(payloads('ovh', text)).toEqual([text]);
  });
});

describe('run --from', () => {
  const RULE =
    '- {rule: Any, desc: d, condition: ka.verb exists, output: "%ka.auditid", priority: INFO, source: k8s_audit}';

  it('reads exports, compressed once and twice, and says what was left out', async () => {
    const directory = temporaryDirectory();
    const path = (name: string): string => join(directory, name);
    writeFileSync(path('rules.yaml'), RULE);
    const subscription = json({ logStream: 'kube-apiserver-audit-1', logEvents: [{ message: a }, { message: b }] });
    writeFileSync(path('once'), Buffer.concat([gzipSync(subscription), gzipSync(subscription)]));
    writeFileSync(path('twice.gz'), gzipSync(gzipSync(`2024-05-01T10:00:00Z ${a}\n2024-05-01T10:00:00Z {"kind":\n`)));
    writeFileSync(
      path('list.json'),
      JSON.stringify({ events: [{ message: a }, { message: 'x', logStreamName: 'y' }] }, null, 2),
    );
    const args = ['once', 'twice.gz', 'list.json'].map(path);
    const { status, lines, stderr } = await falconet(['run', '--from', 'eks', '-r', path('rules.yaml'), ...args]);
    expect([status, lines.map((line) => line.at(-1))]).toEqual([0, ['a', 'b', 'a', 'b', 'a', 'a']]);
    expect(stderr).toContain(`${path('twice.gz')}:2: invalid_json: `);
    expect(stderr).toContain('1 log entries that are no audit events');
  });

  it('takes rule files that are written for its plugin', async () => {
    const path = join(temporaryDirectory(), 'rules.yaml');
    const required = '- required_plugin_versions: [{name: k8saudit-aks, version: 0.6.0}]';
    writeFileSync(path, `${required}\n${RULE.replace('%ka.auditid', '%evt.pluginname')}\n`);
    const input = json({ records: [{ properties: { log: a } }] });
    const run = (...args: readonly string[]): ReturnType<typeof falconet> =>
      falconet(['run', '-r', path, ...args, '-'], { input });
    expect((await run('--from', 'aks')).stdout).toMatch(/Informational k8saudit-aks\n$/);
    const other = await run('--from', 'eks');
    expect([other.status, other.stderr]).toEqual([1, expect.stringContaining('plugin k8saudit-aks 0.6.0 is required')]);
  });

  it('is for what is read, not for what is listened to', async () => {
    const { status, stderr } = await falconet(['run', '--from', 'gke', 'http://127.0.0.1:1/k8s-audit']);
    expect([status, stderr]).toEqual([2, 'falconet: error: --from is for files and standard input\n']);
    expect((await falconet(['run', '--from', 'nowhere', '-'])).status).toBe(2);
  });

  it.each(['eks', 'gke', 'aks', 'ovh'])('is what setup %s ends in', async (cloud) => {
    const { status, stdout } = await falconet(['setup', cloud, '--cluster', 'my-cluster']);
    expect(status).toBe(0);
    expect(stdout).toMatch(new RegExp(`falconet run --from ${cloud}\\b`));
    expect(stdout.includes('my-cluster')).toBe(cloud !== 'ovh');
    expect(stdout).not.toContain('CLUSTER');
  });
});
