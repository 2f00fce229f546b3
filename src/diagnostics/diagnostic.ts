// What a compile stage reports. Stages push diagnostics and go on; rendering (render.ts) comes last.

import type { Span } from '../source/source-file.ts';
import type { DiagnosticCode } from './codes.ts';

export interface Label {
  readonly span: Span;
  readonly message: string;
}

/** A mechanical repair: replace each span by its text. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly { readonly span: Span; readonly text: string }[];
}

/** One step of Falco's location chain, outermost first: `rule 'Name'`, `rule condition`, ... */
export interface FalcoLocation {
  readonly itemType: string;
  readonly itemName: string;
  readonly span: Span;
  /** of a `condition expression`: the text, and the offset in it (UTF-16), that Falco counts its position from */
  readonly expression?: { readonly text: string; readonly offset: number };
}

export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly level: 'error' | 'warning';
  /** lower case, names the thing and what was expected, no full stop */
  readonly message: string;
  readonly span: Span;
  readonly labels: readonly Label[];
  readonly notes: readonly string[];
  readonly fix?: Fix;
  /** Falco's location chain, for its result shape */
  readonly locations: readonly FalcoLocation[];
}

/** Where stages report to. */
export type Report = (diagnostic: Diagnostic) => void;
