// Falco's default rules as one would write them by hand for speed: one look at stage, resource and verb leads to the few rules
// that are still possible, sets instead of lists, nothing computed twice. Rules are numbered as in the rule file, from 1;
// those that the file switches off by a macro are left out. Lists of names and images are data, given from outside.

import { type AuditEvent, type Container, type RequestObject, repositoryOf } from './audit-event.ts';

export type Lists = (name: string) => ReadonlySet<string>;

const SENSITIVE_PATHS: ReadonlySet<string> = new Set([
  '/',
  '/proc',
  '/etc',
  '/root',
  '/home/admin',
  '/var/run/docker.sock',
  '/var/run/crio/crio.sock',
  '/run/containerd/containerd.sock',
  '/var/lib/kubelet',
  '/var/lib/kubelet/pki',
  '/etc/kubernetes',
  '/etc/kubernetes/manifests',
]);
const CREDENTIALS = /aws_access_key_id|aws-access-key-id|aws_s3_access_key_id|aws-s3-access-key-id|password|passphrase/;
const ENDPOINTS = /^\/(?:healthz|livez|readyz)(?:$|\?)/;
const WRITE_VERBS: ReadonlySet<string> = new Set(['create', 'update', 'patch', 'delete', 'deletecollection']);
const ROLE_EXCEPTIONS: ReadonlySet<string> = new Set(['system:coredns', 'system:managed-certificate-controller']);

/** Rules for the creation and the deletion of a resource, if it succeeded. */
const ACTIVITY: Readonly<Record<string, readonly [number, number]>> = {
  deployments: [22, 23],
  services: [24, 25],
  configmaps: [26, 27],
  serviceaccounts: [30, 31],
  roles: [32, 33],
  clusterroles: [34, 35],
  rolebindings: [36, 37],
  clusterrolebindings: [38, 39],
};

/** A function that appends the numbers of an event's rules. */
export function handWritten(lists: Lists): (event: AuditEvent, found: number[]) => void {
  const users = new Set([...lists('allowed_k8s_users'), ...lists('eks_allowed_k8s_users')]);
  const privileged = lists('k8s_audit_privileged_images');
  const mounting = lists('k8s_audit_sensitive_mount_images');
  const onHostNetwork = lists('k8s_audit_hostnetwork_images');
  const kubeImages = lists('allowed_kube_namespace_image_list');
  const namespaces = lists('allowed_namespaces');
  const serviceAccounts = lists('known_sa_list');
  const none: ReadonlySet<string> = new Set();

  function anyUser(event: AuditEvent, isSystem: boolean, found: number[]): void {
    const name = event.user?.username;
    if (!isSystem && (name === undefined || !users.has(name))) found.push(1);
    if (name !== 'system:anonymous' || event.annotations?.['authorization.k8s.io/decision'] !== 'allow') return;
    if (event.requestURI === undefined || !ENDPOINTS.test(event.requestURI)) found.push(10);
  }

  function podCreated(event: AuditEvent, found: number[]): void {
    const spec = event.requestObject?.spec;
    if (spec !== undefined) {
      const { containers } = spec;
      const isPrivileged =
        anyPrivileged(containers) || anyPrivileged(spec.initContainers) || anyPrivileged(spec.ephemeralContainers);
      if (isPrivileged && !allImagesIn(containers, privileged)) found.push(3);
      const mounts = spec.volumes?.some((volume) => SENSITIVE_PATHS.has(volume.hostPath?.path as string));
      if (mounts && !allImagesIn(containers, mounting)) found.push(4);
      if (spec.hostNetwork === true && !allImagesIn(containers, onHostNetwork)) found.push(5);
      if (spec.hostPID === true && !allImagesIn(containers, none)) found.push(6);
      if (spec.hostIPC === true && !allImagesIn(containers, none)) found.push(7);
    }
    if (isKubeNamespace(event) && !allImagesIn(spec?.containers, kubeImages)) found.push(15);
  }

  function roleCreated(body: RequestObject | undefined, found: number[]): void {
    let [isWildcard, isWriting, isExec] = [false, false, false];
    for (const { resources, verbs } of body?.rules ?? []) {
      for (const resource of resources ?? []) {
        isWildcard ||= resource === '*';
        isExec ||= resource === 'pods/exec';
      }
      for (const verb of verbs ?? []) {
        isWildcard ||= verb === '*';
        isWriting ||= WRITE_VERBS.has(verb);
      }
    }
    if (isWildcard) found.push(19);
    if (isWriting) found.push(20);
    if (isExec) found.push(21);
  }

  function created(event: AuditEvent, resource: string, isSystem: boolean, found: number[]): void {
    const body = event.requestObject;
    const isDone = isSuccessful(event);
    const activity = ACTIVITY[resource];
    if (activity !== undefined && isDone) found.push(activity[0]);
    switch (resource) {
      case 'pods':
        if (event.objectRef!.subresource === undefined) podCreated(event, found);
        return;
      case 'services':
        if (body?.spec?.type === 'NodePort') found.push(8);
        return;
      case 'namespaces': {
        const name = event.objectRef!.name;
        if (name === undefined || !namespaces.has(name)) found.push(14);
        if (isDone) found.push(28);
        return;
      }
      case 'serviceaccounts':
        if (isDone && isKubeNamespace(event) && !serviceAccounts.has(event.objectRef!.name as string)) found.push(16);
        return;
      case 'clusterrolebindings':
        if (body?.roleRef?.name === 'cluster-admin') found.push(18);
        return;
      case 'roles':
      case 'clusterroles':
        roleCreated(body, found);
        return;
      case 'secrets':
        if (isDone && isForeignSecret(event, isSystem)) found.push(40);
        return;
      case 'ingresses':
        if (isDone && body?.spec?.tls === undefined) found.push(46);
    }
  }

  function deleted(event: AuditEvent, resource: string, isSystem: boolean, found: number[]): void {
    if (!isSuccessful(event)) return;
    const activity = ACTIVITY[resource];
    if (activity !== undefined) found.push(activity[1]);
    if (resource === 'namespaces' && !isSystem) found.push(29);
    if (resource === 'secrets' && isForeignSecret(event, isSystem)) found.push(41);
  }

  return (event, found) => {
    const target = event.objectRef;
    if (target?.subresource === 'portforward') found.push(12);
    const { stage, verb } = event;
    if (stage === 'ResponseStarted') {
      const isShell = target?.subresource === 'exec' || target?.subresource === 'attach';
      if (isShell && target.resource === 'pods' && (verb === 'create' || verb === 'get')) found.push(11);
      return;
    }
    if (stage !== 'ResponseComplete') return;
    const isSystem = event.user?.username?.startsWith('system:') ?? false;
    anyUser(event, isSystem, found);
    const resource = target?.resource;
    if (resource === undefined) return;
    if (verb === 'get') {
      if (resource === 'secrets') found.push(isSuccessful(event) ? 42 : 43);
      return;
    }
    if (verb === 'create' || verb === 'update' || verb === 'patch') changed(event, resource, found);
    if (verb === 'create') created(event, resource, isSystem, found);
    else if (verb === 'delete') deleted(event, resource, isSystem, found);
    if (verb !== 'create' && verb !== 'update' && verb !== 'patch' && verb !== 'delete') return;
    if ((resource === 'roles' || resource === 'clusterroles') && isSystemRole(target!.name)) found.push(17);
  };
}

function changed(event: AuditEvent, resource: string, found: number[]): void {
  if (resource === 'configmaps' && event.requestObject?.data !== undefined) {
    if (CREDENTIALS.test(JSON.stringify(event.requestObject.data))) found.push(9);
  }
  if (resource === 'pods' && event.objectRef!.subresource === 'ephemeralcontainers') found.push(13);
}

function isSuccessful({ responseStatus }: AuditEvent): boolean {
  return responseStatus?.code !== undefined && String(responseStatus.code).startsWith('2');
}

function isKubeNamespace({ objectRef }: AuditEvent): boolean {
  return objectRef!.namespace === 'kube-system' || objectRef!.namespace === 'kube-public';
}

function isForeignSecret({ objectRef }: AuditEvent, isSystem: boolean): boolean {
  return !isSystem && objectRef!.namespace !== undefined && objectRef!.namespace !== 'kube-system';
}

function isSystemRole(name: string | undefined): boolean {
  return name?.startsWith('system:') === true && !ROLE_EXCEPTIONS.has(name);
}

function anyPrivileged(containers: readonly Container[] | undefined): boolean {
  return containers?.some((container) => container.securityContext?.privileged === true) ?? false;
}

/** One container without an image, or no container at all: not all. */
function allImagesIn(containers: readonly Container[] | undefined, images: ReadonlySet<string>): boolean {
  // the API server writes null for an empty list
  if (!containers?.length) return false;
  return containers.every(({ image }) => image !== undefined && images.has(repositoryOf(image)));
}
