// Conditions appended to others: texts are joined before they are parsed, so `a or b` with `and c` appended is `a or (b and c)`.
// The fix puts the side that falls apart into brackets.

import type { Diagnostic, Fix, Label } from '../diagnostics/diagnostic.ts';
import { fixOf } from '../rulefile/edit-text.ts';
import { type MappedText, spanOf } from '../rulefile/mapped-text.ts';
import { trimmedRange } from '../rulefile/trim.ts';
import type { Span } from '../source/source-file.ts';
import { parseCondition } from '../syntax/parser.ts';
import { lintOf } from './place.ts';

/** Around tokens of conditions. */
const BLANKS = ' \t\b\r\n\v\f';

/** A word of one of the parts. */
interface Word {
  readonly part: MappedText;
  readonly at: number;
}

/** `owner` names the item: `rule 'X'`. */
export function lintAppends(owner: string, parts: readonly MappedText[], fallback: Span): readonly Diagnostic[] {
  const [base, ...appended] = parts;
  if (base === undefined || appended.length === 0) return [];
  const found: Diagnostic[] = [];
  // the first `or` outside of brackets of what is joined so far
  let loose = looseOr(base, 0);
  let last = base;
  for (const part of appended) {
    const keyword = /^[\s\b]*(and|or)(?=[\s\b(])/.exec(part.text);
    if (loose === 'unknown' || keyword === null) return found;
    const at = keyword[0].length - keyword[1]!.length;
    const inner = looseOr(part, keyword[0].length);
    const span = spanOf(part, at, keyword[0].length, fallback);
    if (keyword[1] === 'or') loose ??= { part, at };
    else if (loose !== undefined) {
      const message = `this binds to the last alternative of ${owner} only`;
      const fix = brackets(base, 0, last, 'put what stands before into brackets');
      found.push(lintOf('append_precedence', message, span, { labels: labelsOf(loose, fallback), fix }));
    } else if (inner !== undefined && inner !== 'unknown') {
      const message = `only what stands before the 'or' is joined to ${owner} by 'and'`;
      const fix = brackets(part, keyword[0].length, part, 'put what is appended into brackets');
      found.push(lintOf('append_precedence', message, span, { labels: labelsOf(inner, fallback), fix }));
    }
    loose ??= inner;
    last = part;
  }
  return found;
}

function labelsOf({ part, at }: Word, fallback: Span): readonly Label[] {
  return [{ span: spanOf(part, at, at + 2, fallback), message: "'or' binds weaker than 'and'" }];
}

/** Brackets from the first character of `first` behind `from` to the last one of `last`. */
function brackets(first: MappedText, from: number, last: MappedText, title: string): Fix | undefined {
  const start = from + trimmedRange(first.text.slice(from), BLANKS).start;
  const { end } = trimmedRange(last.text, BLANKS);
  const open = fixOf(first, { title, edits: [{ start, end: start, text: '(' }] });
  const close = fixOf(last, { title, edits: [{ start: end, end, text: ')', after: true }] });
  return open && close && { title, edits: [...open.edits, ...close.edits] };
}

/** The first `or` outside of brackets from `from`; unknown when there is no condition. */
function looseOr(part: MappedText, from: number): Word | 'unknown' | undefined {
  const text = part.text.slice(from);
  const parsed = parseCondition(text);
  if (!parsed.ok) return 'unknown';
  const { condition } = parsed;
  // brackets are not part of the extent of what they hold
  const { start, end } = trimmedRange(text, BLANKS);
  const isLoose = condition.start === start && condition.end === end;
  if (condition.kind !== 'or' || !isLoose) return undefined;
  return { part, at: from + text.indexOf('or', condition.children[0]!.end) };
}
