// Conditions over the scratch catalogue of the language cases, by what an event gives its fields: those that hold, those that do
// not, and those that are refused. Written by hand from what the rule language means; both semantics agree on all of them.

import type { CaseValue } from '../conformance/language-events.ts';

export interface Group {
  readonly fields: Readonly<Record<string, CaseValue>>;
  readonly holds: readonly string[];
  readonly fails: readonly string[];
  readonly refused: readonly string[];
}

type Fields = Group['fields'];

function group(
  fields: Fields,
  holds: readonly string[],
  fails: readonly string[] = [],
  refused: readonly string[] = [],
): Group {
  return { fields, holds, fails, refused };
}

function S(value: string): CaseValue {
  return { type: 'string', value };
}

function HEX(value_hex: string): CaseValue {
  return { type: 'string', value_hex };
}

function N(value: number | bigint): CaseValue {
  return { type: 'uint64', value };
}

function B(value: boolean): CaseValue {
  return { type: 'bool', value };
}

function SS(...values: readonly string[]): CaseValue {
  return { type: 'string', list: true, values };
}

function NN(...values: readonly number[]): CaseValue {
  return { type: 'uint64', list: true, values };
}

function IP(value: string): CaseValue {
  return { type: 'ipaddr', value };
}

function NET(value: string): CaseValue {
  return { type: 'ipnet', value };
}

/** A pattern as it stands in a condition, and a value. */
type Pattern = readonly [pattern: string, value: string];

const MATCHES: readonly Pattern[] = [
  ['a*?', 'aaa'],
  ['(a|b)*c', 'ababc'],
  ['a{2}', 'aa'],
  ['a{2,}', 'aaaa'],
  ['a{,2}', 'a{,2}'],
  ['a{x', 'a{x'],
  ['[[:^alpha:]]+', '12'],
  ['[[:word:]]+', 'a_1'],
  ['\\\\a', '\u0007'],
  ['\\\\x41', 'A'],
  ['\\\\x{41}', 'A'],
  ['\\\\101', 'A'],
  ['\\\\07', '\u0007'],
  ['a\\nb', 'a\nb'],
  ['^a$', 'a'],
  ['a|', ''],
  ['()', ''],
  ['(^a)*', 'a'],
  ['a$\nb', 'a\nb'],
  ['a\n^b', 'a\nb'],
  ['[^a]', '\n'],
  ['.', 'é'],
  ['[à-ü]', 'é'],
  ['a**', 'aa'],
  ['a+?', 'aa'],
  ['[]a]', ']'],
  ['[^]a]', 'b'],
  ['\\\\_', '_'],
  ['\\\\-', '-'],
];

const DIFFERS: readonly Pattern[] = [
  ['a{2}', 'aaa'],
  ['a^b', 'a\nb'],
  ['.', '\n'],
];

const NO_PATTERNS: readonly string[] = [
  '(?i)a',
  '\\\\d',
  '\\\\w',
  '\\\\b',
  '\\\\A',
  '\\\\pL',
  '*a',
  '(a',
  'a)',
  '[b-a]',
  '\\\\1',
  '\\\\C',
  '[[:foo:]]',
  'a{1001}',
  '(a{100}){11}',
  '\\\\Q',
  'a|*',
  '[a',
  '(?:a)',
  '(?P<n>a)',
];

function matching(pattern: string): string {
  return `t.str regex "${pattern}"`;
}

export const GROUPS: Readonly<Record<string, readonly Group[]>> = {
  'missing values': [
    group(
      {},
      [
        'not t.str = x',
        'not t.str != x',
        'not t.str exists',
        'not t.str in (a)',
        'not t.strs in (a)',
        'not len(t.strs) = 0',
        'not tolower(t.str) exists',
      ],
      [
        't.str exists',
        't.str = x',
        't.str != x',
        't.str in (x)',
        't.str = ""',
        't.num < 1',
        't.str regex ".*"',
        't.str = "<NA>"',
        't.str = val(t.str2)',
        't.str != val(t.str2)',
        'len(t.str) = 0',
        't.strs intersects ()',
        't.strs exists',
        't.str contains ""',
        't.num != 5',
        't.ip != 1.2.3.4',
        't.str pmatch (/)',
        't.str = allof ()',
        't.str in ()',
      ],
    ),
    group(
      { 't.str2': S('a') },
      [],
      ['t.str = val(t.str2)', 't.str2 = val(t.str)', 't.str2 != val(t.str)', 'concat(t.str,t.str2) exists'],
    ),
    group(
      { 't.str': S('') },
      [
        't.str exists',
        't.str = ""',
        't.str in ("")',
        't.str contains ""',
        't.str regex ".*"',
        't.str glob ""',
        't.str glob "*"',
        't.str pmatch (/)',
        't.str pmatch ("")',
        't.str != x',
        'len(t.str) = 0',
        't.str startswith ""',
        'basename(t.str) = ""',
        'b64(t.str) = ""',
      ],
      ['t.str in ()', 't.str = x', 't.str pmatch (/a)', 't.str glob "?"'],
    ),
    group(
      { 't.strs': SS() },
      ['not t.strs exists', 'not t.strs in (a)'],
      ['t.strs exists', 't.strs in ()', 't.strs in (a)', 't.strs intersects (a)', 'len(t.strs) = 0'],
    ),
    group(
      { 't.strs': SS('') },
      ['t.strs exists', 't.strs in ("")', 'len(t.strs) = 1'],
      ['t.strs in ()', 't.strs intersects ()'],
    ),
    group(
      { 't.strs': SS('a', 'b', 'a') },
      [
        't.strs in (a, b)',
        't.strs in (a, b, c)',
        't.strs intersects (a)',
        't.strs intersects (a, z)',
        'len(t.strs) = 3',
        't.strs intersects a',
        'join(",",t.strs) = "a,b,a"',
        'toupper(t.strs) exists',
        'len(toupper(t.strs)) = 3',
        'join("",toupper(t.strs)) = ABA',
      ],
      [
        't.strs in (a)',
        't.strs intersects (c)',
        't.strs in ()',
        't.strs in a',
        'toupper(t.strs) in (A, B)',
        'toupper(t.strs) intersects (A)',
        'tolower(t.strs) in (a, b)',
      ],
      [
        't.strs = a',
        't.strs contains a',
        't.strs glob a',
        't.strs pmatch (a)',
        't.strs < 1',
        't.strs != a',
        't.strs = anyof (a)',
        't.strs in val(t.str)',
        't.str in val(t.strs)',
        't.strs startswith a',
        'len(t.num) = 1',
      ],
    ),
    group(
      { 't.strs': SS('a', 'b'), 't.strs2': SS('b', 'a', 'c') },
      [
        't.strs in val(t.strs2)',
        't.strs intersects val(t.strs2)',
        'toupper(t.strs) in toupper(t.strs2)',
        'toupper(t.strs) intersects toupper(t.strs2)',
      ],
      [
        't.strs2 in val(t.strs)',
        't.strs in toupper(t.strs2)',
        'toupper(t.strs) in val(t.strs2)',
        'tolower(t.strs) intersects val(t.strs2)',
      ],
      ['t.strs = val(t.strs2)'],
    ),
    group(
      { 't.str': S('abc'), 't.str2': S('ABC') },
      [
        'tolower(t.str2) in (abc)',
        'toupper(t.str) = ABC',
        'toupper(t.str) = val(t.str2)',
        't.str = tolower(t.str2)',
        't.str icontains B',
        't.str iglob A*C',
        'len(t.str) = 3',
      ],
      [
        't.str in tolower(t.str2)',
        't.str intersects tolower(t.str2)',
        't.str contains B',
        't.str = ABC',
        't.str in val(t.str2)',
      ],
      [
        't.str regex val(t.str2)',
        't.str pmatch val(t.str2)',
        't.str bcontains a',
        't.str bstartswith a',
        't.str = val(t.num)',
        't.num = val(t.str)',
      ],
    ),
    group(
      { 't.str': S('abc'), 't.str2': S('b') },
      ['t.str contains val(t.str2)', 't.str != val(t.str2)'],
      ['t.str startswith val(t.str2)', 't.str = val(t.str2)', 't.str endswith val(t.str2)', 't.str > val(t.str2)'],
    ),
    group(
      { 't.str': S('abc'), 't.str2': S('a*') },
      ['t.str glob val(t.str2)', 't.str iglob toupper(t.str2)'],
      ['t.str glob tolower(t.str2) and t.str = x'],
    ),
  ],
  texts: [
    group(
      { 't.str': S('1000') },
      ['t.str < 400', 't.str >= 1000', 't.str <= 1000', 't.str > 0x10'],
      ['t.str >= 400', 't.str < 1000'],
    ),
    group({ 't.str': S('5') }, ['t.str >= 400', 't.str > 0x10', 't.str >= 5'], ['t.str < 5', 't.str >= 5.']),
    group(
      { 't.str': S('ünï\nx') },
      [
        't.str glob "*x"',
        't.str glob "??n*"',
        't.str regex "(.|\n)*"',
        't.str regex "ün.\nx"',
        't.str regex "[^a]*"',
        't.str contains "ü"',
        'len(t.str) = 7',
        't.str startswith ün',
        't.str endswith "\nx"',
      ],
      ['t.str regex ".*"', 't.str glob "?n*"', 't.str regex "ün."', 'len(t.str) = 5'],
    ),
    group(
      { 't.str': HEX('61ff62') },
      [
        't.str contains "\\xff"',
        't.str = "a\\xffb"',
        't.str regex "a.b"',
        't.str regex "a\\\\x{fffd}b"',
        't.str glob "a?b"',
        'len(t.str) = 3',
        't.str startswith "a\\xff"',
        't.str glob "a\\xffb"',
        't.str in ("a\\xffb")',
      ],
      ['t.str = ab', 't.str regex "a\\\\xffb"'],
      ['t.str regex "a\\xffb"'],
    ),
    group(
      { 't.str': HEX('610062') },
      ['t.str = a', 't.str in (a)', 'len(t.str) = 1', 't.str endswith a', 't.str regex a', 'toupper(t.str) = A'],
      ['t.str contains b'],
      ['t.str = "a\\x00b"', 't.str in ("\\x00")', 't.str regex "\\x00"'],
    ),
    group(
      { 't.str': S('/var/lib//x/') },
      [
        't.str pmatch (/var)',
        't.str pmatch (/var/)',
        't.str pmatch (var/lib)',
        't.str pmatch (/var/lib/x)',
        't.str pmatch (/var/lib/x/)',
        't.str pmatch (/)',
        't.str pmatch (//var)',
        't.str pmatch (/v*)',
        't.str pmatch (/*/lib)',
        't.str pmatch (/nope, /v?r/l[i]b)',
        't.str pmatch var',
        'basename(t.str) = ""',
        't.str pmatch ("")',
      ],
      [
        't.str pmatch (/variable)',
        't.str pmatch (/VAR)',
        't.str pmatch (/var/*/y)',
        't.str pmatch (/var/lib/x/y)',
        't.str pmatch ()',
        't.str pmatch (/var/..)',
        't.str pmatch (/va)',
      ],
    ),
    group({ 't.str': S('/var') }, ['t.str pmatch (/var)', 't.str pmatch (/va[r])'], ['t.str pmatch (/var/*)']),
    group(
      { 't.str': S('a/.b]c-d') },
      [
        't.str glob "a*c-d"',
        't.str glob "a/.b]c-d"',
        't.str glob "a/.b[]]c-d"',
        't.str glob "a/?b*"',
        't.str glob "[a-c]*"',
        't.str glob "[!b]*"',
        't.str glob "[^b]*"',
        't.str glob "[[:alpha:]]*"',
        't.str glob "a/.b]c[a-]d"',
        't.str glob "a/.b]c[-a]d"',
        't.str glob "\\\\a*"',
        't.str iglob "A/.B]C-D"',
        't.str iglob "[A-C]*"',
      ],
      [
        't.str glob "A*"',
        't.str glob "[[:digit:]]*"',
        't.str glob "{a,b}*"',
        't.str glob "a/.b[!]]c-d"',
        't.str glob "a"',
        't.str glob ""',
      ],
    ),
    group(
      { 't.str': S('[a') },
      ['t.str glob "[a"', 't.str glob "\\\\[a"', 't.str glob "?a"', 't.str glob "[[]a"'],
      ['t.str glob "[a]"'],
    ),
  ],
  numbers: [
    group(
      { 't.num': N(5) },
      [
        't.num = 5',
        't.num == 5',
        't.num > 4',
        't.num in (5)',
        't.num in (" 5")',
        't.num = "+5"',
        't.num != -1',
        't.num < -1',
        't.num = oneof (5, 6)',
        't.num != allof (4, 6)',
        't.num in (1, 2, 5)',
        't.num intersects (5)',
      ],
      ['t.num = 4', 't.num in ()', 't.num > -1', 't.num = oneof (5, 5)'],
      [
        't.num = 0x5',
        't.num > 0x4',
        't.num > 4.5',
        't.num = 5.0',
        't.num = "5 "',
        't.num = ""',
        't.num = a',
        't.num contains 5',
        't.num > 1e+2',
        't.num regex 5',
        't.num = 5a',
        't.num pmatch (5)',
        't.num = val(t.nums)',
        't.num in (5, a)',
      ],
    ),
    group(
      { 't.num': N(18446744073709551615n) },
      ['t.num = -1', 't.num = 18446744073709551615', 't.num = 99999999999999999999', 't.num > 9223372036854775807'],
      ['t.num = 18446744073709551614'],
    ),
    group(
      { 't.nums': NN(1, 2) },
      ['t.nums in (1, 2)', 't.nums intersects (2)', 'len(t.nums) = 2', 't.nums in ("+1", 2)'],
      ['t.nums in (1)'],
      ['t.nums = 1', 't.nums > 1', 't.nums in (a)', 'join(",",t.nums) = x', 'tolower(t.nums) exists'],
    ),
    group(
      { 't.bool': B(true) },
      [
        't.bool = true',
        't.bool != false',
        't.bool in (true, false)',
        't.bool = oneof (true)',
        't.bool = anyof (false, true)',
        't.bool intersects (true)',
      ],
      ['t.bool = false', 't.bool in (false)'],
      ['t.bool = True', 't.bool = 1', 't.bool < 1', 't.bool contains true', 't.bool = ""'],
    ),
  ],
  addresses: [
    group(
      { 't.ip': IP('10.1.2.3') },
      ['t.ip = 10.1.2.3', 't.ip != 10.1.2.4', 't.ip in (10.1.2.3, ::1)', 't.ip != ::1', 't.ip = anyof (10.1.2.3)'],
      ['t.ip = ::1', 't.ip != 10.1.2.3', 't.ip in ()'],
      [
        't.ip = ::ffff:1.2.3.4',
        't.ip = 10.01.2.3',
        't.ip = 10.1.2',
        't.ip = 10.1.2.256',
        't.ip = x',
        't.ip = 10.0.0.0/8',
        't.ip < 1',
        't.ip contains 1',
        't.ip = val(t.net)',
        't.ip = ""',
      ],
    ),
    group(
      { 't.ip': IP('fe80::1') },
      ['t.ip = fe80::1', 't.ip = fe80:0:0:0:0:0:0:1', 't.ip = FE80::0001'],
      ['t.ip = fe80::2'],
      ['t.ip = fe80::1%eth0', 't.ip = :::', 't.ip = 1:2:3:4:5:6:7:8:9'],
    ),
    group(
      { 't.net': NET('10.1.2.3') },
      [
        't.net = 10.0.0.0/8',
        't.net = 10.9.9.9/8',
        't.net != 11.0.0.0/8',
        't.net in (11.0.0.0/8, 10.1.0.0/16)',
        't.net = 0.0.0.0/0',
        't.net = 10.1.2.3/32',
        't.net intersects (10.0.0.0/8)',
      ],
      ['t.net = 11.0.0.0/8', 't.net in ()', 't.net = fe80::/10', 't.net = anyof (10.0.0.0/8)'],
      [
        't.net = 10.0.0.0',
        't.net = 10.0.0.0/33',
        't.net = ::/0',
        't.net = 10.0.0.0/',
        't.net < 1',
        't.net = val(t.ip)',
        't.net in val(t.nets)',
      ],
    ),
  ],
  modifiers: [
    group(
      { 't.str': S('abc') },
      [
        't.str = oneof (abc, b)',
        't.str = anyof (abc, abc)',
        't.str = allof (abc, abc)',
        't.str != allof (x, y)',
        't.str != anyof (abc, x)',
        't.str contains allof (a, b)',
        't.str startswith oneof (a, b)',
        't.str glob anyof (x*, a*)',
        't.str regex allof ("a.*", ".*c")',
        't.str = anyof abc',
        't.str endswith anyof (c, d)',
      ],
      [
        't.str = oneof (abc, abc)',
        't.str = allof (abc, x)',
        't.str = oneof ()',
        't.str = anyof ()',
        't.str = allof ()',
        't.str != allof ()',
        't.str contains oneof (a, b)',
        't.str != oneof (x, y)',
      ],
    ),
  ],
  transformers: [
    group({ 't.str': S('aGVsbG8') }, ['b64(t.str) = hello', 'b64(t.str) in (hello)', 'len(b64(t.str)) = 5']),
    group({ 't.str': S('aGVsbG8=') }, ['b64(t.str) = hello']),
    // as many signs as one likes, up to two
    group({ 't.str': S('aGVsbG8==') }, ['b64(t.str) = hello']),
    group({ 't.str': S('aGVs=') }, ['b64(t.str) = hel']),
    group({ 't.str': S('aGVs==') }, ['b64(t.str) = hel']),
    group({ 't.str': S('aGVs===') }, [], ['b64(t.str) exists']),
    group({ 't.str': S('=') }, [], ['b64(t.str) exists']),
    group({ 't.str': S('==') }, [], ['b64(t.str) exists']),
    group({ 't.str': S('') }, ['b64(t.str) = ""']),
    group({ 't.str': S('aGVsbG9=') }, [], ['b64(t.str) exists']),
    group({ 't.str': S('a') }, ['not b64(t.str) exists']),
    group({ 't.str': S('a-_b') }, ['not b64(t.str) exists']),
    group(
      { 't.str': S('/a/b') },
      [
        'basename(t.str) = b',
        'basename(t.str) in (b)',
        'toupper(basename(t.str)) = B',
        'concat("x",t.str,5) = x/a/b5',
        'concat(basename(t.str),basename(t.str)) = bb',
        'join("-",(t.str,"y",7)) = /a/b-y-7',
        'join("",()) = ""',
        'join("",()) exists',
        'concat(t.str,"\\x00z") = /a/b',
        'tolower("ABC") = abc',
        'len("abc") = 3',
        'concat("a","b") exists',
        'toupper(concat(t.str,"c")) = /A/BC',
      ],
      ['concat(t.str,t.str2) = /a/b', 'join(",",(t.str,t.str2)) exists'],
      [
        'concat(t.str) = x',
        'join(t.str) = x',
        'tolower(t.str,t.str2) = x',
        'concat(t.strs,"x") = y',
        'join(t.strs,t.strs) = x',
        'join(",",t.str) = x',
        'len(t.bool) = 1',
        'tolower(t.num) = 1',
        'tolower(t.str)[0] = x',
        'b64(t.ip) exists',
        'concat(t.num,"x") = y',
      ],
    ),
    group({ 't.str': S('a'), 't.num': N(7) }, ['join(",",(t.num,t.str)) = "7,a"', 'join(t.str,(t.num,t.num)) = "7a7"']),
    group(
      { 't.strs': SS('-a', '-bx', '-c', 'y', 'file', '-d') },
      [
        'getopt(t.strs,"ab:c:d")[b] = x',
        'getopt(t.strs,"ab:c:d")[a] = a',
        'getopt(t.strs,"ab:c:d")[c] = y',
        'not getopt(t.strs,"ab:c:d")[d] exists',
        'getopt(t.strs,"ab:c:d") intersects (x)',
        'getopt(t.strs,"b:c:") intersects ("?")',
        'len(getopt(t.strs,"ab:c:")) = 5',
      ],
      [],
      ['getopt(t.strs,"a")[bc] = x', 'getopt(t.str,"a") exists', 'getopt(t.strs) exists'],
    ),
    group(
      { 't.strs': SS('cmd', '-a') },
      ['getopt(t.strs,"a") in (x)', 'getopt(t.strs,"a") exists'],
      ['getopt(t.strs,"a")[a] exists', 'getopt(t.strs,"a") intersects (x)'],
    ),
    group({ 't.strs': SS('-ab', '--long', '-c', '--', '-d') }, [
      'getopt(t.strs,"abcd")[c] = c',
      'getopt(t.strs,"abcd")[b] = b',
      'not getopt(t.strs,"abcd")[d] exists',
    ]),
    group({ 't.strs': SS('-a', '1', '-a', '2', '-b') }, [
      'getopt(t.strs,"a:b:")[a] = 2',
      'getopt(t.strs,"a:b:")[b] = ""',
    ]),
  ],
  arguments: [
    group(
      { 't.key[x]': S('v'), 't.idx[0]': S('w'), 't.both[3]': S('z'), 't.key[a/b~c]': S('q'), 't.okey': S('p') },
      [
        't.key[x] = v',
        't.key["x"] = v',
        't.idx[0] = w',
        't.both[3] = z',
        't.key[a/b~c] = q',
        't.okey = p',
        't.okey exists',
        't.idx[18446744073709551615] exists or t.idx[0] exists',
      ],
      ['t.okey[x] exists', 't.key[y] exists', 't.key[X] exists', 't.idx[1] exists'],
      [
        't.key = v',
        't.str[x] = y',
        't.idx[x] = y',
        't.idx[00] = y',
        't.idx[01] = y',
        't.idx[-1] = y',
        't.idx[18446744073709551616] = y',
        't.key["x y"] = v',
        't.key["x]"] = v',
        't.idx = w',
        't.nope = x',
        'T.str = x',
        't.idx[""] = x',
        't.idx[1.0] = x',
      ],
    ),
  ],
  lengths: [
    group(
      { 't.str': S('a'.repeat(255)) },
      [`t.str = ${'a'.repeat(255)}`, `t.str in (${'a'.repeat(255)})`, `t.str != ${'é'.repeat(127)}`],
      [],
      [
        `t.str = ${'a'.repeat(256)}`,
        `t.str in (b, ${'a'.repeat(256)})`,
        `t.str regex ${'a'.repeat(256)}`,
        `t.str = ${'é'.repeat(128)}`,
        `t.num = ${'0'.repeat(255)}1`,
      ],
    ),
    group({ 't.str': S('x') }, [`not t.num = ${'0'.repeat(254)}1`]),
  ],
  'regular expressions': [
    ...MATCHES.map(([pattern, value]) => group({ 't.str': S(value) }, [matching(pattern)])),
    ...DIFFERS.map(([pattern, value]) => group({ 't.str': S(value) }, [], [matching(pattern)])),
    group({}, [], [], NO_PATTERNS.map(matching)),
  ],
};
