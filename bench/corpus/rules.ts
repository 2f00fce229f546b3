// Rule sets of any size, made up from a seed: 80 % of the rules are bound to a verb and a resource or subresource, 10 % to a user,
// namespace or name only, 5 % to substrings, globs or regular expressions of the URI, the user or an image, 5 % to a negation,
// `exists` or the end of a name. Each asks 2 to 5 further questions, half of them about bodies. Most questions are about something
// that is rare, as in sets that people write, so few events match.

import { Random } from './random.ts';

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection'] as const;
const RESOURCES = [
  'pods',
  'deployments',
  'replicasets',
  'daemonsets',
  'statefulsets',
  'jobs',
  'cronjobs',
  'services',
  'endpoints',
  'endpointslices',
  'configmaps',
  'secrets',
  'namespaces',
  'nodes',
  'serviceaccounts',
  'roles',
  'clusterroles',
  'rolebindings',
  'clusterrolebindings',
  'ingresses',
  'networkpolicies',
  'persistentvolumes',
  'persistentvolumeclaims',
  'storageclasses',
  'leases',
  'events',
  'customresourcedefinitions',
  'apiservices',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
  'certificatesigningrequests',
  'tokenreviews',
  'subjectaccessreviews',
  'limitranges',
  'resourcequotas',
  'horizontalpodautoscalers',
  'poddisruptionbudgets',
  'priorityclasses',
  'runtimeclasses',
  'volumeattachments',
] as const;
const SUBRESOURCES = [
  'status',
  'exec',
  'attach',
  'portforward',
  'proxy',
  'scale',
  'token',
  'log',
  'eviction',
  'approval',
] as const;
const IMAGES = ['nginx', 'redis', 'busybox', 'alpine', 'xmrig', 'ubuntu', 'netshoot', 'kube-hunter'] as const;

/** Share of the further questions to which a fair share of events answers yes. */
const COMMON = 0.45;

/** Rules as the text of a rule file. */
export function generateRules(count: number, seed: number): string {
  const random = new Random(seed);
  return Array.from({ length: count }, (_, i) => ruleText(i, condition(random))).join('\n');
}

function ruleText(number: number, text: string): string {
  return `- rule: Generated ${number}
  desc: made from a seed
  condition: ${JSON.stringify(text)}
  output: "user=%ka.user.name verb=%ka.verb uri=%ka.uri"
  priority: NOTICE
  source: k8s_audit
`;
}

function condition(random: Random): string {
  const first = random.weighted<(random: Random) => string>([
    [boundToTarget, 80],
    [boundToName, 10],
    [boundToPart, 5],
    [boundByAbsence, 5],
  ])(random);
  const further = Array.from({ length: 2 + random.below(4) }, () =>
    random.chance(0.5) ? bodyQuestion(random) : envelopeQuestion(random),
  );
  return [first, ...further].join(' and ');
}

function boundToTarget(random: Random): string {
  const verb = random.chance(0.6)
    ? `ka.verb = ${random.pick(VERBS)}`
    : `ka.verb in (${random.sample(VERBS, 2 + random.below(2)).join(', ')})`;
  const target = random.chance(0.75)
    ? `ka.target.resource = ${random.pick(RESOURCES)}`
    : `ka.target.subresource = ${random.pick(SUBRESOURCES)}`;
  return `${verb} and ${target}`;
}

function boundToName(random: Random): string {
  return random.pick([
    () => `ka.user.name = user-${random.below(5000)}`,
    () => `ka.user.name in (user-${random.below(5000)}, user-${random.below(5000)}, user-${random.below(5000)})`,
    () => `ka.target.namespace = team-${random.below(2000)}`,
    () => `ka.target.namespace in (team-${random.below(2000)}, team-${random.below(2000)})`,
    () => `ka.target.name = object-${random.below(9000)}`,
  ])();
}

function boundToPart(random: Random): string {
  return random.pick([
    () => `ka.uri contains "/apis/example-${random.below(500)}.com/"`,
    () => `ka.uri glob "*/namespaces/team-${random.below(2000)}/*"`,
    () => `ka.uri regex "/proxy/[a-z]+-${random.below(900)}(/|$)"`,
    () => `ka.user.name contains "robot-${random.below(900)}"`,
    () => `ka.user.name glob "system:serviceaccount:team-${random.below(900)}:*"`,
    () => `ka.user.name regex "^(dev|ops)-[0-9]+-${random.below(900)}$"`,
    () => `jevt.value[/requestObject/spec/containers/0/image] contains "${random.pick(IMAGES)}:${random.below(900)}."`,
  ])();
}

function boundByAbsence(random: Random): string {
  return random.pick([
    () => 'not ka.user.name startswith "system:"',
    () => `not ka.verb in (${random.sample(VERBS, 3).join(', ')})`,
    () => `ka.target.namespace != team-${random.below(2000)}`,
    () => 'ka.target.subresource exists',
    () => 'ka.impuser.name exists',
    () => `ka.target.name endswith "-${random.below(5000)}-tmp"`,
  ])();
}

/** Mostly about somebody or something in particular. */
function envelopeQuestion(random: Random): string {
  if (random.chance(COMMON)) {
    return random.pick([
      'ka.useragent startswith kubectl',
      'ka.response.code = 404',
      'ka.user.name endswith "@example.com"',
      'ka.user.groups intersects (system:masters, team-leads)',
      'ka.uri contains "dryRun=All"',
    ]);
  }
  return random.pick([
    () => `ka.user.name = user-${random.below(5000)}`,
    () => `ka.user.groups intersects (team-${random.below(900)}, ops-${random.below(90)})`,
    () => `ka.target.namespace in (team-${random.below(2000)}, team-a, payments)`,
    () => `ka.target.name startswith "app-${random.below(900)}-"`,
    () => `ka.response.code = ${400 + random.below(30)}`,
    () => `ka.useragent contains "tool-${random.below(500)}/"`,
    () => `ka.uri contains "fieldManager=tool-${random.below(500)}"`,
    () => `ka.sourceips intersects ("10.${random.below(250)}.0.${random.below(250)}")`,
  ])();
}

function bodyQuestion(random: Random): string {
  if (random.chance(COMMON)) {
    return random.pick([
      'jevt.value[/requestObject/kind] in (Deployment, DaemonSet, Job)',
      'ka.req.pod.containers.image.repository in (nginx, busybox, redis)',
      'jevt.value[/requestObject/spec/replicas] exists',
      'jevt.value[/requestObject/metadata/ownerReferences] exists',
    ]);
  }
  return random.pick([
    () => 'ka.req.pod.containers.privileged intersects (true)',
    () => 'ka.req.pod.host_network intersects (true)',
    () => `ka.req.pod.volumes.hostpath intersects (/proc, /etc, /data/${random.below(900)})`,
    () =>
      `ka.req.pod.containers.image.repository in (${random.pick(IMAGES)}, registry.example.com/app-${random.below(900)})`,
    () => `ka.req.role.rules.verbs intersects ("*", escalate, custom-${random.below(90)})`,
    () => `ka.req.binding.role in (cluster-admin, role-${random.below(900)})`,
    () => `ka.req.configmap.obj contains "token-${random.below(900)}"`,
    () => `jevt.value[/requestObject/metadata/labels/app] = app-${random.below(900)}`,
    () => `jevt.value[/requestObject/spec/replicas] = ${10 + random.below(90)}`,
    () => `jevt.value[/requestObject/spec/template/spec/serviceAccountName] = robot-${random.below(900)}`,
  ])();
}
