// Priority names as the API takes them.

import { PRIORITY_NAMES, type PriorityName, priorityOf } from '../../src/isa/priorities.ts';

/** Falco's name of a priority written in any case; undefined when it is none. */
export function priorityNameOf(text: string): PriorityName | undefined {
  const priority = priorityOf(text);
  return priority === undefined ? undefined : PRIORITY_NAMES[priority];
}
