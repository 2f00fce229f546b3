// `falconet validate`: everything that is to say about rule files, as text for people or as the result object that Falco
// prints. Files are loaded in the order given, each sees what earlier ones define. `--fix` makes the mechanical fixes first.

import { createChecker } from '../check/checker.ts';
import { checkRuleFiles, compile } from '../compile.ts';
import { falcoFatal, falcoResult } from '../diagnostics/falco-result.ts';
import { builtinCatalogue } from '../isa/fields.ts';
import { type FixReport, fixFiles } from '../lint/apply-fixes.ts';
import { RuleLoader } from '../resolve/load.ts';
import { LineIndex } from '../source/line-index.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { CompileOptions } from '../types.ts';
import { unifiedDiff } from './diff.ts';
import { loadFailure, usageFailure } from './failure.ts';
import type { Semantics } from './options.ts';
import { Output } from './output.ts';
import { rewrite } from './rewrite.ts';
import { readRuleFiles, STDIN } from './rules.ts';
import { countOf } from './statistics.ts';

export interface ValidateOptions {
  readonly format: 'text' | 'json';
  readonly semantics?: Semantics;
  /** also warn of ways around a rule */
  readonly bypass?: boolean;
  /** rewrite what has a mechanical fix */
  readonly fix?: boolean;
  /** with `fix`: print the changes instead of making them */
  readonly dryRun?: boolean;
}

/** Returns the exit status. */
export async function validate(names: readonly string[], options: ValidateOptions): Promise<number> {
  refuseMisplaced(options);
  if (options.fix && !options.dryRun && names.includes(STDIN)) {
    throw usageFailure('--fix cannot rewrite standard input (-); --dry-run prints the changes');
  }
  const files = await readRuleFiles(names);
  const output = new Output(process.stdout);
  if (!options.fix) return report(files, options, output);
  const fixed = fixFiles(files, (texts) => checkRuleFiles(texts, lintOptions(options)).diagnostics);
  if (options.dryRun) {
    const diffs = files.map(({ name, text }, i) => unifiedDiff(name, text, fixed.files[i]!.text));
    await output.print(diffs.join(''));
    return compile(fixed.files, semanticsOf(options)).program === undefined ? 1 : 0;
  }
  for (const [i, { name, text }] of files.entries()) {
    if (fixed.files[i]!.text !== text) await rewrite(name, text, fixed.files[i]!.text);
  }
  const log = options.format === 'json' ? new Output(process.stderr) : output;
  await log.write(fixLines(fixed).join(''));
  return report(fixed.files, options, output);
}

/** Options that would change nothing beside the others. */
function refuseMisplaced({ fix, dryRun, bypass, format }: ValidateOptions): void {
  if (dryRun && !fix) throw usageFailure('--dry-run goes with --fix');
  if (format === 'text') return;
  if (dryRun) throw usageFailure('--dry-run prints a diff, it has no use for --format json');
  if (bypass && !fix) throw usageFailure("--bypass has no use with --format json: Falco's result has no such warnings");
}

function report(files: readonly SourceFile[], options: ValidateOptions, output: Output): Promise<number> {
  return options.format === 'json' ? validateAsFalco(files, options, output) : validateAsText(files, options, output);
}

function semanticsOf({ semantics = 'fixed' }: ValidateOptions): { readonly semantics: Semantics } {
  return { semantics };
}

function lintOptions(options: ValidateOptions): Pick<CompileOptions, 'semantics' | 'lint'> {
  return { ...semanticsOf(options), lint: options.bypass ? 'bypass' : true };
}

/** One line a fix; its place is that of the text it was made in. */
function fixLines({ applied, files }: FixReport): readonly string[] {
  const lines = applied.map(({ diagnostic: { span, code, fix }, files: texts }) => {
    const { name, text } = texts[span.file]!;
    const { line, column } = new LineIndex(text).position(span.start);
    return `${name}:${line}:${column}: fixed[${code}]: ${fix!.title}\n`;
  });
  const changed = new Set(applied.flatMap(({ diagnostic: { fix } }) => fix!.edits.map(({ span }) => span.file)));
  const totals = [...changed].sort((a, b) => a - b).map((file) => `${files[file]!.name}: rewritten\n`);
  return lines.length === 0 ? ['nothing to fix\n'] : [...lines, ...totals, '\n'];
}

async function validateAsText(files: readonly SourceFile[], options: ValidateOptions, output: Output): Promise<number> {
  const { diagnostics } = compile(files, lintOptions(options));
  const lines = diagnostics.map((diagnostic) => `${diagnostic.text}\n`);
  for (const { name } of files) {
    const own = diagnostics.filter(({ file }) => file === name);
    const errors = own.filter(({ level }) => level === 'error').length;
    lines.push(`${name}: ${verdict(errors, own.length - errors)}`);
  }
  await output.print(`${lines.join('\n')}\n`);
  return diagnostics.some(({ level }) => level === 'error') ? 1 : 0;
}

function verdict(errors: number, warnings: number): string {
  if (errors + warnings === 0) return 'ok';
  if (errors === 0) return `ok, ${countOf(warnings, 'warning')}`;
  return warnings === 0 ? countOf(errors, 'error') : `${countOf(errors, 'error')}, ${countOf(warnings, 'warning')}`;
}

async function validateAsFalco(
  files: readonly SourceFile[],
  options: ValidateOptions,
  output: Output,
): Promise<number> {
  const catalogue = builtinCatalogue(options.semantics);
  const { fieldExists, skipsOutput } = createChecker(catalogue, () => {});
  const loader = new RuleLoader({ catalogue, fieldExists, skipsOutput, stopAtFirstError: true });
  const results = files.map((file, index) => {
    const { resolved, schema, order, ...step } = loader.addFile(file);
    const diagnostics = [...step.diagnostics];
    const checker = createChecker(catalogue, (diagnostic) => diagnostics.push(diagnostic));
    for (const rule of resolved.rules) checker.checkRule(rule, resolved.macros);
    for (const rule of resolved.partialRules) checker.checkPartial(rule, resolved.macros);
    const fatal = falcoFatal(diagnostics);
    if (fatal !== undefined) throw loadFailure(`${file.name}: ${fatal}, where Falco ends without a result`);
    return falcoResult({ files, file: index, diagnostics, schema, order });
  });
  await output.print(`${JSON.stringify({ falco_load_results: results })}\n`);
  return results.every(({ successful }) => successful) ? 0 : 1;
}
