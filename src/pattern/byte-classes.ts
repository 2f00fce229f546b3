// Bytes that no step of an automaton tells apart share a class: a table row has one column per class instead of 256.

import type { RangeSet } from './code-points.ts';

export interface ByteClasses {
  /** class of each byte */
  readonly classOf: Uint8Array;
  readonly count: number;
  /** classes within each byte set, ascending; a class is never in part within a set */
  readonly members: readonly (readonly number[])[];
}

export function byteClasses(byteSets: readonly RangeSet[]): ByteClasses {
  // a set's own bit in the signature of each of its bytes
  const signatures = new Array<string>(256).fill('');
  byteSets.forEach((set, number) => {
    for (const byte of bytesOf(set)) signatures[byte] += `${number},`;
  });
  const numbers = new Map<string, number>();
  const classOf = Uint8Array.from(signatures, (signature) => {
    const known = numbers.get(signature) ?? numbers.size;
    numbers.set(signature, known);
    return known;
  });
  const members = byteSets.map((set) => {
    const classes = new Set<number>();
    for (const byte of bytesOf(set)) classes.add(classOf[byte]!);
    return [...classes].sort((a, b) => a - b);
  });
  return { classOf, count: numbers.size, members };
}

function* bytesOf(set: RangeSet): Generator<number> {
  for (let i = 0; i < set.length; i += 2) {
    for (let byte = set[i]!; byte <= set[i + 1]!; byte++) yield byte;
  }
}
