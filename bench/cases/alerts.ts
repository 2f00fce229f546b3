// A rule that every event matches, with six output fields, and the JSON line of every alert made: target 5, against JSON.parse alone
// of the same events. The texts are checked against what JSON.parse finds in them.

import { createEngine, type Engine } from '../../src/index.ts';
import { type Corpus, corpusNames, loadCorpus, runOf, sizeOf, TARGET_LOGS } from '../corpora.ts';
import { compareTasks, type Effort, type Row, rateRow } from '../harness.ts';
import { compiled } from '../rule-sets.ts';
import { parsing } from './speed.ts';

const RULE = `- rule: Everything
  desc: every event
  condition: evt.rawtime exists
  output: "seen (user=%ka.user.name verb=%ka.verb uri=%ka.uri resource=%ka.target.resource ns=%ka.target.namespace code=%ka.response.code)"
  priority: INFO
  source: k8s_audit
`;
const TARGET = 1;

export async function alerts(effort: Effort): Promise<Row[]> {
  const rows: Row[] = [];
  const engine = await createEngine(compiled([{ name: 'everything.yaml', text: RULE }]), { simd: 'on' });
  for (const name of corpusNames()) {
    const corpus = loadCorpus(name);
    checkTexts(engine, corpus);
    const timings = await compareTasks(
      [
        parsing(corpus),
        { name: 'falconet, every event an alert', run: runOf(corpus, () => alertBytes(engine, corpus)) },
      ],
      effort,
    );
    const which = { case: 'alert-heavy', subject: name };
    const target = TARGET_LOGS.includes(name) ? TARGET : undefined;
    rows.push(...timings.map((timing, i) => rateRow(which, sizeOf(corpus), timing, i === 0 ? undefined : target)));
  }
  return rows;
}

/** Makes every text; the sum keeps them from being optimised away. */
function alertBytes(engine: Engine, corpus: Corpus): number {
  let length = 0;
  for (const alert of engine.evaluate(corpus.bytes).alerts) length += alert.json.length;
  return length;
}

function checkTexts(engine: Engine, corpus: Corpus): void {
  const found = engine.evaluate(corpus.bytes).alerts;
  if (found.length !== corpus.lines.length) throw new Error(`${corpus.name}: not every event is an alert`);
  for (let i = 0; i < found.length; i += 97) {
    const fields = JSON.parse(found[i]!.json).output_fields;
    const event = JSON.parse(corpus.lines[i]!);
    const expected = {
      'ka.user.name': event.user?.username ?? null,
      'ka.verb': event.verb ?? null,
      'ka.uri': event.requestURI ?? null,
      'ka.target.resource': event.objectRef?.resource ?? null,
      'ka.target.namespace': event.objectRef?.namespace ?? null,
      'ka.response.code': event.responseStatus?.code === undefined ? null : String(event.responseStatus.code),
    };
    for (const [field, value] of Object.entries(expected)) {
      if (String(fields[field]) !== String(value))
        throw new Error(`${corpus.name}: ${field} is ${fields[field]}, not ${value}`);
    }
  }
}
