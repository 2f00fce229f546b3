// The rule index: for some values, the rules that are still possible for each thing the value can be, as bitmaps. A rule's bit is 0 when
// its condition is false whatever the rest of the event says. Top-level conjuncts that one text or list of the first pass, or a number of
// the event, decides alone are left to their row and leave the rule's code; rows of other values (bodies, anything computed) only
// narrow.

import type { IrProgram } from '../ir/ir.ts';
import { INDEX_FEW_WORDS } from '../isa/layout.ts';
import { type IndexEffect, type IndexGuard, type IndexRow, ruleWords } from '../program/image.ts';
import { type Alternative, alternativesOf } from './alternatives.ts';
import { conjuncts, type Formula, forEachPredicate, join } from './formula.ts';
import { chooseGrams } from './grams.ts';
import { type Guard, isLookedUp, keyOf } from './guards.ts';
import { type NumberRow, numberRows } from './number-rows.ts';
import { type Outcome, outcomesOf } from './outcomes.ts';
import { type Questions, questionAbout, questionsOf } from './questions.ts';
import { isBody, isCommon, isRepetitive } from './repetition.ts';
import { type ChosenValue, chooseValues, type Use, type ValueFacts } from './row-choice.ts';

/** Total size of the rows: beyond it they would push the events out of the cache. */
const MAX_INDEX_BYTES: number = 16 << 20;
const RULES_PER_WORD = 32;
const WORD_BITS = 64;
/** What it is worth, in nanoseconds for each rule that asks for an alternative, that a row decides its part: others must as well. */
const STAKE = 15;
const MAX_STAKES = 3;
/** of the events that a row of numbers leaves to a rule, guessed */
const NUMBER_SHARE = 0.3;

/** A guard whose code is not emitted yet. */
export interface GuardPlan extends Omit<IndexGuard, 'code'> {
  readonly formula: Formula;
}

export interface RowPlan extends Omit<IndexRow, 'guards'> {
  readonly guards: readonly GuardPlan[];
}

export interface RuleIndex {
  readonly rows: readonly RowPlan[];
  /** per alternative, whose bits stand behind those of the rules, the rules that ask for it */
  readonly alternatives: readonly Uint32Array[];
  /** the rules without the conjuncts that the index decides */
  readonly formulas: readonly Formula[];
}

/** `isEager` tells whether a value is a text, or a list of texts, that the first pass over an event finds. */
export function indexRules(
  ir: IrProgram,
  formulas: readonly Formula[],
  isEager: (value: number) => boolean,
): RuleIndex {
  const questions = questionsOf(ir, isEager);
  let wanted = alternativesOf(formulas, questions, spareBits(formulas.length));
  for (;;) {
    const { rows, decided } = planRows(ir, formulas, wanted, questions, isEager);
    const isDecided = (opposite: Formula, i: number): boolean => {
      const rest = decided.without(opposite, formulas.length + i);
      return rest.kind === 'constant' && rest.value;
    };
    const kept = wanted.filter(({ opposite }, i) => isDecided(opposite, i));
    if (kept.length === wanted.length) {
      const rest = formulas.map((formula, rule) => decided.without(withoutAlternatives(formula, kept), rule));
      const bits = formulas.length + kept.length;
      return { rows, alternatives: kept.map(({ rules }) => bitmapOf(rules, bits)), formulas: rest };
    }
    wanted = kept;
  }
}

/** Rules, and behind them the opposites of alternatives, by rows of the index. */
function planRows(
  ir: IrProgram,
  rules: readonly Formula[],
  alternatives: readonly Alternative[],
  questions: Questions,
  isEager: (value: number) => boolean,
): { readonly rows: readonly RowPlan[]; readonly decided: Decided } {
  const formulas = [...rules, ...alternatives.map(({ opposite }) => opposite)];
  const stakes = new Float64Array(formulas.length);
  alternatives.forEach((alternative, i) => {
    stakes[rules.length + i] = STAKE * Math.min(alternative.rules.length, MAX_STAKES);
  });
  const numbers = numberRows(ir, formulas);
  const passing = new Float64Array(formulas.length).fill(1);
  for (const row of numbers) for (const rule of row.rules) passing[rule]! *= NUMBER_SHARE;
  const facts: ValueFacts = {
    isEager,
    isRepetitive: (value) => isRepetitive(ir, value),
    isBody: (value) => isBody(ir, value),
    isCommon: (constant) => isCommon(ir, constant),
  };
  const chosen = chooseValues(outcomesOf(formulas, questions, isEager), passing, stakes, facts);
  const rows: RowPlan[] = numbers.map((row) => buildNumberRow(row, formulas.length));
  const decided = new Decided(questions, numbers);
  let room = MAX_INDEX_BYTES;
  for (const value of chosen) {
    const row = buildRow(value, formulas.length, !isEager(value.value));
    room -= sizeOf(row);
    if (room < 0) break;
    rows.push(row);
    if (!row.isLazy) decided.add(value);
  }
  return { rows, decided };
}

function withoutAlternatives(formula: Formula, alternatives: readonly Alternative[]): Formula {
  const decided = new Set(alternatives.map(({ key }) => key));
  return join(
    'and',
    conjuncts(formula).filter((conjunct) => !decided.has(keyOf(conjunct))),
  );
}

/** How many alternatives may stand behind the rules: bitmaps of one word stay so, others grow by one word at most. */
function spareBits(ruleCount: number): number {
  if (ruleCount <= WORD_BITS) return WORD_BITS - ruleCount;
  return Math.max(0, Math.min(WORD_BITS, INDEX_FEW_WORDS * WORD_BITS - ruleCount));
}

/** `bits`: rules and alternatives. */
function bitmapOf(rules: Iterable<number>, bits: number): Uint32Array {
  const bitmap = new Uint32Array(2 * ruleWords(bits));
  for (const rule of rules) setBit(bitmap, rule, true);
  return bitmap;
}

function allRules(count: number): Uint32Array {
  return bitmapOf(Array(count).keys(), count);
}

/** Words of an effect, by number. */
class Masks {
  readonly #words = new Map<number, number>();

  add(rule: number): void {
    const word = Math.floor(rule / RULES_PER_WORD);
    this.#words.set(word, (this.#words.get(word) ?? 0) | (1 << (rule % RULES_PER_WORD)));
  }

  pairs(): Uint32Array {
    const sorted = [...this.#words].sort(([a], [b]) => a - b);
    return Uint32Array.from(sorted.flatMap(([word, bits]) => [word, bits >>> 0]));
  }
}

interface Changes {
  readonly restored: Masks;
  readonly excluded: Masks;
}

/** Effects of keys; equal ones are one. */
class EffectTable {
  readonly effects: IndexEffect[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(changes: Changes): number {
    const effect = { restored: changes.restored.pairs(), excluded: changes.excluded.pairs() };
    const key = `${effect.restored.join()};${effect.excluded.join()}`;
    const number = this.#numbers.get(key) ?? this.effects.push(effect) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}

function buildNumberRow({ value, ranges }: NumberRow, ruleCount: number): RowPlan {
  const all = allRules(ruleCount);
  const table = new EffectTable();
  const rows = ranges.map(({ from, excluded }) => {
    const changes: Changes = { restored: new Masks(), excluded: new Masks() };
    for (const rule of excluded) changes.excluded.add(rule);
    return { from, effect: table.numberOf(changes) };
  });
  return { ...NO_KEYS, value, isLazy: false, absent: all, other: all.slice(), effects: table.effects, ranges: rows };
}

const NO_KEYS = { constants: [], guards: [], always: 0, triggers: [], ranges: [] } as const;

function buildRow({ value, uses }: ChosenValue, ruleCount: number, isLazy: boolean): RowPlan {
  const absent = allRules(ruleCount);
  const other = absent.slice();
  const byConstant = new Map<number, Changes>();
  const asked = new GuardGroups();
  const triggered = new GuardGroups();
  for (const use of uses) {
    const { outcome, way } = use;
    setBit(absent, outcome.rule, outcome.absent);
    setBit(other, outcome.rule, isPossible(use));
    if (way === 'constants') addConstants(byConstant, outcome.constants, outcome);
    else if (way === 'guard') asked.add(outcome);
    else {
      const { constants } = outcome.guard!.triggers!;
      addConstants(byConstant, new Map([...constants].map((constant) => [constant, true])), {
        ...outcome,
        other: false,
      });
      triggered.add(outcome);
    }
  }
  const table = new EffectTable();
  const constants = [...byConstant]
    .sort(([a], [b]) => a - b)
    .map(([constant, changes]) => ({ constant, effect: table.numberOf(changes) }));
  const guards = [...asked.plans(table, false), ...triggered.plans(table, true)];
  const triggers = triggersOf(triggered, asked.size);
  return {
    ...NO_KEYS,
    value,
    isLazy,
    absent,
    other,
    effects: table.effects,
    constants,
    guards,
    always: asked.size,
    triggers,
  };
}

/** Whether the rule is possible with a text of which nothing is known. */
function isPossible({ outcome, way }: Use): boolean {
  if (way === 'constants') return outcome.other;
  return way === 'guard' && isLikely(outcome.guard!);
}

/** Of most guards few texts need a change of the bitmap, or few texts do not. */
function isLikely({ share }: Guard): boolean {
  return share > 0.5;
}

/** The rules of a row by their guards. */
class GuardGroups {
  readonly #groups = new Map<string, { readonly guard: Guard; readonly rules: Masks }>();

  get size(): number {
    return this.#groups.size;
  }

  add({ rule, guard }: Outcome): void {
    let group = this.#groups.get(guard!.key);
    if (group === undefined) {
      group = { guard: guard!, rules: new Masks() };
      this.#groups.set(guard!.key, group);
    }
    group.rules.add(rule);
  }

  /** `isTriggered`: the rules are impossible until the guard holds, however likely that is. */
  plans(table: EffectTable, isTriggered: boolean): readonly GuardPlan[] {
    return [...this.#groups.values()].map(({ guard, rules }) => {
      const holds = isTriggered || !isLikely(guard);
      const none = new Masks();
      const changes = holds ? { restored: rules, excluded: none } : { restored: none, excluded: rules };
      return { formula: guard.formula, holds, effect: table.numberOf(changes) };
    });
  }

  guards(): readonly Guard[] {
    return [...this.#groups.values()].map(({ guard }) => guard);
  }
}

/** A gram of each pattern, with the guard that asks for it; `first` is the number of the first guard. */
function triggersOf(groups: GuardGroups, first: number): IndexRow['triggers'] {
  const patterns = groups
    .guards()
    .flatMap(({ triggers }, i) => triggers!.patterns.map((grams) => ({ grams, guard: first + i })));
  const grams = chooseGrams(patterns.map((pattern) => pattern.grams));
  const distinct = new Map(patterns.map(({ guard }, i) => [`${grams[i]} ${guard}`, { gram: grams[i]!, guard }]));
  return [...distinct.values()].sort((a, b) => a.gram - b.gram || a.guard - b.guard);
}

/** Adds what the constants of an outcome change. */
function addConstants(
  byConstant: Map<number, Changes>,
  constants: ReadonlyMap<number, boolean>,
  { rule, other }: Pick<Outcome, 'rule' | 'other'>,
): void {
  // of a list several may apply: one that excludes the rule outweighs one that restores it
  const restores = !other && [...constants.values()].includes(true);
  for (const [constant, isPossible] of constants) {
    if (isPossible === other && !restores) continue;
    let changes = byConstant.get(constant);
    if (changes === undefined) {
      changes = { restored: new Masks(), excluded: new Masks() };
      byConstant.set(constant, changes);
    }
    if (isPossible) changes.restored.add(rule);
    else changes.excluded.add(rule);
  }
}

function setBit(bitmap: Uint32Array, rule: number, on: boolean): void {
  const word = Math.floor(rule / RULES_PER_WORD);
  const bit = 1 << (rule % RULES_PER_WORD);
  bitmap[word] = on ? bitmap[word]! | bit : bitmap[word]! & ~bit;
}

/** Roughly, in bytes. */
function sizeOf({ absent, other, effects, constants, guards, triggers }: RowPlan): number {
  const masks = effects.reduce((sum, { restored, excluded }) => sum + 4 * (restored.length + excluded.length), 0);
  return 4 * (absent.length + other.length) + masks + 32 * constants.length + 64 * (guards.length + triggers.length);
}

/** What is left to the code of the rules: rows that are always applied answer conjuncts that ask about nothing but their value. */
class Decided {
  readonly #questions: Questions;
  readonly #numbers: readonly NumberRow[];
  /** by value: the way that its row takes for each rule */
  readonly #ways = new Map<number, ReadonlyMap<number, Use>>();

  constructor(questions: Questions, numbers: readonly NumberRow[]) {
    this.#questions = questions;
    this.#numbers = numbers;
  }

  /** The value has a row that is always applied. */
  add({ value, uses }: ChosenValue): void {
    this.#ways.set(value, new Map(uses.map((use) => [use.outcome.rule, use])));
  }

  without(formula: Formula, rule: number): Formula {
    return join(
      'and',
      conjuncts(formula).filter((conjunct) => !this.#isDecided(conjunct, rule)),
    );
  }

  #isDecided(conjunct: Formula, rule: number): boolean {
    const predicates = new Set<number>();
    forEachPredicate(conjunct, (predicate) => predicates.add(predicate));
    const asked = [...predicates];
    if (asked.length === 0) return false;
    if (this.#numbers.some((row) => asked.every((predicate) => row.predicates.has(predicate)))) return true;
    const value = this.#questions.sources[asked[0]!];
    const ways = value === undefined ? undefined : this.#ways.get(value);
    return ways !== undefined && asked.every((predicate) => this.#isAnswered(predicate, value!, ways.get(rule)));
  }

  /** Whether the row knows the predicate's answer for every text; without a use it excludes the rule for no text. */
  #isAnswered(predicate: number, value: number, use: Use | undefined): boolean {
    if (this.#questions.sources[predicate] !== value) return false;
    if (use === undefined || use.way === 'constants')
      return isLookedUp(questionAbout(this.#questions, predicate, value));
    // a text that triggers by a constant is let through unasked
    return use.way === 'guard' || use.outcome.guard!.triggers!.constants.size === 0;
  }
}
