// Ways around a rule: each fix, once made, closes the way; what is right is left alone; nothing is said unless it is asked for.

import { describe, expect, it } from 'vitest';
import { checkRuleFiles, compile } from '../../src/compile.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { fixFiles } from '../../src/lint/apply-fixes.ts';
import type { RuleFile } from '../../src/types.ts';

function rule(condition: string): readonly RuleFile[] {
  const keys = `condition: ${condition}\n  desc: d\n  output: o\n  priority: INFO\n  source: k8s_audit`;
  return [{ name: 'rules.yaml', text: `- rule: R\n  ${keys}\n` }];
}

function warnings(files: readonly RuleFile[]): readonly Diagnostic[] {
  return checkRuleFiles(files, { lint: 'bypass' }).diagnostics.filter(({ code }) => code >= 'W741');
}

function fixed(condition: string): string {
  const { files } = fixFiles(rule(condition), (texts) => warnings(texts));
  expect(compile(files).program).toBeDefined();
  expect(warnings(files)).toEqual([]);
  return /condition: (.*)/.exec(files[0]!.text)![1]!;
}

describe('fixes', () => {
  it.each([
    [
      'other containers',
      'ka.req.pod.containers.privileged intersects (true)',
      '(ka.req.pod.containers.privileged intersects (true) or ka.req.pod.initContainers.privileged intersects (true)' +
        ' or ka.req.pod.ephemeralContainers.privileged intersects (true))',
    ],
    [
      'templates, which have no ephemeral containers',
      'kx.template.containers.run_as_user intersects (0)',
      '(kx.template.containers.run_as_user intersects (0) or kx.template.initContainers.run_as_user intersects (0))',
    ],
    [
      'update and patch',
      'ka.verb = create and ka.target.resource = ingresses and jevt.value[/requestObject/spec] exists',
      'ka.verb in (create, update, patch) and ka.target.resource = ingresses and jevt.value[/requestObject/spec] exists',
    ],
    [
      'subresources',
      'ka.verb = create and ka.target.resource = pods',
      'ka.verb = create and (ka.target.resource = pods and not ka.target.subresource exists)',
    ],
    ['one of the groups', 'ka.user.groups in (system:masters)', 'ka.user.groups intersects (system:masters)'],
    [
      'a missing image',
      'not ka.req.pod.ephemeralContainers.image in (nginx)',
      '(ka.req.pod.ephemeralContainers.image exists and not ka.req.pod.ephemeralContainers.image in (nginx))',
    ],
    [
      'refused sessions',
      'ka.target.subresource = exec',
      '(ka.target.subresource = exec and not ka.response.code in (401, 403))',
    ],
  ])('%s', (_, condition, expected) => {
    expect(fixed(condition)).toBe(expected);
  });

  it.each([
    ['a field of one value', 'ka.req.container.privileged = true'],
    ['an index', 'ka.req.pod.containers.privileged[0] intersects (true)'],
    ['a contrary', 'not ka.req.pod.containers.privileged intersects (true)'],
    ['several verbs', 'ka.verb in (create, delete) and ka.target.resource = roles and ka.req.role.rules exists'],
  ])('%s is left to the author', (_, condition) => {
    expect(warnings(rule(condition)).map(({ fix }) => fix)).toEqual([undefined]);
  });
});

it.each([
  [
    'a rule that reads the whole body',
    'ka.req.pod.containers.privileged intersects (true) or jevt.value[/requestObject] contains x',
  ],
  ['a create of which the body is not read', 'ka.verb = create and ka.target.resource = configmaps'],
  [
    'a pod, which a patch cannot widen',
    'ka.verb = create and ka.target.resource = pods and ka.req.pod.host_pid = true and not ka.target.subresource exists',
  ],
  ['reads of an object', 'ka.verb = get and ka.target.resource = pods'],
  [
    'a kind of which nothing else is created',
    'ka.verb = create and ka.target.resource in (namespaces, deployments, nodegroups)',
  ],
  ['a kind of which nothing else is changed', 'ka.verb in (update, patch) and ka.target.resource = serviceaccounts'],
  ['an allow list', 'not ka.user.groups in (system:authenticated)'],
  [
    'an image that is asked for',
    'ka.req.pod.ephemeralContainers.image exists and not ka.req.pod.ephemeralContainers.image in (nginx)',
  ],
  ['a session that was let through', 'ka.target.subresource = exec and ka.response.code = 101'],
  ['no session', 'ka.target.subresource = status'],
])('%s is right', (_, condition) => {
  expect(warnings(rule(condition))).toEqual([]);
});

it.each([
  ['ka.verb = create and ka.target.resource in (namespaces, nodes)', 'nodes/proxy for nodes'],
  ['ka.verb in (create, patch) and ka.target.resource = nodes', 'nodes/proxy and nodes/status for nodes'],
  ['ka.verb = patch and ka.target.resource = deployments', 'deployments/scale and deployments/status for deployments'],
  ['ka.verb = update and ka.target.resource = namespaces', 'namespaces/finalize and namespaces/status for namespaces'],
  [
    'ka.verb in (create, update) and ka.target.resource = pods',
    'pods/exec, pods/binding, pods/eviction, pods/status and pods/ephemeralcontainers for pods',
  ],
])('%s takes other requests too', (condition, others) => {
  const messages = warnings(rule(condition)).map(({ message }) => message);
  expect(messages).toContain(`rule 'R' also takes requests to ${others}`);
});

it('is asked for by name', () => {
  const files = rule('ka.target.subresource = exec');
  expect(checkRuleFiles(files, { lint: true }).diagnostics).toEqual([]);
  expect(warnings(files)).toHaveLength(1);
});
