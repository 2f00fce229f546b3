// Texts that every match of a regular expression contains: runs of single ASCII characters that stand one after the other outside of
// alternatives. The index looks for a part of them before it runs the automaton.

import type { RegexNode } from './regex-parse.ts';

const MAX_ASCII = 0x7f;

/** In the order of the expression; none where it requires nothing in particular. */
export function requiredLiterals(node: RegexNode): readonly string[] {
  const runs = new Runs();
  collect(node, runs);
  return runs.finish();
}

class Runs {
  readonly #done: string[] = [];
  #open = '';

  character(code: number): void {
    this.#open += String.fromCharCode(code);
  }

  interrupt(): void {
    if (this.#open !== '') this.#done.push(this.#open);
    this.#open = '';
  }

  finish(): readonly string[] {
    this.interrupt();
    return this.#done;
  }
}

function collect(node: RegexNode, runs: Runs): void {
  switch (node.kind) {
    case 'concat':
      for (const child of node.children) collect(child, runs);
      return;
    case 'set': {
      const [low, high] = node.set;
      if (node.set.length === 2 && low === high && low! <= MAX_ASCII) runs.character(low!);
      else runs.interrupt();
      return;
    }
    case 'repeat':
      runs.interrupt();
      if (node.min > 0) collect(node.child, runs);
      runs.interrupt();
      return;
    case 'alternate':
      runs.interrupt();
      return;
    default:
      // anchors and nothing at all stand between two characters without parting them
      return;
  }
}
