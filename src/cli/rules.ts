// The RULES arguments: files and directories of rule files, standard input, or one compiled program. Reads texts only; what is
// in them is the compiler's business.

import type { Stats } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { PROGRAM_MAGIC } from '../isa/layout.ts';
import type { SourceFile } from '../source/source-file.ts';
import { loadFailure, reasonOf, usageFailure } from './failure.ts';
import type { Semantics } from './options.ts';

/** The package's own files stand beside dist/ and src/ alike. */
const BUNDLED_RULES: string = fileURLToPath(new URL('../../rules', import.meta.url));
export const BUNDLED_LOG: string = join(BUNDLED_RULES, 'samples', 'events.jsonl');

/** Stands for standard input where a file is expected. */
export const STDIN = '-';
const STDIN_NAME = '<stdin>';

export type Rules =
  | { readonly kind: 'files'; readonly files: readonly SourceFile[] }
  | { readonly kind: 'program'; readonly name: string; readonly program: Uint8Array };

/**
 * The named rules, or the bundled pack when nothing is named; under `falco` without its files that need extension fields.
 * Fails when a name cannot be read.
 */
export async function readRules(names: readonly string[], semantics: Semantics = 'fixed'): Promise<Rules> {
  checkReadOnce(names);
  const files: SourceFile[] = [];
  for (const path of names.length > 0 ? await ruleFiles(names) : await bundledRules(semantics)) {
    const { name, bytes } = await readNamed(path);
    if (!isProgram(bytes)) files.push({ name, text: new TextDecoder().decode(bytes) });
    else if (names.length === 1) return { kind: 'program', name, program: bytes };
    else throw usageFailure(`${name}: a compiled program stands for all rules, it cannot be combined with other -r`);
  }
  if (files.length === 0) throw loadFailure(`${names.join(', ')}: no rule file (*.yaml, *.yml) in there`);
  return { kind: 'files', files };
}

/** Rule files only, for commands that have no use for a program. */
export async function readRuleFiles(names: readonly string[], semantics?: Semantics): Promise<readonly SourceFile[]> {
  const rules = await readRules(names, semantics);
  if (rules.kind === 'program') throw usageFailure(`${rules.name}: is a compiled program, expected rule files`);
  return rules.files;
}

/** @throws Failure when standard input is named more than once */
export function checkReadOnce(names: readonly string[]): void {
  if (names.filter((name) => name === STDIN).length > 1) throw usageFailure('standard input (-) can be read once only');
}

/** Bytes of a file or of standard input, with the name that messages have for it. */
export async function readNamed(path: string): Promise<{ readonly name: string; readonly bytes: Uint8Array }> {
  if (path !== STDIN) return { name: path, bytes: await readBytes(path) };
  try {
    return { name: STDIN_NAME, bytes: new Uint8Array(await buffer(process.stdin)) };
  } catch (error) {
    throw loadFailure(`${STDIN_NAME}: ${reasonOf(error)}`);
  }
}

/** Bytes of a file; fails with its name and the reason. */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    throw loadFailure(`${path}: ${reasonOf(error)}`);
  }
}

export function isProgram(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true) === PROGRAM_MAGIC;
}

async function bundledRules(semantics: Semantics): Promise<readonly string[]> {
  const files = await ruleFilesOf(BUNDLED_RULES);
  return semantics === 'fixed' ? files : files.filter((path) => !basename(path).startsWith('kx-'));
}

async function ruleFiles(names: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const name of names) {
    if (name !== STDIN && (await statusOf(name)).isDirectory()) files.push(...(await ruleFilesOf(name)));
    else files.push(name);
  }
  return files;
}

/** Regular files with a rule file's name, by path; folders below are left alone. */
async function ruleFilesOf(directory: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const entry of await entriesOf(directory)) {
    const path = join(directory, entry);
    if (isRuleFileName(entry) && (await statusOf(path)).isFile()) files.push(path);
  }
  return files.sort();
}

async function entriesOf(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    throw loadFailure(`${directory}: ${reasonOf(error)}`);
  }
}

async function statusOf(path: string): Promise<Stats> {
  try {
    return await stat(path);
  } catch (error) {
    throw loadFailure(`${path}: ${reasonOf(error)}`);
  }
}

/**
 * As Falco's wildcards see `*.yaml` and `*.yml`: the first such piece has to be the end, so `x.yaml.yaml` is none. Tests of
 * rules (`x.test.yaml`) may stand beside the rules.
 */
function isRuleFileName(name: string): boolean {
  if (/\.test\.ya?ml$/.test(name)) return false;
  return ['.yaml', '.yml'].some(
    (ending) => name.includes(ending) && name.indexOf(ending) === name.length - ending.length,
  );
}
