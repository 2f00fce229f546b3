// What people, deployments and intruders ask of an API server, in an order that does not change from run to run.

import type { Cluster } from './cluster.ts';
import { sleep } from './sidecar.ts';

/** Between two rounds of one worker: the traffic outlasts the restarts that are done meanwhile. */
const PAUSE_MS = 150;
const WORKERS = 4;

/** user, method, path, body; `{ns}` stands for the round's namespace and `{n}` for its number */
type Step = readonly [user: string, method: string, path: string, body?: object];

const named = (name: string): object => ({ metadata: { name } });
const NAMESPACED = '/api/v1/namespaces/{ns}';
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ROLE_GROUP = 'rbac.authorization.k8s.io';

function pod(name: string, security: object, spec: object = {}): object {
  const containers = [{ name: 'main', image: 'registry.example/app:1', securityContext: security }];
  return { ...named(name), spec: { containers, ...spec } };
}

function deployment(name: string): object {
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name, image: `example/${name}:1` }] },
  };
  return { ...named(name), spec: { replicas: 2, selector: { matchLabels: { app: name } }, template } };
}

function binding(name: string, role: string, kind: 'User' | 'Group', subject: string): object {
  const roleRef = { apiGroup: ROLE_GROUP, kind: 'ClusterRole', name: role };
  return { ...named(name), roleRef, subjects: [{ apiGroup: ROLE_GROUP, kind, name: subject }] };
}

const PREPARATION: readonly Step[] = [
  ['admin', 'POST', `${RBAC}/clusterrolebindings`, binding('deployers', 'edit', 'Group', 'deployers')],
];

/** One after the other, again and again. */
const STEPS: readonly Step[] = [
  ['admin', 'POST', '/api/v1/namespaces', named('{ns}')],
  ['admin', 'POST', `${NAMESPACED}/configmaps`, { ...named('settings'), data: { n: '{n}' } }],
  ['admin', 'GET', `${NAMESPACED}/configmaps?limit=10`],
  ['admin', 'POST', `${NAMESPACED}/secrets`, { ...named('db'), stringData: { password: 'x' } }],
  ['admin', 'POST', `${NAMESPACED}/pods`, pod('plain', {})],
  ['admin', 'POST', `${NAMESPACED}/pods`, pod('strong', { privileged: true })],
  ['admin', 'POST', `${NAMESPACED}/pods`, pod('host', {}, { hostNetwork: true, hostPID: true })],
  ['admin', 'PATCH', `${NAMESPACED}/configmaps/settings`, { data: { aws: 'aws_access_key_id=AKIA' } }],
  ['admin', 'POST', `${NAMESPACED}/pods/plain/exec?command=sh&stdin=true`],
  ['deployer', 'POST', `/apis/apps/v1/namespaces/{ns}/deployments`, deployment('web')],
  ['deployer', 'PATCH', `/apis/apps/v1/namespaces/{ns}/deployments/web`, { spec: { replicas: 3 } }],
  ['deployer', 'GET', `${NAMESPACED}/pods?watch=true&timeoutSeconds=1`],
  [
    'deployer',
    'POST',
    `${NAMESPACED}/services`,
    {
      ...named('web'),
      spec: { type: 'NodePort', selector: { app: 'web' }, ports: [{ port: 80 }] },
    },
  ],
  ['intruder', 'GET', '/api/v1/secrets'],
  ['intruder', 'GET', `${NAMESPACED}/secrets/db`],
  ['intruder', 'POST', `${NAMESPACED}/pods`, pod('miner', { privileged: true })],
  ['', 'GET', '/api/v1/nodes'],
  ['nobody', 'GET', '/api/v1/pods'],
  [
    'admin',
    'POST',
    `${RBAC}/clusterroles`,
    {
      ...named('wide-{n}'),
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    },
  ],
  ['admin', 'POST', `${RBAC}/clusterrolebindings`, binding('jane-{n}', 'cluster-admin', 'User', 'jane-{n}')],
  ['jane', 'DELETE', NAMESPACED],
  ['admin', 'DELETE', `${NAMESPACED}/pods/strong`],
  ['admin', 'DELETE', `${RBAC}/clusterrolebindings/jane-{n}`],
  ['deployer', 'DELETE', `/apis/apps/v1/namespaces/{ns}/deployments/web`],
  ['admin', 'DELETE', NAMESPACED],
];

/** So many rounds of all steps, a few at the same time; `between` is called after each. Returns the number of requests. */
export async function drive(
  cluster: Cluster,
  rounds: number,
  between: (round: number) => Promise<void>,
): Promise<number> {
  for (const step of PREPARATION) await take(cluster, step, 0);
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < rounds) {
      const n = next++;
      for (const step of STEPS) await take(cluster, step, n);
      await between(n);
      await sleep(PAUSE_MS);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return PREPARATION.length + rounds * STEPS.length;
}

/** What the API server answers is its business: a refusal is an event too. */
async function take(cluster: Cluster, [user, method, path, body]: Step, n: number): Promise<void> {
  const filled = (text: string): string => text.replaceAll('{ns}', `shop-${n}`).replaceAll('{n}', String(n));
  await cluster.call(user, method, filled(path), body && JSON.parse(filled(JSON.stringify(body))));
}
