// Texts of configurations, ours and Falco's, to settings, problems and remarks.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/serve/config.ts';
import { CONFIG_SCHEMA } from '../../src/serve/config-schema.ts';
import { parseSourceUrl } from '../../src/serve/plugin-config.ts';
import { problemsOf, type Schema } from '../../src/serve/schema.ts';
import { temporaryDirectory } from '../cli/command.ts';
import { Process, WEBHOOK, writeConfig } from './sidecar.ts';

const FALCO_YAML = `
rules_files: [/etc/falco/k8s_audit_rules.yaml, local.yaml]
rules:
  - disable: { tag: noisy }
plugins:
  - name: k8saudit
    library_path: libk8saudit.so
    init_config: { sslCertificate: /etc/falco/both.pem, maxEventSize: 262144, webhookMaxBatchSize: 1000000, useAsync: false }
    open_params: "https://:9765/k8s-audit"
  - name: json
    library_path: libjson.so
    init_config: ""
  - name: cloudtrail
    library_path: libcloudtrail.so
load_plugins: [k8saudit, json]
engine: { kind: modern_ebpf }
priority: notice
rule_matching: all
json_output: true
json_include_message_property: true
buffered_outputs: false
outputs: { rate: 0 }
append_output:
  - suggested_output: true
  - { match: { source: k8s_audit }, extra_output: x, extra_fields: [ka.verb] }
stdout_output: { enabled: true }
file_output: { enabled: false, keep_alive: false, filename: ./events.txt }
http_output:
  enabled: true
  url: http://sidekick:2801/
  user_agent: falcosecurity/falco
  insecure: false
  ca_cert: ""
  compress_uploads: false
webserver: { enabled: true, threadiness: 0, listen_port: 8765, k8s_healthz_endpoint: /healthz, ssl_enabled: false }
syscall_event_drops: { threshold: 0.1 }
`;

describe('a configuration', () => {
  it('may be a falco.yaml', () => {
    const { config, problems, ignored } = readConfig('/etc/falco/falco.yaml', FALCO_YAML);
    expect(problems).toEqual([]);
    expect(ignored.slice().sort()).toEqual([
      'append_output[0].suggested_output (line 24)',
      'buffered_outputs (line 21)',
      'engine (line 16)',
      'http_output.compress_uploads (line 34)',
      'outputs (line 22)',
      'plugins: k8saudit: init_config.useAsync (line 8)',
      'syscall_event_drops (line 36)',
      'webserver.ssl_enabled (line 35)',
      'webserver.threadiness (line 35)',
    ]);
    expect(config).toMatchObject({
      rules: {
        files: ['/etc/falco/k8s_audit_rules.yaml', '/etc/falco/local.yaml'],
        selection: [{ disable: { tag: 'noisy' } }],
        minPriority: 'Notice',
        match: 'all',
        maxEventSize: 262_144,
        format: { json_include_message_property: true },
      },
      webhook: {
        address: '',
        port: 9765,
        path: '/k8s-audit',
        tls: { certificate: '/etc/falco/both.pem', key: '/etc/falco/both.pem' },
        maxBodySize: 1_000_000,
      },
      outputs: [
        { kind: 'stdout', format: 'json', required: true },
        { kind: 'http', url: 'http://sidekick:2801/', userAgent: 'falcosecurity/falco' },
      ],
      status: { port: 8765, healthPath: '/healthz' },
    });
  });

  it('may leave empty what is switched off, as falco.yaml does', () => {
    const off =
      'http_output: { enabled: false, url: "" }\nfile_output: { filename: "" }\nprogram_output: { program: "" }';
    const { config, problems } = readConfig('/x/c.yaml', `webhook: {}\n${off}\nstdout_output: { enabled: true }`);
    expect([problems, config?.outputs.map(({ kind }) => kind)]).toEqual([[], ['stdout']]);
  });

  it('takes the matching mode in any case, as Falco does', () => {
    expect(readConfig('/x/c.yaml', 'webhook: {}\nrule_matching: ALL').config?.rules.match).toBe('all');
  });

  it('of few words is complete', () => {
    const { config } = readConfig('/x/c.yaml', 'webhook: {}');
    expect(config).toEqual({
      rules: {
        files: [],
        selection: [],
        semantics: 'fixed',
        match: 'first',
        appendOutput: [],
        format: {},
        minPriority: 'Debug',
      },
      watch: true,
      follow: [],
      outputs: [{ kind: 'stdout', required: true, format: 'text' }],
      webhook: {
        address: '',
        port: 9765,
        path: '/k8s-audit',
        maxBodySize: 12 << 20,
        queueSize: 64 << 20,
        requestTimeoutMs: 30_000,
        answerTimeoutMs: 25_000,
        retryWindow: 500_000,
      },
      status: { address: '', port: 8765, healthPath: '/healthz', hasMetrics: true },
    });
  });

  it.each([
    ['webhook: [', /flow/i],
    ['{}', /no source/],
    ['\n\nwebhook: { queue: 1 }', /webhook\.queue: unknown key \(line 3\)/],
    ['webhook: { listen_port: 99999 }', /webhook\.listen_port: expected 65535 or less/],
    ['webhook: { max_body_size: 12 apples }', /max_body_size: "12 apples" is not of the expected form/],
    ['webserver: { k8s_audit_endpoint: /k8s-audit }', /no source: webserver\.k8s_audit_endpoint is of Falco before/],
    ['load_plugins: []\nplugins: [{ name: k8saudit, open_params: "http://:1/x" }]', /no source: load_plugins leaves/],
    ['plugins: [{ name: k8saudit-gke, open_params: sub }]', /no source: .* falconet setup gke/],
    ['webhook: { tls: {} }', /webhook\.tls\.certificate: is missing/],
    ['follow:\n  - { path: relative }', /follow\[0\]\.path: .* \(line 2\)/],
    ['follow: { path: /x }', /follow: expected a list/],
    ['webhook: {}\npriority: loud', /priority: expected one of/],
    ['webhook: {}\nrule_matching: some', /rule_matching: expected one of first, all/],
    ['webhook: {}\nappend_output: { extra_output: t }', /append_output: expected a list/],
    ['webhook: {}\nappend_output: [{ extra_outputs: t }]', /append_output\[0\]\.extra_outputs: unknown key/],
    ['webhook: {}\nappend_output: [{ match: { tag: x }, extra_output: t }]', /\[0\]\.match\.tag: unknown key/],
    ['webhook: {}\nappend_output: [{ match: { tags: x } }]', /append_output\[0\]\.match\.tags: expected a list/],
    ['webhook: {}\nappend_output: [{ extra_output: 5 }]', /append_output\[0\]\.extra_output: expected a text/],
    ['webhook: {}\nappend_output: [{ extra_fields: [{ a: 5 }] }]', /extra_fields\[0\]\.a: expected a text/],
    ['webhook: {}\nstdout_output: { enabled: false }', /no output is enabled/],
    ['webhook: {}\nhttp_output: { enabled: true }', /http_output\.url: is missing/],
    ['webhook: {}\nhttp_output: { enabled: true, url: "" }', /http_output\.url: is missing/],
    ['webhook: {}\nhttp_output: { url: "ftp://x" }', /http_output\.url: .* is not of the expected form/],
    ['webhook: {}\nprogram_output: { enabled: true, program: "" }', /program_output\.program: is missing/],
    ['webhook: {}\nfile_output: { enabled: true }', /file_output\.filename: is missing/],
    ['webhook: {}\nsyslog_output: { enabled: true, address: nowhere }', /syslog_output\.address/],
    ['plugins: [{ name: k8saudit, open_params: "tcp://x" }]', /open_params tcp:\/\/x/],
    ['plugins: [{ name: k8saudit, open_params: "http://:1/x", init_config: "[1]" }]', /init_config cannot be read/],
  ])('is refused with a reason: %j', (text, problem) => {
    const { config, problems } = readConfig('/x/c.yaml', text);
    expect(config).toBeUndefined();
    expect(problems.join('\n')).toMatch(problem);
  });

  it('has a schema whose defaults fit it', () => {
    const defaults = (schema: Schema): readonly string[] => [
      ...(schema.default === undefined ? [] : problemsOf(schema.default, schema)),
      ...Object.values(schema.properties ?? {}).flatMap(defaults),
      ...(schema.items === undefined ? [] : defaults(schema.items)),
    ];
    expect(defaults(CONFIG_SCHEMA)).toEqual([]);
  });

  it('is checked, and its schema printed, by the command', async () => {
    const directory = temporaryDirectory();
    writeConfig(directory, { webhook: WEBHOOK, rules_files: [], engine: {} });
    const good = new Process(['serve', '-c', `${directory}/falconet.yaml`, '--check']);
    expect(await good.ended).toBe(0);
    expect([good.stdout, good.stderr]).toEqual([
      expect.stringMatching(/: ok, \d+ rules/),
      expect.stringMatching(/: engine \(line 1\)\n/),
    ]);
    writeConfig(directory, { webhook: { port: 1 } });
    const bad = new Process(['serve', '-c', `${directory}/falconet.yaml`, '--check']);
    expect(await bad.ended).toBe(1);
    expect(bad.stderr).toMatch(/webhook\.port: unknown key/);
    const schema = new Process(['serve', '--schema']);
    expect(await schema.ended).toBe(0);
    const file = new URL('../../src/serve/deploy/falconet.schema.json', import.meta.url);
    expect(schema.stdout).toBe(readFileSync(file, 'utf8'));
  });
});

describe('the URL of a source', () => {
  it.each([
    [
      'http://127.0.0.1:9765/k8s-audit',
      { kind: 'web', isSecure: false, host: '127.0.0.1', port: 9765, path: '/k8s-audit' },
    ],
    ['HTTPS://:1/x%20y', { kind: 'web', isSecure: true, host: '', port: 1, path: '/x y' }],
    ['http://[::1]:2', { kind: 'web', isSecure: false, host: '::1', port: 2, path: '/k8s-audit' }],
    ['file:///var/log/a.log', { kind: 'file', path: '/var/log/a.log' }],
    ['file://var/log', undefined],
    ['http://host/x', undefined],
    ['http://host:99999/x', undefined],
    ['http://host:1/%', undefined],
    ['/var/log', undefined],
  ])('%s', (text, expected) => {
    expect(parseSourceUrl(text)).toEqual(expected);
  });
});
