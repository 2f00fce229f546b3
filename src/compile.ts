// Rule files to a program: runs the stages one after the other. Whatever is wrong with the rules is a diagnostic; only an
// option of the wrong shape throws.

import type { CheckedField, CheckedRule } from './check/checked.ts';
import { createChecker } from './check/checker.ts';
import { checkCarriedFields, requireCompileOptions } from './check/compile-options.ts';
import type { Diagnostic } from './diagnostics/diagnostic.ts';
import { withLineHints } from './diagnostics/line-hints.ts';
import { DiagnosticRenderer } from './diagnostics/render.ts';
import { emitProgram } from './emit/emit.ts';
import { lowerRules } from './ir/lower.ts';
import type { Catalogue } from './isa/catalogue.ts';
import { customCatalogue } from './isa/custom-catalogue.ts';
import { builtinCatalogue } from './isa/fields.ts';
import { refuseMisspelled } from './isa/nearest-name.ts';
import { lintRules } from './lint/lint.ts';
import { loadRuleFiles } from './resolve/load.ts';
import type { ResolvedRules } from './resolve/resolved.ts';
import { LineIndex } from './source/line-index.ts';
import type { CompileDiagnostic, CompileOptions, CompileResult, RuleFile } from './types.ts';

export type { CompileDiagnostic, CompileOptions, CompileResult, RuleFile } from './types.ts';

/** Rules that compiled, with everything that was reported on the way. */
export interface CheckedRules {
  readonly catalogue: Catalogue;
  readonly semantics: 'falco' | 'fixed';
  /** of `carriedFields` */
  readonly carried: readonly CheckedField[];
  readonly resolved: ResolvedRules;
  readonly rules: readonly CheckedRule[];
  readonly diagnostics: readonly Diagnostic[];
}

export const COMPILE_OPTION_NAMES: readonly string[] = Object.keys({
  semantics: 0,
  catalogue: 0,
  plugin: 0,
  appendOutput: 0,
  carriedFields: 0,
  lint: 0,
} satisfies Record<keyof CompileOptions, 0>);

/** What a program was made of. */
export interface ProgramSources {
  readonly files: readonly RuleFile[];
  readonly options: CompileOptions;
}

const sources = new WeakMap<Uint8Array, ProgramSources>();

/** What `compile` made this very array of; undefined for a program of elsewhere and for a copy. */
export function sourcesOf(program: Uint8Array): ProgramSources | undefined {
  return sources.get(program);
}

/**
 * Compiles rule files, in order, to a program for `createEngine`.
 * @throws TypeError when the files or options are not of the documented shape
 */
export function compile(files: readonly RuleFile[], options: CompileOptions = {}): CompileResult {
  refuseMisspelled(options ?? {}, COMPILE_OPTION_NAMES);
  const { catalogue, semantics, carried, resolved, rules, diagnostics } = checkRuleFiles(files, options);
  const described = (list: readonly Diagnostic[]): readonly CompileDiagnostic[] => describeDiagnostics(list, files);
  if (diagnostics.some(({ level }) => level === 'error')) return { diagnostics: described(diagnostics) };
  const ir = lowerRules(rules, catalogue, semantics, { ...resolved, carried });
  const program = emitProgram(ir);
  // lint has nothing to do with what rules mean
  sources.set(program, {
    files: files.map(({ name, text }) => ({ name, text })),
    options: { ...options, lint: false },
  });
  return { program, diagnostics: described(diagnostics) };
}

/**
 * The stages up to typed rules: all that a validation needs.
 * @throws TypeError when the files or options are not of the documented shape
 */
export function checkRuleFiles(files: readonly RuleFile[], options: CompileOptions): CheckedRules {
  requireFiles(files);
  requireCompileOptions(options);
  const semantics = options.semantics ?? 'fixed';
  const catalogue = catalogueOf(options);
  const carried = checkCarriedFields(options.carriedFields ?? [], catalogue);
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(withLineHints(diagnostic, files));
  const { fieldExists, explainField, skipsOutput } = createChecker(catalogue, report);
  let rules: readonly CheckedRule[] = [];
  const resolved = loadRuleFiles(files, {
    catalogue,
    fieldExists,
    explainField,
    skipsOutput: (rule) => skipsOutput(rule, options.appendOutput),
    report,
    check: (step, reportOnce) => {
      const checker = createChecker(catalogue, reportOnce);
      rules = step.rules.flatMap((rule) => checker.checkRule(rule, step.macros, options.appendOutput) ?? []);
      for (const rule of step.partialRules) checker.checkPartial(rule, step.macros, options.appendOutput);
    },
  });
  if (options.lint) {
    for (const warning of lintRules({
      catalogue,
      resolved,
      rules,
      isFixed: semantics === 'fixed',
      diagnostics,
      bypass: options.lint === 'bypass',
    }))
      report(warning);
  }
  return { catalogue, semantics, carried, resolved, rules, diagnostics };
}

function catalogueOf({ catalogue, semantics, plugin }: CompileOptions): Catalogue {
  if (catalogue !== undefined) return customCatalogue(catalogue);
  const builtin = builtinCatalogue(semantics);
  if (plugin === undefined) return builtin;
  const { name, version } = plugin;
  return { ...builtin, plugins: [{ name, version }, ...builtin.plugins] };
}

function requireFiles(files: readonly RuleFile[]): void {
  const isFile = (file: RuleFile): boolean => typeof file?.name === 'string' && typeof file.text === 'string';
  if (!Array.isArray(files) || !files.every(isFile)) throw new TypeError('files: expected an array of { name, text }');
}

/** Diagnostics as the API gives them: places as lines and columns, the report as text. */
export function describeDiagnostics(
  diagnostics: readonly Diagnostic[],
  files: readonly RuleFile[],
): readonly CompileDiagnostic[] {
  const renderer = new DiagnosticRenderer(files);
  const indexes = new Map<number, LineIndex>();
  return diagnostics.map((diagnostic) => {
    const { code, level, message, span, notes } = diagnostic;
    const index = indexes.get(span.file) ?? new LineIndex(files[span.file]?.text ?? '');
    indexes.set(span.file, index);
    const { line, column } = index.position(span.start);
    const end = index.position(span.end);
    return {
      code,
      level,
      message,
      file: files[span.file]?.name ?? '',
      line,
      column,
      endLine: end.line,
      endColumn: end.column,
      notes,
      // made when it is read: of a million reports few are
      get text() {
        return renderer.render(diagnostic);
      },
    };
  });
}
