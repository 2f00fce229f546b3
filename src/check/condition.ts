// A condition tree in, its typed form and everything found in it out. Macros are entered as trees; each is checked once for
// the whole compilation, however often it is used, and its findings carry, per level of use, where it was named. Resolving has
// refused conditions that are too deep for the recursion here.

import type { Catalogue } from '../isa/catalogue.ts';
import { type CompiledRegex, compileRegex } from '../pattern/compile-regex.ts';
import type { ResolvedMacro } from '../resolve/resolved.ts';
import type { MappedText } from '../rulefile/mapped-text.ts';
import type { Span } from '../source/source-file.ts';
import type { Condition, MacroRef, Range } from '../syntax/ast.ts';
import type { CheckedCondition } from './checked.ts';
import { type ComparisonContext, checkComparison } from './comparison.ts';
import { type CheckProblem, problemAt } from './problem.ts';
import type { CheckContext } from './repair.ts';
import { naComparison } from './suspicious.ts';

/** A parsed text and the place that stands for it where a range has none of its own. */
export interface Home {
  readonly text: MappedText;
  readonly span: Span;
}

export interface MacroUse {
  readonly name: string;
  readonly range: Range;
  readonly home: Home;
}

export interface Finding {
  readonly kind: 'na' | 'error' | 'warning';
  readonly problem: CheckProblem;
  /** what the problem's range is of */
  readonly home: Home;
  /** innermost first */
  readonly uses: readonly MacroUse[];
}

export interface ConditionResult {
  /** undefined when there is an error */
  readonly condition: CheckedCondition | undefined;
  /** in the order in which Falco looks at them, each once */
  readonly findings: readonly Finding[];
}

type Negation = Omit<CheckContext, 'source'>;
const POSITIVE: Negation = { isNegated: false };

function inBrackets({ isNegated }: Negation): Negation {
  return isNegated ? { isNegated } : POSITIVE;
}

/** Checks the conditions of one compilation. */
export class ConditionChecker {
  readonly #context: ComparisonContext;
  readonly #results = new Map<ResolvedMacro, ConditionResult>();
  /** what #results are of: a macro means what those that it names mean */
  #macros: ReadonlyMap<string, ResolvedMacro> | undefined;

  constructor(catalogue: Catalogue) {
    this.#context = { catalogue, compileRegex: rememberingCompiler(), texts: new Map() };
  }

  check(condition: Condition, home: Home, macros: ReadonlyMap<string, ResolvedMacro>): ConditionResult {
    if (macros !== this.#macros) this.#results.clear();
    this.#macros = macros;
    return this.#check(condition, home, macros, POSITIVE);
  }

  #macro(macro: ResolvedMacro, macros: ReadonlyMap<string, ResolvedMacro>): ConditionResult {
    const known = this.#results.get(macro);
    if (known !== undefined) return known;
    const result = this.#check(macro.condition, { text: macro.conditionText, span: macro.span }, macros, POSITIVE);
    this.#results.set(macro, result);
    return result;
  }

  #check(
    condition: Condition,
    home: Home,
    macros: ReadonlyMap<string, ResolvedMacro>,
    around: Negation,
  ): ConditionResult {
    switch (condition.kind) {
      case 'and':
      case 'or':
        return joinResults(
          condition.kind,
          condition.children.map((child) => this.#check(child, home, macros, inBrackets(around))),
        );
      case 'not': {
        const { condition: child, findings } = this.#check(condition.child, home, macros, {
          isNegated: !around.isNegated,
          negation: condition,
        });
        return { condition: child && { kind: 'not', child }, findings };
      }
      case 'macro':
        return this.#use(condition, home, macros);
      case 'check': {
        const context = { ...around, source: home.text.text };
        const { checked, warnings } = checkComparison(condition, this.#context, context);
        const na = naComparison(condition, context);
        const findings = na ? [found('na', na, home)] : [];
        for (const warning of warnings) findings.push(found('warning', warning, home));
        if (checked.kind === 'problem') findings.push(found('error', checked, home));
        return { condition: checked.kind === 'problem' ? undefined : checked, findings };
      }
    }
  }

  #use(ref: MacroRef, home: Home, macros: ReadonlyMap<string, ResolvedMacro>): ConditionResult {
    const macro = macros.get(ref.name);
    if (macro === undefined) {
      const unknown = problemAt(ref, 'undefined_macro', `unknown macro '${ref.name}'`);
      return { condition: undefined, findings: [found('error', unknown, home)] };
    }
    const result = this.#macro(macro, macros);
    const use = { name: ref.name, range: ref, home };
    const findings = result.findings.map((finding) => ({ ...finding, uses: [...finding.uses, use] }));
    return { condition: result.condition, findings };
  }
}

// rule packs repeat patterns, and compiling one can take long
function rememberingCompiler(): ComparisonContext['compileRegex'] {
  const known = new Map<string, CompiledRegex>();
  return (pattern) => {
    const compiled = known.get(pattern) ?? compileRegex(pattern);
    known.set(pattern, compiled);
    return compiled;
  };
}

function found(kind: Finding['kind'], problem: CheckProblem, home: Home): Finding {
  return { kind, problem, home, uses: [] };
}

function joinResults(kind: 'and' | 'or', results: readonly ConditionResult[]): ConditionResult {
  const findings = new Map<CheckProblem, Finding>();
  const children: CheckedCondition[] = [];
  for (const result of results) {
    if (result.condition) children.push(result.condition);
    for (const finding of result.findings) {
      if (!findings.has(finding.problem)) findings.set(finding.problem, finding);
    }
  }
  const condition = children.length === results.length ? ({ kind, children } as const) : undefined;
  return { condition, findings: [...findings.values()] };
}
