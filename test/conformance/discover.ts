// Finds what the runner knows in a directory: case files by name, folders that are corpora, folders with goldens. Files
// may be gzipped. Everything else is named and ignored.

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

export interface Golden {
  readonly alerts: string;
  readonly rules: string;
  readonly events: string;
  readonly match: 'first' | 'all';
}

export type Entry =
  | { readonly kind: 'cases'; readonly name: string; readonly path: string }
  | { readonly kind: 'corpus'; readonly name: string; readonly path: string }
  | { readonly kind: 'golden'; readonly name: string; readonly path: string; readonly golden: Golden }
  | { readonly kind: 'unknown'; readonly name: string; readonly path: string };

/** Bytes of `path`, or of `path` with or without `.gz`; undefined when none of them exists. */
export function readMaybeGzipped(path: string): Buffer | undefined {
  const plain = path.replace(/\.gz$/, '');
  if (existsSync(plain)) return readFileSync(plain);
  return existsSync(`${plain}.gz`) ? gunzipSync(readFileSync(`${plain}.gz`)) : undefined;
}

export function readText(path: string): string | undefined {
  return readMaybeGzipped(path)?.toString('utf8');
}

/** Lines without the empty ones. */
export function readLines(path: string): string[] | undefined {
  return readText(path)
    ?.split('\n')
    .filter((line) => line !== '');
}

const OWN_FILES = /\.(?:ts|md)$|^known-gaps\.json$/;

/** The directory that FALCONET_CONFORMANCE names, else this folder and the cases beside the checkout if there are any. */
export function conformanceDirectories(): string[] {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const given = process.env.FALCONET_CONFORMANCE;
  return given ? [given] : [here('.'), here('../../../shared/conformance')].filter(existsSync);
}

/** Entries of a directory in name order. */
export function discover(directory: string): Entry[] {
  const names = existsSync(directory) ? readdirSync(directory).sort() : [];
  return names.flatMap((file): Entry[] => {
    const path = resolve(directory, file);
    if (statSync(path).isDirectory()) return folder(file, path);
    const name = file.replace(/\.json(?:\.gz)?$/, '');
    if (name !== file && name.endsWith('-cases')) return [{ kind: 'cases', name, path }];
    return OWN_FILES.test(file) ? [] : [{ kind: 'unknown', name: file, path }];
  });
}

function folder(name: string, path: string): Entry[] {
  const files = new Set(readdirSync(path).map((file) => file.replace(/\.gz$/, '')));
  if (files.has('goldens.json')) {
    const goldens = JSON.parse(readText(join(path, 'goldens.json'))!) as Golden[];
    return goldens.map((golden) => {
      const stem = golden.alerts.replace(/\.jsonl(?:\.gz)?$/, '');
      return { kind: 'golden', name: `${name}/${stem}`, path, golden };
    });
  }
  const isCorpus = ['rules.yaml', 'events.jsonl', 'expected.jsonl'].every((file) => files.has(file));
  return [{ kind: isCorpus ? 'corpus' : 'unknown', name, path }];
}

/** Entries of several directories; what stands in two of them with the same content is run once. */
export function discoverAll(directories: readonly string[]): Entry[] {
  const seen = new Set<string>();
  return directories.flatMap(discover).filter((entry) => {
    const digest = digestOf(entry);
    const isNew = !seen.has(digest);
    seen.add(digest);
    return isNew;
  });
}

function digestOf(entry: Entry): string {
  if (entry.kind === 'golden' || entry.kind === 'unknown') return `${entry.kind} ${entry.path} ${entry.name}`;
  const files = entry.kind === 'cases' ? [''] : ['/rules.yaml', '/events.jsonl', '/expected.jsonl', '/alerts.jsonl'];
  const hash = createHash('sha256').update(entry.name);
  for (const file of files) hash.update(readMaybeGzipped(entry.path + file) ?? '');
  return hash.digest('hex');
}
