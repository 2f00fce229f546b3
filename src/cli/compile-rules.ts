// Rule files to a program, as every command that needs one does it: diagnostics go to standard error, an error ends the
// command before anything runs. A program that is given is checked instead, and that it is what the options ask for.

import { checkExtraFields } from '../check/output.ts';
import { type CompileOptions, compile } from '../compile.ts';
import { type Cloud, pluginOf } from '../isa/clouds.ts';
import { builtinCatalogue } from '../isa/fields.ts';
import { checkProgram } from '../program/verify.ts';
import type { SourceFile } from '../source/source-file.ts';
import { loadFailure, usageFailure } from './failure.ts';
import type { Semantics } from './options.ts';
import { readRules } from './rules.ts';
import { countOf } from './statistics.ts';

export interface CompileChoices {
  readonly semantics?: Semantics;
  readonly extraFields?: readonly string[];
  readonly from?: Cloud;
}

/** The program of what `-r` names, or of the bundled rules. */
export async function loadProgram(names: readonly string[], choices: CompileChoices): Promise<Uint8Array> {
  const rules = await readRules(names, choices.semantics);
  if (rules.kind === 'files') return compileRules(rules.files, choices);
  const { name, program } = rules;
  const meta = checkProgram(program);
  if (typeof meta === 'string') throw loadFailure(`${name}: ${meta}`);
  if (choices.extraFields !== undefined)
    throw usageFailure(`--extra-fields comes too late: ${name} is compiled already`);
  if (choices.semantics !== undefined && choices.semantics !== meta.semantics) {
    throw usageFailure(`--semantics comes too late: ${name} was compiled for ${meta.semantics}`);
  }
  return program;
}

/** The program; warnings are counted, errors are printed in full. */
export function compileRules(files: readonly SourceFile[], choices: CompileChoices): Uint8Array {
  requireExtraFields(choices.extraFields ?? []);
  const { program, diagnostics } = compile(files, compileOptions(choices));
  const errors = diagnostics.filter((diagnostic) => diagnostic.level === 'error');
  const warnings = diagnostics.length - errors.length;
  for (const error of errors) process.stderr.write(`${error.text}\n`);
  if (errors.length > 0 || !program) throw loadFailure(`the rules do not compile: ${countOf(errors.length, 'error')}`);
  if (warnings > 0) {
    process.stderr.write(`falconet: ${countOf(warnings, 'warning')} about the rules, see falconet validate\n`);
  }
  return program;
}

/** Told once: every rule would say the same of its own output. */
function requireExtraFields(names: readonly string[]): void {
  const fields = checkExtraFields([{ extra_fields: names }], '', builtinCatalogue());
  if (!('kind' in fields)) return;
  throw loadFailure(['--extra-fields', fields.message, ...fields.notes].join(': '));
}

function compileOptions(choices: CompileChoices): CompileOptions {
  return {
    semantics: choices.semantics ?? 'fixed',
    ...(choices.from === undefined ? {} : { plugin: pluginOf(choices.from) }),
    ...(choices.extraFields === undefined ? {} : { appendOutput: [{ extra_fields: choices.extraFields }] }),
  };
}
