// `falconet validate`: everything that is to say about rule files, as text for people or as the result object that Falco
// prints. Files are loaded in the order given, each sees what earlier ones define.

import { createChecker } from '../check/checker.ts';
import { compile } from '../compile.ts';
import { falcoFatal, falcoResult } from '../diagnostics/falco-result.ts';
import { builtinCatalogue } from '../isa/fields.ts';
import { RuleLoader } from '../resolve/load.ts';
import type { SourceFile } from '../source/source-file.ts';
import { loadFailure } from './failure.ts';
import type { Semantics } from './options.ts';
import { Output } from './output.ts';
import { readRuleFiles } from './rules.ts';
import { semanticNotes } from './semantic-notes.ts';
import { countOf } from './statistics.ts';

export interface ValidateOptions {
  readonly format: 'text' | 'json';
  readonly semantics?: Semantics;
}

/** Returns the exit status. */
export async function validate(names: readonly string[], options: ValidateOptions): Promise<number> {
  const files = await readRuleFiles(names);
  const output = new Output(process.stdout);
  return options.format === 'json' ? validateAsFalco(files, output) : validateAsText(files, options, output);
}

async function validateAsText(files: readonly SourceFile[], options: ValidateOptions, output: Output): Promise<number> {
  const { diagnostics } = compile(files, { semantics: options.semantics ?? 'fixed' });
  const lines = diagnostics.map((diagnostic) => `${diagnostic.text}\n`);
  if (!diagnostics.some(({ level }) => level === 'error')) lines.push(...notesOf(files));
  for (const { name } of files) {
    const own = diagnostics.filter(({ file }) => file === name);
    const errors = own.filter(({ level }) => level === 'error').length;
    lines.push(`${name}: ${verdict(errors, own.length - errors)}`);
  }
  await output.write(`${lines.join('\n')}\n`);
  return diagnostics.some(({ level }) => level === 'error') ? 1 : 0;
}

/** The notes, with an empty line behind them. */
function notesOf(files: readonly SourceFile[]): readonly string[] {
  const notes = semanticNotes(files);
  return notes.length === 0 ? [] : [...notes, ''];
}

function verdict(errors: number, warnings: number): string {
  if (errors + warnings === 0) return 'ok';
  if (errors === 0) return `ok, ${countOf(warnings, 'warning')}`;
  return warnings === 0 ? countOf(errors, 'error') : `${countOf(errors, 'error')}, ${countOf(warnings, 'warning')}`;
}

async function validateAsFalco(files: readonly SourceFile[], output: Output): Promise<number> {
  const catalogue = builtinCatalogue();
  const { fieldExists } = createChecker(catalogue, () => {});
  const loader = new RuleLoader({ catalogue, fieldExists, stopAtFirstError: true });
  const results = files.map((file, index) => {
    const { resolved, schema, order, ...step } = loader.addFile(file);
    const diagnostics = [...step.diagnostics];
    const checker = createChecker(catalogue, (diagnostic) => diagnostics.push(diagnostic));
    for (const rule of resolved.rules) checker.checkRule(rule, resolved.macros);
    const fatal = falcoFatal(diagnostics);
    if (fatal !== undefined) throw loadFailure(`${file.name}: ${fatal}, where Falco ends without a result`);
    return falcoResult({ files, file: index, diagnostics, schema, order });
  });
  await output.write(`${JSON.stringify({ falco_load_results: results })}\n`);
  return results.every(({ successful }) => successful) ? 0 : 1;
}
