// The result that Falco prints for one file: at most one error, the warnings that came before it, places zero-based and in
// bytes. Stages here report everything; this file puts the reports in Falco's order and drops what it would not have reached.

import { LineIndex } from '../source/line-index.ts';
import type { SourceFile } from '../source/source-file.ts';
import { type CodeRow, rowOf, STEPS } from './codes.ts';
import type { Diagnostic, FalcoLocation } from './diagnostic.ts';

export interface FalcoPosition {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

export interface FalcoProblem {
  readonly code: string;
  readonly codedesc: string;
  readonly message: string;
  readonly context: {
    readonly locations: readonly {
      readonly item_type: string;
      readonly item_name: string;
      readonly position: FalcoPosition;
    }[];
    readonly snippet: string;
  };
  readonly deprecated_field?: string;
}

export interface FalcoResult {
  readonly name: string;
  readonly successful: boolean;
  readonly schema_valid?: boolean;
  readonly schema_warnings?: readonly string[];
  readonly errors: readonly FalcoProblem[];
  readonly warnings: readonly FalcoProblem[];
}

/** Everything known about one file; diagnostics of the check stage come after those of loading. */
export interface FalcoInput {
  /** all files of the run so far */
  readonly files: readonly SourceFile[];
  /** which of them the result is for */
  readonly file: number;
  readonly diagnostics: readonly Diagnostic[];
  readonly schema: { readonly valid: boolean; readonly warnings: readonly string[] } | undefined;
  /** places of definition, by name */
  readonly order: { readonly macros: ReadonlyMap<string, number>; readonly rules: ReadonlyMap<string, number> };
}

/** The reason why Falco's process would end without any result, if it would. */
export function falcoFatal(diagnostics: readonly Diagnostic[]): string | undefined {
  return diagnostics.map(({ code }) => rowOf(code)).find(({ falco }) => falco === 'FATAL')?.reason;
}

/** What Falco would have reported of these, in its order: nothing after the first error. */
export function selectReported(
  diagnostics: readonly Diagnostic[],
  order: FalcoInput['order'],
): { readonly error: Diagnostic | undefined; readonly warnings: readonly Diagnostic[] } {
  const ranked = diagnostics
    .map((diagnostic) => ({ diagnostic, row: rowOf(diagnostic.code) }))
    .filter(({ row }) => row.falco !== 'FATAL' && row.falco !== '')
    .map((entry) => ({ ...entry, rank: rankOf(entry.diagnostic, entry.row, order) }));
  ranked.sort((a, b) => compareRanks(a.rank, b.rank));
  const warnings: Diagnostic[] = [];
  let skipped: string | undefined;
  for (const { diagnostic, row, rank } of ranked) {
    const item = rank.slice(0, 3).join();
    if (item === skipped) continue;
    if (row.level === 'error') return { error: diagnostic, warnings };
    warnings.push(diagnostic);
    // a rule with an unknown field is dropped at that point
    if (row.falco === 'LOAD_UNKNOWN_FILTER') skipped = item;
  }
  return { error: undefined, warnings };
}

/** Phase, pass (macros are parsed before any is resolved), item, step, and within a step errors first. */
type Rank = readonly [number, number, number, number, number];

function rankOf(diagnostic: Diagnostic, { step, level }: CodeRow, order: FalcoInput['order']): Rank {
  const at = STEPS.indexOf(step);
  if (step === 'read') return [0, 0, 0, 0, 0];
  if (step === 'unused') return [3, 0, 0, 0, 0];
  const item = diagnostic.locations[1];
  if (item?.itemType === 'macro') {
    return [1, step === 'syntax' ? 0 : 1, order.macros.get(item.itemName) ?? 0, at, 0];
  }
  return [2, 0, order.rules.get(item?.itemName ?? '') ?? 0, at, level === 'error' ? 0 : 1];
}

function compareRanks(a: Rank, b: Rank): number {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return 0;
}

/** Falco's JSON result of one file. */
export function falcoResult(input: FalcoInput): FalcoResult {
  const { error, warnings } = selectReported(input.diagnostics, input.order);
  const places = new Places(input.files);
  const { schema } = input;
  return {
    name: input.files[input.file]!.name,
    successful: error === undefined,
    ...(schema === undefined ? {} : { schema_valid: schema.valid, schema_warnings: schema.warnings }),
    errors: error === undefined ? [] : [problemOf(error, places)],
    warnings: warnings.map((warning) => problemOf(warning, places)),
  };
}

/** A location as the language cases write it: type, then the quoted name if there is one. */
export function locationText({ itemType, itemName }: FalcoLocation): string {
  return itemName === '' ? itemType : `${itemType} '${itemName}'`;
}

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  LOAD_ERR_YAML_PARSE: 'the file is not readable as YAML',
  LOAD_ERR_YAML_VALIDATE: 'the file does not have the structure of a rules file',
  LOAD_ERR_VALIDATE: 'a rule, macro, list, exception or requirement is not possible',
  LOAD_ERR_COMPILE_CONDITION: 'a condition does not compile',
  LOAD_ERR_COMPILE_OUTPUT: 'an output does not compile',
  LOAD_UNKNOWN_SOURCE: 'no plugin provides the event source of a rule; the rule is ignored',
  LOAD_UNSAFE_NA_CHECK: 'a field is compared with the text that stands for a missing value; use exists',
  LOAD_UNKNOWN_FILTER: 'a rule uses a field that does not exist and asked to be skipped then',
  LOAD_UNUSED_MACRO: 'no rule or macro uses a macro',
  LOAD_UNUSED_LIST: 'no rule, macro or list uses a list',
  LOAD_UNKNOWN_ITEM: 'an item is of no known kind and is ignored',
  LOAD_UNKNOWN_KEY: 'an item has a key that its kind does not have; the key is ignored',
  LOAD_DEPRECATED_ITEM: 'a deprecated form is used',
  LOAD_APPEND_NO_VALUES: 'an exception is appended without values',
  LOAD_EXCEPTION_NAME_NOT_UNIQUE: 'two exceptions of a rule have one name',
  LOAD_INVALID_MACRO_NAME: 'a macro has a name that nothing can refer to',
  LOAD_INVALID_LIST_NAME: 'a list has a name that is not one word',
  LOAD_COMPILE_CONDITION: 'a condition is probably not what was meant',
};

function problemOf(diagnostic: Diagnostic, places: Places): FalcoProblem {
  const row = rowOf(diagnostic.code);
  const locations: { item_type: string; item_name: string; position: FalcoPosition }[] = [];
  for (const location of diagnostic.locations) {
    const position = places.position(location, locations.at(-1)?.position);
    locations.push({ item_type: location.itemType, item_name: location.itemName, position });
  }
  return {
    code: row.falco,
    codedesc: DESCRIPTIONS[row.falco] ?? row.title,
    // the original leaves this message empty
    message: row.falco === 'LOAD_UNSAFE_NA_CHECK' ? '' : diagnostic.message,
    context: { locations, snippet: places.snippet(diagnostic.locations.at(-1)!) },
    ...(row.reason === 'deprecated_field' ? { deprecated_field: places.text(diagnostic) } : {}),
  };
}

const ENCODER = new TextEncoder();

/** Half of the longest snippet line, as in the original. */
const SNIPPET_REACH = 80;

class Places {
  readonly #files: readonly SourceFile[];
  /** of files and conditions: many diagnostics stand in one */
  readonly #places = new Map<string, TextPlaces>();

  constructor(files: readonly SourceFile[]) {
    this.#files = files;
  }

  text({ span }: Diagnostic): string {
    return this.#files[span.file]?.text.slice(span.start, span.end) ?? '';
  }

  position({ span, expression }: FalcoLocation, parent: FalcoPosition | undefined): FalcoPosition {
    if (expression !== undefined) return this.#expressionPosition(expression, parent);
    const { name, text } = this.#files[span.file] ?? { name: '', text: '' };
    return { name, ...this.#placesOf(text).at(span.start) };
  }

  /** Parser position (lines and columns from one) plus the place of the condition. */
  #expressionPosition(
    { text, offset }: NonNullable<FalcoLocation['expression']>,
    parent: FalcoPosition | undefined,
  ): FalcoPosition {
    const place = this.#placesOf(text).at(offset);
    const short = text.length > 20 ? `${text.slice(0, 17)}...` : text;
    return {
      name: `"${short.replace(/[\n\r]/g, ' ')}"`,
      line: place.line + 1 + (parent?.line ?? 0),
      column: place.column + 1 + (parent?.column ?? 0),
      offset: place.offset + (parent?.offset ?? 0),
    };
  }

  #placesOf(text: string): TextPlaces {
    const known = this.#places.get(text) ?? new TextPlaces(text);
    this.#places.set(text, known);
    return known;
  }

  /** The line around a place, cut, and a caret under the place. */
  snippet({ span, expression }: FalcoLocation): string {
    const text = expression?.text ?? this.#files[span.file]?.text ?? '';
    let at = Math.min(expression?.offset ?? span.start, text.length);
    while (at > 0 && (at >= text.length || text[at] === '\n')) at--;
    // the line itself may be the whole text
    const low = Math.max(0, at - SNIPPET_REACH);
    const from = low + text.slice(low, at).lastIndexOf('\n') + 1;
    const newline = text.slice(at, at + SNIPPET_REACH).indexOf('\n');
    const to = newline < 0 ? Math.min(text.length, at + SNIPPET_REACH) : at + newline;
    if (to <= from) return '<No context available>\n';
    const head = from > 0 && text[from - 1] !== '\n' ? '...' : '';
    const tail = to < text.length && text[to] !== '\n' ? '...' : '';
    const line = head + text.slice(from + head.length, to - tail.length) + tail;
    return `${line}\n${' '.repeat(at - from)}^\n`;
  }
}

/** Lines and columns from zero, in bytes. */
class TextPlaces {
  readonly #text: string;
  readonly #index: LineIndex;
  /** bytes before each line asked for so far, from the first on */
  readonly #lineOffsets: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    this.#index = new LineIndex(text);
  }

  at(offset: number): Omit<FalcoPosition, 'name'> {
    const { line, column } = this.#index.position(offset);
    const lineStart = this.#index.start(line);
    const before = byteLength(this.#text.slice(lineStart, lineStart + column - 1));
    return { line: line - 1, column: before, offset: this.#bytesBefore(line) + before };
  }

  #bytesBefore(line: number): number {
    const known = this.#lineOffsets;
    while (known.length < line) {
      const text = this.#text.slice(this.#index.start(known.length), this.#index.start(known.length + 1));
      known.push(known.at(-1)! + byteLength(text));
    }
    return known[line - 1]!;
  }
}

function byteLength(text: string): number {
  return ENCODER.encode(text).length;
}
