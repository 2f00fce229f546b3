// The rule index: for some values, the rules that are still possible for each thing the value can be, as bitmaps. A rule's bit is 0 when
// its condition is false whatever the rest of the event says. A top-level conjunct that asks only whether a text of the first pass is
// there or equals constants is decided by its row and leaves the rule's code; rows of other values (lists, bodies, anything
// computed) and patterns only narrow.

import type { IrProgram } from '../ir/ir.ts';
import { type IndexEffect, type IndexRow, ruleWords } from '../program/image.ts';
import { conjuncts, type Formula, forEachPredicate, join } from './formula.ts';
import { chooseGrams } from './grams.ts';
import { type Outcome, outcomesOf } from './outcomes.ts';
import { type Questions, questionsOf } from './questions.ts';
import { type ChosenValue, chooseValues } from './row-choice.ts';

/** Total size of the rows: beyond it they would push the events out of the cache. */
const MAX_INDEX_BYTES: number = 16 << 20;
const RULES_PER_WORD = 32;

export interface RuleIndex {
  readonly rows: readonly IndexRow[];
  /** the rules without the conjuncts that the index decides */
  readonly formulas: readonly Formula[];
}

/** `isEager` tells whether a value is a text that the first pass over an event finds. */
export function indexRules(
  ir: IrProgram,
  formulas: readonly Formula[],
  isEager: (value: number) => boolean,
): RuleIndex {
  const questions = questionsOf(ir);
  const chosen = chooseValues(outcomesOf(formulas, questions), formulas.length, isEager);
  const rows: IndexRow[] = [];
  const decided = new Map<number, ChosenValue>();
  let room = MAX_INDEX_BYTES;
  for (const value of chosen) {
    const row = buildRow(value, questions, formulas.length, !isEager(value.value));
    room -= sizeOf(row);
    if (room < 0) break;
    rows.push(row);
    if (!row.isLazy) decided.set(row.value, value);
  }
  return { rows, formulas: withoutDecided(formulas, questions, decided) };
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

function buildRow(
  { value, outcomes, hasPatterns }: ChosenValue,
  questions: Questions,
  ruleCount: number,
  isLazy: boolean,
): IndexRow {
  const absent = new Uint32Array(2 * ruleWords(ruleCount));
  for (let rule = 0; rule < ruleCount; rule++) setBit(absent, rule, true);
  const other = absent.slice();
  const byConstant = new Map<number, Changes>();
  const byPattern = new Map<number, Changes>();
  for (const outcome of outcomes) {
    setBit(absent, outcome.rule, outcome.absent);
    setBit(other, outcome.rule, outcome.other);
    const mayFit = [...outcome.patterns.values()].includes(true);
    addChanges(byConstant, outcome.constants, outcome, mayFit);
    addChanges(byPattern, outcome.patterns, outcome, mayFit || [...outcome.constants.values()].includes(true));
  }
  const table = new EffectTable();
  const constants = [...byConstant]
    .sort(([a], [b]) => a - b)
    .map(([constant, changes]) => ({ constant, effect: table.numberOf(changes) }));
  const patterns = hasPatterns ? patternRows(byPattern, questions, table) : [];
  return { value, isLazy, absent, other, effects: table.effects, constants, patterns };
}

/** Adds what the keys of an outcome change; a key that excludes matters only where the rule is possible without it. */
function addChanges(
  byKey: Map<number, Changes>,
  keys: ReadonlyMap<number, boolean>,
  { rule, other }: Outcome,
  otherKeysRestore: boolean,
): void {
  for (const [key, isPossible] of keys) {
    if (isPossible === other && (isPossible || !otherKeysRestore)) continue;
    let changes = byKey.get(key);
    if (changes === undefined) {
      changes = { restored: new Masks(), excluded: new Masks() };
      byKey.set(key, changes);
    }
    if (isPossible) changes.restored.add(rule);
    else changes.excluded.add(rule);
  }
}

function patternRows(
  byPattern: ReadonlyMap<number, Changes>,
  questions: Questions,
  table: EffectTable,
): IndexRow['patterns'] {
  const predicates = [...byPattern.keys()].sort((a, b) => a - b);
  const grams = chooseGrams(
    predicates.map((predicate) => {
      const question = questions[predicate]!;
      return question.kind === 'pattern' ? question.grams : [];
    }),
  );
  return predicates
    .map((predicate, i) => ({ gram: grams[i]!, predicate, effect: table.numberOf(byPattern.get(predicate)!) }))
    .sort((a, b) => a.gram - b.gram);
}

function setBit(bitmap: Uint32Array, rule: number, on: boolean): void {
  const word = Math.floor(rule / RULES_PER_WORD);
  const bit = 1 << (rule % RULES_PER_WORD);
  bitmap[word] = on ? bitmap[word]! | bit : bitmap[word]! & ~bit;
}

/** Roughly, in bytes. */
function sizeOf({ absent, other, effects, constants, patterns }: IndexRow): number {
  const masks = effects.reduce((sum, { restored, excluded }) => sum + 4 * (restored.length + excluded.length), 0);
  return 4 * (absent.length + other.length) + masks + 32 * constants.length + 64 * patterns.length;
}

/** Rules that a pattern makes possible again are asked for everything about the value: the row does not know which part failed. */
function withoutDecided(
  formulas: readonly Formula[],
  questions: Questions,
  decided: ReadonlyMap<number, ChosenValue>,
): readonly Formula[] {
  const restorable = new Map(
    [...decided].map(([value, { outcomes }]) => [
      value,
      new Set(outcomes.flatMap(({ rule, patterns }) => (patterns.size > 0 ? [rule] : []))),
    ]),
  );
  const isDecided = (conjunct: Formula, rule: number): boolean => {
    const values = new Set<number | undefined>();
    forEachPredicate(conjunct, (predicate) => {
      const question = questions[predicate];
      const isExact = question?.kind === 'exists' || question?.kind === 'any';
      values.add(isExact ? question.value : undefined);
    });
    const [value] = values;
    if (values.size !== 1 || value === undefined || !decided.has(value)) return false;
    return !restorable.get(value)!.has(rule);
  };
  return formulas.map((formula, rule) =>
    join(
      'and',
      conjuncts(formula).filter((part) => !isDecided(part, rule)),
    ),
  );
}
