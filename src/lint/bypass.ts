// Ways around a rule, read off its condition: what an author meant to catch and does not, or the other way round. Asked for by
// name, since a rule may look at one way on purpose; rules/README.md, "Ways around a rule", gives the reason for each.

import type { Home, MacroUse } from '../check/condition.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Catalogue } from '../isa/catalogue.ts';
import type { ResolvedMacro, ResolvedRule } from '../resolve/resolved.ts';
import type { Repair } from '../rulefile/edit-text.ts';
import type { Check, Condition, NotNode, Range } from '../syntax/ast.ts';
import { fieldsOf } from './checks.ts';
import { splitExceptions } from './exceptions.ts';
import { lintAt, type Place, spanAt } from './place.ts';

export interface BypassContext {
  readonly catalogue: Catalogue;
  readonly macros: ReadonlyMap<string, ResolvedMacro>;
}

/** A check of a rule, wherever it is written, and whether the rule asks for its contrary. */
interface Found {
  readonly check: Check;
  readonly place: Place;
  readonly isNegated: boolean;
  /** the `not` right before it */
  readonly negation?: NotNode;
}

/** Conditions with more checks are not looked into. */
const MAX_CHECKS = 4_000;

const REASONS = "rules/README.md, 'Ways around a rule', gives the reason";
const BODY_FIELD = /^(?:ka\.req\.|kx\.(?:template|cronjob)\.)/;
const IMAGE_FIELD = /image(?:\.repository)?$/;
const CONTAINER_FIELD = /^(ka\.req\.pod|kx\.template|kx\.cronjob)\.containers\.(.+)$/;
const LEGACY_CONTAINER_FIELD = /^ka\.req\.container\.(image|image\.repository|privileged)$/;

/** Objects that an update or a patch makes as dangerous as a create; what a pod may do is settled when it is created. */
const CHANGEABLE = new Set([
  'deployments',
  'daemonsets',
  'statefulsets',
  'replicasets',
  'replicationcontrollers',
  'cronjobs',
  'roles',
  'clusterroles',
  'rolebindings',
  'clusterrolebindings',
  'services',
  'ingresses',
  'configmaps',
  'networkpolicies',
  'persistentvolumes',
  'mutatingwebhookconfigurations',
  'validatingwebhookconfigurations',
]);

/** What besides the object itself is created, and what is updated or patched, under the name of its resource. */
const SUBRESOURCES: ReadonlyMap<string, { readonly create: readonly string[]; readonly change: readonly string[] }> =
  new Map([
    ['pods', { create: ['exec', 'binding', 'eviction'], change: ['status', 'ephemeralcontainers'] }],
    ['serviceaccounts', { create: ['token'], change: [] }],
    ['nodes', { create: ['proxy'], change: ['proxy', 'status'] }],
    ['namespaces', { create: [], change: ['finalize', 'status'] }],
    ['deployments', { create: [], change: ['scale', 'status'] }],
    ['statefulsets', { create: [], change: ['scale', 'status'] }],
    ['replicasets', { create: [], change: ['scale', 'status'] }],
    ['certificatesigningrequests', { create: [], change: ['approval', 'status'] }],
  ]);

const SESSIONS = new Set(['exec', 'attach', 'portforward', 'proxy']);
const ANSWER_FIELDS = ['ka.response.code', 'ka.response.reason', 'ka.auth.decision'];
const CHANGES = ['create', 'update', 'patch'];

/** What gets around a rule; its exceptions are not looked at. */
export function lintBypass(rule: ResolvedRule, context: BypassContext): readonly Diagnostic[] {
  const split = splitExceptions(rule);
  if (split === undefined) return [];
  const home = { text: rule.conditionText, span: rule.conditionSpan };
  const checks = checksOf(split.condition, home, context.macros);
  if (checks.length > MAX_CHECKS) return [];
  return new RuleBypasses(rule.name, checks, context.catalogue).all();
}

class RuleBypasses {
  readonly #rule: string;
  readonly #checks: readonly Found[];
  readonly #catalogue: Catalogue;
  readonly #fields = new Set<string>();
  readonly #found: Diagnostic[] = [];

  constructor(rule: string, checks: readonly Found[], catalogue: Catalogue) {
    this.#rule = rule;
    this.#checks = checks;
    this.#catalogue = catalogue;
    for (const { check } of checks) for (const field of fieldsOf(check)) this.#fields.add(nameOf(field));
  }

  all(): readonly Diagnostic[] {
    const named = new Set<string>();
    for (const found of this.#checks) {
      const name = nameOf(found.check.left);
      this.#otherContainers(found, name, named);
      this.#everyElement(found, name);
      this.#missingImage(found, name);
      this.#deniedSession(found, name);
    }
    this.#createOnly();
    this.#subresources();
    return this.#found;
  }

  /** Containers are read; init and ephemeral containers, which can do the same, are not. */
  #otherContainers(found: Found, name: string, named: Set<string>): void {
    if (named.has(name) || this.#readsWholeBody()) return;
    const others = this.#counterparts(name).filter((other) => !this.#fields.has(other));
    if (others.length === 0) return;
    named.add(name);
    const message = `rule '${this.#rule}' reads ${name} and not ${others.join(' or ')}`;
    this.#warn('containers_only', message, found, repairContainers(found, others));
  }

  #counterparts(name: string): readonly string[] {
    const legacy = LEGACY_CONTAINER_FIELD.exec(name);
    const [, prefix = 'ka.req.pod', field] = legacy
      ? [undefined, undefined, legacy[1]]
      : (CONTAINER_FIELD.exec(name) ?? []);
    if (field === undefined) return [];
    const lists = prefix === 'ka.req.pod' ? ['initContainers', 'ephemeralContainers'] : ['initContainers'];
    return lists.map((list) => `${prefix}.${list}.${field}`).filter((other) => this.#catalogue.fields.has(other));
  }

  /** `in` asks for every element: one that is harmless hides the others, and with `not intersects` one that is allowed. */
  #everyElement(found: Found, name: string): void {
    const { check, isNegated } = found;
    if (check.left.kind !== 'field' || check.modifier !== undefined || !this.#isList(name)) return;
    const hides = check.operator === 'in' && !isNegated;
    const allows = check.operator === 'intersects' && isNegated && IMAGE_FIELD.test(name);
    if (!hides && !allows) return;
    const other = hides ? 'intersects' : 'in';
    const message = hides
      ? `'${name} in' asks for every element: one other value hides those that are listed`
      : `'not ${name} intersects' lets one listed image hide all others`;
    const repair = { title: `use '${other}'`, edits: [{ ...check.operatorRange, text: other }] };
    this.#warn('one_element_hides', message, found, repair);
  }

  /** A container without an image leaves the field without a value, and then `not` is true. */
  #missingImage(found: Found, name: string): void {
    const { check, isNegated, negation } = found;
    if (!isNegated || check.operator === 'exists' || !IMAGE_FIELD.test(name)) return;
    const isAsked = this.#checks.some((one) => one.check.operator === 'exists' && nameOf(one.check.left) === name);
    if (isAsked) return;
    const message = `where ${name} has no value, 'not' makes rule '${this.#rule}' match`;
    const text = negation && textOf(found, negation);
    const edits = negation && [{ start: negation.start, end: negation.end, text: `(${name} exists and ${text})` }];
    this.#warn('missing_image', message, found, edits && { title: `ask for ${name} first`, edits });
  }

  /** A session that was refused is reported at the same stages as one that was opened. */
  #deniedSession(found: Found, name: string): void {
    const { check, isNegated } = found;
    if (isNegated || name !== 'ka.target.subresource' || ANSWER_FIELDS.some((field) => this.#fields.has(field))) return;
    const session = valuesOf(check).find((value) => SESSIONS.has(value));
    if (session === undefined) return;
    const message = `rule '${this.#rule}' reports a refused ${session} like one that was let through`;
    const text = `(${textOf(found, check)} and not ka.response.code in (401, 403))`;
    const edits = [{ start: check.start, end: check.end, text }];
    this.#warn('denied_session', message, found, { title: 'leave out what was refused', edits });
  }

  /** What a create must not say, an update or a patch can say later. */
  #createOnly(): void {
    const verbs = this.#asked('ka.verb');
    const isCreateOnly = verbs.some(({ check }) => valuesOf(check).includes('create'));
    const seen = new Set(verbs.flatMap(({ check }) => valuesOf(check)));
    if (!isCreateOnly || seen.has('update') || seen.has('patch') || ![...this.#fields].some(isBody)) return;
    const kind = this.#asked('ka.target.resource')
      .flatMap(({ check }) => valuesOf(check))
      .find((one) => CHANGEABLE.has(one));
    if (kind === undefined) return;
    const found = verbs.find(({ check }) => valuesOf(check).includes('create'))!;
    const message = `rule '${this.#rule}' judges ${kind} when they are created and not when they are updated or patched`;
    const isPlain = found.check.operator === '=' && valuesOf(found.check).length === 1;
    const edits = [{ start: found.check.start, end: found.check.end, text: `ka.verb in (${CHANGES.join(', ')})` }];
    this.#warn('create_only', message, found, isPlain ? { title: 'ask for update and patch too', edits } : undefined);
  }

  /** `pods` is the resource of pods/exec too. */
  #subresources(): void {
    if (this.#fields.has('ka.target.subresource') || this.#fields.has('jevt.value[/objectRef/subresource]')) return;
    const verbs = new Set(this.#asked('ka.verb').flatMap(({ check }) => valuesOf(check)));
    for (const found of this.#asked('ka.target.resource')) {
      const kind = valuesOf(found.check).find((one) => subresourcesOf(one, verbs).length > 0);
      if (kind === undefined) continue;
      const others = subresourcesOf(kind, verbs).map((one) => `${kind}/${one}`);
      const named = others.join(', ').replace(/, (?=[^,]*$)/, ' and ');
      const message = `rule '${this.#rule}' also takes requests to ${named} for ${kind}`;
      const text = `(${textOf(found, found.check)} and not ka.target.subresource exists)`;
      const edits = [{ start: found.check.start, end: found.check.end, text }];
      this.#warn('no_subresource_guard', message, found, { title: 'ask for the object itself', edits });
      return;
    }
  }

  #asked(name: string): readonly Found[] {
    const isOf = ({ check, isNegated }: Found): boolean => !isNegated && nameOf(check.left) === name;
    return this.#checks.filter((one) => isOf(one) && ['=', '==', 'in', 'intersects'].includes(one.check.operator));
  }

  #readsWholeBody(): boolean {
    return this.#fields.has('jevt.value[/requestObject]') || this.#fields.has('jevt.value[/requestObject/spec]');
  }

  #isList(name: string): boolean {
    return this.#catalogue.fields.get(name)?.list ?? false;
  }

  /** A macro may be right for other rules: what is wrong is its use here, and the fix is left to the author. */
  #warn(reason: BypassReason, message: string, { place }: Found, repair: Repair | undefined): void {
    const use = place.uses.at(-1);
    const at = use ? { home: use.home, range: use.range, uses: [] } : place;
    const labels = use ? [{ span: spanAt(place), message: 'which stands for this' }] : [];
    this.#found.push(lintAt(reason, message, at, { labels, notes: [REASONS], repair: use ? undefined : repair }));
  }
}

type BypassReason =
  | 'containers_only'
  | 'create_only'
  | 'no_subresource_guard'
  | 'one_element_hides'
  | 'missing_image'
  | 'denied_session';

function repairContainers({ check, isNegated, place }: Found, others: readonly string[]): Repair | undefined {
  if (isNegated || check.left.kind !== 'field' || check.left.arg !== undefined) return undefined;
  if (!['exists', 'in', 'intersects'].includes(check.operator)) return undefined;
  const { text } = place.home.text;
  const rest = text.slice(check.left.end, check.end);
  const all = [text.slice(check.start, check.end), ...others.map((other) => `${other}${rest}`)];
  return {
    title: 'read the other containers too',
    edits: [{ start: check.start, end: check.end, text: `(${all.join(' or ')})` }],
  };
}

function checksOf(condition: Condition, home: Home, macros: BypassContext['macros']): readonly Found[] {
  const found: Found[] = [];
  const visit = (
    node: Condition,
    at: Home,
    uses: readonly MacroUse[],
    isNegated: boolean,
    negation?: NotNode,
  ): void => {
    if (found.length > MAX_CHECKS) return;
    if (node.kind === 'not') visit(node.child, at, uses, !isNegated, node);
    else if (node.kind === 'check') {
      found.push({ check: node, place: { home: at, range: node, uses }, isNegated, ...(negation && { negation }) });
    } else if (node.kind !== 'macro') for (const child of node.children) visit(child, at, uses, isNegated);
    else {
      const macro = macros.get(node.name);
      const use = { name: node.name, range: node, home: at };
      if (macro) visit(macro.condition, { text: macro.conditionText, span: macro.span }, [use, ...uses], isNegated);
    }
  };
  visit(condition, home, [], false);
  return found;
}

function subresourcesOf(kind: string, verbs: ReadonlySet<string>): readonly string[] {
  const { create, change } = SUBRESOURCES.get(kind) ?? { create: [], change: [] };
  const isChanged = verbs.has('update') || verbs.has('patch');
  return [...new Set([...(verbs.has('create') ? create : []), ...(isChanged ? change : [])])];
}

function textOf({ place }: Found, { start, end }: Range): string {
  return place.home.text.text.slice(start, end);
}

function isBody(name: string): boolean {
  return BODY_FIELD.test(name) || name.startsWith('jevt.value[/requestObject');
}

/** A field as it is written, with its argument where that is a part of its meaning. */
function nameOf(operand: Check['left']): string {
  if (operand.kind !== 'field') return '';
  return operand.name.startsWith('ka.') || operand.arg === undefined ? operand.name : `${operand.name}[${operand.arg}]`;
}

function valuesOf({ right }: Check): readonly string[] {
  if (right?.kind === 'value') return [right.text];
  return right?.kind === 'list' ? right.items.map(({ text }) => text) : [];
}
