// A golden: the alerts of a rule file over a log, line by line, the host's name aside.

import { resolve } from 'node:path';
import type { Engine } from './adapter.ts';
import { withoutHost } from './corpus.ts';
import { type Golden, readLines, readMaybeGzipped, readText } from './discover.ts';
import { type CaseResult, difference } from './tally.ts';

/** What the original was given when the alerts were recorded. */
const MAX_EVENT_SIZE = 16 << 20;

export async function runGolden(directory: string, golden: Golden, engines: readonly Engine[]): Promise<CaseResult[]> {
  const rules = readText(resolve(directory, golden.rules));
  const events = readMaybeGzipped(resolve(directory, golden.events));
  const expected = readLines(resolve(directory, golden.alerts));
  if (rules === undefined || events === undefined || expected === undefined) {
    return [{ id: 'input', problem: undefined, isSkipped: true }];
  }
  const problems = new Map<string, string | undefined>();
  for (const engine of engines) {
    const { errors, alerts } = await engine.run([{ name: golden.rules, text: rules }], events, {
      semantics: 'falco',
      framing: 'lines',
      match: golden.match,
      maxEventSize: MAX_EVENT_SIZE,
    });
    const lines = Math.max(expected.length, alerts.length);
    if (errors.length > 0) {
      problems.set('rules', `${engine.name} ${difference(errors, [])}`);
      continue;
    }
    for (let at = 0; at < lines; at++) {
      const [seen, wanted] = [alerts[at]?.json, expected[at]].map((json) => json && withoutHost(json));
      const problem = difference(seen, wanted);
      const id = `line ${at + 1}`;
      problems.set(id, problems.get(id) ?? (problem && `${engine.name} ${problem}`));
    }
  }
  return [...problems].map(([id, problem]) => ({ id, problem }));
}
