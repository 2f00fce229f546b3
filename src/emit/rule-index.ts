// The rule index: for some text values, a bitmap per thing the value can be (absent, a constant that matters, anything else)
// of the rules that can still match. A rule's bit is 0 when its condition is false whatever the rest of the event says; so a
// top-level conjunct that asks about that value only is decided by the bitmap and leaves the rule's code.
//
// Chosen are the values that constrain most rules, as long as the bitmaps stay small and the value excludes a fair share of them
// when it is absent or nothing special, as it mostly is. More values would cost each event more (one look-up, one AND per
// 64 rules) than the few rules they exclude.

import type { IrOperand, IrProgram } from '../ir/ir.ts';
import { MAX_INDEX_ROWS } from '../isa/limits.ts';
import { type IndexRow, ruleWords } from '../program/image.ts';
import { canHold, conjuncts, type Formula, forEachPredicate, join } from './formula.ts';

const MAX_INDEX_VALUES = 8;
/** Share of the rules that a value must exclude when it is absent, or no constant that matters. */
const MIN_EXCLUDED = 0.05;
/** A value that one rule asks more about is not indexed: the work grows with the square. */
const MAX_QUESTIONS = 500;
/** Total size of the bitmaps: beyond it they would push the events out of the cache. */
const MAX_BITMAP_BYTES: number = 4 << 20;

/** A predicate that the index can decide: its value, and the constants it asks for (undefined: any, EXISTS). */
interface Question {
  readonly value: number;
  readonly constants: ReadonlySet<number> | undefined;
}

/** What a value leaves possible of one rule. */
interface Outcome {
  readonly rule: number;
  readonly absent: boolean;
  readonly other: boolean;
  /** per constant that the rule mentions */
  readonly constants: ReadonlyMap<number, boolean>;
}

export interface RuleIndex {
  readonly rows: readonly IndexRow[];
  /** the rules without the conjuncts that the index decides */
  readonly formulas: readonly Formula[];
}

/** `isIndexable` tells whether a value is a text that the first pass over an event finds. */
export function indexRules(
  ir: IrProgram,
  formulas: readonly Formula[],
  isIndexable: (value: number) => boolean,
): RuleIndex {
  const questions = ir.predicates.map((predicate) => questionOf(predicate.op, predicate.operands, isIndexable));
  const rows: IndexRow[] = [];
  let room = MAX_BITMAP_BYTES;
  for (const [value, outcomes] of candidates(formulas, questions)) {
    if (rows.length === MAX_INDEX_VALUES) break;
    const bitmapBytes = ruleWords(formulas.length) * 8;
    const limit = Math.min(MAX_INDEX_ROWS, Math.floor(room / bitmapBytes));
    const row = buildRow(value, outcomes, ir.constants.length, formulas.length, limit);
    if (row === undefined) continue;
    room -= row.bitmaps.length * bitmapBytes;
    rows.push(row);
  }
  const indexed = new Set(rows.map((row) => row.value));
  return { rows, formulas: formulas.map((formula) => withoutDecided(formula, questions, indexed)) };
}

function questionOf(
  op: string,
  operands: readonly IrOperand[],
  isIndexable: (value: number) => boolean,
): Question | undefined {
  const [left, right] = operands;
  if (left?.kind !== 'value' || !isIndexable(left.id)) return undefined;
  if (op === 'EXISTS') return { value: left.id, constants: undefined };
  if (op !== 'IN_SET' || right?.kind !== 'constants') return undefined;
  return { value: left.id, constants: new Set(right.ids) };
}

type Questions = readonly (Question | undefined)[];

/** Values with the rules they constrain, those that constrain most first. */
function candidates(formulas: readonly Formula[], questions: Questions): readonly [number, Outcome[]][] {
  const byValue = new Map<number, Outcome[]>();
  const crowded = new Set<number>();
  formulas.forEach((formula, rule) => {
    const asked = new Map<number, Set<number>>();
    forEachPredicate(formula, (predicate) => {
      const question = questions[predicate];
      if (question === undefined) return;
      const predicates = asked.get(question.value) ?? new Set();
      asked.set(question.value, predicates.add(predicate));
    });
    for (const [value, predicates] of asked) {
      if (predicates.size > MAX_QUESTIONS) crowded.add(value);
      if (crowded.has(value)) continue;
      const outcome = outcomeOf(formula, rule, predicates, questions);
      if (outcome.absent && outcome.other && ![...outcome.constants.values()].includes(false)) continue;
      const outcomes = byValue.get(value) ?? [];
      outcomes.push(outcome);
      byValue.set(value, outcomes);
    }
  });
  const isWorthIt = (outcomes: readonly Outcome[]): boolean => {
    const excluded = (state: 'absent' | 'other'): number => outcomes.filter((outcome) => !outcome[state]).length;
    return Math.max(excluded('absent'), excluded('other')) >= MIN_EXCLUDED * formulas.length;
  };
  return [...byValue]
    .filter(([value, outcomes]) => !crowded.has(value) && isWorthIt(outcomes))
    .sort(([v, a], [w, b]) => b.length - a.length || v - w);
}

function outcomeOf(formula: Formula, rule: number, predicates: ReadonlySet<number>, questions: Questions): Outcome {
  const holdsWith = (answer: (predicate: number) => boolean): boolean =>
    canHold(formula, (predicate) => (predicates.has(predicate) ? answer(predicate) : undefined));
  const isAny = (predicate: number): boolean => questions[predicate]!.constants === undefined;
  const constants = new Map<number, boolean>();
  // constants in the same sets have the same outcome
  const byMembership = new Map<string, boolean>();
  for (const [constant, sets] of membershipsOf(predicates, questions)) {
    const membership = sets.join();
    const known =
      byMembership.get(membership) ?? holdsWith((predicate) => isAny(predicate) || sets.includes(predicate));
    byMembership.set(membership, known);
    constants.set(constant, known);
  }
  return { rule, absent: holdsWith(() => false), other: holdsWith(isAny), constants };
}

/** The predicates whose sets hold a constant, for each constant. */
function membershipsOf(predicates: Iterable<number>, questions: Questions): ReadonlyMap<number, readonly number[]> {
  const memberships = new Map<number, number[]>();
  for (const predicate of predicates) {
    for (const constant of questions[predicate]!.constants ?? []) {
      const sets = memberships.get(constant) ?? [];
      sets.push(predicate);
      memberships.set(constant, sets);
    }
  }
  return memberships;
}

/** Undefined when the value needs more bitmaps than `limit`. */
function buildRow(
  value: number,
  outcomes: readonly Outcome[],
  constantCount: number,
  ruleCount: number,
  limit: number,
): IndexRow | undefined {
  const absent = new BigUint64Array(ruleWords(ruleCount));
  for (let rule = 0; rule < ruleCount; rule++) setBit(absent, rule, true);
  const other = absent.slice();
  const byConstant = new Map<number, Outcome[]>();
  for (const outcome of outcomes) {
    setBit(absent, outcome.rule, outcome.absent);
    setBit(other, outcome.rule, outcome.other);
    for (const constant of outcome.constants.keys()) {
      const list = byConstant.get(constant) ?? [];
      list.push(outcome);
      byConstant.set(constant, list);
    }
  }
  if (limit < 2) return undefined;
  const bitmaps = [absent, other];
  const numbers = new Map([['', 1]]);
  const map = new Uint16Array(constantCount).fill(1);
  for (const [constant, mentions] of byConstant) {
    // a bitmap is told by the rules in which it differs from the one for anything else
    const changed = mentions.filter((outcome) => outcome.constants.get(constant) !== outcome.other);
    const key = changed.map(({ rule }) => rule).join();
    let number = numbers.get(key);
    if (number === undefined) {
      if (bitmaps.length === limit) return undefined;
      const bitmap = other.slice();
      for (const outcome of changed) setBit(bitmap, outcome.rule, !outcome.other);
      number = bitmaps.push(bitmap) - 1;
      numbers.set(key, number);
    }
    map[constant] = number;
  }
  return { value, map, bitmaps };
}

function setBit(bitmap: BigUint64Array, rule: number, on: boolean): void {
  const bit = 1n << BigInt(rule & 63);
  const word = rule >> 6;
  bitmap[word] = on ? bitmap[word]! | bit : bitmap[word]! & ~bit;
}

function withoutDecided(formula: Formula, questions: Questions, indexed: ReadonlySet<number>): Formula {
  const kept = conjuncts(formula).filter((conjunct) => {
    const values = new Set<number | undefined>();
    forEachPredicate(conjunct, (predicate) => values.add(questions[predicate]?.value));
    const [value] = values;
    return values.size !== 1 || value === undefined || !indexed.has(value);
  });
  return join('and', kept);
}
