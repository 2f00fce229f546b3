// A condition as a formula of tests, macros put in and every `not` moved to the tests: what the question whether something can
// be true is asked about. A test is true only when its field has a value, so `f != x` is "f exists and is not x".

import type { CheckedOperand } from '../check/checked.ts';
import type { Home, MacroUse } from '../check/condition.ts';
import { checkOperand } from '../check/operand.ts';
import type { Catalogue } from '../isa/catalogue.ts';
import type { ResolvedMacro } from '../resolve/resolved.ts';
import { isWritten } from '../rulefile/edit-text.ts';
import type { Check, Condition, Operator, Range } from '../syntax/ast.ts';
import { printCondition, printOperand } from '../syntax/print.ts';
import type { Place } from './place.ts';
import type { Presence } from './presence.ts';

export type Test = {
  /** equal texts are equal values */
  readonly key: string;
  readonly isNegated: boolean;
} & (
  | { readonly test: 'exists' }
  /** the value, every element, or at least one element is one of the values */
  | { readonly test: 'member'; readonly of: 'value' | 'every' | 'some'; readonly values: ReadonlySet<string> }
  /** anything else: equal texts are equal tests; `holds` tells for a value, where it can */
  | { readonly test: 'other'; readonly text: string; readonly holds?: (value: string) => boolean }
);

/** A part of a condition, or the contrary of what is written there. */
export interface Part {
  readonly place: Place;
  readonly isContrary: boolean;
}

export type Formula = Part &
  (
    | { readonly kind: 'test'; readonly test: Test }
    /** `isSwitch`: conditions are switched on and off so on purpose, which is no reason to complain of a part */
    | { readonly kind: 'constant'; readonly value: boolean; readonly isSwitch: boolean }
    | { readonly kind: 'and' | 'or'; readonly children: readonly Formula[] }
  );

/** Nothing is asked. */
export const TRUE: Formula = {
  kind: 'and',
  children: [],
  place: {
    home: { text: { text: '', segments: [] }, span: { file: 0, start: 0, end: 0 } },
    range: { start: 0, end: 0 },
    uses: [],
  },
  isContrary: false,
};

export interface FormulaContext {
  readonly catalogue: Catalogue;
  readonly macros: ReadonlyMap<string, ResolvedMacro>;
  readonly presence: Presence;
}

/** Formulas with more parts are not looked into. */
const MAX_PARTS = 4_000;

/** Undefined when the condition is too large. */
export function formulaOf(condition: Condition, home: Home, context: FormulaContext): Formula | undefined {
  const builder = new FormulaBuilder(context);
  const formula = builder.build(condition, home, [], false);
  return builder.isTooLarge ? undefined : formula;
}

/** What is true when the formula is false. */
export function negated(formula: Formula): Formula {
  const isContrary = !formula.isContrary;
  switch (formula.kind) {
    case 'constant':
      return { ...formula, value: !formula.value, isContrary };
    case 'test':
      return { ...formula, test: { ...formula.test, isNegated: !formula.test.isNegated }, isContrary };
    default: {
      const kind = formula.kind === 'and' ? 'or' : 'and';
      return { ...formula, kind, children: formula.children.map(negated), isContrary };
    }
  }
}

class FormulaBuilder {
  readonly #context: FormulaContext;
  #parts = 0;

  constructor(context: FormulaContext) {
    this.#context = context;
  }

  get isTooLarge(): boolean {
    return this.#parts > MAX_PARTS;
  }

  build(condition: Condition, home: Home, uses: readonly MacroUse[], isNegated: boolean): Formula {
    const place: Place = { home, range: condition, uses };
    if (++this.#parts > MAX_PARTS) return constant(true, place);
    switch (condition.kind) {
      case 'and':
      case 'or': {
        const kind = (condition.kind === 'and') === isNegated ? 'or' : 'and';
        const children = condition.children.map((child) => this.build(child, home, uses, isNegated));
        return { kind, children, place, isContrary: isNegated };
      }
      case 'not':
        return this.build(condition.child, home, uses, !isNegated);
      case 'macro': {
        const macro = this.#context.macros.get(condition.name);
        if (macro === undefined) return unknown(place, condition.name, `?${condition.name}`, isNegated);
        const use = { name: condition.name, range: condition, home };
        return this.build(macro.condition, { text: macro.conditionText, span: macro.span }, [use, ...uses], isNegated);
      }
      case 'check': {
        const formula = this.#check(condition, place);
        return isNegated ? negated(formula) : formula;
      }
    }
  }

  #check(check: Check, place: Place): Formula {
    const { catalogue, presence } = this.#context;
    const operand = checkOperand(check.left, catalogue);
    const key = printOperand(check.left);
    if (operand.kind === 'problem') return unknown(place, printCondition(check), key);
    const state = presence.of(operand);
    if (state === 'never') return constant(false, place, true);
    if (check.operator === 'exists') return state === 'always' ? constant(true, place, true) : exists(key, place);
    const values = constantsOf(check);
    if (values?.length === 0) return constant(false, place, !isWrittenEmpty(check, place));
    const isText = operand.type.type === 'string' || operand.type.type === 'bool';
    if (values === undefined || !isText || isEmptyPossible(operand)) return unknown(place, printCondition(check), key);
    if (isUnmatchable(check, operand)) return constant(false, place);
    return textTest(check, values, operand, key, place);
  }
}

function textTest(
  check: Check,
  values: readonly string[],
  operand: CheckedOperand,
  key: string,
  place: Place,
): Formula {
  const { operator, modifier } = check;
  const isEquality = operator === '=' || operator === '==';
  const isMember = operator === 'in' || operator === 'intersects' || (isEquality && (modifier ?? 'anyof') === 'anyof');
  if (isMember) {
    const of = !operand.type.list ? 'value' : operator === 'in' ? 'every' : 'some';
    const possible = of === 'every' ? values : values.filter((value) => canBe(operand, value));
    if (possible.length === 0) return constant(false, place);
    const test: Test = { test: 'member', of, values: new Set(possible), key, isNegated: false };
    return testOf(test, place);
  }
  if (operator === '!=' && modifier === undefined) {
    const test: Test = { test: 'member', of: 'value', values: new Set(values), key, isNegated: true };
    return { kind: 'and', children: [exists(key, place), testOf(test, place)], place, isContrary: false };
  }
  const holds = modifier === undefined && values.length === 1 ? predicateOf(operator, values[0]!) : undefined;
  const text = printCondition(check);
  return testOf({ test: 'other', text, ...(holds && { holds }), key, isNegated: false }, place);
}

/** Whether a value of an operand with a transformer can be this text. */
function canBe(operand: CheckedOperand, value: string): boolean {
  if (operand.kind !== 'transformer') return true;
  if (operand.name === 'tolower') return !/[A-Z]/.test(value);
  if (operand.name === 'toupper') return !/[a-z]/.test(value);
  return operand.name !== 'basename' || !value.includes('/');
}

/** Falco never finds transformed elements of a list among constants. */
function isUnmatchable(check: Check, operand: CheckedOperand): boolean {
  if (operand.kind !== 'transformer' || !operand.type.list) return false;
  const isMembership = check.operator === 'in' || check.operator === 'intersects';
  return isMembership && ['tolower', 'toupper', 'b64', 'basename'].includes(operand.name);
}

function predicateOf(operator: Operator, text: string): ((value: string) => boolean) | undefined {
  const lower = (value: string): string => value.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
  switch (operator) {
    case 'contains':
      return (value) => value.includes(text);
    case 'icontains':
      return (value) => lower(value).includes(lower(text));
    case 'startswith':
      return (value) => value.startsWith(text);
    case 'endswith':
      return (value) => value.endsWith(text);
    default:
      return undefined;
  }
}

/** The constants on the right side; undefined when there is a field. */
function constantsOf({ right }: Check): readonly string[] | undefined {
  if (right === undefined || right.kind === 'transformer') return undefined;
  return right.kind === 'list' ? right.items.map(({ text }) => text) : [right.text];
}

/** A list that can be there without an element, and is then in every set. */
function isEmptyPossible(operand: CheckedOperand): boolean {
  if (operand.kind !== 'transformer' || !operand.type.list) return false;
  return operand.name === 'getopt' || operand.args.some(isEmptyPossible);
}

/** `()` as the author wrote it, not a list without items. */
function isWrittenEmpty({ right }: Check, { home }: Place): boolean {
  const { start, end } = right as Range;
  return isWritten(home.text, start, end);
}

function testOf(test: Test, place: Place, isContrary = false): Formula {
  return { kind: 'test', test, place, isContrary };
}

function exists(key: string, place: Place): Formula {
  return testOf({ test: 'exists', key, isNegated: false }, place);
}

function constant(value: boolean, place: Place, isSwitch = false): Formula {
  return { kind: 'constant', value, place, isSwitch, isContrary: false };
}

function unknown(place: Place, text: string, key: string, isNegated = false): Formula {
  return testOf({ test: 'other', text, key, isNegated }, place, isNegated);
}
