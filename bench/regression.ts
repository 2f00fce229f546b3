// Compares the ratios of a run with recorded ones. Information for whoever reads it: machines and their load differ, so nothing fails.

import type { Row } from './harness.ts';

/** Smaller differences are noise. */
const TOLERANCE = 0.1;

export function compareWith(reference: readonly Row[], measured: readonly Row[]): string {
  const before = new Map(reference.map((row) => [keyOf(row), row]));
  const lines: string[] = [];
  let compared = 0;
  for (const row of measured) {
    const old = before.get(keyOf(row))?.ratio;
    if (row.ratio === undefined || old === undefined) continue;
    compared++;
    const change = row.ratio / old - 1;
    const gain = row.lowerIsBetter ? -change : change;
    if (Math.abs(gain) < TOLERANCE) continue;
    const percent = `${(100 * Math.abs(gain)).toFixed(0)} % ${gain > 0 ? 'better' : 'WORSE'}`;
    lines.push(`  ${percent.padEnd(14)} ${keyOf(row)}: ${old} -> ${row.ratio}`);
  }
  const title = `${compared} ratios compared with the recorded ones, ${lines.length} differ by ${100 * TOLERANCE} % or more`;
  return [title, ...lines.sort().reverse()].join('\n');
}

/** Shares and the like behind a bracket are not part of the name. */
function keyOf({ case: part, subject, what }: Row): string {
  return `${part}, ${subject}, ${what.replace(/ \(.*\)$/, '')}`;
}
