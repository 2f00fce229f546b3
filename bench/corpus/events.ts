// A log of audit events, made up from a seed: the mix of users, verbs and resources of a cluster at work, at one of the three levels
// with contents. The same seed and count give the same bytes everywhere.

import { type JsonObject, requestBody, responseBody, type Target } from './objects.ts';
import { Random } from './random.ts';

export type Level = 'Metadata' | 'Request' | 'RequestResponse';

interface Actor {
  readonly name: string;
  readonly agent: string;
  readonly groups: readonly string[];
  readonly verbs: readonly (readonly [string, number])[];
}

const CONTROLLER_VERBS = [
  ['update', 5],
  ['create', 3],
  ['patch', 3],
  ['delete', 2],
  ['get', 2],
  ['list', 1],
] as const;
const PERSON_VERBS = [
  ['get', 6],
  ['list', 4],
  ['create', 2],
  ['patch', 2],
  ['delete', 1],
  ['update', 1],
] as const;

function controller(name: string): Actor {
  return {
    name: `system:serviceaccount:kube-system:${name}`,
    agent: `kube-controller-manager/v1.33.1 (linux/amd64) kubernetes/8adc0f0/system:serviceaccount:kube-system:${name}`,
    groups: ['system:serviceaccounts', 'system:serviceaccounts:kube-system', 'system:authenticated'],
    verbs: CONTROLLER_VERBS,
  };
}

function person(name: string, agent: string): Actor {
  return { name, agent, groups: ['developers', 'system:authenticated'], verbs: PERSON_VERBS };
}

const ACTORS: readonly (readonly [Actor, number])[] = [
  [controller('deployment-controller'), 14],
  [controller('replicaset-controller'), 14],
  [controller('node-controller'), 6],
  [controller('job-controller'), 6],
  [{ ...controller('x'), name: 'system:kube-scheduler', agent: 'kube-scheduler/v1.33.1 (linux/amd64)' }, 8],
  [{ ...controller('x'), name: 'system:node:worker-1', agent: 'kubelet/v1.33.1 (linux/amd64)' }, 12],
  [person('admin', 'kubectl/v1.33.1 (linux/amd64) kubernetes/8adc0f0'), 5],
  [person('ci-deployer', 'Helm/3.17.1'), 8],
  [person('alice@example.com', 'kubectl/v1.32.4 (darwin/arm64) kubernetes/59526cd'), 4],
  [person('bob@example.com', 'Lens/2026.4.1'), 4],
  [person('system:anonymous', 'curl/8.9.1'), 0.3],
];

const RESOURCES: readonly (readonly [readonly [string, string, string, boolean], number])[] = [
  [['pods', 'Pod', 'v1', true], 30],
  [['deployments', 'Deployment', 'apps/v1', true], 12],
  [['replicasets', 'ReplicaSet', 'apps/v1', true], 12],
  [['leases', 'Lease', 'coordination.k8s.io/v1', true], 10],
  [['configmaps', 'ConfigMap', 'v1', true], 8],
  [['services', 'Service', 'v1', true], 5],
  [['secrets', 'Secret', 'v1', true], 4],
  [['nodes', 'Node', 'v1', false], 6],
  [['namespaces', 'Namespace', 'v1', false], 2],
  [['serviceaccounts', 'ServiceAccount', 'v1', true], 2],
  [['roles', 'Role', 'rbac.authorization.k8s.io/v1', true], 1],
  [['clusterroles', 'ClusterRole', 'rbac.authorization.k8s.io/v1', false], 1],
  [['rolebindings', 'RoleBinding', 'rbac.authorization.k8s.io/v1', true], 1],
  [['clusterrolebindings', 'ClusterRoleBinding', 'rbac.authorization.k8s.io/v1', false], 1],
];

const NAMESPACES = ['shop', 'payments', 'team-a', 'team-b', 'monitoring', 'default', 'kube-system'];
const NAMES = ['api', 'worker', 'checkout', 'frontend', 'cache', 'ingest', 'metrics'];
const FIRST_TIME: number = Date.UTC(2026, 4, 1, 8);

/** `count` events as JSON lines. */
export function generateLog(level: Level, count: number, seed: number): string {
  const random = new Random(seed);
  let text = '';
  for (let i = 0; i < count; i++) text += `${JSON.stringify(generateEvent(random, level, i))}\n`;
  return text;
}

function generateEvent(random: Random, level: Level, position: number): JsonObject {
  const actor = random.weighted(ACTORS);
  const verb = random.weighted(actor.verbs);
  const target = pickTarget(random);
  const subresource = pickSubresource(random, target, verb);
  const isWrite = ['create', 'update', 'patch'].includes(verb);
  const code = random.weighted([
    [verb === 'create' ? 201 : 200, 92],
    [404, 4],
    [409, 2],
    [403, 2],
  ] as const);
  // a body is what was sent; the API server keeps those of secrets out of the log as a good policy does
  const hasBody = level !== 'Metadata' && isWrite && target.resource !== 'secrets';
  const body = hasBody ? requestBody(random, target) : undefined;
  const received = FIRST_TIME + position * 7;
  return {
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: hasBody ? level : 'Metadata',
    auditID: random.uuid(),
    stage: random.chance(0.03) ? 'ResponseStarted' : 'ResponseComplete',
    requestURI: uriOf(target, verb, subresource),
    verb,
    user: { username: actor.name, uid: random.uuid(), groups: actor.groups },
    sourceIPs: [`10.0.${random.below(4)}.${random.below(250)}`],
    userAgent: actor.agent,
    objectRef: objectRef(target, verb, subresource),
    responseStatus: code < 300 ? { metadata: {}, code } : { metadata: {}, status: 'Failure', code },
    ...(body === undefined ? {} : { requestObject: body }),
    ...(body === undefined || level !== 'RequestResponse' ? {} : { responseObject: responseBody(random, body) }),
    requestReceivedTimestamp: timeText(received, 104),
    stageTimestamp: timeText(received + 3, 951),
    annotations: {
      'authorization.k8s.io/decision': code === 403 ? 'forbid' : 'allow',
      'authorization.k8s.io/reason': code === 403 ? '' : `RBAC: allowed by ClusterRoleBinding "b-${random.below(9)}"`,
    },
  };
}

function pickTarget(random: Random): Target {
  const [resource, kind, apiVersion, isNamespaced] = random.weighted(RESOURCES);
  const name = `${random.pick(NAMES)}-${random.hex(5)}`;
  return { resource, kind, apiVersion, name, ...(isNamespaced ? { namespace: random.pick(NAMESPACES) } : {}) };
}

function pickSubresource(random: Random, { resource }: Target, verb: string): string | undefined {
  if (resource === 'pods' && verb === 'create' && random.chance(0.1)) {
    return random.weighted([
      ['binding', 8],
      ['eviction', 2],
      ['exec', 1],
      ['portforward', 0.5],
    ] as const);
  }
  return ['update', 'patch'].includes(verb) && random.chance(0.4) ? 'status' : undefined;
}

function objectRef(target: Target, verb: string, subresource: string | undefined): JsonObject {
  const [version, group] = target.apiVersion.split('/').reverse() as [string, string | undefined];
  return {
    resource: target.resource,
    ...(target.namespace === undefined ? {} : { namespace: target.namespace }),
    ...(verb === 'list' ? {} : { name: target.name }),
    ...(group === undefined ? {} : { apiGroup: group }),
    apiVersion: version,
    ...(subresource === undefined ? {} : { subresource }),
  };
}

function uriOf(target: Target, verb: string, subresource: string | undefined): string {
  const root = target.apiVersion.includes('/') ? `/apis/${target.apiVersion}` : `/api/${target.apiVersion}`;
  const place = target.namespace === undefined ? '' : `/namespaces/${target.namespace}`;
  const isCollection = verb === 'list' || (verb === 'create' && subresource === undefined);
  const item = isCollection ? '' : `/${target.name}${subresource === undefined ? '' : `/${subresource}`}`;
  return `${root}${place}/${target.resource}${item}${verb === 'list' ? '?limit=500' : ''}`;
}

function timeText(milliseconds: number, micros: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${micros}Z`;
}
