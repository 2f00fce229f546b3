// The generic evt.* fields: what a condition compares, what an output prints and what JSON shows differ for times.

import { cutAtNul } from './bytes.ts';
import type { AuditEvent } from './ingest.ts';
import { compact } from './json-text.ts';
import { formatTime } from './time.ts';
import type { FieldShape, Scalar } from './values.ts';

/** Everything about an event that is not in its document. */
export interface Moment {
  readonly event: AuditEvent;
  /** 1-based, of the evaluated events */
  readonly number: bigint;
  readonly firstNanoseconds: bigint;
  readonly source: string;
  readonly plugin: string;
  readonly hostname: string;
}

export interface EventField extends FieldShape {
  readonly read: (moment: Moment) => Scalar | undefined;
  /** text in outputs, where it is not that of the value */
  readonly text?: (moment: Moment) => string;
  /** value in JSON, where it is not the value */
  readonly json?: (moment: Moment) => Scalar;
}

const SECOND = 1_000_000_000n;
const elapsed = (m: Moment): bigint => BigInt.asUintN(64, m.event.nanoseconds - m.firstNanoseconds);
const nineDigits = (value: bigint): string => String(value).padStart(9, '0');
const nanoseconds = (m: Moment): bigint => m.event.nanoseconds;

/** A time text compares as text and stands as nanoseconds in JSON. */
function timeText(format: (parts: { date: string; clock: string; fraction: string }) => string): EventField {
  return { type: 'string', list: false, read: (m) => format(formatTime(m.event.nanoseconds)), json: nanoseconds };
}

function numeric(type: 'uint64' | 'abstime' | 'reltime', read: (m: Moment) => bigint, padded = false): EventField {
  return { type, list: false, read, ...(padded ? { text: (m: Moment) => nineDigits(read(m)) } : {}) };
}

function text(read: (m: Moment) => string): EventField {
  return { type: 'string', list: false, read };
}

const SHOWN_DATA = 50;

/** Of a plugin that has no summary of its own. */
function dataSummary({ event }: Moment): string {
  const data = cutAtNul(compact(event.document));
  const shown = data.slice(0, SHOWN_DATA);
  const [printable] = /^[ -~]*/.exec(shown)!;
  const rest = printable.length < shown.length ? '<binary>' : data.length > SHOWN_DATA ? '...' : '';
  return `datalen=${data.length} data=${printable}${rest}`;
}

export const EVENT_FIELDS: ReadonlyMap<string, EventField> = new Map([
  ['evt.num', numeric('uint64', (m) => m.number)],
  ['evt.time', timeText((t) => `${t.clock}.${t.fraction}`)],
  ['evt.time.s', timeText((t) => t.clock)],
  ['evt.datetime', timeText((t) => `${t.date} ${t.clock}.${t.fraction}`)],
  ['evt.datetime.s', timeText((t) => `${t.date} ${t.clock}`)],
  ['evt.time.iso8601', timeText((t) => `${t.date}T${t.clock}.${t.fraction}+0000`)],
  ['evt.rawtime', numeric('abstime', nanoseconds)],
  ['evt.rawtime.s', numeric('abstime', (m) => m.event.nanoseconds / SECOND)],
  ['evt.rawtime.ns', numeric('abstime', (m) => m.event.nanoseconds % SECOND, true)],
  ['evt.reltime', numeric('reltime', elapsed, true)],
  ['evt.reltime.s', numeric('reltime', (m) => elapsed(m) / SECOND)],
  ['evt.reltime.ns', numeric('reltime', (m) => elapsed(m) % SECOND, true)],
  ['evt.pluginname', text((m) => m.plugin)],
  ['evt.plugininfo', text((m) => (m.plugin === 'k8saudit' ? cutAtNul(compact(m.event.document)) : dataSummary(m)))],
  ['evt.source', text((m) => m.source)],
  ['evt.is_async', { type: 'bool', list: false, read: () => false }],
  ['evt.asynctype', { type: 'string', list: false, read: () => undefined }],
  ['evt.hostname', text((m) => m.hostname)],
] satisfies [string, EventField][]);
