// A payload's bytes become events, or reasons why not. The two semantics differ in the JSON they accept and in what one
// unusable element of an array costs (`falco`: the whole array, as one refusal; `fixed`: that element).

import type { RejectReason } from '../../src/isa/reasons.ts';
import { fromBytes } from './bytes.ts';
import { compact, type JsonValue, member, parseJson, type Semantics, unescapeText } from './json-text.ts';
import { parseTime, ZERO_TIME } from './time.ts';

export interface AuditEvent {
  readonly document: JsonValue;
  /** since 1970; the zero time is already replaced by the clock */
  readonly nanoseconds: bigint;
}
export type Ingested = { readonly event: AuditEvent } | { readonly rejected: RejectReason };

export interface IngestOptions {
  readonly semantics: Semantics;
  /** of the compact text */
  readonly maxEventSize?: number;
  /** where an embedder's events keep their time; then every object of a payload is an event */
  readonly time?: readonly string[];
}

const DEFAULT_MAX_EVENT_SIZE = 4 << 20;

/** One entry per received event, in order; an unreadable payload is one entry. */
export function ingest(payload: Uint8Array, options: IngestOptions): Ingested[] {
  const result = parseJson(fromBytes(payload), options.semantics);
  if ('failure' in result) return [{ rejected: result.failure }];
  const found = options.time ? objects(result.value, options) : recognised(result.value, options);
  return found ?? [{ rejected: 'not_audit_event' }];
}

/** Splits lines, a bad one costs only itself; empty lines are nothing. */
export function ingestLines(bytes: Uint8Array, options: IngestOptions): Ingested[] {
  const lines = fromBytes(bytes)
    .split('\n')
    .map((line) => line.replace(/\r$/, ''));
  return lines
    .filter((line) => line !== '')
    .flatMap((line) => ingest(new Uint8Array(Buffer.from(line, 'latin1')), options));
}

/** undefined: this value is nothing we know. */
function recognised(value: JsonValue, options: IngestOptions): Ingested[] | undefined {
  if (value.kind === 'array') return elements(value.items, options, recognised);
  const kind = member(value, 'kind', options.semantics);
  const name = kind?.kind === 'string' ? unescapeText(kind.raw) : '';
  if (name === 'Event') return [auditEvent(value, options)];
  if (name !== 'EventList') return undefined;
  const items = member(value, 'items', options.semantics);
  if (items?.kind !== 'array' || items.items.length === 0) return undefined;
  return items.items.map((item) => auditEvent(item, options));
}

function objects(value: JsonValue, options: IngestOptions): Ingested[] | undefined {
  if (value.kind === 'array') return elements(value.items, options, objects);
  return value.kind === 'object' ? [auditEvent(value, options)] : undefined;
}

function elements(
  items: readonly JsonValue[],
  options: IngestOptions,
  read: (value: JsonValue, options: IngestOptions) => Ingested[] | undefined,
): Ingested[] | undefined {
  const results: Ingested[] = [];
  for (const item of items) {
    const found = read(item, options);
    if (found !== undefined) results.push(...found);
    else if (options.semantics === 'falco') return undefined;
    else results.push({ rejected: 'not_audit_event' });
  }
  return results;
}

function auditEvent(document: JsonValue, options: IngestOptions): Ingested {
  let stamp: JsonValue | undefined = document;
  for (const key of options.time ?? ['stageTimestamp']) stamp = stamp && member(stamp, key, options.semantics);
  if (stamp === undefined) return { rejected: 'missing_timestamp' };
  const nanoseconds = timeOf(stamp, options.time !== undefined);
  if (nanoseconds === undefined) return { rejected: 'bad_timestamp' };
  if (compact(document).length > (options.maxEventSize ?? DEFAULT_MAX_EVENT_SIZE)) return { rejected: 'too_large' };
  const clock = BigInt(Date.now()) * 1_000_000n;
  return { event: { document, nanoseconds: nanoseconds === ZERO_TIME ? clock : BigInt.asUintN(64, nanoseconds) } };
}

function timeOf(stamp: JsonValue, integersToo: boolean): bigint | undefined {
  if (stamp.kind === 'string') return parseTime(unescapeText(stamp.raw));
  if (!integersToo || stamp.kind !== 'number' || !/^\d+$/.test(stamp.text)) return undefined;
  const integer = BigInt(stamp.text);
  return integer < 2n ** 64n ? integer : undefined;
}
