// Checks of value and predicate rows: known operation, operands of the kinds that the operation's row states, references to
// lower rows only, values of the shape that the operation reads.

import { VALUE_GATED, VALUE_LIST, VALUE_NUMBER } from '../isa/layout.ts';
import { MAX_ANSWER_DEPTH } from '../isa/limits.ts';
import {
  EVENT_NUMBERS,
  EVENT_TEXTS,
  type OperandKind,
  PREDICATE_OPS,
  VALUE_OPS,
  type ValueOpRow,
} from '../isa/opcodes.ts';
import { verifyAutomaton } from '../pattern/verify-automaton.ts';
import type { Section } from './decode.ts';
import type { PredicateRow, ValueRow } from './image.ts';

/** What operands refer to. */
export interface Tables {
  readonly constants: readonly Uint8Array[];
  readonly nodeCount: number;
  readonly values: readonly ValueRow[];
  readonly args: Section;
  readonly automata: Uint8Array;
}

export function valueProblem(tables: Tables, row: ValueRow, id: number): string | undefined {
  const op = VALUE_OPS[row.op];
  if (op === undefined) return 'has an unknown operation';
  const problem = operandsProblem(tables, op, row, id);
  if (problem !== undefined) return problem;
  if ((row.flags & ~VALUE_GATED) !== shapeFlags(tables, op, row)) return 'does not have the shape of its operation';
  if (immediateLimit(op.name) <= (op.operands[2] === 'immediate' ? row.c : row.a))
    return 'asks for an unknown property';
  return readsOtherShapes(tables, op, row) ? 'reads a value of another shape' : undefined;
}

export function predicateProblem(tables: Tables, row: PredicateRow, id: number): string | undefined {
  const op = PREDICATE_OPS[row.op];
  if (op === undefined) return 'has an unknown operation';
  const problem = operandsProblem(tables, op, row, id);
  if (problem !== undefined || op.name === 'EXISTS' || op.operands[0] !== 'value') return problem;
  // names tell what is read: LIST_... a list, ..._NUMBER(S) numbers
  const number = op.name.includes('NUMBER') ? VALUE_NUMBER : 0;
  const list = op.name.startsWith('LIST_') ? VALUE_LIST : 0;
  if (shapeOf(tables, row.a) !== (number | list)) return 'reads a value of another shape';
  if (op.operands[1] === 'value' && shapeOf(tables, row.b) !== (number | list)) return 'reads a value of another shape';
  return undefined;
}

function shapeOf(tables: Tables, value: number): number {
  return tables.values[value]!.flags & (VALUE_LIST | VALUE_NUMBER);
}

function shapeFlags(tables: Tables, op: ValueOpRow, row: ValueRow): number {
  if (op.shape !== 'as a') {
    const list = op.shape.endsWith('s') ? VALUE_LIST : 0;
    return list | (op.shape.startsWith('number') ? VALUE_NUMBER : 0);
  }
  return (shapeOf(tables, row.a) & VALUE_LIST) | (op.name === 'PARSE_NUMBER' ? VALUE_NUMBER : 0);
}

/** Shapes of the value operands of operations that do not take texts, or lists and single values alike. */
const OPERAND_SHAPES: Readonly<Record<string, readonly number[]>> = {
  JOIN: [0, VALUE_LIST],
  GETOPT: [VALUE_LIST, 0],
  GETOPT_SELECT: [VALUE_LIST, 0],
  NUMBER_TEXT: [VALUE_NUMBER],
};

/** LENGTH takes any value, the others texts unless the table tells more. */
function readsOtherShapes(tables: Tables, op: ValueOpRow, row: ValueRow): boolean {
  if (op.name === 'LENGTH') return false;
  const words = [row.a, row.b, row.c];
  return op.operands.some((kind, i) => {
    if (kind !== 'value') return false;
    const shape = shapeOf(tables, words[i]!);
    const expected = OPERAND_SHAPES[op.name]?.[i];
    return expected === undefined ? (shape & VALUE_NUMBER) !== 0 : shape !== expected;
  });
}

/** Immediates must be lower than this. */
function immediateLimit(name: string): number {
  if (name === 'EVENT_NUMBER') return EVENT_NUMBERS.length;
  if (name === 'EVENT_TEXT') return EVENT_TEXTS.length;
  return name === 'SUBJECTS' ? 2 : Number.POSITIVE_INFINITY;
}

/** Whether checked rows of one table would be answered by more than MAX_ANSWER_DEPTH calls inside each other. */
export class DepthCheck {
  readonly #tables: Tables;
  readonly #ops: readonly Operands[];
  /** kinds of operands that name a row of this table, and a list of such */
  readonly #one: OperandKind | undefined;
  readonly #several: OperandKind;
  readonly #depths: number[] = [];

  constructor(tables: Tables, ops: readonly Operands[], several: OperandKind, one?: OperandKind) {
    this.#tables = tables;
    this.#ops = ops;
    this.#one = one;
    this.#several = several;
  }

  /** Of the next row. */
  problem(row: PredicateRow): string | undefined {
    const words = [row.a, row.b, row.c];
    let depth = 0;
    this.#ops[row.op]!.operands.forEach((kind, i) => {
      if (kind === this.#one) depth = Math.max(depth, this.#depths[words[i]!]! + 1);
      if (kind === this.#several)
        for (const id of this.#listed(words[i]!)) depth = Math.max(depth, this.#depths[id]! + 1);
    });
    this.#depths.push(depth);
    return depth > MAX_ANSWER_DEPTH ? 'follows from too many others' : undefined;
  }

  #listed(offset: number): Uint32Array {
    const { args } = this.#tables;
    return args.words(4 * (offset + 1), args.u32(4 * offset));
  }
}

type Operands = { readonly operands: readonly [OperandKind, OperandKind, OperandKind]; readonly name: string };

function operandsProblem(tables: Tables, op: Operands, row: PredicateRow, id: number): string | undefined {
  const words = [row.a, row.b, row.c];
  for (let i = 0; i < 3; i++) {
    const problem = operandProblem(tables, op, op.operands[i]!, words[i]!, id);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function operandProblem(tables: Tables, op: Operands, kind: OperandKind, word: number, id: number): string | undefined {
  const isValueRow = VALUE_OPS.some((row) => row === op);
  switch (kind) {
    case 'none':
      return word === 0 ? undefined : 'has an operand too many';
    case 'node':
      return word < tables.nodeCount ? undefined : 'refers to no node';
    case 'constant':
      return word < tables.constants.length ? undefined : 'refers to no constant';
    case 'value':
      return word < (isValueRow ? id : tables.values.length) ? undefined : 'does not refer back to a value';
    case 'values':
      return poolProblem(
        tables,
        word,
        1,
        (at) => tables.args.u32(at) < id && shapeOf(tables, tables.args.u32(at)) === 0,
      );
    case 'predicates':
      return poolProblem(tables, word, 1, (at) => tables.args.u32(at) < id);
    case 'constants':
      return poolProblem(tables, word, 1, (at, isFirst) => {
        const ascends = isFirst || tables.args.u32(at - 4) < tables.args.u32(at);
        return ascends && tables.args.u32(at) < tables.constants.length;
      });
    case 'numbers':
      return poolProblem(tables, word, 2, (at, isFirst) => isFirst || tables.args.u64(at - 8) < tables.args.u64(at));
    case 'networks':
      return poolProblem(tables, word, 2, (at) => {
        const length = tables.constants[tables.args.u32(at)]?.length;
        return (length === 4 || length === 16) && tables.args.u32(at + 4) <= 8 * length;
      });
    case 'automaton':
      return automatonProblem(tables.automata, word);
    default:
      return undefined;
  }
}

/** A [count, elements ...] list of elements of `size` words, each accepted. */
function poolProblem(
  tables: Tables,
  offset: number,
  size: number,
  accepts: (at: number, isFirst: boolean) => boolean,
): string | undefined {
  const { args } = tables;
  if (4 * offset + 4 > args.length) return 'has its list outside the pool';
  const count = args.u32(4 * offset);
  const start = 4 * (offset + 1);
  if (start + 4 * size * count > args.length) return 'has its list outside the pool';
  for (let i = 0; i < count; i++) {
    if (!accepts(start + 4 * size * i, i === 0)) return `has a wrong element ${i} in its list`;
  }
  return undefined;
}

function automatonProblem(automata: Uint8Array, offset: number): string | undefined {
  if (offset % 8 !== 0 || offset + 8 > automata.length) return 'refers to no automaton';
  const view = new DataView(automata.buffer, automata.byteOffset + offset);
  const length = view.getUint32(4, true);
  if (offset + length > automata.length) return 'refers to no automaton';
  const problem = verifyAutomaton(automata.subarray(offset, offset + length));
  return problem === null ? undefined : `has a bad automaton: ${problem}`;
}
