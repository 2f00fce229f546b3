// Jump code means what the condition means, and keeps the rules of its form.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { emitRule } from '../../src/emit/code.ts';
import { canHold, formulaOf } from '../../src/emit/formula.ts';
import { CONTROL_OPS } from '../../src/isa/opcodes.ts';
import type { Instruction } from '../../src/program/image.ts';
import { conditions, meaning } from './arbitraries.ts';

const PREDICATES = 5;

function execute(code: readonly Instruction[], start: number, answers: (predicate: number) => boolean): boolean {
  for (let at = start; ; ) {
    const { op, predicate, target } = code[at]!;
    const { name } = CONTROL_OPS[op]!;
    if (name === 'MATCH' || name === 'NO_MATCH') return name === 'MATCH';
    at = answers(predicate) === (name === 'JUMP_IF_TRUE') ? target : at + 1;
  }
}

describe('rule code', () => {
  it('means what the condition means', () => {
    fc.assert(
      fc.property(
        fc.array(conditions(PREDICATES), { minLength: 1, maxLength: 3 }),
        fc.nat(2 ** PREDICATES - 1),
        (rules, bits) => {
          const answers = (predicate: number): boolean => ((bits >> predicate) & 1) === 1;
          const code: Instruction[] = [];
          const starts = rules.map((rule) => emitRule(code, formulaOf(rule)));
          rules.forEach((rule, i) => {
            expect(execute(code, starts[i]!, answers)).toBe(meaning(rule, answers));
          });
        },
      ),
      { numRuns: 500 },
    );
  });

  it('jumps forward and stays within the rule', () => {
    fc.assert(
      fc.property(conditions(PREDICATES), (rule) => {
        const code: Instruction[] = [{ op: 1, predicate: 0, target: 0 }];
        const start = emitRule(code, formulaOf(rule));
        code.slice(start).forEach(({ op, target }, i) => {
          if (CONTROL_OPS[op]!.target) expect(target > start + i && target < code.length).toBe(true);
        });
        expect(CONTROL_OPS[code.at(-1)!.op]!.target).toBe(false);
      }),
    );
  });

  it('is one instruction for a condition that is decided', () => {
    const always = formulaOf({
      kind: 'or',
      children: [
        { kind: 'predicate', id: 0 },
        { kind: 'constant', value: true },
      ],
    });
    const code: Instruction[] = [];
    emitRule(code, always);
    expect(code.map(({ op }) => CONTROL_OPS[op]!.name)).toEqual(['MATCH']);
  });
});

describe('canHold', () => {
  it('never excludes what is true for some answers', () => {
    fc.assert(
      fc.property(
        conditions(PREDICATES),
        fc.nat(2 ** PREDICATES - 1),
        fc.nat(2 ** PREDICATES - 1),
        (rule, bits, known) => {
          const answers = (predicate: number): boolean => ((bits >> predicate) & 1) === 1;
          const partly = (predicate: number): boolean | undefined =>
            ((known >> predicate) & 1) === 1 ? answers(predicate) : undefined;
          if (meaning(rule, answers)) expect(canHold(formulaOf(rule), partly)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
