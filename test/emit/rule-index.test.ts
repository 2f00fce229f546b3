// The index against brute force: for every combination of what two texts, a body and the number of the event can be, the bitmaps and the
// remaining code together say what the conditions say.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emitImage } from '../../src/emit/emit.ts';
import { canHold, formulaOf } from '../../src/emit/formula.ts';
import { gramsIn } from '../../src/emit/grams.ts';
import { indexRules, type RowPlan } from '../../src/emit/rule-index.ts';
import type { IrBool, IrOperand, IrPredicate, IrProgram } from '../../src/ir/ir.ts';
import { hasRule, maskHasRule } from '../../src/program/image.ts';
import { conditions, meaning } from './arbitraries.ts';

const CONSTANTS = ['alpha', 'beta', 'alpha-beta', 'Gamma', 'beta-', 'ph'];
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const predicate = (op: string, value: number, ...rest: IrOperand[]): IrPredicate => ({
  op,
  operands: [{ kind: 'value', id: value }, ...rest],
});
const inSet = (value: number, ids: readonly number[]): IrPredicate =>
  predicate('IN_SET', value, { kind: 'constants', ids });
const exists = (value: number): IrPredicate => predicate('EXISTS', value);
const pattern = (op: string, value: number, id: number): IrPredicate => predicate(op, value, { kind: 'constant', id });
const inNumbers = (...numbers: bigint[]): IrPredicate => predicate('IN_NUMBERS', 4, { kind: 'numbers', numbers });
const compared = (op: string, value: bigint): IrPredicate => predicate(op, 4, { kind: 'number', value });

/**
 * v0 /objectRef/name, whose texts vary, and v1 /user/name are found in the first pass, v2 below the body is not; v3 is the length of v1, v4 the
 * number of the event.
 */
const PREDICATES = [
  inSet(0, [0]),
  inSet(0, [0, 1, 2]),
  exists(0),
  inSet(1, [2, 3]),
  inSet(1, []),
  exists(1),
  inSet(2, [0]),
  exists(2),
  pattern('STARTSWITH', 0, 0),
  pattern('ENDSWITH', 0, 1),
  pattern('ICONTAINS', 0, 3),
  pattern('CONTAINS', 0, 5),
  pattern('STARTSWITH', 1, 0),
  pattern('CONTAINS', 1, 4),
  pattern('CONTAINS', 1, 5),
  pattern('CONTAINS', 2, 0),
  predicate('IN_NUMBERS', 3, { kind: 'numbers', numbers: [5n] }),
  inNumbers(0n, 7n),
  compared('LT_NUMBER', 8n),
  compared('GT_NUMBER', -1n),
  compared('GE_NUMBER', 1n << 63n),
  compared('LE_NUMBER', 7n),
];

function programOf(rules: readonly IrBool[]): IrProgram {
  const node = (parent: number, key: string): IrProgram['nodes'][number] => ({ parent, key, position: -1 });
  const nodes = [
    { parent: 0, key: '', position: -1 },
    node(0, 'requestObject'),
    node(0, 'user'),
    node(2, 'name'),
    node(0, 'objectRef'),
    node(1, 'kind'),
    node(0, 'stageTimestamp'),
    node(0, 'kind'),
    node(0, 'items'),
    node(0, 'auditID'),
    node(4, 'name'),
  ];
  const texts = [10, 3, 5].map((id) => ({
    op: 'NODE_TEXT',
    operands: [{ kind: 'node' as const, id }],
    shape: 'text' as const,
  }));
  const numbers = [
    { op: 'LENGTH', operands: [{ kind: 'value' as const, id: 1 }], shape: 'number' as const },
    { op: 'EVENT_NUMBER', operands: [{ kind: 'immediate' as const, value: 0 }], shape: 'number' as const },
  ];
  return {
    fixed: true,
    objects: false,
    nodes,
    envelope: { kind: 7, items: 8, auditId: 9, time: 6 },
    constants: CONSTANTS.map(text),
    values: [...texts, ...numbers].map((value) => ({ ...value, gated: false })),
    predicates: PREDICATES,
    automata: [],
    rules: rules.map((condition) => ({ condition, outputs: [] })),
    meta: { semantics: 'fixed', source: 's', plugins: [], requiredEngineVersion: '0.0.0', rules: [] },
  };
}

/** undefined: absent */
const TEXTS = [undefined, ...CONSTANTS, 'alpha gamma', 'x alpha', 'beta-x', 'GAMMA', '', 'phi'];
const NUMBERS = [0n, 1n, 6n, 7n, 8n, (1n << 63n) - 1n, 1n << 63n, (1n << 64n) - 1n];

interface State {
  readonly texts: readonly (string | undefined)[];
  readonly number: bigint;
}

function answer(predicate: number, { texts, number }: State): boolean {
  const { op, operands } = PREDICATES[predicate]!;
  const [left, right] = operands;
  const value = left?.kind === 'value' ? left.id : -1;
  if (value >= 3) {
    const length = texts[1] === undefined ? undefined : BigInt(texts[1].length);
    return compares(op, value === 3 ? length : number, right);
  }
  const content = texts[value];
  if (content === undefined) return false;
  if (right === undefined) return true;
  if (right.kind === 'constants') return right.ids.some((id) => CONSTANTS[id] === content);
  const constant = right.kind === 'constant' ? CONSTANTS[right.id]! : '';
  if (op === 'STARTSWITH') return content.startsWith(constant);
  if (op === 'ENDSWITH') return content.endsWith(constant);
  return op === 'CONTAINS' ? content.includes(constant) : content.toLowerCase().includes(constant.toLowerCase());
}

function compares(op: string, n: bigint | undefined, right: IrOperand | undefined): boolean {
  if (n === undefined) return false;
  if (right?.kind === 'numbers') return right.numbers.includes(n);
  const other = BigInt.asUintN(64, right?.kind === 'number' ? right.value : 0n);
  if (op === 'LT_NUMBER') return n < other;
  if (op === 'LE_NUMBER') return n <= other;
  return op === 'GT_NUMBER' ? n > other : n >= other;
}

/** What a row leaves of a rule, as the engine reads it. */
function isLeft(row: RowPlan, rule: number, state: State): boolean {
  if (row.ranges.length > 0) {
    const range = row.ranges.findLast(({ from }) => from <= state.number)!;
    return !maskHasRule(row.effects[range.effect]!.excluded, rule);
  }
  const content = state.texts[row.value];
  if (content === undefined) return hasRule(row.absent, rule);
  const grams = new Set(gramsIn(text(content)));
  const asked = new Set(row.guards.slice(0, row.always).keys());
  for (const { gram, guard } of row.triggers) if (grams.has(gram)) asked.add(guard);
  const keys = row.constants.filter(({ constant }) => CONSTANTS[constant] === content).map(({ effect }) => effect);
  for (const guard of asked) {
    const { formula, holds, effect } = row.guards[guard]!;
    if (canHold(formula, (predicate) => answer(predicate, state)) === holds) keys.push(effect);
  }
  const effects = keys.map((effect) => row.effects[effect]!);
  const isPossible = hasRule(row.other, rule) || effects.some(({ restored }) => maskHasRule(restored, rule));
  return isPossible && !effects.some(({ excluded }) => maskHasRule(excluded, rule));
}

describe('the rule index', () => {
  it('together with the code means what the conditions mean', () => {
    fc.assert(
      fc.property(
        fc.array(conditions(PREDICATES.length), { minLength: 1, maxLength: 70 }),
        fc.array(fc.constantFrom(...TEXTS), { minLength: 3, maxLength: 3 }),
        fc.constantFrom(...NUMBERS),
        (rules, texts, number) => {
          const state = { texts, number };
          const { rows, alternatives, formulas } = indexRules(
            programOf(rules),
            rules.map((rule) => formulaOf(rule)),
            (value) => value < 2,
          );
          rules.forEach((rule, id) => {
            const isCandidate =
              rows.every((row) => isLeft(row, id, state)) &&
              !alternatives.some(
                (asking, i) => hasRule(asking, id) && rows.every((row) => isLeft(row, rules.length + i, state)),
              );
            const answers = (predicate: number): boolean => answer(predicate, state);
            const holds = isCandidate && canHold(formulas[id]!, answers);
            expect(holds).toBe(meaning(rule, answers));
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('takes conjuncts out of the code and leaves the rest', () => {
    const and = (...ids: number[]): IrBool => ({ kind: 'and', children: ids.map((id) => ({ kind: 'predicate', id })) });
    const image = emitImage(programOf([and(0, 6), and(3), and(3), and(3)]));
    expect(image.index.map(({ value }) => value).sort()).toEqual([0, 1]);
    // r0 still asks for the value below the body, the others for nothing
    expect(image.code.map(({ op, predicate }) => [op, predicate])).toEqual([
      [3, 6],
      [1, 0],
      [0, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ]);
  });

  it('leaves to a row what one text or a number of the event decides', () => {
    const is = (id: number): IrBool => ({ kind: 'predicate', id });
    const not = (child: IrBool): IrBool => ({ kind: 'not', child });
    const both: IrBool = { kind: 'and', children: [is(12), not(is(13))] };
    const image = emitImage(
      programOf([both, both, both, both, not({ kind: 'or', children: [is(14), is(16)] }), is(17)]),
    );
    expect(
      image.index.map(({ value, guards, always, ranges }) => [value, guards.length, always, ranges.length]),
    ).toEqual([
      [4, 0, 0, 4],
      [1, 2, 2, 0],
    ]);
    // the rules match as soon as the index lets them; behind them the guards
    expect(image.code.slice(0, 7).map(({ op }) => op)).toEqual([1, 1, 1, 1, 1, 1, 3]);
  });

  it('gives what several texts can satisfy a bit of its own', () => {
    const is = (id: number): IrBool => ({ kind: 'predicate', id });
    const either: IrBool = { kind: 'or', children: [is(3), is(0)] };
    const all = (count: number): IrBool[] => Array.from({ length: count }, () => either);
    const image = emitImage(programOf(all(5)));
    expect(image.alternatives).toEqual([Uint32Array.of(0b11111, 0)]);
    expect(image.index.map(({ value, other }) => [value, other[0]])).toEqual([
      [1, 0b111111],
      [0, 0b111111],
    ]);
    expect(image.code.map(({ op }) => op)).toEqual([1, 1, 1, 1, 1]);
    // no bit is left for it
    expect(emitImage(programOf(all(64))).alternatives).toEqual([]);
    expect(emitImage(programOf(all(128))).alternatives).toMatchObject([{ length: 6 }]);
    expect(emitImage(programOf(all(200))).alternatives).toEqual([]);
  });

  it('asks guards of texts that vary only when a trigger says so', () => {
    const is = (id: number): IrBool => ({ kind: 'predicate', id });
    const rules = Array.from({ length: 20 }, (_, i) => is(8 + (i % 3)));
    const [row] = emitImage(programOf([...rules, is(11)])).index;
    expect(row).toMatchObject({ value: 0, always: 0 });
    expect(row!.triggers.map(({ guard }) => guard).sort()).toEqual([0, 1, 2]);
    // r20 asks for less than a gram: the row says nothing of it
    expect(hasRule(row!.other, 20)).toBe(true);
  });

  it('leaves out what constrains no rule', () => {
    const or: IrBool = {
      kind: 'or',
      children: [
        { kind: 'predicate', id: 0 },
        { kind: 'predicate', id: 6 },
      ],
    };
    expect(emitImage(programOf([or])).index).toEqual([]);
  });
});

describe('nodes', () => {
  it('stand behind their parents, side by side; bodies are entered only when checked', () => {
    const { nodes, envelope, values } = emitImage(programOf([]));
    expect(nodes.map(({ parent }) => parent)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3]);
    expect(nodes.map(({ firstChild, childCount }) => [firstChild, childCount]).slice(0, 4)).toEqual([
      [1, 7],
      [8, 1],
      [9, 1],
      [10, 1],
    ]);
    expect(nodes.map(({ flags }) => flags)).toEqual([1, 2, 1, 1, 1, 1, 1, 1, 2, 1, 1]);
    expect(envelope).toEqual({ kind: 5, items: 6, auditId: 7, time: 4 });
    expect(values.map(({ a }) => a)).toEqual([10, 9, 8, 1, 0]);
  });
});
