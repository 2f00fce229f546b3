// Canonical text of conditions and operands, as Falco prints them in `condition_compiled` and in the keys of
// `output_fields`: `(a and b)`, `not ` in front, one blank around operators, lists as `(a, b)`, transformer arguments
// without blanks. It keeps its own stack, since a condition can nest as deep as its macros do.

import type { Check, Condition, FieldRef, Operand, Right, TransformerArg } from './ast.ts';
import { escapeText } from './escape.ts';

export interface PrintOptions {
  /** the tree that a macro name stands for, printed in its place; macros must not form a loop */
  readonly macro?: (name: string) => Condition | undefined;
}

export function printCondition(node: Condition, options: PrintOptions = {}): string {
  const pending: (Condition | string)[] = [node];
  let printed = '';
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (typeof next === 'string') printed += next;
    else for (const piece of piecesOf(next, options).reverse()) pending.push(piece);
  }
  return printed;
}

function piecesOf(node: Condition, options: PrintOptions): (Condition | string)[] {
  switch (node.kind) {
    case 'and':
    case 'or':
      return ['(', ...node.children.flatMap((child, index) => (index > 0 ? [` ${node.kind} `, child] : [child])), ')'];
    case 'not':
      return ['not ', node.child];
    case 'macro':
      return [options.macro?.(node.name) ?? node.name];
    case 'check':
      return [printCheck(node)];
  }
}

function printCheck(check: Check): string {
  const operator = check.modifier ? `${check.operator} ${check.modifier}` : check.operator;
  const test = `${printOperand(check.left)} ${operator}`;
  return check.right ? `${test} ${printRight(check.right)}` : test;
}

function printRight(right: Right): string {
  return right.kind === 'list'
    ? `(${right.items.map((item) => escapeText(item.text)).join(', ')})`
    : printArgument(right);
}

/** `ka.verb`, `ka.uri.param[watch]`, `toupper(ka.verb)`. */
export function printOperand(operand: Operand): string {
  if (operand.kind === 'field') return printField(operand);
  return `${operand.name}(${operand.args.map(printArgument).join(',')})${printSelector(operand.arg)}`;
}

export function printField(ref: FieldRef): string {
  return ref.name + printSelector(ref.arg);
}

function printSelector(arg: string | undefined): string {
  return arg === undefined ? '' : `[${arg === '' ? '""' : escapeText(arg)}]`;
}

function printArgument(argument: TransformerArg): string {
  switch (argument.kind) {
    case 'value':
      return escapeText(argument.text);
    case 'tlist':
      return `(${argument.items.map(printArgument).join(',')})`;
    default:
      return printOperand(argument);
  }
}
