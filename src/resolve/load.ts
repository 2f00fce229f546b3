// Rule files in order -> ResolvedRules. Files share one collector, and after each file everything collected so far must
// compile: a later file does not repair an earlier one, it only can change what the earlier one defined.

import { rowOf } from '../diagnostics/codes.ts';
import type { Diagnostic, Report } from '../diagnostics/diagnostic.ts';
import { contentChain, diagnosticOf } from '../diagnostics/report.ts';
import type { Catalogue } from '../isa/catalogue.ts';
import { ENGINE_VERSION } from '../isa/limits.ts';
import { loadRuleFile } from '../rulefile/load-rule-file.ts';
import type { SchemaCheck } from '../rulefile/schema.ts';
import { parseVersion } from '../rulefile/version.ts';
import type { SourceFile } from '../source/source-file.ts';
import { Collector } from './collector.ts';
import type { ExplainField } from './exceptions.ts';
import { RuleResolver } from './resolve-rules.ts';
import type { PartialRule, ResolvedRules } from './resolved.ts';

export interface LoadOptions {
  readonly catalogue: Pick<Catalogue, 'source' | 'plugins'>;
  /** whether a field text, with arguments and transformers, is valid for rules of this source */
  readonly fieldExists: (text: string, source: string) => boolean;
  /** why the catalogue's source has no such field */
  readonly explainField?: ExplainField;
  /** whether the rule's output drops it (skip-if-unknown-filter) before its condition is looked at */
  readonly skipsOutput?: (rule: PartialRule) => boolean;
  /** what required_engine_version is compared with; three numbers */
  readonly engineVersion?: string;
  /** stop at the first bad item of a file and do not compile then, as Falco does; without it all errors are reported */
  readonly stopAtFirstError?: boolean;
}

/** The state after one more file. */
export interface LoadStep {
  /** everything collected so far */
  readonly resolved: ResolvedRules;
  /** of reading this file, then of compiling everything collected so far */
  readonly diagnostics: readonly Diagnostic[];
  /** absent when no document was read */
  readonly schema: SchemaCheck | undefined;
  /** places in order of first definition, failed ones included */
  readonly order: DefinitionOrder;
}

export interface DefinitionOrder {
  readonly macros: ReadonlyMap<string, number>;
  readonly rules: ReadonlyMap<string, number>;
}

const NOTHING: ResolvedRules = {
  rules: [],
  partialRules: [],
  macros: new Map(),
  lists: [],
  requiredEngineVersion: '0.0.0',
  requiredPluginVersions: [],
};

export class RuleLoader {
  readonly #collector: Collector;
  readonly #resolver: RuleResolver;
  readonly #stopAtFirstError: boolean;
  #fileCount = 0;

  constructor(options: LoadOptions) {
    const engineVersion = parseVersion(options.engineVersion ?? ENGINE_VERSION);
    if (engineVersion === undefined) throw new TypeError(`engineVersion '${options.engineVersion}' is not a version`);
    const { catalogue, fieldExists, explainField } = options;
    this.#stopAtFirstError = options.stopAtFirstError ?? false;
    const forgivesLost = !this.#stopAtFirstError;
    this.#collector = new Collector({
      catalogue,
      fieldExists,
      engineVersion,
      forgivesLost,
      ...(explainField && { explainField }),
    });
    this.#resolver = new RuleResolver(this.#collector, options.skipsOutput ?? (() => false));
  }

  /** Reads one more file and compiles everything so far. Spans count files in the order of these calls. */
  addFile(file: SourceFile): LoadStep {
    const diagnostics: Diagnostic[] = [];
    const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
    const collector = this.#collector;
    collector.report = report;
    const index = this.#fileCount++;
    const read = loadRuleFile(file, index, collector, report, { stopAtFirstError: this.#stopAtFirstError });
    const resolved = read.ok || !this.#stopAtFirstError ? this.#resolver.resolve(report) : NOTHING;
    if (diagnostics.every(({ level }) => level === 'warning')) this.#resolver.warnUnused(report);
    this.#reportRequirement(report);
    const { macros, rules } = collector;
    return { resolved, diagnostics, schema: read.schema, order: { macros: numbered(macros), rules: numbered(rules) } };
  }

  #reportRequirement(report: Report): void {
    const unmet = this.#collector.unmetRequirement();
    if (unmet === undefined) return;
    const choices = unmet.choices.map(({ name, version }) => `${name} ${version}`).join(' or ');
    const chain = contentChain(unmet.span.file);
    report(diagnosticOf('plugin_version_incompatible', `plugin ${choices} is required`, chain, unmet.span));
  }
}

function numbered(items: ReadonlyMap<string, unknown>): ReadonlyMap<string, number> {
  return new Map([...items.keys()].map((name, i) => [name, i]));
}

export interface LoadAllOptions extends LoadOptions {
  readonly report: Report;
  /** compiles further what is collected after each file, and reports what is wrong with it */
  readonly check?: (resolved: ResolvedRules, report: Report) => void;
}

/**
 * Loads all files and reports each problem once, in reading order. As in Falco the rules of each file have to compile together
 * with those before it, even where a later file changes them; only what is unused is judged by the last file.
 */
export function loadRuleFiles(files: readonly SourceFile[], options: LoadAllOptions): ResolvedRules {
  const loader = new RuleLoader(options);
  const reported = new Set<string>();
  const report = (diagnostic: Diagnostic): void => {
    const { code, message, span } = diagnostic;
    const key = `${code} ${span.file} ${span.start} ${span.end} ${message}`;
    if (!reported.has(key)) options.report(diagnostic);
    reported.add(key);
  };
  let resolved = NOTHING;
  files.forEach((file, i) => {
    const step = loader.addFile(file);
    resolved = step.resolved;
    const isLast = i === files.length - 1;
    for (const diagnostic of step.diagnostics) if (isLast || !isUnusedWarning(diagnostic)) report(diagnostic);
    options.check?.(resolved, report);
  });
  return resolved;
}

function isUnusedWarning({ level, code }: Diagnostic): boolean {
  return level === 'warning' && rowOf(code).step === 'unused';
}
