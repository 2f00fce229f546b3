// Ways around a rule, read off its condition: what an author meant to catch and does not, or the other way round. Asked for by
// name, since a rule may look at one way on purpose; rules/README.md, "Ways around a rule", gives the reason for each. A fix
// closes the way wherever the rule leaves it open, or there is none: a warning that goes must have been answered.

import type { Home, MacroUse } from '../check/condition.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Catalogue } from '../isa/catalogue.ts';
import type { ResolvedMacro, ResolvedRule } from '../resolve/resolved.ts';
import type { Repair, TextEdit } from '../rulefile/edit-text.ts';
import type { Check, Condition, NotNode, Range } from '../syntax/ast.ts';
import { printField } from '../syntax/print.ts';
import { fieldsOf } from './checks.ts';
import { splitExceptions } from './exceptions.ts';
import { type Given, Guards } from './guards.ts';
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
  /** what holds whenever the check decides */
  readonly given: Given | undefined;
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
const EQUALITY: readonly string[] = ['=', '==', 'in', 'intersects'];
/** Where a check of a field stands for what a rule looks for, the same check of another field widens it. */
const WIDENED: readonly string[] = ['exists', 'in', 'intersects'];
const WIDENED_TEXT: readonly string[] = [
  ...WIDENED,
  ...['=', '==', 'contains', 'icontains', 'startswith', 'endswith', 'glob', 'iglob', 'regex', 'pmatch'],
];

/** What gets around a rule; its exceptions are not looked at. */
export function lintBypass(rule: ResolvedRule, context: BypassContext): readonly Diagnostic[] {
  const split = splitExceptions(rule);
  if (split === undefined) return [];
  const home = { text: rule.conditionText, span: rule.conditionSpan };
  const checks = checksOf(split.condition, home, context.macros);
  if (checks.length > MAX_CHECKS) return [];
  return new RuleBypasses(rule.name, checks, context).all();
}

class RuleBypasses {
  readonly #rule: string;
  readonly #checks: readonly Found[];
  readonly #catalogue: Catalogue;
  readonly #guards: Guards;
  readonly #fields = new Set<string>();
  /** fields that are not only asked for by `exists` */
  readonly #compared = new Set<string>();
  readonly #found: Diagnostic[] = [];

  constructor(rule: string, checks: readonly Found[], { catalogue, macros }: BypassContext) {
    this.#rule = rule;
    this.#checks = checks;
    this.#catalogue = catalogue;
    this.#guards = new Guards(macros, (name) => IMAGE_FIELD.test(name));
    for (const { check } of checks) {
      for (const field of fieldsOf(check)) {
        this.#fields.add(nameOf(field));
        if (check.operator !== 'exists') this.#compared.add(nameOf(field));
      }
    }
  }

  all(): readonly Diagnostic[] {
    const named = new Set<string>();
    for (const found of this.#checks) {
      const name = nameOf(found.check.left);
      for (const field of fieldsOf(found.check)) this.#otherContainers(found, nameOf(field), named);
      this.#everyElement(found, name);
      this.#missingImage(found, name);
    }
    this.#deniedSessions();
    this.#createOnly();
    this.#subresources();
    return this.#found;
  }

  /**
   * Containers are read; init and ephemeral containers, which can do the same, are not. A field that is only asked for guards
   * the check of another, and says nothing about what is in it.
   */
  #otherContainers(found: Found, name: string, named: Set<string>): void {
    if (named.has(name) || this.#readsWholeBody()) return;
    const isCompared = this.#compared.has(name);
    if (isCompared && found.check.operator === 'exists') return;
    const read = isCompared ? this.#compared : this.#fields;
    const others = this.#counterparts(name).filter((other) => !read.has(other));
    if (others.length === 0) return;
    named.add(name);
    const message = `rule '${this.#rule}' reads ${name} and not ${others.join(' or ')}`;
    const reading = this.#checks.filter(({ check }) => fieldsOf(check).some((field) => nameOf(field) === name));
    const edits = reading.map((one) => widened(one, name, others));
    this.#warn('containers_only', message, found, repairAll('read the other containers too', reading, edits));
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
    const { check, isNegated, negation, given } = found;
    const { left } = check;
    if (!isNegated || check.operator === 'exists' || left.kind !== 'field' || !IMAGE_FIELD.test(name)) return;
    if (this.#guards.ask(given, left)) return;
    const message = `where ${name} has no value, 'not' makes rule '${this.#rule}' match`;
    const text = negation && `(${printField(left)} exists and ${textOf(found, negation)})`;
    const edits = negation && [{ start: negation.start, end: negation.end, text: text! }];
    this.#warn('missing_image', message, found, edits && { title: `ask for ${name} first`, edits });
  }

  /** A session that was refused is reported at the same stages as one that was opened. */
  #deniedSessions(): void {
    if (ANSWER_FIELDS.some((field) => this.#fields.has(field))) return;
    const sessions = this.#checks.filter(
      ({ check, isNegated }) =>
        !isNegated && nameOf(check.left) === 'ka.target.subresource' && check.operator !== '!=' && sessionOf(check),
    );
    const edits = sessions.map((one) => narrowed(one, 'not ka.response.code in (401, 403)'));
    for (const found of sessions) {
      const message = `rule '${this.#rule}' reports a refused ${sessionOf(found.check)} like one that was let through`;
      this.#warn('denied_session', message, found, repairAll('leave out what was refused', sessions, edits));
    }
  }

  /** What a create must not say, an update or a patch can say later. */
  #createOnly(): void {
    const verbs = this.#asked('ka.verb');
    const creates = verbs.filter(({ check }) => valuesOf(check).includes('create'));
    const seen = new Set(verbs.flatMap(({ check }) => valuesOf(check)));
    const [first] = creates;
    if (!first || seen.has('update') || seen.has('patch') || ![...this.#fields].some(isBody)) return;
    const kind = this.#asked('ka.target.resource')
      .flatMap(({ check }) => valuesOf(check))
      .find((one) => CHANGEABLE.has(one));
    if (kind === undefined) return;
    const message = `rule '${this.#rule}' judges ${kind} when they are created and not when they are updated or patched`;
    const edits = creates.map(({ check: { operator, right, start, end } }): TextEdit | undefined => {
      const isPlain = operator === '=' && right?.kind === 'value';
      return isPlain ? { start, end, text: `ka.verb in (${CHANGES.join(', ')})` } : undefined;
    });
    this.#warn('create_only', message, first, repairAll('ask for update and patch too', creates, edits));
  }

  /** `pods` is the resource of pods/exec too. */
  #subresources(): void {
    if (this.#fields.has('ka.target.subresource') || this.#fields.has('jevt.value[/objectRef/subresource]')) return;
    const verbs = new Set(this.#asked('ka.verb').flatMap(({ check }) => valuesOf(check)));
    const kindOf = ({ check }: Found): string | undefined =>
      valuesOf(check).find((one) => subresourcesOf(one, verbs).length > 0);
    const open = this.#asked('ka.target.resource').filter((found) => kindOf(found) !== undefined);
    const [first] = open;
    if (first === undefined) return;
    const kind = kindOf(first)!;
    const others = subresourcesOf(kind, verbs).map((one) => `${kind}/${one}`);
    const named = others.join(', ').replace(/, (?=[^,]*$)/, ' and ');
    const message = `rule '${this.#rule}' also takes requests to ${named} for ${kind}`;
    const edits = open.map((found) => narrowed(found, 'not ka.target.subresource exists'));
    this.#warn('no_subresource_guard', message, first, repairAll('ask for the object itself', open, edits));
  }

  #asked(name: string): readonly Found[] {
    const isOf = ({ check, isNegated }: Found): boolean => !isNegated && nameOf(check.left) === name;
    return this.#checks.filter((one) => isOf(one) && EQUALITY.includes(one.check.operator));
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

/** All of the edits, or nothing: what is left as it is would stay open without a word. */
function repairAll(
  title: string,
  found: readonly Found[],
  edits: readonly (TextEdit | undefined)[],
): Repair | undefined {
  const made = edits.filter((edit) => edit !== undefined);
  const isWhole = made.length === edits.length && found.every(({ place }) => place.uses.length === 0);
  return isWhole ? { title, edits: made } : undefined;
}

/** `f in (a)` -> `(f in (a) or g in (a))`; undefined below a `not` and where the check may be about how much there is. */
function widened(found: Found, name: string, others: readonly string[]): TextEdit | undefined {
  const { check, isNegated } = found;
  const fields = fieldsOf(check).filter((field) => nameOf(field) === name);
  const [field] = fields;
  if (isNegated || fields.length !== 1 || field?.kind !== 'field' || field.arg !== undefined) return undefined;
  const operators = check.left.kind === 'field' ? WIDENED : WIDENED_TEXT;
  const isCounted = check.left.kind === 'transformer' && check.left.name === 'len';
  if (isCounted || !operators.includes(check.operator)) return undefined;
  const head = textOf(found, { start: check.start, end: field.start });
  const rest = textOf(found, { start: field.end, end: check.end });
  const all = [textOf(found, field), ...others].map((one) => `${head}${one}${rest}`);
  return { start: check.start, end: check.end, text: `(${all.join(' or ')})` };
}

function narrowed(found: Found, guard: string): TextEdit {
  const { start, end } = found.check;
  return { start, end, text: `(${textOf(found, found.check)} and ${guard})` };
}

function sessionOf(check: Check): string | undefined {
  return valuesOf(check).find((value) => SESSIONS.has(value));
}

function checksOf(condition: Condition, home: Home, macros: BypassContext['macros']): readonly Found[] {
  const found: Found[] = [];
  const visit = (
    node: Condition,
    around: Omit<Found, 'check' | 'place'>,
    at: Home,
    uses: readonly MacroUse[],
  ): void => {
    if (found.length > MAX_CHECKS) return;
    const { isNegated, given } = around;
    if (node.kind === 'not') visit(node.child, { isNegated: !isNegated, negation: node, given }, at, uses);
    else if (node.kind === 'check') found.push({ ...around, check: node, place: { home: at, range: node, uses } });
    else if (node.kind === 'macro') {
      const macro = macros.get(node.name);
      const use = { name: node.name, range: node, home: at };
      const home = macro && { text: macro.conditionText, span: macro.span };
      if (macro) visit(macro.condition, { isNegated, given }, home!, [use, ...uses]);
    } else {
      for (const child of node.children) {
        visit(child, { isNegated, given: { parent: node, child, isNegated, outer: given } }, at, uses);
      }
    }
  };
  visit(condition, { isNegated: false, given: undefined }, home, []);
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
