// Random patterns and texts over a small alphabet that is rich in what the rules of matching turn on: newlines,
// multi-byte characters, brackets, anchors.

import fc from 'fast-check';

const CHARACTERS = [
  'a',
  'b',
  'c',
  'A',
  'é',
  'ü',
  '日',
  '\u{1f600}',
  '\ufffd',
  '\u07ff',
  '\u0800',
  '\n',
  '\n',
  '.',
  '-',
  ']',
  '{',
];
const ATOMS = [
  ...['a', 'b', 'é', '日', '\u{1f600}', '\n', '.', '.', '^', '$', '', '{', ']', '{,2}'],
  ...['[ab]', '[^a]', '[^\\n]', '[a-é]', '[à-ü]', '[^é]', '[\\x{7ff}-\\x{10000}]', '[]a]', '[^]a]', '[a-]', '[-a]'],
  ...['[[:alpha:]]', '[[:^alpha:]]', '[[:space:]b]', '\\.', '\\n', '\\x41', '\\x{1f600}', '\\101', '\\_', '\\08'],
];
const WRONG_ATOMS = [
  ...['\\d', '\\b', '\\p', '\\C', '\\1', '\\8', '\\é', '\\', '\\x', '\\x4', '\\x{}', '\\x{110000}', '(?i)', '(?:a)'],
  ...['*', '(', ')', '[', '[a', '[z-a]', '[a-c-e]', '[[:foo:]]', '[[:alpha:]-z]', 'a{2,1}', 'a{1001}', '(a{40}){40}'],
];
const REPEATS = ['*', '+', '?', '{2}', '{0,2}', '{1,3}', '{2,}', '{0}', '*?', '+*', '{3}{2}', '{0,12}', '{01}'];

const pattern = (atoms: readonly string[]): fc.Arbitrary<string> =>
  fc.letrec<{ pattern: string }>((tie) => ({
    pattern: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: fc.constantFrom(...atoms), weight: 3 },
      { arbitrary: fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => left + right), weight: 3 },
      { arbitrary: fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `(${left}|${right})`), weight: 1 },
      { arbitrary: fc.tuple(tie('pattern'), tie('pattern')).map(([left, right]) => `${left}|${right}`), weight: 1 },
      {
        arbitrary: fc.tuple(tie('pattern'), fc.constantFrom(...REPEATS)).map(([child, times]) => `(${child})${times}`),
        weight: 2,
      },
    ),
  })).pattern;

/** Regexes that compile. */
export const regexPattern: fc.Arbitrary<string> = pattern(ATOMS);

/** Regexes of which many do not compile. */
export const doubtfulRegex: fc.Arbitrary<string> = pattern([...ATOMS, ...WRONG_ATOMS]);

export const regexText: fc.Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom('a', 'b', '\n'), { maxLength: 8 }).map((parts) => parts.join('')),
  fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 8 }).map((parts) => parts.join('')),
);

const GLOB_TEXT = [...'abzABZ019_-[]!^\\*?:.=/~', ' ', '\t', '\x01', '\x7f', '\xe9', '\xc3'];
const GLOB_PARTS = [
  ...GLOB_TEXT,
  ...[
    '*',
    '*',
    '?',
    '[',
    ']',
    '[a-c]',
    '[!a]',
    '[^a-b]',
    '[[:',
    ':]]',
    '[.',
    '.]',
    '[=',
    '=]',
    '[=a=]',
    '[.-.]',
    '[[.a.]-c]',
  ],
  ...[
    'alpha',
    'alnum',
    'blank',
    'cntrl',
    'digit',
    'graph',
    'lower',
    'print',
    'punct',
    'space',
    'upper',
    'xdigit',
    'zz',
  ].map((name) => `[[:${name}:]]`),
];

const bytes = (parts: readonly string[], maxLength: number): fc.Arbitrary<Uint8Array> =>
  fc
    .array(fc.constantFrom(...parts), { maxLength })
    .map((chosen) => Uint8Array.from(Buffer.from(chosen.join(''), 'latin1')));

export const globPattern: fc.Arbitrary<Uint8Array> = bytes(GLOB_PARTS, 8);
export const globText: fc.Arbitrary<Uint8Array> = bytes(GLOB_TEXT, 8);
export const pathPattern: fc.Arbitrary<Uint8Array> = bytes(['/', '/', 'a', 'b', '*', '?', '[ab]', '[', '\\', '..'], 8);
export const pathText: fc.Arbitrary<Uint8Array> = bytes(['/', '/', 'a', 'b', '[', '\\', '..', '*'], 8);
