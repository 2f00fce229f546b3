// Fields, transformers and literals in, typed operands or the first problem out. Arguments are checked before the
// transformer that takes them, as Falco does. `concat`, `join` and `getopt` look at the type that an argument has before
// its own one-argument transformers: `concat(len(a.b), "x")` is accepted, and lowering makes the number a text.

import type { Catalogue, FieldType } from '../isa/catalogue.ts';
import type { TransformerArg, TransformerCall, TransformerList, Value } from '../syntax/ast.ts';
import { textBytes } from '../syntax/text-bytes.ts';
import type { CheckedOperand, Type } from './checked.ts';
import { checkField } from './field.ts';
import { type CheckProblem, problemAt } from './problem.ts';

type CheckedCall = Extract<CheckedOperand, { kind: 'transformer' }>;
type Name = CheckedCall['name'];

const STRING: Type = { type: 'string', list: false };
const STRINGS: Type = { type: 'string', list: true };
const NUMBER: Type = { type: 'uint64', list: false };
const NUMBER_TYPES: readonly FieldType[] = ['uint64', 'reltime', 'abstime'];

/** `string`, `list of uint64`. */
export function typeName(type: Type): string {
  return type.list ? `list of ${type.type}` : type.type;
}

export function isNumeric(type: Type): boolean {
  return NUMBER_TYPES.includes(type.type);
}

/** `val(...)` is its field. */
export function checkOperand(operand: TransformerArg, catalogue: Catalogue): CheckedOperand | CheckProblem {
  switch (operand.kind) {
    case 'field':
      return checkField(operand, catalogue);
    case 'value':
      return literal(operand);
    case 'tlist':
      return checkLiteralList(operand, catalogue);
    case 'transformer':
      return checkCall(operand, catalogue);
  }
}

// a text ends at its first NUL
function literal(value: Value): CheckedOperand {
  const bytes = textBytes(value.text);
  const nul = bytes.indexOf(0);
  return { kind: 'literal', bytes: nul < 0 ? bytes : bytes.subarray(0, nul), type: STRING };
}

function checkLiteralList(list: TransformerList, catalogue: Catalogue): CheckedOperand | CheckProblem {
  const items: CheckedOperand[] = [];
  for (const item of list.items) {
    const checked = checkOperand(item, catalogue);
    if (checked.kind === 'problem') return checked;
    const { type, list: isList } = checked.type;
    if (isList ? type !== 'string' : type === 'ipaddr' || type === 'ipnet') {
      return problemAt(item, 'transformer_arg_type', `a ${typeName(checked.type)} cannot stand in a list of texts`);
    }
    items.push(checked);
  }
  return { kind: 'list', items, type: STRINGS };
}

function checkCall(call: TransformerCall, catalogue: Catalogue): CheckedOperand | CheckProblem {
  const args: CheckedOperand[] = [];
  for (const arg of call.args) {
    const checked = checkOperand(arg, catalogue);
    if (checked.kind === 'problem') return checked;
    args.push(checked);
  }
  const { name } = call;
  if (name === 'val') return call.arg === undefined ? args[0]! : selectorProblem(call);
  const type = arityProblem(call) ?? resultType(call, name, args);
  if ('kind' in type) return type;
  const checked: CheckedCall = { kind: 'transformer', name, args, type };
  if (call.arg === undefined) return checked;
  if (name !== 'getopt' || textBytes(call.arg).length !== 1) return selectorProblem(call);
  return { ...checked, selector: call.arg, type: STRING };
}

function selectorProblem(call: TransformerCall): CheckProblem {
  const message =
    call.name === 'getopt'
      ? `the selector of getopt() is one option letter, found '${call.arg}'`
      : `${call.name}() takes no argument in square brackets`;
  return problemAt(call, 'transformer_bad_selector', message);
}

function arityProblem(call: TransformerCall): CheckProblem | undefined {
  const { name, args } = call;
  const [fits, expected] =
    name === 'concat'
      ? [args.length >= 2, 'two or more arguments']
      : name === 'join' || name === 'getopt'
        ? [args.length === 2, 'two arguments']
        : [args.length === 1, 'one argument'];
  if (fits) return undefined;
  return problemAt(call, 'transformer_arity', `${name}() takes ${expected}, found ${args.length}`);
}

function resultType(call: TransformerCall, name: Name, args: readonly CheckedOperand[]): Type | CheckProblem {
  switch (name) {
    case 'tolower':
    case 'toupper':
    case 'b64':
    case 'basename':
      return args[0]!.type.type === 'string' ? flatType(call, name, args[0]!) : typeMismatch(call, name, args[0]!);
    case 'len':
      return args[0]!.type.list || args[0]!.type.type === 'string'
        ? (mixedListProblem(call, name, args[0]!) ?? NUMBER)
        : typeMismatch(call, name, args[0]!);
    case 'concat':
      return firstProblem(args.map((arg, i) => expectText(call, name, i, arg))) ?? STRING;
    case 'join':
      return firstProblem([expectText(call, name, 0, args[0]!), expectTexts(call, name, 1, args[1]!)]) ?? STRING;
    case 'getopt':
      return (
        firstProblem([expectTexts(call, name, 0, args[0]!), expectText(call, name, 1, args[1]!)]) ??
        mixedListProblem(call, name, args[0]!) ??
        STRINGS
      );
  }
}

function flatType(call: TransformerCall, name: Name, arg: CheckedOperand): Type | CheckProblem {
  return mixedListProblem(call, name, arg) ?? arg.type;
}

function typeMismatch(call: TransformerCall, name: Name, arg: CheckedOperand): CheckProblem {
  const expected = name === 'len' ? 'a string or a list' : 'a string or a list of strings';
  const message = `${name}() expects ${expected}, found a ${typeName(arg.type)}`;
  return problemAt(call.args[0]!, 'transformer_type_mismatch', message);
}

function firstProblem(problems: readonly (CheckProblem | undefined)[]): CheckProblem | undefined {
  return problems.find((problem) => problem !== undefined);
}

function expectText(call: TransformerCall, name: Name, i: number, arg: CheckedOperand): CheckProblem | undefined {
  const { type, list } = untransformedType(arg);
  return type === 'string' && !list ? undefined : argumentProblem(call, name, i, 'a single string', arg);
}

function expectTexts(call: TransformerCall, name: Name, i: number, arg: CheckedOperand): CheckProblem | undefined {
  const { type, list } = untransformedType(arg);
  const fits = type === 'string' && list && arg.type.list;
  return fits ? undefined : argumentProblem(call, name, i, 'a list of strings', arg);
}

function argumentProblem(
  call: TransformerCall,
  name: Name,
  i: number,
  expected: string,
  arg: CheckedOperand,
): CheckProblem {
  const message = `${name}() expects ${expected} as argument ${i + 1}, found a ${typeName(arg.type)}`;
  return problemAt(call.args[i]!, 'transformer_arg_type', message);
}

function untransformedType(operand: CheckedOperand): Type {
  if (operand.kind !== 'transformer' || operand.args.length !== 1) return operand.type;
  return untransformedType(operand.args[0]!);
}

// a list within a literal list is spread out by join() alone
function mixedListProblem(call: TransformerCall, name: Name, arg: CheckedOperand): CheckProblem | undefined {
  if (arg.kind !== 'list' || !arg.items.some((item) => item.type.list)) return undefined;
  return problemAt(call.args[0]!, 'transformer_arg_type', `${name}() expects single values in a literal list`);
}
