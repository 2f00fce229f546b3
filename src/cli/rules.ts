// The RULES arguments: files and directories of rule files, or one compiled program. Reads texts only; what is in them is
// the compiler's business.

import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PROGRAM_MAGIC } from '../isa/layout.ts';
import type { SourceFile } from '../source/source-file.ts';
import { loadFailure, reasonOf, usageFailure } from './failure.ts';
import type { Semantics } from './options.ts';

/** The package's own files stand beside dist/ and src/ alike. */
const BUNDLED_RULES: string = fileURLToPath(new URL('../../rules', import.meta.url));
export const BUNDLED_LOG: string = join(BUNDLED_RULES, 'samples', 'events.jsonl');

export type Rules =
  | { readonly kind: 'files'; readonly files: readonly SourceFile[] }
  | { readonly kind: 'program'; readonly name: string; readonly program: Uint8Array };

/**
 * The named rules, or the bundled pack when nothing is named; under `falco` without its files that need extension fields.
 * Fails when a name cannot be read.
 */
export async function readRules(names: readonly string[], semantics: Semantics = 'fixed'): Promise<Rules> {
  const files: SourceFile[] = [];
  for (const path of names.length > 0 ? await ruleFiles(names) : await bundledRules(semantics)) {
    const bytes = await readBytes(path);
    if (!isProgram(bytes)) files.push({ name: path, text: new TextDecoder().decode(bytes) });
    else if (names.length === 1) return { kind: 'program', name: path, program: bytes };
    else throw usageFailure(`${path}: a compiled program stands for all rules, it cannot be combined with other -r`);
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
    try {
      if ((await stat(name)).isDirectory()) files.push(...(await ruleFilesOf(name)));
      else files.push(name);
    } catch (error) {
      throw loadFailure(`${name}: ${reasonOf(error)}`);
    }
  }
  return files;
}

/** Regular files with a rule file's name, by path; folders below are left alone. */
async function ruleFilesOf(directory: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const entry of await readdir(directory)) {
    const path = join(directory, entry);
    if (isRuleFileName(entry) && (await stat(path)).isFile()) files.push(path);
  }
  return files.sort();
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
