// `falconet serve`, and `falconet run` over inputs that go on: the sidecar with its settings from a file or from the command line, and
// the signals that it listens to.

import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { AlertFormat, ServeConfig, WebhookConfig } from '../serve/config.ts';
import { readConfig } from '../serve/config.ts';
import { CONFIG_SCHEMA } from '../serve/config-schema.ts';
import { Log } from '../serve/log.ts';
import { parseSourceUrl, type SourceUrl } from '../serve/plugin-config.ts';
import { loadRuleSet, type RuleSource } from '../serve/rule-set.ts';
import { type Loaded, Sidecar, type SidecarParts } from '../serve/sidecar.ts';
import { loadFailure, reasonOf, usageFailure } from './failure.ts';
import { optionName } from './options.ts';
import { Output } from './output.ts';
import { readRules, STDIN } from './rules.ts';
import type { RunOptions } from './run.ts';

export interface ServeOptions {
  readonly config?: string;
  readonly check?: boolean;
  readonly schema?: boolean;
}

const MiB = 1 << 20;
const LEFT_BEHIND_MS = 1_000;

/** Returns the exit status, when the sidecar has stopped. */
export async function serve(options: ServeOptions): Promise<number> {
  if (options.schema) {
    const other = (['config', 'check'] as const).find((name) => options[name] !== undefined);
    if (other !== undefined) throw usageFailure(`--schema has no use for ${optionName(other)}`);
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'falconet serve',
      ...CONFIG_SCHEMA,
    };
    await new Output(process.stdout).print(`${JSON.stringify(schema, null, 2)}\n`);
    return 0;
  }
  const { config: file } = options;
  if (file === undefined) throw usageFailure('serve: name a configuration with -c, or ask for --schema');
  const parts = { ...commonParts(), configFile: file, loadConfig: () => loadConfig(file) };
  return options.check ? check(file, parts) : runSidecar(parts);
}

/** What `run` does when its inputs are URLs; all of them have to be. */
export async function runSources(inputs: readonly string[], options: RunOptions): Promise<number> {
  if (options.rules?.includes(STDIN)) throw usageFailure('rules that may be loaded again cannot be standard input (-)');
  const sources = inputs.map((input) => {
    const source = parseSourceUrl(input);
    if (source === undefined)
      throw usageFailure(`${input}: expected http://host:port/path, https://... or file:///path`);
    return source;
  });
  const config = configOf(sources, options);
  return runSidecar({ ...commonParts(), loadConfig: async () => ({ config, ignored: [] }) });
}

async function check(file: string, parts: SidecarParts): Promise<number> {
  const { config, ignored } = await parts.loadConfig();
  const { rules, warnings, notes, digest } = await orFailure(
    loadRuleSet(config.rules, parts.readRules, parts.hostname),
  );
  if (ignored.length > 0) process.stderr.write(`${file}: keys without effect here: ${ignored.join(', ')}\n`);
  for (const note of notes) process.stderr.write(`${file}: warning: ${note}\n`);
  await new Output(process.stdout).print(`${file}: ok, ${rules} rules (set ${digest}), ${warnings} warnings\n`);
  return 0;
}

async function loadConfig(file: string): Promise<Loaded> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw loadFailure(`${file}: ${reasonOf(error)}`);
  }
  const { config, problems, ignored } = readConfig(file, text);
  if (config === undefined) throw loadFailure(problems.map((problem) => `${file}: ${problem}`).join('\n'));
  return { config, ignored };
}

function commonParts(): Pick<SidecarParts, 'readRules' | 'hostname' | 'version'> {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return { readRules: readRuleSource, hostname: process.env.FALCO_HOSTNAME ?? hostname(), version };
}

async function readRuleSource(names: readonly string[], semantics?: 'falco' | 'fixed'): Promise<RuleSource> {
  return readRules(names, semantics);
}

async function runSidecar(parts: SidecarParts): Promise<number> {
  const log = new Log();
  const starting = Sidecar.start(parts, log);
  // heard from the beginning: a SIGHUP while it starts would end the process
  const then = (act: (sidecar: Sidecar) => unknown) => (): void => void starting.then(act, () => {});
  process.on(
    'SIGHUP',
    then((sidecar) => sidecar.reload()),
  );
  process.on(
    'SIGUSR1',
    then((sidecar) => sidecar.reopen()),
  );
  const stopped = new Promise<boolean>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      // the second one ends the process
      process.once(
        signal,
        then((sidecar) => sidecar.stop().then(resolve)),
      );
    }
  });
  await orFailure(starting);
  const isClosed = await stopped;
  // a write that never ends would keep the process from ending
  if (!isClosed) process.kill(process.pid, 'SIGKILL');
  // nor would a connection that somebody forgot
  setTimeout(() => process.exit(), LEFT_BEHIND_MS).unref();
  return 0;
}

async function orFailure<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { path } = error as NodeJS.ErrnoException;
    throw loadFailure(path === undefined ? reasonOf(error) : `${path}: ${reasonOf(error)}`);
  }
}

function configOf(sources: readonly SourceUrl[], options: RunOptions): ServeConfig {
  const [web, ...others] = sources.filter((source) => source.kind === 'web');
  if (others.length > 0) throw usageFailure('one webhook can be served at a time');
  const files = sources.filter((source) => source.kind === 'file');
  const format: AlertFormat = options.format;
  const { selection } = options;
  return {
    rules: {
      files: options.rules ?? [],
      selection: selection.rules,
      semantics: options.semantics ?? 'fixed',
      match: options.match,
      appendOutput: options.extraFields === undefined ? [] : [{ extra_fields: options.extraFields }],
      format: {},
      simd: options.simd,
      trusted: options.trusted ?? false,
      ...(selection.tags === undefined ? {} : { tags: selection.tags }),
      ...(options.minPriority === undefined ? {} : { minPriority: options.minPriority }),
      ...(options.hostname === undefined ? {} : { hostname: options.hostname }),
      ...(options.maxEventSize === undefined ? {} : { maxEventSize: options.maxEventSize }),
      ...(options.maxDepth === undefined ? {} : { maxDepth: options.maxDepth }),
    },
    watch: false,
    follow: files.map(({ path }) => ({ path, start: 'end' })),
    outputs: [{ kind: 'stdout', required: true, format }],
    ...(web === undefined ? {} : { webhook: webhookOf(web, options) }),
  };
}

function webhookOf(source: Extract<SourceUrl, { kind: 'web' }>, options: RunOptions): WebhookConfig {
  const { tlsCert, tlsKey, tlsClientCa } = options;
  if (source.isSecure && tlsCert === undefined) throw usageFailure('https:// needs --tls-cert');
  const tls = {
    certificate: tlsCert ?? '',
    key: tlsKey ?? tlsCert ?? '',
    ...(tlsClientCa === undefined ? {} : { clientCa: tlsClientCa }),
  };
  return {
    address: source.host,
    port: source.port,
    path: source.path,
    maxBodySize: 12 * MiB,
    queueSize: 64 * MiB,
    requestTimeoutMs: 30_000,
    answerTimeoutMs: 25_000,
    retryWindow: 500_000,
    ...(source.isSecure ? { tls } : {}),
  };
}
