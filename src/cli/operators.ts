// What conditions are built of, for `list operators`: one row per word, with the field types it takes. Keyed by the syntax
// tree's own types, so that a new operator without a row does not compile.

import type { Modifier, Operator, TransformerName } from '../syntax/ast.ts';

export interface OperatorRow {
  readonly name: string;
  readonly kind: 'logic' | 'operator' | 'modifier' | 'transformer';
  /** of the left side, or of the argument */
  readonly types: string;
  readonly doc: string;
}

type Rows<T extends string> = Readonly<Record<T, readonly [types: string, doc: string]>>;

const LOGIC: Rows<'and' | 'or' | 'not'> = {
  and: ['conditions', 'both sides hold; binds tighter than or'],
  or: ['conditions', 'a side holds'],
  not: ['condition', 'the check, macro or bracket that follows does not hold'],
};

const ANY = 'any type, list';
const SINGLE = 'any type';
const ORDERED = 'string, uint64, reltime, abstime';

const OPERATORS: Rows<Operator> = {
  exists: [ANY, 'the field has a value, or a list at least one element'],
  '=': [SINGLE, 'equal'],
  '==': [SINGLE, 'equal'],
  '!=': [SINGLE, 'present and not equal'],
  '<': [ORDERED, 'less; texts by their bytes'],
  '<=': [ORDERED, 'less or equal'],
  '>': [ORDERED, 'greater; texts by their bytes'],
  '>=': [ORDERED, 'greater or equal'],
  in: [ANY, 'one of the values; of a list: every element is one of them'],
  intersects: [ANY, 'one of the values; of a list: at least one element is one of them'],
  pmatch: ['string', 'a path at or below one of the paths, whose parts may be globs'],
  contains: ['string', 'the text occurs in the value'],
  icontains: ['string', 'contains, ASCII case ignored'],
  startswith: ['string', 'the value starts with the text'],
  endswith: ['string', 'the value ends with the text'],
  glob: ['string', 'the whole value matches the pattern of *, ? and [...]'],
  iglob: ['string', 'glob, ASCII case ignored'],
  regex: ['string', 'the whole value matches the regular expression (RE2, POSIX syntax)'],
  bcontains: ['no field here', 'the bytes, in hexadecimal, occur in the value'],
  bstartswith: ['no field here', 'the value starts with the bytes, in hexadecimal'],
};

const MODIFIERS: Rows<Modifier> = {
  oneof: ['as its operator', 'after a string operator: exactly one of the values fits'],
  anyof: ['as its operator', 'after a string operator: at least one of the values fits'],
  allof: ['as its operator', 'after a string operator: all of the values fit'],
};

const TRANSFORMERS: Rows<TransformerName> = {
  tolower: ['string, list of strings', 'ASCII letters in lower case'],
  toupper: ['string, list of strings', 'ASCII letters in upper case'],
  b64: ['string, list of strings', 'decoded from base64; absent if it is none'],
  basename: ['string, list of strings', 'what follows the last slash'],
  len: ['string, list', 'number of bytes, or of elements'],
  join: ['text, list of strings', 'the elements as one text, with the first argument between them'],
  concat: ['strings', 'the texts as one'],
  getopt: ['list of strings, text', 'value of a command-line option in a list of arguments'],
  val: ['field', 'on the right side: the value of a field instead of its name'],
};

export const OPERATOR_ROWS: readonly OperatorRow[] = [
  ...rowsOf('logic', LOGIC),
  ...rowsOf('operator', OPERATORS),
  ...rowsOf('modifier', MODIFIERS),
  ...rowsOf('transformer', TRANSFORMERS),
];

function rowsOf(kind: OperatorRow['kind'], rows: Rows<string>): readonly OperatorRow[] {
  return Object.entries(rows).map(([name, [types, doc]]) => ({ name, kind, types, doc }));
}
