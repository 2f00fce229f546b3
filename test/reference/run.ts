// The reference engine: resolved rules and payload bytes in, alerts and counts out. It shares syntax and catalogue types
// with the package and nothing of its compiler or engine; it is slow and plain on purpose.

import type { CustomCatalogue } from '../../src/isa/custom-catalogue.ts';
import type { Priority } from '../../src/isa/priorities.ts';
import type { RejectReason } from '../../src/isa/reasons.ts';
import type { ResolvedRules } from '../../src/resolve/resolved.ts';
import { newContext } from './context.ts';
import { evaluate } from './evaluate.ts';
import type { Moment } from './event-fields.ts';
import { fieldSource } from './fields.ts';
import { type FormatOptions, formatAlert, planOutput, type ReferenceAlert } from './format.ts';
import { ingest, ingestLines } from './ingest.ts';
import type { Semantics } from './json-text.ts';
import { type SelectionEntry, selectRules } from './selection.ts';

export interface ReferenceOptions extends FormatOptions {
  readonly match?: 'first' | 'all';
  readonly semantics?: Semantics;
  readonly framing?: 'lines' | 'document';
  readonly catalogue?: CustomCatalogue;
  readonly hostname?: string;
  readonly maxEventSize?: number;
  readonly minPriority?: Priority;
  readonly selection?: readonly SelectionEntry[];
}

export interface ReferenceResult {
  readonly alerts: readonly ReferenceAlert[];
  readonly counts: {
    readonly received: number;
    readonly evaluated: number;
    readonly rejected: { readonly [reason in RejectReason]?: number };
  };
}

/** Evaluates one input. Times of `evt.reltime` and `evt.num` count from its first event. */
export function referenceRun(rules: ResolvedRules, bytes: Uint8Array, options: ReferenceOptions = {}): ReferenceResult {
  const semantics = options.semantics ?? 'fixed';
  const fields = fieldSource(semantics, options.catalogue);
  const read = options.framing === 'document' ? ingest : ingestLines;
  const received = read(bytes, {
    semantics,
    ...(options.maxEventSize === undefined ? {} : { maxEventSize: options.maxEventSize }),
    ...(fields.time === undefined ? {} : { time: fields.time }),
  });
  const mine = rules.rules.filter((rule) => rule.source === fields.source);
  const selected = selectRules(mine, options.selection ?? [], options.minPriority ?? 7);
  const plans = new Map(selected.map((rule) => [rule, planOutput(rule, options, fields, options.catalogue)]));
  const alerts: ReferenceAlert[] = [];
  const rejected: { [reason in RejectReason]?: number } = {};
  const events = received.flatMap((entry) => ('event' in entry ? [entry.event] : []));
  for (const entry of received) if ('rejected' in entry) rejected[entry.rejected] = (rejected[entry.rejected] ?? 0) + 1;
  for (const [at, event] of events.entries()) {
    const moment: Moment = {
      event,
      number: BigInt(at + 1),
      firstNanoseconds: events[0]!.nanoseconds,
      source: fields.source,
      plugin: fields.plugin,
      hostname: options.hostname ?? 'reference',
    };
    const context = newContext(fields, rules.macros, moment);
    const matching = selected.filter((rule) => evaluate(rule.condition, context));
    const reported = options.match === 'all' ? matching : matching.slice(0, 1);
    alerts.push(...reported.map((rule) => formatAlert(rule, plans.get(rule)!, context, options)));
  }
  return { alerts, counts: { received: received.length, evaluated: events.length, rejected } };
}
