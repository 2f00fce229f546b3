// Every operation that a program may hold, once. Three tables: values (how the field table's rows are computed), predicates
// (yes/no questions about values) and control (a rule's bytecode). Encoder, verifier, disassembler, documentation and the
// generated AssemblyScript constants are loops over these rows. Numbers are dense per table and never reused.

/** What an operand is an index of, or means. `none` operands must be 0. */
export type OperandKind =
  | 'none'
  /** row of the node table (a place in the event document) */
  | 'node'
  /** constant (a byte string) */
  | 'constant'
  /** row of the value table with a lower number: rows only refer backwards, so evaluation ends */
  | 'value'
  /** offset into the argument pool, in words: [count, value ids ...] */
  | 'values'
  /** argument pool: [count, constant ids ... ascending] */
  | 'constants'
  /** argument pool: [count, (low, high) ... ascending by value] 64-bit numbers */
  | 'numbers'
  /** argument pool: [count, (constant id of 4 or 16 address bytes, prefix length) ...] */
  | 'networks'
  /** argument pool: [count, predicate ids ...], each lower than the row's own number */
  | 'predicates'
  /** byte offset of an automaton image in the automata section */
  | 'automaton'
  /** array index that selects one element, or NO_INDEX */
  | 'index'
  /** an immediate number whose meaning the row tells */
  | 'immediate'
  /** low, then high word of a 64-bit number */
  | 'low'
  | 'high';

export type ValueShape =
  | 'text'
  | 'number'
  | 'texts'
  | 'numbers'
  /** that of operand a: a list stays a list, elements are converted one by one */
  | 'as a';

export interface ValueOpRow {
  readonly code: number;
  readonly name: string;
  readonly operands: readonly [OperandKind, OperandKind, OperandKind];
  readonly shape: ValueShape;
  readonly doc: string;
}

/** "no index given" in an `index` operand. */
export const NO_INDEX = 0xffffffff;

const v = (
  code: number,
  name: string,
  operands: ValueOpRow['operands'],
  shape: ValueShape,
  doc: string,
): ValueOpRow => ({ code, name, operands, shape, doc });

export const VALUE_OPS: readonly ValueOpRow[] = [
  v(0, 'ABSENT', ['none', 'none', 'none'], 'text', 'never has a value'),
  v(1, 'NODE_TEXT', ['node', 'none', 'none'], 'text', 'text of the value at the node'),
  v(
    2,
    'NODE_LIST',
    ['node', 'none', 'none'],
    'texts',
    'text of each element of the array at the node; anything else is absent',
  ),
  v(3, 'NODE_ELEMENTS', ['node', 'index', 'none'], 'texts', 'as NODE_LIST, an index picks one element'),
  v(
    4,
    'NODE_COLLECT',
    ['node', 'none', 'none'],
    'texts',
    'embedder list: `*` steps and a final array expand, a final scalar is one element',
  ),
  v(
    5,
    'MULTI_SKIP',
    ['node', 'index', 'none'],
    'texts',
    'every array on the way to the node expands; elements that lack the rest are skipped',
  ),
  v(
    6,
    'MULTI_ALL',
    ['node', 'index', 'none'],
    'texts',
    'as MULTI_SKIP, but one element that lacks the rest makes it absent',
  ),
  v(
    7,
    'MULTI_REPOSITORY',
    ['node', 'index', 'none'],
    'texts',
    'MULTI_ALL, each cut before the first `:` and then the first `@`',
  ),
  v(
    8,
    'MULTI_IMAGE_NAME',
    ['node', 'index', 'none'],
    'texts',
    'MULTI_ALL, each without digest and without the tag after the last `/`',
  ),
  v(
    9,
    'MULTI_JOIN',
    ['node', 'index', 'none'],
    'texts',
    'MULTI_SKIP over arrays of strings, each joined by blanks; another type makes it absent',
  ),
  v(
    10,
    'MULTI_PORTS',
    ['node', 'index', 'none'],
    'texts',
    'hostPort, else containerPort, of every port in the arrays at the node; a non-array makes it absent',
  ),
  v(
    11,
    'MULTI_FLATTEN',
    ['node', 'index', 'none'],
    'texts',
    'elements of the arrays at the node, over all results; other types are skipped',
  ),
  v(12, 'MULTI_FIRST', ['node', 'none', 'none'], 'text', 'the first result with array index 0'),
  v(13, 'MULTI_FIRST_REPOSITORY', ['node', 'none', 'none'], 'text', 'MULTI_FIRST cut as MULTI_REPOSITORY'),
  v(14, 'MULTI_FIRST_IMAGE_NAME', ['node', 'none', 'none'], 'text', 'MULTI_FIRST cut as MULTI_IMAGE_NAME'),
  v(
    15,
    'ANY_TRUE',
    ['node', 'none', 'none'],
    'text',
    '`true` if any result is the literal true, else `false`; absent if the path is',
  ),
  v(
    16,
    'EFFECTIVE_ID',
    ['node', 'index', 'node'],
    'texts',
    'a: container key, c: default; holes become the default or `0`; with an index a hole is absent',
  ),
  v(
    17,
    'EFFECTIVE_ID_FIXED',
    ['node', 'index', 'node'],
    'texts',
    "a: container key, c: the pod's; holes become the pod's or vanish, with an index too",
  ),
  v(18, 'RULE_ATTRIBUTE', ['node', 'index', 'none'], 'texts', 'elements of those results that are arrays'),
  v(19, 'VOLUME_KEYS', ['node', 'index', 'none'], 'texts', 'keys other than `name` of the object elements'),
  v(
    20,
    'HOSTPATH_MATCH',
    ['node', 'constant', 'none'],
    'text',
    '`true` if a result equals the key, or starts with it less a final `*`; else `false`',
  ),
  v(
    21,
    'SUBJECTS',
    ['node', 'constant', 'immediate'],
    'texts',
    'names of the subjects of kind b; c = 1: `namespace:name`',
  ),
  v(22, 'URI_PARAM', ['node', 'constant', 'none'], 'text', 'first value of query parameter b in the URI at the node'),
  v(
    23,
    'POD_NAME',
    ['node', 'node', 'node'],
    'text',
    'text at c if a is the string `pods` and b is missing, empty or no string',
  ),
  v(24, 'CONSTANT', ['constant', 'none', 'none'], 'text', 'the constant'),
  v(25, 'DOCUMENT_TEXT', ['none', 'none', 'none'], 'text', 'the event as compact JSON'),
  v(
    26,
    'DOCUMENT_INDENTED',
    ['none', 'none', 'none'],
    'text',
    'the event re-indented by two blanks; absent unless strictly JSON',
  ),
  v(27, 'RAWTIME_TEXT', ['none', 'none', 'none'], 'text', 'event time as decimal nanoseconds'),
  v(28, 'EVENT_NUMBER', ['immediate', 'none', 'none'], 'number', 'a: one of EVENT_NUMBERS'),
  v(29, 'EVENT_TEXT', ['immediate', 'none', 'none'], 'text', 'a: one of EVENT_TEXTS'),
  v(
    30,
    'PARSE_NUMBER',
    ['value', 'none', 'none'],
    'as a',
    'text of an unsigned decimal integer to a number (texts to numbers); absent otherwise',
  ),
  v(31, 'PARSE_BOOL', ['value', 'none', 'none'], 'as a', 'keeps `true` and `false`; absent otherwise'),
  v(
    32,
    'PARSE_ADDRESS',
    ['value', 'none', 'none'],
    'as a',
    'text of an IP address to its 4 or 16 bytes; absent otherwise',
  ),
  v(33, 'TOLOWER', ['value', 'none', 'none'], 'as a', 'ASCII letters only'),
  v(34, 'TOUPPER', ['value', 'none', 'none'], 'as a', 'ASCII letters only'),
  v(35, 'B64', ['value', 'none', 'none'], 'as a', 'base64 decoded; absent if it is not base64'),
  v(36, 'BASENAME', ['value', 'none', 'none'], 'as a', 'what follows the last `/`'),
  v(37, 'LENGTH', ['value', 'none', 'none'], 'number', 'bytes of a text, elements of a list'),
  v(38, 'CONCAT', ['values', 'none', 'none'], 'text', 'texts one after the other; absent if one is'),
  v(39, 'JOIN', ['value', 'value', 'none'], 'text', 'elements of b with a between them'),
  v(40, 'LIST', ['values', 'none', 'none'], 'texts', 'a literal list of texts; absent if one is'),
  v(
    41,
    'GETOPT',
    ['value', 'value', 'none'],
    'texts',
    'letters and values of the POSIX options b in the words a; may be an empty list that is present',
  ),
  v(42, 'GETOPT_SELECT', ['value', 'value', 'constant'], 'text', 'value of option c'),
  v(43, 'NUMBER_TEXT', ['value', 'none', 'none'], 'text', 'decimal digits of a number'),
];

/** `a` of EVENT_NUMBER. */
export const EVENT_NUMBERS = [
  'num',
  'rawtime',
  'rawtime.s',
  'rawtime.ns',
  'reltime',
  'reltime.s',
  'reltime.ns',
] as const;
/** `a` of EVENT_TEXT. */
export const EVENT_TEXTS = [
  'time',
  'time.s',
  'datetime',
  'datetime.s',
  'time.iso8601',
  'hostname',
  'plugininfo',
] as const;

export interface PredicateOpRow {
  readonly code: number;
  readonly name: string;
  readonly operands: readonly [OperandKind, OperandKind, OperandKind];
  readonly doc: string;
}

const p = (code: number, name: string, operands: PredicateOpRow['operands'], doc: string): PredicateOpRow => ({
  code,
  name,
  operands,
  doc,
});

/** A predicate over an absent value is false; there are no negated predicates (control code negates by jumping). */
export const PREDICATE_OPS: readonly PredicateOpRow[] = [
  p(0, 'EXISTS', ['value', 'none', 'none'], 'a has a value'),
  p(1, 'IN_SET', ['value', 'constants', 'none'], 'text a is one of the constants'),
  p(2, 'LIST_ALL_IN', ['value', 'constants', 'none'], 'every element of a is one of the constants'),
  p(3, 'LIST_ANY_IN', ['value', 'constants', 'none'], 'an element of a is one of the constants'),
  p(4, 'CONTAINS', ['value', 'constant', 'none'], 'b occurs in a'),
  p(5, 'ICONTAINS', ['value', 'constant', 'none'], 'b occurs in a, ASCII case ignored'),
  p(6, 'STARTSWITH', ['value', 'constant', 'none'], 'a starts with b'),
  p(7, 'ENDSWITH', ['value', 'constant', 'none'], 'a ends with b'),
  p(8, 'GLOB', ['value', 'constant', 'none'], 'a matches the glob b as a whole'),
  p(9, 'IGLOB', ['value', 'constant', 'none'], 'as GLOB, ASCII case ignored'),
  p(10, 'REGEX', ['value', 'automaton', 'none'], 'the automaton accepts a; invalid UTF-8 in a counts as U+FFFD'),
  p(11, 'PATH_PREFIX', ['value', 'constants', 'none'], 'one of the paths is a prefix of path a, part by part'),
  p(12, 'LT_TEXT', ['value', 'constant', 'none'], 'a < b as bytes'),
  p(13, 'LE_TEXT', ['value', 'constant', 'none'], 'a <= b as bytes'),
  p(14, 'GT_TEXT', ['value', 'constant', 'none'], 'a > b as bytes'),
  p(15, 'GE_TEXT', ['value', 'constant', 'none'], 'a >= b as bytes'),
  p(16, 'IN_NUMBERS', ['value', 'numbers', 'none'], 'number a is one of the numbers'),
  p(17, 'LIST_ALL_IN_NUMBERS', ['value', 'numbers', 'none'], 'every element of a is one of the numbers'),
  p(18, 'LIST_ANY_IN_NUMBERS', ['value', 'numbers', 'none'], 'an element of a is one of the numbers'),
  p(19, 'LT_NUMBER', ['value', 'low', 'high'], 'a < number'),
  p(20, 'LE_NUMBER', ['value', 'low', 'high'], 'a <= number'),
  p(21, 'GT_NUMBER', ['value', 'low', 'high'], 'a > number'),
  p(22, 'GE_NUMBER', ['value', 'low', 'high'], 'a >= number'),
  p(23, 'IN_NETWORKS', ['value', 'networks', 'none'], 'a network contains address a'),
  p(24, 'LIST_ALL_IN_NETWORKS', ['value', 'networks', 'none'], 'every element of a lies in one of the networks'),
  p(25, 'LIST_ANY_IN_NETWORKS', ['value', 'networks', 'none'], 'an element of a lies in one of the networks'),
  p(26, 'EQ_VALUE', ['value', 'value', 'none'], 'texts a and b are equal'),
  p(27, 'LT_VALUE', ['value', 'value', 'none'], 'text a < text b'),
  p(28, 'LE_VALUE', ['value', 'value', 'none'], 'text a <= text b'),
  p(29, 'GT_VALUE', ['value', 'value', 'none'], 'text a > text b'),
  p(30, 'GE_VALUE', ['value', 'value', 'none'], 'text a >= text b'),
  p(31, 'EQ_VALUE_NUMBER', ['value', 'value', 'none'], 'numbers a and b are equal'),
  p(32, 'LT_VALUE_NUMBER', ['value', 'value', 'none'], 'number a < number b'),
  p(33, 'LE_VALUE_NUMBER', ['value', 'value', 'none'], 'number a <= number b'),
  p(34, 'GT_VALUE_NUMBER', ['value', 'value', 'none'], 'number a > number b'),
  p(35, 'GE_VALUE_NUMBER', ['value', 'value', 'none'], 'number a >= number b'),
  p(36, 'CONTAINS_VALUE', ['value', 'value', 'none'], 'text b occurs in text a'),
  p(37, 'ICONTAINS_VALUE', ['value', 'value', 'none'], 'as CONTAINS_VALUE, ASCII case ignored'),
  p(38, 'STARTSWITH_VALUE', ['value', 'value', 'none'], 'text a starts with text b'),
  p(39, 'ENDSWITH_VALUE', ['value', 'value', 'none'], 'text a ends with text b'),
  p(40, 'GLOB_VALUE', ['value', 'value', 'none'], 'text a matches the glob in text b'),
  p(41, 'IGLOB_VALUE', ['value', 'value', 'none'], 'as GLOB_VALUE, ASCII case ignored'),
  p(42, 'LIST_ALL_IN_VALUE', ['value', 'value', 'none'], 'every element of texts a is an element of texts b'),
  p(43, 'LIST_ANY_IN_VALUE', ['value', 'value', 'none'], 'an element of texts a is an element of texts b'),
  p(44, 'LIST_ALL_IN_VALUE_NUMBER', ['value', 'value', 'none'], 'as LIST_ALL_IN_VALUE, numbers'),
  p(45, 'LIST_ANY_IN_VALUE_NUMBER', ['value', 'value', 'none'], 'as LIST_ANY_IN_VALUE, numbers'),
  p(
    46,
    'EXACTLY_ONE',
    ['predicates', 'none', 'none'],
    'exactly one of the predicates holds (a repeated one counts as often)',
  ),
];

export interface ControlOpRow {
  readonly code: number;
  readonly name: string;
  readonly predicate: boolean;
  readonly target: boolean;
  readonly doc: string;
}

/**
 * A rule's bytecode: 8-byte instructions, `code | predicate << 8` as one word, then the jump target (instruction number
 * within the code section, always forward). Execution starts at the rule's first instruction and ends at MATCH or NO_MATCH.
 */
export const CONTROL_OPS: readonly ControlOpRow[] = [
  { code: 0, name: 'NO_MATCH', predicate: false, target: false, doc: 'the rule does not match' },
  { code: 1, name: 'MATCH', predicate: false, target: false, doc: 'the rule matches' },
  {
    code: 2,
    name: 'JUMP_IF_TRUE',
    predicate: true,
    target: true,
    doc: 'go to the target if the predicate holds, else on',
  },
  {
    code: 3,
    name: 'JUMP_IF_FALSE',
    predicate: true,
    target: true,
    doc: 'go to the target if the predicate does not hold, else on',
  },
];
