// Conditions that no event, or every event, makes true, and parts of conditions of that kind. A rule that is switched off as a
// whole is reported; a part that is switched (`and always_true`, an empty list to be filled) is not.

import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { type Formula, negated, type Part } from './formula.ts';
import { lintAt, spanAt, textAt } from './place.ts';
import { type Conflict, findConflict } from './satisfiable.ts';

/** What is to say about the condition of a rule. */
export function lintTruth(rule: string, formula: Formula): readonly Diagnostic[] {
  const never = smallestConflict(formula);
  if (never) return [report('never_true', never, `rule '${rule}' never matches`)];
  const always = smallestConflict(negated(formula));
  if (always) return [report('always_true', contrary(always), `rule '${rule}' matches every event`)];
  return partsOf(formula).map(({ isTrue, conflict, field }) => {
    const effect = `part of rule '${rule}'`;
    if (field === undefined) return report(isTrue ? 'always_true' : 'never_true', conflict, effect);
    const message = `${named(conflict.at)} is true for every value of '${field}': ${effect}`;
    return lintAt('always_true', message, conflict.at.place, { notes: [`it asks no more than '${field} exists'`] });
  });
}

interface Finding {
  readonly isTrue: boolean;
  readonly conflict: Conflict;
  /** true whatever the value of this field is */
  readonly field?: string;
}

function partsOf(formula: Formula): readonly Finding[] {
  switch (formula.kind) {
    case 'test':
      return [];
    case 'constant':
      return formula.isSwitch ? [] : [asWritten(formula.value, { at: formula })];
    default: {
      const isTrue = formula.kind === 'or';
      const conflict = findConflict(isTrue ? negated(formula) : formula);
      if (conflict && !hasConstant(formula)) return [asWritten(isTrue, isTrue ? contrary(conflict) : conflict)];
      const field = isTrue && !formula.isContrary ? coveredField(formula) : undefined;
      if (field) return [{ isTrue, conflict: { at: formula }, field }];
      return formula.children.flatMap(partsOf);
    }
  }
}

/** What stands below a `not` is the contrary of what is asked. */
function asWritten(isTrue: boolean, conflict: Conflict): Finding {
  if (!conflict.at.isContrary) return { isTrue, conflict };
  return { isTrue: !isTrue, conflict: contrary(conflict) };
}

function contrary(conflict: Conflict): Conflict {
  const turned = (part: Part): Part => ({ ...part, isContrary: !part.isContrary });
  return { at: turned(conflict.at), ...(conflict.with && { with: turned(conflict.with) }) };
}

function hasConstant(formula: Formula): boolean {
  if (formula.kind === 'and' || formula.kind === 'or') return formula.children.some(hasConstant);
  return formula.kind === 'constant';
}

/** The field of `f != a or f != b`, which is true whatever the value is. */
function coveredField({ children }: Extract<Formula, { kind: 'and' | 'or' }>): string | undefined {
  const excluded = new Map<string, ReadonlySet<string>>();
  for (const child of children) {
    const last = child.kind === 'and' && child.children.length === 2 ? child.children[1]! : child;
    // only what one check came to
    if (last.kind !== 'test' || last.place !== child.place) continue;
    const { test } = last;
    if (test.test !== 'member' || test.of !== 'value' || !test.isNegated) continue;
    const before = excluded.get(test.key);
    const both = before ? new Set([...before].filter((value) => test.values.has(value))) : test.values;
    if (both.size === 0) return test.key;
    excluded.set(test.key, both);
  }
  return undefined;
}

/** The conflict of the smallest part that cannot be true by itself. */
function smallestConflict(formula: Formula): Conflict | undefined {
  const conflict = findConflict(formula);
  if (!conflict || formula.kind !== 'and') return conflict;
  for (const child of formula.children) {
    const inner = smallestConflict(child);
    if (inner) return inner;
  }
  return conflict;
}

function report(reason: 'never_true' | 'always_true', { at, with: other }: Conflict, effect: string): Diagnostic {
  const isNever = reason === 'never_true';
  if (other === undefined) {
    const word = isNever === at.isContrary ? 'always' : 'never';
    return lintAt(reason, `'${textAt(at.place)}' is ${word} true: ${effect}`, at.place);
  }
  const labels = [{ span: spanAt(other.place), message: isNever ? 'this excludes it' : 'the other one' }];
  const message = isNever
    ? `${named(at)} cannot be true together with ${named(other)}: ${effect}`
    : `one of ${named(other)} and ${named(at)} is always true: ${effect}`;
  return lintAt(reason, message, at.place, { labels });
}

function named({ place, isContrary }: Part): string {
  return isContrary ? `'not ${textAt(place)}'` : `'${textAt(place)}'`;
}
