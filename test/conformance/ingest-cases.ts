// Payloads: which of their events are evaluated, what the others are refused for, and the stored text.

import type { Engine, Outcome } from './adapter.ts';
import { parseExact } from './exact-json.ts';
import { ruleFile } from './rule-text.ts';
import { type CaseResult, difference } from './tally.ts';

interface ExpectedEvent {
  readonly ok: boolean;
  readonly auditID?: string;
  readonly rawtime?: string;
  readonly data?: string;
  readonly reason?: string;
}
interface IngestCase {
  readonly id: string;
  readonly payload: string;
  readonly maxEventSize?: number;
  readonly expect: { readonly payload: string; readonly reason?: string; readonly events: readonly ExpectedEvent[] };
  readonly undefined?: boolean;
}

const DEFAULT_MAX_EVENT_SIZE = 262144;
const RULE = ruleFile({ output: '%evt.rawtime %ka.auditid %jevt.value[""]' });
/** The original tells one kind of unreadable text only. */
const UNREADABLE = new Set(['invalid_json', 'invalid_utf8', 'too_deep']);
const REASONS: Readonly<Record<string, string>> = {
  json: 'json',
  'not recognized': 'not_audit_event',
  'stageTimestamp missing': 'missing_timestamp',
  'stageTimestamp unparsable': 'bad_timestamp',
  'event larger than maxEventSize': 'too_large',
};
const CLOCK_SLACK = 600_000_000_000n;

export async function runIngestCases(text: string, engines: readonly Engine[]): Promise<CaseResult[]> {
  const { cases } = JSON.parse(text) as { cases: readonly IngestCase[] };
  const results: CaseResult[] = [];
  for (const one of cases) {
    let problem: string | undefined;
    for (const engine of engines) {
      const outcome = await engine.run([RULE], Buffer.from(one.payload), {
        semantics: 'falco',
        framing: 'document',
        match: 'all',
        maxEventSize: one.maxEventSize ?? DEFAULT_MAX_EVENT_SIZE,
      });
      const found = check(one, outcome);
      if (found !== undefined) problem ??= `${engine.name} ${found}`;
    }
    results.push({ id: one.id, problem, ...(one.undefined ? { isMarked: true } : {}) });
  }
  return results;
}

function check(one: IngestCase, outcome: Outcome): string | undefined {
  const { events, payload, reason } = one.expect;
  const good = events.filter((event) => event.ok);
  const refusals = payload === 'rejected' ? [reason] : events.filter((event) => !event.ok).map((event) => event.reason);
  return (
    difference(rejectedReasons(outcome), refusals.map((text) => REASONS[text!] ?? text).sort()) ??
    difference(outcome.counts.evaluated, good.length) ??
    difference(outcome.counts.received, good.length + refusals.length) ??
    difference(
      outcome.alerts.map(({ json }, at) => seenEvent(json, good[at])),
      good,
    )
  );
}

function rejectedReasons({ counts }: Outcome): string[] {
  const names = Object.entries(counts.rejected).flatMap(([reason, count]) => Array<string>(count).fill(reason));
  return names.map((name) => (UNREADABLE.has(name) ? 'json' : name)).sort();
}

/** What an alert tells of its event, in the shape of the case. */
function seenEvent(json: string, expected: ExpectedEvent | undefined): ExpectedEvent {
  const fields = (parseExact(json) as { output_fields: Record<string, unknown> }).output_fields;
  const rawtime = String(fields['evt.rawtime']);
  const now = BigInt(Date.now()) * 1_000_000n;
  const isNow = expected?.rawtime === 'now' && BigInt(rawtime) > now - CLOCK_SLACK && BigInt(rawtime) <= now;
  const auditID = fields['ka.auditid'] as string | null;
  return {
    ok: true,
    ...(auditID === null ? {} : { auditID }),
    rawtime: isNow ? 'now' : rawtime,
    ...(expected?.data === undefined ? {} : { data: fields['jevt.value[""]'] as string }),
  };
}
