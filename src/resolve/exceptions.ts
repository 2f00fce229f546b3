// Exceptions of rules: which shapes are possible, and the condition text that they amount to. Texts are quoted as Falco quotes
// them, which is by the presence of a blank alone; what comes out is ordinary condition text.

import type { Reason } from '../diagnostics/codes.ts';
import type { Fix, Report } from '../diagnostics/diagnostic.ts';
import { type Chain, diagnosticOf } from '../diagnostics/report.ts';
import { suggestionNotes } from '../diagnostics/suggest.ts';
import { fixOf, type Repair } from '../rulefile/edit-text.ts';
import { concatText, type MappedText } from '../rulefile/mapped-text.ts';
import type { ExceptionEntry, ExceptionRecord } from '../rulefile/records.ts';
import { mappedOf, type SourcedText } from '../rulefile/scalar-text.ts';
import { trimmedRange } from '../rulefile/trim.ts';
import type { Span } from '../source/source-file.ts';

export interface Exception {
  readonly name: string;
  readonly span: Span;
  readonly chain: Chain;
  /** `fields` is a sequence: each value is one too */
  readonly isList: boolean;
  readonly fields: readonly SourcedText[];
  readonly comps: readonly SourcedText[];
  readonly values: readonly ExceptionEntry[];
}

const LIST_OPERATORS = ['in', 'intersects', 'pmatch'];
const STRING_OPERATORS = [
  '=',
  '==',
  '!=',
  'glob',
  'iglob',
  'contains',
  'icontains',
  'bcontains',
  'startswith',
  'bstartswith',
  'endswith',
  'regex',
];
const OPERATORS = ['exists', '<', '<=', '>', '>=', ...STRING_OPERATORS, ...LIST_OPERATORS];

/** A string operator and a modifier; takes a list like the list operators. */
function isModified(operator: string): boolean {
  const found = /^(\S+)[ \t\n\v\f\r]+(?:oneof|anyof|allof)$/.exec(operator);
  return found !== null && STRING_OPERATORS.includes(found[1]!);
}

function textsOf(entry: ExceptionEntry): SourcedText[] {
  if (entry.kind === 'text') return [entry.value];
  return entry.items.map((item) => (item.kind === 'text' ? item.value : { text: '', span: noSpan(item) }));
}

function noSpan(entry: ExceptionEntry): Span {
  if (entry.kind === 'text') return entry.value.span;
  return entry.items[0] ? noSpan(entry.items[0]) : { file: 0, start: 0, end: 0 };
}

function trimmed(text: SourcedText): SourcedText {
  const { start, end } = trimmedRange(text.text);
  const cut = text.text.slice(start, end);
  return cut === text.text ? text : { text: cut, span: text.span };
}

function generated(text: string, span: Span): SourcedText {
  return { text, span: { ...span, end: span.start } };
}

/** Why a field text is none; ranges of the repair are of that text. */
export type ExplainField = (text: string) => {
  readonly message: string;
  readonly notes: readonly string[];
  readonly repair?: Repair;
};

/** What to say about a field that an exception cannot name. */
export interface FieldReason {
  /** absent when the field is simply unknown */
  readonly message?: string;
  readonly notes: readonly string[];
  readonly fix?: Fix;
}

export function fieldReason(field: SourcedText, explain: ExplainField | undefined): FieldReason {
  if (explain === undefined) return { notes: [] };
  const { message, notes, repair } = explain(field.text);
  const fix = repair && fixOf(mappedOf(field), repair);
  const isUnknown = message.startsWith('unknown field');
  return { ...(!isUnknown && { message }), notes, ...(fix && { fix }) };
}

/** The exception with its defaults, unless it is impossible. */
export function validException(
  record: ExceptionRecord,
  fieldExists: (text: string) => boolean,
  reasonOf: (field: SourcedText) => FieldReason,
  report: Report,
): Exception | undefined {
  const refuse: Refuse = (reason, message, span, notes = [], fix) =>
    report(diagnosticOf(reason, message, record.chain, span, { notes, ...(fix && { fix }) }));
  if (record.fields === undefined) {
    refuse('exception_without_fields', `the exception '${record.name}' has no fields`, record.span);
    return undefined;
  }
  const exception = withDefaults(record, record.fields);
  let ok = exception.isList ? checkOperators(record, exception, refuse) : checkOperator(record, exception, refuse);
  for (const field of exception.fields) {
    if (fieldExists(field.text)) continue;
    const { message = `'${field.text}' is not a field of this source`, notes, fix } = reasonOf(field);
    refuse('exception_bad_field', message, field.span, notes, fix);
    ok = false;
  }
  return ok ? exception : undefined;
}

type Refuse = (reason: Reason, message: string, span: Span, notes?: readonly string[], fix?: Fix) => void;

/** One operator for each of several fields. */
function checkOperators(record: ExceptionRecord, { fields, comps }: Exception, refuse: Refuse): boolean {
  const isSequence = record.comps === undefined || record.comps.kind === 'list';
  if (!isSequence || comps.length !== fields.length) {
    const found = isSequence ? `${comps.length}` : 'a single operator';
    const message = `${countOf(fields.length, 'operator')} expected, one per field, found ${found}`;
    refuse('exception_comps_length', message, comps[0]?.span ?? record.span);
    return false;
  }
  const bad = comps.filter(({ text }) => !OPERATORS.includes(text) && !isModified(text));
  for (const { text, span } of bad) {
    refuse('exception_bad_operator', `'${text}' is not an operator`, span, suggestionNotes(text, OPERATORS));
  }
  return bad.length === 0;
}

/** The operator of a single field. */
function checkOperator(record: ExceptionRecord, { comps }: Exception, refuse: Refuse): boolean {
  const span = comps[0]?.span ?? record.span;
  if (record.comps?.kind === 'list') {
    refuse('exception_comps_not_scalar', 'comps is a sequence but fields is a single field', span);
    return false;
  }
  const operator = comps[0]!.text;
  if (LIST_OPERATORS.includes(operator) || isModified(operator)) return true;
  const notes = [
    `expected ${LIST_OPERATORS.join(', ')} or an operator with a modifier`,
    'help: make fields and comps sequences',
  ];
  refuse('exception_scalar_comp', `an exception with a single field cannot compare by '${operator}'`, span, notes);
  return false;
}

/** An exception that replaces another is taken as it is: a single field without an operator then fails to parse. */
export function uncheckedException(record: ExceptionRecord): Exception {
  const fields = record.fields ?? { kind: 'text', value: generated('', record.span) };
  if (record.comps !== undefined || fields.kind === 'list') return withDefaults(record, fields);
  return { ...withDefaults(record, fields), comps: [generated('', record.span)] };
}

function withDefaults(record: ExceptionRecord, entry: ExceptionEntry): Exception {
  const isList = entry.kind === 'list';
  const fields = textsOf(entry);
  const defaults = isList ? fields.map(({ span }) => generated('=', span)) : [generated('in', fields[0]!.span)];
  const comps = record.comps === undefined ? defaults : textsOf(record.comps).map(trimmed);
  const { name, span, chain, values } = record;
  return { name, span, chain, isList, fields, comps, values };
}

/** The condition with all exceptions; undefined when a value does not fit its exception, which is reported. */
export function renderExceptions(
  condition: MappedText,
  exceptions: readonly Exception[],
  report: Report,
): MappedText | undefined {
  const pieces: (MappedText | string)[] = ['(', condition, ')'];
  let ok = true;
  for (const exception of exceptions) {
    const rendered = exception.isList ? renderList(exception, report) : renderSingle(exception, report);
    if (rendered === undefined) ok = false;
    else if (rendered.length > 0) for (const piece of [' and not ', ...rendered]) pieces.push(piece);
  }
  return ok ? concatText(pieces) : undefined;
}

type Pieces = (MappedText | string)[];

function renderSingle(exception: Exception, report: Report): Pieces | undefined {
  const texts: SourcedText[] = [];
  for (const value of exception.values) {
    if (value.kind === 'list') {
      const message = `a value of the exception '${exception.name}' is a sequence, but it has a single field`;
      report(diagnosticOf('exception_value_not_scalar', message, exception.chain, entrySpan(value, exception)));
      return undefined;
    }
    texts.push(value.value);
  }
  if (texts.length === 0) return [];
  const head = ['(', mappedOf(exception.fields[0]!), ' ', mappedOf(exception.comps[0]!), ' ('];
  return [...head, ...texts.flatMap((text, i) => (i === 0 ? quoted(text) : [', ', ...quoted(text)])), '))'];
}

function renderList(exception: Exception, report: Report): Pieces | undefined {
  const pieces: Pieces = [];
  for (const value of exception.values) {
    const elements = value.kind === 'list' ? value.items : [];
    if (elements.length !== exception.fields.length) {
      const { name, fields, chain } = exception;
      const found = value.kind === 'list' ? countOf(elements.length, 'element') : 'a single value';
      const message = `a value of the exception '${name}' has ${found} for ${countOf(fields.length, 'field')}`;
      const notes =
        value.kind === 'text' && fields.length === 1 ? ['help: write each value as a sequence: [[a], [b]]'] : [];
      report(diagnosticOf('exception_values_length', message, chain, entrySpan(value, exception), { notes }));
      return undefined;
    }
    pieces.push(pieces.length === 0 ? '((' : ' or (');
    elements.forEach((element, k) => {
      const comp = exception.comps[k] ?? generated('=', exception.span);
      const field = mappedOf(exception.fields[k]!);
      pieces.push(k === 0 ? ' ' : ' and  ', field, ' ', mappedOf(comp), ' ');
      for (const piece of renderElement(element, comp.text)) pieces.push(piece);
    });
    pieces.push(')');
  }
  if (pieces.length > 0) pieces.push(')');
  return pieces;
}

function countOf(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function renderElement(element: ExceptionEntry, operator: string): Pieces {
  if (element.kind === 'list') {
    const pieces: Pieces = [];
    for (const text of textsOf(element)) {
      // an empty first element leaves no comma behind
      if (pieces.length > 0) pieces.push(', ');
      if (text.text !== '') pieces.push(...quoted(text));
    }
    return ['(', ...pieces, ')'];
  }
  if (!LIST_OPERATORS.includes(operator) && !isModified(operator)) return quoted(element.value);
  return element.value.text.startsWith('(') ? [mappedOf(element.value)] : ['(', mappedOf(element.value), ')'];
}

function entrySpan(value: ExceptionEntry, exception: Exception): Span {
  const span = noSpan(value);
  return value.kind === 'list' && value.items.length === 0 ? exception.span : span;
}

/** Double quotes around a text that holds a blank and does not start with a quote; nothing is escaped. */
export function needsQuotes(text: string): boolean {
  return text.includes(' ') && !text.startsWith('"') && !text.startsWith("'");
}

/** The pieces of a text, quoted if needed. */
export function quoted(text: SourcedText): (MappedText | string)[] {
  return needsQuotes(text.text) ? ['"', mappedOf(text), '"'] : [mappedOf(text)];
}
