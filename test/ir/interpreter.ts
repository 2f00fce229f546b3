// An IrProgram run slowly over one parsed event: values are byte strings as latin-1 texts, predicates by their documented
// meaning. Covers what the language cases use but for automata and the clock; undefined means "cannot say".

import { parseAddress } from '../../src/check/address.ts';
import type { IrBool, IrOperand, IrProgram } from '../../src/ir/ir.ts';
import { getopt } from '../reference/getopt.ts';

type Scalar = string | bigint;
type Value = Scalar | readonly Scalar[] | undefined;
type Tri = boolean | undefined;

const latin = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export function runRule(program: IrProgram, rule: number, event: unknown): Tri {
  const values = new Map<number, Value>();
  const value = (id: number): Value => {
    if (id < 0) return undefined;
    if (!values.has(id)) values.set(id, computeValue(program, id, event, value));
    return values.get(id);
  };
  return evaluate(program.rules[rule]!.condition, (id) => predicate(program, id, value));
}

function evaluate(tree: IrBool, test: (id: number) => Tri): Tri {
  switch (tree.kind) {
    case 'constant':
      return tree.value;
    case 'predicate':
      return test(tree.id);
    case 'not': {
      const child = evaluate(tree.child, test);
      return child === undefined ? undefined : !child;
    }
    default: {
      const results = tree.children.map((child) => evaluate(child, test));
      const stop = tree.kind === 'or';
      if (results.includes(stop)) return stop;
      return results.includes(undefined) ? undefined : !stop;
    }
  }
}

const valueId = (operand: IrOperand | undefined): number => (operand?.kind === 'value' ? operand.id : -1);

function computeValue(program: IrProgram, id: number, event: unknown, value: (id: number) => Value): Value {
  const { op, operands } = program.values[id]!;
  const [a, b, c] = operands;
  const constant = (operand: IrOperand | undefined): string =>
    latin(program.constants[operand?.kind === 'constant' ? operand.id : -1]!);
  const nodes = (): unknown[] => (a?.kind === 'node' ? reach(program, a.id, event) : []);
  const one = value(valueId(a));
  const two = value(valueId(b));
  const all = (): Value[] => (a?.kind === 'values' ? a.ids.map(value) : []);
  switch (op) {
    case 'NODE_TEXT':
      return nodes().map(text)[0];
    case 'NODE_COLLECT':
      return listOrAbsent(
        nodes()
          .flatMap((found) => (Array.isArray(found) ? found : [found]))
          .map(text),
      );
    case 'CONSTANT':
      return constant(a);
    case 'EVENT_NUMBER':
      return a?.kind === 'immediate' && a.value === 0 ? 1n : 1_700_000_000n;
    case 'PARSE_NUMBER':
      return each(one, (item) => BigInt(item));
    case 'PARSE_BOOL':
      return one;
    case 'PARSE_ADDRESS':
      return each(one, (item) => latin(parseAddress(String(item))!));
    case 'TOLOWER':
      return each(one, (item) => String(item).replace(/[A-Z]/g, (x) => x.toLowerCase()));
    case 'TOUPPER':
      return each(one, (item) => String(item).replace(/[a-z]/g, (x) => x.toUpperCase()));
    case 'BASENAME':
      return each(one, (item) => String(item).replace(/^.*\//s, ''));
    case 'B64':
      return each(one, (item) =>
        /^[A-Za-z0-9+/]*={0,2}$/.test(String(item)) && String(item).length % 4 !== 1 ? atob(String(item)) : undefined,
      );
    case 'LENGTH':
      return one === undefined ? undefined : BigInt((one as string).length);
    case 'NUMBER_TEXT':
      return one === undefined ? undefined : String(one);
    case 'CONCAT':
      return all().includes(undefined) ? undefined : all().join('');
    case 'LIST':
      return all().includes(undefined) ? undefined : (all() as Scalar[]);
    case 'JOIN':
      return one === undefined || two === undefined ? undefined : (two as readonly Scalar[]).join(String(one));
    case 'GETOPT':
      return one === undefined ? undefined : getopt(one as string[], String(two), undefined);
    case 'GETOPT_SELECT':
      return one === undefined ? undefined : getopt(one as string[], String(two), constant(c))?.[0];
    default:
      return op === 'ABSENT' ? undefined : 'unknown';
  }
}

function each(value: Value, convert: (item: Scalar) => Scalar | undefined): Value {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return convert(value as Scalar);
  const items = value.map(convert);
  return items.includes(undefined) ? undefined : (items as Scalar[]);
}

function reach(program: IrProgram, id: number, event: unknown): unknown[] {
  if (id === 0) return [event];
  const { parent, key, position } = program.nodes[id]!;
  return reach(program, parent, event).flatMap((at) => {
    if (position === -2) return Array.isArray(at) ? at : [];
    if (Array.isArray(at)) return position in at ? [at[position]] : [];
    return typeof at === 'object' && at !== null && key in at ? [(at as Record<string, unknown>)[key]] : [];
  });
}

/** Strings in the event are byte strings already. */
function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function listOrAbsent(list: string[]): Value {
  return list.length === 0 ? undefined : list;
}

function predicate(program: IrProgram, id: number, value: (id: number) => Value): Tri {
  const { op, operands } = program.predicates[id]!;
  const [a, b] = operands;
  if (op === 'EXACTLY_ONE') {
    const results = a?.kind === 'predicates' ? a.ids.map((inner) => predicate(program, inner, value)) : [];
    return results.includes(undefined) ? undefined : results.filter(Boolean).length === 1;
  }
  const left = value(valueId(a));
  if (left === undefined) return false;
  if (op === 'EXISTS') return true;
  if (b?.kind === 'value') return compareValues(op, left, value(b.id));
  const items: readonly Scalar[] = Array.isArray(left) ? left : [left as Scalar];
  const isMember = memberTest(program, b);
  if (isMember) return op.startsWith('LIST_ANY') ? items.some(isMember) : items.every(isMember);
  if (b?.kind === 'number') return order(op.slice(0, 2), left as bigint, b.value);
  if (b?.kind === 'constant') return textTest(op, left as string, latin(program.constants[b.id]!));
  return undefined;
}

function memberTest(program: IrProgram, set: IrOperand | undefined): ((item: Scalar) => boolean) | undefined {
  if (set?.kind === 'numbers') return (item) => set.numbers.includes(item as bigint);
  if (set?.kind === 'networks') {
    return (item) =>
      set.networks.some(
        ({ constant, prefix }) =>
          bits(item as string, prefix) === bits(latin(program.constants[constant]!), prefix) &&
          (item as string).length === program.constants[constant]!.length,
      );
  }
  if (set?.kind !== 'constants') return undefined;
  const texts = set.ids.map((id) => latin(program.constants[id]!));
  return (item) => texts.includes(item as string);
}

function bits(address: string, prefix: number): string {
  return [...address]
    .map((c) => c.charCodeAt(0).toString(2).padStart(8, '0'))
    .join('')
    .slice(0, prefix);
}

function compareValues(op: string, left: Value, right: Value): Tri {
  if (right === undefined) return false;
  const numberless = op.replace('_NUMBER', '');
  if (numberless.startsWith('LIST_')) {
    const isMember = (item: Scalar): boolean => (right as readonly Scalar[]).includes(item);
    const items = left as readonly Scalar[];
    return numberless.startsWith('LIST_ANY') ? items.some(isMember) : items.every(isMember);
  }
  if (numberless === 'EQ_VALUE') return left === right;
  const test = numberless.replace('_VALUE', '');
  return /^(LT|LE|GT|GE)$/.test(test)
    ? order(test, left as Scalar, right as Scalar)
    : textTest(test, left as string, right as string);
}

function order(op: string, left: Scalar, right: Scalar): boolean {
  return { LT: left < right, LE: left <= right, GT: left > right, GE: left >= right }[op]!;
}

function textTest(op: string, left: string, right: string): Tri {
  const fold = (value: string): string => value.replace(/[A-Z]/g, (x) => x.toLowerCase());
  switch (op) {
    case 'CONTAINS':
      return left.includes(right);
    case 'ICONTAINS':
      return fold(left).includes(fold(right));
    case 'STARTSWITH':
      return left.startsWith(right);
    case 'ENDSWITH':
      return left.endsWith(right);
    default:
      return op.endsWith('_TEXT') ? order(op.slice(0, 2), left, right) : undefined;
  }
}
