// A field reference in, a typed operand or a problem out: the name is looked up in the catalogue and the argument is read
// by the field's declaration. Falco reads the argument of a plugin's field a second time, from `name[argument]` without
// quotes: that text ends at the first blank and the argument at the first `]`, so neither can stand in an argument.

import { suggestionNotes } from '../diagnostics/suggest.ts';
import type { Catalogue, FieldDef } from '../isa/catalogue.ts';
import type { FieldRef } from '../syntax/ast.ts';
import { printField } from '../syntax/print.ts';
import type { CheckedOperand } from './checked.ts';
import { type CheckProblem, problemAt, repaired } from './problem.ts';
import { renamedField, renaming, withoutIndex } from './renamed.ts';

export type CheckedField = Extract<CheckedOperand, { kind: 'field' }>;

const MAX_UINT64 = (1n << 64n) - 1n;
/** Larger ones count as this: no array has as many elements. */
const LARGEST_INDEX = 0xfffffffe;

/** The field, or why it cannot be used so; checks are made in Falco's order. */
export function checkField(ref: FieldRef, catalogue: Catalogue): CheckedField | CheckProblem {
  const field = catalogue.fields.get(ref.name);
  if (field === undefined) return unknownField(ref, catalogue);
  const text = printField(ref);
  const plain: CheckedField = { kind: 'field', field, text, type: { type: field.type, list: field.list } };
  if (ref.arg === undefined) {
    return field.arg?.required
      ? problemAt(ref, 'field_arg_required', `field '${field.name}' needs an argument: ${exampleOf(field)}`)
      : plain;
  }
  if (field.extract.op === 'event') {
    return problemAt(ref, 'unknown_field', `unknown field '${text}', '${field.name}' takes no argument`);
  }
  const argument = checkArgument(ref, ref.arg, field);
  return 'kind' in argument ? argument : { ...plain, ...argument };
}

/** Whether a plain text reads as a field that can be used so. Most texts that are asked about are none, and want no suggestion. */
export function isFieldText(text: string, catalogue: Catalogue): boolean {
  const ref = rawFieldRef(text);
  return catalogue.fields.has(ref.name) && checkField(ref, catalogue).kind === 'field';
}

/** First words of the fields of system calls. */
const SYSCALL_FIELDS = /^(?:container|evt|fd|fdlist|fs|group|proc|syslog|thread|user)\./;

function unknownField(ref: FieldRef, catalogue: Catalogue): CheckProblem {
  const message = `unknown field '${ref.name}'`;
  if (catalogue.fixedOnly?.has(ref.name)) {
    const note = `Falco has no field '${ref.name}': it is falconet's own and needs --semantics fixed`;
    return problemAt(ref, 'unknown_field', message, [note]);
  }
  const now = renamedField(ref.name, catalogue);
  if (now !== undefined) {
    return repaired(problemAt(ref, 'unknown_field', message), renaming(ref, ref.start + ref.name.length, now));
  }
  const longer = longerNames(ref.name, catalogue);
  const notes = longer.length > 0 ? longer : suggestionNotes(ref.name, catalogue.fields.keys());
  if (SYSCALL_FIELDS.test(ref.name)) notes.push(`events of source ${catalogue.source} have no fields of system calls`);
  return problemAt(ref, 'unknown_field', message, notes);
}

const MAX_LONGER = 5;

/** Fields of which the name is the beginning. */
function longerNames(name: string, catalogue: Catalogue): string[] {
  const names = [...catalogue.fields.keys()].filter((known) => known.startsWith(`${name}.`));
  if (names.length === 0) return [];
  const more = names.length > MAX_LONGER ? ' ...' : '';
  return [`help: fields that start so are ${names.slice(0, MAX_LONGER).join(', ')}${more}`];
}

/** The reference that `name` or `name[argument]` stands for when nothing in it is quoted. */
export function rawFieldRef(text: string): FieldRef {
  const open = text.indexOf('[');
  const range = { start: 0, end: text.length };
  if (open < 0 || !text.endsWith(']')) return { kind: 'field', name: text, ...range };
  return { kind: 'field', name: text.slice(0, open), arg: text.slice(open + 1, -1), ...range };
}

type Argument = { readonly index?: number; readonly key?: string };

function checkArgument(ref: FieldRef, text: string, field: FieldDef): Argument | CheckProblem {
  const isCut = text.includes(' ');
  const seen = isCut ? text.slice(0, text.indexOf(' ')) : text;
  const close = seen.indexOf(']');
  if (isCut && close < 0) {
    return problemAt(
      ref,
      'field_arg_unbalanced',
      `the argument of '${field.name}' holds a blank, which no argument can`,
    );
  }
  if (field.arg === undefined) {
    const now = withoutIndex(ref, field, false);
    const problem = problemAt(ref, 'field_arg_not_allowed', `field '${field.name}' takes no argument`);
    return repaired(problem, now === undefined ? undefined : renaming(ref, ref.end, now));
  }
  const argument = readArgument(ref, close < 0 ? seen : seen.slice(0, close), field);
  if ('kind' in argument || close < 0) return argument;
  return problemAt(ref, 'unknown_field', `the argument of '${field.name}' holds a ], which no argument can`);
}

function readArgument(ref: FieldRef, text: string, field: FieldDef): Argument | CheckProblem {
  const kind = field.arg!.kind;
  const number = /^(0|[1-9][0-9]*)$/.test(text) ? BigInt(text) : undefined;
  const isIndex = number !== undefined && number <= MAX_UINT64;
  if (kind === 'index' && !isIndex) return badIndex(ref, field, 'decimal digits without a leading zero, below 2^64');
  if (field.extract.op === 'custom') return { key: text, ...(isIndex && { index: clamp(number) }) };
  if (field.extract.op === 'hostpath_match' && text === '') {
    return problemAt(ref, 'field_arg_required', `field '${field.name}' needs a path between the brackets`);
  }
  const key = kind === 'index' ? {} : { key: text };
  // the plugin takes 2^64-1 for "no index" and crashes on what else does not fit a signed number
  if (kind === 'key' || !isIndex || number === MAX_UINT64) return key;
  if (number >= 1n << 63n) return badIndex(ref, field, 'a number below 2^63');
  return { ...key, index: clamp(number) };
}

function badIndex(ref: FieldRef, field: FieldDef, expected: string): CheckProblem {
  return problemAt(ref, 'field_arg_bad_index', `bad index of '${field.name}': expected ${expected}`);
}

function clamp(index: bigint): number {
  return index > LARGEST_INDEX ? LARGEST_INDEX : Number(index);
}

function exampleOf(field: FieldDef): string {
  return field.arg?.kind === 'index' ? `${field.name}[0]` : `${field.name}[key]`;
}
