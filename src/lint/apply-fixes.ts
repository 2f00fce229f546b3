// Fixes applied to the texts of rule files: everything outside of the edits stays as it is. Fixes that touch each other are
// left for another time; equal edits, which come with a macro that several rules use, are made once.

import type { Diagnostic, Fix } from '../diagnostics/diagnostic.ts';
import type { SourceFile, Span } from '../source/source-file.ts';

type Edit = Fix['edits'][number];

export interface FixedFiles {
  readonly files: readonly SourceFile[];
  /** those whose fix was made, in the order given */
  readonly applied: readonly Diagnostic[];
}

/** Makes the fixes of as many of the diagnostics as go together. */
export function applyFixes(files: readonly SourceFile[], diagnostics: readonly Diagnostic[]): FixedFiles {
  const edits = files.map(() => new EditSet());
  const applied: Diagnostic[] = [];
  for (const diagnostic of diagnostics) {
    const wanted = diagnostic.fix?.edits ?? [];
    if (wanted.length === 0 || !wanted.every((edit) => edits[edit.span.file]!.accepts(edit))) continue;
    for (const edit of wanted) edits[edit.span.file]!.add(edit);
    applied.push(diagnostic);
  }
  return { files: files.map((file, i) => edits[i]!.applyTo(file)), applied };
}

/** Edits of one file that do not touch each other, unless they are of one fix; sorted by place. */
class EditSet {
  readonly #edits: Edit[] = [];

  /** Whether an edit was made already or touches none that was. */
  accepts(edit: Edit): boolean {
    const at = this.#position(edit);
    const near = this.#edits.slice(Math.max(0, at - 2), at + 2);
    return near.every((other) => isSame(edit, other) || !touches(edit.span, other.span));
  }

  add(edit: Edit): void {
    const at = this.#position(edit);
    const near = this.#edits.slice(Math.max(0, at - 2), at + 2);
    if (!near.some((other) => isSame(edit, other))) this.#edits.splice(at, 0, edit);
  }

  applyTo(file: SourceFile): SourceFile {
    if (this.#edits.length === 0) return file;
    const pieces: string[] = [];
    let at = 0;
    for (const { span, text } of this.#edits) {
      pieces.push(file.text.slice(at, span.start), text);
      at = span.end;
    }
    return { name: file.name, text: pieces.join('') + file.text.slice(at) };
  }

  /** Where an edit belongs: by its start, then by its end. */
  #position({ span }: Edit): number {
    let low = 0;
    let high = this.#edits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#edits[middle]!.span;
      if (other.start < span.start || (other.start === span.start && other.end < span.end)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function isSame(a: Edit, b: Edit): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.text === b.text;
}

function touches(a: Span, b: Span): boolean {
  return a.start <= b.end && b.start <= a.end;
}

/** Loads files for `fixFiles`. */
export type Diagnose = (files: readonly SourceFile[]) => readonly Diagnostic[];

/** A fix can uncover what another one mends, so there are rounds; each makes at least one fix. */
const MAX_ROUNDS = 20;

export interface FixReport {
  readonly files: readonly SourceFile[];
  /** each with the files that its places are of */
  readonly applied: readonly { readonly diagnostic: Diagnostic; readonly files: readonly SourceFile[] }[];
}

/** Makes all fixes that there are. One after which a file does not parse any more is not made. */
export function fixFiles(files: readonly SourceFile[], diagnose: Diagnose): FixReport {
  const applied: { diagnostic: Diagnostic; files: readonly SourceFile[] }[] = [];
  let current = files;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const diagnostics = diagnose(current);
    const isSound = (fixed: FixedFiles): boolean => breakage(diagnose(fixed.files)) <= breakage(diagnostics);
    const made = soundFixes(current, diagnostics, isSound);
    if (made.applied.length === 0) break;
    for (const diagnostic of made.applied) applied.push({ diagnostic, files: current });
    current = made.files;
  }
  return { files: current, applied };
}

function soundFixes(
  files: readonly SourceFile[],
  diagnostics: readonly Diagnostic[],
  isSound: (fixed: FixedFiles) => boolean,
): FixedFiles {
  let sound: FixedFiles = { files, applied: [] };
  // halves of what broke something are tried apart: a few bad fixes among n cost a few times log n loads
  const pending: (readonly Diagnostic[])[] = [applyFixes(files, diagnostics).applied];
  for (let group = pending.pop(); group !== undefined; group = pending.pop()) {
    if (group.length === 0) continue;
    const more = applyFixes(files, [...sound.applied, ...group]);
    if (isSound(more)) sound = more;
    else if (group.length > 1) {
      const half = group.length >> 1;
      pending.push(group.slice(half), group.slice(0, half));
    }
  }
  return sound;
}

/** Errors of YAML, of the form of items and of the syntax of conditions. */
function breakage(diagnostics: readonly Diagnostic[]): number {
  return diagnostics.filter(({ code }) => /^E(?:1|20|21|22)/.test(code)).length;
}
