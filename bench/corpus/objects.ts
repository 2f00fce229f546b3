// Kubernetes objects as requests carry them, and what the API server makes of them in its answer: the same with identity, defaults,
// managed fields and a status.

import type { Random } from './random.ts';

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export interface Target {
  readonly resource: string;
  readonly kind: string;
  readonly apiVersion: string;
  readonly namespace?: string;
  readonly name: string;
}

const IMAGES = ['nginx:1.27', 'redis:7', 'registry.example.com/shop/api:2.4.1', 'ghcr.io/team/worker:main', 'busybox'];

/** Objects that people and controllers write every day; a few are what rules look for. */
export function requestBody(random: Random, target: Target): JsonObject {
  const { kind, apiVersion, namespace, name } = target;
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { app: name.split('-')[0]!, 'app.kubernetes.io/managed-by': random.pick(['Helm', 'kubectl', 'argocd']) },
    annotations: { 'example.com/revision': String(random.below(100)) },
  };
  return { kind, apiVersion, metadata, ...contents(random, target) };
}

function contents(random: Random, { resource, name }: Target): JsonObject {
  switch (resource) {
    case 'pods':
      return { spec: podSpec(random, name), status: {} };
    case 'deployments':
    case 'replicasets': {
      const labels = { app: name };
      const template = { metadata: { labels }, spec: podSpec(random, name) };
      return { spec: { replicas: 1 + random.below(5), selector: { matchLabels: labels }, template } };
    }
    case 'configmaps':
      return { data: { 'app.properties': `level=${random.pick(['info', 'debug'])}\nregion=eu-${random.below(4)}\n` } };
    case 'services': {
      const type = random.chance(0.03) ? 'NodePort' : 'ClusterIP';
      return { spec: { type, ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }], selector: { app: name } } };
    }
    case 'roles':
    case 'clusterroles': {
      const verbs = random.chance(0.1) ? ['*'] : random.sample(['get', 'list', 'watch', 'update'], 2);
      return { rules: [{ apiGroups: [''], resources: [random.pick(['pods', 'configmaps', 'pods/exec'])], verbs }] };
    }
    case 'rolebindings':
    case 'clusterrolebindings':
      return {
        subjects: [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: `user-${random.below(20)}` }],
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: random.pick(['view', 'edit']) },
      };
    case 'leases':
      return {
        spec: {
          holderIdentity: `node-${random.below(50)}`,
          leaseDurationSeconds: 40,
          renewTime: '2026-05-01T08:00:00.000000Z',
        },
      };
    case 'nodes':
      return { status: { conditions: conditions(random, ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready']) } };
    default:
      return { spec: {} };
  }
}

function podSpec(random: Random, name: string): JsonObject {
  const container = (suffix: string): JsonObject => ({
    name: `${name}${suffix}`,
    image: random.pick(IMAGES),
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: [{ name: 'LOG_LEVEL', value: random.pick(['info', 'debug', 'warn']) }],
    resources: { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
    livenessProbe: {
      httpGet: { path: '/healthz', port: 'http', scheme: 'HTTP' },
      timeoutSeconds: 1,
      periodSeconds: 10,
    },
    ...(random.chance(0.02) ? { securityContext: { privileged: true } } : {}),
    imagePullPolicy: 'IfNotPresent',
  });
  const hostPath = random.chance(0.02)
    ? [{ name: 'host', hostPath: { path: random.pick(['/proc', '/var/log']) } }]
    : [];
  return {
    containers: random.chance(0.2) ? [container(''), container('-sidecar')] : [container('')],
    volumes: [{ name: 'config', configMap: { name: 'config', defaultMode: 420 } }, ...hostPath],
    ...(random.chance(0.02) ? { hostNetwork: true } : {}),
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    securityContext: {},
    schedulerName: 'default-scheduler',
  };
}

function conditions(random: Random, types: readonly string[]): readonly JsonObject[] {
  return types.map((type) => ({
    type,
    status: random.pick(['True', 'False']),
    lastTransitionTime: '2026-05-01T08:00:00Z',
    reason: `${type}Checked`,
    message: `the state of ${type} was checked "just now"\n`,
  }));
}

export function responseBody(random: Random, request: JsonObject): JsonObject {
  const metadata = request['metadata'] as JsonObject;
  const keys = Object.keys(request).filter((key) => !['kind', 'apiVersion', 'metadata'].includes(key));
  const fieldsV1 = Object.fromEntries(keys.map((key) => [`f:${key}`, fieldsOf(request[key]!)]));
  return {
    ...request,
    metadata: {
      ...metadata,
      uid: random.uuid(),
      resourceVersion: String(random.below(1e7)),
      creationTimestamp: '2026-05-01T08:00:00Z',
      managedFields: [
        {
          manager: 'kubectl',
          operation: 'Update',
          apiVersion: 'v1',
          time: '2026-05-01T08:00:00Z',
          fieldsType: 'FieldsV1',
          fieldsV1,
        },
      ],
    },
    status: { observedGeneration: 1, conditions: conditions(random, ['Progressing', 'Available']) },
  };
}

/** As the API server notes who set which field; items of lists by their place. */
function fieldsOf(value: Json): JsonObject {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [`f:${key}`, fieldsOf(child)]));
}
