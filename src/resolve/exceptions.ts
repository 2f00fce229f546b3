// Exceptions of rules: which shapes are possible, and the condition text that they amount to. Texts are quoted as Falco quotes
// them, which is by the presence of a blank alone; what comes out is ordinary condition text.

import type { Reason } from '../diagnostics/codes.ts';
import type { Fix, Report } from '../diagnostics/diagnostic.ts';
import { type Chain, diagnosticOf } from '../diagnostics/report.ts';
import { suggestionNotes } from '../diagnostics/suggest.ts';
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

/** The exception with its defaults, unless it is impossible. */
export function validException(
  record: ExceptionRecord,
  fieldExists: (text: string) => boolean,
  fieldFix: (text: string) => Fix | undefined,
  report: Report,
): Exception | undefined {
  const refuse = (reason: Reason, message: string, span: Span, notes: string[] = [], fix?: Fix) => {
    report(diagnosticOf(reason, message, record.chain, span, { notes, ...(fix && { fix }) }));
    return undefined;
  };
  if (record.fields === undefined) {
    return refuse('exception_without_fields', `the exception '${record.name}' has no fields`, record.span);
  }
  const exception = withDefaults(record, record.fields);
  const { fields, comps, isList } = exception;
  const compsSpan = comps[0]?.span ?? record.span;
  if (isList) {
    const isSequence = record.comps === undefined || record.comps.kind === 'list';
    if (!isSequence || comps.length !== fields.length) {
      const found = isSequence ? `${comps.length}` : 'a single operator';
      return refuse(
        'exception_comps_length',
        `${fields.length} operators are expected, one per field, found ${found}`,
        compsSpan,
      );
    }
    const bad = comps.find(({ text }) => !OPERATORS.includes(text) && !isModified(text));
    if (bad) {
      return refuse(
        'exception_bad_operator',
        `'${bad.text}' is not an operator`,
        bad.span,
        suggestionNotes(bad.text, OPERATORS),
      );
    }
  } else {
    if (record.comps?.kind === 'list') {
      return refuse('exception_comps_not_scalar', 'comps is a sequence but fields is a single field', compsSpan);
    }
    const operator = comps[0]!.text;
    if (!LIST_OPERATORS.includes(operator) && !isModified(operator)) {
      const message = `an exception with a single field cannot compare by '${operator}'`;
      const notes = [
        `expected ${LIST_OPERATORS.join(', ')} or an operator with a modifier`,
        'help: make fields and comps sequences',
      ];
      return refuse('exception_scalar_comp', message, compsSpan, notes);
    }
  }
  const unknown = fields.find(({ text }) => !fieldExists(text));
  if (unknown) {
    const message = `'${unknown.text}' is not a field of this source`;
    return refuse('exception_bad_field', message, unknown.span, [], fieldFix(unknown.text));
  }
  return exception;
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
      const found = value.kind === 'list' ? `${elements.length} elements` : 'a single value';
      const message = `a value of the exception '${exception.name}' has ${found} for ${exception.fields.length} fields`;
      report(diagnosticOf('exception_values_length', message, exception.chain, entrySpan(value, exception)));
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
