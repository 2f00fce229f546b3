// The fix of a rule that names no source but reads the fields of one.

import type { Fix } from '../diagnostics/diagnostic.ts';
import type { KeyPlace } from '../rulefile/records.ts';

export function sourceFix({ span, lead, tail }: KeyPlace, source: string): Fix {
  return { title: `add 'source: ${source}' to the rule`, edits: [{ span, text: `${lead}source: ${source}${tail}` }] };
}
