// How the engine comes to a rule, read from a program: which values of an event the index looks at, what they have to be for
// the rule to be looked at, and how many predicates are then left. A rule that the index never excludes is always evaluated.

import { NODE_EVERY, NODE_NO_POSITION } from '../isa/layout.ts';
import { CONTROL_OPS, PREDICATE_OPS, VALUE_OPS } from '../isa/opcodes.ts';
import { decodeProgram } from '../program/decode.ts';
import { encodeProgram } from '../program/encode.ts';
import type { IndexRow, Instruction, ProgramImage } from '../program/image.ts';

export interface RuleAccess {
  readonly rule: string;
  /** one text per value that the index asks about: `verb in (create, patch)` */
  readonly index: readonly string[];
  /** why the rule is evaluated for every event, or never; absent where the index decides */
  readonly always?: string;
  /** distinct predicates that are left to the rule's code */
  readonly predicates: number;
}

const MATCH: number = CONTROL_OPS.find((row) => row.name === 'MATCH')!.code;
const NO_MATCH: number = CONTROL_OPS.find((row) => row.name === 'NO_MATCH')!.code;
/** Names that are shown of a longer list. */
const MAX_SHOWN = 4;

/** The paths of the values that the index looks at, in its order. */
export function indexedValues(program: Uint8Array): readonly string[] {
  const image = decodeProgram(program);
  return image.index.map((row) => valueText(image, row.value));
}

/** For each rule of a verified program, in its order. */
export function ruleAccess(program: Uint8Array): readonly RuleAccess[] {
  const image = decodeProgram(program);
  const rows = image.index.map((row) => ({
    row,
    path: valueText(image, row.value),
    names: namesPerBitmap(image, row),
  }));
  return image.rules.map(({ code }, id) => {
    const index = rows.flatMap(({ row, path, names }) => {
      const text = requirement(row, names, id);
      return text === undefined ? [] : [`${path} ${text}`];
    });
    const predicates = predicatesFrom(image.code, code);
    const always = alwaysText(image, image.code[code]!.op, index, predicates);
    const base = { rule: image.meta.rules[id]!.name, index, predicates: predicates.length };
    return always === undefined ? base : { ...base, always };
  });
}

/** The program with rules that match as soon as the index lets them: an alert of it is a candidate of the original. */
export function candidateProgram(program: Uint8Array): Uint8Array {
  const image = decodeProgram(program);
  const end = { predicate: 0, target: 0 };
  return encodeProgram({
    ...image,
    args: Uint32Array.of(...image.args, 0),
    code: image.rules.map(({ code }) => ({ ...end, op: image.code[code]!.op === NO_MATCH ? NO_MATCH : MATCH })),
    rules: image.rules.map((_, id) => ({ code: id, outputs: image.args.length })),
  });
}

/** Constants by the number of their bitmap. */
function namesPerBitmap(image: ProgramImage, row: IndexRow): readonly (readonly string[])[] {
  const names: string[][] = row.bitmaps.map(() => []);
  row.map.forEach((number, constant) => {
    if (number > 1) names[number]!.push(constantText(image, constant));
  });
  return names;
}

/** What the value has to be for the rule to be possible; undefined: whatever it is. */
function requirement(row: IndexRow, names: readonly (readonly string[])[], rule: number): string | undefined {
  const isSet = (number: number): boolean => ((row.bitmaps[number]![rule >> 6]! >> BigInt(rule & 63)) & 1n) === 1n;
  const [ifAbsent, ifOther] = [isSet(0), isSet(1)];
  const constants = (on: boolean): readonly string[] =>
    names.flatMap((list, number) => (number > 1 && isSet(number) === on ? list : []));
  if (!ifOther) {
    const allowed = constants(true);
    if (allowed.length === 0) return ifAbsent ? 'absent' : 'impossible';
    const text = allowed.length === 1 ? `= ${allowed[0]}` : `in ${listText(allowed)}`;
    return ifAbsent ? `absent or ${text}` : text;
  }
  const excluded = constants(false);
  if (excluded.length === 0) return ifAbsent ? undefined : 'exists';
  const text = excluded.length === 1 ? `!= ${excluded[0]}` : `not in ${listText(excluded)}`;
  return ifAbsent ? text : `exists, ${text}`;
}

function alwaysText(
  image: ProgramImage,
  firstOp: number,
  index: readonly string[],
  predicates: readonly number[],
): string | undefined {
  if (firstOp === NO_MATCH) return 'never evaluated: its condition is always false';
  if (index.length > 0) return undefined;
  if (predicates.length === 0) return 'matches every event';
  const asked = predicates.map((id) => predicateText(image, id));
  return `no =, in or exists that it requires is on an indexed value; it asks ${listText(asked)}`;
}

/** Predicates that code reachable from an instruction tests, in the order of the code. */
function predicatesFrom(code: readonly Instruction[], start: number): readonly number[] {
  const found = new Set<number>();
  let last = start;
  // jumps go forward: everything up to the furthest target that the code before it leads to belongs to the rule
  for (let at = start; at <= last; at++) {
    const { op, predicate, target } = code[at]!;
    if (op === MATCH || op === NO_MATCH) continue;
    found.add(predicate);
    last = Math.max(last, at + 1, target);
  }
  return [...found];
}

function predicateText(image: ProgramImage, id: number): string {
  const { op, a } = image.predicates[id]!;
  const { name, operands } = PREDICATE_OPS[op]!;
  return operands[0] === 'value' ? `${name} ${valueText(image, a)}` : name;
}

/** A value by the place it is read from: `objectRef.resource`; one that has none by its operation. */
function valueText(image: ProgramImage, id: number): string {
  const { op, a } = image.values[id]!;
  const { name, operands } = VALUE_OPS[op]!;
  if (operands[0] === 'node') return pathText(image, a) || name;
  return operands[0] === 'value' ? `${name}(${valueText(image, a)})` : name;
}

function pathText(image: ProgramImage, node: number): string {
  const parts: string[] = [];
  for (let at = node; at !== 0; at = image.nodes[at]!.parent) {
    const { position, key } = image.nodes[at]!;
    const isToken = position === NODE_NO_POSITION || position < NODE_EVERY;
    parts.unshift(isToken ? constantText(image, key) : '*');
  }
  return parts.join('.');
}

function constantText(image: ProgramImage, id: number): string {
  return new TextDecoder().decode(image.constants[id]!);
}

function listText(items: readonly string[]): string {
  const rest = items.length - MAX_SHOWN;
  const shown = rest > 1 ? [...items.slice(0, MAX_SHOWN), `${rest} more`] : items;
  return `(${shown.join(', ')})`;
}
