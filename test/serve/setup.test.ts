// What an API server is told, as YAML that says what it should, and the files for a cluster.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readConfig } from '../../src/serve/config.ts';
import { AUDIT_POLICY } from '../../src/serve/setup-texts.ts';
import { temporaryDirectory } from '../cli/command.ts';
import { Process } from './sidecar.ts';

// biome-ignore lint/suspicious/noExplicitAny: parsed YAML, looked into by the expectations
type Parsed = any;

const DEPLOY = fileURLToPath(new URL('../../src/serve/deploy', import.meta.url));

async function setup(...args: readonly string[]): Promise<string> {
  return setupOf('webhook', ...args);
}

async function setupOf(...args: readonly string[]): Promise<string> {
  const command = new Process(['setup', ...args]);
  expect([await command.ended, command.stderr]).toEqual([0, '']);
  return command.stdout;
}

describe('setup webhook', () => {
  it('prints a kubeconfig with all that was given', async () => {
    const directory = temporaryDirectory();
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(directory, name), `the ${name}`);
    const files = [
      '--ca',
      join(directory, 'ca'),
      '--client-cert',
      join(directory, 'cert'),
      '--client-key',
      join(directory, 'key'),
    ];
    const text = await setup('--url', 'https://10.0.0.1:9765', ...files, '--token', 'sesame', '--for', 'kubeconfig');
    const base64 = (content: string): string => Buffer.from(content).toString('base64');
    expect(parse(text)).toMatchObject({
      kind: 'Config',
      clusters: [
        { cluster: { server: 'https://10.0.0.1:9765/k8s-audit', 'certificate-authority-data': base64('the ca') } },
      ],
      users: [
        {
          user: {
            'client-certificate-data': base64('the cert'),
            'client-key-data': base64('the key'),
            token: 'sesame',
          },
        },
      ],
      'current-context': 'default',
    });
    const bare = parse(await setup('--url', 'http://10.0.0.1:9765/k8s_audit', '--for', 'kubeconfig'));
    expect([bare.clusters[0].cluster, bare.users[0].user]).toEqual([{ server: 'http://10.0.0.1:9765/k8s_audit' }, {}]);
  });

  it('prints every way to run a cluster, as YAML where it is YAML', async () => {
    const url = ['--url', 'https://10.0.0.1:9765/k8s-audit', '--for'];
    expect(await setup(...url, 'flags')).toContain('--audit-webhook-config-file=');
    expect(await setup(...url, 'flags', '--directory', '/somewhere')).toContain('=/somewhere/policy.yaml\n');
    const of = async (name: string): Promise<Parsed> => parse(await setup(...url, name));
    expect((await of('kubeadm')).apiServer.extraArgs.map(({ name }: { name: string }) => name)).toContain(
      'audit-policy-file',
    );
    const { nodes } = await of('kind');
    expect(parse(nodes[0].kubeadmConfigPatches[0]).apiServer.extraArgs).toHaveProperty('audit-webhook-config-file');
    expect((await of('k3s'))['kube-apiserver-arg']).toContain('audit-webhook-mode=batch');
    const { spec } = await of('kops');
    expect(parse(spec.fileAssets[0].content).kind).toBe('Policy');
    expect(parse(spec.fileAssets[1].content).clusters[0].cluster.server).toBe('https://10.0.0.1:9765/k8s-audit');
    expect((await of('auditsink')).spec.webhook.clientConfig.url).toBe('https://10.0.0.1:9765/k8s-audit');
    expect(await setup(...url, 'minikube')).toContain('--extra-config=apiserver.audit-policy-file=');
    expect(await setup('--url', 'https://10.0.0.1:9765')).toContain('AuditSink');
  });

  it('keeps batches below what the webhook takes', async () => {
    const flags = await setup('--url', 'https://10.0.0.1:9765', '--for', 'flags');
    const sizeOf = (name: string): number => Number(new RegExp(`${name}=(\\d+)`).exec(flags)![1]);
    const { config } = readConfig('/x/c.yaml', 'webhook: {}');
    const batch = sizeOf('--audit-webhook-truncate-max-batch-size');
    expect(batch + 1024).toBeLessThan(config!.webhook!.maxBodySize);
    expect(sizeOf('--audit-webhook-truncate-max-event-size')).toBeLessThanOrEqual(batch);
  });

  it('refuses what is no URL and half a client', async () => {
    for (const args of [
      ['--url', 'nonsense'],
      ['--url', 'ftp://x'],
      ['--url', 'https://x', '--client-cert', 'c'],
      [],
    ]) {
      const command = new Process(['setup', 'webhook', ...args]);
      expect(await command.ended).toBe(2);
    }
  });
});

describe('the audit policy', () => {
  it('is what setup policy prints, and lies among the deployment files', async () => {
    expect(await setupOf('policy')).toBe(AUDIT_POLICY);
    expect(readFileSync(join(DEPLOY, 'audit-policy.yaml'), 'utf8')).toBe(AUDIT_POLICY);
  });

  const { rules, omitStages } = parse(AUDIT_POLICY);
  const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'];

  it('is one that API servers accept', () => {
    expect(omitStages).toEqual(['RequestReceived']);
    for (const rule of rules) {
      expect(LEVELS).toContain(rule.level);
      expect(
        Object.keys(rule).filter((key) => !/^(level|users|userGroups|verbs|resources|nonResourceURLs)$/.test(key)),
      ).toEqual([]);
      if (rule.nonResourceURLs !== undefined) expect(rule.resources).toBeUndefined();
      for (const path of rule.nonResourceURLs ?? []) expect(path).toMatch(/^\/[^*]*\*?$/);
      for (const { group } of rule.resources ?? []) expect(group).toMatch(/^[a-z0-9.-]*$/);
    }
  });

  it('keeps the contents of secrets out', () => {
    const first = rules.findIndex((rule: Parsed) =>
      rule.resources?.some(({ group, resources }: Parsed) => group === '' && resources?.includes('secrets')),
    );
    const bodies = rules.findIndex((rule: Parsed) => /Request/.test(rule.level));
    expect(rules[first].level).toBe('Metadata');
    expect(first).toBeLessThan(bodies);
  });
});

describe('the deployment files', () => {
  it('hold a configuration that is valid, and objects that fit each other', () => {
    const objects = parseAllDocuments(readFileSync(join(DEPLOY, 'falconet.yaml'), 'utf8')).map((one) => one.toJS());
    const of = (kind: string): Parsed => objects.find((one) => one.kind === kind);
    expect(objects.map(({ kind }) => kind)).toEqual([
      'Namespace',
      'ConfigMap',
      'PersistentVolumeClaim',
      'Deployment',
      'Service',
      'NetworkPolicy',
    ]);
    const { config, problems, ignored } = readConfig(
      '/etc/falconet/falconet.yaml',
      of('ConfigMap').data['falconet.yaml'],
    );
    expect([problems, ignored]).toEqual([[], []]);
    const { template } = of('Deployment').spec;
    const [container] = template.spec.containers;
    expect(container.securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
    expect(template.spec.securityContext.runAsNonRoot).toBe(true);
    const ports = Object.fromEntries(container.ports.map(({ name, containerPort }: Parsed) => [name, containerPort]));
    expect(ports).toEqual({ webhook: config!.webhook!.port, status: config!.status!.port });
    expect(container.livenessProbe.httpGet.path).toBe(config!.status!.healthPath);
    expect(template.spec.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(20);
    expect(of('Service').spec.selector).toEqual(template.metadata.labels);
    const mounts = container.volumeMounts.map(({ name }: Parsed) => name);
    expect(template.spec.volumes.map(({ name }: Parsed) => name).sort()).toEqual(mounts.sort());
  });

  it('show metrics that exist', () => {
    const source = readFileSync(fileURLToPath(new URL('../../src/serve/metrics.ts', import.meta.url)), 'utf8');
    const others = ['webhook', 'delivery', 'pipeline', 'sidecar'].map((name) =>
      readFileSync(fileURLToPath(new URL(`../../src/serve/${name}.ts`, import.meta.url)), 'utf8'),
    );
    const all = [source, ...others].join('\n');
    const dashboard = JSON.parse(readFileSync(join(DEPLOY, 'grafana-dashboard.json'), 'utf8'));
    const used = JSON.stringify(dashboard).match(/falconet_[a-z_]+/g)!;
    expect(used.length).toBeGreaterThan(15);
    for (const name of new Set(used)) {
      const base = name.replace('falconet_', '').replace(/_(bucket|count|sum)$/, '');
      expect(all, name).toMatch(new RegExp(`'(falconet_)?${base}'`));
    }
    expect(readdirSync(DEPLOY)).toContain('Dockerfile');
  });
});
