// Rules and what selects among them in, notes for people out: a selection that leaves nothing in effect, and names that no rule
// has, are most often slips. Neither is an error: rules may come and go while the selection stays.

import { didYouMean } from '../isa/nearest-name.ts';
import { type PriorityName, priorityOf } from '../isa/priorities.ts';
import type { ProgramMeta } from '../program/meta.ts';
import type { RuleSelection } from '../runtime/index.ts';
import { matchesWildcard, selectRules } from '../runtime/selection.ts';

export interface RuleChoices {
  /** in order */
  readonly rules: readonly RuleSelection[];
  /** absent: whatever the tags */
  readonly tags?: readonly string[];
  readonly minPriority?: PriorityName;
}

/** One line each, without a full stop. */
export function selectionNotes(
  rules: ProgramMeta['rules'],
  { rules: entries, tags, minPriority }: RuleChoices,
): string[] {
  if (rules.length === 0) return ['no rule is in effect: none was loaded'];
  const names = rules.map(({ name }) => name);
  const known = new Set(rules.flatMap((rule) => rule.tags));
  const notes = entries.flatMap((entry) => {
    const [operation, { rule, tag }] = 'enable' in entry ? ['enable', entry.enable] : ['disable', entry.disable];
    const isNamed = rule === undefined || names.some((name) => matchesWildcard(rule, name));
    return [
      ...(isNamed ? [] : [`there is no rule '${rule}' to ${operation}${suggestion(rule, names)}`]),
      ...(tag === undefined ? [] : tagNotes(tag, known)),
    ];
  });
  notes.push(...(tags ?? []).flatMap((tag) => tagNotes(tag, known)));
  const isAnyInEffect = selectRules(rules, priorityOf(minPriority ?? 'debug')!, entries, tags).length > 0;
  const count = rules.length === 1 ? 'the one rule is' : `all ${rules.length} rules are`;
  return isAnyInEffect ? notes : [...notes, `no rule is in effect: ${count} disabled or not selected`];
}

function tagNotes(tag: string, known: ReadonlySet<string>): readonly string[] {
  return known.has(tag) ? [] : [`no rule has the tag '${tag}'${suggestion(tag, known)}`];
}

function suggestion(name: string, known: Iterable<string>): string {
  const help = didYouMean(name, known);
  return help === undefined ? '' : `; ${help}`;
}
