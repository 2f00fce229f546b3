// The reference evaluator as one of the runner's engines. What is wrong with rule files is the package's own judgement.

import { priorityOf } from '../../src/isa/priorities.ts';
import type { RuleSelection } from '../../src/runtime/selection.ts';
import { referenceRun } from '../reference/run.ts';
import type { SelectionEntry } from '../reference/selection.ts';
import { type Engine, refused } from './adapter.ts';
import { type LoadedFile, loadFiles } from './front-end.ts';

export const REFERENCE: Engine = {
  name: 'reference',
  async run(files, input, options) {
    const { catalogue, appendOutput, minPriority, selection, ...rest } = options;
    const choices = { ...(catalogue && { catalogue }), ...(appendOutput && { appendOutput }) };
    const loaded = loadFiles(files, choices);
    const errors = loaded.flatMap(({ error }) =>
      error === undefined ? [] : [{ code: error.code, reason: error.reason }],
    );
    if (errors.length > 0) return refused(errors);
    const result = referenceRun((loaded.at(-1) as LoadedFile).resolved, input, {
      ...rest,
      ...choices,
      ...(minPriority === undefined ? {} : { minPriority: priorityOf(minPriority) ?? 7 }),
      selection: (selection ?? []).map(selectionEntry),
    });
    return { errors: [], ...result };
  },
};

function selectionEntry(entry: RuleSelection): SelectionEntry {
  return 'enable' in entry ? { operation: 'enable', ...entry.enable } : { operation: 'disable', ...entry.disable };
}
