// Why an event or a payload was not evaluated. `name` is the key in counts.rejected.

export interface ReasonRow {
  readonly code: number;
  readonly name: RejectReason;
  /** one line, for log lines and the documentation */
  readonly doc: string;
}

export type RejectReason =
  | 'invalid_json'
  | 'invalid_utf8'
  | 'too_deep'
  | 'too_large'
  | 'not_audit_event'
  | 'missing_timestamp'
  | 'bad_timestamp';

export const REASONS: readonly ReasonRow[] = [
  { code: 1, name: 'invalid_json', doc: 'the text is not JSON, or ends too early' },
  { code: 2, name: 'invalid_utf8', doc: 'a string holds bytes that are not UTF-8' },
  { code: 3, name: 'too_deep', doc: 'arrays and objects are nested deeper than maxDepth' },
  { code: 4, name: 'too_large', doc: 'the event is larger than maxEventSize' },
  {
    code: 5,
    name: 'not_audit_event',
    doc: 'kind is neither Event nor EventList (with items), or an array element is no such object',
  },
  { code: 6, name: 'missing_timestamp', doc: 'the event has no stageTimestamp' },
  { code: 7, name: 'bad_timestamp', doc: 'stageTimestamp is not an RFC 3339 time' },
];
