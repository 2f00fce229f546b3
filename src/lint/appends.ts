// Conditions appended to others: texts are joined before they are parsed, so `a or b` with `and c` appended is `a or (b and c)`.
// The fix puts the side that falls apart into brackets.

import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import { fixOf, type Repair } from '../rulefile/edit-text.ts';
import { concatText, type MappedText, spanOf } from '../rulefile/mapped-text.ts';
import type { Span } from '../source/source-file.ts';
import { parseCondition } from '../syntax/parser.ts';
import { lintOf } from './place.ts';

/** `owner` names the item: `rule 'X'`. */
export function lintAppends(owner: string, parts: readonly MappedText[], fallback: Span): readonly Diagnostic[] {
  const found: Diagnostic[] = [];
  for (let i = 1; i < parts.length; i++) {
    const before = concatText(parts.slice(0, i).flatMap((part, k) => (k === 0 ? [part] : [' ', part])));
    const diagnostic = lintAppend(owner, before, parts[i]!, fallback);
    if (diagnostic) found.push(diagnostic);
  }
  return found;
}

function lintAppend(owner: string, before: MappedText, part: MappedText, fallback: Span): Diagnostic | undefined {
  const found = /^[\s\b]*and(?=[\s\b(])/.exec(part.text);
  if (found === null) return undefined;
  const at = found[0].length - 3;
  const span = spanOf(part, at, at + 3, fallback);
  const left = topLevelOr(before.text);
  if (left) {
    const message = `this binds to the last alternative of ${owner} only`;
    const labels = [{ span: spanOf(before, left.at, left.at + 2, fallback), message: "'or' binds weaker than 'and'" }];
    const fix = fixOf(before, brackets(left.start, left.end, 'put what stands before into brackets'));
    return lintOf('append_precedence', message, span, { labels, fix });
  }
  const rest = found[0].length;
  const right = topLevelOr(part.text.slice(rest));
  if (!right) return undefined;
  const labelAt = rest + right.at;
  const message = `only what stands before the 'or' is joined to ${owner} by 'and'`;
  const labels = [{ span: spanOf(part, labelAt, labelAt + 2, fallback), message: "'or' binds weaker than 'and'" }];
  const fix = fixOf(part, brackets(rest + right.start, rest + right.end, 'put what is appended into brackets'));
  return lintOf('append_precedence', message, span, { labels, fix });
}

function brackets(start: number, end: number, title: string): Repair {
  return {
    title,
    edits: [
      { start, end: start, text: '(' },
      { start: end, end, text: ')', after: true },
    ],
  };
}

/** The extent of a condition that is an `or` without brackets, and its first `or`. */
function topLevelOr(text: string): { readonly start: number; readonly end: number; readonly at: number } | undefined {
  const parsed = parseCondition(text);
  if (!parsed.ok || parsed.condition.kind !== 'or') return undefined;
  const { start, end, children } = parsed.condition;
  const lead = /^[\s\b]*/.exec(text)![0].length;
  const length = text.search(/[\s\b]*$/);
  // brackets are not part of the extent of what they hold
  if (start > lead || end < length) return undefined;
  const at = text.indexOf('or', children[0]!.end);
  return { start, end, at: at < 0 ? start : at };
}
