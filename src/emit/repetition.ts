// Which texts of an event repeat themselves from event to event. Most do: verbs, resources, user names, user agents, reasons of decisions. These
// do not, and what the index remembers of them is of no use.

import type { IrProgram } from '../ir/ir.ts';
import { BODY_KEYS } from './nodes.ts';

const VARIED: ReadonlySet<string> = new Set([
  'auditID',
  'requestURI',
  'requestReceivedTimestamp',
  'stageTimestamp',
  'objectRef/name',
  'objectRef/uid',
  'objectRef/resourceVersion',
]);

/** Constants that most events hold at their place. */
const COMMON: ReadonlySet<string> = new Set(['ResponseComplete', 'allow', 'Metadata']);

export function isCommon(ir: IrProgram, constant: number): boolean {
  return COMMON.has(new TextDecoder().decode(ir.constants[constant]!));
}

export function isRepetitive(ir: IrProgram, value: number): boolean {
  return ir.objects || !(VARIED.has(pathOf(ir, value)) || isBody(ir, value));
}

export function isBody(ir: IrProgram, value: number): boolean {
  return !ir.objects && BODY_KEYS.includes(pathOf(ir, value));
}

/** The place that the value is read from, if it is one. */
function pathOf(ir: IrProgram, value: number): string {
  const node = ir.values[value]!.operands[0];
  const keys: string[] = [];
  if (node?.kind !== 'node') return '';
  for (let at = node.id; at !== 0; at = ir.nodes[at]!.parent) keys.unshift(ir.nodes[at]!.key);
  return keys.join('/');
}
