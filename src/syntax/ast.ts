// The syntax tree of a condition, as written: lists of values are still texts, macros are still names. Every node has
// [start, end), UTF-16 offsets into the condition text that was parsed; what those offsets mean in a rule file is known
// by the MappedText they were parsed from (rulefile/mapped-text.ts).

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** n-ary, at least two children, left to right. A bracketed child of the same kind stays a node of its own. */
export interface AndNode extends Range {
  readonly kind: 'and';
  readonly children: readonly Condition[];
}
export interface OrNode extends Range {
  readonly kind: 'or';
  readonly children: readonly Condition[];
}
export interface NotNode extends Range {
  readonly kind: 'not';
  readonly child: Condition;
}
/** An undotted name in check position. */
export interface MacroRef extends Range {
  readonly kind: 'macro';
  readonly name: string;
}
export interface Check extends Range {
  readonly kind: 'check';
  readonly left: Operand;
  readonly operator: Operator;
  readonly operatorRange: Range;
  /** present after a string operator only */
  readonly modifier?: Modifier;
  /** absent for `exists` */
  readonly right?: Right;
}
export type Condition = AndNode | OrNode | NotNode | MacroRef | Check;

export type Operator =
  | 'exists'
  | 'in'
  | 'intersects'
  | 'pmatch'
  | '='
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'contains'
  | 'icontains'
  | 'bcontains'
  | 'startswith'
  | 'bstartswith'
  | 'endswith'
  | 'glob'
  | 'iglob'
  | 'regex';
export type Modifier = 'oneof' | 'anyof' | 'allof';
export type TransformerName = 'tolower' | 'toupper' | 'b64' | 'basename' | 'len' | 'join' | 'concat' | 'getopt' | 'val';

/** `arg` is the text between the brackets, unescaped when it was quoted. */
export interface FieldRef extends Range {
  readonly kind: 'field';
  readonly name: string;
  readonly arg?: string;
}
export interface TransformerCall extends Range {
  readonly kind: 'transformer';
  readonly name: TransformerName;
  readonly args: readonly TransformerArg[];
  readonly arg?: string;
}
/** A string or number constant: `text` is what it denotes (escapes resolved). */
export interface Value extends Range {
  readonly kind: 'value';
  readonly text: string;
}
/** `(a, b)` after a list operator or a modifier. */
export interface ValueList extends Range {
  readonly kind: 'list';
  readonly items: readonly Value[];
}
/** `(field, "text", 5)` as a transformer argument. */
export interface TransformerList extends Range {
  readonly kind: 'tlist';
  readonly items: readonly (FieldRef | TransformerCall | Value)[];
}
export type Operand = FieldRef | TransformerCall;
export type TransformerArg = FieldRef | TransformerCall | Value | TransformerList;
export type Right = Value | ValueList | TransformerCall;

/** An output template: literal texts and tokens in order. Positions are offsets into the output text. */
export interface OutputTemplate {
  readonly parts: readonly OutputPart[];
}
export type OutputPart =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'token';
      readonly operand: Operand /** pad or cut to this many bytes; 0 = as is */;
      readonly width: number;
    };
