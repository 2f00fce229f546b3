// Conditions of resolved rules as plain trees for translation to other rule engines: macros substituted, checks of the always
// present event time folded, and the fields that the default rules name as functions of a parsed event.

import type { ResolvedRules } from '../../src/resolve/resolved.ts';
import type { Check, Condition, Operator, Value } from '../../src/syntax/ast.ts';
import { type AuditEvent, type Container, repositoryOf } from './audit-event.ts';

export type Formula =
  | boolean
  | { readonly kind: 'and'; readonly children: readonly Formula[] }
  | { readonly kind: 'or'; readonly children: readonly Formula[] }
  | { readonly kind: 'not'; readonly child: Formula }
  | { readonly kind: 'check'; readonly fact: string; readonly operator: Operator; readonly values: readonly string[] };

/** Absent is null. */
export type Facts = Readonly<Record<string, string | readonly string[] | null>>;

/** The rules that can match, numbered as in the file, from 1. */
export function formulas(rules: ResolvedRules): readonly { readonly number: number; readonly formula: Formula }[] {
  return rules.rules
    .map((rule, i) => ({ number: i + 1, formula: formulaOf(rule.condition, rules) }))
    .filter(({ formula }) => formula !== false);
}

function formulaOf(condition: Condition, rules: ResolvedRules): Formula {
  switch (condition.kind) {
    case 'macro':
      return formulaOf(rules.macros.get(condition.name)!.condition, rules);
    case 'not':
      return negated(formulaOf(condition.child, rules));
    case 'check':
      return checkOf(condition);
    default:
      return joined(
        condition.kind,
        condition.children.map((child) => formulaOf(child, rules)),
      );
  }
}

function negated(child: Formula): Formula {
  return typeof child === 'boolean' ? !child : { kind: 'not', child };
}

function joined(kind: 'and' | 'or', all: readonly Formula[]): Formula {
  const neutral = kind === 'and';
  if (all.includes(!neutral)) return !neutral;
  const children = all.filter((child) => child !== neutral);
  return children.length === 0 ? neutral : children.length === 1 ? children[0]! : { kind, children };
}

function checkOf({ left, operator, right }: Check): Formula {
  if (left.kind !== 'field' || right?.kind === 'transformer') throw new Error('not a check that is translated');
  // an event always has a time, and it is not 0
  if (left.name === 'jevt.rawtime') return operator === 'exists';
  const values = right === undefined ? [] : right.kind === 'list' ? right.items : [right];
  if (operator === 'in' && values.length === 0) return false;
  const fact = factName(left.arg === undefined ? left.name : `${left.name}[${left.arg}]`);
  if (!(fact in FACTS)) throw new Error(`no fact for ${fact}`);
  return { kind: 'check', fact, operator, values: values.map((value: Value) => value.text) };
}

function factName(field: string): string {
  return field.replace(/[^A-Za-z]+/g, '_').replace(/_$/, '');
}

type Fact = (event: AuditEvent) => string | readonly string[] | null | undefined;

const privileged = (containers: readonly Container[] | undefined): readonly string[] | undefined =>
  containers?.map((container) => String(container.securityContext?.privileged));
const flag = (value: boolean | undefined): readonly string[] | undefined =>
  value === undefined ? undefined : [String(value)];

const FACTS: Readonly<Record<string, Fact>> = {
  jevt_value_stage: (event) => event.stage,
  ka_verb: (event) => event.verb,
  ka_uri: (event) => event.requestURI,
  ka_user_name: (event) => event.user?.username,
  ka_target_resource: (event) => event.objectRef?.resource,
  ka_target_subresource: (event) => event.objectRef?.subresource,
  ka_target_namespace: (event) => event.objectRef?.namespace,
  ka_target_name: (event) => event.objectRef?.name,
  ka_response_code: (event) => (event.responseStatus?.code === undefined ? null : String(event.responseStatus.code)),
  ka_auth_decision: (event) => event.annotations?.['authorization.k8s.io/decision'],
  ka_req_pod_containers_privileged: (event) => privileged(event.requestObject?.spec?.containers),
  ka_req_pod_initContainers_privileged: (event) => privileged(event.requestObject?.spec?.initContainers),
  ka_req_pod_ephemeralContainers_privileged: (event) => privileged(event.requestObject?.spec?.ephemeralContainers),
  ka_req_pod_containers_image_repository: (event) => {
    const containers = event.requestObject?.spec?.containers;
    if (!containers || containers.some(({ image }) => image === undefined)) return null;
    return containers.map(({ image }) => repositoryOf(image!));
  },
  ka_req_pod_volumes_hostpath: (event) =>
    event.requestObject?.spec?.volumes?.map((volume) => volume.hostPath?.path ?? ''),
  ka_req_pod_host_network: (event) => flag(event.requestObject?.spec?.hostNetwork),
  ka_req_pod_host_pid: (event) => flag(event.requestObject?.spec?.hostPID),
  ka_req_pod_host_ipc: (event) => flag(event.requestObject?.spec?.hostIPC),
  ka_req_service_type: (event) => event.requestObject?.spec?.type,
  ka_req_configmap_obj: (event) =>
    event.requestObject?.data === undefined ? null : JSON.stringify(event.requestObject.data),
  ka_req_binding_role: (event) => event.requestObject?.roleRef?.name,
  ka_req_role_rules_resources: (event) => event.requestObject?.rules?.flatMap(({ resources }) => resources ?? []),
  ka_req_role_rules_verbs: (event) => event.requestObject?.rules?.flatMap(({ verbs }) => verbs ?? []),
  jevt_value_requestObject_spec_tls: (event) => (event.requestObject?.spec?.tls === undefined ? null : 'tls'),
};
const FACT_ROWS = Object.entries(FACTS);

export function factsOf(event: AuditEvent): Facts {
  const facts: Record<string, string | readonly string[] | null> = {};
  for (const [name, fact] of FACT_ROWS) {
    const value = fact(event) ?? null;
    facts[name] = typeof value === 'object' && value?.length === 0 ? null : value;
  }
  return facts;
}
