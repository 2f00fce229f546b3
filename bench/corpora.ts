// The logs that are measured: the bundled sample always, the recorded ones when they are at hand (FALCONET_DATA names their
// folder; default: the `shared/data` folder beside the checkout). Small logs are repeated to a size that can be timed.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

export interface Corpus {
  readonly name: string;
  /** rule file that is evaluated over it */
  readonly rules: readonly string[];
  readonly bytes: Uint8Array;
  /** the same events, one text each */
  readonly lines: readonly string[];
  /** how often the log was repeated */
  readonly repeats: number;
}

const ROOT: string = join(import.meta.dirname, '..');
const DATA: string = process.env.FALCONET_DATA ?? join(ROOT, '../shared/data');
const MIN_SIZE = 8 << 20;

const BUNDLED_RULES: readonly string[] = [
  '00-building-blocks',
  'access',
  'anonymous',
  'control-plane',
  'credentials',
  'namespaces',
  'network',
  'rbac',
  'workloads',
].map((name) => join(ROOT, 'rules', `${name}.yaml`));
const FALCO_RULES = join(DATA, 'falco/k8s_audit_rules.yaml');

const LOGS: readonly { readonly name: string; readonly file: string; readonly rules: readonly string[] }[] = [
  { name: 'sample', file: join(ROOT, 'rules/samples/events.jsonl'), rules: BUNDLED_RULES },
  { name: 'traces', file: join(DATA, 'falco/traces.jsonl'), rules: [FALCO_RULES] },
  { name: 'k8s.log', file: join(DATA, 'k8s.log'), rules: [FALCO_RULES] },
  { name: 'recorded/prod', file: join(DATA, 'recorded/prod.jsonl.gz'), rules: [FALCO_RULES] },
  { name: 'recorded/full', file: join(DATA, 'recorded/full.jsonl.gz'), rules: [FALCO_RULES] },
];

function read(file: string): Buffer {
  const bytes = readFileSync(file);
  return file.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

export function loadCorpora(): Corpus[] {
  return LOGS.filter((log) => existsSync(log.file) && log.rules.every((rules) => existsSync(rules))).map((log) => {
    const once = read(log.file).toString('utf8').split('\n').filter(Boolean);
    const bytes = Buffer.from(`${once.join('\n')}\n`);
    const repeats = Math.max(1, Math.ceil(MIN_SIZE / bytes.length));
    return {
      name: log.name,
      rules: log.rules,
      bytes: Buffer.concat(Array.from({ length: repeats }, () => bytes)),
      lines: Array.from({ length: repeats }, () => once).flat(),
      repeats,
    };
  });
}
