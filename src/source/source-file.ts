// A rule file as text, and places in it. A span is a file index and two UTF-16 offsets (what JavaScript strings and the
// YAML library use); lines and columns are computed only when a place is shown (line-index.ts).

/** A named text. `name` is what diagnostics print (a path as the caller gave it). */
export interface SourceFile {
  readonly name: string;
  readonly text: string;
}

/** A half-open range [start, end) of UTF-16 offsets in file number `file` of the compilation. */
export interface Span {
  readonly file: number;
  readonly start: number;
  readonly end: number;
}
