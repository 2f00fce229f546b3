// Whether all engines say the same about rules and one payload, and what each of them says if not.

import type { CustomCatalogue } from '../../src/isa/custom-catalogue.ts';
import type { SourceFile } from '../../src/source/source-file.ts';
import type { Engine, Outcome, Semantics } from '../conformance/adapter.ts';
import { ruleFile } from '../conformance/rule-text.ts';
import { printCondition, type RandomRule } from './random-rule.ts';

export interface Disagreement {
  /** index of the rule, or undefined when the counts differ */
  readonly rule: number | undefined;
  readonly payload: string;
  readonly said: readonly string[];
}

const HOSTNAME = 'host';
/** Which of these an unreadable text is called is not compared. */
const UNREADABLE = /invalid_json|invalid_utf8|too_deep/;

/** One file; rule n is named Rn. */
export function rulesText(rules: readonly RandomRule[]): SourceFile {
  const texts = rules.map((rule, at) => {
    const output = `o ${rule.output.join(' | ')}`;
    return ruleFile({ name: `R${at}`, condition: printCondition(rule.condition), output }).text;
  });
  return { name: 'random.yaml', text: texts.join('') };
}

/** How a payload is read. */
export interface Reading {
  readonly semantics: Semantics;
  readonly framing: 'lines' | 'document';
  readonly catalogue?: CustomCatalogue;
  readonly maxEventSize?: number;
}

/** The first payload about which the engines disagree; `payloads` are byte strings. Lines go in together, at first. */
export async function findDisagreement(
  engines: readonly Engine[],
  rules: readonly RandomRule[],
  payloads: readonly string[],
  reading: Reading,
): Promise<Disagreement | undefined> {
  const file = rulesText(rules);
  const whole = reading.framing === 'lines' ? await askAll(engines, file, payloads.join('\n'), reading) : [];
  if (new Set(whole.map(wholeAnswer)).size === 1) return undefined;
  for (const payload of payloads) {
    const outcomes = await askAll(engines, file, payload, reading);
    const said = outcomes.map(wholeAnswer);
    if (new Set(said).size === 1) continue;
    const rule = rules.findIndex((_, at) => new Set(outcomes.map((outcome) => ruleAnswer(outcome, `R${at}`))).size > 1);
    const answers = outcomes.map(
      (outcome, at) => `${engines[at]!.name}: ${rule < 0 ? said[at] : ruleAnswer(outcome, `R${rule}`)}`,
    );
    return { rule: rule < 0 ? undefined : rule, payload, said: answers };
  }
  if (reading.framing === 'document') return undefined;
  // agreement line by line but not in one input
  return {
    rule: undefined,
    payload: payloads.join('\n'),
    said: whole.map(
      (outcome, at) => `${engines[at]!.name}: ${JSON.stringify(outcome.counts)} ${outcome.alerts.length} alerts`,
    ),
  };
}

async function askAll(
  engines: readonly Engine[],
  file: SourceFile,
  input: string,
  reading: Reading,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const options = { ...reading, match: 'all', hostname: HOSTNAME } as const;
  for (const engine of engines) outcomes.push(await engine.run([file], Buffer.from(input, 'latin1'), options));
  return outcomes;
}

function wholeAnswer({ errors, alerts, counts }: Outcome): string {
  const reasons = Object.entries(counts.rejected).flatMap(([reason, count]) =>
    Array<string>(count).fill(UNREADABLE.test(reason) ? 'unreadable' : reason),
  );
  return JSON.stringify([
    errors,
    counts.received,
    counts.evaluated,
    reasons.sort(),
    alerts.map(({ text, json }) => [text, json]),
  ]);
}

function ruleAnswer({ errors, alerts }: Outcome, rule: string): string {
  if (errors.length > 0) return JSON.stringify(errors);
  const mine = alerts.filter((alert) => alert.rule === rule).map(({ text, json }) => `${text}\n      ${json}`);
  return mine.join('\n') || 'no match';
}
