// The built-in field catalogue: what rules for Kubernetes audit events may name, one row per field with its type, argument
// and the place in the event that it reads. `extract` is Falco's meaning, `extractFixed` the one of `fixed` where it
// differs (reading image names and effective ids differs too, by the algorithm alone). Rows are append-only.

import type { Catalogue, Extraction, FieldArg, FieldDef } from './catalogue.ts';

const INDEX: FieldArg = { kind: 'index', required: false };
const KEY: FieldArg = { kind: 'key', required: true };

/** An algorithm that takes an optional index and nothing but a path. */
type IndexedOp =
  | 'multi_skip'
  | 'multi_all'
  | 'multi_repository'
  | 'multi_join'
  | 'multi_ports'
  | 'rule_attribute'
  | 'volume_keys';

function path(text: string): readonly string[] {
  return text.split('/');
}

/** A `ka.*` field with one text. */
function text(name: string, doc: string, extract: Extraction, arg?: FieldArg): FieldDef {
  return { name, type: 'string', list: false, ...(arg && { arg }), doc, extract, gated: true };
}

/** A `ka.*` field with a list of texts. */
function texts(name: string, doc: string, extract: Extraction, arg?: FieldArg, extractFixed?: Extraction): FieldDef {
  const def: FieldDef = { name, type: 'string', list: true, ...(arg && { arg }), doc, extract, gated: true };
  return extractFixed ? { ...def, extractFixed } : def;
}

function walk(name: string, place: string, doc: string): FieldDef {
  return text(name, doc, { op: 'walk', path: path(place) });
}

function annotation(name: string, key: string, doc: string): FieldDef {
  return text(name, doc, { op: 'walk', path: ['annotations', key] });
}

function walkList(name: string, place: string, doc: string): FieldDef {
  return texts(name, doc, { op: 'walk_list', path: path(place) });
}

function each(name: string, op: IndexedOp, place: string, doc: string): FieldDef {
  return texts(name, doc, { op, path: path(place) }, INDEX);
}

function subjects(name: string, kind: string, namespaced: boolean, doc: string): FieldDef {
  return texts(`ka.req.binding.subjects.${name}`, doc, { op: 'subjects', kind, namespaced });
}

/** Where a pod's spec stands, and how the names of its fields start. */
interface PodSpec {
  readonly at: string;
  readonly prefix: string;
}

const POD: PodSpec = { at: 'requestObject/spec', prefix: 'ka.req.pod' };

/** The fields that every kind of container has, in catalogue order; `list` is the kind's key in the pod's spec. */
function containerFields(list: string, what: string, spec: PodSpec = POD): readonly FieldDef[] {
  const at = `${spec.at}/${list}`;
  const context = `${at}/securityContext`;
  const field = (name: string, op: IndexedOp, place: string, doc: string): FieldDef =>
    each(`${spec.prefix}.${list}.${name}`, op, place, doc);
  const effective = (name: string, key: string, doc: string): FieldDef =>
    texts(`${spec.prefix}.${list}.${name}`, doc, { op: 'effective_id', path: path(at), key }, INDEX);
  return [
    field('name', 'multi_all', `${at}/name`, `name of each ${what}`),
    field('image', 'multi_all', `${at}/image`, `image reference of each ${what}`),
    field('image.repository', 'multi_repository', `${at}/image`, `image of each ${what} without tag and digest`),
    field('command', 'multi_join', `${at}/command`, `entry point of each ${what}, its words joined by blanks`),
    field('args', 'multi_join', `${at}/args`, `arguments of each ${what}, joined by blanks`),
    field('privileged', 'multi_skip', `${context}/privileged`, `privileged flag of each ${what} that sets it`),
    field(
      'allow_privilege_escalation',
      'multi_skip',
      `${context}/allowPrivilegeEscalation`,
      `allowPrivilegeEscalation of each ${what} that sets it`,
    ),
    field(
      'read_only_fs',
      'multi_skip',
      `${context}/readOnlyRootFilesystem`,
      `readOnlyRootFilesystem of each ${what} that sets it`,
    ),
    field('run_as_user', 'multi_skip', `${context}/runAsUser`, `runAsUser of each ${what} that sets it`),
    effective('eff_run_as_user', 'runAsUser', `user id that each ${what} starts with: its own, else the pod's`),
    field('run_as_group', 'multi_skip', `${context}/runAsGroup`, `runAsGroup of each ${what} that sets it`),
    effective('eff_run_as_group', 'runAsGroup', `group id that each ${what} starts with: its own, else the pod's`),
    field('proc_mount', 'multi_skip', `${context}/procMount`, `procMount of each ${what} that sets it`),
    texts(
      `${spec.prefix}.${list}.add_capabilities`,
      `capabilities that each ${what} adds`,
      { op: 'multi_skip', path: path(`${context}/capabilities/add`) },
      INDEX,
      { op: 'multi_flatten', path: path(`${context}/capabilities/add`) },
    ),
  ];
}

function hostPorts(list: string, what: string, spec: PodSpec = POD): FieldDef {
  const place = `${spec.at}/${list}/ports`;
  return each(
    `${spec.prefix}.${list}.host_port`,
    'multi_ports',
    place,
    `host port, else container port, of each ${what}'s ports`,
  );
}

function ruleAttribute(key: string, doc: string): FieldDef {
  return each(`ka.req.role.rules.${key}`, 'rule_attribute', `requestObject/rules/${key}`, doc);
}

/** Fields of the k8saudit plugin, in its order. */
export const AUDIT_FIELDS: readonly FieldDef[] = [
  walk('ka.auditid', 'auditID', 'id of the request; all its stages share it'),
  walk('ka.stage', 'stage', 'stage of the request, such as RequestReceived or ResponseComplete'),
  annotation('ka.auth.decision', 'authorization.k8s.io/decision', 'what the authorizer decided: allow or forbid'),
  annotation('ka.auth.reason', 'authorization.k8s.io/reason', 'why the authorizer decided so'),
  annotation(
    'ka.auth.openshift.decision',
    'authentication.openshift.io/decision',
    'what OpenShift authentication decided',
  ),
  annotation('ka.auth.openshift.username', 'authentication.openshift.io/username', 'user that OpenShift authenticated'),
  annotation(
    'ka.validations.admission.policy.failure',
    'validation.policy.admission.k8s.io/validation_failure',
    'JSON text about validating admission policies that failed',
  ),
  annotation(
    'ka.security.pod.violations',
    'pod-security.kubernetes.io/audit-violations',
    'pod security standards that the pod breaks, in words',
  ),
  walk('ka.user.name', 'user/username', 'user who sent the request'),
  walkList('ka.user.groups', 'user/groups', 'groups of that user'),
  walk('ka.impuser.name', 'impersonatedUser/username', 'user on whose behalf the request was sent'),
  walk('ka.verb', 'verb', 'verb of the request, such as get or create'),
  walk('ka.uri', 'requestURI', 'path and query as the client sent them'),
  text('ka.uri.param', 'decoded value of a query parameter', { op: 'uri_param' }, KEY),
  walk('ka.target.name', 'objectRef/name', 'name of the object'),
  walk('ka.target.namespace', 'objectRef/namespace', 'namespace of the object'),
  walk('ka.target.resource', 'objectRef/resource', 'resource of the object, such as pods'),
  walk('ka.target.subresource', 'objectRef/subresource', 'subresource, such as exec'),
  text('ka.target.pod.name', 'name of the pod in the response to a request about pods', { op: 'pod_name' }),
  walkList('ka.req.binding.subjects', 'requestObject/subjects', 'JSON text of each subject of the binding'),
  subjects('user_names', 'User', false, 'names of the users in the binding'),
  subjects('serviceaccount_names', 'ServiceAccount', false, 'names of the service accounts in the binding'),
  subjects('serviceaccount_ns_names', 'ServiceAccount', true, 'namespace:name of the service accounts in the binding'),
  subjects('group_names', 'Group', false, 'names of the groups in the binding'),
  walk('ka.req.binding.role', 'requestObject/roleRef/name', 'name of the role that the binding grants'),
  text('ka.req.binding.subject.has_name', 'true, whatever the key: kept for old rules', { op: 'constant_true' }, KEY),
  walk('ka.req.configmap.name', 'objectRef/name', 'name of the config map'),
  walk('ka.req.configmap.obj', 'requestObject/data', 'JSON text of the data that the request holds'),
  ...containerFields('containers', 'container'),
  hostPorts('containers', 'container'),
  text('ka.req.container.image', 'image reference of the first container', {
    op: 'multi_first',
    path: path('requestObject/spec/containers/image'),
  }),
  text('ka.req.container.image.repository', 'image of the first container without tag and digest', {
    op: 'multi_first_repository',
    path: path('requestObject/spec/containers/image'),
  }),
  text('ka.req.container.privileged', 'whether a container is privileged', {
    op: 'any_true',
    path: path('requestObject/spec/containers/securityContext/privileged'),
  }),
  walk('ka.req.container.host_network', 'requestObject/spec/hostNetwork', 'hostNetwork of the pod'),
  walk('ka.req.pod.host_ipc', 'requestObject/spec/hostIPC', 'hostIPC of the pod'),
  walk('ka.req.pod.host_network', 'requestObject/spec/hostNetwork', 'hostNetwork of the pod'),
  walk('ka.req.pod.host_pid', 'requestObject/spec/hostPID', 'hostPID of the pod'),
  walk('ka.req.pod.run_as_user', 'requestObject/spec/securityContext/runAsUser', 'user id that the pod sets for all'),
  walk(
    'ka.req.pod.run_as_group',
    'requestObject/spec/securityContext/runAsGroup',
    'group id that the pod sets for all',
  ),
  walk('ka.req.pod.fs_group', 'requestObject/spec/securityContext/fsGroup', 'group id that owns the volumes'),
  walkList(
    'ka.req.pod.supplemental_groups',
    'requestObject/spec/securityContext/supplementalGroups',
    'further group ids of the pod',
  ),
  walkList('ka.req.role.rules', 'requestObject/rules', 'JSON text of each rule of the role'),
  ruleAttribute('apiGroups', 'API groups in the rules of the role'),
  ruleAttribute('nonResourceURLs', 'URLs outside the resources in the rules of the role'),
  ruleAttribute('verbs', 'verbs in the rules of the role'),
  ruleAttribute('resources', 'resources in the rules of the role'),
  walk('ka.req.service.type', 'requestObject/spec/type', 'type of the service'),
  texts(
    'ka.req.service.ports',
    'JSON text of the ports of the service',
    { op: 'multi_skip', path: path('requestObject/spec/ports') },
    INDEX,
    { op: 'json_elements', path: path('requestObject/spec/ports') },
  ),
  each(
    'ka.req.pod.volumes.hostpath',
    'multi_skip',
    'requestObject/spec/volumes/hostPath/path',
    'host paths that the volumes mount',
  ),
  text(
    'ka.req.volume.hostpath',
    'whether a volume mounts this host path; a final * stands for anything',
    { op: 'hostpath_match', path: path('requestObject/spec/volumes/hostPath/path') },
    KEY,
  ),
  each(
    'ka.req.pod.volumes.flexvolume_driver',
    'multi_skip',
    'requestObject/spec/volumes/flexVolume/driver',
    'drivers of the flex volumes',
  ),
  each(
    'ka.req.pod.volumes.volume_type',
    'volume_keys',
    'requestObject/spec/volumes',
    'types of the volumes, such as hostPath or secret',
  ),
  walk('ka.resp.name', 'responseObject/metadata/name', 'name of the object in the response'),
  walk('ka.response.code', 'responseStatus/code', 'HTTP status, as text'),
  walk('ka.response.reason', 'responseStatus/reason', 'reason for the status'),
  walk('ka.useragent', 'userAgent', 'what the client says it is'),
  texts(
    'ka.sourceips',
    'addresses that the request came from',
    { op: 'rule_attribute', path: path('requestObject/rules/sourceIPs') },
    INDEX,
    { op: 'json_elements', path: ['sourceIPs'] },
  ),
  annotation('ka.cluster.name', 'cluster_name', 'name of the cluster, where the event source adds it'),
  ...containerFields('initContainers', 'init container'),
  hostPorts('initContainers', 'init container'),
  ...containerFields('ephemeralContainers', 'ephemeral container'),
];

/** What `ka.req.pod` has, for a pod template. */
function templateFields(spec: PodSpec): readonly FieldDef[] {
  const { at, prefix } = spec;
  return [
    ...containerFields('containers', 'container', spec),
    hostPorts('containers', 'container', spec),
    ...containerFields('initContainers', 'init container', spec),
    hostPorts('initContainers', 'init container', spec),
    walk(`${prefix}.host_ipc`, `${at}/hostIPC`, 'hostIPC of the pods'),
    walk(`${prefix}.host_network`, `${at}/hostNetwork`, 'hostNetwork of the pods'),
    walk(`${prefix}.host_pid`, `${at}/hostPID`, 'hostPID of the pods'),
    walk(`${prefix}.run_as_user`, `${at}/securityContext/runAsUser`, 'user id that the pods set for all containers'),
    walk(`${prefix}.serviceaccount`, `${at}/serviceAccountName`, 'service account of the pods'),
    each(
      `${prefix}.volumes.hostpath`,
      'multi_skip',
      `${at}/volumes/hostPath/path`,
      'host paths that the volumes mount',
    ),
    each(`${prefix}.volumes.volume_type`, 'volume_keys', `${at}/volumes`, 'types of the volumes, such as hostPath'),
  ];
}

const EXTENSIONS: readonly FieldDef[] = [
  walk('kx.target.apigroup', 'objectRef/apiGroup', 'API group of the object, absent for the core group'),
  walkList('kx.impuser.groups', 'impersonatedUser/groups', 'groups on whose behalf the request was sent'),
  {
    name: 'kx.sourceips',
    type: 'ipnet',
    list: true,
    arg: INDEX,
    doc: 'addresses that the request came from, to be compared with networks',
    extract: { op: 'json_elements', path: ['sourceIPs'] },
    gated: true,
    printsAddress: true,
  },
  ...templateFields({ at: 'requestObject/spec/template/spec', prefix: 'kx.template' }),
  ...templateFields({ at: 'requestObject/spec/jobTemplate/spec/template/spec', prefix: 'kx.cronjob' }),
];

/**
 * Fields that Falco does not have; a rule that names one of them needs falconet. `kx.template` reads the pod template of a
 * deployment, daemon set, stateful set, replica set or job, `kx.cronjob` the one of a cron job.
 */
export const EXTENSION_FIELDS: readonly FieldDef[] = EXTENSIONS.map((field) => ({
  ...field,
  doc: `${field.doc} (falconet only)`,
}));

function jsonFields(prefix: string): readonly FieldDef[] {
  const field = (name: string, doc: string, extract: Extraction): FieldDef => ({
    name: `${prefix}.${name}`,
    type: 'string',
    list: false,
    doc,
    extract,
  });
  return [
    { ...field('value', 'value that a JSON Pointer finds in the event', { op: 'pointer' }), arg: KEY },
    field('obj', 'the event as indented JSON text', { op: 'document_indented' }),
    field('rawtime', 'time of the event in nanoseconds since 1970, as text', { op: 'rawtime_text' }),
  ];
}

/** Fields of the json plugin. */
export const JSON_FIELDS: readonly FieldDef[] = [...jsonFields('json'), ...jsonFields('jevt')];

function event(property: string, type: FieldDef['type'], doc: string): FieldDef {
  return { name: `evt.${property}`, type, list: false, doc, extract: { op: 'event', property } };
}

/** Fields that the engine itself has for every event, whatever the catalogue. */
export const EVENT_FIELDS: readonly FieldDef[] = [
  event('num', 'uint64', 'number of the event, from 1'),
  event('time', 'string', 'local time of day with nanoseconds'),
  event('time.s', 'string', 'local time of day in seconds'),
  event('time.iso8601', 'string', 'UTC date and time with nanoseconds'),
  event('datetime', 'string', 'local date and time with nanoseconds'),
  event('datetime.s', 'string', 'local date and time in seconds'),
  event('rawtime', 'abstime', 'nanoseconds since 1970'),
  event('rawtime.s', 'abstime', 'seconds since 1970'),
  event('rawtime.ns', 'abstime', 'nanoseconds within the second'),
  event('reltime', 'reltime', 'nanoseconds since the first event'),
  event('reltime.s', 'reltime', 'seconds since the first event'),
  event('reltime.ns', 'reltime', 'nanoseconds within the second since the first event'),
  event('pluginname', 'string', 'plugin that the event comes from'),
  event('plugininfo', 'string', 'summary of the event in one line'),
  event('source', 'string', 'event source'),
  event('is_async', 'bool', 'false for every event of a plugin source'),
  event('asynctype', 'string', 'absent for every event of a plugin source'),
  event('hostname', 'string', 'name of this host'),
];

/** Fields by name, those of the engine last. */
export function fieldMap(fields: readonly FieldDef[]): ReadonlyMap<string, FieldDef> {
  return new Map([...fields, ...EVENT_FIELDS].map((field) => [field.name, field]));
}

/**
 * Kubernetes audit events, as the k8saudit and json plugins describe them. Under `falco` without the extensions: a rule file
 * that loads there loads in Falco.
 */
export function builtinCatalogue(semantics: 'falco' | 'fixed' = 'fixed'): Catalogue {
  const isFalco = semantics === 'falco';
  return {
    source: 'k8s_audit',
    plugins: [
      { name: 'k8saudit', version: '0.18.0' },
      { name: 'json', version: '0.7.4' },
    ],
    summary: 'document',
    fields: fieldMap([...AUDIT_FIELDS, ...JSON_FIELDS, ...(isFalco ? [] : EXTENSION_FIELDS)]),
    ...(isFalco && { fixedOnly: new Set(EXTENSION_FIELDS.map(({ name }) => name)) }),
  };
}
