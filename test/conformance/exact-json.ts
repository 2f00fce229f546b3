// JSON as JavaScript values with every integer exact: those that a double cannot hold become BigInt.

import { fromText, toText } from '../reference/bytes.ts';
import { type JsonValue, parseJson, unescapeText } from '../reference/json-text.ts';

export function parseExact(text: string): unknown {
  const result = parseJson(fromText(text), 'fixed');
  if ('failure' in result) throw new SyntaxError(`${result.failure}: ${text.slice(0, 80)}`);
  return plain(result.value);
}

function plain(value: JsonValue): unknown {
  switch (value.kind) {
    case 'object':
      return Object.fromEntries(value.members.map((m) => [toText(unescapeText(m.rawKey)), plain(m.value)]));
    case 'array':
      return value.items.map(plain);
    case 'string':
      return toText(unescapeText(value.raw));
    case 'literal':
      return JSON.parse(value.text);
    case 'number': {
      const number = Number(value.text);
      return Number.isSafeInteger(number) || !/^-?\d+$/.test(value.text) ? number : BigInt(value.text);
    }
  }
}
