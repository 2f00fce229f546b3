// Fields of an embedder's own catalogue: JSON Pointers that may hold `*` for every element of an array, with one token
// that takes the field's argument. Values convert to the declared type; what does not convert is no value.

import pointer from 'jsonpointer';
import type { FieldType } from '../../src/isa/catalogue.ts';
import type { CustomField } from '../../src/isa/custom-catalogue.ts';
import { fromText, toText } from './bytes.ts';
import { parseAddress } from './ip.ts';
import { type JsonValue, member, type Semantics, textOf, unescapeText } from './json-text.ts';
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
  const values = found.map((value) => convert(value, field.type)).filter((value) => value !== undefined);
  return field.list ? values : values.slice(0, 1);
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

function convert(value: JsonValue, type: FieldType): Scalar | undefined {
  if (type === 'string') return textOf(value);
  if (type === 'bool') return value.kind === 'literal' && value.text !== 'null' ? value.text === 'true' : undefined;
  if (isNumeric(type)) {
    const number = value.kind === 'number' && /^\d+$/.test(value.text) ? BigInt(value.text) : undefined;
    return number !== undefined && number < 2n ** 64n ? number : undefined;
  }
  return value.kind === 'string' ? parseAddress(toText(unescapeText(value.raw))) : undefined;
}
