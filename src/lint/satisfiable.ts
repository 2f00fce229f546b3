// Whether a formula can be true at all. Sound, not complete: a conflict that is reported is one, whatever the event; of
// alternatives only those that cannot be are dropped, and the last one left counts as given.

import type { Formula, Part, Test } from './formula.ts';

export interface Conflict {
  /** what cannot be */
  readonly at: Part;
  /** because of this */
  readonly with?: Part;
}

/** Why the formulas cannot be true together; undefined when no reason is found. */
export function findConflict(...formulas: readonly Formula[]): Conflict | undefined {
  const facts = new Facts();
  const conflict = facts.assume(formulas);
  return conflict ?? facts.settle();
}

type Alternatives = Extract<Formula, { kind: 'or' | 'and' }>;
type Atom = Extract<Formula, { kind: 'test' }>;

class Facts {
  readonly #tests = new Map<string, Atom[]>();
  #open: Alternatives[] = [];

  /** Takes formulas as given. */
  assume(formulas: readonly Formula[]): Conflict | undefined {
    for (const formula of formulas) {
      const conflict = this.#assumeOne(formula);
      if (conflict) return conflict;
    }
    return undefined;
  }

  #assumeOne(formula: Formula): Conflict | undefined {
    switch (formula.kind) {
      case 'constant':
        return formula.value ? undefined : { at: formula };
      case 'and':
        return this.assume(formula.children);
      case 'or':
        this.#open.push(formula);
        return undefined;
      case 'test': {
        const known = this.#tests.get(formula.test.key) ?? [];
        known.push(formula);
        this.#tests.set(formula.test.key, known);
        return conflictOf(known);
      }
    }
  }

  /** Drops alternatives until nothing changes. */
  settle(): Conflict | undefined {
    for (let isChanged = true; isChanged; ) {
      isChanged = false;
      const open = this.#open;
      this.#open = [];
      for (const choice of open) {
        const possible = choice.children.filter((child) => this.#isPossible(child));
        if (possible.length === 0) return this.#refutation(choice);
        if (possible.length > 1) {
          this.#open.push(choice);
          continue;
        }
        isChanged = true;
        const conflict = this.assume(possible);
        if (conflict) return conflict;
      }
    }
    return undefined;
  }

  #isPossible(formula: Formula): boolean {
    return this.#objection(formula) === undefined;
  }

  /** What the facts have against a formula. */
  #objection(formula: Formula): Conflict | undefined {
    switch (formula.kind) {
      case 'constant':
        return formula.value ? undefined : { at: formula };
      case 'test':
        return conflictOf([...(this.#tests.get(formula.test.key) ?? []), formula]);
      case 'and':
        return this.#objectionToAll(formula.children);
      case 'or': {
        const objections = formula.children.map((child) => this.#objection(child));
        return objections.every((objection) => objection !== undefined) ? objections[0] : undefined;
      }
    }
  }

  #objectionToAll(formulas: readonly Formula[]): Conflict | undefined {
    const added = new Map<string, Atom[]>();
    for (const formula of formulas) {
      if (formula.kind !== 'test') {
        const objection = this.#objection(formula);
        if (objection) return objection;
        continue;
      }
      const { key } = formula.test;
      const tests = added.get(key) ?? [...(this.#tests.get(key) ?? [])];
      tests.push(formula);
      added.set(key, tests);
      const conflict = conflictOf(tests);
      if (conflict) return conflict;
    }
    return undefined;
  }

  #refutation(choice: Alternatives): Conflict {
    const objection = choice.children.length > 0 ? this.#objection(choice.children[0]!) : undefined;
    return objection?.with === undefined ? { at: choice } : { at: choice, with: objection.with };
  }
}

/** The first two tests that exclude each other, else the last one when it does not go with all others. */
function conflictOf(atoms: readonly Atom[]): Conflict | undefined {
  const last = atoms.at(-1)!;
  if (isConsistent(atoms.map(({ test }) => test))) return undefined;
  const other = atoms.find((atom) => atom !== last && !isConsistent([atom.test, last.test]));
  return { at: last, ...(other && { with: other }) };
}

/** Whether one value can pass all tests of it. */
function isConsistent(tests: readonly Test[]): boolean {
  const given = tests.filter((test) => !test.isNegated);
  if (given.length === 0) return true;
  if (tests.some((test) => test.test === 'exists' && test.isNegated)) return false;
  const texts = new Set<string>();
  for (const test of given) if (test.test === 'other') texts.add(test.text);
  if (tests.some((test) => test.test === 'other' && test.isNegated && texts.has(test.text))) return false;
  const members = tests.filter((test) => test.test === 'member');
  const isList = members.some(({ of }) => of !== 'value');
  return isList ? isListPossible(members) : isValuePossible(members, tests);
}

type Member = Extract<Test, { test: 'member' }>;

function isValuePossible(members: readonly Member[], tests: readonly Test[]): boolean {
  const given = members.filter(({ isNegated }) => !isNegated);
  if (given.length === 0) return true;
  const smallest = given.reduce((a, b) => (b.values.size < a.values.size ? b : a));
  for (const value of smallest.values) if (passes(value, members, tests)) return true;
  return false;
}

function passes(value: string, members: readonly Member[], tests: readonly Test[]): boolean {
  if (!members.every(({ values, isNegated }) => values.has(value) !== isNegated)) return false;
  return tests.every((test) => test.test !== 'other' || !test.holds || test.holds(value) !== test.isNegated);
}

function isListPossible(members: readonly Member[]): boolean {
  const given = (of: Member['of']): Member[] => members.filter((test) => test.of === of && !test.isNegated);
  const refused = (of: Member['of']): Member[] => members.filter((test) => test.of === of && test.isNegated);
  const every = given('every');
  const isAllowed = (value: string): boolean =>
    every.every(({ values }) => values.has(value)) && !refused('some').some(({ values }) => values.has(value));
  for (const { values } of given('some')) if (![...values].some(isAllowed)) return false;
  const [first] = every;
  if (first === undefined) return true;
  const allowed = [...first.values].filter(isAllowed);
  if (allowed.length === 0) return false;
  return refused('every').every(({ values }) => allowed.some((value) => !values.has(value)));
}
