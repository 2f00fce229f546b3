// The tree of a condition in the form of the case files: no positions, one key per kind of node.

import type { Condition, Right, TransformerArg } from '../../src/syntax/ast.ts';

export function caseTree(node: Condition): unknown {
  switch (node.kind) {
    case 'and':
    case 'or':
      return { [node.kind]: node.children.map(caseTree) };
    case 'not':
      return { not: caseTree(node.child) };
    case 'macro':
      return { macro: node.name };
    case 'check': {
      const op = node.modifier ? `${node.operator} ${node.modifier}` : node.operator;
      return { left: side(node.left), op, ...(node.right && { right: side(node.right) }) };
    }
  }
}

function side(node: Right | TransformerArg): unknown {
  switch (node.kind) {
    case 'value':
      return { value: node.text };
    case 'list':
      return { list: node.items.map((item) => item.text) };
    case 'tlist':
      return { tlist: node.items.map(side) };
    case 'field':
      return { field: node.name, ...(node.arg !== undefined && { arg: node.arg }) };
    case 'transformer':
      return {
        transformer: node.name,
        args: node.args.map(side),
        ...(node.arg !== undefined && { arg: node.arg }),
      };
  }
}
