// What is wrong with a part of a condition or output, before it has a place in a file: a range of the text that was parsed.

import type { Reason } from '../diagnostics/codes.ts';
import type { Repair } from '../rulefile/edit-text.ts';
import type { Range } from '../syntax/ast.ts';

export interface CheckProblem extends Range {
  readonly kind: 'problem';
  readonly reason: Reason;
  readonly message: string;
  readonly notes: readonly string[];
  /** of the same text */
  readonly repair?: Repair;
}

/** The problem with a repair, if there is one. */
export function repaired(problem: CheckProblem, repair: Repair | undefined): CheckProblem {
  return repair === undefined ? problem : { ...problem, repair };
}

export function problemAt(range: Range, reason: Reason, message: string, notes: readonly string[] = []): CheckProblem {
  return { kind: 'problem', reason, message, notes, start: range.start, end: range.end };
}
