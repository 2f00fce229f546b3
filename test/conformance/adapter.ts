// What the runner needs of an engine. Every engine variant and the reference evaluator stand behind this interface, so one
// case is run the same way on each of them.

import type { AppendOutput } from '../../src/check/output.ts';
import type { CustomCatalogue } from '../../src/isa/custom-catalogue.ts';
import type { PriorityName } from '../../src/isa/priorities.ts';
import type { FormatOptions } from '../../src/runtime/alert.ts';
import type { RuleSelection } from '../../src/runtime/selection.ts';
import type { SourceFile } from '../../src/source/source-file.ts';

export type Semantics = 'falco' | 'fixed';

export interface RunOptions extends FormatOptions {
  readonly semantics: Semantics;
  readonly framing: 'lines' | 'document';
  readonly match: 'first' | 'all';
  readonly catalogue?: CustomCatalogue;
  readonly hostname?: string;
  readonly maxEventSize?: number;
  readonly minPriority?: PriorityName;
  readonly selection?: readonly RuleSelection[];
  readonly appendOutput?: readonly AppendOutput[];
}

export interface Alert {
  readonly rule: string;
  /** the escaped text line */
  readonly text: string;
  /** the JSON line */
  readonly json: string;
}

/** An error by Falco's code and the case files' label for the reason. */
export interface LoadError {
  readonly code: string;
  readonly reason: string;
}

export interface Outcome {
  readonly errors: readonly LoadError[];
  readonly alerts: readonly Alert[];
  readonly counts: {
    readonly received: number;
    readonly evaluated: number;
    readonly rejected: Readonly<Record<string, number>>;
  };
  /** the statistics text that Falco prints, from engines that keep one */
  readonly statistics?: string;
}

export interface Engine {
  readonly name: string;
  /** Compiles the files and evaluates one input; with errors nothing is evaluated. */
  readonly run: (files: readonly SourceFile[], input: Uint8Array, options: RunOptions) => Promise<Outcome>;
}

export function refused(errors: readonly LoadError[]): Outcome {
  return { errors, alerts: [], counts: { received: 0, evaluated: 0, rejected: {} } };
}
