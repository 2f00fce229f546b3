// The time that more rules take: 50, 1,000 and 10,000 generated rules over one log, all matches reported. Target 4, on the recorded
// log. Seeds were chosen so that the shares of events that alert are about 1 %, 2 % and a third on the recorded log.

import { createEngine } from '../../src/index.ts';
import { corpusNames, loadCorpus, runOf, sizeOf } from '../corpora.ts';
import { generateRules } from '../corpus/rules.ts';
import { compareTasks, type Effort, type Row, rounded, type Task } from '../harness.ts';
import { compiled } from '../rule-sets.ts';

const SETS: readonly { readonly count: number; readonly seed: number; readonly target?: number }[] = [
  { count: 50, seed: 105 },
  { count: 1000, seed: 2, target: 1.5 },
  { count: 10_000, seed: 1, target: 3 },
];

export async function scaling(effort: Effort): Promise<Row[]> {
  const logs = ['recorded/prod', 'generated/response'].filter((name) => corpusNames().includes(name));
  const rows: Row[] = [];
  for (const name of logs) {
    const corpus = loadCorpus(name);
    const tasks: Task[] = [];
    const shares: number[] = [];
    for (const { count, seed } of SETS) {
      const program = compiled([{ name: `generated-${count}.yaml`, text: generateRules(count, seed) }]);
      const engine = await createEngine(program, { match: 'all', simd: 'on' });
      const scalar = await createEngine(program, { match: 'all', simd: 'off' });
      const found = engine.evaluate(corpus.bytes).alerts.map((alert) => `${alert.line} ${alert.rule}`);
      const others = scalar.evaluate(corpus.bytes).alerts.map((alert) => `${alert.line} ${alert.rule}`);
      if (found.join() !== others.join()) throw new Error(`${name}: the builds find other alerts with ${count} rules`);
      shares.push(new Set(found.map((text) => text.split(' ', 1)[0])).size / corpus.lines.length);
      tasks.push({ name: `${count} rules`, run: runOf(corpus, () => engine.evaluate(corpus.bytes)) });
    }
    const timings = await compareTasks(tasks, effort);
    timings.forEach(({ seconds, ratio, spread, name: what }, i) => {
      const target = name === 'recorded/prod' ? SETS[i]!.target : undefined;
      rows.push({
        case: 'many rules',
        subject: name,
        what: `${what} (${(100 * shares[i]!).toFixed(1)} % of events alert)`,
        seconds,
        eventsPerSecond: Math.round(sizeOf(corpus).events / seconds),
        megabytesPerSecond: Math.round(sizeOf(corpus).bytes / 1e6 / seconds),
        ratio: rounded(1 / ratio),
        lowerIsBetter: true,
        spread: [rounded(1 / spread[1]), rounded(1 / spread[0])],
        ...(target === undefined ? {} : { target }),
      });
    });
  }
  return rows;
}
