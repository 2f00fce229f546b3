// Why a condition came out as it did, in the fewest words: the smallest set of checks that force the outcome, checks of the
// same field put together. Reads truths, and decides nothing itself.

import type { CheckedCondition } from '../check/checked.ts';
import type { OutputValue } from '../runtime/index.ts';
import type { Check, Operator } from '../syntax/ast.ts';
import { operandText, type Part, type RuleParts } from './parts.ts';
import type { Truth } from './truth.ts';

type CheckOf = Extract<CheckedCondition, { kind: 'check' }>;

/** A check that forces the outcome. */
interface Cause {
  readonly part: Part;
  readonly holds: boolean;
}

export interface FoundReason {
  readonly text: string;
  readonly parts: readonly Part[];
  readonly exception: string | undefined;
}

const MAX_PHRASES = 4;
/** Of a rule that matches: what holds, and what could have kept it from matching. */
const MAX_HOLDING = 8;
const MAX_EXCLUDED = 3;
const LONG_VALUE = 40;
const MAX_WANTED = 5;
const MAX_VALUE = 80;

/** Reasons, shortest first. */
export function findReasons(rule: RuleParts, truth: Truth): readonly FoundReason[] {
  const finder = new CauseFinder(truth);
  const { condition, exceptions } = rule;
  if (truth.holds(condition.checked)) return [reasonOf(finder.causes(condition), truth, true)];
  const whole = { part: condition, exception: undefined, macro: undefined };
  const failed = conjuncts(whole, exceptions).filter(({ part }) => !truth.holds(part.checked));
  const reasons = failed.map((conjunct) => {
    const causes = finder.causes(conjunct.part);
    return { causes, reason: reasonOf(causes, truth, false, conjunct) };
  });
  reasons.sort((a, b) => costOf(a.causes) - costOf(b.causes));
  const texts = new Set<string>();
  return reasons.flatMap(({ reason }) => {
    if (texts.has(reason.text)) return [];
    texts.add(reason.text);
    return [reason];
  });
}

interface Conjunct {
  readonly part: Part;
  readonly exception: string | undefined;
  /** whose condition it is, as a whole */
  readonly macro: string | undefined;
}

/** What has to hold for the whole to hold, macros entered. */
function conjuncts(whole: Conjunct, exceptions: ReadonlyMap<Part, string>): readonly Conjunct[] {
  const { part } = whole;
  const exception = exceptions.get(part) ?? whole.exception;
  const inner = (child: Part, macro: string | undefined): readonly Conjunct[] =>
    conjuncts({ part: child, exception, macro }, exceptions);
  if (part.kind === 'macro') return inner(part.children[0]!, part.text);
  if (part.kind === 'and') return part.children.flatMap((child) => inner(child, undefined));
  const negated = part.kind === 'not' ? throughMacros(part.children[0]!) : undefined;
  if (negated?.kind === 'not') return inner(negated.children[0]!, undefined);
  return [{ ...whole, exception }];
}

function throughMacros(part: Part): Part {
  return part.kind === 'macro' ? throughMacros(part.children[0]!) : part;
}

/** The smallest set of checks that force a part's truth. */
class CauseFinder {
  readonly #truth: Truth;
  readonly #known = new Map<Part, readonly Cause[]>();

  constructor(truth: Truth) {
    this.#truth = truth;
  }

  causes(part: Part): readonly Cause[] {
    const known = this.#known.get(part);
    if (known !== undefined) return known;
    const found = this.#find(part);
    this.#known.set(part, found);
    return found;
  }

  #find(part: Part): readonly Cause[] {
    const holds = this.#truth.holds(part.checked);
    if (part.kind === 'check') return [{ part, holds }];
    if (part.kind === 'not' || part.kind === 'macro') return this.causes(part.children[0]!);
    const deciding = part.children.filter((child) => this.#truth.holds(child.checked) === holds);
    const isAll = holds === (part.kind === 'and');
    const sets = deciding.map((child) => this.causes(child));
    if (isAll) return [...new Map(sets.flat().map((cause) => [cause.part, cause])).values()];
    return sets.reduce((least, set) => (costOf(set) < costOf(least) ? set : least));
  }
}

/** Phrases first, then what a phrase has to list. */
function costOf(causes: readonly Cause[]): number {
  return new Set(causes.map(subjectOf)).size * 1000 + causes.length;
}

function subjectOf({ part, holds }: Cause): string {
  return `${holds} ${operandText((part.checked as CheckOf).left)}`;
}

function reasonOf(causes: readonly Cause[], truth: Truth, matches: boolean, whole?: Conjunct): FoundReason {
  const groups = [...grouped(causes).values()];
  const told = matches ? matchText(groups, truth) : mismatchText(groups, truth, whole?.macro);
  const tail = whole?.exception === undefined ? '' : ` (exception '${whole.exception}')`;
  return { text: told + tail, parts: causes.map(({ part }) => part), exception: whole?.exception };
}

/** Causes by what they are about. */
function grouped(causes: readonly Cause[]): ReadonlyMap<string, readonly Cause[]> {
  const groups = new Map<string, Cause[]>();
  for (const cause of causes) {
    const subject = subjectOf(cause);
    groups.set(subject, [...(groups.get(subject) ?? []), cause]);
  }
  return groups;
}

function mismatchText(groups: readonly (readonly Cause[])[], truth: Truth, macro: string | undefined): string {
  const phrases = unique(groups.map((group) => phrase(group, truth, false)));
  if (phrases.length <= MAX_PHRASES) return phrases.join('; ');
  const what = macro === undefined ? 'no alternative holds' : `${macro} does not hold`;
  return `${what}: ${phrases[0]}; and ${phrases.length - 1} other checks`;
}

/** What holds, then what could have kept the rule from matching: short values first, and of many the first few. */
function matchText(groups: readonly (readonly Cause[])[], truth: Truth): string {
  const holding = groups.filter(([first]) => first!.holds);
  // of a text that is looked into more than once, what was found in it says enough
  const said = new Set(holding.map(([first]) => operandText((first!.part.checked as CheckOf).left)));
  const excluded = groups
    .filter(([first]) => !first!.holds && !said.has(operandText((first!.part.checked as CheckOf).left)))
    .map((group) => ({ group, interest: interestOf(truth.value((group[0]!.part.checked as CheckOf).left)) }))
    .sort((a, b) => b.interest - a.interest);
  const [shown, rest] = cut(unique(holding.map((group) => phrase(group, truth, true))), MAX_HOLDING);
  const [more, others] = cut(unique(excluded.map(({ group }) => phrase(group, truth, true))), MAX_EXCLUDED);
  const left = rest + others;
  const told = [...shown, ...more, ...(left > 0 ? [`and ${left} more`] : [])];
  return told.length === 0 ? 'it always does' : told.join(', ');
}

/** The first `limit`, and how many are left; one more is shown rather than counted. */
function cut(texts: readonly string[], limit: number): readonly [readonly string[], number] {
  if (texts.length <= limit + 1) return [texts, 0];
  return [texts.slice(0, limit), texts.length - limit];
}

function interestOf(value: OutputValue): number {
  if (value === null) return 1;
  return JSON.stringify(value).length > MAX_VALUE ? 0 : 2;
}

function isLongValue(value: OutputValue): boolean {
  return JSON.stringify(value).length > LONG_VALUE;
}

/** Causes about the same operand with the same truth, as one phrase. */
function phrase(group: readonly Cause[], truth: Truth, matches: boolean): string {
  const [first] = group as [Cause, ...Cause[]];
  const { left } = first.part.checked as CheckOf;
  const subject = operandText(left);
  const value = truth.value(left);
  const is = value === null ? `${subject} is missing` : `${subject} is ${valueText(value)}`;
  if (matches) return first.holds ? holdingPhrase(group, subject, value, is) : is;
  const wanted = joined(unique(group.flatMap(({ part }) => (first.holds ? avoidedBy(part) : wantedOf(part, truth)))));
  return wanted.length === 0 ? is : `${is}, wanted ${first.holds ? wanted.join(' and ') : oneOf(wanted)}`;
}

// A long text is told by what was looked for in it.
function holdingPhrase(group: readonly Cause[], subject: string, value: OutputValue, is: string): string {
  const tests = group.flatMap(({ part }) => testsOf(part.check!));
  return tests.length > 0 && value !== null && isLongValue(value) ? `${subject} ${unique(tests).join(' and ')}` : is;
}

const TEXT_TESTS: Readonly<Partial<Record<Operator, readonly [string, string]>>> = {
  contains: ['one that contains', 'contains'],
  icontains: ['one that contains (any case)', 'contains (any case)'],
  startswith: ['one that starts with', 'starts with'],
  endswith: ['one that ends with', 'ends with'],
  glob: ['one like', 'is like'],
  iglob: ['one like (any case)', 'is like (any case)'],
  regex: ['a match of', 'matches'],
  pmatch: ['a path below', 'is a path below'],
  '<': ['less than', 'is less than'],
  '<=': ['at most', 'is at most'],
  '>': ['more than', 'is more than'],
  '>=': ['at least', 'is at least'],
};

const WANTED_TESTS = Object.values(TEXT_TESTS).map(([wanted]) => `${wanted} `);
const IN_LIST = ' in it';

/** What is wanted more than once in the same words, said once: `one that contains a, b or c`, `a or b in it`. */
function joined(wanted: readonly string[]): readonly string[] {
  const found = new Map<string, string[]>();
  for (const text of wanted) {
    const test = WANTED_TESTS.find((words) => text.startsWith(words)) ?? (text.endsWith(IN_LIST) ? IN_LIST : text);
    found.set(test, [...(found.get(test) ?? []), text.replace(test, '')]);
  }
  // what is wanted as it is stands first: behind `one that starts with a` it would read as another beginning
  const whole = [...found.keys()].filter((test) => found.get(test)!.join('') === '');
  const rest = [...found].filter(([test]) => !whole.includes(test));
  return [...whole, ...rest.map(([test, them]) => (test === IN_LIST ? oneOf(them) + test : test + oneOf(them)))];
}

/** What a check that does not hold asks for. */
function wantedOf(part: Part, truth: Truth): readonly string[] {
  const check = part.check!;
  const { operator, modifier } = check;
  const { left, right } = part.checked as CheckOf;
  if (operator === 'exists') return truth.value(left) === null ? [] : ['a value'];
  if (right.kind === 'operand') {
    const other = truth.value(right.operand);
    return [`${operator} ${operandText(right.operand)}, which is ${other === null ? 'missing' : valueText(other)}`];
  }
  const constants = constantsOf(check);
  if (constants.length === 0) return ['one of an empty list'];
  if (modifier !== undefined) return [`${operator} ${modifier} (${constants.join(', ')})`];
  if (operator === '!=') return [`anything but ${constants[0]}`];
  const test = TEXT_TESTS[operator];
  if (test !== undefined) return constants.map((constant) => `${test[0]} ${constant}`);
  if (operator === 'in' && left.type.list) return [`only ${oneOf(constants)}`];
  if (operator === 'intersects' && left.type.list) return constants.map((constant) => `${constant} in it`);
  return constants;
}

/** What a check that holds, and should not, leaves to be wished for. */
function avoidedBy({ check: ofPart, lists }: Part): readonly string[] {
  const check = ofPart!;
  const { operator, modifier } = check;
  if (operator === 'exists') return ['none'];
  const tests = testsOf(check);
  if (tests.length > 0) return tests.map((test) => `nothing that ${test}`);
  const constants = constantsOf(check);
  if (operator === '!=') return constants;
  if (constants.length === 0 || modifier !== undefined) return ['another'];
  if (lists !== undefined) return [`none of the list ${lists.join(', ')}`];
  return [operator === 'intersects' ? `none of ${constants.join(', ')}` : `anything but ${oneOf(constants)}`];
}

/** What a check that looks into a text found: `contains 'x'`. */
function testsOf(check: Check): readonly string[] {
  const test = check.modifier === undefined ? TEXT_TESTS[check.operator] : undefined;
  return test === undefined ? [] : constantsOf(check).map((constant) => `${test[1]} ${constant}`);
}

function constantsOf({ right }: Check): readonly string[] {
  if (right === undefined || right.kind === 'transformer') return [];
  return (right.kind === 'list' ? right.items : [right]).map(({ text }) => constantText(text));
}

function constantText(text: string): string {
  return /^[\w.:/*@~-]+$/.test(text) ? text : quote(text);
}

/** `a, b or c`; long lists are cut. */
function oneOf(texts: readonly string[]): string {
  const shown = texts.length > MAX_WANTED + 1 ? texts.slice(0, MAX_WANTED) : texts;
  const more = texts.length - shown.length;
  const all = more > 0 ? [...shown, `${more} others`] : shown;
  return all.length === 1 ? all[0]! : `${all.slice(0, -1).join(', ')} or ${all.at(-1)}`;
}

/** A value for people: quoted, in one line, cut. */
export function valueText(value: OutputValue, limit: number = MAX_VALUE): string {
  if (value === null) return 'missing';
  if (typeof value === 'string') return quote(value, limit);
  if (!isList(value)) return String(value);
  const shown = value.slice(0, MAX_WANTED).map((element) => valueText(element, limit));
  const more = value.length - shown.length;
  return `(${shown.join(', ')}${more > 0 ? `, and ${more} more` : ''})`;
}

function isList(value: OutputValue): value is readonly OutputValue[] {
  return Array.isArray(value);
}

/** Nothing that a terminal obeys comes through. */
function quote(text: string, limit: number = MAX_VALUE): string {
  const cut = text.length > limit ? `${text.slice(0, limit)}…` : text;
  return `'${cut.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]|\p{Surrogate}/gu, (c) => escaped(c))}'`;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)];
}
