// A diagnostic as text:
//
//   rules.yaml:4:14: error[E301]: there is no macro 'spawned'
//      4 |   condition: spawned and ka.verb = get
//        |              ^^^^^^^
//        = help: did you mean 'spawn'?
//
// Labels follow as places of their own. A span over several lines is underlined on its first one. Control characters of the
// input never reach the terminal.

import { LineIndex } from '../source/line-index.ts';
import type { SourceFile, Span } from '../source/source-file.ts';
import type { Diagnostic } from './diagnostic.ts';

export interface RenderOptions {
  /** ANSI colours; off by default */
  readonly color?: boolean;
}

/** Characters of a source line that are shown; longer lines are cut around the caret. */
const MAX_SHOWN = 160;

type Paint = (style: keyof typeof STYLES, text: string) => string;
const STYLES = { error: '1;31', warning: '1;33', label: '1;34', strong: '1', faint: '2' } as const;

/** Renders many diagnostics of the same files. */
export class DiagnosticRenderer {
  readonly #files: readonly SourceFile[];
  readonly #lines = new Map<number, LineIndex>();
  readonly #paint: Paint;

  constructor(files: readonly SourceFile[], options: RenderOptions = {}) {
    this.#files = files;
    this.#paint = options.color ? (style, text) => `\x1b[${STYLES[style]}m${text}\x1b[0m` : (_, text) => text;
  }

  /** The text, without a line end. */
  render(diagnostic: Diagnostic): string {
    const { level, code, message, span, labels, notes, fix } = diagnostic;
    const head = `${this.#paint('strong', `${this.#place(span)}:`)} ${this.#paint(level, `${level}[${code}]:`)}`;
    const lines = [`${head} ${printable(message)}`, ...this.#excerpt(span, level)];
    for (const label of labels) {
      lines.push(`  ${this.#paint('label', `${this.#place(label.span)}:`)} ${printable(label.message)}`);
      lines.push(...this.#excerpt(label.span, 'label'));
    }
    const all = fix === undefined ? notes : [...notes, `help: ${fix.title}`];
    for (const note of all) {
      const text = note.startsWith('help: ') ? note : `note: ${note}`;
      lines.push(`${this.#paint('faint', '       =')} ${printable(text)}`);
    }
    return lines.join('\n');
  }

  #index(file: number): LineIndex {
    const known = this.#lines.get(file);
    if (known) return known;
    const index = new LineIndex(this.#files[file]?.text ?? '');
    this.#lines.set(file, index);
    return index;
  }

  #place(span: Span): string {
    const { line, column } = this.#index(span.file).position(span.start);
    return `${printable(this.#files[span.file]?.name ?? '')}:${line}:${column}`;
  }

  /** The source line and the carets below it; nothing for an empty file. */
  #excerpt(span: Span, style: keyof typeof STYLES): string[] {
    const index = this.#index(span.file);
    const { line, column } = index.position(span.start);
    const text = index.line(line);
    if (text.trim() === '') return [];
    const from = Math.max(0, Math.min(column - 1 - MAX_SHOWN / 2, text.length - MAX_SHOWN));
    const shown = text.slice(from, from + MAX_SHOWN);
    const indent = column - 1 - from;
    const width = Math.max(1, Math.min(span.end - span.start, shown.length - indent));
    const lead = shown.slice(0, indent).replace(/[^\t]/g, ' ');
    const carets = this.#paint(style, '^'.repeat(width));
    return [
      `${this.#paint('faint', `${String(line).padStart(6)} |`)} ${printable(shown)}`,
      `${this.#paint('faint', '       |')} ${lead}${carets}`,
    ];
  }
}

/** One diagnostic as text; files are those of the compilation, in order. */
export function renderDiagnostic(
  diagnostic: Diagnostic,
  files: readonly SourceFile[],
  options: RenderOptions = {},
): string {
  return new DiagnosticRenderer(files, options).render(diagnostic);
}

/** Control characters (tabs aside) and direction marks replaced one for one, so that columns stay. */
function printable(text: string): string {
  return text.replace(/[\x00-\x08\x0a-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');
}
