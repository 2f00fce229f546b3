// Rule files through the package's stages up to typed rules, file by file as Falco loads them: what it would report, and the
// rules. Load cases read all of it; the reference evaluator takes the rules from here.

import { createChecker } from '../../src/check/checker.ts';
import type { AppendOutput } from '../../src/check/output.ts';
import { rowOf } from '../../src/diagnostics/codes.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { falcoFatal, locationText, selectReported } from '../../src/diagnostics/falco-result.ts';
import { type CustomCatalogue, customCatalogue } from '../../src/isa/custom-catalogue.ts';
import { builtinCatalogue } from '../../src/isa/fields.ts';
import { RuleLoader } from '../../src/resolve/load.ts';
import type { ResolvedRules } from '../../src/resolve/resolved.ts';
import type { SourceFile } from '../../src/source/source-file.ts';
import type { LoadError } from './adapter.ts';

/** A report as the case files write it. */
export interface Reported extends LoadError {
  /** location chain below the document */
  readonly at: readonly string[];
}

export interface LoadedFile {
  /** why the process would end without a result */
  readonly fatal: string | undefined;
  readonly error: Reported | undefined;
  readonly warnings: readonly Reported[];
  readonly isSchemaValid: boolean | undefined;
  /** everything collected so far; rules that failed are absent */
  readonly resolved: ResolvedRules;
}

export interface LoadChoices {
  readonly catalogue?: CustomCatalogue;
  readonly appendOutput?: readonly AppendOutput[];
}

/** The state after each file. */
export function loadFiles(files: readonly SourceFile[], choices: LoadChoices): LoadedFile[] {
  const catalogue = choices.catalogue === undefined ? builtinCatalogue() : customCatalogue(choices.catalogue);
  const { fieldExists } = createChecker(catalogue, () => {});
  const loader = new RuleLoader({ catalogue, fieldExists, stopAtFirstError: true });
  return files.map((file) => {
    const step = loader.addFile(file);
    const diagnostics: Diagnostic[] = [...step.diagnostics];
    const checker = createChecker(catalogue, (diagnostic) => diagnostics.push(diagnostic));
    const { macros } = step.resolved;
    const rules = step.resolved.rules.filter((rule) => checker.checkRule(rule, macros, choices.appendOutput));
    for (const rule of step.resolved.partialRules) checker.checkPartial(rule, macros, choices.appendOutput);
    const { error, warnings } = selectReported(diagnostics, step.order);
    return {
      fatal: falcoFatal(diagnostics),
      error: error && reported(error),
      warnings: warnings.map(reported),
      isSchemaValid: step.schema?.valid,
      resolved: { ...step.resolved, rules },
    };
  });
}

function reported({ code, locations }: Diagnostic): Reported {
  const { falco, reason } = rowOf(code);
  return { code: falco, at: locations.slice(1).map(locationText), reason };
}
