// The index against brute force: for every combination of what two texts can be, the bitmaps and the remaining code together
// say what the conditions say.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emitImage } from '../../src/emit/emit.ts';
import { canHold, formulaOf } from '../../src/emit/formula.ts';
import { indexRules } from '../../src/emit/rule-index.ts';
import type { IrBool, IrPredicate, IrProgram } from '../../src/ir/ir.ts';
import { hasRule, type IndexRow, maskHasRule } from '../../src/program/image.ts';
import { conditions, meaning } from './arbitraries.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const inSet = (value: number, ids: readonly number[]): IrPredicate => ({
  op: 'IN_SET',
  operands: [
    { kind: 'value', id: value },
    { kind: 'constants', ids },
  ],
});
const exists = (value: number): IrPredicate => ({ op: 'EXISTS', operands: [{ kind: 'value', id: value }] });

/** v0 /verb and v1 /user/name are found in the first pass, v2 below the body is not. */
const PREDICATES = [
  inSet(0, [0]),
  inSet(0, [0, 1, 2]),
  exists(0),
  inSet(1, [2, 3]),
  inSet(1, []),
  exists(1),
  inSet(2, [0]),
  exists(2),
];

function programOf(rules: readonly IrBool[]): IrProgram {
  const node = (parent: number, key: string): IrProgram['nodes'][number] => ({ parent, key, position: -1 });
  const nodes = [
    { parent: 0, key: '', position: -1 },
    node(0, 'requestObject'),
    node(0, 'user'),
    node(2, 'name'),
    node(0, 'verb'),
    node(1, 'kind'),
    node(0, 'stageTimestamp'),
    node(0, 'kind'),
    node(0, 'items'),
    node(0, 'auditID'),
  ];
  return {
    fixed: true,
    objects: false,
    nodes,
    envelope: { kind: 7, items: 8, auditId: 9, time: 6 },
    constants: ['a', 'b', 'c', 'd'].map(text),
    values: [4, 3, 5].map((id) => ({ op: 'NODE_TEXT', operands: [{ kind: 'node', id }], gated: false, shape: 'text' })),
    predicates: PREDICATES,
    automata: [],
    rules: rules.map((condition) => ({ condition, outputs: [] })),
    meta: { semantics: 'fixed', source: 's', plugins: [], requiredEngineVersion: '0.0.0', rules: [] },
  };
}

/** undefined: absent; 4: a text that is no constant */
const STATES = [undefined, 0, 1, 2, 3, 4];

function answer(predicate: number, states: readonly (number | undefined)[]): boolean {
  const [left, right] = PREDICATES[predicate]!.operands;
  const state = left?.kind === 'value' ? states[left.id] : undefined;
  return state !== undefined && (right?.kind !== 'constants' || right.ids.includes(state));
}

/** What a row leaves of a rule, as the engine reads it. */
function isLeft(row: IndexRow, rule: number, states: readonly (number | undefined)[]): boolean {
  const state = states[row.value];
  if (state === undefined) return hasRule(row.absent, rule);
  const key = row.constants.find(({ constant }) => constant === state);
  const effect = key === undefined ? undefined : row.effects[key.effect]!;
  const isPossible = hasRule(row.other, rule) || (effect !== undefined && maskHasRule(effect.restored, rule));
  return isPossible && !(effect !== undefined && maskHasRule(effect.excluded, rule));
}

describe('the rule index', () => {
  it('together with the code means what the conditions mean', () => {
    fc.assert(
      fc.property(
        fc.array(conditions(PREDICATES.length), { minLength: 1, maxLength: 70 }),
        fc.nat(35),
        fc.nat(5),
        (rules, pair, third) => {
          const states = [STATES[pair % 6], STATES[Math.floor(pair / 6)], STATES[third]];
          const { rows, formulas } = indexRules(
            programOf(rules),
            rules.map((rule) => formulaOf(rule)),
            (value) => value < 2,
          );
          rules.forEach((rule, id) => {
            const isCandidate = rows.every((row) => isLeft(row, id, states));
            const answers = (predicate: number): boolean => answer(predicate, states);
            const holds = isCandidate && canHold(formulas[id]!, answers);
            expect(holds).toBe(meaning(rule, answers));
          });
        },
      ),
      { numRuns: 300 },
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
    expect(nodes.map(({ parent }) => parent)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 2]);
    expect(nodes.map(({ firstChild, childCount }) => [firstChild, childCount]).slice(0, 3)).toEqual([
      [1, 7],
      [8, 1],
      [9, 1],
    ]);
    expect(nodes.map(({ flags }) => flags)).toEqual([1, 2, 1, 1, 1, 1, 1, 1, 2, 1]);
    expect(envelope).toEqual({ kind: 5, items: 6, auditId: 7, time: 4 });
    expect(values.map(({ a }) => a)).toEqual([3, 9, 8]);
  });
});
