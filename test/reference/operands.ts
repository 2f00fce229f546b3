// Operands of checks and outputs: fields and transformer calls, their types, and their values on one event.

import type { FieldRef, TransformerArg, TransformerCall, Value } from '../../src/syntax/ast.ts';
import { textBytes } from '../../src/syntax/text-bytes.ts';
import { asciiLower, asciiUpper, cutAtNul, fromBytes } from './bytes.ts';
import { type Context, readField } from './context.ts';
import { getopt } from './getopt.ts';
import type { Extracted, FieldShape, Scalar } from './values.ts';

export interface OperandShape extends FieldShape {
  /** these transformers leave a NUL behind the text, which set lookups count and nothing else sees */
  readonly marked: boolean;
}

const MARKING = new Set(['tolower', 'toupper', 'b64', 'basename']);

/** The constant's bytes. */
export function constantBytes(value: Value): string {
  return fromBytes(textBytes(value.text));
}

/** Type of an operand; undefined for a field that does not exist. */
export function shapeOf(
  operand: TransformerArg,
  shape: (name: string) => FieldShape | undefined,
): OperandShape | undefined {
  switch (operand.kind) {
    case 'field': {
      const found = shape(operand.name);
      return found && { ...found, marked: false };
    }
    case 'value':
      return { type: 'string', list: false, marked: false };
    case 'tlist':
      return { type: 'string', list: true, marked: false };
    case 'transformer':
      return callShape(operand, shape);
  }
}

function callShape(call: TransformerCall, shape: (name: string) => FieldShape | undefined): OperandShape | undefined {
  const inner = call.args[0] && shapeOf(call.args[0], shape);
  if (call.name === 'len') return { type: 'uint64', list: false, marked: false };
  if (call.name === 'val') return inner;
  if (MARKING.has(call.name)) return inner && { ...inner, marked: true };
  return { type: 'string', list: call.name === 'getopt' && call.arg === undefined, marked: false };
}

/** Values of an operand; an empty array is a list that is present without elements. */
export function valuesOf(operand: TransformerArg, context: Context): Extracted {
  switch (operand.kind) {
    case 'field':
      return readField(context, operand.name, operand.arg);
    case 'value':
      return [constantBytes(operand)];
    case 'tlist':
      return literalList(operand.items, context);
    case 'transformer':
      return transformed(operand, context);
  }
}

function literalList(items: readonly (FieldRef | TransformerCall | Value)[], context: Context): Extracted {
  const values: Scalar[] = [];
  for (const item of items) {
    const found = valuesOf(item, context);
    if (found === undefined) return undefined;
    values.push(...found.map(String));
  }
  return values;
}

function transformed(call: TransformerCall, context: Context): Extracted {
  const args: (readonly Scalar[])[] = [];
  for (const arg of call.args) {
    const found = valuesOf(arg, context);
    if (found === undefined) return undefined;
    args.push(found);
  }
  const [first, second] = args as [readonly Scalar[], readonly Scalar[]];
  const texts = (values: readonly Scalar[]) => values.map((value) => cutAtNul(String(value)));
  switch (call.name) {
    case 'val':
      return first;
    case 'tolower':
      return first.map((value) => asciiLower(String(value)));
    case 'toupper':
      return first.map((value) => asciiUpper(String(value)));
    case 'basename':
      return first.map((value) => String(value).replace(/^.*\//s, ''));
    case 'b64':
      return decodedAll(texts(first));
    case 'len':
      return [BigInt(isList(call, context) ? first.length : texts(first)[0]!.length)];
    case 'concat':
      return [args.map((values) => texts(values).join('')).join('')];
    case 'join':
      return [texts(second).join(texts(first)[0] ?? '')];
    case 'getopt':
      return getopt(texts(first), texts(second)[0] ?? '', call.arg);
  }
}

function isList(call: TransformerCall, context: Context): boolean {
  return shapeOf(call.args[0]!, context.fields.shape)?.list ?? false;
}

function decodedAll(texts: readonly string[]): Extracted {
  const decoded = texts.map(decodeBase64);
  return decoded.every((text) => text !== undefined) ? decoded : undefined;
}

/** Standard alphabet, unused bits zero; up to two `=` behind digits are ignored. */
function decodeBase64(text: string): string | undefined {
  const digits = text.replace(/={0,2}$/, '');
  if (!/^[A-Za-z0-9+/]*$/.test(digits) || digits.length % 4 === 1) return undefined;
  if (digits === '' && text !== '') return undefined;
  const decoded = Buffer.from(digits, 'base64');
  return decoded.toString('base64').replace(/=*$/, '') === digits ? decoded.toString('latin1') : undefined;
}
