// What else a JavaScript program could use for the same work: which of Falco's default rules match each event, all of them. Every
// peer starts from the text of an event and its answers are compared with the engine's before it is timed. Slow ones get fewer
// events; all figures are per event, against JSON.parse of the events that they got.

import { createEngine } from '../../src/index.ts';
import type { ResolvedRules } from '../../src/resolve/resolved.ts';
import { referenceRun } from '../../test/reference/run.ts';
import { type Corpus, corpusNames, firstLines, loadCorpus, sizeOf } from '../corpora.ts';
import { compareTasks, type Effort, type Row, rateRow } from '../harness.ts';
import type { AuditEvent } from '../peers/audit-event.ts';
import { celRules } from '../peers/cel.ts';
import { formulas } from '../peers/formula.ts';
import { jsonRules } from '../peers/json-rules.ts';
import { handWritten } from '../peers/predicates.ts';
import { LazyEvent, loadSimdjson } from '../peers/simdjson-event.ts';
import { compiled, resolved, rulesText } from '../rule-sets.ts';
import { parsing } from './speed.ts';

interface Peer {
  readonly name: string;
  /** it gets no more lines */
  readonly lines: number;
  /** numbers of the rules that match, per event, in any order */
  readonly answers: (corpus: Corpus) => Promise<number[][]> | number[][];
}

type Matcher = (event: AuditEvent, found: number[]) => void | Promise<void>;

export async function peers(effort: Effort): Promise<Row[]> {
  const rules = resolved('default');
  const rows: Row[] = [];
  for (const name of corpusNames()) {
    const corpus = loadCorpus(name);
    if (corpus.rules !== 'default') continue;
    rows.push(...(await compareOn(corpus, rules, effort)));
  }
  return rows;
}

async function compareOn(corpus: Corpus, rules: ResolvedRules, effort: Effort): Promise<Row[]> {
  const engine = await createEngine(compiled(rulesText('default')), { match: 'all', simd: 'on' });
  const numbers = new Map(rules.rules.map((rule, i) => [rule.name, i + 1]));
  const engineAnswers = (part: Corpus): number[][] => {
    const answers: number[][] = part.lines.map(() => []);
    for (const alert of engine.evaluate(part.bytes).alerts) answers[alert.line - 1]!.push(numbers.get(alert.rule)!);
    return answers;
  };
  const rows: Row[] = [];
  const which = { case: 'peers', subject: corpus.name };
  for (const peer of [{ name: 'falconet', lines: Infinity, answers: engineAnswers }, ...peersFor(rules)]) {
    const part = firstLines(corpus, peer.lines);
    compareAnswers(peer.name, part, await peer.answers(part), engineAnswers(part));
    const timings = await compareTasks(
      [
        parsing(part),
        {
          name: peer.name,
          run: async () => {
            for (let i = 0; i < part.passes; i++) await peer.answers(part);
          },
        },
      ],
      effort,
    );
    const shown = rows.length === 0 ? timings : timings.slice(1);
    rows.push(...shown.map((timing) => rateRow(which, sizeOf(part), timing)));
  }
  return rows;
}

function peersFor(rules: ResolvedRules): readonly Peer[] {
  const lists = new Map(rules.lists.map((list) => [list.name, new Set(list.itemsCompiled)]));
  const byHand = handWritten((name) => lists.get(name)!);
  const trees = formulas(rules);
  const simdjson = loadSimdjson();
  const lazily = (tape: ReturnType<NonNullable<typeof simdjson>['lazyParse']>): AuditEvent => new LazyEvent(tape);
  if (simdjson === undefined) process.stderr.write('skipped: npm simdjson is not installed\n');
  return [
    peer('JSON.parse + hand-written predicates', Infinity, parse, byHand),
    ...(simdjson === undefined
      ? []
      : [peer('simdjson lazy + hand-written predicates', 2000, (line) => lazily(simdjson.lazyParse(line)), byHand)]),
    peer('JSON.parse + cel-js', 2000, parse, celRules(trees)),
    peer('JSON.parse + json-rules-engine', 300, parse, jsonRules(trees)),
    { name: 'reference evaluator', lines: 300, answers: (corpus) => referenceAnswers(corpus, rules) },
  ];
}

function parse(line: string): AuditEvent {
  return JSON.parse(line);
}

function peer(name: string, lines: number, read: (line: string) => AuditEvent, matcher: Matcher): Peer {
  const answers = (corpus: Corpus): number[][] | Promise<number[][]> => {
    const found: number[][] = [];
    const waiting: Promise<void>[] = [];
    for (const line of corpus.lines) {
      const numbers: number[] = [];
      const pending = matcher(read(line), numbers);
      if (pending !== undefined) waiting.push(pending);
      found.push(numbers);
    }
    return waiting.length === 0 ? found : Promise.all(waiting).then(() => found);
  };
  return { name, lines, answers };
}

/** The reference reports alerts without their events: each line is a run of its own. */
function referenceAnswers(corpus: Corpus, rules: ResolvedRules): number[][] {
  const numbers = new Map(rules.rules.map((rule, i) => [rule.name, i + 1]));
  return corpus.lines.map((line) =>
    referenceRun(rules, Buffer.from(line), { match: 'all' }).alerts.map((alert) => numbers.get(alert.rule)!),
  );
}

function compareAnswers(name: string, corpus: Corpus, found: readonly number[][], expected: readonly number[][]): void {
  const text = (numbers: readonly number[]): string => [...numbers].sort((a, b) => a - b).join();
  corpus.lines.forEach((line, i) => {
    if (text(found[i]!) === text(expected[i]!)) return;
    throw new Error(
      `${corpus.name}: ${name} finds ${text(found[i]!)}, not ${text(expected[i]!)}, on ${line.slice(0, 600)}`,
    );
  });
}
