// Which rules run, in which order: the rules' own flag, then the enable and disable entries of the configuration, and a
// least severe priority that nothing overrides.

import type { Priority } from '../../src/isa/priorities.ts';
import type { ResolvedRule } from '../../src/resolve/resolved.ts';

export interface SelectionEntry {
  readonly operation: 'enable' | 'disable';
  readonly rule?: string;
  readonly tag?: string;
}

/** A rule that is disabled and enabled again moves to the end. */
export function selectRules(
  rules: readonly ResolvedRule[],
  entries: readonly SelectionEntry[],
  minPriority: Priority,
): readonly ResolvedRule[] {
  let enabled = rules.filter((rule) => rule.enabled && rule.priority <= minPriority);
  // the name comes first, where an entry has both
  for (const entry of entries.flatMap(({ operation, rule, tag }) => [
    { operation, rule },
    { operation, tag },
  ])) {
    const named = rules.filter((rule) => rule.priority <= minPriority && isNamed(rule, entry));
    if (entry.operation === 'disable') enabled = enabled.filter((rule) => !named.includes(rule));
    else enabled = [...enabled, ...named.filter((rule) => !enabled.includes(rule))];
  }
  return enabled;
}

interface SingleEntry {
  readonly rule?: string | undefined;
  readonly tag?: string | undefined;
}

function isNamed(rule: ResolvedRule, { rule: name, tag }: SingleEntry): boolean {
  if (tag !== undefined && rule.tags.includes(tag)) return true;
  return name !== undefined && (name.includes('*') ? matchesWildcard(rule.name, name) : rule.name === name);
}

/** Literal pieces are taken at their first place, without going back; the last one must end the name. */
export function matchesWildcard(name: string, pattern: string): boolean {
  const [first, ...pieces] = pattern.split('*');
  if (!name.startsWith(first!)) return false;
  let rest = name.slice(first!.length);
  for (const [i, piece] of pieces.entries()) {
    const at = rest.indexOf(piece);
    if (at < 0) return false;
    rest = rest.slice(at + piece.length);
    if (i === pieces.length - 1 && piece !== '' && rest !== '') return false;
  }
  return true;
}
