// What is odd about the line that an error stands on, whatever the error is: characters that look like others, templates that
// were not filled in, conflicts that were not resolved. Each is a note.

import type { SourceFile } from '../source/source-file.ts';
import type { Diagnostic } from './diagnostic.ts';

/** Characters of a line that are looked at, on each side of the place. */
const REACH = 400;

const HINTS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/\{\{.*\}\}/, "help: this looks like a template: load what 'helm template' makes of it"],
  [/^(?:<{7}|={7}|>{7})(?: |$)/, 'help: a merge conflict is left in the file'],
  [/[\u2018-\u201f]/, 'help: the line holds typographic quotes: write " or \''],
  [
    /[\u00a0\u2000-\u200d\u202f\u2060\ufeff]/,
    'help: the line holds a blank that is none, such as U+00A0: type it anew',
  ],
  [/\ufffd/, 'help: the line holds bytes that are not UTF-8: save the file as UTF-8'],
  [
    /^\s*(?:- )?[\w-]+:\s+!\S/,
    "help: '!' at the start of a value makes a YAML tag of its first word: put the value in quotes",
  ],
];

/** The error with what else its line tells; other diagnostics as they are. */
export function withLineHints(diagnostic: Diagnostic, files: readonly SourceFile[]): Diagnostic {
  if (diagnostic.level !== 'error') return diagnostic;
  const text = files[diagnostic.span.file]?.text ?? '';
  const line = lineAround(text, diagnostic.span.start);
  // a document of another kind has its own hint
  const hints = diagnostic.code === 'E103' ? HINTS.slice(0, 1) : HINTS;
  const hint = hints.find(([pattern]) => pattern.test(line))?.[1];
  return hint === undefined ? diagnostic : { ...diagnostic, notes: [...diagnostic.notes, hint] };
}

function lineAround(text: string, at: number): string {
  const head = text.slice(Math.max(0, at - REACH), at);
  const tail = text.slice(at, at + REACH);
  const newline = tail.indexOf('\n');
  return head.slice(head.lastIndexOf('\n') + 1) + (newline < 0 ? tail : tail.slice(0, newline));
}
