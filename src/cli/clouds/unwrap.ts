// What a cloud hands out in, payloads of audit events out: an envelope is opened, what is in it stays text. What is no envelope, or holds
// something else where events should be, comes out as it is: the engine rejects it, so it is counted and reported like any bad event.

import { gunzipSync } from 'node:zlib';
import type { Cloud } from '../../isa/clouds.ts';
import { auditEventOf } from './gke.ts';
import { isObject, type JsonObject, objectIn, parsedJson, splitValues, textIn } from './json-values.ts';

export interface Unwrapped {
  /** texts that hold an event, an EventList or an array of events each */
  readonly payloads: readonly string[];
  /** log entries that are none of Kubernetes' audit log */
  readonly skipped: number;
}

const MAX_UNPACKED = 64 << 20;
/** Envelopes in envelopes: a record of a stream, what is packed in it, its log events. */
const MAX_DEPTH = 6;
/** Exported and tailed lines of CloudWatch: a time, perhaps the stream, the message. */
const TIMED_LINE = /^\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)? +(?:[^\s{["]+ +)?(?=[{[])/;

/** What one piece of input holds: a line, or a document. */
export function unwrap(cloud: Cloud, text: string): Unwrapped {
  const payloads: string[] = [];
  let skipped = 0;
  const sink: Sink = {
    payload: (payload) => void payloads.push(payload),
    skip: () => {
      skipped += 1;
    },
  };
  const body = cloud === 'eks' ? text.replace(TIMED_LINE, '') : text;
  for (const piece of splitValues(body)) {
    try {
      openText(cloud, piece, sink, 0);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      // nested too deeply to be written again
      sink.payload(piece);
    }
  }
  return { payloads, skipped };
}

interface Sink {
  readonly payload: (text: string) => void;
  readonly skip: () => void;
}

function openText(cloud: Cloud, text: string, sink: Sink, depth: number): void {
  const value = parsedJson(text);
  if (value === undefined) sink.payload(text);
  else open(cloud, value, text, sink, depth);
}

/** `text` is the value as it was written, where that is known. */
function open(cloud: Cloud, value: unknown, text: string | undefined, sink: Sink, depth: number): void {
  const isList = Array.isArray(value) && value.length > 0 && !value.every(isAudit);
  if (isList && depth < MAX_DEPTH) openAll(cloud, value, sink, depth);
  else {
    const isOpened = isObject(value) && !isAudit(value) && depth < MAX_DEPTH && OPENERS[cloud](value, sink, depth);
    if (!isOpened) sink.payload(text ?? JSON.stringify(value));
  }
}

function isAudit(value: unknown): boolean {
  return isObject(value) && (value.kind === 'Event' || value.kind === 'EventList');
}

/** False when it is no envelope of this cloud. */
type Opener = (value: JsonObject, sink: Sink, depth: number) => boolean;

const OPENERS: Readonly<Record<Cloud, Opener>> = {
  eks: openCloudWatch,
  gke: openGoogle,
  aks: openAzure,
  ovh: openGelf,
};

function openAll(cloud: Cloud, values: readonly unknown[], sink: Sink, depth: number): true {
  for (const value of values) open(cloud, value, undefined, sink, depth + 1);
  return true;
}

function listIn(value: JsonObject, ...keys: readonly string[]): readonly unknown[] | undefined {
  return keys.map((key) => value[key]).find(Array.isArray);
}

/** Answers of the API, subscriptions, what functions and streams wrap them in, rows of a query. */
function openCloudWatch(value: JsonObject, sink: Sink, depth: number): boolean {
  if (value.messageType === 'CONTROL_MESSAGE') return true;
  const events = listIn(value, 'logEvents', 'events');
  if (events !== undefined) {
    const stream = value.logStream;
    return openAll(
      'eks',
      stream === undefined ? events : events.map((event) => withStream(event, stream)),
      sink,
      depth,
    );
  }
  const records = listIn(value, 'Records', 'records');
  if (records !== undefined) return openAll('eks', records, sink, depth);
  const packed = value.data ?? objectIn(value, 'awslogs').data ?? objectIn(value, 'kinesis').data;
  if (typeof packed === 'string') return openPacked('eks', packed, sink, depth);
  if (Array.isArray(value.results)) return openAll('eks', value.results.map(rowOf), sink, depth);
  if (typeof value.message !== 'string') return false;
  if (isOtherStream(value.logStreamName)) sink.skip();
  else sink.payload(value.message);
  return true;
}

function withStream(event: unknown, logStreamName: unknown): unknown {
  return isObject(event) ? { logStreamName, ...event } : event;
}

/** The log group has streams of other components too. */
function isOtherStream(name: unknown): boolean {
  return typeof name === 'string' && !name.startsWith('kube-apiserver-audit');
}

/** A row of a query: pairs of field and value. */
function rowOf(row: unknown): unknown {
  if (!Array.isArray(row)) return row;
  const cellOf = (name: string): unknown => row.find((cell) => isObject(cell) && cell.field === name)?.value;
  return { logStreamName: cellOf('@logStream'), message: cellOf('@message') };
}

/** base64, of gzip or not. */
function openPacked(cloud: Cloud, packed: string, sink: Sink, depth: number): boolean {
  const bytes = Buffer.from(packed, 'base64');
  let text: string;
  try {
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    text = (isGzip ? gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED }) : bytes).toString();
  } catch {
    return false;
  }
  if (text === '') return false;
  for (const piece of splitValues(text)) openText(cloud, piece, sink, depth + 1);
  return true;
}

/** Log entries, and what Pub/Sub wraps them in. */
function openGoogle(value: JsonObject, sink: Sink, depth: number): boolean {
  const received = listIn(value, 'receivedMessages');
  if (received !== undefined) return openAll('gke', received, sink, depth);
  const entries = listIn(value, 'entries');
  if (entries !== undefined) return openAll('gke', entries, sink, depth);
  const data = objectIn(value, 'message').data ?? value.data;
  if (typeof data === 'string') return openPacked('gke', data, sink, depth);
  if (typeof value.logName !== 'string') return false;
  const event = auditEventOf(value);
  if (event === undefined) sink.skip();
  else sink.payload(event);
  return true;
}

/** Records of Event Hubs and of storage accounts, rows of a query. */
function openAzure(value: JsonObject, sink: Sink, depth: number): boolean {
  const records = listIn(value, 'records');
  if (records !== undefined) return openAll('aks', records, sink, depth);
  const log = objectIn(value, 'properties').log ?? value.log_s;
  if (typeof log !== 'string') {
    if (isAuditCategory(value) || typeof value.category !== 'string') return false;
    sink.skip();
    return true;
  }
  // other categories have lines of text here
  if (parsedJson(log) === undefined && !isAuditCategory(value)) sink.skip();
  else sink.payload(log);
  return true;
}

function isAuditCategory(record: JsonObject): boolean {
  return /^kube-audit(-admin)?$/.test(textIn(record, 'category') || textIn(record, 'Category'));
}

/** A message of the Logs Data Platform: JSON in JSON. */
function openGelf(value: JsonObject, sink: Sink): boolean {
  const inner = typeof value.message === 'string' ? parsedJson(value.message) : value;
  if (!isObject(inner) || typeof inner.short_message !== 'string') return false;
  sink.payload(inner.short_message);
  return true;
}
