// Places in the event document, renumbered breadth first: parents before children, the children of a node side by side. Marks
// the nodes whose children the engine looks for in its first pass over an event.

import type { IrNode, IrProgram } from '../ir/ir.ts';
import { NODE_EAGER, NODE_EAGER_CHECKED, NODE_EVERY, NODE_NO_POSITION } from '../isa/layout.ts';
import type { NodeRow } from '../program/image.ts';

/** The large parts of an audit event: entered on the way when they are checked, else only when a live rule needs them. */
export const BODY_KEYS: readonly string[] = ['requestObject', 'responseObject'];

export interface EmittedNodes {
  readonly rows: readonly NodeRow[];
  /** new number of each node of the IR */
  readonly numbers: readonly number[];
  /** per new number: found in the first pass */
  readonly isFirstPass: readonly boolean[];
}

/** `constantOf` gives the id of a key. */
export function emitNodes(ir: IrProgram, constantOf: (text: string) => number): EmittedNodes {
  const { order, numbers, childrenOf } = numberNodes(ir.nodes);
  const flags: number[] = [];
  const isFirstPass: boolean[] = [];
  const depths: number[] = [];
  const rows = order.map((old, id): NodeRow => {
    const node = ir.nodes[old]!;
    const parent = id === 0 ? 0 : numbers[node.parent]!;
    const children = childrenOf[old]!;
    depths.push(id === 0 ? 0 : depths[parent]! + 1);
    isFirstPass.push(id === 0 || flags[parent] === NODE_EAGER);
    flags.push(id === 0 ? NODE_EAGER : flagOf(ir, node, depths[id]!, flags[parent]!));
    return {
      parent,
      key: id === 0 ? 0 : constantOf(node.key),
      position: positionOf(node),
      firstChild: children.length === 0 ? 0 : numbers[children[0]!]!,
      childCount: children.length,
      flags: flags[id]!,
    };
  });
  return { rows, numbers, isFirstPass };
}

/** An embedder's events have no known large parts: what is two levels deep is looked for at once. */
function flagOf(ir: IrProgram, node: IrNode, depth: number, parent: number): number {
  if (ir.objects) return depth < 2 ? NODE_EAGER : 0;
  return depth === 1 && BODY_KEYS.includes(node.key) ? NODE_EAGER_CHECKED : parent;
}

function positionOf(node: IrNode): number {
  if (node.position === -1) return NODE_NO_POSITION;
  return node.position === -2 ? NODE_EVERY : node.position;
}

interface Numbering {
  readonly order: readonly number[];
  readonly numbers: readonly number[];
  readonly childrenOf: readonly (readonly number[])[];
}

function numberNodes(nodes: readonly IrNode[]): Numbering {
  const childrenOf: number[][] = nodes.map(() => []);
  nodes.forEach((node, id) => {
    if (id > 0) childrenOf[node.parent]!.push(id);
  });
  const order = [0];
  for (let i = 0; i < order.length; i++) for (const child of childrenOf[order[i]!]!) order.push(child);
  const numbers = new Array<number>(nodes.length).fill(0);
  order.forEach((old, id) => {
    numbers[old] = id;
  });
  return { order, numbers, childrenOf };
}
