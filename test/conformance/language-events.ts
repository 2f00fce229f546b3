// The scratch catalogue of the rule language cases, and an event that gives its fields the values of a case.

import type { FieldType } from '../../src/isa/catalogue.ts';
import type { CustomCatalogue, CustomField } from '../../src/isa/custom-catalogue.ts';

export interface LanguageMeta {
  readonly event_source: string;
  readonly plugin: { readonly name: string; readonly version: string };
  readonly hostname: string;
  readonly fields: readonly {
    readonly name: string;
    readonly type: FieldType;
    readonly list: boolean;
    readonly arg?: string;
  }[];
}

/** A value as a case writes it; integers past 2^53 are BigInt. */
export interface CaseValue {
  readonly type: FieldType;
  readonly list?: boolean;
  readonly value?: unknown;
  readonly values?: readonly unknown[];
  /** bytes that are no text */
  readonly value_hex?: string;
  readonly values_hex?: readonly string[];
}

export function caseCatalogue(meta: LanguageMeta): CustomCatalogue {
  return { source: meta.event_source, plugin: meta.plugin, time: '/time', fields: meta.fields.map(customField) };
}

function customField(field: LanguageMeta['fields'][number]): CustomField {
  const elements = field.list ? '/*' : '';
  const required = field.arg?.startsWith('required') ?? false;
  const plain = `/plain/${field.name}${elements}`;
  return {
    name: field.name,
    type: field.type,
    list: field.list,
    ...(required ? {} : { path: plain }),
    ...(field.arg === undefined ? {} : { arg: { kind: argKind(field.arg), required } }),
    ...(field.arg === undefined ? {} : { argPath: `/with/${field.name}/{arg}${elements}` }),
  };
}

function argKind(arg: string): 'index' | 'key' | 'either' {
  if (arg.includes('index or key')) return 'either';
  return arg.includes('index') ? 'index' : 'key';
}

/** Bytes of the event; `values` maps a field, with its argument in brackets, to its value. */
export function caseEvent(values: Readonly<Record<string, CaseValue>>, nanoseconds: string): Uint8Array {
  const plain: string[] = [];
  const withArgument = new Map<string, string[]>();
  for (const [field, value] of Object.entries(values)) {
    const [, name, arg] = /^([^[]+)(?:\[(.*)\])?$/s.exec(field)!;
    if (arg === undefined) plain.push(memberText(name!, valueText(value)));
    else withArgument.set(name!, [...(withArgument.get(name!) ?? []), memberText(arg, valueText(value))]);
  }
  const nested = [...withArgument].map(([name, members]) => memberText(name, `{${members.join(',')}}`));
  const document = `{"time":${nanoseconds},"plain":{${plain.join(',')}},"with":{${nested.join(',')}}}`;
  return Buffer.from(document, 'latin1');
}

/** Texts here are byte strings, so that values that are no UTF-8 fit in. */
function memberText(key: string, value: string): string {
  return `${jsonBytes(Buffer.from(key).toString('latin1'))}:${value}`;
}

function valueText(value: CaseValue): string {
  const elements = value.values_hex?.map(hexText) ?? value.values?.map(scalarText);
  if (value.list) return `[${(elements ?? []).join(',')}]`;
  return value.value_hex === undefined ? scalarText(value.value) : hexText(value.value_hex);
}

function hexText(hex: string): string {
  return jsonBytes(Buffer.from(hex, 'hex').toString('latin1'));
}

function scalarText(value: unknown): string {
  return typeof value === 'string' ? jsonBytes(Buffer.from(value).toString('latin1')) : String(value);
}

function jsonBytes(bytes: string): string {
  const escaped = bytes.replace(/["\\\x00-\x1f]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}
