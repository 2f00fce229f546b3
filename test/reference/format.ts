// Alerts: the text line and the JSON line of a rule that matched an event.

import type { CustomCatalogue } from '../../src/isa/custom-catalogue.ts';
import { PRIORITY_NAMES } from '../../src/isa/priorities.ts';
import type { ResolvedRule } from '../../src/resolve/resolved.ts';
import type { FieldRef, OutputTemplate, TransformerArg } from '../../src/syntax/ast.ts';
import { parseOutput } from '../../src/syntax/output.ts';
import { printField } from '../../src/syntax/print.ts';
import { fromText } from './bytes.ts';
import type { Context } from './context.ts';
import type { FieldSource } from './fields.ts';
import { resolves } from './output-tokens.ts';
import { fieldJson, jsonEscaped, jsonString, tokenText } from './render.ts';
import { formatTime } from './time.ts';

/** An entry of append_output. */
export interface AppendedOutput {
  readonly match?: { readonly source?: string; readonly tags?: readonly string[]; readonly rule?: string };
  readonly extra_output?: string;
  /** a field's name, or a name and a format */
  readonly extra_fields?: readonly (string | { readonly [name: string]: string })[];
}

/** Named as in falco.yaml. */
export interface FormatOptions {
  readonly time_format_iso_8601?: boolean;
  readonly json_include_message_property?: boolean;
  readonly json_include_output_property?: boolean;
  readonly json_include_output_fields_property?: boolean;
  readonly json_include_tags_property?: boolean;
  readonly appendOutput?: readonly AppendedOutput[];
}

export interface ReferenceAlert {
  readonly rule: string;
  /** the escaped text line */
  readonly text: string;
  /** the JSON line */
  readonly json: string;
}

/** A rule's output, parsed once per run. */
export interface OutputPlan {
  readonly template: OutputTemplate;
  /** JSON key to what stands there */
  readonly fields: readonly { readonly key: string; readonly value: FieldRef | OutputTemplate }[];
}

export function planOutput(
  rule: ResolvedRule,
  options: FormatOptions,
  fields: FieldSource,
  custom: CustomCatalogue | undefined,
): OutputPlan {
  const parsed = (text: string): OutputTemplate => {
    const result = parseOutput(text, (operand) => resolves(operand, fields, custom));
    if (!result.ok) throw new TypeError(`output of a rule that does not compile: ${text}`);
    return result.template;
  };
  const appended = (options.appendOutput ?? []).filter((entry) => applies(entry, rule));
  const extra = appended.map((entry) => entry.extra_output).filter((text) => text !== undefined);
  const template = parsed([rule.output.text.replaceAll('%container.info', ''), ...extra].join(' '));
  const values = new Map<string, FieldRef | OutputTemplate>();
  const prefix = fieldRef(options.time_format_iso_8601 ? 'evt.time.iso8601' : 'evt.time');
  for (const field of [prefix, ...fieldsOf(template)]) values.set(printField(field), field);
  for (const entry of appended.flatMap(({ extra_fields }) => extra_fields ?? [])) {
    if (typeof entry === 'string') {
      const token = parsed(`%${entry}`);
      const [part] = token.parts;
      values.set(entry, part?.kind === 'token' && part.operand.kind === 'field' ? part.operand : token);
    } else for (const [name, format] of Object.entries(entry)) values.set(name, parsed(format));
  }
  const keys = [...values.keys()].sort((a, b) => (fromText(a) < fromText(b) ? -1 : 1));
  return { template, fields: keys.map((key) => ({ key, value: values.get(key)! })) };
}

function applies({ match = {} }: AppendedOutput, rule: ResolvedRule): boolean {
  if (match.source !== undefined && match.source !== rule.source) return false;
  if (match.rule !== undefined && match.rule !== rule.name) return false;
  return (match.tags ?? []).every((tag) => rule.tags.includes(tag));
}

function fieldRef(name: string): FieldRef {
  return { kind: 'field', name, start: 0, end: 0 };
}

function fieldsOf(template: OutputTemplate): FieldRef[] {
  return template.parts.flatMap((part) => (part.kind === 'token' ? fieldsIn(part.operand) : []));
}

function fieldsIn(operand: TransformerArg): FieldRef[] {
  if (operand.kind === 'field') return [operand];
  if (operand.kind === 'value') return [];
  return (operand.kind === 'tlist' ? operand.items : operand.args).flatMap(fieldsIn);
}

/** Bytes of a template on an event. */
function message(template: OutputTemplate, context: Context): string {
  const pieces = template.parts.map((part) => {
    if (part.kind === 'text') return fromText(part.text);
    const text = tokenText(part.operand, context) ?? '<NA>';
    return part.width === 0 ? text : text.slice(0, part.width).padEnd(part.width);
  });
  return pieces.join('');
}

export function formatAlert(
  rule: ResolvedRule,
  plan: OutputPlan,
  context: Context,
  options: FormatOptions,
): ReferenceAlert {
  const moment = formatTime(context.moment.event.nanoseconds);
  const clock = `${moment.clock}.${moment.fraction}`;
  const priority = PRIORITY_NAMES[rule.priority];
  const body = message(plan.template, context);
  const prefix = options.time_format_iso_8601 ? `${moment.date}T${clock}+0000` : clock;
  const line = `${prefix}: ${priority} ${body}`;
  const members: [string, string, boolean][] = [
    ['hostname', jsonString(fromText(context.moment.hostname)), true],
    ['message', jsonString(body), options.json_include_message_property ?? false],
    ['output', jsonString(line), options.json_include_output_property ?? true],
    ['output_fields', outputFields(plan, context), options.json_include_output_fields_property ?? true],
    ['priority', `"${priority}"`, true],
    ['rule', jsonString(fromText(rule.name)), true],
    ['source', jsonString(fromText(rule.source)), true],
    [
      'tags',
      `[${rule.tags.map((tag) => jsonString(fromText(tag))).join(',')}]`,
      options.json_include_tags_property ?? true,
    ],
    ['time', `"${moment.date}T${clock}Z"`, true],
  ];
  const written = members.filter(([, , included]) => included).map(([key, value]) => `"${key}":${value}`);
  return { rule: rule.name, text: jsonEscaped(line), json: `{${written.join(',')}}` };
}

function outputFields(plan: OutputPlan, context: Context): string {
  const entries = plan.fields.map(({ key, value }) => {
    const json = 'parts' in value ? jsonString(message(value, context)) : fieldJson(value.name, value.arg, context);
    return `${jsonString(fromText(key))}:${json}`;
  });
  return `{${entries.join(',')}}`;
}
