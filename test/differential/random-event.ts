// Random payloads: real events with members missing, doubled, renamed and of the wrong type, odd numbers, escapes and bytes,
// odd white space, lists and arrays of events, and now and then text that is no JSON at all. Works on token trees, so that
// odd spellings survive; texts are byte strings.

import { fromText } from '../reference/bytes.ts';
import { compact, type JsonValue, type Member } from '../reference/json-text.ts';
import type { Random } from './random.ts';

const string = (raw: string): JsonValue => ({ kind: 'string', raw });
const number = (text: string): JsonValue => ({ kind: 'number', text });
const literal = (text: 'true' | 'false' | 'null'): JsonValue => ({ kind: 'literal', text });

const ODD_NUMBERS = [
  '0',
  '-0',
  '1.50',
  '1E+2',
  '1e3',
  '123456789012345678901234567890',
  '2.5',
  '-7',
  '1000',
  '9007199254740993',
  '18446744073709551615',
  '18446744073709551616',
];
/** JSON for the lenient reader only. */
const LENIENT_NUMBERS = ['01', '1.2.3', '--1', 'nan', 'Inf', '-inf', '.5', '1e'];
const ODD_STRINGS = [
  '',
  'x',
  'true',
  'null',
  '0',
  '400',
  '500',
  '\\u0041bc',
  'a\\/b',
  '\\u003cb\\u003e \\u0026',
  '\\ud83d\\ude00',
  'ab\\u0000cd',
  '\\ud83d',
  '\\ude00z',
  '\\ud83d\\u0041',
  'a\\"b\\\\c',
  '\\b\\f\\n\\r\\t',
  'li\\u0301',
  ' lead',
  'trail ',
  '/etc/passwd',
  '/',
  '//a//b/',
  'aGVsbG8=',
  '-ax',
  'a,b',
  '(x)',
  'x@sha256:ab',
  'h:5000/i:1',
  'UPPER',
  '\\\\',
  '$x',
  '*',
  '[a]',
  '{}',
  '\\u007f',
  '10.1.2.3',
  '::1',
  '::ffff:10.1.2.3',
  '010.1.2.3',
  '10.0.0.0/8',
]
  .map(fromText)
  .concat([fromText('ünïcode-näme'), fromText('李雷'), fromText('\u2028'), fromText('é')]);
const LENIENT_STRINGS = ['\\q\\a', '\\u12', '\\u12G4', 'tab\there', 'nl\nhere', '\xff\xfe', 'x\xc3', '\x01'];
const WORDS = [
  'spec',
  'kind',
  'name',
  'verb',
  'auditID',
  'containers',
  'image',
  'namespace',
  'hostPort',
  'Verb',
  '0',
  '',
  'a/b',
  '~',
];

/** What most events have, or they would be refused. */
const AUDIT_BASICS: readonly Member[] = [
  { rawKey: 'kind', value: string('Event') },
  { rawKey: 'stageTimestamp', value: string('2024-05-06T07:08:09.123456Z') },
];

/** Bytes of one payload in one line. `bases` are the events that it is made from. */
export function randomPayload(
  random: Random,
  bases: readonly JsonValue[],
  basics: readonly Member[] = AUDIT_BASICS,
): string {
  const event = randomEvent(random, bases, basics);
  const wrapped = random.chance(0.9) ? event : wrap(random, event, bases, basics);
  const text = random.chance(0.8) ? compact(wrapped) : spaced(random, wrapped);
  return random.chance(0.98) ? text : brokenText(random, text);
}

function randomEvent(random: Random, bases: readonly JsonValue[], basics: readonly Member[]): JsonValue {
  let event = random.pick(bases);
  if (random.chance(0.2)) event = crossed(random, event, random.pick(bases));
  if (random.chance(0.01)) return randomValue(random, false, 2);
  const isLenient = random.chance(0.05);
  const count = random.chance(0.1) ? 0 : 1 + random.int(8);
  for (let i = 0; i < count; i++) event = mutateSomewhere(random, event, isLenient);
  // most of them should still be events
  return random.chance(0.85) ? withBasics(event, basics) : event;
}

/** Members of both; where both have one, one of them or what the two give together. */
function crossed(random: Random, left: JsonValue, right: JsonValue): JsonValue {
  if (left.kind !== 'object' || right.kind !== 'object') return random.chance(0.5) ? left : right;
  const mine = left.members.map(({ rawKey, value }) => {
    const other = right.members.find((m) => m.rawKey === rawKey)?.value;
    return { rawKey, value: other === undefined ? value : crossed(random, value, other) };
  });
  const theirs = right.members.filter(({ rawKey }) => !left.members.some((m) => m.rawKey === rawKey));
  return { kind: 'object', members: [...mine, ...theirs] };
}

function withBasics(event: JsonValue, basics: readonly Member[]): JsonValue {
  if (event.kind !== 'object') return event;
  const others = event.members.filter(({ rawKey }) => !basics.some((m) => m.rawKey === rawKey));
  return { kind: 'object', members: [...others, ...basics] };
}

function wrap(random: Random, event: JsonValue, bases: readonly JsonValue[], basics: readonly Member[]): JsonValue {
  const others = random.several(random.int(3), () => randomEvent(random, bases, basics));
  const odd = random.chance(0.3) ? [randomValue(random, false, 2)] : [];
  const items = [event, ...others, ...odd];
  if (random.chance(0.4)) return { kind: 'array', items };
  const list: Member[] = [
    { rawKey: 'kind', value: string('EventList') },
    { rawKey: 'items', value: { kind: 'array', items } },
  ];
  return { kind: 'object', members: random.chance(0.5) ? list : list.toReversed() };
}

/** Walks down a random way and changes what stands there. */
function mutateSomewhere(random: Random, value: JsonValue, isLenient: boolean, depth = 0): JsonValue {
  if (value.kind === 'object' && value.members.length > 0 && (depth === 0 || random.chance(0.8))) {
    const body = value.members.findIndex(({ rawKey }) => rawKey === 'requestObject');
    const at = body >= 0 && random.chance(0.3) ? body : random.int(value.members.length);
    const members = value.members.map((m, i) =>
      i === at ? { rawKey: m.rawKey, value: mutateSomewhere(random, m.value, isLenient, depth + 1) } : m,
    );
    return { kind: 'object', members: random.chance(0.25) ? changeMembers(random, members, at, isLenient) : members };
  }
  if (value.kind === 'array' && value.items.length > 0 && random.chance(0.7)) {
    const at = random.int(value.items.length);
    return {
      kind: 'array',
      items: value.items.map((item, i) => (i === at ? mutateSomewhere(random, item, isLenient, depth + 1) : item)),
    };
  }
  return changeValue(random, value, isLenient);
}

function changeMembers(random: Random, members: readonly Member[], at: number, isLenient: boolean): readonly Member[] {
  const member = members[at]!;
  switch (random.int(5)) {
    case 0:
      return members.toSpliced(at, 1);
    case 1:
      return members.toSpliced(at, 1, { rawKey: escapedKey(random, member.rawKey), value: member.value });
    case 2:
      return members.toSpliced(random.int(members.length + 1), 0, {
        rawKey: random.chance(0.3) ? escapedKey(random, member.rawKey) : member.rawKey,
        value: randomValue(random, isLenient, 2),
      });
    case 3:
      return members.toSpliced(at, 0, { rawKey: random.pick(WORDS), value: randomValue(random, isLenient, 2) });
    default:
      return members.toSpliced(at, 1).toSpliced(random.int(members.length), 0, member);
  }
}

function escapedKey(random: Random, rawKey: string): string {
  if (rawKey === '' || rawKey.includes('\\')) return rawKey;
  const at = random.int(rawKey.length);
  if (rawKey[at]! > '\x7f') return rawKey;
  return `${rawKey.slice(0, at)}\\u00${rawKey.charCodeAt(at).toString(16).padStart(2, '0')}${rawKey.slice(at + 1)}`;
}

function changeValue(random: Random, value: JsonValue, isLenient: boolean): JsonValue {
  if (value.kind === 'array') {
    if (random.chance(0.3)) return { kind: 'array', items: value.items.toReversed() };
    if (random.chance(0.3)) return { kind: 'array', items: [...value.items, randomValue(random, isLenient, 2)] };
    if (random.chance(0.2) && value.items[0]) return value.items[0];
  }
  if (value.kind === 'string' && random.chance(0.2)) return string(value.raw.repeat(1 + random.int(20)));
  if (random.chance(0.15)) return { kind: 'array', items: [value] };
  return randomValue(random, isLenient, 3);
}

function randomValue(random: Random, isLenient: boolean, depth: number): JsonValue {
  const choice = random.int(depth > 0 ? 9 : 6);
  if (choice < 3) return string(random.pick(isLenient && random.chance(0.5) ? LENIENT_STRINGS : ODD_STRINGS));
  if (choice === 3) return number(random.pick(isLenient && random.chance(0.5) ? LENIENT_NUMBERS : ODD_NUMBERS));
  if (choice < 6) return literal(random.pick(['true', 'false', 'null']));
  const count = random.int(4);
  if (choice < 8)
    return { kind: 'array', items: random.several(count, () => randomValue(random, isLenient, depth - 1)) };
  const members = random.several(count, () => ({
    rawKey: random.pick(WORDS),
    value: randomValue(random, isLenient, depth - 1),
  }));
  return { kind: 'object', members };
}

function spaced(random: Random, value: JsonValue): string {
  const gap = () => (random.chance(0.3) ? random.pick([' ', '\t', '  ', ' \r', '\n', '      ']) : '');
  switch (value.kind) {
    case 'object':
      return `${gap()}{${gap()}${value.members.map((m) => `${gap()}"${m.rawKey}"${gap()}:${spaced(random, m.value)}`).join(',')}}${gap()}`;
    case 'array':
      return `${gap()}[${gap()}${value.items.map((item) => spaced(random, item)).join(',')}]${gap()}`;
    default:
      return gap() + compact(value) + gap();
  }
}

/** Cut, with a character less or more, or with something behind it. */
export function brokenText(random: Random, text: string): string {
  const at = random.int(text.length);
  switch (random.int(4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + 1);
    case 2:
      return (
        text.slice(0, at) + random.pick([',', '"', '\\', '{', ']', '\x00', '\xff', '0', '.', 'e', ' ']) + text.slice(at)
      );
    default:
      return `${text}${random.pick(['x', ' {}', ',', ']'])}`;
  }
}
