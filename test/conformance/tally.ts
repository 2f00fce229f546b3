// Results of the cases of one file, corpus or golden. A failing case is a failure unless it is marked as undefined or odd
// behaviour, or listed as a known gap; a listed gap that passes is a failure too, so that the list can only shrink.

export interface CaseResult {
  readonly id: string;
  /** undefined: passed */
  readonly problem: string | undefined;
  /** marked `quirk` or `undefined` in the case file */
  readonly isMarked?: boolean;
  readonly isSkipped?: boolean;
}

/** `name: id` to the reason. */
export type KnownGaps = Readonly<Record<string, string>>;

export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly summary: string;
  /** one line per failure, and per gap that is none any more */
  readonly failures: readonly string[];
}

export function tally(name: string, results: readonly CaseResult[], gaps: KnownGaps): Tally {
  const isGap = ({ id }: CaseResult) => Object.hasOwn(gaps, `${name}: ${id}`);
  const run = results.filter((result) => !result.isSkipped);
  const wrong = run.filter((result) => result.problem !== undefined);
  const known = wrong.filter(isGap);
  const marked = wrong.filter((result) => result.isMarked && !isGap(result));
  const failed = wrong.filter((result) => !isGap(result) && !result.isMarked);
  const passed = run.length - wrong.length;
  const skipped = results.length - run.length;
  const closed = run.filter((result) => result.problem === undefined && isGap(result));
  const extra = [
    marked.length > 0 ? `, ${marked.length} marked cases differ (${marked.map(({ id }) => id).join(', ')})` : '',
    known.length > 0 ? `, ${known.length} known gaps` : '',
  ];
  return {
    passed,
    failed: failed.length,
    skipped,
    summary: `${name}: ${passed} passed, ${failed.length} failed, ${skipped} skipped${extra.join('')}`,
    failures: [
      ...failed.map(({ id, problem }) => `${id}: ${problem}`),
      ...closed.map(({ id }) => `${id}: passes now, remove it from known-gaps.json`),
    ],
  };
}

/** undefined when both print alike, else what differs. */
export function difference(seen: unknown, expected: unknown): string | undefined {
  const [a, b] = [print(seen), print(expected)];
  return a === b ? undefined : `got ${shorten(a)}, expected ${shorten(b)}`;
}

function print(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? `${inner}n` : inner)) ?? 'undefined';
}

function shorten(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}...` : text;
}
