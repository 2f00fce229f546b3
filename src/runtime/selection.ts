// Which rules run, in which order: the program's rules in definition order, less those that are disabled or less severe than
// asked for, then changed by selection entries one after the other. A rule that an entry enables goes to the end.

import type { RuleMeta } from '../program/meta.ts';

/** By exact name, or pattern with `*`; by exact tag. With both, both are applied. */
export interface RuleChoice {
  readonly rule?: string;
  readonly tag?: string;
}

/** An entry of falco.yaml's `rules`. */
export type RuleSelection = { readonly enable: RuleChoice } | { readonly disable: RuleChoice };

/**
 * Ids of the rules to evaluate, in order.
 * @throws TypeError for an entry of another shape
 */
export function selectRules(
  rules: readonly RuleMeta[],
  leastSevere: number,
  entries: readonly RuleSelection[],
  tags: readonly string[] | undefined,
): readonly number[] {
  const ids = rules.map((_, id) => id).filter((id) => rules[id]!.priority <= leastSevere);
  const enabled = new Set(ids.filter((id) => rules[id]!.enabled));
  for (const entry of entries) {
    const { operation, rule, tag } = readEntry(entry);
    const named = rule === undefined ? [] : ids.filter((id) => matchesWildcard(rule, rules[id]!.name));
    const tagged = tag === undefined ? [] : ids.filter((id) => rules[id]!.tags.includes(tag));
    for (const id of [...named, ...tagged]) {
      if (operation === 'enable') enabled.add(id);
      else enabled.delete(id);
    }
  }
  const order = [...enabled];
  return tags === undefined ? order : order.filter((id) => rules[id]!.tags.some((tag) => tags.includes(tag)));
}

function readEntry(entry: RuleSelection): RuleChoice & { readonly operation: 'enable' | 'disable' } {
  const given = (members: object | undefined): [string, unknown][] =>
    Object.entries(members ?? {}).filter(([, value]) => value !== undefined);
  const [pair, ...others] = given(entry) as [string, RuleChoice][];
  const [operation, choice] = pair ?? [];
  if (others.length > 0 || (operation !== 'enable' && operation !== 'disable')) {
    throw new TypeError('rules: an entry is { enable: ... } or { disable: ... }');
  }
  const { rule, tag } = choice ?? {};
  if (rule === undefined && tag === undefined)
    throw new TypeError(`rules: ${operation} names neither a rule nor a tag`);
  for (const [key, text] of given(choice)) {
    if (key !== 'rule' && key !== 'tag') throw new TypeError(`rules: ${operation} has no '${key}', only rule and tag`);
    if (typeof text !== 'string') throw new TypeError(`rules: ${operation} expects a text as its ${key}`);
  }
  return { operation, ...choice };
}

/**
 * Falco's wildcards: the pieces between `*` are looked for from left to right, each at its first place, and the last one has to
 * end the name; so `*foo` does not match `foofoo`. Without `*`, equality.
 */
export function matchesWildcard(pattern: string, name: string): boolean {
  const [first, ...pieces] = pattern.split('*') as [string, ...string[]];
  if (pieces.length === 0) return name === pattern;
  if (!name.startsWith(first)) return false;
  let rest = name.slice(first.length);
  for (const piece of pieces.slice(0, -1)) {
    const at = rest.indexOf(piece);
    if (at < 0) return false;
    rest = rest.slice(at + piece.length);
  }
  const last = pieces.at(-1)!;
  return last === '' || (rest.includes(last) && rest.indexOf(last) === rest.length - last.length);
}
