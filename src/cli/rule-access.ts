// How the engine comes to a rule, read from a program: which values of an event the index looks at, what they have to be for
// the rule to be looked at, and how many predicates are then left. A rule that the index never excludes is always evaluated.

import { NODE_EVERY, NODE_NO_POSITION } from '../isa/layout.ts';
import { CONTROL_OPS, EVENT_NUMBERS, PREDICATE_OPS, VALUE_OPS } from '../isa/opcodes.ts';
import { decodeProgram } from '../program/decode.ts';
import { encodeProgram } from '../program/encode.ts';
import { hasRule, type IndexRow, type Instruction, type ProgramImage } from '../program/image.ts';

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
const JUMP_IF_TRUE: number = CONTROL_OPS.find((row) => row.name === 'JUMP_IF_TRUE')!.code;
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
    changes: changesPerRule(image, row),
  }));
  return image.rules.map(({ code }, id) => {
    const index = rows.flatMap(({ row, path, changes }) => {
      const text = requirement(row, changes, id);
      if (text === undefined) return [];
      return [row.isLazy ? `${path} ${text} (if several rules are left)` : `${path} ${text}`];
    });
    image.alternatives.forEach((rules, i) => {
      if (!hasRule(rules, id)) return;
      const bit = image.rules.length + i;
      const asked = rows.filter(({ row, changes }) => requirement(row, changes, bit) !== undefined);
      index.push(`${asked.map(({ path }) => path).join(' or ')} fits`);
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
  const answers = image.rules.map(({ code }) => ({ ...end, op: image.code[code]!.op === NO_MATCH ? NO_MATCH : MATCH }));
  // what the guards of the index run stays
  const moved = answers.length;
  const code = image.code.map((one) => (one.target === 0 ? one : { ...one, target: one.target + moved }));
  return encodeProgram({
    ...image,
    args: Uint32Array.of(...image.args, 0),
    code: [...answers, ...code],
    rules: image.rules.map((_, id) => ({ code: id, outputs: image.args.length })),
    index: image.index.map((row) => ({
      ...row,
      guards: row.guards.map((guard) => ({ ...guard, code: guard.code + moved })),
    })),
  });
}

/** What the keys of a row do to a rule. */
interface Changes {
  readonly restored: Keys;
  readonly excluded: Keys;
}

interface Keys {
  readonly constants: string[];
  readonly guards: string[];
  readonly ranges: string[];
}

function changesPerRule(image: ProgramImage, row: IndexRow): ReadonlyMap<number, Changes> {
  const { effects, constants, guards, ranges } = row;
  const changes = new Map<number, Changes>();
  const add = (effect: number, kind: keyof Keys, text: string): void => {
    for (const side of ['restored', 'excluded'] as const) {
      for (const rule of rulesIn(effects[effect]![side])) {
        let own = changes.get(rule);
        if (own === undefined) {
          const none = (): Keys => ({ constants: [], guards: [], ranges: [] });
          own = { restored: none(), excluded: none() };
          changes.set(rule, own);
        }
        own[side][kind].push(text);
      }
    }
  };
  for (const { constant, effect } of constants) add(effect, 'constants', constantText(image, constant));
  for (const { code, effect } of guards) add(effect, 'guards', guardText(image, code));
  ranges.forEach(({ from, effect }, i) => {
    add(effect, 'ranges', rangeText(from, ranges[i + 1]?.from));
  });
  return changes;
}

function* rulesIn(masks: Uint32Array): Iterable<number> {
  for (let i = 0; i < masks.length; i += 2) {
    for (let bit = 0; bit < 32; bit++) if ((masks[i + 1]! >>> bit) & 1) yield 32 * masks[i]! + bit;
  }
}

/** `contains robot-7`; of several predicates what they ask */
function guardText(image: ProgramImage, code: number): string {
  const predicates = predicatesFrom(image.code, code);
  if (predicates.length > MAX_SHOWN) return `passes ${predicates.length} checks`;
  const texts = predicates.map((predicate) => checkText(image, predicate));
  if (texts.length > 1) return `passes (${texts.join(', ')})`;
  return image.code[code]!.op === JUMP_IF_TRUE ? `not ${texts[0]}` : texts[0]!;
}

function checkText(image: ProgramImage, predicate: number): string {
  const { op, b } = image.predicates[predicate]!;
  const { name, operands } = PREDICATE_OPS[op]!;
  return operands[1] === 'constant' ? `${name.toLowerCase()} ${constantText(image, b)}` : name.toLowerCase();
}

/** Numbers from one to the one before the next. */
function rangeText(from: bigint, next: bigint | undefined): string {
  if (next === undefined) return `>= ${from}`;
  if (next === from + 1n) return `= ${from}`;
  return from === 0n ? `< ${next}` : `${from} to ${next - 1n}`;
}

/** What the value has to be for the rule to be possible; undefined: whatever it is. */
function requirement(row: IndexRow, changes: ReadonlyMap<number, Changes>, rule: number): string | undefined {
  const [ifAbsent, ifOther] = [hasRule(row.absent, rule), hasRule(row.other, rule)];
  const { restored, excluded } = changes.get(rule) ?? { restored: undefined, excluded: undefined };
  if (!ifOther) {
    const allowed = restored === undefined ? [] : keyTexts(restored, '=', 'in');
    if (allowed.length === 0) return ifAbsent ? 'absent' : 'impossible';
    return [...(ifAbsent ? ['absent'] : []), ...allowed].join(' or ');
  }
  if (excluded === undefined) return ifAbsent ? undefined : 'exists';
  if (excluded.ranges.length > 0) return `not ${excluded.ranges.join(' or ')}`;
  // a guard excludes when it does not hold
  if (ifAbsent && excluded.guards.length > 0) return `absent or ${excluded.guards.join(', ')}`;
  return [...(ifAbsent ? [] : ['exists']), ...keyTexts(excluded, '!=', 'not in')].join(', ');
}

function keyTexts({ constants, guards }: Keys, one: string, several: string): readonly string[] {
  if (constants.length === 0) return guards;
  return [constants.length === 1 ? `${one} ${constants[0]}` : `${several} ${listText(constants)}`, ...guards];
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
  return `nothing that it requires is indexed; it asks ${listText(asked)}`;
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
  if (name === 'EVENT_NUMBER') return `evt.${EVENT_NUMBERS[a]}`;
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
