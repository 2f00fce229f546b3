// How the engine comes to a rule, read from a program: which values of an event the index looks at, what they have to be for
// the rule to be looked at, and how many predicates are then left. A rule that the index never excludes is always evaluated.

import { NODE_EVERY, NODE_NO_POSITION } from '../isa/layout.ts';
import { CONTROL_OPS, PREDICATE_OPS, VALUE_OPS } from '../isa/opcodes.ts';
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

/** What the keys of a row do to a rule. */
interface Changes {
  readonly restored: Keys;
  readonly excluded: Keys;
}

interface Keys {
  readonly constants: string[];
  readonly patterns: string[];
}

function changesPerRule(image: ProgramImage, { effects, constants, patterns }: IndexRow): ReadonlyMap<number, Changes> {
  const changes = new Map<number, Changes>();
  const add = (effect: number, kind: keyof Keys, text: string): void => {
    for (const side of ['restored', 'excluded'] as const) {
      for (const rule of rulesIn(effects[effect]![side])) {
        let own = changes.get(rule);
        if (own === undefined) {
          own = { restored: { constants: [], patterns: [] }, excluded: { constants: [], patterns: [] } };
          changes.set(rule, own);
        }
        own[side][kind].push(text);
      }
    }
  };
  for (const { constant, effect } of constants) add(effect, 'constants', constantText(image, constant));
  for (const { predicate, effect } of patterns) add(effect, 'patterns', patternText(image, predicate));
  return changes;
}

function* rulesIn(masks: Uint32Array): Iterable<number> {
  for (let i = 0; i < masks.length; i += 2) {
    for (let bit = 0; bit < 32; bit++) if ((masks[i + 1]! >>> bit) & 1) yield 32 * masks[i]! + bit;
  }
}

/** `contains robot-7` */
function patternText(image: ProgramImage, predicate: number): string {
  const { op, b } = image.predicates[predicate]!;
  const { name, operands } = PREDICATE_OPS[op]!;
  return operands[1] === 'constant' ? `${name.toLowerCase()} ${constantText(image, b)}` : name.toLowerCase();
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
  const refused = excluded === undefined ? [] : keyTexts(excluded, '!=', 'not in');
  if (refused.length === 0) return ifAbsent ? undefined : 'exists';
  return [...(ifAbsent ? [] : ['exists']), ...refused].join(', ');
}

function keyTexts({ constants, patterns }: Keys, one: string, several: string): readonly string[] {
  const shown = patterns.length > MAX_SHOWN ? [`fits one of ${patterns.length} patterns`] : patterns;
  const named = one === '=' ? shown : shown.map((text) => `not ${text}`);
  if (constants.length === 0) return named;
  return [constants.length === 1 ? `${one} ${constants[0]}` : `${several} ${listText(constants)}`, ...named];
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
