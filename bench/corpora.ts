// The logs that are measured: generated ones and the bundled sample always, recorded ones when they are at hand (FALCONET_DATA names
// their folder; default: the `shared/data` folder beside the checkout). A run goes through a small log several times, so that there is
// enough to time: were the log made longer instead, JSON.parse would find the same texts in the cache, the engine other bytes in memory.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { generateLog } from './corpus/events.ts';
import { DATA, hasDefaultRules, ROOT, type RuleSet } from './rule-sets.ts';

export interface Corpus {
  readonly name: string;
  /** the rules that are evaluated over it */
  readonly rules: RuleSet;
  readonly bytes: Uint8Array;
  /** the same events, one text each */
  readonly lines: readonly string[];
  /** how often a run goes through it */
  readonly passes: number;
}

/** bytes of a run */
const MIN_SIZE = 8 << 20;
const SEED = 1;

interface Source {
  readonly name: string;
  readonly rules: RuleSet;
  readonly file?: string;
  readonly text: () => string;
}

function recorded(name: string, path: string): Source {
  const file = join(DATA, path);
  const bytes = () => (path.endsWith('.gz') ? gunzipSync(readFileSync(file)) : readFileSync(file));
  return { name, rules: 'default', file, text: () => bytes().toString('utf8') };
}

const SAMPLE = join(ROOT, 'rules/samples/events.jsonl');

const SOURCES: readonly Source[] = [
  { name: 'sample', rules: 'bundled', text: () => readFileSync(SAMPLE, 'utf8') },
  { name: 'generated/metadata', rules: 'bundled', text: () => generateLog('Metadata', 5000, SEED) },
  { name: 'generated/request', rules: 'bundled', text: () => generateLog('Request', 5000, SEED) },
  { name: 'generated/response', rules: 'bundled', text: () => generateLog('RequestResponse', 5000, SEED) },
  recorded('traces', 'falco/traces.jsonl'),
  recorded('k8s.log', 'k8s.log'),
  recorded('recorded/prod', 'recorded/prod.jsonl.gz'),
  recorded('recorded/full', 'recorded/full.jsonl.gz'),
];

/** The four that targets are set on. */
export const TARGET_LOGS: readonly string[] = ['traces', 'k8s.log', 'recorded/prod', 'recorded/full'];

/** Names of the logs at hand. */
export function corpusNames(): readonly string[] {
  return SOURCES.filter(({ file }) => file === undefined || (hasDefaultRules && existsSync(file))).map(
    ({ name }) => name,
  );
}

export function loadCorpus(name: string): Corpus {
  const source = SOURCES.find((one) => one.name === name)!;
  const corpus = corpusOf(name, source.rules, source.text().split('\n').filter(Boolean));
  return { ...corpus, passes: Math.ceil(MIN_SIZE / corpus.bytes.length) };
}

/** As much of the log as a run over `count` lines goes through. */
export function firstLines(corpus: Corpus, count: number): Corpus {
  const { name, rules, lines } = corpus;
  const passes = Math.min(corpus.passes, Math.floor(count / lines.length));
  return passes > 0 ? { ...corpus, passes } : corpusOf(name, rules, lines.slice(0, count));
}

function corpusOf(name: string, rules: RuleSet, lines: readonly string[]): Corpus {
  return { name, rules, lines, bytes: Buffer.from(`${lines.join('\n')}\n`), passes: 1 };
}

/** A run: what is done with the log, as often as a run goes through it. */
export function runOf({ passes }: Corpus, pass: () => unknown): () => void {
  return () => {
    for (let i = 0; i < passes; i++) pass();
  };
}

/** Of a run. */
export function sizeOf({ lines, bytes, passes }: Corpus): { readonly events: number; readonly bytes: number } {
  return { events: passes * lines.length, bytes: passes * bytes.length };
}
