// What a rule test is, once its file has been read: events as JSON values or as places in files, and what is expected.

/** An alert that has to be raised; what is left out may be anything. */
export interface ExpectedAlert {
  readonly rule: string;
  /** in any case */
  readonly priority?: string;
  /** the whole message, without time and priority in front */
  readonly output?: string;
  readonly output_contains?: string;
  /** fields that have to be among output_fields with these values */
  readonly output_fields?: Readonly<Record<string, unknown>>;
  /** number of alerts of this rule over all events of the test; default: at least one */
  readonly count?: number;
}

/** Changes to an event, applied in this order. */
export interface EventChanges {
  /** JSON merge patch (RFC 7396) */
  readonly merge?: unknown;
  /** JSON Pointer to the value that is put there; missing objects on the way are made, `-` appends to an array */
  readonly set?: Readonly<Record<string, unknown>>;
  /** JSON Pointers to what is taken away */
  readonly remove?: readonly string[];
}

/** Where an event comes from: exactly one of `event`, `template`, `file`. */
export interface EventSource extends EventChanges {
  readonly event?: unknown;
  readonly template?: string;
  /** JSON lines, relative to the test file */
  readonly file?: string;
  /** with `file`: line from 1; without `line` and `auditid` the whole file */
  readonly line?: number;
  /** with `file`: the events of this request */
  readonly auditid?: string;
}

export interface Place {
  readonly file: string;
  readonly line: number;
}

export interface TestCase {
  readonly name: string;
  readonly place: Place;
  readonly sources: readonly EventSource[];
  readonly alerts: readonly ExpectedAlert[];
  readonly noAlerts: readonly string[];
  /** no rule may fire but those in `alerts` */
  readonly exact: boolean;
}

/** A template: an event, or another template with changes. */
export type Templates = Readonly<Record<string, EventSource>>;

export interface TestFile {
  readonly name: string;
  /** rule files and directories, relative to the test file; undefined: those that stand beside it */
  readonly rules: readonly string[] | undefined;
  /** rules of the test file's own, loaded last: lists filled, rules enabled, exceptions appended */
  readonly tuning: string | undefined;
  readonly templates: Templates;
  readonly tests: readonly TestCase[];
}

/** What is wrong with a test file. */
export interface TestFileProblem extends Place {
  readonly message: string;
}
