// An output text in, its parts with typed fields or one problem out; and the texts and fields that a configuration appends
// to the outputs of some rules.

import { suggestionNotes } from '../diagnostics/suggest.ts';
import type { Catalogue } from '../isa/catalogue.ts';
import { compiledOutput } from '../resolve/output.ts';
import type { ResolvedRule } from '../resolve/resolved.ts';
import type { Repair } from '../rulefile/edit-text.ts';
import { concatText, type MappedText } from '../rulefile/mapped-text.ts';
import type { Operand } from '../syntax/ast.ts';
import { scanFieldName } from '../syntax/lexer.ts';
import { parseOperand } from '../syntax/operand.ts';
import { type OutputProblem, parseOutput } from '../syntax/output.ts';
import type { CheckedOperand, CheckedPart, CheckedRule } from './checked.ts';
import { checkField, rawFieldRef } from './field.ts';
import { checkOperand } from './operand.ts';
import { type CheckProblem, problemAt, repaired } from './problem.ts';

/** Falco's append_output. An entry without `match`, or a criterion left out, applies to every rule. */
export interface AppendOutput {
  readonly match?: {
    readonly source?: string;
    /** all of them */
    readonly tags?: readonly string[];
    readonly rule?: string;
  };
  /** appended to the output text, behind a blank */
  readonly extra_output?: string;
  /** added to output_fields: a field by its name, or a name with an output text */
  readonly extra_fields?: readonly (string | Readonly<Record<string, string>>)[];
}

const isText = (value: unknown): boolean => typeof value === 'string';
const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isField = (value: unknown): boolean => isText(value) || (isMap(value) && Object.values(value).every(isText));

/**
 * Entries come from a configuration: a misspelled criterion must not make an entry apply to every rule.
 * @throws TypeError that names the place
 */
export function requireAppendOutput(entries: unknown): void {
  const members = (value: unknown, place: string, shapes: Readonly<Record<string, readonly [Shape, string]>>): void => {
    if (!isMap(value)) throw new TypeError(`${place}: expected an object`);
    for (const [key, member] of Object.entries(value)) {
      const [fits, expected] = (Object.hasOwn(shapes, key) && shapes[key]) || [];
      if (fits === undefined) throw new TypeError(`${place}.${key}: unknown key`);
      if (member !== undefined && !fits(member)) throw new TypeError(`${place}.${key}: expected ${expected}`);
    }
  };
  if (!Array.isArray(entries)) throw new TypeError('appendOutput: expected an array');
  for (const [at, entry] of (entries as readonly unknown[]).entries()) {
    members(entry, `appendOutput[${at}]`, ENTRY);
    const { match } = entry as AppendOutput;
    if (match !== undefined) members(match, `appendOutput[${at}].match`, MATCH);
  }
}

type Shape = (value: unknown) => boolean;

const ENTRY: Readonly<Record<string, readonly [Shape, string]>> = {
  match: [isMap, 'an object'],
  extra_output: [isText, 'a text'],
  extra_fields: [(value) => Array.isArray(value) && value.every(isField), 'an array of field names and { name: text }'],
  // the audit plugin suggests no field
  suggested_output: [(value) => typeof value === 'boolean', 'true or false'],
};
const MATCH: Readonly<Record<string, readonly [Shape, string]>> = {
  source: [isText, 'a text'],
  tags: [(value) => Array.isArray(value) && value.every(isText), 'an array of texts'],
  rule: [isText, 'a text'],
};

export interface OutputResult {
  readonly parts: readonly CheckedPart[];
}

type ExtraField = CheckedRule['extraFields'][number];

/** The entries that apply to a rule, in order. */
export function matchingEntries(
  rule: Pick<ResolvedRule, 'source' | 'name' | 'tags'>,
  entries: readonly AppendOutput[],
): readonly AppendOutput[] {
  return entries.filter(({ match }) => {
    if (match?.source !== undefined && match.source !== rule.source) return false;
    if (match?.rule !== undefined && match.rule !== rule.name) return false;
    return (match?.tags ?? []).every((tag) => rule.tags.includes(tag));
  });
}

/** The rule's output as it is compiled, with what is appended to it. */
export function fullOutput(rule: Pick<ResolvedRule, 'output'>, entries: readonly AppendOutput[]): MappedText {
  const pieces: (MappedText | string)[] = [compiledOutput(rule.output)];
  for (const { extra_output } of entries) if (extra_output !== undefined) pieces.push(` ${extra_output}`);
  return pieces.length === 1 && typeof pieces[0] === 'object' ? pieces[0] : concatText(pieces);
}

export function checkOutput(text: string, catalogue: Catalogue): OutputResult | CheckProblem {
  let longestName = 0;
  for (const name of catalogue.fields.keys()) longestName = Math.max(longestName, name.length);
  // a name is looked up first: what is wrong with it takes long to find
  const resolves = (operand: Operand): boolean =>
    (operand.kind !== 'field' || catalogue.fields.has(operand.name)) &&
    checkOperand(operand, catalogue).kind !== 'problem';
  const parsed = parseOutput(text, resolves, longestName);
  if (!parsed.ok) return explain(text, parsed.problem, catalogue);
  const parts: CheckedPart[] = [];
  for (const part of parsed.template.parts) {
    if (part.kind === 'text') parts.push(part);
    else {
      const operand = checkOperand(part.operand, catalogue);
      if (operand.kind !== 'problem') parts.push({ kind: 'token', operand, width: part.width });
    }
  }
  return { parts };
}

// what is wrong with the field that seems to be meant
function explain(text: string, problem: OutputProblem, catalogue: Catalogue): CheckProblem {
  const start = problem.start + 1 + (/^[0-9]*/.exec(text.slice(problem.start + 1))?.[0].length ?? 0);
  const end = scanFieldName(text, start);
  const notes: string[] = [];
  let repair: Repair | undefined;
  if (problem.reason === 'unknown_output_token' && end > start) {
    const name = text.slice(start, end);
    const arg = /^\[[^\]\s]*\]/.exec(text.slice(end))?.[0] ?? '';
    const field = checkField(rawFieldRef(name + arg), catalogue);
    if (field.kind === 'problem' && field.repair) repair = shifted(field.repair, start);
    if (field.kind === 'problem') notes.push(...field.notes);
    if (field.kind === 'problem' && field.reason !== 'unknown_field') notes.push(field.message);
    if (notes.length === 0 && repair === undefined) notes.push(...suggestionNotes(name, catalogue.fields.keys()));
  } else notes.push("nothing stands for a percent sign: write 'percent'");
  return repaired(problemAt(problem, problem.reason, problem.message, notes), repair);
}

function shifted({ title, edits }: Repair, by: number): Repair {
  return { title, edits: edits.map((edit) => ({ ...edit, start: edit.start + by, end: edit.end + by })) };
}

/** The fields that the entries add; a problem's range is of the whole output. */
export function checkExtraFields(
  entries: readonly AppendOutput[],
  output: string,
  catalogue: Catalogue,
): readonly ExtraField[] | CheckProblem {
  const fields = new Map<string, ExtraField>();
  const range = { start: 0, end: output.length };
  for (const [name, format] of entries.flatMap((entry) => (entry.extra_fields ?? []).flatMap(nameAndFormat))) {
    if (fields.has(name)) {
      return problemAt(range, 'duplicate_extra_field', `appended output field '${name}' is named twice`);
    }
    const field = format === undefined ? rawField(name, catalogue) : formattedField(name, format, catalogue);
    if (field === undefined) {
      const message = `appended output field '${name}' names an unknown field`;
      return problemAt(range, 'unknown_extra_field', message, suggestionNotes(name, catalogue.fields.keys()));
    }
    fields.set(name, field);
  }
  return [...fields.values()];
}

function nameAndFormat(field: string | Readonly<Record<string, string>>): (readonly [string, string | undefined])[] {
  return typeof field === 'string' ? [[field, undefined]] : Object.entries(field);
}

/** A field by its name, or transformers around one; undefined when there is none. */
export function checkNamed(name: string, catalogue: Catalogue): CheckedOperand | undefined {
  const parsed = parseOperand(name);
  const operand = parsed.ok ? checkOperand(parsed.operand, catalogue) : undefined;
  return operand === undefined || operand.kind === 'problem' ? undefined : operand;
}

function rawField(name: string, catalogue: Catalogue): ExtraField | undefined {
  const operand = checkNamed(name, catalogue);
  if (operand === undefined) return undefined;
  if (operand.kind === 'field') return { kind: 'raw', operand };
  return { kind: 'formatted', key: name, parts: [{ kind: 'token', operand, width: 0 }] };
}

function formattedField(key: string, format: string, catalogue: Catalogue): ExtraField | undefined {
  const checked = checkOutput(format, catalogue);
  return 'kind' in checked ? undefined : { kind: 'formatted', key, parts: checked.parts };
}
