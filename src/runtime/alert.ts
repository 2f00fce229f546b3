// An alert: a rule that matched an event, with the record that the engine wrote about it. Nothing is formatted before it is
// read, and nothing refers to the engine's memory or to the caller's bytes.

import { PRIORITY_NAMES, type PriorityName } from '../isa/priorities.ts';
import type { Render, RuleMeta } from '../program/meta.ts';
import type { MatchRecord } from './records.ts';
import { prepareTemplate, renderJson, renderTemplate, type Template } from './template.ts';
import { encodeText, TextBuffer } from './text-buffer.ts';
import { clockText, isoText } from './time-text.ts';

/** What output_fields of a parsed alert hold. */
export type OutputValue = string | number | boolean | null | readonly OutputValue[];

/** An alert as `JSON.parse` of its line gives it. */
export interface AlertObject {
  readonly hostname: string;
  readonly message?: string;
  readonly output?: string;
  readonly output_fields?: Readonly<Record<string, OutputValue>>;
  readonly priority: PriorityName;
  readonly rule: string;
  readonly source: string;
  readonly tags?: readonly string[];
  readonly time: string;
}

/** The JSON switches and the time format, after falco.yaml's keys. */
export interface FormatOptions {
  /** formatted output without the prefix; default false */
  readonly json_include_message_property?: boolean;
  /** default true */
  readonly json_include_output_property?: boolean;
  /** default true */
  readonly json_include_output_fields_property?: boolean;
  /** default true */
  readonly json_include_tags_property?: boolean;
  /** date and UTC in the prefix instead of the local time of day; default false */
  readonly time_format_iso_8601?: boolean;
}

/** A field of output_fields: `"key":` and how its value is made. */
type PreparedField = { readonly json: string } & (
  | { readonly value: number; readonly render: Render }
  | { readonly template: Template }
);

/** A rule's parts that are the same for all its alerts. */
export interface PreparedRule {
  readonly meta: RuleMeta;
  readonly output: Template;
  /** in the order in which they are printed */
  readonly fields: readonly PreparedField[];
  /** the JSON line's members from priority to time, which is left open */
  readonly tailJson: string;
}

/** What the alerts of one engine share. */
export class Formatter {
  readonly hostname: string;
  readonly options: FormatOptions;
  readonly buffer: TextBuffer = new TextBuffer();
  readonly #rules: readonly RuleMeta[];
  readonly #prepared: PreparedRule[] = [];

  constructor(rules: readonly RuleMeta[], hostname: string, options: FormatOptions) {
    this.#rules = rules;
    this.hostname = hostname;
    this.options = options;
  }

  rule(id: number): PreparedRule {
    const prepared = this.#prepared[id] ?? this.#prepare(this.#rules[id]!);
    this.#prepared[id] = prepared;
    return prepared;
  }

  /** Keys in the order of their bytes, each once: appended texts win over fields, fields over the prefix's time. */
  #prepare(meta: RuleMeta): PreparedRule {
    const timeKey = this.options.time_format_iso_8601 ? 'evt.time.iso8601' : 'evt.time';
    const fields = new Map<string, PreparedField>();
    fields.set(timeKey, { json: `${JSON.stringify(timeKey)}:`, value: 0, render: 'time' });
    for (const { key, value, render } of meta.fields)
      fields.set(key, { json: `${JSON.stringify(key)}:`, value, render });
    for (const { key, output } of meta.formatted) {
      fields.set(key, { json: `${JSON.stringify(key)}:`, template: prepareTemplate(output) });
    }
    const keys = [...fields.keys()].sort(compareBytes);
    return {
      meta,
      output: prepareTemplate(meta.output),
      fields: keys.map((key) => fields.get(key)!),
      tailJson: this.#tailJson(meta),
    };
  }

  #tailJson({ priority, name, source, tags }: RuleMeta): string {
    let json = `,"priority":"${PRIORITY_NAMES[priority]}","rule":${JSON.stringify(name)},"source":${JSON.stringify(source)}`;
    if (this.options.json_include_tags_property ?? true) json += `,"tags":${JSON.stringify(tags)}`;
    return `${json},"time":"`;
  }
}

/** Order of the UTF-8 bytes, which is that of code points and not of UTF-16 units. */
function compareBytes(a: string, b: string): number {
  const [x, y] = [encodeText(a), encodeText(b)];
  for (let i = 0; i < x.length && i < y.length; i++) if (x[i] !== y[i]) return x[i]! - y[i]!;
  return x.length - y.length;
}

/** What alerts of one call of `evaluate` share besides. */
export interface AlertOrigin {
  readonly formatter: Formatter;
  /** local time east of UTC */
  readonly zoneSeconds: number;
}

/** Made by `Engine.evaluate`. */
export class Alert implements AlertObject {
  readonly #origin: AlertOrigin;
  readonly #record: MatchRecord;
  readonly #rule: PreparedRule;
  /** first byte of the event in the bytes that were evaluated */
  readonly offset: number;
  /** line of the event's payload in the bytes that were evaluated, from 1 */
  readonly line: number;

  constructor(origin: AlertOrigin, record: MatchRecord, ruleId: number, offset: number, line: number) {
    this.#origin = origin;
    this.#record = record;
    this.#rule = origin.formatter.rule(ruleId);
    this.offset = offset;
    this.line = line;
  }

  get rule(): string {
    return this.#rule.meta.name;
  }

  get priority(): PriorityName {
    return PRIORITY_NAMES[this.#rule.meta.priority];
  }

  get source(): string {
    return this.#rule.meta.source;
  }

  get tags(): readonly string[] {
    return this.#rule.meta.tags;
  }

  get hostname(): string {
    return this.#origin.formatter.hostname;
  }

  /** byte length of the event */
  get length(): number {
    return this.#record.length;
  }

  /** evt.num */
  get eventNumber(): bigint {
    return this.#record.number;
  }

  /** event time in nanoseconds since 1970 */
  get timeNs(): bigint {
    return this.#record.time;
  }

  /** event time, UTC: `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ` */
  get time(): string {
    return `${isoText(this.#record.eventTime)}Z`;
  }

  /** The formatted output of the rule. */
  get message(): string {
    return renderTemplate(this.#rule.output, this.#record, this.#origin.formatter.buffer);
  }

  /** `<time>: <Priority> <message>` */
  get output(): string {
    return this.#withPrefix(this.message);
  }

  /** The text line: `output`, escaped as inside a JSON string. */
  get text(): string {
    return JSON.stringify(this.output).slice(1, -1);
  }

  /** Integers are numbers here; past 2^53 only `json` has all their digits. */
  get output_fields(): Readonly<Record<string, OutputValue>> {
    return JSON.parse(this.#fieldsJson());
  }

  /** The JSON line, byte for byte Falco's. */
  get json(): string {
    const { options, hostname } = this.#origin.formatter;
    const message = this.message;
    let json = `{"hostname":${JSON.stringify(hostname)}`;
    if (options.json_include_message_property) json += `,"message":${JSON.stringify(message)}`;
    if (options.json_include_output_property ?? true) json += `,"output":${JSON.stringify(this.#withPrefix(message))}`;
    if (options.json_include_output_fields_property ?? true) json += `,"output_fields":${this.#fieldsJson()}`;
    return `${json}${this.#rule.tailJson}${this.time}"}`;
  }

  /** What `JSON.stringify(alert)` uses: the parsed line. */
  toJSON(): AlertObject {
    return JSON.parse(this.json);
  }

  #withPrefix(message: string): string {
    const { eventTime } = this.#record;
    const isIso = this.#origin.formatter.options.time_format_iso_8601;
    const prefix = isIso ? `${isoText(eventTime)}+0000` : clockText(eventTime, this.#origin.zoneSeconds);
    return `${prefix}: ${this.priority} ${message}`;
  }

  #fieldsJson(): string {
    const { buffer } = this.#origin.formatter;
    const fields = this.#rule.fields.map((field) => {
      if ('template' in field) return field.json + JSON.stringify(renderTemplate(field.template, this.#record, buffer));
      return field.json + renderJson(this.#record, field.value, field.render);
    });
    return `{${fields.join()}}`;
  }
}

/** `console.log` of an alert shows the alert, in hosts that ask for it: its members are all getters. */
Object.defineProperty(Alert.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Alert): AlertObject {
    return this.toJSON();
  },
});
