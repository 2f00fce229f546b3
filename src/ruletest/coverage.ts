// What the tests reach: rules with a firing and a non-firing test, predicates that were seen both ways, techniques that tested
// rules stand for. Truth comes from the engine, as in explanations.

import { type Part, PartBuilder, type RuleParts } from '../explain/parts.ts';
import { TruthEngine, truthProgram } from '../explain/truth.ts';
import { LineIndex } from '../source/line-index.ts';
import type { PreparedTest } from './mutate.ts';
import type { Place } from './test-case.ts';
import type { Suite } from './tester.ts';

export interface RuleCoverage {
  readonly rule: string;
  readonly tags: readonly string[];
  readonly place: Place;
  /** tests that expect an alert of it */
  firing: number;
  /** tests that name it as one that stays silent */
  silent: number;
}

export interface PredicateCoverage {
  readonly predicate: string;
  readonly place: Place;
  held: boolean;
  failed: boolean;
}

export interface Coverage {
  readonly rules: readonly RuleCoverage[];
  readonly predicates: readonly PredicateCoverage[];
}

/** Coverage over several suites of the same rules. */
export class CoverageCounter {
  readonly #rules = new Map<string, RuleCoverage>();
  readonly #predicates = new Map<string, PredicateCoverage>();

  async add(suite: Suite, tests: readonly PreparedTest[]): Promise<void> {
    const { checked, files, options } = suite;
    const builder = new PartBuilder(checked.resolved);
    const rules = checked.rules.map((rule) => builder.rule(rule));
    const indexes = files.map(({ text }) => new LineIndex(text));
    const placeOf = ({ file, start }: Part['span']): Place => ({
      file: files[file]?.name ?? '',
      line: indexes[file]?.position(start).line ?? 1,
    });
    for (const { checked: one } of rules) this.#addRule(one.rule.name, one.rule.tags, placeOf(one.rule.span), tests);
    const semantics = options.semantics ?? 'fixed';
    const program = truthProgram(rules, checked.catalogue, semantics, checked.resolved);
    const truth = await TruthEngine.create(program, {});
    const parts = [...predicatesOf(rules)].map((part) => ({ part, entry: this.#predicate(part, placeOf(part.span)) }));
    for (const bytes of tests.flatMap(({ inputs }) => inputs)) {
      for (const event of truth.evaluate(bytes, 'lines').events) {
        for (const { part, entry } of parts) {
          if (event.holds(part.checked)) entry.held = true;
          else entry.failed = true;
        }
      }
    }
  }

  coverage(): Coverage {
    return { rules: [...this.#rules.values()], predicates: [...this.#predicates.values()] };
  }

  #addRule(rule: string, tags: readonly string[], place: Place, tests: readonly PreparedTest[]): void {
    const entry = this.#rules.get(rule) ?? { rule, tags, place, firing: 0, silent: 0 };
    this.#rules.set(rule, entry);
    entry.firing += tests.filter(({ test }) => test.alerts.some((alert) => alert.rule === rule)).length;
    entry.silent += tests.filter(({ test }) => test.noAlerts.includes(rule)).length;
  }

  #predicate({ text, span }: Part, place: Place): PredicateCoverage {
    const key = `${place.file}:${span.start}:${span.end}`;
    const entry = this.#predicates.get(key) ?? { predicate: text, place, held: false, failed: false };
    this.#predicates.set(key, entry);
    return entry;
  }
}

function predicatesOf(rules: readonly RuleParts[]): ReadonlySet<Part> {
  const seen = new Set(rules.map(({ condition }) => condition));
  for (const part of seen) for (const child of part.children) seen.add(child);
  return new Set([...seen].filter(({ kind }) => kind === 'check'));
}

const TECHNIQUE = /^T[0-9]{4}(\.[0-9]{3})?$/;

export interface TechniqueCoverage {
  readonly technique: string;
  readonly rules: readonly string[];
  /** of them, with a firing and a non-firing test */
  readonly tested: number;
}

/** ATT&CK techniques that the rules are tagged with, by id. */
export function techniquesOf({ rules }: Coverage): readonly TechniqueCoverage[] {
  const techniques = new Map<string, RuleCoverage[]>();
  for (const rule of rules) {
    for (const tag of rule.tags.map((one) => one.toUpperCase()).filter((one) => TECHNIQUE.test(one))) {
      techniques.set(tag, [...(techniques.get(tag) ?? []), rule]);
    }
  }
  return [...techniques]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([technique, users]) => ({
      technique,
      rules: users.map(({ rule }) => rule),
      tested: users.filter(({ firing, silent }) => firing > 0 && silent > 0).length,
    }));
}

/** A layer file for the ATT&CK Navigator: the score of a technique is its number of tested rules. */
export function navigatorLayer(coverage: Coverage, name: string): object {
  const techniques = techniquesOf(coverage);
  const most = Math.max(1, ...techniques.map(({ tested }) => tested));
  return {
    name,
    versions: { layer: '4.5', navigator: '5.0.0', attack: '15' },
    domain: 'enterprise-attack',
    description:
      'Techniques that the rules detect; the score is the number of rules with a firing and a non-firing test',
    techniques: techniques.map(({ technique, rules, tested }) => ({
      techniqueID: technique,
      score: tested,
      enabled: true,
      showSubtechniques: technique.includes('.'),
      comment: rules.join('\n'),
    })),
    gradient: { colors: ['#ffffff', '#66b1ff'], minValue: 0, maxValue: most },
    hideDisabled: false,
  };
}
