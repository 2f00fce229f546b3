// Names of rule files in, an engine out, with what is needed to say how it differs from another. Nothing is changed when the rules do
// not compile: the problems are returned.

import { createHash } from 'node:crypto';
import { checkRuleFiles, compile } from '../compile.ts';
import { metaOf } from '../program/decode.ts';
import { createEngine, type Engine, verifyProgram } from '../runtime/index.ts';
import type { CompileOptions, RuleFile } from '../types.ts';
import type { RulesConfig } from './config.ts';
import { IDENTITY_FIELDS } from './identity.ts';
import { selectionNotes } from './selection-notes.ts';

/** Rule files as texts, or one compiled program. */
export type RuleSource =
  | { readonly kind: 'files'; readonly files: readonly RuleFile[] }
  | { readonly kind: 'program'; readonly name: string; readonly program: Uint8Array };

/**
 * Without names the bundled rules, those that these semantics have the fields for.
 * @throws with a message for people when a name cannot be read
 */
export type ReadRules = (names: readonly string[], semantics?: 'falco' | 'fixed') => Promise<RuleSource>;

export interface RuleSet {
  readonly engine: Engine;
  /** of the program and of the selection: equal sets do equal things */
  readonly digest: string;
  readonly rules: number;
  readonly warnings: number;
  /** what is odd about which rules are in effect */
  readonly notes: readonly string[];
  /** `rule NAME`, `macro NAME`, `list NAME` to their content */
  readonly definitions: ReadonlyMap<string, string>;
}

/** @throws with a message for people when there is no rule set to be had */
export async function loadRuleSet(config: RulesConfig, readRules: ReadRules, hostname: string): Promise<RuleSet> {
  const source = await readRules(config.files, config.semantics);
  const compiled = source.kind === 'files' ? compileFiles(source.files, config) : verified(source.name, source.program);
  const { program } = compiled;
  const engine = await createEngine(program, {
    ...config.format,
    match: config.match,
    rules: config.selection,
    hostname: config.hostname ?? hostname,
    trusted: config.trusted ?? false,
    simd: config.simd ?? 'auto',
    ...(config.tags === undefined ? {} : { tags: config.tags }),
    ...(config.minPriority === undefined ? {} : { minPriority: config.minPriority }),
    ...(config.maxEventSize === undefined ? {} : { maxEventSize: config.maxEventSize }),
    ...(config.maxDepth === undefined ? {} : { maxDepth: config.maxDepth }),
  });
  const { appendOutput: _, files: __, ...settings } = config;
  const digest = createHash('sha256').update(program).update(JSON.stringify(settings)).digest('hex').slice(0, 16);
  const { rules } = metaOf(program);
  const { tags, minPriority } = config;
  const notes = selectionNotes(rules, {
    rules: config.selection ?? [],
    ...(tags === undefined ? {} : { tags }),
    ...(minPriority === undefined ? {} : { minPriority }),
  });
  return { engine, digest, rules: rules.length, notes, ...compiled };
}

/** `2 added (a, b), 1 changed (c)`, or undefined when nothing a rule author would call a change is different. */
export function differences(before: RuleSet, after: RuleSet): string | undefined {
  const [old, now] = [before.definitions, after.definitions];
  const kinds: readonly (readonly [string, readonly string[]])[] = [
    ['added', [...now.keys()].filter((name) => !old.has(name))],
    ['removed', [...old.keys()].filter((name) => !now.has(name))],
    ['changed', [...now.keys()].filter((name) => old.has(name) && old.get(name) !== now.get(name))],
  ];
  const texts = kinds
    .filter(([, names]) => names.length > 0)
    .map(([kind, names]) => `${names.length} ${kind} (${listed(names)})`);
  if (texts.length > 0) return texts.join(', ');
  return before.digest === after.digest ? undefined : 'the same definitions with other settings';
}

const MAX_LISTED = 10;

function listed(names: readonly string[]): string {
  const rest = names.length - MAX_LISTED;
  return names.slice(0, MAX_LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

type Compiled = Pick<RuleSet, 'warnings' | 'definitions'> & { readonly program: Uint8Array };

function compileFiles(files: readonly RuleFile[], config: RulesConfig): Compiled {
  const options: CompileOptions = {
    semantics: config.semantics ?? 'fixed',
    appendOutput: config.appendOutput,
    carriedFields: IDENTITY_FIELDS,
  };
  const { program, diagnostics } = compile(files, options);
  const errors = diagnostics.filter(({ level }) => level === 'error');
  if (program === undefined || errors.length > 0) {
    throw new Error(`the rules do not compile\n${errors.map(({ text }) => text).join('\n')}`);
  }
  return { program, warnings: diagnostics.length - errors.length, definitions: definitionsOf(files, options) };
}

function definitionsOf(files: readonly RuleFile[], options: CompileOptions): ReadonlyMap<string, string> {
  const { rules, macros, lists } = checkRuleFiles(files, options).resolved;
  return new Map([
    ...rules.map(({ name, text, output, priority, enabled, tags }): [string, string] => [
      `rule ${name}`,
      JSON.stringify([text, output.text, priority, enabled, tags]),
    ]),
    ...[...macros.values()].map(({ name, text }): [string, string] => [`macro ${name}`, String(text)]),
    ...lists.map(({ name, items }): [string, string] => [`list ${name}`, JSON.stringify(items)]),
  ]);
}

function verified(name: string, program: Uint8Array): Compiled {
  const problem = verifyProgram(program);
  if (problem !== undefined) throw new Error(`${name}: ${problem}`);
  const rules = metaOf(program).rules.map((rule): [string, string] => [`rule ${rule.name}`, JSON.stringify(rule)]);
  return { program, warnings: 0, definitions: new Map(rules) };
}
