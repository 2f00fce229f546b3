// Test results as JUnit XML and as JSON, for build servers.

import type { RuleTestReport } from './test-rules.ts';
import type { TestResult } from './tester.ts';
import type { TestProblem } from './verdict.ts';

/** Results by test file, in order. */
export function resultsByFile(results: readonly TestResult[]): ReadonlyMap<string, readonly TestResult[]> {
  const files = new Map<string, TestResult[]>();
  for (const result of results) {
    const { file } = result.test.place;
    files.set(file, [...(files.get(file) ?? []), result]);
  }
  return files;
}

/** What is wrong, for people: the message, then indented the diff or the reasons. */
export function problemLines({ message, diff, because }: TestProblem): readonly string[] {
  return [
    message,
    ...(diff ?? []).map((line) => `  ${line}`),
    ...(because ?? []).map((reason) => `  because ${reason}`),
  ];
}

export function junitReport({ results, problems, diagnostics }: RuleTestReport): string {
  const suites = [...resultsByFile(results)].map(([file, cases]) => {
    const failures = cases.filter(({ passed }) => !passed).length;
    const time = seconds(cases.reduce((sum, { milliseconds }) => sum + milliseconds, 0));
    const head = `  <testsuite name="${xml(file)}" tests="${cases.length}" failures="${failures}" time="${time}">`;
    return [head, ...cases.map(junitCase), '  </testsuite>'].join('\n');
  });
  const broken = [
    ...problems.map(({ file, line, message }) => `${file}:${line}: ${message}`),
    ...diagnostics.map(({ text }) => text),
  ];
  if (broken.length > 0) {
    const cases = broken.map(
      (text) =>
        `    <testcase classname="load" name="${xml(text.split('\n')[0]!)}"><error message="${xml(text)}"/></testcase>`,
    );
    suites.push(
      [`  <testsuite name="load" tests="${broken.length}" errors="${broken.length}">`, ...cases, '  </testsuite>'].join(
        '\n',
      ),
    );
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suites.join('\n')}\n</testsuites>\n`;
}

function junitCase({ test, passed, problems, milliseconds }: TestResult): string {
  const head = `    <testcase classname="${xml(test.place.file)}" name="${xml(test.name)}" time="${seconds(milliseconds)}"`;
  if (passed) return `${head}/>`;
  const text = problems.flatMap(problemLines).join('\n');
  return `${head}><failure message="${xml(problems[0]!.message)}">${xml(text)}</failure></testcase>`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

const ENTITIES: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '"': '&quot;' };

/** Characters that XML cannot hold become U+FFFD. */
function xml(text: string): string {
  return text
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Surrogate}/gu, '\ufffd')
    .replace(/[<>&"]/g, (character) => ENTITIES[character]!);
}

/** Everything as one JSON document. */
export function jsonReport(report: RuleTestReport): string {
  const { passed, results, problems, diagnostics, mutation, coverage } = report;
  const tests = results.map(({ test, passed: ok, problems: found, fired, milliseconds }) => ({
    name: test.name,
    ...test.place,
    passed: ok,
    problems: found,
    fired,
    milliseconds: Math.round(milliseconds * 1000) / 1000,
  }));
  return `${JSON.stringify({ passed, tests, problems, diagnostics, mutation, coverage }, null, 2)}\n`;
}
