// Whether the tests notice each mutant: all mutants of a suite become rules of one program, which is run once over the events of
// all tests. A mutant is noticed when it fires where its rule must not, or does not where it must.

import type { CheckedRule } from '../check/checked.ts';
import { emitProgram } from '../emit/emit.ts';
import { lowerRules } from '../ir/lower.ts';
import { createEngine, type Engine } from '../runtime/index.ts';
import { type Mutation, mutantsOf } from './mutants.ts';
import type { TestCase } from './test-case.ts';
import type { Suite } from './tester.ts';

/** A test with the bytes of its events. */
export interface PreparedTest {
  readonly test: TestCase;
  readonly inputs: readonly Uint8Array[];
}

/** A survivor that is accepted, and why. */
export interface AcceptedSurvivor {
  /** rule or macro */
  readonly owner: string;
  readonly predicate: string;
  readonly kind?: string;
  readonly constant?: string;
  readonly reason: string;
}

export interface MutationReport {
  readonly total: number;
  readonly noticed: number;
  /** not noticed, and nobody said why */
  readonly survivors: readonly Mutation[];
  readonly accepted: readonly { readonly mutation: Mutation; readonly reason: string }[];
  /** entries that fit no survivor any more */
  readonly stale: readonly AcceptedSurvivor[];
  /** noticed of total, percent */
  readonly score: number;
}

/** Rules in one program; beyond that another one is made, as programs hold their tables in memory. */
const MAX_RULES = 20_000;

/** Mutations of all suites by key, with whether some test noticed them. */
export type MutationState = Map<string, { readonly mutation: Mutation; noticed: boolean }>;

/** Runs the mutants of one suite over its tests. */
export async function mutateSuite(suite: Suite, tests: readonly PreparedTest[], state: MutationState): Promise<void> {
  const expectations = tests.map(({ test }) => expectationOf(test));
  let batch: CheckedRule[] = [];
  let keys: string[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length > 0) await runBatch(suite, batch, keys, tests, expectations, state);
    [batch, keys] = [[], []];
  };
  for (const { key, mutation, rules } of mutantsOf(suite.checked, suite.files)) {
    const entry = state.get(key) ?? { mutation, noticed: false };
    state.set(key, entry);
    if (entry.noticed) continue;
    for (const rule of rules) {
      batch.push(rule);
      keys.push(key);
    }
    if (batch.length >= MAX_RULES) await flush();
  }
  await flush();
}

type Expectation = (rule: string) => boolean | undefined;

/** Whether a test expects a rule to fire; undefined: it does not say. */
function expectationOf({ alerts, noAlerts, exact }: TestCase): Expectation {
  const wanted = new Set(alerts.filter(({ count }) => count !== 0).map(({ rule }) => rule));
  const unwanted = new Set(noAlerts);
  return (rule) => (wanted.has(rule) ? true : exact || unwanted.has(rule) ? false : undefined);
}

async function runBatch(
  suite: Suite,
  rules: readonly CheckedRule[],
  keys: readonly string[],
  tests: readonly PreparedTest[],
  expectations: readonly Expectation[],
  state: MutationState,
): Promise<void> {
  const numbered = rules.map(
    (checked, i): CheckedRule => ({
      ...checked,
      rule: { ...checked.rule, name: String(i), description: '', tags: [] },
      output: [],
      extraFields: [],
    }),
  );
  const { catalogue, resolved } = suite.checked;
  const ir = lowerRules(numbered, catalogue, suite.options.semantics ?? 'fixed', resolved);
  const engine = await createEngine(emitProgram(ir), { match: 'all' });
  tests.forEach(({ inputs }, t) => {
    const fired = firedRules(engine, inputs);
    const expected = expectations[t]!;
    rules.forEach(({ rule }, i) => {
      const entry = state.get(keys[i]!)!;
      if (entry.noticed) return;
      const wanted = expected(rule.name);
      if (wanted !== undefined && wanted !== fired.has(i)) entry.noticed = true;
    });
  });
}

function firedRules(engine: Engine, inputs: readonly Uint8Array[]): ReadonlySet<number> {
  return new Set(inputs.flatMap((bytes) => engine.evaluate(bytes).alerts.map(({ rule }) => Number(rule))));
}

/** The outcome over all suites. */
export function mutationReport(state: MutationState, accepted: readonly AcceptedSurvivor[]): MutationReport {
  const all = [...state.values()];
  const alive = all.filter(({ noticed }) => !noticed).map(({ mutation }) => mutation);
  const used = new Set<AcceptedSurvivor>();
  const excused: MutationReport['accepted'][number][] = [];
  const survivors = alive.filter((mutation) => {
    const entry = accepted.find((one) => fits(one, mutation));
    if (entry === undefined) return true;
    used.add(entry);
    excused.push({ mutation, reason: entry.reason });
    return false;
  });
  const noticed = all.length - alive.length;
  return {
    total: all.length,
    noticed,
    survivors,
    accepted: excused,
    stale: accepted.filter((entry) => !used.has(entry)),
    score: all.length === 0 ? 100 : (100 * noticed) / all.length,
  };
}

function fits(entry: AcceptedSurvivor, { owner, predicate, kind, constant }: Mutation): boolean {
  if (entry.owner !== owner || entry.predicate !== predicate) return false;
  return (entry.kind ?? kind) === kind && (entry.constant === undefined || entry.constant === constant);
}

/** A mutation in one line. */
export function mutationText({ owner, predicate, kind, constant }: Mutation): string {
  return `${owner}: ${predicate} ${kind}${constant === undefined ? '' : ` (${JSON.stringify(constant)})`}`;
}
