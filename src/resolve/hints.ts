// "Did you mean" for names of items. Each is a walk over all known names, so a load gives a limited number of them: a file in
// which every reference is wrong gets no better by the rest.

import { suggestionNotes } from '../diagnostics/suggest.ts';

const MAX_HINTS = 500;

export class Hints {
  #left = MAX_HINTS;

  /** A note that names the nearest of `known`, as an array so that it can be spread. */
  notes(name: string, known: Iterable<string>): string[] {
    if (this.#left === 0) return [];
    this.#left--;
    return suggestionNotes(name, known);
  }
}
