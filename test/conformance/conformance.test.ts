// The conformance runner. It looks through the directory that FALCONET_CONFORMANCE names, else through this folder and the
// cases beside the checkout if there are any, and runs what it knows on every engine. See README.md here.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runCorpus } from './corpus.ts';
import { conformanceDirectories, discoverAll, type Entry, readText } from './discover.ts';
import { ENGINES } from './engines.ts';
import { runFieldCases } from './field-cases.ts';
import { runGolden } from './golden.ts';
import { runIngestCases } from './ingest-cases.ts';
import { runLanguageCases } from './language-cases.ts';
import { type CaseResult, type KnownGaps, tally } from './tally.ts';

const TIMEOUT = 30 * 60_000;
const SHOWN_FAILURES = 40;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const gaps = JSON.parse(readFileSync(here('known-gaps.json'), 'utf8')) as KnownGaps;
const directories = conformanceDirectories();

function runEntry(entry: Entry): Promise<CaseResult[]> | undefined {
  switch (entry.kind) {
    case 'corpus':
      return runCorpus(entry.path, ENGINES);
    case 'golden':
      return runGolden(entry.path, entry.golden, ENGINES);
    case 'cases':
      return runCases(entry.name, readText(entry.path)!);
    case 'unknown':
      return undefined;
  }
}

function runCases(name: string, text: string): Promise<CaseResult[]> | undefined {
  if (name === 'k8saudit-cases') return runFieldCases(text, ENGINES);
  if (name === 'k8saudit-ingest-cases') return runIngestCases(text, ENGINES);
  return name === 'rule-language-cases' ? runLanguageCases(text, ENGINES) : undefined;
}

for (const entry of discoverAll(directories)) {
  it(
    entry.name,
    async () => {
      const results = await runEntry(entry);
      if (results === undefined) {
        console.log(`${entry.name}: not known, ignored`);
        return;
      }
      const { summary, failures } = tally(entry.name, results, gaps);
      console.log([summary, ...failures.slice(0, SHOWN_FAILURES).map((line) => `  ${line}`)].join('\n'));
      expect(failures.map((line) => line.split(':')[0])).toEqual([]);
    },
    TIMEOUT,
  );
}

it('finds something to run', () =>
  expect(directories.flatMap((directory) => discoverAll([directory]))).not.toEqual([]));
