// An alert: a rule that matched an event, with the record that the engine wrote about it. Nothing is formatted before it is
// read, and nothing refers to the engine's memory or to the caller's bytes.

import { PRIORITY_NAMES, type PriorityName } from '../isa/priorities.ts';
import type { RuleMeta } from '../program/meta.ts';
import { encodeLine, type LinePart, renderLine } from './alert-format.ts';
import { type AlertTexts, AlertWriter, JSON_LINE, type LineKind, TEXT_LINE } from './alert-writer.ts';
import { MatchRecord, type RecordPage, RecordText } from './records.ts';
import { prepareTemplate, renderTemplate, type Template } from './template.ts';
import { encodeText, TextBuffer } from './text-buffer.ts';
import { isoText } from './time-text.ts';
import { instantiateAtOnce, type WasmModule } from './webassembly.ts';

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

/** A rule's parts that are the same for all its alerts. */
interface PreparedRule {
  readonly meta: RuleMeta;
  readonly message: Template;
  /** output_fields */
  readonly fields: readonly LinePart[];
  readonly textLine: readonly LinePart[];
  readonly jsonLine: readonly LinePart[];
}

/** A writer whose memory has grown by more is replaced. */
const MAX_WRITER_MEMORY: number = 16 << 20;

/** What the alerts of one engine share. */
export class Formatter {
  readonly hostname: string;
  readonly options: FormatOptions;
  readonly buffer: TextBuffer = new TextBuffer();
  readonly #rules: readonly RuleMeta[];
  /** of which the writer is made; undefined: it cannot be */
  #module: WasmModule | undefined;
  readonly #prepared: PreparedRule[] = [];
  /** ids of the prepared rules */
  readonly #preparedIds: number[] = [];
  #writer: AlertWriter | undefined;

  /** values that all alerts carry */
  readonly carried: readonly number[];

  /** Without a module, and where the host makes no instance of it at once, every text is made in JavaScript. */
  constructor(
    rules: readonly RuleMeta[],
    hostname: string,
    options: FormatOptions,
    module?: WasmModule,
    carried: readonly number[] = [],
  ) {
    this.carried = carried;
    this.#rules = rules;
    this.hostname = hostname;
    this.options = options;
    this.#module = module;
  }

  /** Bytes of WebAssembly memory. */
  get memorySize(): number {
    return this.#writer?.memorySize ?? 0;
  }

  rule(id: number): PreparedRule {
    const prepared = this.#prepared[id];
    if (prepared !== undefined) return prepared;
    this.#preparedIds.push(id);
    this.#prepared[id] = this.#prepare(this.#rules[id]!);
    return this.#prepared[id];
  }

  /** The texts of all alerts of a page, whose rules are prepared; undefined where there is no writer. */
  write(kind: LineKind, page: RecordPage, zoneSeconds: number): AlertTexts | undefined {
    const writer = this.#openWriter();
    if (writer === undefined) return undefined;
    for (const id of this.#preparedIds.slice(writer.rules)) {
      const { jsonLine, textLine } = this.rule(id);
      writer.addRule(id, { [JSON_LINE]: encodeLine(jsonLine), [TEXT_LINE]: encodeLine(textLine) });
    }
    const texts = writer.write(kind, page.records, page.alertCount, zoneSeconds);
    if (writer.memorySize > MAX_WRITER_MEMORY) this.#writer = undefined;
    return texts;
  }

  #openWriter(): AlertWriter | undefined {
    if (this.#writer !== undefined || this.#module === undefined) return this.#writer;
    const instance = instantiateAtOnce(this.#module);
    if (instance === undefined) this.#module = undefined;
    else this.#writer = new AlertWriter(instance, this.#rules.length);
    return this.#writer;
  }

  #prepare(meta: RuleMeta): PreparedRule {
    // all alerts of the rule show this very list
    Object.freeze(meta.tags);
    const message = prepareTemplate(meta.output);
    const fields = this.#fieldParts(meta);
    const textLine = [...this.#prefixParts(meta), { template: message }];
    return { meta, message, fields, textLine, jsonLine: this.#jsonParts(meta, message, textLine, fields) };
  }

  /** What stands before the message in outputs. */
  #prefixParts({ priority }: RuleMeta): readonly LinePart[] {
    const time: readonly LinePart[] = this.options.time_format_iso_8601
      ? [{ time: 'date' }, '+0000']
      : [{ time: 'clock' }];
    return [...time, `: ${PRIORITY_NAMES[priority]} `];
  }

  #jsonParts(
    { priority, name, source, tags }: RuleMeta,
    message: Template,
    textLine: readonly LinePart[],
    fields: readonly LinePart[],
  ): readonly LinePart[] {
    const { options } = this;
    const parts: LinePart[] = [`{"hostname":${JSON.stringify(this.hostname)}`];
    if (options.json_include_message_property) parts.push(',"message":"', { template: message }, '"');
    if (options.json_include_output_property ?? true) parts.push(',"output":"', ...textLine, '"');
    if (options.json_include_output_fields_property ?? true) parts.push(',"output_fields":', ...fields);
    parts.push(`,"priority":"${PRIORITY_NAMES[priority]}","rule":${JSON.stringify(name)}`);
    parts.push(`,"source":${JSON.stringify(source)}`);
    if (options.json_include_tags_property ?? true) parts.push(`,"tags":${JSON.stringify(tags)}`);
    return [...parts, ',"time":"', { time: 'date' }, 'Z"}'];
  }

  /** Keys in the order of their bytes, each once: appended texts win over fields, fields over the prefix's time. */
  #fieldParts(meta: RuleMeta): readonly LinePart[] {
    const fields = new Map<string, readonly LinePart[]>();
    fields.set(this.options.time_format_iso_8601 ? 'evt.time.iso8601' : 'evt.time', [{ value: 0, render: 'time' }]);
    for (const { key, value, render } of meta.fields) fields.set(key, [{ value, render }]);
    for (const { key, output } of meta.formatted) fields.set(key, ['"', { template: prepareTemplate(output) }, '"']);
    const keys = [...fields.keys()].sort(compareBytes);
    const members = keys.flatMap((key, i) => [`${i === 0 ? '{' : ','}${JSON.stringify(key)}:`, ...fields.get(key)!]);
    return [...members, '}'];
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
  readonly #rule: PreparedRule;
  readonly #page: RecordPage;
  readonly #at: number;
  readonly #place: number;
  #opened: MatchRecord | undefined;

  /** Of a rule that the record at `at` in a page names; `place` is the alert's number in the page. */
  constructor(origin: AlertOrigin, ruleId: number, page: RecordPage, at: number, place: number) {
    this.#origin = origin;
    this.#rule = origin.formatter.rule(ruleId);
    this.#page = page;
    this.#at = at;
    this.#place = place;
  }

  /** first byte of the event in the bytes that were evaluated */
  get offset(): number {
    return this.#record.offset;
  }

  /** line of the event's payload in the bytes that were evaluated, from 1 */
  get line(): number {
    return this.#record.line;
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

  /** event time in milliseconds since 1970, to half a microsecond */
  get timeMs(): number {
    return this.#record.timeMs;
  }

  /** event time, UTC: `YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ` */
  get time(): string {
    return `${isoText(this.#record.eventTime)}Z`;
  }

  /** The formatted output of the rule. */
  get message(): string {
    return renderTemplate(this.#rule.message, this.#record, this.#origin.formatter.buffer);
  }

  /** `<time>: <Priority> <message>` */
  get output(): string {
    return JSON.parse(`"${this.text}"`);
  }

  /** The text line: `output`, escaped as inside a JSON string. */
  get text(): string {
    return this.#written(TEXT_LINE) ?? this.#rendered(this.#rule.textLine);
  }

  /** Bytes of the n-th of the compiler's `carriedFields`, to be read only: they are a part of the alert. Undefined when the event has none. */
  carried(n: number): Uint8Array | undefined {
    const id = this.#origin.formatter.carried[n];
    const value = id === undefined ? undefined : this.#record.value(id);
    return value instanceof RecordText ? value.bytes : undefined;
  }

  /** Integers are numbers here; past 2^53 only `json` has all their digits. */
  get output_fields(): Readonly<Record<string, OutputValue>> {
    return JSON.parse(this.#rendered(this.#rule.fields));
  }

  /** The JSON line, byte for byte Falco's. The lines of the alerts beside it are made with it. */
  get json(): string {
    return this.#written(JSON_LINE) ?? this.#rendered(this.#rule.jsonLine);
  }

  /** What `JSON.stringify(alert)` uses: the parsed line. */
  toJSON(): AlertObject {
    return JSON.parse(this.json);
  }

  get #record(): MatchRecord {
    this.#opened ??= new MatchRecord(this.#page, this.#at);
    return this.#opened;
  }

  #written(kind: LineKind): string | undefined {
    const page = this.#page;
    page.texts[kind] ??= this.#origin.formatter.write(kind, page, this.#origin.zoneSeconds);
    return page.texts[kind]?.text(this.#place);
  }

  #rendered(line: readonly LinePart[]): string {
    const { formatter, zoneSeconds } = this.#origin;
    return renderLine(line, this.#record, zoneSeconds, formatter.buffer);
  }
}

/** `console.log` of an alert shows the alert, in hosts that ask for it: its members are all getters. */
Object.defineProperty(Alert.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(this: Alert): AlertObject {
    return this.toJSON();
  },
});
