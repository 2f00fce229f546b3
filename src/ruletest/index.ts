// `falconet/testing`: unit tests for rules, from test files or in code.

export type { Coverage, PredicateCoverage, RuleCoverage, TechniqueCoverage } from './coverage.ts';
export { navigatorLayer, techniquesOf } from './coverage.ts';
export type { ReadFile } from './events.ts';
export type { Mutation, MutationKind } from './mutants.ts';
export type { AcceptedSurvivor, MutationReport } from './mutate.ts';
export { jsonReport, junitReport } from './reports.ts';
export type {
  EventChanges,
  EventSource,
  ExpectedAlert,
  Templates,
  TestCase,
  TestFileProblem,
} from './test-case.ts';
export { type RuleTestReport, type TestInput, type TestRulesOptions, testRules } from './test-rules.ts';
export {
  type CodeSource,
  type CodeTest,
  createRuleTester,
  type RuleTester,
  type RuleTesterOptions,
  type TestResult,
} from './tester.ts';
export type { TestProblem } from './verdict.ts';
