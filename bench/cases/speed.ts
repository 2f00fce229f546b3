// Whole logs and single events against JSON.parse of the same lines: targets 1 to 3. Beside them the engine's walk alone (all rules
// disabled: it reads the same fields), and the scalar build. Answers are checked before anything is timed.

import { createEngine, type Engine, type EngineOptions } from '../../src/index.ts';
import { type Corpus, corpusNames, loadCorpus, runOf, sizeOf, TARGET_LOGS } from '../corpora.ts';
import { compareTasks, type Effort, type Row, rateRow, type Task } from '../harness.ts';
import { compiled, rulesText } from '../rule-sets.ts';

/** Per target log: validated, trusted, one event per call. */
const TARGETS: Readonly<Record<string, readonly [number, number, number]>> = {
  traces: [4.5, 6.5, 2],
  'k8s.log': [3.8, 5, 2],
  'recorded/prod': [5.5, 10, 2],
  'recorded/full': [5.5, 10, 2],
};

interface Variant {
  readonly name: string;
  readonly semantics: 'falco' | 'fixed';
  readonly options: EngineOptions;
  /** place in TARGETS */
  readonly target?: number;
}

const VARIANTS: readonly Variant[] = [
  { name: 'falconet', semantics: 'fixed', options: {}, target: 0 },
  { name: 'falconet, falco semantics', semantics: 'falco', options: {}, target: 0 },
  { name: 'falconet, trusted', semantics: 'fixed', options: { trusted: true }, target: 1 },
  { name: 'falconet, trusted, falco semantics', semantics: 'falco', options: { trusted: true }, target: 1 },
  { name: 'falconet, scalar', semantics: 'fixed', options: { simd: 'off' } },
  { name: 'walk without rules', semantics: 'fixed', options: { rules: [{ disable: { rule: '*' } }] } },
  {
    name: 'walk without rules, trusted',
    semantics: 'fixed',
    options: { trusted: true, rules: [{ disable: { rule: '*' } }] },
  },
];

export async function speed(effort: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  for (const name of corpusNames()) {
    const corpus = loadCorpus(name);
    rows.push(...(await wholeLog(corpus, effort)), ...(await singleEvents(corpus, effort)));
  }
  return rows;
}

function targetOf(corpus: Corpus, place: number | undefined): number | undefined {
  return place === undefined || !TARGET_LOGS.includes(corpus.name) ? undefined : TARGETS[corpus.name]![place];
}

async function wholeLog(corpus: Corpus, effort: Effort): Promise<Row[]> {
  const engines: [Variant, Engine][] = [];
  for (const variant of VARIANTS) {
    const program = compiled(rulesText(corpus.rules), variant.semantics);
    engines.push([variant, await createEngine(program, { simd: 'on', ...variant.options })]);
  }
  checkAnswers(corpus, engines);
  const timings = await compareTasks(
    [
      parsing(corpus),
      ...engines.map(([{ name }, engine]) => ({ name, run: runOf(corpus, () => engine.evaluate(corpus.bytes)) })),
    ],
    effort,
  );
  return timings.map((timing, i) =>
    rateRow(
      { case: 'whole log', subject: corpus.name },
      sizeOf(corpus),
      timing,
      targetOf(corpus, VARIANTS[i - 1]?.target),
    ),
  );
}

/** What the others are compared with. */
export function parsing(corpus: Corpus): Task {
  const run = runOf(corpus, () => {
    for (const line of corpus.lines) JSON.parse(line);
  });
  return { name: 'JSON.parse', run };
}

/** Throws unless every line was evaluated, and engines of one meaning agree. */
function checkAnswers(corpus: Corpus, engines: readonly (readonly [Variant, Engine])[]): void {
  const expected = new Map<string, string>();
  for (const [{ name, semantics, options }, engine] of engines) {
    const { alerts, counts } = engine.evaluate(corpus.bytes);
    if (counts.evaluated !== corpus.lines.length)
      throw new Error(`${corpus.name}: ${name} evaluated ${counts.evaluated}`);
    if (options.rules !== undefined) continue;
    const found = alerts.map((alert) => `${alert.line} ${alert.rule}`).join('\n');
    if ((expected.get(semantics) ?? found) !== found) throw new Error(`${corpus.name}: ${name} finds other alerts`);
    expected.set(semantics, found);
  }
}

async function singleEvents(corpus: Corpus, effort: Effort): Promise<Row[]> {
  const events = corpus.lines.map((line) => new Uint8Array(Buffer.from(line)));
  const variants = VARIANTS.filter(({ name }) => name === 'falconet' || name === 'falconet, falco semantics');
  const tasks = [parsing(corpus)];
  for (const { name, semantics } of variants) {
    const engine = await createEngine(compiled(rulesText(corpus.rules), semantics), { simd: 'on' });
    const whole = engine.evaluate(corpus.bytes).alerts.length;
    const single = events.reduce((sum, event) => sum + engine.evaluate(event).alerts.length, 0);
    if (whole !== single) throw new Error(`${corpus.name}: single events give other alerts`);
    const run = runOf(corpus, () => {
      for (const event of events) engine.evaluate(event);
    });
    tasks.push({ name, run });
  }
  const timings = await compareTasks(tasks, effort);
  return timings.map((timing, i) =>
    rateRow(
      { case: 'one event per call', subject: corpus.name },
      sizeOf(corpus),
      timing,
      i === 0 ? undefined : targetOf(corpus, 2),
    ),
  );
}
