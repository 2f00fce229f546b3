// Events picked by hand: changes to a plain accepted `get` of pods by jane, and the rule to explain.

interface Picked {
  readonly name: string;
  readonly rule: string;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
}

const secrets = { resource: 'secrets', namespace: 'shop', name: 'db', apiVersion: 'v1' };
const ownEvent = {
  '/verb': 'list',
  '/objectRef': secrets,
  '/requestURI': '/api/v1/namespaces/shop/secrets?limit=500',
};
const exec = { resource: 'pods', namespace: 'shop', name: 'web-1', subresource: 'exec' };
const workload = {
  '/verb': 'create',
  '/objectRef': { resource: 'deployments', namespace: 'shop', name: 'web', apiGroup: 'apps' },
};
const pod = {
  '/verb': 'create',
  '/requestObject': {
    spec: {
      containers: [
        { name: 'a', image: 'x' },
        { name: 'b', image: 'y' },
      ],
    },
  },
};
const binding = {
  '/verb': 'create',
  '/objectRef': { resource: 'clusterrolebindings', name: 'b' },
  '/requestObject': { roleRef: { name: 'cluster-admin' }, subjects: [{ kind: 'User', name: 'bob' }] },
};

export const PICKED: readonly Picked[] = [
  { name: 'secret read', rule: 'Secret Read', set: { '/objectRef': secrets } },
  { name: 'secret read wrong resource', rule: 'Secret Read' },
  { name: 'secret read wrong verb', rule: 'Secret Read', set: { '/objectRef': secrets, '/verb': 'delete' } },
  { name: 'secret read refused', rule: 'Secret Read', set: { '/objectRef': secrets, '/responseStatus/code': 403 } },
  { name: 'secret read dry run', rule: 'Secret Read', set: { '/objectRef': secrets, '/requestURI': '/x?dryRun=All' } },
  {
    name: 'secret read by kubelet',
    rule: 'Secret Read',
    set: { '/objectRef': secrets, '/user/username': 'system:node:n1' },
  },
  {
    name: 'secret read by controller',
    rule: 'Secret Read',
    set: { '/objectRef': secrets, '/user/username': 'system:kube-controller-manager' },
  },
  {
    name: 'secret read excepted name',
    rule: 'Secret Read',
    set: { '/objectRef': { ...secrets, name: 'sh.helm.release.v1.a' } },
  },
  { name: 'secret read two reasons', rule: 'Secret Read', set: { '/verb': 'update' } },
  {
    name: 'exec opens',
    rule: 'Command Run In A Container',
    set: { '/stage': 'ResponseStarted', '/objectRef': exec, '/verb': 'create', '/requestURI': '/exec?command=id' },
  },
  { name: 'exec ends', rule: 'Command Run In A Container', set: { '/objectRef': exec, '/verb': 'create' } },
  {
    name: 'privileged second container',
    rule: 'Privileged Container Requested',
    set: { ...pod, '/requestObject/spec/containers/1/securityContext': { privileged: true } },
  },
  {
    name: 'privileged template',
    rule: 'Privileged Container Requested',
    set: {
      ...workload,
      '/requestObject': { spec: { template: { spec: { containers: [{ securityContext: { privileged: true } }] } } } },
    },
  },
  { name: 'plain pod is not privileged', rule: 'Privileged Container Requested', set: pod },
  {
    name: 'no node directory',
    rule: 'Node Directory Mounted',
    set: { ...pod, '/requestObject/spec/volumes': [{ hostPath: { path: '/srv' } }] },
  },
  { name: 'cluster admin', rule: 'Cluster Admin Handed Out', set: binding },
  {
    name: 'cluster admin by apiserver',
    rule: 'Cluster Admin Handed Out',
    set: { ...binding, '/user/username': 'system:apiserver' },
  },
  { name: 'rule that is off', rule: 'Unexpected User Seen' },
  { name: 'own matches', rule: 'Own', set: { ...ownEvent, '/impersonatedUser': { username: 'bob' } } },
  {
    name: 'own in an excluded group',
    rule: 'Own',
    set: { ...ownEvent, '/impersonatedUser': { username: 'bob' }, '/user/groups': ['auditors', 'x'] },
  },
  {
    name: 'own exception',
    rule: 'Own',
    set: { ...ownEvent, '/impersonatedUser': { username: 'bob' }, '/user/username': 'dave' },
  },
  { name: 'own missing values', rule: 'Own', remove: ['/objectRef', '/user'] },
  { name: 'own hostile text', rule: 'Own', set: { '/verb': 'li\u001b[31mst\n' } },
  { name: 'empty list', rule: 'Never' },
];
