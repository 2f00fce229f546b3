// Alerts in, what they lack of a test's expectation out.

import type { Alert } from '../runtime/index.ts';
import type { ExpectedAlert, TestCase } from './test-case.ts';

export interface TestProblem {
  readonly kind: 'missing' | 'unexpected' | 'different' | 'invalid';
  /** the rule that it is about, if one */
  readonly rule?: string;
  readonly message: string;
  /** of `different`: lines that start with `-` for what was expected and with `+` for what was found */
  readonly diff?: readonly string[];
  /** why the rule did or did not match, one text an event */
  readonly because?: readonly string[];
}

export function verdictOf(test: TestCase, alerts: readonly Alert[]): readonly TestProblem[] {
  const problems: TestProblem[] = test.alerts.flatMap((expected) => alertProblems(expected, alerts));
  const wanted = new Set(test.alerts.map(({ rule }) => rule));
  const unwanted = test.exact ? alerts.map(({ rule }) => rule).filter((rule) => !wanted.has(rule)) : [];
  const forbidden = test.noAlerts.filter((rule) => alerts.some((alert) => alert.rule === rule));
  for (const rule of new Set([...forbidden, ...unwanted])) {
    problems.push({ kind: 'unexpected', rule, message: `'${rule}' raised an alert that is not expected` });
  }
  return problems;
}

function alertProblems(expected: ExpectedAlert, alerts: readonly Alert[]): readonly TestProblem[] {
  const { rule, count } = expected;
  const raised = alerts.filter((alert) => alert.rule === rule);
  if (count !== undefined && raised.length !== count) {
    const kind = raised.length < count ? 'missing' : 'unexpected';
    return [{ kind, rule, message: `'${rule}' raised ${raised.length} alerts, expected ${count}` }];
  }
  if (raised.length === 0) {
    return count === 0 ? [] : [{ kind: 'missing', rule, message: `'${rule}' raised no alert` }];
  }
  const diffs = raised.map((alert) => difference(expected, alert));
  if (diffs.some((diff) => diff.length === 0)) return [];
  const nearest = diffs.reduce((least, diff) => (diff.length < least.length ? diff : least));
  return [{ kind: 'different', rule, message: `the alert of '${rule}' differs`, diff: nearest }];
}

function difference(expected: ExpectedAlert, alert: Alert): readonly string[] {
  const lines: string[] = [];
  const compare = (what: string, wanted: unknown, found: unknown): void => {
    if (sameJson(wanted, found)) return;
    lines.push(`- ${what}: ${JSON.stringify(wanted)}`, `+ ${what}: ${JSON.stringify(found ?? null)}`);
  };
  const { priority, output, output_contains: part, output_fields: fields } = expected;
  if (priority !== undefined) compare('priority', priorityName(priority), priorityName(alert.priority));
  if (output !== undefined) compare('output', output, alert.message);
  if (part !== undefined && !alert.message.includes(part)) {
    lines.push(`- output contains: ${JSON.stringify(part)}`, `+ output: ${JSON.stringify(alert.message)}`);
  }
  for (const [name, value] of Object.entries(fields ?? {})) compare(name, value, alert.output_fields[name]);
  return lines;
}

function priorityName(text: string): string {
  const name = text.toLowerCase();
  return name === 'info' ? 'informational' : name;
}

/** Equal as JSON, whatever the order of keys; a missing value is null. */
function sameJson(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return (a ?? null) === (b ?? null);
  const [left, right] = [Object.entries(a), Object.keys(b)];
  if (Array.isArray(a) !== Array.isArray(b) || left.length !== right.length) return false;
  return left.every(([key, value]) => sameJson(value, (b as Record<string, unknown>)[key]));
}
