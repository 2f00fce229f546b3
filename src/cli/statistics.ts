// What a run says when it is over: one line always, and with --stats the counts of events too, behind Falco's block.

export interface Totals {
  received: number;
  evaluated: number;
  alerts: number;
  /** by reason */
  rejected: Record<string, number>;
}

export function newTotals(): Totals {
  return { received: 0, evaluated: 0, alerts: 0, rejected: {} };
}

export function addCounts(
  totals: Totals,
  counts: {
    readonly received: number;
    readonly evaluated: number;
    readonly rejected: Readonly<Record<string, number>>;
  },
): void {
  totals.received += counts.received;
  totals.evaluated += counts.evaluated;
  for (const [reason, count] of Object.entries(counts.rejected)) addRejected(totals, reason, count);
}

export function addRejected(totals: Totals, reason: string, count: number): void {
  if (count > 0) totals.rejected[reason] = (totals.rejected[reason] ?? 0) + count;
}

/** One line without its end. */
export function summaryLine(totals: Totals): string {
  const reasons = Object.entries(totals.rejected);
  const rejected = reasons.reduce((sum, [, count]) => sum + count, 0);
  const detail = reasons.map(([reason, count]) => `${reason} ${count}`).join(', ');
  return (
    `falconet: ${countOf(totals.received, 'event')} received, ${totals.evaluated} evaluated, ` +
    `${rejected} rejected${detail === '' ? '' : ` (${detail})`}, ${countOf(totals.alerts, 'alert')}`
  );
}

/** What Falco does not count, each line with its end. */
export function countsBlock(totals: Totals): string {
  const reasons = Object.entries(totals.rejected).map(([reason, count]) => `   ${reason}: ${count}\n`);
  return (
    `Events received: ${totals.received}\nEvents evaluated: ${totals.evaluated}\n` +
    `Events rejected by reason:\n${reasons.join('')}`
  );
}

/** `1 event`, `2 events`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
