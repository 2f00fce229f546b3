// Typed checks to boolean trees over predicates. A predicate over an absent value is false, and so is every check of the
// language, `!=` included: `f != x` is "f exists and f is not x". List operators and `anyof`, `allof`, `oneof` become sets where
// the operator is equality.

import type { CheckedCondition, CheckedOperand, Constant } from '../check/checked.ts';
import { EVENT_NUMBERS } from '../isa/opcodes.ts';
import type { Modifier, Operator } from '../syntax/ast.ts';
import type { IrBuilder } from './builder.ts';
import { and, FALSE, not, or } from './fold.ts';
import type { IrBool, IrOperand } from './ir.ts';
import type { ValueLowering } from './lower-value.ts';

type Check = Extract<CheckedCondition, { kind: 'check' }>;

const TEXT_ORDER: Readonly<Partial<Record<Operator, string>>> = { '<': 'LT', '<=': 'LE', '>': 'GT', '>=': 'GE' };
const TEXT_TESTS: Readonly<Partial<Record<Operator, string>>> = {
  contains: 'CONTAINS',
  icontains: 'ICONTAINS',
  startswith: 'STARTSWITH',
  endswith: 'ENDSWITH',
  glob: 'GLOB',
  iglob: 'IGLOB',
};
/** They hold for every text when the right side is empty. */
const SUBSTRING_TESTS: readonly Operator[] = ['contains', 'icontains', 'startswith', 'endswith'];
/** Falco ends what these make with a NUL that it counts as part of the text. */
const NUL_ENDED: readonly string[] = ['tolower', 'toupper', 'b64', 'basename'];

export class CheckLowering {
  readonly #builder: IrBuilder;
  readonly #values: ValueLowering;
  readonly #done = new Map<CheckedCondition, IrBool>();

  constructor(builder: IrBuilder, values: ValueLowering) {
    this.#builder = builder;
    this.#values = values;
  }

  /** The same tree for the same object: macros are lowered once. */
  lower(condition: CheckedCondition): IrBool {
    const known = this.#done.get(condition);
    if (known !== undefined) return known;
    const lowered = this.#lower(condition);
    this.#done.set(condition, lowered);
    return lowered;
  }

  #lower(condition: CheckedCondition): IrBool {
    switch (condition.kind) {
      case 'and':
        return and(condition.children.map((child) => this.lower(child)));
      case 'or':
        return or(condition.children.map((child) => this.lower(child)));
      case 'not':
        return not(this.lower(condition.child));
      case 'check':
        return this.#check(condition);
    }
  }

  #check(check: Check): IrBool {
    const { left, operator, right } = check;
    if (right.kind === 'none') return this.#exists(this.#values.lower(left));
    if (right.kind === 'operand') return this.#compareValues(check, right.operand);
    const { constants } = right;
    if (constants.length === 0 || (left.type.list && isNulEnded(left))) return FALSE;
    const id = this.#values.lower(left);
    if (left.type.list) return this.#member(operator === 'in' ? 'LIST_ALL_' : 'LIST_ANY_', id, constants);
    if (check.modifier === undefined) return this.#test(operator, id, constants);
    const isEquality = operator === '=' || operator === '==' || operator === '!=';
    if (!isEquality) return this.#anyTest(operator, check.modifier, id, constants);
    return constants[0]!.kind === 'network'
      ? this.#networkEquality(operator, check.modifier, id, constants)
      : this.#equality(operator, check.modifier, id, constants);
  }

  #predicate(op: string, left: number, ...operands: IrOperand[]): IrBool {
    return this.#builder.predicate(op, [{ kind: 'value', id: left }, ...operands]);
  }

  #exists(id: number): IrBool {
    return this.#predicate('EXISTS', id);
  }

  // --- constants

  /** A single value against all constants at once (list operators, pmatch) or against the only one. */
  #test(operator: Operator, left: number, constants: readonly Constant[]): IrBool {
    switch (operator) {
      case '=':
      case '==':
      case 'in':
      case 'intersects':
        return this.#member('', left, constants);
      case '!=':
        return and([this.#exists(left), not(this.#member('', left, constants))]);
      case 'pmatch':
        return this.#predicate('PATH_PREFIX', left, this.#constants(constants));
      default:
        return this.#textTest(operator, left, constants[0]!);
    }
  }

  #textTest(operator: Operator, left: number, constant: Constant): IrBool {
    if (constant.kind === 'automaton') {
      return this.#predicate('REGEX', left, { kind: 'automaton', id: this.#builder.automaton(constant) });
    }
    if (constant.kind === 'number') {
      return this.#predicate(`${TEXT_ORDER[operator]}_NUMBER`, left, { kind: 'number', value: constant.value });
    }
    if (constant.bytes.length === 0 && SUBSTRING_TESTS.includes(operator)) return this.#exists(left);
    const op = TEXT_TESTS[operator] ?? `${TEXT_ORDER[operator]}_TEXT`;
    return this.#predicate(op, left, { kind: 'constant', id: this.#builder.constant(constant.bytes) });
  }

  /** `list`: '', or LIST_ALL_ or LIST_ANY_. */
  #member(list: '' | 'LIST_ALL_' | 'LIST_ANY_', left: number, constants: readonly Constant[]): IrBool {
    if (this.#builder.values[left]!.op === 'RAWTIME_TEXT') return this.#rawtimeIn(constants);
    switch (constants[0]?.kind) {
      case 'number':
        return this.#predicate(`${list}IN_NUMBERS`, left, { kind: 'numbers', numbers: numbersOf(constants) });
      case 'network':
        return this.#predicate(`${list}IN_NETWORKS`, left, this.#networks(constants));
      default:
        return this.#predicate(list === '' ? 'IN_SET' : `${list}IN`, left, this.#constants(constants));
    }
  }

  /** The text of a time is never made to be compared: rules use `jevt.rawtime=0` for "never". */
  #rawtimeIn(constants: readonly Constant[]): IrBool {
    const texts = constants.map((c) => (c.kind === 'text' ? new TextDecoder().decode(c.bytes) : ''));
    const numbers = texts.filter((text) => /^(0|[1-9][0-9]{0,19})$/.test(text)).map(BigInt);
    const possible = numbers.filter((n) => n < 1n << 64n);
    if (possible.length === 0) return FALSE;
    const time = this.#builder.value('EVENT_NUMBER', [{ kind: 'immediate', value: EVENT_NUMBERS.indexOf('rawtime') }]);
    return this.#predicate('IN_NUMBERS', time, { kind: 'numbers', numbers: possible });
  }

  #constants(constants: readonly Constant[]): IrOperand {
    const ids = constants.map((c) =>
      c.kind === 'text' || c.kind === 'address' ? this.#builder.constant(c.bytes) : -1,
    );
    return { kind: 'constants', ids: [...new Set(ids)].sort((a, b) => a - b) };
  }

  #networks(constants: readonly Constant[]): IrOperand {
    const networks = new Map<string, { constant: number; prefix: number }>();
    for (const c of constants) {
      if (c.kind !== 'network') continue;
      const constant = this.#builder.constant(c.bytes);
      networks.set(`${constant}/${c.prefix}`, { constant, prefix: c.prefix });
    }
    const sorted = [...networks.values()].sort((a, b) => a.constant - b.constant || a.prefix - b.prefix);
    return { kind: 'networks', networks: sorted };
  }

  // --- modifiers

  // A value equals one of several different constants at most, which leaves a set.
  #equality(operator: Operator, modifier: Modifier, left: number, constants: readonly Constant[]): IrBool {
    const counts = countConstants(constants);
    const once = counts.filter(({ count }) => count === 1);
    const member = (list: readonly Counted[]): IrBool =>
      list.length === 0
        ? FALSE
        : this.#member(
            '',
            left,
            list.map(({ constant }) => constant),
          );
    if (operator !== '!=') {
      if (modifier === 'anyof') return member(counts);
      return modifier === 'oneof' ? member(once) : counts.length === 1 ? member(counts) : FALSE;
    }
    if (modifier === 'oneof' && counts.length > 1) {
      // all but one constant are equal to the value: two different ones, and the unequal one stands there once
      return counts.length > 2 ? FALSE : member(counts.filter((c) => once.some((other) => other !== c)));
    }
    if (modifier === 'oneof' && once.length === 0) return FALSE;
    const unequal = modifier === 'anyof' && counts.length > 1 ? [] : [not(member(counts))];
    return and([this.#exists(left), ...unequal]);
  }

  #networkEquality(operator: Operator, modifier: Modifier, left: number, constants: readonly Constant[]): IrBool {
    // in these two Falco compares networks as raw bytes
    if (operator !== '!=' && modifier === 'anyof') return FALSE;
    if (operator === '!=' && modifier === 'allof') return this.#exists(left);
    if (operator !== '!=') return this.#anyTest('=', modifier, left, constants);
    const counts = countConstants(constants).map(({ constant, count }) => ({
      term: this.#member('', left, [constant]),
      count,
    }));
    const unequal =
      modifier === 'anyof'
        ? [not(and(counts.map(({ term }) => term)))]
        : counts
            .filter(({ count }) => count === 1)
            .map(({ term }) => and(counts.map((other) => (other.term === term ? not(term) : other.term))));
    return and([this.#exists(left), or(unequal)]);
  }

  #anyTest(operator: Operator, modifier: Modifier, left: number, constants: readonly Constant[]): IrBool {
    const tests = constants.map((constant) => this.#test(operator, left, [constant]));
    if (modifier === 'oneof') return this.#exactlyOne(tests);
    return modifier === 'anyof' ? or(tests) : and(tests);
  }

  #exactlyOne(terms: readonly IrBool[]): IrBool {
    const certain = terms.filter((term) => term.kind === 'constant' && term.value).length;
    const ids = terms.flatMap((term) => (term.kind === 'predicate' ? [term.id] : []));
    if (certain > 1) return FALSE;
    if (certain === 1) return not(or(ids.map((id) => ({ kind: 'predicate', id }))));
    if (ids.length === 0) return FALSE;
    if (ids.length === 1) return { kind: 'predicate', id: ids[0]! };
    return this.#builder.predicate('EXACTLY_ONE', [{ kind: 'predicates', ids: ids.sort((a, b) => a - b) }]);
  }

  // --- fields on the right

  #compareValues(check: Check, rightOperand: CheckedOperand): IrBool {
    const { operator } = check;
    const isMembership = operator === 'in' || operator === 'intersects';
    const isLeftNulEnded = check.left.type.list && isNulEnded(check.left);
    if (isMembership && isLeftNulEnded !== isNulEnded(rightOperand)) return FALSE;
    const left = this.#values.lower(check.left);
    const id = this.#values.lower(rightOperand);
    const right: IrOperand = { kind: 'value', id };
    const number = check.left.type.type === 'uint64' || check.left.type.type.endsWith('time') ? '_NUMBER' : '';
    if (check.left.type.list) {
      return this.#predicate(`LIST_${operator === 'in' ? 'ALL' : 'ANY'}_IN_VALUE${number}`, left, right);
    }
    const equal = (): IrBool => this.#predicate(`EQ_VALUE${number}`, left, right);
    if (isMembership || operator === '=' || operator === '==') return equal();
    if (operator === '!=') return and([this.#exists(left), this.#exists(id), not(equal())]);
    const order = TEXT_ORDER[operator];
    return this.#predicate(order ? `${order}_VALUE${number}` : `${TEXT_TESTS[operator]}_VALUE`, left, right);
  }
}

function isNulEnded(operand: CheckedOperand): boolean {
  return operand.kind === 'transformer' && NUL_ENDED.includes(operand.name);
}

function numbersOf(constants: readonly Constant[]): readonly bigint[] {
  const numbers = constants.flatMap((constant) => (constant.kind === 'number' ? [constant.value] : []));
  return [...new Set(numbers)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

interface Counted {
  readonly constant: Constant;
  readonly count: number;
}

/** Equal constants once, with how often they stand there. */
function countConstants(constants: readonly Constant[]): readonly Counted[] {
  const counts = new Map<string, { constant: Constant; count: number }>();
  for (const constant of constants) {
    const key = constantKey(constant);
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { constant, count: 1 });
  }
  return [...counts.values()];
}

function constantKey(constant: Constant): string {
  if (constant.kind === 'number') return String(constant.value);
  if (constant.kind === 'automaton') return String(constant.image);
  return constant.kind === 'network' ? `${constant.bytes}/${constant.prefix}` : String(constant.bytes);
}
