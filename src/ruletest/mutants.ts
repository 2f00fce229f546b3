// Checked rules in, mutants out: each is one small change to a condition as it was written, in every rule that the change
// reaches. A predicate is turned round or left out, a constant of a list left out, a single constant made another.

import type { CheckedCondition, CheckedRule } from '../check/checked.ts';
import type { CheckedRules } from '../compile.ts';
import { type Part, PartBuilder } from '../explain/parts.ts';
import { LineIndex } from '../source/line-index.ts';
import type { RuleFile } from '../types.ts';
import type { Place } from './test-case.ts';

export type MutationKind = 'flipped' | 'left out' | 'constant left out' | 'constant changed';

/** What was changed; two runs over the same files give the same key. */
export interface Mutation extends Place {
  readonly kind: MutationKind;
  /** the predicate, as the condition prints */
  readonly predicate: string;
  readonly constant?: string;
  /** the rule or macro in whose condition it stands */
  readonly owner: string;
}

export interface Mutant {
  readonly key: string;
  readonly mutation: Mutation;
  /** rules that change, with their changed conditions */
  readonly rules: readonly CheckedRule[];
}

type Check = Extract<CheckedCondition, { kind: 'check' }>;
/** What replaces a part; its neutral value stands for leaving it out. */
type Change = (part: Part) => CheckedCondition;

interface Site {
  readonly part: Part;
  readonly owner: string;
  /** whether `and` is what it stands in, which decides what leaving it out means */
  readonly isConjunct: boolean;
}

const TRUE: CheckedCondition = { kind: 'and', children: [] };
const FALSE: CheckedCondition = { kind: 'or', children: [] };
const CHANGED = new TextEncoder().encode('\u0001another');

/** All mutants of the rules that are on, in the order of their places. */
export function mutantsOf({ rules, resolved }: CheckedRules, files: readonly RuleFile[]): readonly Mutant[] {
  const builder = new PartBuilder(resolved);
  const roots = rules.filter(({ rule }) => rule.enabled).map((rule) => builder.rule(rule));
  const sites = new Map<Part, Site>();
  const users = new Map<Part, Set<number>>();
  roots.forEach(({ checked, condition }, i) => {
    collectSites(condition, checked.rule.name, true, sites);
    for (const part of reachable(condition)) users.set(part, (users.get(part) ?? new Set()).add(i));
  });
  const indexes = files.map(({ text }) => new LineIndex(text));
  const mutants: Mutant[] = [];
  for (const site of sites.values()) {
    const { part, owner } = site;
    const place = {
      file: files[part.span.file]?.name ?? '',
      line: indexes[part.span.file]?.position(part.span.start).line ?? 1,
    };
    for (const { kind, constant, change } of changesOf(site)) {
      const changed = [...(users.get(part) ?? [])].map((i): CheckedRule => {
        const root = roots[i]!;
        return { ...root.checked, condition: rebuilt(root.condition, part, change, new Map()) };
      });
      const mutation = { ...place, kind, predicate: part.text, ...(constant !== undefined && { constant }), owner };
      const at = `${place.file}:${part.span.start}:${part.span.end}`;
      mutants.push({ key: `${at} ${owner} ${kind} ${constant ?? ''}`, mutation, rules: changed });
    }
  }
  return mutants;
}

/** Checks and uses of macros, each once, with the connective that they stand in. */
function collectSites(part: Part, owner: string, isConjunct: boolean, sites: Map<Part, Site>): void {
  if (sites.has(part)) return;
  switch (part.kind) {
    case 'and':
    case 'or':
      for (const child of part.children) collectSites(child, owner, part.kind === 'and', sites);
      return;
    case 'not':
      // below `not`, what is neutral is the other value
      collectSites(part.children[0]!, owner, !isConjunct, sites);
      return;
    case 'macro':
      sites.set(part, { part, owner, isConjunct });
      collectSites(part.children[0]!, part.text, true, sites);
      return;
    case 'check':
      sites.set(part, { part, owner, isConjunct });
  }
}

function reachable(root: Part): ReadonlySet<Part> {
  const seen = new Set<Part>([root]);
  for (const part of seen) for (const child of part.children) seen.add(child);
  return seen;
}

function changesOf({
  part,
  isConjunct,
}: Site): readonly { readonly kind: MutationKind; readonly constant?: string; readonly change: Change }[] {
  const whole = [
    { kind: 'flipped' as const, change: (one: Part): CheckedCondition => ({ kind: 'not', child: one.checked }) },
    { kind: 'left out' as const, change: () => (isConjunct ? TRUE : FALSE) },
  ];
  const { check } = part;
  if (check?.right === undefined || check.right.kind === 'transformer') return whole;
  const texts = check.right.kind === 'list' ? check.right.items : [check.right];
  if (texts.length > 1) {
    return [
      ...whole,
      ...texts.map(({ text }, i) => ({
        kind: 'constant left out' as const,
        constant: text,
        change: (one: Part) => withConstants(one, (constants) => constants.filter((_, at) => at !== i)),
      })),
    ];
  }
  const isText = constantsOf(part.checked)[0]?.kind === 'text';
  // in `or` a constant that nothing equals leaves the predicate out
  if (!isText || !isConjunct) return whole;
  const change: Change = (one) => withConstants(one, () => [{ kind: 'text', bytes: CHANGED }]);
  return [...whole, { kind: 'constant changed', constant: texts[0]?.text ?? '', change }];
}

type Constants = Extract<Check['right'], { kind: 'constants' }>['constants'];

function constantsOf(checked: CheckedCondition): Constants {
  return checked.kind === 'check' && checked.right.kind === 'constants' ? checked.right.constants : [];
}

function withConstants(part: Part, change: (constants: Constants) => Constants): CheckedCondition {
  const check = part.checked as Check;
  return { ...check, right: { kind: 'constants', constants: change(constantsOf(check)) } };
}

/** The condition with one part changed wherever it is used; what does not hold it stays the same object. */
function rebuilt(part: Part, site: Part, change: Change, known: Map<Part, CheckedCondition>): CheckedCondition {
  if (part === site) return change(part);
  const done = known.get(part);
  if (done !== undefined) return done;
  const children = part.children.map((child) => rebuilt(child, site, change, known));
  const isSame = children.every((child, i) => child === part.children[i]!.checked);
  const result = isSame ? part.checked : joined(part, children);
  known.set(part, result);
  return result;
}

function joined({ kind }: Part, children: readonly CheckedCondition[]): CheckedCondition {
  if (kind === 'and' || kind === 'or') return { kind, children };
  return kind === 'not' ? { kind: 'not', child: children[0]! } : children[0]!;
}
