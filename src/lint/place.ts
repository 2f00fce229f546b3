// Where a lint points: a range of a condition text, and the uses of macros that lead to it. Makes the diagnostics of this
// stage; Falco has none of them, so their chain of places is the file alone.

import type { Home, MacroUse } from '../check/condition.ts';
import type { Reason } from '../diagnostics/codes.ts';
import type { Diagnostic, Fix, Label } from '../diagnostics/diagnostic.ts';
import { contentChain, diagnosticOf } from '../diagnostics/report.ts';
import { fixOf, type Repair } from '../rulefile/edit-text.ts';
import { spanOf } from '../rulefile/mapped-text.ts';
import type { Span } from '../source/source-file.ts';
import type { Range } from '../syntax/ast.ts';

export interface Place {
  readonly home: Home;
  readonly range: Range;
  /** innermost first */
  readonly uses: readonly MacroUse[];
}

export interface LintParts {
  readonly labels?: readonly Label[];
  readonly notes?: readonly string[];
  readonly repair?: Repair | undefined;
  readonly fix?: Fix | undefined;
}

/** A diagnostic at a place; labels show the uses of macros that lead there. */
export function lintAt(reason: Reason, message: string, place: Place, parts: LintParts = {}): Diagnostic {
  const { repair, labels = [], notes = [] } = parts;
  const fix = parts.fix ?? (repair && fixOf(place.home.text, repair));
  const span = spanAt(place);
  const uses = place.uses.map(({ name, range, home }): Label => {
    return { span: spanAt({ home, range, uses: [] }), message: `macro '${name}' is used here` };
  });
  return lintOf(reason, message, span, { labels: [...labels, ...uses], notes, fix });
}

/** A diagnostic of a span. */
export function lintOf(reason: Reason, message: string, span: Span, parts: LintParts = {}): Diagnostic {
  const { labels = [], notes = [], fix } = parts;
  return diagnosticOf(reason, message, contentChain(span.file), span, { labels, notes, ...(fix && { fix }) });
}

export function spanAt({ home, range }: Place): Span {
  return spanOf(home.text, range.start, range.end, home.span);
}

/** The text at a place on one line, cut when long. */
export function textAt({ home, range }: Place): string {
  const text = home.text.text.slice(range.start, range.end).replaceAll(/\s+/g, ' ').trim();
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
