// Text of a configuration in, the sidecar's settings out, every default filled in: nothing behind this reads YAML. Problems and
// remarks are texts; a configuration with a problem has no settings.

import { dirname, isAbsolute, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { AppendOutput } from '../check/output.ts';
import { CLOUDS, pluginOf } from '../isa/clouds.ts';
import { PRIORITY_NAMES, type PriorityName, priorityOf } from '../isa/priorities.ts';
import type { FormatOptions, RuleSelection } from '../runtime/index.ts';
import { lineOf } from './config-place.ts';
import { CONFIG_SCHEMA, WITHOUT_EFFECT } from './config-schema.ts';
import { k8sauditKeys } from './plugin-config.ts';
import { problemsOf, type Schema } from './schema.ts';

export interface TlsConfig {
  readonly certificate: string;
  readonly key: string;
  readonly clientCa?: string;
}

export interface WebhookConfig {
  readonly address: string;
  readonly port: number;
  readonly path: string;
  readonly tls?: TlsConfig;
  readonly tokenFile?: string;
  /** bytes */
  readonly maxBodySize: number;
  /** bytes */
  readonly queueSize: number;
  readonly requestTimeoutMs: number;
  readonly answerTimeoutMs: number;
  /** alerts */
  readonly retryWindow: number;
}

export interface FollowConfig {
  readonly path: string;
  readonly start: 'beginning' | 'end';
  readonly state?: string;
}

export interface SpoolConfig {
  readonly directory: string;
  readonly maxSize: number;
}

export type AlertFormat = 'text' | 'json';

interface OutputBase {
  readonly required: boolean;
}
export type OutputConfig =
  | (OutputBase & { readonly kind: 'stdout'; readonly format: AlertFormat })
  | (OutputBase & {
      readonly kind: 'file';
      readonly format: AlertFormat;
      readonly path: string;
      readonly watchesPath: boolean;
      readonly fsync: boolean;
    })
  | (OutputBase & HttpOutputConfig)
  | (OutputBase & { readonly kind: 'syslog'; readonly address?: string })
  | (OutputBase & {
      readonly kind: 'program';
      readonly format: AlertFormat;
      readonly program: string;
      readonly keepAlive: boolean;
    });

export interface HttpOutputConfig {
  readonly kind: 'http';
  readonly required: boolean;
  readonly url: string;
  readonly userAgent: string;
  readonly insecure: boolean;
  readonly caFile?: string;
  readonly certificateFile?: string;
  readonly keyFile?: string;
  readonly timeoutMs: number;
  readonly connections: number;
  readonly spool?: SpoolConfig;
}

export interface StatusConfig {
  readonly address: string;
  readonly port: number;
  readonly healthPath: string;
  readonly hasMetrics: boolean;
}

/** What an engine is made from, besides the texts of the rules. */
export interface RulesConfig {
  /** paths; none: the bundled rules */
  readonly files: readonly string[];
  readonly selection: readonly RuleSelection[];
  readonly tags?: readonly string[];
  readonly semantics?: 'falco' | 'fixed';
  readonly minPriority?: PriorityName;
  readonly match: 'first' | 'all';
  readonly appendOutput: readonly AppendOutput[];
  readonly format: FormatOptions;
  readonly hostname?: string;
  readonly maxEventSize?: number;
  readonly maxDepth?: number;
  readonly trusted?: boolean;
  readonly simd?: 'auto' | 'on' | 'off';
}

export interface ServeConfig {
  readonly rules: RulesConfig;
  readonly watch: boolean;
  readonly webhook?: WebhookConfig;
  readonly follow: readonly FollowConfig[];
  readonly outputs: readonly OutputConfig[];
  readonly status?: StatusConfig;
}

export interface ReadConfig {
  /** absent when there is a problem */
  readonly config?: ServeConfig;
  /** with their lines */
  readonly problems: readonly string[];
  /** keys that have no effect here, with their lines */
  readonly ignored: readonly string[];
}

type Keys = Readonly<Record<string, unknown>>;
// biome-ignore lint/suspicious/noExplicitAny: the schema has checked what is in there
type Section = Readonly<Record<string, any>>;

/** `name` is the file's path: relative paths in it start at its directory. */
export function readConfig(name: string, text: string): ReadConfig {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter });
  const syntax = document.errors.map((error) => error.message.split('\n')[0]!);
  if (syntax.length > 0) return { problems: syntax, ignored: [] };
  const written = caseless((document.toJS() ?? {}) as Keys, 'rule_matching');
  const placed = (what: string, place: string): string => {
    const line = lineOf(document, lineCounter, place);
    return line === undefined ? what : `${what} (line ${line})`;
  };
  const located = (problem: string): string => placed(problem, /^[\w.[\]]+(?=: )/.exec(problem)?.[0] ?? '');
  const problems = problemsOf(written, CONFIG_SCHEMA);
  if (problems.length > 0) return { problems: problems.map(located), ignored: [] };
  const plugin = k8sauditKeys(written);
  const keys = plugin.keys;
  const settings = settingsOf(keys, dirname(resolve(name)));
  const found = [...plugin.problems, ...settingProblems(settings, keys)].map(located);
  const ignored = [
    ...ignoredKeys(written, CONFIG_SCHEMA).map((key) => placed(key, key)),
    ...plugin.ignored.map(({ text, place }) => placed(text, place)),
  ];
  return found.length > 0 ? { problems: found, ignored } : { config: settings, problems: [], ignored };
}

/** Falco takes this key's words in any case. */
function caseless(keys: Keys, key: string): Keys {
  const value = keys[key];
  return typeof value === 'string' ? { ...keys, [key]: value.toLowerCase() } : keys;
}

/** `4194304`, `256KiB`: units are powers of 1024. */
export function sizeOf(value: unknown): number {
  if (typeof value === 'number') return value;
  const [, digits, unit] = /^(\d+) *([kmg]?)/i.exec(String(value))!;
  return Number(digits) * 1024 ** ['', 'k', 'm', 'g'].indexOf(unit!.toLowerCase());
}

function settingsOf(keys: Keys, directory: string): ServeConfig {
  const at = (path: string): string => (isAbsolute(path) ? path : resolve(directory, path));
  const webhook = keys.webhook as Section | undefined;
  const status = withDefaults('webserver', keys.webserver);
  return {
    rules: rulesOf(keys, at),
    watch: (keys.watch_config_files as boolean | undefined) ?? true,
    follow: ((keys.follow ?? []) as Section[]).map((entry) => ({
      path: entry.path,
      start: entry.start ?? 'end',
      ...(entry.state === undefined ? {} : { state: at(entry.state) }),
    })),
    outputs: outputsOf(keys, at),
    ...(webhook === undefined ? {} : { webhook: webhookOf(withDefaults('webhook', webhook), at) }),
    ...(status.enabled
      ? {
          status: {
            address: status.listen_address,
            port: status.listen_port,
            healthPath: status.k8s_healthz_endpoint,
            hasMetrics: status.prometheus_metrics_enabled,
          },
        }
      : {}),
  };
}

/** A section as written over the defaults of its schema. */
function withDefaults(name: string, written: unknown): Section {
  const rows = Object.entries(CONFIG_SCHEMA.properties![name]!.properties!);
  const defaults = rows.filter(([, row]) => row.default !== undefined).map(([key, row]) => [key, row.default]);
  return { ...Object.fromEntries(defaults), ...(written as Section | undefined) };
}

function rulesOf(keys: Keys, at: (path: string) => string): RulesConfig {
  const files = (keys.rules_files ?? keys.rules_file ?? []) as string | readonly string[];
  const json = Object.entries(keys).filter(([key]) => /^(json_include_|time_format_iso_8601$)/.test(key));
  const priority = priorityOf(String(keys.priority ?? 'debug'));
  return {
    files: (typeof files === 'string' ? [files] : files).map(at),
    selection: (keys.rules ?? []) as readonly RuleSelection[],
    semantics: (keys.semantics as 'falco' | 'fixed' | undefined) ?? 'fixed',
    match: (keys.rule_matching as 'first' | 'all' | undefined) ?? 'first',
    appendOutput: (keys.append_output ?? []) as readonly AppendOutput[],
    format: Object.fromEntries(json),
    ...(priority === undefined ? {} : { minPriority: PRIORITY_NAMES[priority] }),
    ...(keys.hostname === undefined ? {} : { hostname: keys.hostname as string }),
    ...(keys.max_event_size === undefined ? {} : { maxEventSize: sizeOf(keys.max_event_size) }),
  };
}

function webhookOf(keys: Section, at: (path: string) => string): WebhookConfig {
  const tls = keys.tls as Section | undefined;
  return {
    address: keys.listen_address,
    port: keys.listen_port,
    path: keys.path,
    maxBodySize: sizeOf(keys.max_body_size),
    queueSize: sizeOf(keys.queue_size),
    requestTimeoutMs: keys.request_timeout * 1000,
    answerTimeoutMs: keys.answer_timeout * 1000,
    retryWindow: keys.retry_window,
    ...(keys.bearer_token_file === undefined ? {} : { tokenFile: at(keys.bearer_token_file) }),
    ...(tls === undefined
      ? {}
      : {
          tls: {
            certificate: at(tls.certificate),
            key: at(tls.key ?? tls.certificate),
            ...(tls.client_ca === undefined ? {} : { clientCa: at(tls.client_ca) }),
          },
        }),
  };
}

/** The outputs that are switched on, in a fixed order; without any output section, standard output. */
function outputsOf(keys: Keys, at: (path: string) => string): readonly OutputConfig[] {
  const names = ['stdout_output', 'file_output', 'http_output', 'syslog_output', 'program_output'] as const;
  if (names.every((name) => keys[name] === undefined)) {
    return [{ kind: 'stdout', required: true, format: keys.json_output ? 'json' : 'text' }];
  }
  return names
    .map((name) => ({ name, section: withDefaults(name, keys[name]) }))
    .filter(({ section }) => section.enabled)
    .map(({ name, section }) => {
      const base = { required: section.required, format: section.format ?? (keys.json_output ? 'json' : 'text') };
      if (name === 'stdout_output') return { kind: 'stdout', ...base };
      if (name === 'file_output') {
        const path = at(section.filename ?? '');
        return { kind: 'file', ...base, path, watchesPath: !section.keep_alive, fsync: section.fsync ?? false };
      }
      if (name === 'http_output') return httpOutputOf(section, at);
      if (name === 'program_output') {
        return { kind: 'program', ...base, program: section.program ?? '', keepAlive: section.keep_alive };
      }
      const address = section.address as string | undefined;
      return { kind: 'syslog', required: section.required, ...(address === undefined ? {} : { address }) };
    });
}

function httpOutputOf(keys: Section, at: (path: string) => string): HttpOutputConfig {
  const { spool } = keys;
  return {
    kind: 'http',
    required: keys.required,
    url: keys.url ?? '',
    userAgent: keys.user_agent,
    insecure: keys.insecure ?? false,
    timeoutMs: keys.timeout * 1000,
    connections: keys.connections,
    ...(keys.ca_cert ? { caFile: at(keys.ca_cert) } : {}),
    ...(keys.mtls && keys.client_cert ? { certificateFile: at(keys.client_cert) } : {}),
    ...(keys.mtls && keys.client_key ? { keyFile: at(keys.client_key) } : {}),
    ...(spool === undefined
      ? {}
      : { spool: { directory: at(spool.directory), maxSize: sizeOf(spool.max_size ?? '1GiB') } }),
  };
}

/** What the schema cannot say. */
function settingProblems(config: ServeConfig, keys: Keys): readonly string[] {
  const problems: string[] = [];
  if (keys.priority !== undefined && config.rules.minPriority === undefined) {
    problems.push(`priority: expected one of ${PRIORITY_NAMES.join(', ').toLowerCase()}`);
  }
  if (config.webhook === undefined && config.follow.length === 0) {
    problems.push(`no source: ${sourceHint(keys)}`);
  }
  if (config.outputs.length === 0) problems.push('no output is enabled');
  for (const output of config.outputs) {
    if (output.kind === 'http' && output.url === '') problems.push('http_output.url: is missing');
    else if (output.kind === 'http' && !URL.canParse(output.url)) problems.push('http_output.url: is not a URL');
    if (output.kind === 'program' && output.program === '') problems.push('program_output.program: is missing');
  }
  if ((keys.file_output as Section | undefined)?.enabled && !(keys.file_output as Section).filename) {
    problems.push('file_output.filename: is missing');
  }
  return problems;
}

/** What was probably meant to be one. */
function sourceHint({ webserver, plugins, load_plugins: loaded }: Keys): string {
  if ((webserver as Section | undefined)?.k8s_audit_endpoint !== undefined) {
    return 'webserver.k8s_audit_endpoint is of Falco before 0.32; here it is webhook with listen_port, path and tls';
  }
  const names = ((plugins ?? []) as readonly Section[]).map(({ name }) => name);
  if (names.includes('k8saudit') && loaded !== undefined && !(loaded as readonly unknown[]).includes('k8saudit')) {
    return 'load_plugins leaves k8saudit out';
  }
  const cloud = names.map((name) => CLOUDS.find((one) => pluginOf(one).name === name)).find((one) => one);
  if (cloud !== undefined) {
    return `the plugin ${pluginOf(cloud).name} reads a log service; falconet setup ${cloud} says how here`;
  }
  return 'expected webhook, follow, or the plugin k8saudit';
}

/** Keys without effect, and those that the schema does not know at the top and in the sections that it leaves open. */
function ignoredKeys(value: unknown, schema: Schema, place = ''): readonly string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item, i) => ignoredKeys(item, schema.items ?? {}, `${place}[${i}]`));
  }
  if (schema.properties === undefined || typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const known = Object.hasOwn(schema.properties!, key) ? schema.properties![key] : undefined;
    const path = place === '' ? key : `${place}.${key}`;
    return known === undefined || known === WITHOUT_EFFECT ? [path] : ignoredKeys(member, known, path);
  });
}
