// `falconet setup`: the audit policy, and for a webhook the kubeconfig and the flags with which an API server sends its audit events, and
// where they go with the usual ways to run one; for managed clusters how to get at their logs.

import { readFileSync } from 'node:fs';
import type { Cloud } from '../isa/clouds.ts';
import { AUDIT_POLICY, sections, type WebhookClient, webhookKubeconfig } from '../serve/setup-texts.ts';
import { cloudSetup } from './clouds/setup-texts.ts';
import { loadFailure, reasonOf, usageFailure } from './failure.ts';

export interface SetupOptions {
  readonly url?: string;
  readonly ca?: string;
  readonly clientCert?: string;
  readonly clientKey?: string;
  readonly token?: string;
  readonly directory?: string;
  readonly for: string;
  readonly cluster?: string;
}

export type SetupSubject = 'webhook' | 'policy' | Cloud;

/** Returns the exit status. */
export function setup(what: SetupSubject, options: SetupOptions): number {
  if (what === 'webhook') return setupWebhook(options);
  process.stdout.write(what === 'policy' ? AUDIT_POLICY : cloudSetup(what, options.cluster));
  return 0;
}

function setupWebhook(options: SetupOptions): number {
  const client = clientOf(options);
  const all = sections(client, options.directory);
  if (options.for === 'kubeconfig') process.stdout.write(webhookKubeconfig(client));
  else if (options.for === 'policy') process.stdout.write(AUDIT_POLICY);
  else {
    const chosen = all.filter(({ name }) => options.for === 'all' || options.for === name);
    process.stdout.write(chosen.map(({ title, text }) => `# ${title}\n${text}`).join('\n'));
  }
  return 0;
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
