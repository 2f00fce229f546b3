// The intermediate form to a program's rows and bytes. Values, predicates and rules keep their numbers; nodes are renumbered;
// the constants of keys are added to those of conditions. Rows refer backwards only, as the IR's do.

import type { IrOperand, IrProgram } from '../ir/ir.ts';
import { FLAG_FIXED, FLAG_OBJECTS, NO_NODE, VALUE_GATED, VALUE_LIST, VALUE_NUMBER } from '../isa/layout.ts';
import { NO_INDEX, PREDICATE_OPS, VALUE_OPS } from '../isa/opcodes.ts';
import { encodeProgram } from '../program/encode.ts';
import type { IndexRow, Instruction, PredicateRow, ProgramImage, RuleRow, ValueRow } from '../program/image.ts';
import { textBytes } from '../syntax/text-bytes.ts';
import { ArgPool } from './arg-pool.ts';
import { emitRule } from './code.ts';
import { formulaOf } from './formula.ts';
import { emitNodes } from './nodes.ts';
import { indexRules } from './rule-index.ts';

/** The program's bytes. */
export function emitProgram(ir: IrProgram): Uint8Array {
  return encodeProgram(emitImage(ir));
}

export function emitImage(ir: IrProgram): ProgramImage {
  const constants = new ConstantTable(ir.constants);
  const nodes = emitNodes(ir, (text) => constants.idOf(text));
  const automata = placeAutomata(ir.automata.map(({ image }) => image));
  const pool = new ArgPool();
  const operands = new OperandEmitter(pool, nodes.numbers, automata.offsets);
  const values = ir.values.map((value): ValueRow => {
    const [a, b, c] = operands.words(value.operands);
    const list = value.shape === 'texts' || value.shape === 'numbers' ? VALUE_LIST : 0;
    const number = value.shape === 'number' || value.shape === 'numbers' ? VALUE_NUMBER : 0;
    return { op: numberOf(VALUE_OPS, value.op), flags: (value.gated ? VALUE_GATED : 0) | list | number, a, b, c };
  });
  const predicates = ir.predicates.map((predicate): PredicateRow => {
    const [a, b, c] = operands.words(predicate.operands);
    return { op: numberOf(PREDICATE_OPS, predicate.op), a, b, c };
  });
  const isEager = (id: number): boolean => {
    const value = ir.values[id]!;
    const node = value.operands[0];
    return (
      (value.op === 'NODE_TEXT' || value.op === 'NODE_LIST') &&
      node?.kind === 'node' &&
      nodes.isFirstPass[nodes.numbers[node.id]!]!
    );
  };
  const formulas = ir.rules.map((rule) => formulaOf(rule.condition));
  const plan = indexRules(ir, formulas, isEager);
  const code: Instruction[] = [];
  const rules = ir.rules.map((rule, i): RuleRow => {
    const start = emitRule(code, plan.formulas[i]!);
    return { code: start, outputs: pool.add(rule.outputs.length, rule.outputs) };
  });
  const index = plan.rows.map((row): IndexRow => {
    const guards = row.guards.map(({ formula, ...guard }) => ({ ...guard, code: emitRule(code, formula) }));
    return { ...row, guards };
  });
  const envelopeNode = (id: number | undefined): number => (id === undefined ? NO_NODE : nodes.numbers[id]!);
  return {
    flags: (ir.fixed ? FLAG_FIXED : 0) | (ir.objects ? FLAG_OBJECTS : 0),
    envelope: {
      kind: envelopeNode(ir.envelope.kind),
      items: envelopeNode(ir.envelope.items),
      time: envelopeNode(ir.envelope.time),
      auditId: envelopeNode(ir.envelope.auditId),
    },
    constants: constants.list,
    interned: internedConstants(ir),
    nodes: nodes.rows,
    values,
    args: pool.words(),
    predicates,
    code,
    rules,
    index,
    alternatives: plan.alternatives,
    automata: automata.bytes,
    meta: ir.meta,
  };
}

/** The IR's constants, then keys that are none of them. */
class ConstantTable {
  readonly list: Uint8Array[];
  readonly #ids: Map<string, number> = new Map();

  constructor(constants: readonly Uint8Array[]) {
    this.list = [...constants];
    constants.forEach((bytes, id) => {
      this.#ids.set(bytes.join(), id);
    });
  }

  idOf(text: string): number {
    const bytes = textBytes(text);
    const key = bytes.join();
    const id = this.#ids.get(key) ?? this.list.push(bytes) - 1;
    this.#ids.set(key, id);
    return id;
  }
}

type Words = readonly [number, number, number];

class OperandEmitter {
  readonly #pool: ArgPool;
  readonly #nodes: readonly number[];
  readonly #automata: readonly number[];

  constructor(pool: ArgPool, nodes: readonly number[], automata: readonly number[]) {
    this.#pool = pool;
    this.#nodes = nodes;
    this.#automata = automata;
  }

  /** Operands a, b and c; a 64-bit number takes two of them. */
  words(operands: readonly IrOperand[]): Words {
    const words = operands.flatMap((operand) =>
      operand.kind === 'number' ? lowAndHigh(operand.value) : [this.#word(operand)],
    );
    return [words[0] ?? 0, words[1] ?? 0, words[2] ?? 0];
  }

  #word(operand: Exclude<IrOperand, { kind: 'number' }>): number {
    switch (operand.kind) {
      case 'none':
        return 0;
      case 'node':
        return this.#nodes[operand.id]!;
      case 'constant':
      case 'value':
        return operand.id;
      case 'values':
      case 'predicates':
        return this.#pool.add(operand.ids.length, operand.ids);
      case 'constants': {
        const ids = [...new Set(operand.ids)].sort((a, b) => a - b);
        return this.#pool.add(ids.length, ids);
      }
      case 'numbers': {
        const numbers = [...new Set(operand.numbers.map((n) => BigInt.asUintN(64, n)))].sort((a, b) =>
          a < b ? -1 : 1,
        );
        return this.#pool.add(numbers.length, numbers.flatMap(lowAndHigh));
      }
      case 'networks':
        return this.#pool.add(
          operand.networks.length,
          operand.networks.flatMap(({ constant, prefix }) => [constant, prefix]),
        );
      case 'automaton':
        return this.#automata[operand.id]!;
      case 'index':
        return operand.index ?? NO_INDEX;
      case 'immediate':
        return operand.value;
    }
  }
}

function lowAndHigh(value: bigint): readonly number[] {
  return [Number(BigInt.asUintN(32, value)), Number(BigInt.asUintN(32, value >> 32n))];
}

function numberOf(table: readonly { readonly name: string; readonly code: number }[], name: string): number {
  const row = table.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`no operation ${name}`);
  return row.code;
}

/** Constants that a predicate asks for as members of a set. */
function internedConstants(ir: IrProgram): readonly number[] {
  const ids = new Set<number>();
  for (const predicate of ir.predicates) {
    for (const operand of predicate.operands) {
      if (operand.kind === 'constants') for (const id of operand.ids) ids.add(id);
    }
  }
  return [...ids].sort((a, b) => a - b);
}

function placeAutomata(images: readonly Uint8Array[]): { bytes: Uint8Array; offsets: readonly number[] } {
  const offsets: number[] = [];
  let length = 0;
  for (const image of images) {
    offsets.push(length);
    length += Math.ceil(image.length / 8) * 8;
  }
  const bytes = new Uint8Array(length);
  images.forEach((image, i) => {
    bytes.set(image, offsets[i]!);
  });
  return { bytes, offsets };
}
