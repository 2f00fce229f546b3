// Position automaton -> deterministic automaton by subset construction, as far as that stays small. State 0 is the
// empty set: no text leads from it to a match.

import type { ByteClasses } from './byte-classes.ts';
import type { PositionAutomaton } from './position-automaton.ts';

export interface Dfa {
  readonly stateCount: number;
  readonly classCount: number;
  readonly start: number;
  /** next state: transitions[state * classCount + class] */
  readonly transitions: Int32Array;
  readonly isAccepting: Uint8Array;
}

/** Room for `.{0,1000}` twice. `.*a.{12}` is beyond it: the size doubles with each character counted after the `a`. */
export const MAX_STATES = 4096;
/** Positions looked at during construction: about 50 ms. */
export const MAX_WORK = 1_000_000;

export const DEAD_STATE = 0;

/** Null when a limit is exceeded. */
export function determinise(positions: PositionAutomaton, classes: ByteClasses): Dfa | null {
  const { follow, setOf, isAccepting } = positions;
  const states: number[][] = [[], [0]];
  const numbers = new Map<string, number>([
    ['', DEAD_STATE],
    ['0', 1],
  ]);
  const rows: number[] = [];
  const seenIn = new Int32Array(follow.length).fill(-1);
  let work = 0;
  for (let state = 0; state < states.length; state++) {
    const targets: number[][] = Array.from({ length: classes.count }, () => []);
    for (const position of states[state]!) {
      for (const next of follow[position]!) {
        work++;
        if (seenIn[next] === state) continue;
        seenIn[next] = state;
        const members = classes.members[setOf[next]!]!;
        for (const byteClass of members) targets[byteClass]!.push(next);
        work += members.length;
      }
    }
    for (const target of targets) {
      const key = target.sort((a, b) => a - b).join();
      let number = numbers.get(key);
      if (number === undefined) {
        number = states.push(target) - 1;
        numbers.set(key, number);
      }
      rows.push(number);
    }
    if (states.length > MAX_STATES || work > MAX_WORK) return null;
  }
  return {
    stateCount: states.length,
    classCount: classes.count,
    start: 1,
    transitions: Int32Array.from(rows),
    isAccepting: Uint8Array.from(states, (state) => (state.some((position) => isAccepting[position]) ? 1 : 0)),
  };
}
