// One rule, compiled, and events for it: what every runtime under test has to agree on.

import { compile } from '../../src/compile.ts';

const RULES = `
- macro: writes
  condition: (ka.verb in (create, update, patch, delete))

- rule: Host path
  desc: a pod mounts a directory of its node
  condition: writes and ka.target.resource = pods and ka.req.pod.volumes.hostpath intersects (/proc, /etc)
  output: host path (user=%ka.user.name path=%ka.req.pod.volumes.hostpath image=%ka.req.pod.containers.image)
  priority: WARNING
  source: k8s_audit
  tags: [k8s]
`;

const EVENT = {
  kind: 'Event',
  apiVersion: 'audit.k8s.io/v1',
  level: 'Request',
  auditID: 'e1',
  stage: 'ResponseComplete',
  verb: 'create',
  user: { username: 'jané', groups: ['system:authenticated'] },
  objectRef: { resource: 'pods', namespace: 'shop', name: 'web' },
  requestObject: {
    spec: {
      containers: [{ name: 'web', image: 'registry:5000/web:1' }],
      volumes: [{ name: 'p', hostPath: { path: '/proc' } }],
    },
  },
  stageTimestamp: '2024-05-01T10:00:00.250000Z',
};

export const LOG: string = [
  JSON.stringify(EVENT),
  JSON.stringify({ ...EVENT, verb: 'get' }),
  '{"kind":"Event","verb":',
  JSON.stringify({ ...EVENT, auditID: 'e2' }),
].join('\n');

export interface Outcome {
  readonly rules: readonly string[];
  /** the first alert's JSON line */
  readonly first: string;
  /** of evaluateObject */
  readonly object: readonly string[];
  readonly counts: object;
}

export const EXPECTED: Outcome = {
  rules: ['Host path', 'Host path'],
  first:
    '{"hostname":"there","output":"10:00:00.250000000: Warning host path (user=jané path=(/proc) image=(registry:5000/web:1))",' +
    '"output_fields":{"evt.time":1714557600250000000,"ka.req.pod.containers.image":["registry:5000/web:1"],' +
    '"ka.req.pod.volumes.hostpath":["/proc"],"ka.user.name":"jané"},"priority":"Warning","rule":"Host path",' +
    '"source":"k8s_audit","tags":["k8s"],"time":"2024-05-01T10:00:00.250000000Z"}',
  object: ['Host path'],
  counts: { received: 4, evaluated: 3, rejected: { invalid_json: 1 } },
};

export const RULES_TEXT: string = RULES;

export function compiledProgram(): Uint8Array {
  return compile([{ name: 'rules.yaml', text: RULES }]).program!;
}
