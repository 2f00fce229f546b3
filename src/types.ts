// Types of the public API around `compile`. Those of the engine are beside it, in runtime/.

import type { AppendOutput } from './check/output.ts';
import type { CustomCatalogue } from './isa/custom-catalogue.ts';

/** A rule file: its text, and the name that diagnostics print. */
export interface RuleFile {
  readonly name: string;
  readonly text: string;
}

export interface CompileOptions {
  /** `falco`: the original's meaning, bit for bit; default `fixed` */
  readonly semantics?: 'falco' | 'fixed';
  /** the embedder's events and fields, instead of audit events and `ka.*`, `jevt.*`, `json.*` */
  readonly catalogue?: CustomCatalogue;
  /** of audit events, a source other than k8saudit: evt.pluginname, and rule files may require it */
  readonly plugin?: { readonly name: string; readonly version: string };
  /** falco.yaml's append_output */
  readonly appendOutput?: readonly AppendOutput[];
  /**
   * fields whose values every alert carries besides those that it prints: `Alert.carried`; each a single text, no list, number or
   * address
   */
  readonly carriedFields?: readonly string[];
  /**
   * also warn of what is legal and probably not meant: conditions that are never true, exceptions without effect ...;
   * `bypass`: and of ways around a rule
   */
  readonly lint?: boolean | 'bypass';
}

/** What is wrong with a rule file, or may be. Lines and columns count from 1, columns in UTF-16 units. */
export interface CompileDiagnostic {
  /** E1xx rule file, E2xx syntax, E3xx names, E4xx types, E5xx limits, W7xx warnings */
  readonly code: string;
  readonly level: 'error' | 'warning';
  readonly message: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly notes: readonly string[];
  /** the report for people: place, message, source line, caret, notes */
  readonly text: string;
}

export interface CompileResult {
  /** absent when a diagnostic is an error */
  readonly program?: Uint8Array;
  /** in reading order */
  readonly diagnostics: readonly CompileDiagnostic[];
}
