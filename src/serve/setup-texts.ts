// The files and flags that make an API server send its audit events to a webhook, as texts.

export interface WebhookClient {
  readonly url: string;
  readonly caData?: string;
  readonly certificateData?: string;
  readonly keyData?: string;
  readonly token?: string;
}

export interface SetupSection {
  readonly name: string;
  readonly title: string;
  /** with its last line end */
  readonly text: string;
}

/** Of both files, beside the API server. */
export const AUDIT_DIRECTORY = '/etc/kubernetes/audit';
const LOG_PATH = '/var/log/kubernetes/audit/audit.log';

/** Bodies where rules look into them, names where they do not, and nothing of the traffic that is only noise. */
export const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
# what a request came to is in its last stage; nothing is known in the first one that is not in that
omitStages: [RequestReceived]
omitManagedFields: true
rules:
  # probes and discovery
  - level: None
    nonResourceURLs: ['/healthz*', '/livez*', '/readyz*', '/version', '/openapi/*', '/swagger*']
  - level: None
    verbs: [get]
    userGroups: ['system:authenticated']
    nonResourceURLs: ['/api', '/api/*', '/apis', '/apis/*']
  # the cluster's own chatter
  - level: None
    userGroups: ['system:nodes']
    verbs: [get, list, watch, update, patch]
    resources:
      - group: ''
        resources: [nodes, nodes/status, pods, pods/status, configmaps]
      - group: storage.k8s.io
      - group: node.k8s.io
  - level: None
    users: ['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler', 'system:kube-proxy']
    verbs: [get, list, watch]
  - level: None
    users: ['system:kube-controller-manager', 'system:serviceaccount:kube-system:endpointslice-controller']
    resources:
      - group: ''
        resources: [endpoints]
      - group: discovery.k8s.io
        resources: [endpointslices]
  - level: None
    resources:
      - group: ''
        resources: [events]
      - group: events.k8s.io
        resources: [events]
      - group: coordination.k8s.io
        resources: [leases]
  # what secrets and tokens hold does not belong into a log
  - level: Metadata
    resources:
      - group: ''
        resources: [secrets, serviceaccounts/token]
      - group: authentication.k8s.io
        resources: [tokenreviews]
  # commands in containers: their parameters are in the URI
  - level: Metadata
    resources:
      - group: ''
        resources: [pods/exec, pods/attach, pods/portforward, pods/proxy, services/proxy, nodes/proxy, pods/log]
  # changes: with what was asked for, and what came of it
  - level: RequestResponse
    verbs: [create, update, patch, delete, deletecollection]
    resources:
      - group: ''
      - group: apps
      - group: batch
      - group: networking.k8s.io
      - group: policy
      - group: rbac.authorization.k8s.io
      - group: admissionregistration.k8s.io
      - group: apiextensions.k8s.io
      - group: apiregistration.k8s.io
      - group: certificates.k8s.io
  - level: Metadata
`;

export function webhookKubeconfig({ url, caData, certificateData, keyData, token }: WebhookClient): string {
  const user = [
    ...(certificateData === undefined ? [] : [`client-certificate-data: ${certificateData}`]),
    ...(keyData === undefined ? [] : [`client-key-data: ${keyData}`]),
    ...(token === undefined ? [] : [`token: ${JSON.stringify(token)}`]),
  ];
  const userText = user.length === 0 ? ' {}\n' : `\n${user.map((line) => `      ${line}\n`).join('')}`;
  return `apiVersion: v1
kind: Config
clusters:
  - name: falconet
    cluster:
      server: ${JSON.stringify(url)}
${caData === undefined ? '' : `      certificate-authority-data: ${caData}\n`}users:
  - name: api-server
    user:${userText}contexts:
  - name: default
    context:
      cluster: falconet
      user: api-server
current-context: default
`;
}

/**
 * The API server's flags. The defaults of the batches are kept but for the waiting: 30 s are long for an alert. Without truncation a batch
 * of large objects has no bound, and one above the webhook's max_body_size would be lost as a whole; with it batches stay below
 * 10 MiB, and only an event that would be rejected for its size loses its bodies.
 */
export function apiServerFlags(files: AuditFiles): readonly string[] {
  return [
    `--audit-policy-file=${files.policy}`,
    `--audit-webhook-config-file=${files.kubeconfig}`,
    '--audit-webhook-mode=batch',
    '--audit-webhook-batch-max-wait=1s',
    '--audit-webhook-truncate-enabled=true',
    `--audit-webhook-truncate-max-batch-size=${10 << 20}`,
    `--audit-webhook-truncate-max-event-size=${4 << 20}`,
  ];
}

/** Paths as the API server sees them. */
export interface AuditFiles {
  readonly policy: string;
  readonly kubeconfig: string;
}

function filesIn(directory: string): AuditFiles {
  return { policy: `${directory}/policy.yaml`, kubeconfig: `${directory}/webhook.yaml` };
}

/** Everything, one way to run a cluster after the other; `directory` is that of both files where nothing else is usual. */
export function sections(client: WebhookClient, directory: string = AUDIT_DIRECTORY): readonly SetupSection[] {
  const files = filesIn(directory);
  return [
    { name: 'kubeconfig', title: `the webhook's kubeconfig: ${files.kubeconfig}`, text: webhookKubeconfig(client) },
    { name: 'policy', title: `an audit policy: ${files.policy}`, text: AUDIT_POLICY },
    { name: 'flags', title: 'flags of kube-apiserver', text: `${apiServerFlags(files).join('\n')}\n` },
    { name: 'kubeadm', title: 'kubeadm: ClusterConfiguration for kubeadm init --config', text: kubeadm(directory) },
    { name: 'kind', title: 'kind: kind create cluster --config, with both files in ./audit', text: kind(directory) },
    { name: 'minikube', title: 'minikube', text: minikube() },
    { name: 'k3s', title: 'k3s: /etc/rancher/k3s/config.yaml', text: k3s() },
    { name: 'kops', title: 'kops: kops edit cluster', text: kops(client) },
    { name: 'auditsink', title: 'clusters of 1.13 to 1.18 with dynamic audit: AuditSink', text: auditSink(client) },
  ];
}

function flagPairs(files: AuditFiles): readonly (readonly [string, string])[] {
  return apiServerFlags(files).map((flag) => /^--([^=]+)=(.*)$/.exec(flag)!.slice(1) as [string, string]);
}

function kubeadm(directory: string): string {
  const args = flagPairs(filesIn(directory)).map(
    ([name, value]) => `    - { name: ${name}, value: ${JSON.stringify(value)} }\n`,
  );
  return `# with both files in ${directory} on every node of the control plane; for a cluster that runs, add this to its configuration and
# there: kubeadm init phase control-plane apiserver --config FILE
apiVersion: kubeadm.k8s.io/v1beta4
kind: ClusterConfiguration
apiServer:
  extraArgs:
${args.join('')}  extraVolumes:
    - { name: audit, hostPath: ${directory}, mountPath: ${directory}, readOnly: true, pathType: Directory }
`;
}

/** Without a version the patch fits kubeadm's old and new form: kind translates it. */
function kind(directory: string): string {
  const args = flagPairs(filesIn(directory)).map(([name, value]) => `            ${name}: ${JSON.stringify(value)}\n`);
  return `kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
    extraMounts:
      - { hostPath: ./audit, containerPath: ${directory}, readOnly: true }
    kubeadmConfigPatches:
      - |
        kind: ClusterConfiguration
        apiServer:
          extraArgs:
${args.join('')}          extraVolumes:
            - { name: audit, hostPath: ${directory}, mountPath: ${directory}, readOnly: true, pathType: Directory }
`;
}

function minikube(): string {
  const paths = { policy: '/etc/ssl/certs/audit-policy.yaml', kubeconfig: '/etc/ssl/certs/audit-webhook.yaml' };
  const flags = apiServerFlags(paths).map((flag) => `apiserver.${flag.slice(2)}`);
  return `# with both files here; minikube copies what is below ~/.minikube/files into the machine
mkdir -p ~/.minikube/files/etc/ssl/certs
cp policy.yaml ~/.minikube/files${paths.policy}
cp webhook.yaml ~/.minikube/files${paths.kubeconfig}
minikube start \\
${flags.map((flag) => `  --extra-config=${flag}`).join(' \\\n')}
`;
}

function k3s(): string {
  const flags = apiServerFlags({
    policy: '/var/lib/rancher/k3s/server/audit-policy.yaml',
    kubeconfig: '/var/lib/rancher/k3s/server/audit-webhook.yaml',
  });
  return `# with both files where the flags name them, on every server; then systemctl restart k3s
kube-apiserver-arg:\n${flags.map((flag) => `  - ${JSON.stringify(flag.slice(2))}\n`).join('')}`;
}

function kops(client: WebhookClient): string {
  const indent = (text: string): string => text.replace(/^(?=.)/gm, '        ');
  const kubeconfig = '/srv/kubernetes/kube-apiserver/audit-webhook.yaml';
  const policy = '/srv/kubernetes/kube-apiserver/audit-policy.yaml';
  return `spec:
  fileAssets:
    - name: audit-policy
      path: ${policy}
      roles: [ControlPlane]
      content: |
${indent(AUDIT_POLICY)}    - name: audit-webhook
      path: ${kubeconfig}
      roles: [ControlPlane]
      content: |
${indent(webhookKubeconfig(client))}  kubeAPIServer:
    auditPolicyFile: ${policy}
    auditWebhookConfigFile: ${kubeconfig}
    auditWebhookMode: batch
    auditWebhookBatchMaxWait: 1s
    # kops has no keys for truncation: smaller batches keep bodies below the webhook's max_body_size
    auditWebhookBatchMaxSize: 100
    auditLogPath: ${LOG_PATH}
`;
}

function auditSink({ url, caData }: WebhookClient): string {
  return `# API server: --audit-dynamic-configuration --feature-gates=DynamicAuditing=true
# --runtime-config=auditregistration.k8s.io/v1alpha1=true
apiVersion: auditregistration.k8s.io/v1alpha1
kind: AuditSink
metadata:
  name: falconet
spec:
  policy:
    level: RequestResponse
    stages: [ResponseStarted, ResponseComplete]
  webhook:
    throttle: { qps: 10, burst: 15 }
    clientConfig:
      url: ${JSON.stringify(url)}
${caData === undefined ? '' : `      caBundle: ${caData}\n`}`;
}
