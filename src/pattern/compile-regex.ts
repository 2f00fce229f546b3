// Regex text -> image of an automaton that the engine runs in time linear in the value's length: a table where that is
// small, bit sets otherwise. Compilation is bounded in time and size by the limits of the stages; a pattern beyond them
// is a problem like any other. The text to be matched must be valid UTF-8; making it so is the caller's part.

import { byteClasses } from './byte-classes.ts';
import { determinise } from './determinise.ts';
import { encodeBitsets, encodeTable } from './encode-automaton.ts';
import { minimise } from './minimise.ts';
import type { PositionAutomaton } from './position-automaton.ts';
import { buildPositions } from './position-automaton.ts';
import type { RegexProblem } from './regex-parse.ts';
import { parseRegex } from './regex-parse.ts';
import { requiredLiterals } from './required-literals.ts';

export type CompiledRegex =
  | {
      readonly ok: true;
      /** see automaton.ts for the format */
      readonly automaton: Uint8Array;
      /** ASCII texts that every match contains */
      readonly literals: readonly string[];
      /** the pattern could be written with `=`, `startswith`, `endswith` or `contains` */
      readonly simplerHint: boolean;
    }
  | { readonly ok: false; readonly problem: RegexProblem };

/** One anchor and one any-run at either end, and nothing special between. */
const SIMPLE_PATTERN = /^\^?(?:\.[+*?])?[^.+*?^$()[\]{}|\\]*(?:\.[+*?])?\$?$/;

export function compileRegex(pattern: string): CompiledRegex {
  const parsed = parseRegex(pattern);
  if (!parsed.ok) return parsed;
  const positions = buildPositions(parsed.node);
  const automaton = positions === null ? null : encode(positions);
  if (automaton === null) {
    const message = 'pattern is too large once its repetitions are written out';
    return { ok: false, problem: { reason: 'regex_too_large', message, start: 0, end: pattern.length } };
  }
  const literals = requiredLiterals(parsed.node);
  return { ok: true, automaton, literals, simplerHint: SIMPLE_PATTERN.test(pattern) };
}

function encode(positions: PositionAutomaton): Uint8Array | null {
  const classes = byteClasses(positions.byteSets);
  const dfa = determinise(positions, classes);
  const table = dfa === null ? null : encodeTable(minimise(dfa), classes);
  return table ?? encodeBitsets(positions, classes);
}
