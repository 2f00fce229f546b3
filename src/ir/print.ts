// An IrProgram as text, for golden tests and people: one row a line, ids as n, v and p with a number.

import { PRIORITY_NAMES } from '../isa/priorities.ts';
import type { TemplatePart } from '../program/meta.ts';
import { EVERY_POSITION } from './builder.ts';
import type { IrBool, IrOperand, IrProgram } from './ir.ts';

export function printIr(program: IrProgram): string {
  const lines: string[] = ['nodes'];
  program.nodes.forEach((_, id) => {
    if (id > 0) lines.push(`  n${id} ${printPath(program, id)}`);
  });
  lines.push('values');
  program.values.forEach((row, id) => {
    const gated = row.gated ? ' gated' : '';
    lines.push(`  v${id} = ${printRow(program, row.op, row.operands)} : ${row.shape}${gated}`);
  });
  lines.push('predicates');
  program.predicates.forEach((row, id) => {
    lines.push(`  p${id} = ${printRow(program, row.op, row.operands)}`);
  });
  lines.push('rules');
  program.rules.forEach((rule, id) => {
    const meta = program.meta.rules[id]!;
    lines.push(`  ${JSON.stringify(meta.name)} ${PRIORITY_NAMES[meta.priority]}: ${printBool(rule.condition)}`);
    lines.push(`    outputs ${rule.outputs.map((value) => `v${value}`).join(' ') || '-'}`);
    lines.push(`    output ${printTemplate(meta.output)}`);
    for (const field of meta.fields) lines.push(`    field ${field.key} = v${field.value} ${field.render}`);
    for (const field of meta.formatted) lines.push(`    formatted ${field.key} = ${printTemplate(field.output)}`);
  });
  return `${lines.join('\n')}\n`;
}

function printPath(program: IrProgram, id: number): string {
  const { parent, key, position } = program.nodes[id]!;
  const token = position === EVERY_POSITION ? '[*]' : key.replaceAll('~', '~0').replaceAll('/', '~1');
  return `${parent === 0 ? '' : printPath(program, parent)}/${token}`;
}

function printRow(program: IrProgram, op: string, operands: readonly IrOperand[]): string {
  return [op, ...operands.map((operand) => printOperand(program, operand))].join(' ');
}

function printOperand(program: IrProgram, operand: IrOperand): string {
  switch (operand.kind) {
    case 'none':
      return '-';
    case 'node':
      return `n${operand.id}`;
    case 'value':
      return `v${operand.id}`;
    case 'constant':
      return printConstant(program, operand.id);
    case 'values':
      return `(${operand.ids.map((id) => `v${id}`).join(' ')})`;
    case 'predicates':
      return `(${operand.ids.map((id) => `p${id}`).join(' ')})`;
    case 'constants':
      return `{${operand.ids.map((id) => printConstant(program, id)).join(', ')}}`;
    case 'numbers':
      return `{${operand.numbers.join(', ')}}`;
    case 'networks':
      return `{${operand.networks.map(({ constant, prefix }) => `${printBytes(program.constants[constant]!)}/${prefix}`).join(', ')}}`;
    case 'automaton':
      return `automaton ${operand.id} (${program.automata[operand.id]!.image.length} bytes)`;
    case 'index':
      return operand.index === undefined ? 'all' : `[${operand.index}]`;
    case 'immediate':
    case 'number':
      return String(operand.value);
  }
}

function printConstant(program: IrProgram, id: number): string {
  const bytes = program.constants[id]!;
  const text = new TextDecoder().decode(bytes);
  return text.includes('\ufffd') ? printBytes(bytes) : JSON.stringify(text);
}

function printBytes(bytes: Uint8Array): string {
  return `x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

function printTemplate(parts: readonly TemplatePart[]): string {
  return parts.map((part) => ('text' in part ? JSON.stringify(part.text) : printToken(part))).join(' ');
}

function printToken({ value, render, width }: Extract<TemplatePart, { value: number }>): string {
  return `v${value}:${render}${width > 0 ? `:${width}` : ''}`;
}

function printBool(condition: IrBool): string {
  switch (condition.kind) {
    case 'constant':
      return String(condition.value);
    case 'predicate':
      return `p${condition.id}`;
    case 'not':
      return `not ${printBool(condition.child)}`;
    default:
      return `(${condition.children.map(printBool).join(` ${condition.kind} `)})`;
  }
}
