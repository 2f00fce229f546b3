// Grams: four bytes in a row, letters folded. A text that fits a pattern contains every gram of the pattern's literal parts, so one look
// at each four bytes of a text tells which of many patterns are worth testing.

import type { IrOperand, IrProgram } from '../ir/ir.ts';
import { GRAM_FOLD } from '../isa/layout.ts';

const GRAM_LENGTH = 4;
/** Parts of texts that most events hold: a pattern is better told by another gram. */
const COMMON_TEXTS: readonly string[] = [
  'system:serviceaccount:kube-system:',
  'system:authenticated',
  'system:node:',
  'https://',
  '/api/v1/namespaces/default/pods/',
  '/apis/apps/v1/namespaces/deployments/',
  '.k8s.io/v1',
  'kubectl/v1',
  'kubernetes/',
  '(linux/amd64)',
  '-controller',
  'registry.io/',
];
const COMMON: ReadonlySet<number> = new Set(COMMON_TEXTS.flatMap((text) => gramsIn(new TextEncoder().encode(text))));

/** Texts that every value contains for which the predicate holds; undefined: it is no test of a part of a text. */
export function literalsOf(ir: IrProgram, op: string, right: IrOperand | undefined): readonly Uint8Array[] | undefined {
  if (right?.kind === 'automaton') return ir.automata[right.id]!.literals.map((text) => new TextEncoder().encode(text));
  if (right?.kind !== 'constant') return undefined;
  const constant = ir.constants[right.id]!;
  switch (op) {
    case 'CONTAINS':
    case 'ICONTAINS':
    case 'STARTSWITH':
    case 'ENDSWITH':
      return [constant];
    case 'GLOB':
    case 'IGLOB':
      return globLiterals(constant);
    default:
      return undefined;
  }
}

/** What stands between wildcards, up to the first bracket, which may hold anything. */
function globLiterals(pattern: Uint8Array): readonly Uint8Array[] {
  const runs: number[][] = [[]];
  for (let i = 0; i < pattern.length; i++) {
    let byte = pattern[i]!;
    if (byte === 0x5b) break;
    if (byte === 0x2a || byte === 0x3f) runs.push([]);
    else {
      if (byte === 0x5c) {
        if (++i === pattern.length) break;
        byte = pattern[i]!;
      }
      runs.at(-1)!.push(byte);
    }
  }
  return runs.map((run) => Uint8Array.from(run));
}

/** Every gram, as the engine reads it: little-endian, each byte with GRAM_FOLD. */
export function gramsIn(bytes: Uint8Array): readonly number[] {
  const grams: number[] = [];
  for (let i = 0; i + GRAM_LENGTH <= bytes.length; i++) {
    const word = bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    grams.push((word | GRAM_FOLD) >>> 0);
  }
  return grams;
}

export function isCommonGram(gram: number): boolean {
  return COMMON.has(gram);
}

/** A gram for each list of candidates: one that events rarely hold, and few others have. */
export function chooseGrams(candidates: readonly (readonly number[])[]): readonly number[] {
  const uses = new Map<number, number>();
  for (const grams of candidates) for (const gram of new Set(grams)) uses.set(gram, (uses.get(gram) ?? 0) + 1);
  const cost = (gram: number): number => uses.get(gram)! + (isCommonGram(gram) ? candidates.length : 0);
  return candidates.map((grams) => grams.reduce((best, gram) => (cost(gram) < cost(best) ? gram : best)));
}
