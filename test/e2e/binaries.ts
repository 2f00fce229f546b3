// etcd and kube-apiserver, built from their Go modules of pinned versions; once, then cached outside the checkout.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

export const KUBERNETES = 'v1.36.1';
export const ETCD = 'v3.6.8';
/** Kubernetes' parts are modules of their own, whose versions go with it. */
const STAGING: string = KUBERNETES.replace(/^v1\./, 'v0.');

export interface Binaries {
  readonly etcd: string;
  readonly apiServer: string;
}

/** Needs `go` and the module proxy, and some minutes, the first time. */
export function buildBinaries(): Binaries {
  const caches = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  const directory = process.env.E2E_CACHE ?? join(caches, 'falconet-e2e', `${KUBERNETES}-${ETCD}`);
  const binaries = { etcd: join(directory, 'etcd'), apiServer: join(directory, 'kube-apiserver') };
  mkdirSync(directory, { recursive: true });
  if (!existsSync(binaries.etcd) || !existsSync(binaries.apiServer)) build(directory);
  return binaries;
}

function build(directory: string): void {
  const go = (...args: readonly string[]): string =>
    execFileSync('go', args, {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, GOFLAGS: '-mod=mod', CGO_ENABLED: '0' },
    });
  process.stdout.write(`building etcd ${ETCD} and kube-apiserver ${KUBERNETES}, which takes some minutes\n`);
  if (!existsSync(join(directory, 'go.mod'))) go('mod', 'init', 'example.com/e2e');
  const { GoMod } = JSON.parse(go('mod', 'download', '-json', `k8s.io/kubernetes@${KUBERNETES}`));
  const parts = [...readFileSync(GoMod, 'utf8').matchAll(/^\s+(k8s\.io\/[a-z-]+) v0\.0\.0$/gm)].map(
    (match) => match[1]!,
  );
  const replaced = [...new Set(parts)].map((name) => `-replace=${name}=${name}@${STAGING}`);
  const required = [`k8s.io/kubernetes@${KUBERNETES}`, `go.etcd.io/etcd/server/v3@${ETCD}`];
  go('mod', 'edit', ...replaced, ...required.map((name) => `-require=${name}`));
  go('build', '-o', 'etcd', 'go.etcd.io/etcd/server/v3');
  go('build', '-o', 'kube-apiserver', 'k8s.io/kubernetes/cmd/kube-apiserver');
}
