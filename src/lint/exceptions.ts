// Exceptions whose values exclude nothing: about fields that no event has, against events that the condition does not let
// through anyway, or saying again what an earlier value says. One without values is a place for others to append them to.

import type { Home } from '../check/condition.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { ResolvedRule } from '../resolve/resolved.ts';
import { spanOf } from '../rulefile/mapped-text.ts';
import type { Span } from '../source/source-file.ts';
import type { Condition } from '../syntax/ast.ts';
import { type Formula, type FormulaContext, formulaOf, negated, TRUE } from './formula.ts';
import { lintOf, spanAt } from './place.ts';
import { findConflict } from './satisfiable.ts';

/** Values of one exception that are compared with each other: the work grows with their square. */
const MAX_COMPARED_VALUES = 100;

/** The condition without the exceptions, and that of each exception with values; undefined when they cannot be told apart. */
export function splitExceptions(
  rule: ResolvedRule,
): { readonly condition: Condition; readonly exceptions: readonly Condition[] } | undefined {
  const count = rule.exceptions.filter(({ valueCount }) => valueCount > 0).length;
  if (count === 0) return { condition: rule.condition, exceptions: [] };
  if (rule.condition.kind !== 'and' || rule.condition.children.length !== count + 1) return undefined;
  const [condition, ...negations] = rule.condition.children;
  const exceptions = negations.flatMap((node) => (node.kind === 'not' ? [node.child] : []));
  return exceptions.length === count ? { condition: condition!, exceptions } : undefined;
}

/** `condition` is the rule's own, without exceptions; what it excludes is not asked when it is never true. */
export function lintExceptions(
  rule: ResolvedRule,
  condition: Formula,
  exceptions: readonly Condition[],
  context: FormulaContext,
): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  const home = { text: rule.conditionText, span: rule.conditionSpan };
  const earlier: Formula[] = [];
  const given = findConflict(condition) ? TRUE : condition;
  let next = 0;
  for (const { name, valueCount, span } of rule.exceptions) {
    const what = `exception '${name}' of rule '${rule.name}'`;
    if (valueCount === 0) continue;
    const node = exceptions[next++]!;
    const formula = formulaOf(node, home, context);
    if (formula === undefined) continue;
    const whole = lintException(what, span, formula, given, earlier);
    if (whole) found.push(whole);
    else if (node.kind === 'or' && formula.kind === 'or' && node.children.length === formula.children.length) {
      const values = node.children.map((child, i) => ({ formula: formula.children[i]!, span: valueSpan(child, home) }));
      for (const one of lintValues(what, values, given, earlier)) found.push(one);
    }
    earlier.push(negated(formula));
  }
  return found;
}

function lintException(
  what: string,
  span: ResolvedRule['span'],
  formula: Formula,
  condition: Formula,
  earlier: readonly Formula[],
): Diagnostic | undefined {
  const report = (why: string): Diagnostic =>
    lintOf('exception_without_effect', `${what} excludes nothing: ${why}`, span);
  if (findConflict(formula)) return report('it can never be true');
  const conflict = findConflict(condition, formula);
  if (conflict) {
    const labels =
      conflict.with === undefined ? [] : [{ span: spanAt(conflict.with.place), message: 'this excludes it' }];
    const why = 'the condition does not let through what it is about';
    return lintOf('exception_without_effect', `${what} excludes nothing: ${why}`, span, { labels });
  }
  const isSaid = earlier.length > 0 && findConflict(formula, ...earlier) !== undefined;
  return isSaid ? report('earlier exceptions say the same') : undefined;
}

/** From the first value to the last one of a list of values; the fields stand elsewhere. */
function valueSpan(condition: Condition, home: Home): Span {
  const checks = condition.kind === 'and' ? condition.children : [condition];
  const spans = checks.flatMap((check) =>
    check.kind === 'check' && check.right ? [spanOf(home.text, check.right.start, check.right.end, home.span)] : [],
  );
  const first = spans[0] ?? home.span;
  return { file: first.file, start: first.start, end: Math.max(first.end, spans.at(-1)?.end ?? 0) };
}

function lintValues(
  what: string,
  values: readonly { readonly formula: Formula; readonly span: Span }[],
  condition: Formula,
  earlier: readonly Formula[],
): readonly Diagnostic[] {
  if (values.length > MAX_COMPARED_VALUES) return [];
  const found: Diagnostic[] = [];
  const before = [...earlier];
  for (const { formula, span } of values) {
    const why = findConflict(condition, formula)
      ? 'the condition does not let through what it is about'
      : before.length > 0 && findConflict(formula, ...before)
        ? 'an earlier one says the same'
        : undefined;
    if (why) found.push(lintOf('exception_without_effect', `a value of ${what} excludes nothing: ${why}`, span));
    before.push(negated(formula));
  }
  return found;
}
