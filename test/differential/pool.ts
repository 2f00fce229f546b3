// What the events of a run hold: constants are drawn from it, and pointers that lead somewhere. A constant is best drawn
// from the values that its own field has, or equality would never hold.

import type { Moment } from '../reference/event-fields.ts';
import { fieldSource } from '../reference/fields.ts';
import { type JsonValue, unescapeText } from '../reference/json-text.ts';

export interface Pool {
  /** texts anywhere in the events, as byte strings */
  readonly texts: readonly string[];
  /** arguments of the pointer fields */
  readonly pointers: readonly string[];
  /** texts that a field, written with its argument, has on these events */
  readonly textsOf: (field: string) => readonly string[];
}

const SPECIAL = [
  '',
  'x',
  '0',
  '400',
  'true',
  'null',
  'pods',
  'system:authenticated',
  '/api/',
  'ADMIN',
  'a b',
  '\u2028',
  'é',
  '*',
  '[',
  '\\',
];
const ODD_POINTERS = [
  '/',
  '""',
  '/nope/0',
  'kind',
  '/user/groups/00',
  '/user/groups/+1',
  '/user/groups/-1',
  '/user/groups/-',
  '/a~0b',
];

export function poolOf(events: readonly JsonValue[]): Pool {
  const texts = new Set(SPECIAL.map((text) => Buffer.from(text).toString('latin1')));
  const pointers = new Set(ODD_POINTERS);
  for (const event of events) collect(event, '', texts, pointers);
  return { texts: [...texts], pointers: [...pointers], textsOf: (field) => textsOf(field, events) };
}

const SOURCES = [fieldSource('fixed'), fieldSource('falco')];

function textsOf(field: string, events: readonly JsonValue[]): readonly string[] {
  const [, name, arg] = /^([^[]*)(?:\[([^\]]*)\])?$/.exec(field)!;
  const texts = new Set<string>();
  for (const [at, document] of events.entries()) {
    for (const { read } of SOURCES)
      for (const value of read(name!, arg, momentOf(document, at)) ?? []) texts.add(String(value));
  }
  return [...texts];
}

function momentOf(document: JsonValue, at: number): Moment {
  const nanoseconds = 1_714_979_289_123_456_000n;
  const event = { document, nanoseconds };
  return {
    event,
    number: BigInt(at + 1),
    firstNanoseconds: nanoseconds,
    source: 'k8s_audit',
    plugin: 'k8saudit',
    hostname: 'host',
  };
}

function collect(value: JsonValue, pointer: string, texts: Set<string>, pointers: Set<string>): void {
  // an argument cannot hold these
  if (pointer !== '' && !/[\s[\]"'\\]/.test(pointer)) pointers.add(pointer);
  switch (value.kind) {
    case 'object':
      for (const member of value.members) {
        const key = unescapeText(member.rawKey);
        collect(member.value, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, texts, pointers);
      }
      return;
    case 'array':
      for (const [index, item] of value.items.entries()) collect(item, `${pointer}/${index}`, texts, pointers);
      return;
    case 'string':
      texts.add(unescapeText(value.raw));
      return;
    default:
      texts.add(value.text);
  }
}
