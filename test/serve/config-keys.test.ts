// Every key of the configuration has an effect: on the settings, key by key, and in a process for those that shape alerts and answers.

import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/serve/config.ts';
import { CONFIG_SCHEMA, WITHOUT_EFFECT } from '../../src/serve/config-schema.ts';
import type { Schema } from '../../src/serve/schema.ts';
import { auditEvent, temporaryDirectory } from '../cli/command.ts';
import { deletions, get, idOf, post, serve, until, WEBHOOK } from './sidecar.ts';

type Json = Record<string, unknown>;

/** Everything is switched on, as far as one key does not hide another. */
const BASE: Json = {
  webhook: { tls: { certificate: 'a.pem' } },
  follow: [{ path: '/x.log' }],
  append_output: [{ extra_output: 'x' }],
  stdout_output: { enabled: true },
  file_output: { enabled: true, filename: 'f' },
  http_output: {
    enabled: true,
    url: 'http://h/',
    mtls: true,
    client_cert: 'c',
    client_key: 'k',
    spool: { directory: 's' },
  },
  syslog_output: { enabled: true },
  program_output: { enabled: true, program: 'p' },
};

const WRITTEN: Readonly<Record<string, unknown>> = {
  rules_file: 'old.yaml',
  rules_files: ['new.yaml'],
  rules: [{ disable: { rule: 'x' } }],
  'append_output[].match.tags': ['x'],
  'append_output[].extra_fields': ['ka.verb'],
  priority: 'error',
  load_plugins: ['json'],
  plugins: [{ name: 'k8saudit', init_config: { maxEventSize: 7 } }],
  'webhook.path': '/other',
  'follow[].path': '/other',
  'stdout_output.enabled': false,
  'file_output.enabled': false,
  'http_output.enabled': false,
  'syslog_output.enabled': false,
  'program_output.enabled': false,
  'http_output.mtls': false,
  'http_output.url': 'https://other/',
  'syslog_output.address': 'udp://10.0.0.1:514',
  'webserver.k8s_healthz_endpoint': '/other',
};

/** Keys whose values are values, with a path of their own. */
function leaves(schema: Schema, place = ''): readonly (readonly [string, Schema])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, member]) => {
    const path = place === '' ? key : `${place}.${key}`;
    if (member === WITHOUT_EFFECT) return [];
    if (member.properties !== undefined) return leaves(member, path);
    return member.items?.properties === undefined ? [[path, member] as const] : leaves(member.items, `${path}[]`);
  });
}

function otherValue(path: string, { type, enum: choices, default: byDefault, oneOf }: Schema): unknown {
  if (path in WRITTEN) return WRITTEN[path];
  if (type === 'boolean') return byDefault !== true;
  if (choices !== undefined) return choices.find((choice) => choice !== byDefault);
  if (type === 'integer') return 77;
  return oneOf === undefined ? 'other' : '77KiB';
}

function withKey(config: Json, path: string, value: unknown): Json {
  const [, key, isList, rest] = /^([^.[]+)(\[\])?\.?(.*)$/.exec(path)!;
  if (rest === '') return { ...config, [key!]: value };
  if (isList !== undefined) return { ...config, [key!]: [withKey((config[key!] as Json[])[0]!, rest!, value)] };
  return { ...config, [key!]: withKey((config[key!] ?? {}) as Json, rest!, value) };
}

describe('a key', () => {
  const settingsOf = (config: Json): unknown => {
    const { config: settings, problems, ignored } = readConfig('/d/c.yaml', JSON.stringify(config));
    expect([problems, ignored]).toEqual([[], []]);
    return settings;
  };

  it.each(leaves(CONFIG_SCHEMA))('%s has an effect', (path, schema) => {
    // formats are asked for where text is what is there without
    const value = path.endsWith('_output.format') ? 'json' : otherValue(path, schema);
    // of plugins that are not loaded nothing is used
    const base = path === 'load_plugins' ? { ...BASE, plugins: WRITTEN.plugins } : BASE;
    expect(settingsOf(withKey(base, path, value))).not.toEqual(settingsOf(base));
  });

  it('that is relative starts at the file', () => {
    const paths = JSON.stringify(settingsOf({ ...BASE, rules_files: ['r'] })).match(/"\/d\/[^"]*"/g);
    expect(paths?.map((path) => path.slice(4, -1)).sort()).toEqual(['a.pem', 'a.pem', 'c', 'f', 'k', 'r', 's']);
  });
});

describe('a configuration in use', () => {
  const directory = temporaryDirectory();

  it('shapes alerts and answers', async () => {
    const sidecar = serve(directory, {
      webhook: { ...WEBHOOK, retry_window: 0, max_body_size: '4KiB' },
      hostname: 'named',
      time_format_iso_8601: true,
      json_include_message_property: true,
      json_include_output_property: false,
      json_include_tags_property: false,
      append_output: [
        { match: { source: 'k8s_audit' }, extra_output: 'agent=%ka.useragent', extra_fields: ['ka.verb'] },
      ],
      max_event_size: 700,
      watch_config_files: false,
      webserver: {
        listen_address: '127.0.0.1',
        listen_port: 0,
        k8s_healthz_endpoint: '/alive',
        prometheus_metrics_enabled: false,
      },
      unknown_key: 1,
    });
    const url = await sidecar.url();
    const status = await sidecar.statusUrl();
    expect(sidecar.stderr).toContain('without effect here: unknown_key (line 1)');
    // without a window the same request alerts again
    for (let i = 0; i < 2; i++) expect((await post(url, deletions(['a']))).status).toBe(200);
    const large = auditEvent('b', { verb: 'delete', userAgent: 'x'.repeat(700) });
    const answer = await post(url, large);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('too_large')]);
    expect((await post(url, ' '.repeat(5000))).status).toBe(413);
    await until(() => sidecar.alerts.length === 2);
    const [first, second] = sidecar.alerts as unknown as readonly Json[];
    expect(second).toEqual(first);
    expect(Object.keys(first!)).toEqual(['hostname', 'message', 'output_fields', 'priority', 'rule', 'source', 'time']);
    expect([first!.hostname, first!.message]).toEqual(['named', expect.stringMatching(/^deleted id=a agent=/)]);
    expect(Object.keys(first!.output_fields as Json)).toEqual([
      'evt.time.iso8601',
      'ka.auditid',
      'ka.useragent',
      'ka.verb',
    ]);
    const codes = ['/alive', '/healthz', '/metrics', '/readyz'].map(async (path) => (await get(status + path)).status);
    expect(await Promise.all(codes)).toEqual([200, 404, 404, 200]);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
  });

  let receiver: Server | undefined;
  afterAll(() => receiver?.close());

  it('shows its certificate to a receiver that wants one, and checks the receiver', async () => {
    const at = (name: string): string => join(directory, name);
    const openssl = (...args: readonly string[]): void =>
      void execFileSync('openssl', args, { cwd: directory, stdio: 'pipe' });
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    openssl('req', '-x509', ...key, '-keyout', 'both.key', '-out', 'both.pem', ...names);
    const pem = { cert: readFileSync(at('both.pem')), key: readFileSync(at('both.key')) };
    const agents: (string | undefined)[] = [];
    receiver = createServer(
      { ...pem, ca: pem.cert, requestCert: true, rejectUnauthorized: true },
      (request, response) => {
        agents.push(request.headers['user-agent']);
        request.resume().on('end', () => response.end());
      },
    ).listen(0, '127.0.0.1');
    await until(() => receiver!.listening);
    const target = {
      enabled: true,
      url: `https://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
      user_agent: 'named/1',
      timeout: 2,
    };
    const client = { mtls: true, client_cert: 'both.pem', client_key: 'both.key' };
    for (const [settings, isTaken] of [
      [{ ca_cert: 'both.pem', ...client }, true],
      [{ insecure: true, ...client }, true],
      [{ ca_cert: 'both.pem', ...client, mtls: false }, false],
      [client, false],
    ] as const) {
      const before = agents.length;
      writeFileSync(at('file'), '');
      const sidecar = serve(directory, {
        webhook: { ...WEBHOOK, answer_timeout: 2 },
        http_output: { ...target, ...settings },
        file_output: { enabled: true, filename: 'file', fsync: true },
      });
      const { status, text } = await post(await sidecar.url(), deletions(['a']));
      expect([status, agents.length - before], text).toEqual(isTaken ? [200, 1] : [503, 0]);
      const [alert] = readFileSync(at('file'), 'utf8').split('\n');
      expect(idOf(JSON.parse(alert!))).toBe('a');
      sidecar.child.kill('SIGKILL');
      await sidecar.ended;
    }
    expect(new Set(agents)).toEqual(new Set(['named/1']));
  });
});
