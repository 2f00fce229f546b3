// What the build writes into the engine's binaries and the runtime looks for: which build it is, and of which version of what
// compiler and engine share.

import { ISA_DIGEST } from './generated/digest.ts';

/** Builds of the engine. */
export type Variant = 'simd' | 'scalar';

/** Name of the custom section. */
export const MODULE_MARK = 'falconet';

/** Its content, shorter than 100 characters of ASCII. */
export function moduleMark(variant: Variant): string {
  return `${variant} ${ISA_DIGEST.toString(16)}`;
}
