// Merges equivalent states (Hopcroft's partition refinement: a chain of a thousand states takes a thousand rounds with
// the simpler method). States from which nothing can match end up in the dead state, which keeps number 0.

import type { Dfa } from './determinise.ts';

export function minimise(dfa: Dfa): Dfa {
  const blockOf = new Partition(dfa).refine();
  return quotient(dfa, renumber(blockOf));
}

/** States lie in `order` block by block; block b is order[start[b] .. end[b]). */
class Partition {
  readonly #dfa: Dfa;
  readonly #order: Int32Array;
  readonly #place: Int32Array;
  readonly #blockOf: Int32Array;
  readonly #start: number[] = [];
  readonly #end: number[] = [];
  /** members of a block already moved to its front by the splitter at hand */
  readonly #marked: number[] = [];
  readonly #pending: number[] = [];
  readonly #isPending: boolean[] = [];

  constructor(dfa: Dfa) {
    this.#dfa = dfa;
    const states = Array.from({ length: dfa.stateCount }, (_, state) => state);
    const rejecting = states.filter((state) => dfa.isAccepting[state] === 0);
    const accepting = states.filter((state) => dfa.isAccepting[state] === 1);
    this.#order = Int32Array.from([...rejecting, ...accepting]);
    this.#place = new Int32Array(dfa.stateCount);
    this.#order.forEach((state, place) => {
      this.#place[state] = place;
    });
    this.#blockOf = new Int32Array(dfa.stateCount);
    this.#addBlock(0, rejecting.length);
    if (accepting.length > 0) this.#addBlock(rejecting.length, dfa.stateCount);
  }

  refine(): Int32Array {
    const { classCount } = this.#dfa;
    const { starts, sources } = this.#predecessors();
    for (let splitter = this.#pending.pop(); splitter !== undefined; splitter = this.#pending.pop()) {
      this.#isPending[splitter] = false;
      // the splitter may itself be split on the way: its members now are what counts
      const members = this.#order.slice(this.#start[splitter], this.#end[splitter]);
      for (let byteClass = 0; byteClass < classCount; byteClass++) {
        const touched: number[] = [];
        for (const member of members) {
          const cell = member * classCount + byteClass;
          for (let i = starts[cell]!; i < starts[cell + 1]!; i++) this.#mark(sources[i]!, touched);
        }
        for (const block of touched) this.#split(block);
      }
    }
    return this.#blockOf;
  }

  #addBlock(start: number, end: number): void {
    const block = this.#start.push(start) - 1;
    this.#end.push(end);
    this.#marked.push(0);
    this.#isPending.push(true);
    this.#pending.push(block);
    for (let i = start; i < end; i++) this.#blockOf[this.#order[i]!] = block;
  }

  /** Sources of the transitions into each state by each class, grouped. */
  #predecessors(): { starts: Int32Array; sources: Int32Array } {
    const { transitions, classCount } = this.#dfa;
    const starts = new Int32Array(transitions.length + 1);
    const cellOf = (i: number) => transitions[i]! * classCount + (i % classCount);
    for (let i = 0; i < transitions.length; i++) starts[cellOf(i) + 1]!++;
    for (let i = 0; i < transitions.length; i++) starts[i + 1]! += starts[i]!;
    const next = starts.slice();
    const sources = new Int32Array(transitions.length);
    for (let i = 0; i < transitions.length; i++) sources[next[cellOf(i)]!++] = Math.floor(i / classCount);
    return { starts, sources };
  }

  #mark(state: number, touched: number[]): void {
    const block = this.#blockOf[state]!;
    const from = this.#place[state]!;
    const to = this.#start[block]! + this.#marked[block]!;
    if (from < to) return;
    if (this.#marked[block] === 0) touched.push(block);
    const other = this.#order[to]!;
    this.#order[to] = state;
    this.#order[from] = other;
    this.#place[state] = to;
    this.#place[other] = from;
    this.#marked[block]!++;
  }

  #split(block: number): void {
    const start = this.#start[block]!;
    const end = this.#end[block]!;
    const middle = start + this.#marked[block]!;
    this.#marked[block] = 0;
    if (middle === end) return;
    // the new block is the smaller half, unless the old one still waits: then both must
    if (this.#isPending[block] || middle - start <= end - middle) {
      this.#start[block] = middle;
      this.#addBlock(start, middle);
    } else {
      this.#end[block] = middle;
      this.#addBlock(middle, end);
    }
  }
}

/** Numbers blocks by their first state, so that the dead state's is 0 and the start's comes next. */
function renumber(blockOf: Int32Array): Int32Array {
  const numbers = new Map<number, number>();
  return blockOf.map((block) => {
    const number = numbers.get(block) ?? numbers.size;
    numbers.set(block, number);
    return number;
  });
}

function quotient(dfa: Dfa, blockOf: Int32Array): Dfa {
  const { classCount } = dfa;
  const stateCount = blockOf.reduce((highest, block) => Math.max(highest, block), 0) + 1;
  const transitions = new Int32Array(stateCount * classCount);
  const isAccepting = new Uint8Array(stateCount);
  for (let state = 0; state < dfa.stateCount; state++) {
    const block = blockOf[state]!;
    isAccepting[block] = dfa.isAccepting[state]!;
    for (let byteClass = 0; byteClass < classCount; byteClass++) {
      transitions[block * classCount + byteClass] = blockOf[dfa.transitions[state * classCount + byteClass]!]!;
    }
  }
  return { stateCount, classCount, start: blockOf[dfa.start]!, transitions, isAccepting };
}
