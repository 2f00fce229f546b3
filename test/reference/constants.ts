// Constants on the right of an operator, read as the type of its left side. The compiler has refused bad ones already.

import type { FieldType } from '../../src/isa/catalogue.ts';
import type { Value } from '../../src/syntax/ast.ts';
import { parseAddress } from './ip.ts';
import { constantBytes } from './operands.ts';
import { isNumeric, type Scalar } from './values.ts';

const MAX_UINT64 = 2n ** 64n - 1n;

/** A network stays its text: it is compared by containment. */
export function constantOf(value: Value, type: FieldType): Scalar {
  const bytes = constantBytes(value);
  if (isNumeric(type)) return unsigned(bytes);
  if (type === 'bool') return bytes === 'true';
  return type === 'ipaddr' ? (parseAddress(bytes) ?? '') : bytes;
}

/** Too large saturates, negative wraps. */
function unsigned(text: string): bigint {
  const [, sign, digits] = /^\s*([+-]?)(\d+)$/.exec(text) ?? ['', '', '0'];
  const magnitude = BigInt(digits!);
  if (magnitude > MAX_UINT64) return MAX_UINT64;
  return sign === '-' ? BigInt.asUintN(64, -magnitude) : magnitude;
}
