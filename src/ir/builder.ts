// The tables of an IrProgram under construction. Equal rows are one row, so a predicate or value that many rules name is
// computed once per event, and a row refers to earlier rows only. A few predicates are decided here: those over a value
// that is never there, or that is a constant.

import { VALUE_OPS } from '../isa/opcodes.ts';
import type { IrAutomaton, IrBool, IrNode, IrOperand, IrPredicate, IrValue } from './ir.ts';

/** IrNode.position */
export const NO_POSITION = -1;
export const EVERY_POSITION = -2;

const SHAPES: ReadonlyMap<string, string> = new Map(VALUE_OPS.map((row) => [row.name, row.shape]));

export class IrBuilder {
  readonly nodes: IrNode[] = [{ parent: 0, key: '', position: NO_POSITION }];
  readonly constants: Uint8Array[] = [];
  readonly values: IrValue[] = [];
  readonly predicates: IrPredicate[] = [];
  readonly automata: IrAutomaton[] = [];
  readonly #ids = new Map<string, number>();

  /** The node under `parent`; `position` is what the key means in an array, by default as the json plugin reads it. */
  node(parent: number, key: string, position: number = lenientPosition(key)): number {
    return this.#intern(this.nodes, `n${parent}/${position}/${key}`, () => ({ parent, key, position }));
  }

  /** The node that reference tokens lead to from the event. */
  path(tokens: readonly string[]): number {
    return tokens.reduce((parent, token) => this.node(parent, token), 0);
  }

  constant(bytes: Uint8Array): number {
    return this.#intern(this.constants, `c${bytesKey(bytes)}`, () => bytes);
  }

  text(text: string): number {
    return this.constant(new TextEncoder().encode(text));
  }

  automaton({ image, literals }: IrAutomaton): number {
    return this.#intern(this.automata, `a${bytesKey(image)}`, () => ({ image, literals }));
  }

  value(op: string, operands: readonly IrOperand[], gated = false): number {
    return this.#intern(this.values, `v${gated} ${rowKey(op, operands)}`, () => ({
      op,
      operands,
      gated,
      shape: this.#shape(op, operands),
    }));
  }

  absent(): number {
    return this.value('ABSENT', []);
  }

  predicate(op: string, operands: readonly IrOperand[]): IrBool {
    const decided = this.#decide(op, operands);
    if (decided !== undefined) return { kind: 'constant', value: decided };
    const id = this.#intern(this.predicates, `p${rowKey(op, operands)}`, () => ({ op, operands }));
    return { kind: 'predicate', id };
  }

  #decide(op: string, operands: readonly IrOperand[]): boolean | undefined {
    for (const operand of operands) {
      if (operand.kind === 'value' && this.values[operand.id]!.op === 'ABSENT') return false;
    }
    const [left, right] = operands;
    const value = left?.kind === 'value' ? this.values[left.id]! : undefined;
    if (value === undefined || value.gated || !ALWAYS_PRESENT.has(value.op)) return undefined;
    if (op === 'EXISTS') return true;
    const [constant] = value.operands;
    if (constant?.kind !== 'constant') return undefined;
    return op === 'IN_SET' && right?.kind === 'constants' ? right.ids.includes(constant.id) : undefined;
  }

  #shape(op: string, operands: readonly IrOperand[]): IrValue['shape'] {
    const shape = SHAPES.get(op);
    if (shape !== 'as a') return shape as IrValue['shape'];
    const [operand] = operands;
    const inner = operand?.kind === 'value' ? this.values[operand.id]!.shape : 'text';
    if (op !== 'PARSE_NUMBER') return inner;
    return inner === 'texts' ? 'numbers' : 'number';
  }

  #intern<T>(rows: T[], key: string, make: () => T): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    rows.push(make());
    this.#ids.set(key, rows.length - 1);
    return rows.length - 1;
  }
}

/** Values that every event has. */
export const ALWAYS_PRESENT: ReadonlySet<string> = new Set([
  'CONSTANT',
  'DOCUMENT_TEXT',
  'RAWTIME_TEXT',
  'EVENT_NUMBER',
  'EVENT_TEXT',
]);

// As the json plugin reads an array index: a sign and leading zeros are fine, a negative one names nothing.
function lenientPosition(key: string): number {
  return /^[+-]?[0-9]+$/.test(key) ? positionAt(key) : NO_POSITION;
}

/** As JSON Pointer has it: digits without a leading zero. */
export function strictPosition(key: string): number {
  return /^(?:0|[1-9][0-9]*)$/.test(key) ? positionAt(key) : NO_POSITION;
}

function positionAt(key: string): number {
  const position = Number(key);
  return position >= 0 && position < 0xfffffffe ? Math.abs(position) : NO_POSITION;
}

// one character a byte
function bytesKey(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}

function rowKey(op: string, operands: readonly IrOperand[]): string {
  return `${op} ${operands.map(operandKey).join(' ')}`;
}

function operandKey(operand: IrOperand): string {
  switch (operand.kind) {
    case 'none':
      return '-';
    case 'index':
      return `index ${operand.index}`;
    case 'immediate':
    case 'number':
      return `${operand.kind} ${operand.value}`;
    case 'numbers':
      return `numbers ${operand.numbers}`;
    case 'networks':
      return `networks ${operand.networks.map(({ constant, prefix }) => `${constant}/${prefix}`)}`;
    case 'values':
    case 'constants':
    case 'predicates':
      return `${operand.kind} ${operand.ids}`;
    default:
      return `${operand.kind} ${operand.id}`;
  }
}
