// Rules that load, in; warnings about what their authors probably did not mean, out, most with a mechanical fix. Nothing here
// changes what rules do, and Falco has no such warnings: they never show in its result shape.

import type { CheckedRule } from '../check/checked.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Catalogue } from '../isa/catalogue.ts';
import type { ResolvedRule, ResolvedRules } from '../resolve/resolved.ts';
import { lintAppends } from './appends.ts';
import { lintBypass } from './bypass.ts';
import { lintChecks } from './checks.ts';
import { lintExceptions, splitExceptions } from './exceptions.ts';
import { type FormulaContext, formulaOf } from './formula.ts';
import { ListNames } from './list-names.ts';
import { Presence } from './presence.ts';
import { lintSemantics } from './semantics.ts';
import { lintTruth } from './truth.ts';

export interface LintInput {
  readonly catalogue: Catalogue;
  readonly resolved: ResolvedRules;
  readonly rules: readonly CheckedRule[];
  readonly isFixed: boolean;
  /** also report ways around a rule */
  readonly bypass: boolean;
  /** what is reported already */
  readonly diagnostics: readonly Diagnostic[];
}

/** New warnings, in reading order; each place is warned of once. */
export function lintRules(input: LintInput): readonly Diagnostic[] {
  const { catalogue, resolved, rules, isFixed, bypass, diagnostics } = input;
  const presence = new Presence(catalogue, isFixed);
  const context = { catalogue, macros: resolved.macros, presence, lists: new ListNames(resolved.lists) };
  const found: Diagnostic[] = [];
  const add = (more: readonly Diagnostic[]): void => {
    for (const diagnostic of more) found.push(diagnostic);
  };
  const own = resolved.rules.filter(({ source }) => source === catalogue.source);
  for (const { name, condition, conditionText, parts, span } of resolved.macros.values()) {
    add(lintAppends(`macro '${name}'`, parts, span));
    add(lintChecks(condition, { text: conditionText, span }, context));
  }
  for (const rule of own) {
    add(lintAppends(`rule '${rule.name}'`, rule.parts, rule.conditionSpan));
    add(lintChecks(rule.condition, { text: rule.conditionText, span: rule.conditionSpan }, context));
  }
  for (const checked of rules) {
    add(lintCondition(checked.rule, context));
    add(lintSemantics(checked));
    if (bypass) add(lintBypass(checked.rule, context));
  }
  return distinct(found, diagnostics);
}

function lintCondition(rule: ResolvedRule, context: FormulaContext): readonly Diagnostic[] {
  const split = splitExceptions(rule);
  const home = { text: rule.conditionText, span: rule.conditionSpan };
  const formula = split && formulaOf(split.condition, home, context);
  if (split === undefined || formula === undefined) return [];
  return [...lintTruth(rule.name, formula), ...lintExceptions(rule, formula, split.exceptions, context)];
}

/** Without those about a place that has such a report, sorted by place. */
function distinct(found: readonly Diagnostic[], reported: readonly Diagnostic[]): readonly Diagnostic[] {
  const key = ({ code, span }: Diagnostic): string => `${code} ${span.file} ${span.start} ${span.end}`;
  // Falco warns of the first comparison with a missing value of a rule
  const seen = new Set(reported.map((one) => key(one.code === 'W702' ? { ...one, code: 'W731' } : one)));
  const kept = found.filter((one) => !seen.has(key(one)) && seen.add(key(one)));
  return kept.sort((a, b) => a.span.file - b.span.file || a.span.start - b.span.start);
}
