// Rows of the event's own numbers (its time, its number in the stream): what rules compare them with cuts the numbers into ranges, and each range
// leaves some rules possible. The engine has these numbers at hand, so such a row costs two comparisons while they stay in a range.

import type { IrOperand, IrPredicate, IrProgram } from '../ir/ir.ts';
import { canHold, type Formula, forEachPredicate } from './formula.ts';

/** The numbers from `from` up to those of the next range. */
export interface NumberRange {
  readonly from: bigint;
  /** rules that no such number leaves possible, ascending */
  readonly excluded: readonly number[];
}

export interface NumberRow {
  readonly value: number;
  /** ascending, the first from 0 */
  readonly ranges: readonly NumberRange[];
  /** predicates that the row answers */
  readonly predicates: ReadonlySet<number>;
  /** rules that the row can exclude */
  readonly rules: readonly number[];
}

const END = 1n << 64n;
/** Ranges times rules of one value: beyond it the rules ask on their own. */
const MAX_ANSWERS: number = 1 << 18;

export function numberRows(ir: IrProgram, formulas: readonly Formula[]): readonly NumberRow[] {
  const byValue = new Map<number, Set<number>>();
  ir.predicates.forEach((predicate, id) => {
    const [left] = predicate.operands;
    if (left?.kind !== 'value' || ir.values[left.id]!.op !== 'EVENT_NUMBER' || ir.values[left.id]!.gated) return;
    if (cutsOf(predicate) === undefined) return;
    byValue.set(left.id, (byValue.get(left.id) ?? new Set()).add(id));
  });
  return [...byValue].flatMap(([value, predicates]) => rowOf(ir, formulas, value, predicates) ?? []);
}

function rowOf(
  ir: IrProgram,
  formulas: readonly Formula[],
  value: number,
  predicates: ReadonlySet<number>,
): NumberRow | undefined {
  const rules = formulas.flatMap((formula, rule) => (asksAny(formula, predicates) ? [rule] : []));
  const cuts = new Set([0n, ...[...predicates].flatMap((id) => cutsOf(ir.predicates[id]!)!)]);
  if (rules.length === 0 || cuts.size * rules.length > MAX_ANSWERS) return undefined;
  const froms = [...cuts].filter((cut) => cut < END).sort((a, b) => (a < b ? -1 : 1));
  const ranges: NumberRange[] = [];
  for (const from of froms) {
    const known = new Map([...predicates].map((id) => [id, holdsFor(ir.predicates[id]!, from)]));
    const excluded = rules.filter((rule) => !canHold(formulas[rule]!, (predicate) => known.get(predicate)));
    if (ranges.at(-1)?.excluded.join() !== excluded.join()) ranges.push({ from, excluded });
  }
  const excludable = new Set(ranges.flatMap(({ excluded }) => excluded));
  if (excludable.size === 0) return undefined;
  return { value, ranges, predicates, rules: rules.filter((rule) => excludable.has(rule)) };
}

function asksAny(formula: Formula, predicates: ReadonlySet<number>): boolean {
  let asks = false;
  forEachPredicate(formula, (predicate) => {
    asks ||= predicates.has(predicate);
  });
  return asks;
}

/** Where the predicate's answer may change, going up; undefined: it is no comparison with constants. */
function cutsOf({ op, operands: [, right] }: IrPredicate): readonly bigint[] | undefined {
  if (op === 'EXISTS') return [];
  const numbers = numbersIn(right);
  switch (op) {
    case 'IN_NUMBERS':
      return numbers.flatMap((n) => [n, n + 1n]);
    case 'LT_NUMBER':
    case 'GE_NUMBER':
      return numbers;
    case 'LE_NUMBER':
    case 'GT_NUMBER':
      return numbers.map((n) => n + 1n);
    default:
      return undefined;
  }
}

function holdsFor({ op, operands: [, right] }: IrPredicate, n: bigint): boolean {
  if (op === 'EXISTS') return true;
  const numbers = numbersIn(right);
  const first = numbers[0] ?? 0n;
  switch (op) {
    case 'IN_NUMBERS':
      return numbers.includes(n);
    case 'LT_NUMBER':
      return n < first;
    case 'LE_NUMBER':
      return n <= first;
    case 'GT_NUMBER':
      return n > first;
    default:
      return n >= first;
  }
}

/** As the engine reads them: 64 bits without a sign. */
function numbersIn(operand: IrOperand | undefined): readonly bigint[] {
  if (operand?.kind === 'number') return [BigInt.asUintN(64, operand.value)];
  return operand?.kind === 'numbers' ? operand.numbers.map((n) => BigInt.asUintN(64, n)) : [];
}
