// Making diagnostics: a chain of places, outermost first, goes along with whatever is read, and a problem is reported
// against it. The chain is Falco's (rules content, item, part of the item); the span is where the caret goes.

import type { Span } from '../source/source-file.ts';
import { codeOf, type Reason, rowOf } from './codes.ts';
import type { Diagnostic, FalcoLocation, Fix, Label } from './diagnostic.ts';

/** Places from the outermost to the innermost; never empty. */
export type Chain = readonly FalcoLocation[];

/** The chain of a whole file. */
export function contentChain(file: number): Chain {
  return [{ itemType: 'rules content', itemName: '', span: { file, start: 0, end: 0 } }];
}

export function inside(chain: Chain, itemType: string, itemName: string, span: Span): Chain {
  return [...chain, { itemType, itemName, span }];
}

/** A place in a condition text; `offset` counts UTF-16 units of `text`. */
export function insideExpression(chain: Chain, text: string, offset: number, span: Span): Chain {
  return [...chain, { itemType: 'condition expression', itemName: '', span, expression: { text, offset } }];
}

export interface DiagnosticParts {
  /** picks the row when several share the reason */
  readonly falco?: string;
  readonly labels?: readonly Label[];
  readonly notes?: readonly string[];
  readonly fix?: Fix;
}

/** Names and values in messages can be of any length. */
const MAX_MESSAGE = 500;

/** A diagnostic of the code that belongs to `reason`. */
export function diagnosticOf(
  reason: Reason,
  message: string,
  chain: Chain,
  span: Span,
  parts: DiagnosticParts = {},
): Diagnostic {
  const code = codeOf(reason, parts.falco);
  return {
    code,
    level: rowOf(code).level,
    message:
      message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE - 100)} ... ${message.slice(-95)}` : message,
    span,
    labels: parts.labels ?? [],
    notes: parts.notes ?? [],
    ...(parts.fix === undefined ? {} : { fix: parts.fix }),
    locations: chain,
  };
}
