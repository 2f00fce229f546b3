// Fields of an embedder's own catalogue: JSON Pointers that may hold `*` for every element of an array, with one token
// that takes the field's argument. Values convert to the declared type; what does not convert is no value, and a list
// with such an element is none.

import pointer from 'jsonpointer';
import type { FieldType } from '../../src/isa/catalogue.ts';
import type { CustomField } from '../../src/isa/custom-catalogue.ts';
import { cutAtNul, fromText } from './bytes.ts';
import { parseAddress } from './ip.ts';
import { type JsonValue, member, type Semantics, textOf } from './json-text.ts';
import { isNumeric, type Scalar } from './values.ts';

/** Decoded reference tokens of a JSON Pointer, as byte strings. */
export function pointerTokens(text: string): string[] {
  const tokens = text === '' ? [] : pointerParts(text);
  return tokens.map((token) => fromText(token.replaceAll('~1', '/').replaceAll('~0', '~')));
}

/** The library refuses what is no pointer. */
function pointerParts(text: string): string[] {
  pointer.compile(text);
  return text.split('/').slice(1);
}

export function readCustom(
  field: CustomField,
  root: JsonValue,
  arg: string | undefined,
  semantics: Semantics,
): readonly Scalar[] | undefined {
  const path = arg === undefined ? field.path : field.argPath;
  if (path === undefined) return undefined;
  const tokens = pointerTokens(path).map((token) => (arg === undefined ? token : token.replaceAll('{arg}', () => arg)));
  let found = follow(root, tokens, semantics);
  const spread = pointerTokens(path).includes('*');
  if (field.list && !spread) found = found.flatMap((value) => (value.kind === 'array' ? value.items : []));
  const values = (field.list ? found : found.slice(0, 1)).map((value) => convert(value, field.type));
  return values.every((value) => value !== undefined) ? values : undefined;
}

function follow(value: JsonValue, tokens: readonly string[], semantics: Semantics): readonly JsonValue[] {
  const [token, ...rest] = tokens;
  if (token === undefined) return [value];
  if (value.kind === 'array') {
    const picked =
      token === '*' ? value.items : /^(?:0|[1-9]\d*)$/.test(token) ? value.items.slice(+token, +token + 1) : [];
    return picked.flatMap((item) => follow(item, rest, semantics));
  }
  const next = member(value, token, semantics);
  return next === undefined ? [] : follow(next, rest, semantics);
}

/** Every type is read from the value's text, so that a string of digits is a number too. */
function convert(value: JsonValue, type: FieldType): Scalar | undefined {
  const text = cutAtNul(textOf(value));
  if (type === 'string') return text;
  if (type === 'bool') return text === 'true' || text === 'false' ? text === 'true' : undefined;
  if (!isNumeric(type)) return parseAddress(text);
  const number = /^\d{1,20}$/.test(text) ? BigInt(text) : undefined;
  return number !== undefined && number < 2n ** 64n ? number : undefined;
}
