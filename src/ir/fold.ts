// Boolean connectives that simplify while they build: constants disappear, nested nodes of one kind become one node, a
// double negation cancels. The order of evaluation stays.

import type { IrBool } from './ir.ts';

export const TRUE: IrBool = { kind: 'constant', value: true };
export const FALSE: IrBool = { kind: 'constant', value: false };

export function not(child: IrBool): IrBool {
  if (child.kind === 'constant') return child.value ? FALSE : TRUE;
  return child.kind === 'not' ? child.child : { kind: 'not', child };
}

export function and(children: readonly IrBool[]): IrBool {
  return join('and', children);
}

export function or(children: readonly IrBool[]): IrBool {
  return join('or', children);
}

function join(kind: 'and' | 'or', children: readonly IrBool[]): IrBool {
  const neutral = kind === 'and';
  const flat: IrBool[] = [];
  for (const child of children) {
    if (child.kind === 'constant') {
      if (child.value !== neutral) return child;
    } else if (child.kind === kind) for (const inner of child.children) flat.push(inner);
    else flat.push(child);
  }
  if (flat.length > 1) return { kind, children: flat };
  return flat[0] ?? (neutral ? TRUE : FALSE);
}
