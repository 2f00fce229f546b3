// Rendering of values and output templates as Falco prints them. Texts: absent is `<NA>`, lists are `(a,b)`, a width pads or
// cuts to as many bytes. JSON: absent is null, integers keep all their digits, lists are arrays.

import { MAX_LIST_TEXT } from '../isa/limits.ts';
import type { Render, TemplatePart } from '../program/meta.ts';
import { addressText } from './address-text.ts';
import type { FieldValue, MatchRecord, RecordText, Scalar } from './records.ts';
import { encodeText, type TextBuffer } from './text-buffer.ts';

/** A template whose literal texts are encoded. */
export interface Template {
  readonly parts: readonly (
    | { readonly text: string; readonly bytes: Uint8Array }
    | { readonly value: number; readonly render: Render; readonly width: number }
  )[];
  /** no part has a width */
  readonly isPlain: boolean;
}

const ABSENT_TEXT = '<NA>';
const NETWORK_TEXT = '<IPNET>';

export function prepareTemplate(parts: readonly TemplatePart[]): Template {
  return {
    parts: parts.map((part) => ('text' in part ? { text: part.text, bytes: encodeText(part.text) } : part)),
    isPlain: parts.every((part) => 'text' in part || part.width === 0),
  };
}

/** The template's text for an event; `buffer` is empty before and after. */
export function renderTemplate(template: Template, record: MatchRecord, buffer: TextBuffer): string {
  return plainText(template, record) ?? bytewiseText(template, record, buffer);
}

/** Where nothing is counted in bytes and nothing can be ill-formed UTF-8, texts are simply joined. */
function plainText(template: Template, record: MatchRecord): string | undefined {
  if (!template.isPlain) return undefined;
  let text = '';
  for (const part of template.parts) {
    if ('text' in part) text += part.text;
    else {
      const value = record.value(part.value);
      const piece = isList(value) ? undefined : plainScalar(value, part.render);
      if (piece === undefined) return undefined;
      text += piece;
    }
  }
  return text;
}

function plainScalar(value: Scalar | undefined, render: Render): string | undefined {
  if (value === undefined) return ABSENT_TEXT;
  return specialText(value, render) ?? (value as RecordText).ascii;
}

function bytewiseText(template: Template, record: MatchRecord, buffer: TextBuffer): string {
  for (const part of template.parts) {
    if ('text' in part) {
      buffer.append(part.bytes);
      continue;
    }
    const start = buffer.length;
    appendValue(buffer, record.value(part.value), part.render);
    if (part.width > 0) {
      buffer.cut(start + part.width);
      buffer.pad(start + part.width);
    }
  }
  return buffer.take();
}

function appendValue(buffer: TextBuffer, value: FieldValue, render: Render): void {
  if (value === undefined) buffer.appendText(ABSENT_TEXT);
  else if (isList(value)) appendList(buffer, value, render);
  else appendScalar(buffer, value, render);
}

function isList(value: FieldValue): value is readonly Scalar[] {
  return Array.isArray(value);
}

/** The comma is written once there is something behind the bracket, so leading empty elements leave no trace. */
function appendList(buffer: TextBuffer, list: readonly Scalar[], render: Render): void {
  const start = buffer.length;
  buffer.appendText('(');
  for (const element of list) {
    if (buffer.length > start + 1) buffer.appendText(',');
    appendScalar(buffer, element, render);
    if (buffer.length > start + MAX_LIST_TEXT) break;
  }
  buffer.appendText(')');
  buffer.cut(start + MAX_LIST_TEXT);
}

function appendScalar(buffer: TextBuffer, value: Scalar, render: Render): void {
  const special = specialText(value, render);
  if (special === undefined) buffer.append((value as RecordText).bytes);
  else buffer.appendText(special);
}

/** Text of a value that is not printed as it is: numbers, addresses, networks. */
function specialText(value: Scalar, render: Render): string | undefined {
  if (typeof value === 'bigint') return render === 'number9' ? `${value}`.padStart(9, '0') : `${value}`;
  if (render === 'address') return addressText(value.bytes);
  return render === 'network' ? NETWORK_TEXT : undefined;
}

/** A value of output_fields as JSON; a time is the event's, as a number. */
export function renderJson(record: MatchRecord, id: number, render: Render): string {
  if (render === 'time') return record.eventTime.nanoseconds;
  const value = record.value(id);
  if (value === undefined) return 'null';
  if (!isList(value)) return scalarJson(value, render);
  return `[${value.map((element) => scalarJson(element, render)).join()}]`;
}

function scalarJson(value: Scalar, render: Render): string {
  if (typeof value === 'bigint') return `${value}`;
  if (render === 'bool') return value.text;
  return JSON.stringify(specialText(value, render) ?? value.text);
}
