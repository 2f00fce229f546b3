// Values as outputs show them: as text, and as JSON.

import type { FieldType } from '../../src/isa/catalogue.ts';
import type { Operand } from '../../src/syntax/ast.ts';
import { cutAtNul, toText } from './bytes.ts';
import { type Context, readField } from './context.ts';
import { EVENT_FIELDS } from './event-fields.ts';
import { formatAddress } from './ip.ts';
import { shapeOf, valuesOf } from './operands.ts';
import { isNumeric, type Scalar } from './values.ts';

const MAX_LIST_TEXT = 1023;

/** Text of a token (a byte string); undefined when it has no value. */
export function tokenText(operand: Operand, context: Context): string | undefined {
  const own = operand.kind === 'field' ? EVENT_FIELDS.get(operand.name) : undefined;
  if (own?.text !== undefined) return own.text(context.moment);
  if (operand.kind === 'transformer' && operand.name === 'len' && !countsPluginField(operand)) return undefined;
  const shape = shapeOf(operand, context.fields.shape)!;
  const texts = valuesOf(operand, context)?.map((value) => scalarText(value, shape.type));
  return shape.list ? texts && listText(texts) : texts?.[0];
}

/** Lengths of anything but a plugin's field do not print. */
function countsPluginField(operand: Operand): boolean {
  if (operand.kind === 'field') return !EVENT_FIELDS.has(operand.name);
  const [first, second] = operand.args;
  return second === undefined && (first?.kind === 'field' || first?.kind === 'transformer') && countsPluginField(first);
}

/** A comma needs something before it, so empty elements in front leave no trace. */
function listText(texts: readonly string[]): string {
  const text = texts.reduce((so, next) => so + (so.length > 1 ? ',' : '') + next, '(');
  return `${text})`.slice(0, MAX_LIST_TEXT);
}

function scalarText(value: Scalar, type: FieldType): string {
  if (type === 'ipnet') return '<IPNET>';
  if (type === 'ipaddr') return formatAddress(String(value));
  return cutAtNul(String(value));
}

/** JSON text of a plain field. */
export function fieldJson(name: string, arg: string | undefined, context: Context): string {
  const own = EVENT_FIELDS.get(name);
  const { type, list } = context.fields.shape(name)!;
  if (own?.json !== undefined) return String(own.json(context.moment));
  const values = readField(context, name, arg)?.map((value) => scalarJson(value, type));
  if (values === undefined) return 'null';
  return list ? `[${values.join(',')}]` : values[0]!;
}

function scalarJson(value: Scalar, type: FieldType): string {
  return type === 'bool' || isNumeric(type) ? String(value) : jsonString(scalarText(value, type));
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** The inside of a JSON string: only what must be escaped is; bytes that are not UTF-8 become U+FFFD. */
export function jsonEscaped(bytes: string): string {
  return toText(bytes).replace(
    /["\\\x00-\x1f]/g,
    (c) => SHORT[c] ?? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function jsonString(bytes: string): string {
  return `"${jsonEscaped(bytes)}"`;
}
