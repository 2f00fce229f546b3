// A corpus: rules, events, which rules each event matches, sampled alerts, and rules that do not load. Every event, alert
// and refused rule is a case.

import { join } from 'node:path';
import type { SourceFile } from '../../src/source/source-file.ts';
import type { Alert, Engine, RunOptions } from './adapter.ts';
import { readLines, readMaybeGzipped, readText } from './discover.ts';
import { type CaseResult, difference } from './tally.ts';

const OPTIONS: RunOptions = { semantics: 'falco', framing: 'lines', match: 'all' };

interface Expected {
  readonly id: string;
  readonly rules?: readonly number[];
}
interface RefusedRule {
  readonly rule: string;
  readonly code: string;
}

export async function runCorpus(directory: string, engines: readonly Engine[]): Promise<CaseResult[]> {
  const problems = new Map<string, string | undefined>();
  const note = (id: string, engine: Engine, problem: string | undefined) =>
    problems.set(id, problems.get(id) ?? (problem && `${engine.name} ${problem}`));
  for (const engine of engines) {
    for (const [id, problem] of await corpusProblems(directory, engine)) note(id, engine, problem);
    for (const [id, problem] of await refusalProblems(directory, engine)) note(id, engine, problem);
  }
  return [...problems].map(([id, problem]) => ({ id, problem }));
}

type Problems = readonly (readonly [id: string, problem: string | undefined])[];

async function corpusProblems(directory: string, engine: Engine): Promise<Problems> {
  const rules: SourceFile = { name: 'rules.yaml', text: readText(join(directory, 'rules.yaml'))! };
  const events = readMaybeGzipped(join(directory, 'events.jsonl'))!;
  const { errors, alerts } = await engine.run([rules], events, OPTIONS);
  if (errors.length > 0) return [['rules', difference(errors, [])]];
  const byEvent = new Map<string, Alert[]>();
  for (const alert of alerts) {
    const id = eventOf(alert.json);
    byEvent.set(id, [...(byEvent.get(id) ?? []), alert]);
  }
  const expected = readLines(join(directory, 'expected.jsonl'))!.map((line) => JSON.parse(line) as Expected);
  const samples = readLines(join(directory, 'alerts.jsonl')) ?? [];
  return [
    ...expected.map(({ id, rules = [] }) => {
      const seen = (byEvent.get(id) ?? []).map(({ rule }) => rule);
      return [
        id,
        listDifference(
          seen,
          rules.map((n) => `R${n}`),
        ),
      ] as const;
    }),
    ...samples.map((line) => {
      const { rule } = JSON.parse(line) as { rule: string };
      const seen = byEvent.get(eventOf(line))?.find((alert) => alert.rule === rule)?.json;
      return [`alert ${eventOf(line)} ${rule}`, difference(seen && withoutHost(seen), withoutHost(line))] as const;
    }),
  ];
}

function eventOf(alert: string): string {
  return (JSON.parse(alert) as { output_fields: Record<string, string> }).output_fields['ka.auditid'] ?? '';
}

/** Which rules are missing and which are too many reads better than two long lists. */
function listDifference(seen: readonly string[], expected: readonly string[]): string | undefined {
  const missing = expected.filter((rule) => !seen.includes(rule));
  const extra = seen.filter((rule) => !expected.includes(rule));
  if (missing.length + extra.length === 0) return difference(seen, expected);
  return `misses ${missing.join(' ') || 'none'}, has too many ${extra.join(' ') || 'none'}`;
}

/** Alerts carry the name of the machine that wrote them. */
export function withoutHost(json: string): string {
  return json.replace(/^\{"hostname":"(?:[^"\\]|\\.)*"/, '{"hostname":""');
}

async function refusalProblems(directory: string, engine: Engine): Promise<Problems> {
  const text = readText(join(directory, 'load-errors.json'));
  const refused = text === undefined ? [] : (JSON.parse(text) as RefusedRule[]);
  const head = readText(join(directory, 'rules.yaml'))!.split(/^- rule:/m)[0]!;
  const problems: [string, string | undefined][] = [];
  for (const { rule, code } of refused) {
    const { errors } = await engine.run([{ name: 'rules.yaml', text: head + rule }], new Uint8Array(), OPTIONS);
    const name = /^- rule: *(.*)$/m.exec(rule)?.[1] ?? 'unnamed';
    problems.push([`refused ${name}`, difference(errors[0]?.code, code)]);
  }
  return problems;
}
