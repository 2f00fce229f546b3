// The logs that are measured: generated ones and the bundled sample always, recorded ones when they are at hand (FALCONET_DATA names
// their folder; default: the `shared/data` folder beside the checkout). Small logs are repeated to a size that can be timed.

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
  /** how often the log was repeated */
  readonly repeats: number;
}

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
  const once = source.text().split('\n').filter(Boolean);
  const bytes = Buffer.from(`${once.join('\n')}\n`);
  const repeats = Math.max(1, Math.ceil(MIN_SIZE / bytes.length));
  return {
    name,
    rules: source.rules,
    bytes: Buffer.concat(Array.from({ length: repeats }, () => bytes)),
    lines: Array.from({ length: repeats }, () => once).flat(),
    repeats,
  };
}

/** The first `count` lines only. */
export function firstLines(corpus: Corpus, count: number): Corpus {
  const lines = corpus.lines.slice(0, count);
  return { ...corpus, lines, bytes: Buffer.from(`${lines.join('\n')}\n`), repeats: 1 };
}

export function sizeOf(corpus: Corpus): { readonly events: number; readonly bytes: number } {
  return { events: corpus.lines.length, bytes: corpus.bytes.length };
}
