// Why a text is not a condition (or operand): one problem per text, since the grammar has no place to go on from.

import type { Range } from './ast.ts';
import type { EscapeReason } from './escape.ts';

/** Labels for machines; `message` is for people. */
export type SyntaxReason =
  | EscapeReason
  | 'empty_condition'
  | 'max_depth'
  | 'trailing_input'
  | 'missing_blank_after_keyword'
  | 'expected_check'
  | 'expected_close_paren'
  | 'expected_operator'
  | 'expected_number'
  | 'expected_string'
  | 'expected_list'
  | 'expected_list_item'
  | 'expected_field'
  | 'expected_field_arg'
  | 'expected_close_bracket'
  | 'expected_field_in_val'
  | 'expected_transformer_arg'
  | 'expected_transformer_list_item'
  | 'expected_transformer_close';

/** [start, end) is what to underline; it is empty at the end of the text. */
export interface SyntaxProblem extends Range {
  readonly reason: SyntaxReason;
  /** UTF-16 offset where the parser stood; behind the closing quote for a bad escape */
  readonly index: number;
  readonly message: string;
  /** the bracket that is not closed */
  readonly opening?: Range;
}
