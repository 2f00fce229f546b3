// Which texts of an event repeat themselves from event to event. Most do: verbs, resources, user names, user agents, reasons of decisions. These
// do not, and what the index remembers of them is of no use.

import type { IrProgram } from '../ir/ir.ts';

const VARIED: ReadonlySet<string> = new Set([
  'auditID',
  'requestURI',
  'requestReceivedTimestamp',
  'stageTimestamp',
  'objectRef/name',
  'objectRef/uid',
  'objectRef/resourceVersion',
]);

export function isRepetitive(ir: IrProgram, value: number): boolean {
  const node = ir.values[value]!.operands[0];
  return node?.kind === 'node' && (ir.objects || !VARIED.has(pathOf(ir, node.id)));
}

function pathOf(ir: IrProgram, node: number): string {
  const keys: string[] = [];
  for (let at = node; at !== 0; at = ir.nodes[at]!.parent) keys.unshift(ir.nodes[at]!.key);
  return keys.join('/');
}
