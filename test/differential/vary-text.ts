// Variations of a condition or an output token as text: fields, constants, operators and blanks replaced by others of their
// kind, conditions negated and joined. Many a result does not compile; those are left out by whoever compiles them.

import type { Random } from './random.ts';

/** What texts are varied with. */
export interface Vocabulary {
  /** names of the fields of each kind */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** arguments in their brackets */
  readonly args: readonly string[];
  /** constants as conditions write them */
  readonly constants: readonly string[];
}

type TokenKind = 'quoted' | 'field' | 'symbol' | 'word' | 'number' | 'blank' | 'other';
interface Token {
  readonly kind: TokenKind;
  readonly text: string;
}

const PATTERNS: readonly (readonly [TokenKind, RegExp])[] = [
  ['quoted', /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/sy],
  ['field', /[A-Za-z]\w*(?:\.[A-Za-z]\w*)+(?:\[[^\]]*\])?/y],
  ['symbol', /<=|>=|!=|==|[<>=]/y],
  ['number', /[+-]?\d[\w.]*(?=[\s,)]|$)/y],
  ['word', /[^\s()"'=,<>!]+/y],
  ['blank', /\s+/y],
  ['other', /[\s\S]/y],
];
const SYMBOLS = ['=', '==', '!=', '<', '<=', '>', '>='];
const WORDS = [' contains ', ' icontains ', ' startswith ', ' endswith ', ' glob ', ' iglob ', ' regex '];
const MEMBERSHIPS = ['in', 'intersects', 'pmatch'];
const MODIFIERS = ['oneof', 'anyof', 'allof'];
const CALLS = ['tolower', 'toupper', 'basename', 'b64'];
const BLANKS = ['  ', '\t', ' \n ', '\r\n'];
const NUMBERS = [
  '0',
  '1',
  '2',
  '5',
  '-1',
  '1500',
  '18446744073709551615',
  '18446744073709551616',
  '1700000000123456789',
];

export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (let at = 0; at < text.length; at += found.at(-1)!.text.length) {
    for (const [kind, pattern] of PATTERNS) {
      pattern.lastIndex = at;
      const [match] = pattern.exec(text) ?? [];
      if (match !== undefined) found.push({ kind, text: match });
      if (match !== undefined) break;
    }
  }
  return found;
}

/** Constants and arguments of texts. */
export function vocabularyOf(texts: readonly string[], fields: Vocabulary['fields']): Vocabulary {
  const all = texts.flatMap(tokens);
  const constants = all.filter(({ kind }) => kind === 'quoted' || kind === 'number').map(({ text }) => text);
  const args = all.flatMap(({ kind, text }) => (kind === 'field' ? (/\[.*$/s.exec(text)?.[0] ?? []) : []));
  return {
    fields,
    args: [...new Set([...args, '[0]', '[1]', '[x]', '[""]'])],
    constants: [...new Set([...constants, '""', 'a', 'x', '"a b"', 'true', '10.0.0.1', '10.0.0.0/8', '"::1"'])],
  };
}

/** A condition with one to four changes. */
export function varyCondition(random: Random, texts: readonly string[], words: Vocabulary): string {
  let text = random.pick(texts);
  const changes = 1 + random.int(4);
  for (let i = 0; i < changes; i++) text = varyOnce(random, text, words);
  if (random.chance(0.15)) text = `not (${text})`;
  if (random.chance(0.25)) text = `(${text}) ${random.pick(['and', 'or'])} (${random.pick(texts)})`;
  return text;
}

/** An output token, with another field, argument, width or transformer now and then. */
export function varyToken(random: Random, texts: readonly string[], words: Vocabulary): string {
  const token = random.pick(texts);
  const [, width, operand] = /^%(\d*)(.*)$/s.exec(token)!;
  const varied = random.chance(0.4) ? varyOnce(random, operand!, words) : operand!;
  return `%${random.chance(0.1) ? random.int(12) : width}${varied}`;
}

function varyOnce(random: Random, text: string, words: Vocabulary): string {
  const parts = tokens(text);
  const changeable = parts.flatMap(({ kind }, at) => (kind === 'other' ? [] : [at]));
  if (changeable.length === 0) return text;
  const at = random.pick(changeable);
  const isValue = parts.slice(0, at).some(({ kind }) => kind === 'symbol' || kind === 'word');
  return parts
    .with(at, { kind: 'other', text: replaced(random, parts[at]!, words, isValue) })
    .map((p) => p.text)
    .join('');
}

function replaced(random: Random, { kind, text }: Token, words: Vocabulary, isValue: boolean): string {
  switch (kind) {
    case 'quoted':
      return random.chance(0.6) ? random.pick(words.constants) : nearMiss(random, text);
    case 'field':
      return otherField(random, text, words);
    case 'symbol':
      return random.chance(0.7) ? random.pick(SYMBOLS) : random.pick(WORDS);
    case 'number':
      return random.chance(0.5) ? random.pick(NUMBERS) : random.pick(words.constants);
    case 'blank':
      return random.pick(BLANKS);
    case 'word':
      return otherWord(random, text, words, isValue);
    case 'other':
      return text;
  }
}

function otherWord(random: Random, text: string, words: Vocabulary, isValue: boolean): string {
  if (MEMBERSHIPS.includes(text)) return random.pick(MEMBERSHIPS);
  if (MODIFIERS.includes(text)) return random.pick(MODIFIERS);
  if (text === 'and' || text === 'or') return text === 'and' ? 'or' : 'and';
  if (WORDS.includes(` ${text} `)) return random.pick([...WORDS.map((word) => word.trim()), '=', '!=']);
  if (CALLS.includes(text)) return random.pick(CALLS);
  if (text === 'exists') return `${random.pick(SYMBOLS)} ${random.pick(words.constants)}`;
  return isValue ? random.pick([...words.constants, `${text}x`, text.slice(1) || '""']) : text;
}

/** The quotes stay. */
function nearMiss(random: Random, quoted: string): string {
  const inside = quoted.slice(1, -1);
  const changed = random.pick([
    inside.slice(1),
    `${inside}x`,
    inside.toUpperCase(),
    `${inside}*`,
    `*${inside}`,
    `${inside}.*`,
    `.*${inside}`,
    ` ${inside}`,
    inside.replace(/[a-z0-9]/, '?'),
    inside.replace(/[a-z0-9]/, '[a-z0-9]'),
  ]);
  return quoted[0] + changed + quoted[0];
}

function otherField(random: Random, text: string, { fields, args }: Vocabulary): string {
  const [, name, arg = ''] = /^([^[]*)(\[.*)?$/s.exec(text)!;
  const choice = random.int(10);
  if (choice === 0) return `${random.pick(CALLS)}(${text})`;
  if (choice === 1) return name + random.pick(args);
  if (choice === 2) return name!;
  const kind = [...fields.values()].find((names) => names.includes(name!));
  const names = kind === undefined || choice === 3 ? random.pick([...fields.values()]) : kind;
  return random.pick(names) + arg;
}
