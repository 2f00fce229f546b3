// The field documentation, statement by statement, on odd events: every engine and the reference evaluator against values that
// were written by hand from it. Where the two semantics differ, fixed.test.ts has the rows.

import { describe, expect, test } from 'vitest';
import { ENGINES } from '../conformance/engines.ts';
import { parseExact } from '../conformance/exact-json.ts';
import { ruleFile } from '../conformance/rule-text.ts';

type Value = string | readonly string[] | null;
interface Row {
  readonly what: string;
  readonly event: string;
  /** field, as its key in output_fields, to what it is; null: absent */
  readonly values: Readonly<Record<string, Value>>;
  /** the only semantics that read it; both if there is none */
  readonly under?: 'falco' | 'fixed';
}

const BASICS = '"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09.5Z"';
const event = (members: string): string => `{${members},${BASICS}}`;
const request = (body: string): string => event(`"requestObject":${body}`);
const pod = (spec: string): string => request(`{"spec":{${spec}}}`);
const uri = (text: string): string => event(`"requestURI":"${text}"`);

const row = (what: string, text: string, values: Row['values'], under?: Row['under']): Row => ({
  what,
  event: text,
  values,
  ...(under && { under }),
});

const GATE: readonly Row[] = [
  row('no auditID', `{"verb":"get","kind":"Event","stageTimestamp":"2024-05-06T07:08:09Z"}`, {
    'ka.verb': null,
    'ka.auditid': null,
    'ka.req.binding.subject.has_name[x]': null,
    'jevt.value[/verb]': 'get',
    'json.rawtime': '1714979289000000000',
  }),
  row('auditID null', `{"auditID":null,"verb":"get","kind":"Event","stageTimestamp":"2024-05-06T07:08:09Z"}`, {
    'ka.auditid': 'null',
    'ka.verb': 'get',
    'ka.req.binding.subject.has_name[""]': 'true',
  }),
  row(
    'auditID spelled with an escape',
    `{"audit\\u0049D":1,"verb":"get","kind":"Event","stageTimestamp":"2024-05-06T07:08:09Z"}`,
    {
      'ka.auditid': '1',
      'ka.verb': 'get',
    },
  ),
  row(
    'auditID below the top',
    `{"user":{"auditID":"x"},"verb":"get","kind":"Event","stageTimestamp":"2024-05-06T07:08:09Z"}`,
    {
      'ka.verb': null,
    },
  ),
];

const TEXTS: readonly Row[] = [
  row('an empty string', event('"verb":"","stage":" "'), { 'ka.verb': '', 'ka.stage': ' ' }),
  row('null', event('"verb":null,"user":{"username":null,"groups":[null,"null"]}'), {
    'ka.verb': 'null',
    'ka.user.name': 'null',
    'ka.user.groups': ['null', 'null'],
  }),
  row(
    'numbers as written',
    event('"responseStatus":{"code":1.50,"reason":1E+2},"verb":123456789012345678901234567890'),
    {
      'ka.response.code': '1.50',
      'ka.response.reason': '1E+2',
      'ka.verb': '123456789012345678901234567890',
    },
  ),
  row('a number as a string', event('"responseStatus":{"code":"201"}'), { 'ka.response.code': '201' }),
  row('booleans', event('"verb":true,"stage":false'), { 'ka.verb': 'true', 'ka.stage': 'false' }),
  row('objects and arrays', event('"verb":{ "b" : [ 1 , {} ] , "a":"x","b":[]},"stage":[ ]'), {
    'ka.verb': '{"b":[1,{}],"a":"x","b":[]}',
    'ka.stage': '[]',
  }),
  row(
    'escapes inside are kept, of a text decoded',
    event('"verb":["\\u003c\\/"],"stage":"\\u003c\\/\\"\\\\\\b\\f\\n\\r\\t"'),
    {
      'ka.verb': '["\\u003c\\/"]',
      'ka.stage': '</"\\\b\f\n\r\t',
    },
  ),
  row(
    'surrogates',
    event('"verb":"\\ud83d\\ude00","stage":"\\ud83d\\u0041z","requestURI":"\\ud83dz","userAgent":"\\ude00\\u0041"'),
    {
      'ka.verb': '\u{1f600}',
      'ka.stage': '\ufffdz',
      'ka.uri': '\\ud83dz',
      'ka.useragent': '\ufffd',
    },
  ),
  row(
    'unknown and broken escapes',
    event('"verb":"\\q\\u12","stage":"\\u12G4x"'),
    {
      'ka.verb': '\\q\\u12',
      'ka.stage': '\\u12G4x',
    },
    'falco',
  ),
  row(
    'cut at the first NUL',
    event('"verb":"ge\\u0000t","stage":"\\u0000","user":{"groups":["a\\u0000b","\\u0000","c"]}'),
    {
      'ka.verb': 'ge',
      'ka.stage': '',
      'ka.user.groups': ['a', '', 'c'],
      'jevt.value[/verb]': 'ge',
      'jevt.value[/user/groups]': '["a\\u0000b","\\u0000","c"]',
    },
  ),
];

const WALKS: readonly Row[] = [
  row('steps need objects', event('"user":"x","objectRef":[{"name":"n"}],"annotations":null,"responseStatus":7'), {
    'ka.user.name': null,
    'ka.user.groups': null,
    'ka.target.name': null,
    'ka.auth.decision': null,
    'ka.response.code': null,
  }),
  row(
    'annotations',
    event(
      '"annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"","cluster_name":"c","pod-security.kubernetes.io/audit-violations":"v","validation.policy.admission.k8s.io/validation_failure":[1],"authentication.openshift.io/decision":"d","authentication.openshift.io/username":"u"}',
    ),
    {
      'ka.auth.decision': 'allow',
      'ka.auth.reason': '',
      'ka.cluster.name': 'c',
      'ka.security.pod.violations': 'v',
      'ka.validations.admission.policy.failure': '[1]',
      'ka.auth.openshift.decision': 'd',
      'ka.auth.openshift.username': 'u',
    },
  ),
  row('annotations of the body are not read', request('{"metadata":{"annotations":{"cluster_name":"c"}}}'), {
    'ka.cluster.name': null,
  }),
  row(
    'names',
    event(
      '"objectRef":{"name":"n","namespace":"s","resource":"pods","subresource":"exec"},"impersonatedUser":{"username":"i","groups":["g"]},"responseObject":{"metadata":{"name":"r"}}',
    ),
    {
      'ka.target.name': 'n',
      'ka.req.configmap.name': 'n',
      'ka.target.namespace': 's',
      'ka.target.resource': 'pods',
      'ka.target.subresource': 'exec',
      'ka.impuser.name': 'i',
      'ka.resp.name': 'r',
      'ka.target.pod.name': null,
    },
  ),
  row(
    'bodies of any kind',
    request(
      '{"data":{"k":"v"},"binaryData":{"b":""},"roleRef":{"kind":"X","name":"admin"},"spec":{"type":"NodePort"}}',
    ),
    {
      'ka.req.configmap.obj': '{"k":"v"}',
      'ka.req.binding.role': 'admin',
      'ka.req.service.type': 'NodePort',
    },
  ),
  row('no default type of a service', pod('"ports":[]'), { 'ka.req.service.type': null }),
  row(
    'flags of a pod',
    pod('"hostNetwork":true,"hostPID":"yes","securityContext":{"runAsUser":0,"runAsGroup":null,"fsGroup":"5"}'),
    {
      'ka.req.pod.host_network': 'true',
      'ka.req.container.host_network': 'true',
      'ka.req.pod.host_pid': 'yes',
      'ka.req.pod.host_ipc': null,
      'ka.req.pod.run_as_user': '0',
      'ka.req.pod.run_as_group': 'null',
      'ka.req.pod.fs_group': '5',
    },
  ),
  row('templates are not read', pod('"template":{"spec":{"hostNetwork":true,"containers":[{"image":"a"}]}}'), {
    'ka.req.pod.host_network': null,
    'ka.req.pod.containers.image': null,
    'ka.req.container.image': null,
  }),
];

const LISTS: readonly Row[] = [
  row('an empty array is absent', event('"user":{"groups":[]},"requestObject":{"rules":[],"subjects":[]}'), {
    'ka.user.groups': null,
    'ka.req.role.rules': null,
    'ka.req.binding.subjects': null,
  }),
  ...['null', '"g"', '{"0":"g"}', '7', 'true'].map((groups) =>
    row(`no array but ${groups}`, event(`"user":{"groups":${groups}}`), { 'ka.user.groups': null }),
  ),
  row(
    'elements of any type, in order, with duplicates',
    event('"user":{"groups":["b",1.0,["x"],{"k": 1},"b",false,""]}'),
    {
      'ka.user.groups': ['b', '1.0', '["x"]', '{"k":1}', 'b', 'false', ''],
    },
  ),
  row('supplemental groups', pod('"securityContext":{"supplementalGroups":[1,"2"]}'), {
    'ka.req.pod.supplemental_groups': ['1', '2'],
  }),
  row('rules and subjects as JSON text', request('{"rules":[{"verbs": ["get"]}],"subjects":[{"kind":"User"},7]}'), {
    'ka.req.role.rules': ['{"verbs":["get"]}'],
    'ka.req.binding.subjects': ['{"kind":"User"}', '7'],
  }),
  row('rules: null', request('{"rules":null}'), { 'ka.req.role.rules': null, 'ka.req.role.rules.verbs': null }),
];

const CONTAINERS: readonly Row[] = [
  row('containers in order', pod('"containers":[{"name":"a","image":"x:1"},{"name":"b","image":"y@sha256:0"}]'), {
    'ka.req.pod.containers.name': ['a', 'b'],
    'ka.req.pod.containers.name[1]': ['b'],
    'ka.req.pod.containers.name[2]': null,
    'ka.req.pod.containers.name[18446744073709551615]': ['a', 'b'],
    'ka.req.pod.containers.image.repository': ['x', 'y'],
    'ka.req.container.image': 'x:1',
    'ka.req.container.image.repository': 'x',
  }),
  row(
    'the three lists apart',
    pod('"containers":[{"name":"c"}],"initContainers":[{"name":"i"}],"ephemeralContainers":[{"name":"e"}]'),
    {
      'ka.req.pod.containers.name': ['c'],
      'ka.req.pod.initContainers.name': ['i'],
      'ka.req.pod.ephemeralContainers.name': ['e'],
    },
  ),
  row('the older body of ephemeral containers', request('{"ephemeralContainers":[{"name":"e"}]}'), {
    'ka.req.pod.ephemeralContainers.name': null,
  }),
  row('one without the key fails all of them', pod('"containers":[{"image":"x"},{}]'), {
    'ka.req.pod.containers.image': null,
    'ka.req.pod.containers.image[0]': ['x'],
    'ka.req.pod.containers.image[1]': null,
    'ka.req.pod.containers.name': null,
    'ka.req.container.image': 'x',
  }),
  row('the first container without an image', pod('"containers":[{},{"image":"x"}]'), {
    'ka.req.container.image': null,
    'ka.req.container.image.repository': null,
  }),
  row(
    'one container without an array around it',
    pod('"containers":{"image":"x","name":"a","ports":[{"hostPort":1}],"command":["c"]}'),
    {
      'ka.req.pod.containers.image': ['x'],
      'ka.req.pod.containers.image[5]': ['x'],
      'ka.req.container.image': 'x',
      'ka.req.pod.containers.host_port[3]': ['1'],
      'ka.req.pod.containers.command[1]': ['c'],
    },
  ),
  row('nested arrays', pod('"containers":[[{"image":"a"},[{"image":"b"}]],{"image":"c"}]'), {
    'ka.req.pod.containers.image': ['a', 'b', 'c'],
    'ka.req.pod.containers.image[0]': null,
    'ka.req.pod.containers.image[1]': ['c'],
  }),
  row('containers that are none', pod('"containers":["x",{"image":"a"},null]'), {
    'ka.req.pod.containers.image': null,
    'ka.req.pod.containers.privileged': null,
    'ka.req.pod.containers.image[1]': ['a'],
  }),
  row('null and wrong types of an image', pod('"containers":[{"image":null},{"image":["a:b"]},{"image":5}]'), {
    'ka.req.pod.containers.image': ['null', '["a:b"]', '5'],
  }),
  ...['null', '"x"', '7'].map((containers) =>
    row(`containers: ${containers}`, pod(`"containers":${containers}`), {
      'ka.req.pod.containers.image': null,
      'ka.req.pod.containers.privileged': null,
      'ka.req.container.privileged': null,
      'ka.req.pod.containers.host_port': null,
    }),
  ),
  row('an empty array of containers', pod('"containers":[]'), {
    'ka.req.pod.containers.image': null,
    'ka.req.pod.containers.command': null,
    'ka.req.container.image': null,
    'ka.req.container.privileged': 'false',
  }),
  row('a JSON patch', request('[{"op":"add","path":"/spec"},{}]'), {
    'ka.req.pod.containers.image': null,
    'ka.req.pod.containers.privileged': null,
    'ka.req.container.privileged': 'false',
    'ka.req.volume.hostpath[/x]': 'false',
    'ka.req.container.image': null,
    'ka.req.role.rules.verbs': null,
    'ka.req.pod.volumes.volume_type': null,
    'ka.req.pod.host_network': null,
  }),
  row(
    'an array of bodies',
    request('[{"spec":{"containers":[{"image":"a"},{"image":"b"}]}},{"spec":{"containers":[{"image":"c"}]}}]'),
    {
      'ka.req.pod.containers.image': ['a', 'b', 'c'],
      'ka.req.pod.containers.image[0]': ['a'],
      'ka.req.pod.containers.image[1]': null,
    },
  ),
  row(
    'settings of some containers',
    pod(
      '"containers":[{"securityContext":{"privileged":true,"procMount":"Default","readOnlyRootFilesystem":null}},{},{"securityContext":null},{"securityContext":{"privileged":"false","allowPrivilegeEscalation":false,"runAsUser":[1],"runAsGroup":5}}]',
    ),
    {
      'ka.req.pod.containers.privileged': ['true', 'false'],
      'ka.req.pod.containers.privileged[0]': ['true'],
      'ka.req.pod.containers.privileged[1]': null,
      'ka.req.pod.containers.proc_mount': ['Default'],
      'ka.req.pod.containers.read_only_fs': ['null'],
      'ka.req.pod.containers.allow_privilege_escalation': ['false'],
      'ka.req.pod.containers.run_as_user': ['[1]'],
      'ka.req.pod.containers.run_as_group': ['5'],
      'ka.req.container.privileged': 'true',
    },
  ),
  row(
    'privileged as text is not privileged',
    pod('"containers":[{"securityContext":{"privileged":"true"}},{"securityContext":{"privileged":1}}]'),
    {
      'ka.req.container.privileged': 'false',
      'ka.req.pod.containers.privileged': ['true', '1'],
    },
  ),
  row(
    'privileged init containers',
    pod('"containers":[{}],"initContainers":[{"securityContext":{"privileged":true}}]'),
    {
      'ka.req.container.privileged': 'false',
    },
  ),
  row('words are joined', pod('"containers":[{"command":["sh","-c",""],"args":[]},{},{"command":["x y"]}]'), {
    'ka.req.pod.containers.command': ['sh -c ', 'x y'],
    'ka.req.pod.containers.command[0]': ['sh -c '],
    'ka.req.pod.containers.command[1]': null,
    'ka.req.pod.containers.args': [''],
    'ka.req.pod.containers.args[2]': null,
  }),
  ...['null', '"sh"', '["sh",1]', '[null]', '[["sh"]]', '{}'].map((command) =>
    row(`a command ${command} fails all of them`, pod(`"containers":[{"command":["a"]},{"command":${command}}]`), {
      'ka.req.pod.containers.command': null,
      'ka.req.pod.containers.command[0]': ['a'],
      'ka.req.pod.containers.command[1]': null,
    }),
  ),
  row(
    'ports',
    pod(
      '"containers":[{"ports":[{"hostPort":null,"containerPort":80},{"containerPort":"81"},{"protocol":"TCP"},7]},{},{"ports":[{"hostPort":8080}]}]',
    ),
    {
      'ka.req.pod.containers.host_port': ['null', '81', '8080'],
      'ka.req.pod.containers.host_port[0]': ['null', '81'],
      'ka.req.pod.containers.host_port[1]': null,
      'ka.req.pod.containers.host_port[2]': ['8080'],
    },
  ),
  ...['null', '{"hostPort":1}', '80'].map((ports) =>
    row(`ports ${ports} fail all of them`, pod(`"containers":[{"ports":[{"hostPort":1}]},{"ports":${ports}}]`), {
      'ka.req.pod.containers.host_port': null,
      'ka.req.pod.containers.host_port[0]': ['1'],
    }),
  ),
];

const VOLUMES: readonly Row[] = [
  row(
    'volumes',
    pod(
      '"volumes":[{"name":"a","hostPath":{"path":"/etc"}},{"name":"b","emptyDir":{}},{"hostPath":{"path":null}},{"flexVolume":{"driver":"d"},"secret":{},"secret":{}},"x"]',
    ),
    {
      'ka.req.pod.volumes.hostpath': ['/etc', 'null'],
      'ka.req.pod.volumes.hostpath[0]': ['/etc'],
      'ka.req.pod.volumes.hostpath[1]': null,
      'ka.req.pod.volumes.flexvolume_driver': ['d'],
      'ka.req.pod.volumes.volume_type': ['hostPath', 'emptyDir', 'hostPath', 'flexVolume', 'secret', 'secret'],
      'ka.req.pod.volumes.volume_type[3]': ['flexVolume', 'secret', 'secret'],
      'ka.req.pod.volumes.volume_type[4]': null,
      'ka.req.pod.volumes.volume_type[5]': null,
      'ka.req.volume.hostpath[/etc]': 'true',
      'ka.req.volume.hostpath[/etc/]': 'false',
      'ka.req.volume.hostpath[/e*]': 'true',
      'ka.req.volume.hostpath[/e*c]': 'false',
      'ka.req.volume.hostpath[*]': 'true',
      'ka.req.volume.hostpath[null]': 'true',
      'ka.req.volume.hostpath[/etc**]': 'false',
    },
  ),
  row('a star that is one', pod('"volumes":[{"hostPath":{"path":"/a*"}}]'), {
    'ka.req.volume.hostpath[/a*]': 'true',
    'ka.req.volume.hostpath[/a**]': 'true',
    'ka.req.volume.hostpath[/a]': 'false',
  }),
  row('no host paths', pod('"volumes":[{"emptyDir":{}}]'), {
    'ka.req.volume.hostpath[*]': 'false',
    'ka.req.pod.volumes.hostpath': null,
  }),
  row('no volumes', pod('"containers":[]'), {
    'ka.req.volume.hostpath[*]': null,
    'ka.req.pod.volumes.volume_type': null,
    'ka.req.pod.volumes.hostpath': null,
  }),
  row('an empty array of volumes', pod('"volumes":[]'), {
    'ka.req.volume.hostpath[*]': 'false',
    'ka.req.pod.volumes.volume_type': null,
  }),
  row(
    'one volume without an array around it',
    pod('"volumes":{"name":"a","hostPath":{"path":"/x"},"n\\u0061me":1,"sec\\u0072et":{}}'),
    {
      'ka.req.pod.volumes.volume_type': ['hostPath', 'secret'],
      'ka.req.pod.volumes.hostpath[4]': ['/x'],
      'ka.req.volume.hostpath[/x]': 'true',
    },
  ),
];

const BINDINGS: readonly Row[] = [
  row(
    'subjects',
    request(
      '{"subjects":[{"kind":"User","name":"u"},{"kind":"ServiceAccount","name":"s","namespace":"n"},{"kind":"ServiceAccount","name":"t"},{"kind":"ServiceAccount","name":"v","namespace":""},{"kind":"Group","name":null},{"kind":"user","name":"x"},{"kind":"User"},{"name":"y"},7,null]}',
    ),
    {
      'ka.req.binding.subjects.user_names': ['u'],
      'ka.req.binding.subjects.serviceaccount_names': ['s', 't', 'v'],
      'ka.req.binding.subjects.serviceaccount_ns_names': ['n:s', ':v'],
      'ka.req.binding.subjects.group_names': ['null'],
      'ka.req.binding.subject.has_name[nobody]': 'true',
    },
  ),
  ...['null', '{}', '"User"'].map((subjects) =>
    row(`subjects: ${subjects}`, request(`{"subjects":${subjects}}`), {
      'ka.req.binding.subjects': null,
      'ka.req.binding.subjects.user_names': null,
    }),
  ),
  row(
    'attributes of rules',
    request(
      '{"rules":[{"verbs":["get","list"],"resources":["pods"]},{"verbs":"all","apiGroups":[]},{"verbs":[null,["x"]]},7]}',
    ),
    {
      'ka.req.role.rules.verbs': ['get', 'list', 'null', '["x"]'],
      'ka.req.role.rules.verbs[0]': ['get', 'list'],
      'ka.req.role.rules.verbs[1]': null,
      'ka.req.role.rules.verbs[2]': ['null', '["x"]'],
      'ka.req.role.rules.verbs[3]': null,
      'ka.req.role.rules.verbs[4]': null,
      'ka.req.role.rules.resources': ['pods'],
      'ka.req.role.rules.apiGroups': null,
      'ka.req.role.rules.nonResourceURLs': null,
    },
  ),
  row('one rule without an array around it', request('{"rules":{"verbs":["get"]}}'), {
    'ka.req.role.rules.verbs': ['get'],
    'ka.req.role.rules.verbs[9]': ['get'],
    'ka.req.role.rules': null,
  }),
];

const target = (ref: string): string => event(`"objectRef":{${ref}},"responseObject":{"metadata":{"name":"p"}}`);

const PODS: readonly Row[] = [
  row('a pod', target('"resource":"pods","name":"n"'), { 'ka.target.pod.name': 'p' }),
  row('a pod with an empty subresource', target('"resource":"pods","subresource":""'), { 'ka.target.pod.name': 'p' }),
  row('a pod with a subresource that is no text', target('"resource":"pods","subresource":["exec"]'), {
    'ka.target.pod.name': 'p',
  }),
  row('a subresource of a pod', target('"resource":"pods","subresource":"exec"'), { 'ka.target.pod.name': null }),
  row('another resource', target('"resource":"Pods"'), { 'ka.target.pod.name': null }),
  row('a resource that is no text', target('"resource":["pods"]'), { 'ka.target.pod.name': null }),
  row('a pod without a response', event('"objectRef":{"resource":"pods","name":"n"}'), { 'ka.target.pod.name': null }),
];

const param = (what: string, text: string, value: Value, arg = 'a'): Row =>
  row(what, uri(text), { [`ka.uri.param[${arg}]`]: value });

const PARAMETERS: readonly Row[] = [
  param('a parameter', '/x?a=1', '1'),
  param('the first of several', '/x?b=0&a=1&a=2', '1'),
  param('a name without =', '/x?a&b', ''),
  param('= in a value', '/x?a=b=c', 'b=c'),
  param('no such parameter', '/x?b=1', null),
  param('case of the name', '/x?A=1', null),
  param('encoded names and values', '/x?%61=%41+b%2Bc', 'A b+c'),
  param('a plus in the name', '/x?a+b=1', null),
  param('empty parts', '/x?&&a=1&', '1'),
  param('an empty query', '/x?', null),
  param('a second question mark', '/x?a=1?b=2', '1?b=2'),
  param('a fragment', '/x?a=1#b', '1'),
  param('a query behind the fragment', '/x#y?a=1', null),
  param('a bad percent in another part', '/x?a=1&b=%zz', null),
  param('a percent sign at the end', '/x?a=1&b=%', null),
  param('a semicolon anywhere', '/x?a=1&b=1;c=2', null),
  param('a bad percent in the path', '/%zz?a=1', null),
  param('a bad percent in the fragment', '/x?a=1#%zz', null),
  param('an encoded slash in the path', '/x%2Fy?a=1', '1'),
  param('a control character', '/x?a=1&b=\\u0001', null),
  param('NUL behind the parameter', '/x?a=1\\u0000', null),
  param('NUL in the value', '/x?a=1%00b', '1'),
  param('a first segment with a colon', 'x_y:z/w?a=1', null),
  param('a scheme', 'http://h:80/x?a=1', '1'),
  param('an opaque text', 'mailto:x?a=1', '1'),
  param('no scheme before the colon', ':x?a=1', null),
  param('two slashes', '//h/x?a=1', '1'),
  param('an encoded percent sign in the host', '//a%25b/x?a=1', '1'),
  param('an encoded letter in the host', '//a%41b/x?a=1', null),
  param('an encoded byte above ASCII in the host', '//a%e9b/x?a=1', '1'),
  param('an address with a zone', '//[fe80::1%25en%41]:80/x?a=1', '1'),
  param('a bad zone', '//[fe80::1%25en%e9]/x?a=1', null),
  param('a bracket that does not close', '//[::1/x?a=1', null),
  param('two closing brackets', '//[::1]]:80/x?a=1', '1'),
  param('a bad port', '//h:8a/x?a=1', null),
  param('escapes of JSON', '/x?a=1\\u0026b=2', '1'),
  param('an empty text', '', null),
  row('the path keeps its encoding', uri('/api/%7Bx%7D?a=1\\u0026b'), { 'ka.uri': '/api/%7Bx%7D?a=1&b' }),
  row('a URI that is no text', event('"requestURI":12'), { 'ka.uri': '12', 'ka.uri.param[a]': null }),
  row('no URI', event('"verb":"x"'), { 'ka.uri': null, 'ka.uri.param[a]': null }),
  row('the empty name', uri('/x?=1&b'), { 'ka.uri.param[""]': '1', 'ka.uri.param[b]': '' }),
];

const DOCUMENT = event('"a":{"b/c":1,"d~e":2,"~1":3,"":{"":4}},"l":["x",["y"],null],"n":null,"s":"\\u003c"');

const POINTERS: readonly Row[] = [
  row('pointers', DOCUMENT, {
    'jevt.value[/a/b~1c]': '1',
    'jevt.value[a/b~1c]': '1',
    'jevt.value[/a/d~0e]': '2',
    'jevt.value[/a/~01]': '3',
    'jevt.value[/a//]': '4',
    'jevt.value[/]': null,
    'jevt.value[//a]': null,
    'jevt.value[/a/b]': null,
    'jevt.value[/n]': 'null',
    'jevt.value[/n/x]': null,
    'jevt.value[/s]': '<',
    'jevt.value[/s/0]': null,
    'json.value[/a]': '{"b/c":1,"d~e":2,"~1":3,"":{"":4}}',
  }),
  row('indices', DOCUMENT, {
    'jevt.value[/l/0]': 'x',
    'jevt.value[/l/00]': 'x',
    'jevt.value[/l/+1]': '["y"]',
    'jevt.value[/l/-0]': 'x',
    'jevt.value[/l/007]': null,
    'jevt.value[/l/001/0]': 'y',
    'jevt.value[/l/2]': 'null',
    'jevt.value[/l/3]': null,
    'jevt.value[/l/-1]': null,
    'jevt.value[/l/-]': null,
    'jevt.value[/l/x]': null,
    'jevt.value[/l/1x]': null,
    'jevt.value[/l/18446744073709551616]': null,
    'jevt.value[/l/1/]': null,
    'jevt.value[/l]': '["x",["y"],null]',
  }),
  row('the whole document', `{"a": [1, {"b" : "\\u003c"}],"c":{},"d":[ ], ${BASICS}}`, {
    'json.value[""]': `{"a":[1,{"b":"\\u003c"}],"c":{},"d":[],${BASICS}}`,
    'json.obj': `{\n  "a": [\n    1,\n    {\n      "b": "\\u003c"\n    }\n  ],\n  "c": {},\n  "d": [],\n  "kind": "Event",\n  "auditID": "a",\n  "stageTimestamp": "2024-05-06T07:08:09.5Z"\n}`,
    'jevt.rawtime': '1714979289500000000',
    'evt.plugininfo': `{"a":[1,{"b":"\\u003c"}],"c":{},"d":[],${BASICS}}`,
  }),
  row(
    'a document that only a lenient parser takes',
    event('"n":01'),
    { 'jevt.obj': null, 'jevt.value[/n]': '01', 'jevt.rawtime': '1714979289500000000' },
    'falco',
  ),
];

const GROUPS = { GATE, TEXTS, WALKS, LISTS, CONTAINERS, VOLUMES, BINDINGS, PODS, PARAMETERS, POINTERS };

describe.each(Object.entries(GROUPS))('%s', (_, rows) => {
  describe.each(rows)('$what', ({ event: text, values, under }) => {
    test.each(under === undefined ? (['falco', 'fixed'] as const) : [under])('%s', async (semantics) => {
      const output = Object.keys(values).map((field) => `%${field}`);
      for (const engine of ENGINES) {
        const { errors, alerts } = await engine.run([ruleFile({ output: output.join(' ') })], Buffer.from(text), {
          semantics,
          framing: 'document',
          match: 'all',
        });
        expect([engine.name, errors, alerts.length]).toEqual([engine.name, [], 1]);
        const { output_fields: fields } = parseExact(alerts[0]!.json) as { output_fields: Record<string, Value> };
        expect([engine.name, pick(fields, Object.keys(values))]).toEqual([engine.name, values]);
      }
    });
  });
});

function pick(fields: Readonly<Record<string, Value>>, keys: readonly string[]): Record<string, Value | undefined> {
  return Object.fromEntries(keys.map((key) => [key, fields[key]]));
}

describe('arguments that a field does not take are errors of the rule', () => {
  const indexes = ['01', '00', '-1', '+1', '1.0', '0x1', 'x', '18446744073709551616', '9223372036854775808'];
  test.each([
    'ka.verb[0]',
    'ka.user.groups[0]',
    'ka.req.pod.supplemental_groups[0]',
    'ka.req.role.rules[0]',
    'ka.req.binding.subjects[0]',
    'ka.req.binding.subjects.user_names[0]',
    'ka.req.container.image[0]',
    'evt.num[0]',
    'jevt.obj[x]',
    'ka.uri.param',
    'jevt.value',
    'ka.req.volume.hostpath',
    'ka.req.volume.hostpath[""]',
    'ka.req.binding.subject.has_name',
    'ka.req.pod.containers.image[]',
    'ka.req.pod.containers.image[""]',
    'ka.uri.param[a b]',
    'ka.uri.param["a b"]',
    'ka.uri.param["a]"]',
    'ka.uri.param[a',
    ...indexes.map((index) => `ka.req.pod.containers.image[${index}]`),
    'ka.req.pod.ephemeralContainers.host_port',
    'jevt.time',
    'jevt.time.iso8601',
  ])('%s', async (field) => {
    for (const semantics of ['falco', 'fixed'] as const) {
      const options = { semantics, framing: 'lines', match: 'all' } as const;
      for (const engine of ENGINES) {
        const { errors } = await engine.run([ruleFile({ condition: `${field} exists` })], new Uint8Array(), options);
        expect([engine.name, errors.map(({ code }) => code)]).toEqual([engine.name, ['LOAD_ERR_COMPILE_CONDITION']]);
      }
    }
  });
});
