// The table of the ka.*, jevt.* and json.* fields: which algorithm reads which place.

import {
  type AuditField,
  allOrNothing,
  anyPrivileged,
  atPath,
  capabilities,
  documentIndented,
  effectiveId,
  firstOf,
  hostPathMatch,
  joined,
  podName,
  pointer,
  ports,
  type Request,
  rawTime,
  repository,
  ruleAttribute,
  servicePorts,
  single,
  skipping,
  sourceIps,
  subjects,
  unchanged,
  uriParameter,
  volumeTypes,
  walked,
  walkedList,
} from './audit-readers.ts';

const annotation = (key: string): AuditField => walked('annotations', key);
const spec = (...path: string[]): string[] => ['requestObject', 'spec', ...path];

function containerFields(containers: string): [string, AuditField][] {
  const inside = (...path: string[]) => spec(containers, ...path);
  const secured = (...path: string[]) => skipping(...inside('securityContext', ...path));
  const rows: [string, AuditField][] = [
    ['name', allOrNothing(inside('name'), unchanged)],
    ['image', allOrNothing(inside('image'), unchanged)],
    ['image.repository', allOrNothing(inside('image'), repository)],
    ['command', joined(inside('command'))],
    ['args', joined(inside('args'))],
    ['privileged', secured('privileged')],
    ['allow_privilege_escalation', secured('allowPrivilegeEscalation')],
    ['read_only_fs', secured('readOnlyRootFilesystem')],
    ['run_as_user', secured('runAsUser')],
    ['eff_run_as_user', effectiveId(containers, 'runAsUser')],
    ['run_as_group', secured('runAsGroup')],
    ['eff_run_as_group', effectiveId(containers, 'runAsGroup')],
    ['proc_mount', secured('procMount')],
    ['add_capabilities', capabilities(inside('securityContext', 'capabilities', 'add'))],
  ];
  if (containers !== 'ephemeralContainers') rows.push(['host_port', ports(inside('ports'))]);
  return rows.map(([name, field]) => [`ka.req.pod.${containers}.${name}`, field]);
}

const KA_FIELDS: readonly [string, AuditField][] = [
  ['ka.auditid', walked('auditID')],
  ['ka.stage', walked('stage')],
  ['ka.auth.decision', annotation('authorization.k8s.io/decision')],
  ['ka.auth.reason', annotation('authorization.k8s.io/reason')],
  ['ka.auth.openshift.decision', annotation('authentication.openshift.io/decision')],
  ['ka.auth.openshift.username', annotation('authentication.openshift.io/username')],
  ['ka.validations.admission.policy.failure', annotation('validation.policy.admission.k8s.io/validation_failure')],
  ['ka.security.pod.violations', annotation('pod-security.kubernetes.io/audit-violations')],
  ['ka.user.name', walked('user', 'username')],
  ['ka.user.groups', walkedList('user', 'groups')],
  ['ka.impuser.name', walked('impersonatedUser', 'username')],
  ['ka.verb', walked('verb')],
  ['ka.uri', walked('requestURI')],
  ['ka.uri.param', uriParameter],
  ['ka.target.name', walked('objectRef', 'name')],
  ['ka.target.namespace', walked('objectRef', 'namespace')],
  ['ka.target.resource', walked('objectRef', 'resource')],
  ['ka.target.subresource', walked('objectRef', 'subresource')],
  ['ka.target.pod.name', podName],
  ['ka.req.binding.subjects', walkedList('requestObject', 'subjects')],
  ['ka.req.binding.subjects.user_names', subjects('User')],
  ['ka.req.binding.subjects.serviceaccount_names', subjects('ServiceAccount')],
  ['ka.req.binding.subjects.serviceaccount_ns_names', subjects('ServiceAccount', true)],
  ['ka.req.binding.subjects.group_names', subjects('Group')],
  ['ka.req.binding.role', walked('requestObject', 'roleRef', 'name')],
  ['ka.req.binding.subject.has_name', single(() => 'true')],
  ['ka.req.configmap.name', walked('objectRef', 'name')],
  ['ka.req.configmap.obj', walked('requestObject', 'data')],
  ['ka.req.container.image', firstOf(spec('containers', 'image'), unchanged)],
  ['ka.req.container.image.repository', firstOf(spec('containers', 'image'), repository)],
  ['ka.req.container.privileged', anyPrivileged],
  ['ka.req.container.host_network', walked(...spec('hostNetwork'))],
  ['ka.req.pod.host_ipc', walked(...spec('hostIPC'))],
  ['ka.req.pod.host_network', walked(...spec('hostNetwork'))],
  ['ka.req.pod.host_pid', walked(...spec('hostPID'))],
  ['ka.req.pod.run_as_user', walked(...spec('securityContext', 'runAsUser'))],
  ['ka.req.pod.run_as_group', walked(...spec('securityContext', 'runAsGroup'))],
  ['ka.req.pod.fs_group', walked(...spec('securityContext', 'fsGroup'))],
  ['ka.req.pod.supplemental_groups', walkedList(...spec('securityContext', 'supplementalGroups'))],
  ['ka.req.role.rules', walkedList('requestObject', 'rules')],
  ['ka.req.role.rules.apiGroups', ruleAttribute('apiGroups')],
  ['ka.req.role.rules.nonResourceURLs', ruleAttribute('nonResourceURLs')],
  ['ka.req.role.rules.verbs', ruleAttribute('verbs')],
  ['ka.req.role.rules.resources', ruleAttribute('resources')],
  ['ka.req.service.type', walked(...spec('type'))],
  ['ka.req.service.ports', servicePorts],
  ['ka.req.pod.volumes.hostpath', skipping(...spec('volumes', 'hostPath', 'path'))],
  ['ka.req.volume.hostpath', hostPathMatch],
  ['ka.req.pod.volumes.flexvolume_driver', skipping(...spec('volumes', 'flexVolume', 'driver'))],
  ['ka.req.pod.volumes.volume_type', volumeTypes],
  ['ka.resp.name', walked('responseObject', 'metadata', 'name')],
  ['ka.response.code', walked('responseStatus', 'code')],
  ['ka.response.reason', walked('responseStatus', 'reason')],
  ['ka.useragent', walked('userAgent')],
  ['ka.sourceips', sourceIps],
  ['ka.cluster.name', annotation('cluster_name')],
  ...['containers', 'initContainers', 'ephemeralContainers'].flatMap(containerFields),
];

/** Every ka.* field has no value on a document without an auditID. */
function gated(field: AuditField): AuditField {
  const hasId = (request: Request) => atPath(request, ['auditID']) !== undefined;
  return { list: field.list, read: (request) => (hasId(request) ? field.read(request) : undefined) };
}

const JSON_FIELDS: readonly [string, AuditField][] = ['json', 'jevt'].flatMap((family): [string, AuditField][] => [
  [`${family}.value`, pointer],
  [`${family}.obj`, documentIndented],
  [`${family}.rawtime`, rawTime],
]);

export const AUDIT_FIELDS: ReadonlyMap<string, AuditField> = new Map([
  ...KA_FIELDS.map(([name, field]): [string, AuditField] => [name, gated(field)]),
  ...JSON_FIELDS,
]);
