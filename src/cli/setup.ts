// `falconet setup`: the audit policy, and for a webhook the kubeconfig and the flags with which an API server sends its audit events, and
// where they go with the usual ways to run one; for managed clusters how to get at their logs.

import { readFileSync } from 'node:fs';
import type { Cloud } from '../isa/clouds.ts';
import { AUDIT_POLICY, sections, type WebhookClient, webhookKubeconfig } from '../serve/setup-texts.ts';
import { cloudSetup } from './clouds/setup-texts.ts';
import { loadFailure, reasonOf, usageFailure } from './failure.ts';
import { optionName } from './options.ts';
import { Output } from './output.ts';

export interface SetupOptions {
  readonly url?: string;
  readonly ca?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
  readonly token?: string;
  readonly directory?: string;
  /** default: all */
  readonly for?: string;
  readonly cluster?: string;
}

export type SetupSubject = 'webhook' | 'policy' | Cloud;

const WEBHOOK_OPTIONS = ['url', 'ca', 'clientCert', 'clientKey', 'token', 'directory', 'for'];

/** Returns the exit status. */
export async function setup(what: SetupSubject, options: SetupOptions): Promise<number> {
  refuseForeign(what, options);
  await new Output(process.stdout).print(textOf(what, options));
  return 0;
}

function refuseForeign(what: SetupSubject, options: SetupOptions): void {
  const own = what === 'webhook' ? WEBHOOK_OPTIONS : what === 'policy' ? [] : ['cluster'];
  const foreign = Object.keys(options).find((name) => !own.includes(name));
  if (foreign !== undefined) throw usageFailure(`setup ${what} has no use for ${optionName(foreign)}`);
}

function textOf(what: SetupSubject, options: SetupOptions): string {
  if (what === 'policy') return AUDIT_POLICY;
  return what === 'webhook' ? webhookText(options) : cloudSetup(what, options.cluster);
}

function webhookText(options: SetupOptions): string {
  const { for: chosen = 'all' } = options;
  const client = clientOf(options);
  if (chosen === 'kubeconfig') return webhookKubeconfig(client);
  if (chosen === 'policy') return AUDIT_POLICY;
  return sections(client, options.directory)
    .filter(({ name }) => chosen === 'all' || chosen === name)
    .map(({ title, text }) => `# ${title}\n${text}`)
    .join('\n');
}

function clientOf({ url, ca, clientCert, clientKey, token }: SetupOptions): WebhookClient {
  if (url === undefined) throw usageFailure('setup webhook: name the address of the sidecar with --url');
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    throw usageFailure(`--url: ${url} is not a URL`);
  }
  if (parsed.protocol !== 'http:' && parsed.protocol !== 'https:')
    throw usageFailure('--url: expected http:// or https://');
  if ((clientCert === undefined) !== (clientKey === undefined)) {
    throw usageFailure('--client-cert and --client-key go together');
  }
  if (parsed.pathname === '/') parsed.pathname = '/k8s-audit';
  return {
    url: parsed.href,
    ...(ca === undefined ? {} : { caData: base64Of(ca) }),
    ...(clientCert === undefined ? {} : { certificateData: base64Of(clientCert) }),
    ...(clientKey === undefined ? {} : { keyData: base64Of(clientKey) }),
    ...(token === undefined ? {} : { token }),
  };
}

function base64Of(path: string): string {
  try {
    return readFileSync(path).toString('base64');
  } catch (error) {
    throw loadFailure(`${path}: ${reasonOf(error)}`);
  }
}
