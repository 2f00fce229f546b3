// Offsets to lines and columns, computed on demand.

/** One-based line and column; columns count UTF-16 units, as editors do. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

export class LineIndex {
  readonly #starts: number[];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    this.#starts = [0];
    for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) this.#starts.push(i + 1);
  }

  /** Position of a UTF-16 offset; an offset past the end counts as the end. */
  position(offset: number): Position {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.min(offset, this.#text.length) - starts[low]! + 1 };
  }

  /** Offset at which a one-based line starts. */
  start(line: number): number {
    return this.#starts[line - 1] ?? this.#text.length;
  }

  /** Text of a one-based line without its line end. */
  line(line: number): string {
    const start = this.start(line);
    const next = this.#starts[line] ?? this.#text.length + 1;
    return this.#text.slice(start, next - 1).replace(/\r$/, '');
  }
}
