// "Did you mean" as a note of a diagnostic.

import { didYouMean } from '../isa/nearest-name.ts';

/** A note that names the nearest of `known`, as an array so that it can be spread. */
export function suggestionNotes(name: string, known: Iterable<string>): string[] {
  const help = didYouMean(name, known);
  return help === undefined ? [] : [`help: ${help}`];
}
