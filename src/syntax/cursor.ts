// A place in a text that is being parsed, with the two things that every grammar rule needs: the count of nested grammar
// rules, which Falco limits and which keeps the recursion off the JS stack's end, and a way out. A SyntaxFailure never
// leaves this folder: `attempt` turns it into data.

import type { Range } from './ast.ts';
import { skipBlanks, tokenEnd } from './lexer.ts';
import type { SyntaxProblem, SyntaxReason } from './problem.ts';

const SHOWN_LENGTH = 40;

class SyntaxFailure {
  readonly problem: SyntaxProblem;
  constructor(problem: SyntaxProblem) {
    this.problem = problem;
  }
}

export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: SyntaxProblem };

export function attempt<T>(parse: () => T): Attempt<T> {
  try {
    return { ok: true, value: parse() };
  } catch (failure) {
    if (failure instanceof SyntaxFailure) return { ok: false, problem: failure.problem };
    throw failure;
  }
}

export class Cursor {
  readonly text: string;
  readonly maxDepth: number;
  at: number;
  /** behind the last token, before the blanks that follow it */
  lastEnd: number;
  #depth = 0;

  constructor(text: string, maxDepth: number, at = 0) {
    this.text = text;
    this.maxDepth = maxDepth;
    this.at = at;
    this.lastEnd = at;
  }

  isAtEnd(): boolean {
    return this.at >= this.text.length;
  }

  advanceTo(end: number): void {
    this.at = end;
    this.lastEnd = end;
  }

  /** Steps over `token` if the text goes on with it. */
  eat(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.advanceTo(this.at + token.length);
    return true;
  }

  /** Steps over a scanner's token: its range, or undefined. */
  take(scan: (text: string, at: number) => number): Range | undefined {
    const start = this.at;
    const end = scan(this.text, start);
    if (end < 0) return undefined;
    this.advanceTo(end);
    return { start, end };
  }

  skipBlanks(): boolean {
    const start = this.at;
    this.at = skipBlanks(this.text, start);
    return this.at > start;
  }

  slice(range: Range): string {
    return this.text.slice(range.start, range.end);
  }

  /** Every grammar rule calls this first and `leave` last. */
  enter(): void {
    this.#depth++;
    if (this.#depth >= this.maxDepth) {
      this.fail('max_depth', `nested too deeply: grammar rules may nest to a depth below ${this.maxDepth}`);
    }
  }

  leave(): void {
    this.#depth--;
  }

  /** Fails here: `what` was expected, something else was found. */
  failExpecting(reason: SyntaxReason, what: string, opening?: Range): never {
    const found = this.text[this.at];
    const shown = this.isAtEnd()
      ? 'the end of the text'
      : shorten(this.text.slice(this.at, tokenEnd(this.text, this.at)));
    const isUnclosed = (found === '"' || found === "'") && tokenEnd(this.text, this.at) === this.at + 1;
    this.fail(reason, `expected ${what}, found ${isUnclosed ? `a ${found} that is never closed` : shown}`, { opening });
  }

  fail(reason: SyntaxReason, message: string, places: { range?: Range; opening?: Range | undefined } = {}): never {
    const { start, end } = places.range ?? { start: this.at, end: tokenEnd(this.text, this.at) };
    const problem = { reason, index: this.at, start, end, message };
    throw new SyntaxFailure(places.opening ? { ...problem, opening: places.opening } : problem);
  }
}

function shorten(token: string): string {
  const line = token.replaceAll(/\s+/g, ' ');
  return `'${line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}...` : line}'`;
}
