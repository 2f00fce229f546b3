// Explanations agree with the engine on the random corpora: the same rules match, every connective follows from its parts, and
// what was not needed could not have changed the outcome.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compile.ts';
import { createExplainer } from '../../src/explain/explainer.ts';
import type { ExplainedPart, RuleExplanation } from '../../src/explain/explanation.ts';
import { createEngine } from '../../src/runtime/index.ts';
import { readMaybeGzipped, readText } from '../conformance/discover.ts';

const CORPORA = fileURLToPath(new URL('../conformance', import.meta.url));
/** Every event is compared; of each so many, all explanations are looked at part by part. */
const DEEP = 25;
const SLOW_MACHINE = 120_000;

describe.each(['random-7', 'random-8', 'recorded-8'])('%s', (name) => {
  it.each(['falco', 'fixed'] as const)(
    'agrees with %s semantics',
    async (semantics) => {
      const files = [{ name: 'rules.yaml', text: readText(`${CORPORA}/${name}/rules.yaml`)! }];
      const bytes = new Uint8Array(readMaybeGzipped(`${CORPORA}/${name}/events.jsonl`)!);
      const { program } = compile(files, { semantics });
      const engine = await createEngine(program!, { match: 'all' });
      const { explainer } = await createExplainer(files, { semantics });
      const byLine = new Map<number, string[]>();
      const evaluation = engine.evaluate(bytes);
      for (const { line, rule } of evaluation.alerts) byLine.set(line, [...(byLine.get(line) ?? []), rule]);
      const { events, rejections } = explainer!.explain(bytes);
      expect(events.length).toBe(evaluation.counts.evaluated);
      expect(rejections.map(({ line, reason }) => [line, reason])).toEqual(
        evaluation.rejections.map(({ line, reason }) => [line, reason]),
      );
      const differing = events.filter(({ line, matches }) => matches.join() !== (byLine.get(line) ?? []).join());
      expect(differing.map(({ line }) => line)).toEqual([]);
      for (const event of events.filter((_, i) => i % DEEP === 0)) {
        for (const explanation of event.rules()) checkExplanation(explanation, event.matches);
      }
    },
    SLOW_MACHINE,
  );
});

function checkExplanation(explanation: RuleExplanation, matches: readonly string[]): void {
  const { rule, condition, reasons } = explanation;
  const problems = [...partProblems(condition)];
  if (explanation.matches !== condition.holds || (explanation.enabled && matches.includes(rule) !== condition.holds)) {
    problems.push('the outcome is not that of the condition');
  }
  if (reasons.length === 0 || reasons.some(({ text }) => text === '')) problems.push('there is no reason');
  if (decided(condition) !== condition.holds) problems.push('what was needed does not decide');
  if (problems.length > 0) expect.fail(`${rule}: ${problems.join('; ')}`);
}

function* partProblems(part: ExplainedPart): Generator<string> {
  const children = part.children ?? [];
  const truths = children.map(({ holds }) => holds);
  const expected = {
    and: truths.every(Boolean),
    or: truths.some(Boolean),
    not: !truths[0],
    macro: truths[0],
    check: part.holds,
  }[part.kind];
  if (expected !== part.holds) yield `${part.kind} at ${part.place.line}:${part.place.column}`;
  if (part.kind === 'check' && !part.values?.length) yield `no value for ${part.text}`;
  for (const child of children) yield* partProblems(child);
}

/** The truth of a part by what is marked as needed. */
function decided(part: ExplainedPart): boolean {
  const needed = (part.children ?? []).filter((child) => child.needed);
  switch (part.kind) {
    case 'and':
      return needed.every(decided);
    case 'or':
      return needed.some(decided);
    case 'not':
      return !decided(needed[0]!);
    case 'macro':
      return decided(needed[0]!);
    case 'check':
      return part.holds;
  }
}
