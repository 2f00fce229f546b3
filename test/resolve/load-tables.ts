// Rule files and what loading them comes to, as Falco would: `ok` with its warnings and each rule with its compiled condition,
// or `err` with the code and the warnings before it; one outcome a file, by ` | `. Codes are Falco's without `LOAD_`.

export type Row = readonly [what: string, files: string | readonly string[], outcome: string];

const SHAPE = 'err:ERR_YAML_VALIDATE';
const MEANING = 'err:ERR_VALIDATE';
const CONDITION = 'err:ERR_COMPILE_CONDITION';
const OUTPUT = 'err:ERR_COMPILE_OUTPUT';

/** a condition, and how it is printed */
const v = 'ka.verb = get';
const V = '{ka.verb = get}';

function rule(name: string, condition: string, more = ''): string {
  return `- rule: ${name}\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n  source: k8s_audit\n${more}`;
}

function macro(name: string, condition: string, more = ''): string {
  return `- macro: ${name}\n  condition: ${condition}\n${more}`;
}

function list(name: string, items: string, more = ''): string {
  return `- list: ${name}\n  items: ${items}\n${more}`;
}

/** Another item of a rule's name. */
function item(name: string, keys: string): string {
  return `- rule: ${name}\n${keys}`;
}

/** Rule A with something appended to a key. */
function append(key: string, value: string, more = ''): string {
  return item('A', `  ${key}: ${value}\n  override: {${key}: append}\n${more}`);
}

/** Rule A with another value of a key. */
function replace(key: string, value: string, more = ''): string {
  return item('A', `  ${key}: ${value}\n  override: {${key}: replace}\n${more}`);
}

/** The key of a rule with one exception. */
function exception(text: string): string {
  return `  exceptions:\n    - ${text}\n`;
}

/** A rule with this condition behind some lists. */
function inLists(lists: string, condition: string): string {
  return lists + rule('A', JSON.stringify(condition));
}

function accepted(condition: string): string {
  return `ok A{${condition}}`;
}

const A: string = rule('A', v);

/** What stands for a list L with these items, in this condition. */
const SUBSTITUTED: readonly (readonly [condition: string, items: string, seen: string])[] = [
  ['ka.verb in (L)', '[a, b]', 'ka.verb in (a, b)'],
  ['ka.verb in L', '[a]', 'ka.verb in a'],
  ['ka.verb = L', '[a]', 'ka.verb = a'],
  ['ka.verb in (L,c)', '[a, b]', 'ka.verb in (a, b, c)'],
  ['ka.verb in (c,L)', '[a, b]', 'ka.verb in (c, a, b)'],
  ['ka.verb in (c , L , d)', '[]', 'ka.verb in (c, d)'],
  ['ka.verb in (L, d)', '[]', 'ka.verb in (d)'],
  ['ka.verb in (d, L)', '[]', 'ka.verb in (d)'],
  ['ka.verb in (L)', '[]', 'ka.verb in ()'],
  ['ka.verb = "see L now"', '[a]', 'ka.verb = "see a now"'],
  ['ka.verb = "(L)"', '[a]', 'ka.verb = "( a )"'],
  ['ka.verb in (L, L)', '[a]', 'ka.verb in (a, a)'],
  ['ka.verb in (L)', '["a b", "\\"c d\\"", "\'e f\'"]', 'ka.verb in ("a b", "c d", "e f")'],
  ['ka.verb in (L)', '["a,b"]', 'ka.verb in (a, b)'],
  ['ka.verb in (L)', '[""]', 'ka.verb in ()'],
  ['ka.verb in (L, c)', '[""]', 'ka.verb in (c)'],
  ['ka.verb in (L)', '[\'""\']', 'ka.verb in ()'],
  ['ka.verb in (L)', '[\'"a=b"\']', 'ka.verb in ("a=b")'],
  ['ka.verb in (L)', '["", a]', 'ka.verb in (a)'],
  ['ka.verb in(L)and ka.uri=L', '[a]', '(ka.verb in (a) and ka.uri = a)'],
  ['L = x', '[ka.verb]', 'ka.verb = x'],
  ['ka.verb L (x)', '[in]', 'ka.verb in (x)'],
  ['ka.verb = a L ka.uri = b', '[or]', '(ka.verb = a or ka.uri = b)'],
  ['ka.verb = anyof (L)', '[a, b]', 'ka.verb = anyof (a, b)'],
  ['concat("x",L) = y', '[ka.verb]', 'concat(x,ka.verb) = y'],
];

/** L is no word of these. */
const NOT_SUBSTITUTED: readonly (readonly [condition: string, items: string, seen: string])[] = [
  ['ka.verb in ()', '[a]', 'ka.verb in ()'],
  ['ka.verb = "L"', '[a]', 'ka.verb = L'],
  ['ka.verb in (Lx, xL, L-x)', '[a]', 'ka.verb in (Lx, xL, L-x)'],
];

export const TABLES: Readonly<Record<string, readonly Row[]>> = {
  files: [
    ['a null first document', `---\n---\n${rule('A', v)}`, 'ok'],
    ['a null document in the middle', `${rule('A', v)}---\n---\n${rule('B', v)}`, `ok A${V}`],
    ['two documents', `${rule('A', v)}---\n${rule('B', v)}`, `ok A${V} B${V}`],
    ['a comment before the first document', `# x\n---\n${rule('A', v)}`, `ok A${V}`],
    ['a text', 'abc', SHAPE],
    ['a map', 'a: b', SHAPE],
    ['a text in the sequence', '- a\n', SHAPE],
    ['null items', `- \n- ~\n${rule('A', v)}`, `ok A${V}`],
    ['the first of equal keys', rule('A', v, '  priority: bogus\n'), `ok A${V}`],

    [
      'warnings again',
      [rule('A', 'ka.verb = <NA>'), rule('B', v)],
      `ok:UNSAFE_NA_CHECK A{ka.verb = <NA>} | ok:UNSAFE_NA_CHECK A{ka.verb = <NA>} B${V}`,
    ],
    ['read warnings not again', [`- foo: 1\n${rule('A', v)}`, rule('B', v)], `ok:UNKNOWN_ITEM A${V} | ok A${V} B${V}`],
    [
      'a leaves a broken rule behind',
      [rule('A', 'ka.nope = x'), rule('B', v)],
      'err:ERR_COMPILE_CONDITION | err:ERR_COMPILE_CONDITION',
    ],
    ['b repairs', [rule('A', 'ka.nope = x'), rule('A', v)], `err:ERR_COMPILE_CONDITION | ok A${V}`],
    ['lists before macros before rules', rule('A', 'ka.nope = x') + macro('m', 'ka.verb ='), CONDITION],
    ['null doc first with content after', `--- ~\n---\n${rule('A', v)}`, 'ok'],
    ['doc end marker', `---\n${rule('A', v)}...\n---\n${rule('B', v)}`, `ok A${V} B${V}`],
    ['doc end marker bare', `${rule('A', v)}...\n`, `ok A${V}`],
    ['doc end then null then', `${rule('A', v)}...\n---\n...\n---\n${rule('B', v)}`, `ok A${V}`],
    ['trailing ---', `${rule('A', v)}---\n`, `ok A${V}`],
    ['trailing --- comment', `${rule('A', v)}---\n# end\n`, `ok A${V}`],
    ['directive', `%YAML 1.2\n---\n${rule('A', v)}`, `ok A${V}`],
    ['BOM', `\uFEFF${rule('A', v)}`, `ok A${V}`],
    ['CRLF', rule('A', v).replaceAll('\n', '\r\n'), `ok A${V}`],
    [
      'CRLF block',
      rule('A', '>\n    ka.verb = get\n    and ka.uri = x').replaceAll('\n', '\r\n'),
      `ok A{(ka.verb = get and ka.uri = x)}`,
    ],
    ['only comments', '# a\n# b\n', 'ok'],
    ['only blanks', ' \n\n', 'ok'],
    ['empty seq', '[]\n', 'ok'],
    ['empty map', '{}', SHAPE],
    ['doc ""', '""', SHAPE],
    ['null forms', rule('A', v, '  tags: Null\n'), SHAPE],
    ['nULL is text', rule('A', v).replace('desc: d', 'desc: nULL'), `ok A${V}`],
    ['desc null', rule('A', v).replace('desc: d', 'desc: NULL'), SHAPE],
    ['desc "null"', rule('A', v).replace('desc: d', 'desc: "null"'), `ok A${V}`],
    ['!!str null', rule('A', v).replace('desc: d', 'desc: !!str null'), `ok A${V}`],
    ['!!int', rule('A', v).replace('desc: d', 'desc: !!int abc'), `ok A${V}`],
    ['! null', rule('A', v).replace('desc: d', 'desc: ! null'), `ok A${V}`],
    ['!custom', rule('A', v).replace('desc: d', 'desc: !foo abc'), `ok A${V}`],
    ['!custom map', rule('A', v).replace('- rule', '- !bar\n  rule'), `ok A${V}`],
    ['alias', `- macro: &n m\n  condition: &c ${v}\n${rule('A', '*n')}${rule('B', '*c')}`, `ok A${V} B${V}`],
    [
      'anchors do not cross documents',
      `- macro: m\n  condition: &c ${v}\n---\n${rule('B', '*c')}`,
      'err:ERR_YAML_PARSE',
    ],
    [
      'merge key adds nothing',
      `- &a\n  macro: m\n  condition: ${v}\n- <<: *a\n  list: l\n  items: []\n`,
      'ok:UNKNOWN_KEY,UNUSED_MACRO,UNUSED_LIST',
    ],
    ...[
      'y',
      'Y',
      'n',
      'N',
      'yes',
      'YES',
      'Yes',
      'no',
      'true',
      'TRUE',
      'True',
      'false',
      'FALSE',
      'False',
      'on',
      'ON',
      'On',
      'off',
      'OFF',
      'Off',
      '"y"',
      "'Off'",
    ].map((b): Row => [`bool ${b}`, rule('A', v, `  enabled: ${b}\n`), `ok A${V}`]),
    ...['0', '1', 'fAlse', 'tRUE', '""', '~', '[true]', '{a: b}', 'yEs', '" true"', 'true ok', 'oN', 't', 'f'].map(
      (b): Row => [`bool ${b}`, rule('A', v, `  enabled: ${b}\n`), SHAPE],
    ),
    ...['0', '7', '0x1F', '0X1f', '017', '"12"', '+3', '"4 "', '4294967295'].map(
      (b): Row => [`unsigned ${b}`, rule('A', v, `  capture_duration: ${b}\n`), `ok A${V}`],
    ),
    ...[
      '-1',
      '1.0',
      '1e3',
      '08',
      '0x',
      '0xg',
      '1_000',
      '" 4"',
      '""',
      '~',
      '[1]',
      '4294967296',
      '5s',
      '0b1',
      '0o7',
      '-0',
    ].map((b): Row => [`unsigned ${b}`, rule('A', v, `  capture_duration: ${b}\n`), SHAPE]),
  ],
  'kinds of items': [
    ['kind order rev+list', '- list: l\n  required_engine_version: 10\n', 'ok:UNKNOWN_KEY'],
    ['plugin+rule', '- rule: A\n  required_plugin_versions: []\n', 'ok:UNKNOWN_KEY'],
    ['macro+rule', `- rule: A\n  macro: m\n  condition: ${v}\n`, 'ok:UNKNOWN_KEY,UNUSED_MACRO'],
    ['list null wins kind', `- rule: A\n  list:\n`, SHAPE],
    [
      'several unknown',
      rule('A', v, '  foo: 1\n  items: []\n  bar: [x]\n'),
      `ok:UNKNOWN_KEY,UNKNOWN_KEY,UNKNOWN_KEY A${V}`,
    ],
    [
      'unknown in exceptions not checked',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [a], foo: b}')),
      'ok A{(ka.verb = get and not ka.verb in (a))}',
    ],
    [
      'unknown in plugin entry not checked',
      '- required_plugin_versions:\n    - {name: json, version: 0.1.0, foo: 1}\n',
      'ok',
    ],
    ['unknown key refused item', '- list: l\n  foo: 1\n', SHAPE],
    ['empty item map', '- {}\n', 'ok:UNKNOWN_ITEM'],
    ['key is a sequence', `- ? [a]\n  : b\n  list: l\n  items: []\n`, 'ok:UNKNOWN_KEY,UNUSED_LIST'],
  ],
  required_engine_version: [
    ...['63', '0.63.0', '"10"', '0.26.0-rc1', '0.26.0.5', '0.0.0', '077', '0.26.0junk'].map(
      (b): Row => [`engine ${b}`, `- required_engine_version: ${b}\n`, 'ok'],
    ),
    ...['64', '0.63.1', '1.0.0', '0.64.0', '0100', '0x40'].map(
      (b): Row => [`engine ${b}`, `- required_engine_version: ${b}\n`, MEANING],
    ),
    ...['0.50', 'v0.26.0', 'abc', '~', '""', '[63]', '{a: 1}', '-1', '0.26', '0..1', '0.26.', '.1.2'].map(
      (b): Row => [`engine ${b}`, `- required_engine_version: ${b}\n`, SHAPE],
    ),
    ['engine several', '- required_engine_version: 10\n- required_engine_version: 0.20.0\n', 'ok'],
  ],
  required_plugin_versions: [
    ['plugin too new', '- required_plugin_versions:\n    - {name: k8saudit, version: 99.0.0}\n', 'fatal'],
    ['plugin major', '- required_plugin_versions:\n    - {name: k8saudit, version: 1.0.0}\n', 'fatal'],
    [
      'plugin unknown, alt ok',
      '- required_plugin_versions:\n    - {name: x, version: 1.0.0, alternatives: [{name: k8saudit, version: 0.1.0}]}\n',
      'ok',
    ],
    ['plugin null', '- required_plugin_versions:\n', SHAPE],
    ['plugin map', '- required_plugin_versions: {name: a, version: 1.0.0}\n', SHAPE],
    ['plugin entry scalar', '- required_plugin_versions: [a]\n', SHAPE],
    ['plugin no version', '- required_plugin_versions: [{name: a}]\n', SHAPE],
    ['plugin no name', '- required_plugin_versions: [{version: 1.0.0}]\n', SHAPE],
    ['plugin bad version', '- required_plugin_versions: [{name: a, version: 1.0}]\n', MEANING],
    ['plugin alt scalar', '- required_plugin_versions: [{name: json, version: 0.1.0, alternatives: x}]\n', SHAPE],
    ['plugin alt entry', '- required_plugin_versions: [{name: json, version: 0.1.0, alternatives: [x]}]\n', SHAPE],
    [
      'plugin alt dup',
      '- required_plugin_versions: [{name: json, version: 0.1.0, alternatives: [{name: b, version: 1.0.0},{name: b, version: 1.0.0}]}]\n',
      MEANING,
    ],
    [
      'plugin alt bad version',
      '- required_plugin_versions: [{name: json, version: 0.1.0, alternatives: [{name: b, version: x}]}]\n',
      MEANING,
    ],
    ['plugin version suffix', '- required_plugin_versions: [{name: json, version: 0.1.0-rc1}]\n', 'ok'],
    [
      'plugin same name in two entries',
      '- required_plugin_versions: [{name: json, version: 0.1.0},{name: json, version: 0.2.0}]\n',
      'ok',
    ],
    ['plugin fatal over load error', '- required_plugin_versions: [{name: nope, version: 0.1.0}]\n- foo\n', 'fatal'],
    ['plugin null entry', '- required_plugin_versions: [~]\n', SHAPE],
  ],
  lists: [
    ['list names ok', list('a-b.c/d', '[x]'), 'ok:UNUSED_LIST'],
    ['list name blank', list('a b', '[x]'), 'ok:INVALID_LIST_NAME,UNUSED_LIST'],
    ['list name =', list('a=b', '[x]'), 'ok:INVALID_LIST_NAME,UNUSED_LIST'],
    [
      'list bad name used',
      list('a b', '[get]') + rule('A', 'ka.verb in (a b)'),
      `ok:INVALID_LIST_NAME A{ka.verb in (get)}`,
    ],
    ['list items scalar', list('l', 'x'), SHAPE],
    ['list items null', list('l', ''), SHAPE],
    ['list items nested', list('l', '[[a]]'), SHAPE],
    ['list items map', list('l', '{a: b}'), SHAPE],
    ['list item "null"', list('l', '["null"]') + rule('A', 'ka.verb in (l)'), 'ok A{ka.verb in (null)}'],
    [
      'list source texts',
      list('l', '[1.0, 0x10, yes, "a", \'b\', 1e3, .5]') + rule('A', 'ka.verb in (l)'),
      'ok A{ka.verb in (1.0, 0x10, yes, a, b, 1e3, .5)}',
    ],
    ['list append false', list('l', '[a]', '  append: false\n') + rule('A', 'ka.verb in (l)'), 'ok A{ka.verb in (a)}'],
    ['list append off missing', list('l', '[a]', '  append: "off"\n'), 'ok:UNUSED_LIST'],
    ['list append bogus', list('l', '[a]', '  append: 1\n'), SHAPE],
    [
      'list append deprecated',
      list('l', '[a]') + list('l', '[b]', '  append: yes\n') + rule('A', 'ka.verb in (l)'),
      'ok:DEPRECATED_ITEM A{ka.verb in (a, b)}',
    ],
    [
      'list override append',
      list('l', '[a]') + list('l', '[b]', '  override: {items: append}\n') + rule('A', 'ka.verb in (l)'),
      'ok A{ka.verb in (a, b)}',
    ],
    ['list redefine', list('l', '[a]') + list('l', '[b]') + rule('A', 'ka.verb in (l)'), 'ok A{ka.verb in (b)}'],
    [
      'list replace',
      list('l', '[a]') + list('l', '[b]', '  override: {items: replace}\n') + rule('A', 'ka.verb in (l)'),
      'ok A{ka.verb in (b)}',
    ],
    ['list override bad', list('l', '[a]', '  override: {foo: append}\n'), SHAPE],
    ['list override op', list('l', '[a]', '  override: {items: x}\n'), SHAPE],
    ['list override case', list('l', '[a]', '  override: {items: Append}\n'), SHAPE],
    [
      'list append+override',
      list('l', '[a]') + list('l', '[a]', '  append: true\n  override: {items: append}\n'),
      `${SHAPE},DEPRECATED_ITEM`,
    ],
    [
      'list append+override empty',
      list('l', '[a]') + list('l', '[b]', '  append: true\n  override: {}\n') + rule('A', 'ka.verb in (l)'),
      'ok:DEPRECATED_ITEM A{ka.verb in (a, b)}',
    ],
    ['list override append missing', list('l', '[a]', '  override: {items: append}\n'), MEANING],
    [
      'list append empty',
      list('l', '[a]') + list('l', '[]', '  override: {items: append}\n') + rule('A', 'ka.verb in (l)'),
      'ok A{ka.verb in (a)}',
    ],
    ['list rule key', list('l', '[a]', '  priority: x\n'), 'ok:UNKNOWN_KEY,UNUSED_LIST'],
  ],
  macros: [
    ['macro no condition', '- macro: m\n', SHAPE],
    ['macro append no condition', `${macro('m', v)}- macro: m\n  append: true\n`, SHAPE],
    ['macro name dash', macro('a-b', v), 'ok:INVALID_MACRO_NAME,UNUSED_MACRO'],
    ['macro name _a', macro('_a', v), 'ok:INVALID_MACRO_NAME,UNUSED_MACRO'],
    ['macro name a.b', macro('a.b', v), 'ok:INVALID_MACRO_NAME,UNUSED_MACRO'],
    ['macro bad name condition still compiled', macro('a-b', 'ka.verb ='), `${CONDITION},INVALID_MACRO_NAME`],
    [
      'macro precedence',
      macro('m', 'ka.verb = a or ka.verb = b') +
        macro('m', 'and ka.uri = x', '  override: {condition: append}\n') +
        rule('A', 'm'),
      'ok A{(ka.verb = a or (ka.verb = b and ka.uri = x))}',
    ],
    ['macro replace missing', macro('m', v, '  override: {condition: replace}\n') + rule('A', 'm'), `ok A${V}`],
    ['macro append missing', macro('m', v, '  append: true\n'), `${MEANING},DEPRECATED_ITEM`],
    ['macro unknown field unused', macro('m', 'ka.nope = x'), 'ok:UNUSED_MACRO'],
    ['macro unknown field in rule', macro('m', 'ka.nope = x') + rule('A', 'm'), CONDITION],
    ['macro empty condition', macro('m', '""'), SHAPE],
    ['macro blank condition', macro('m', '" "'), CONDITION],
    ['macro unknown key', macro('m', v, '  desc: x\n') + rule('A', 'm'), `ok:UNKNOWN_KEY A${V}`],
    ['macro in loop unused by rule', macro('a', v) + macro('b', 'a') + macro('a', 'b'), MEANING],
  ],
  rules: [
    ...['condition', 'output', 'desc', 'priority'].map(
      (k): Row => [
        `missing ${k}`,
        A.split('\n')
          .filter((l) => !l.startsWith(`  ${k}:`))
          .join('\n'),
        SHAPE,
      ],
    ),
    ...['condition', 'output', 'desc', 'priority', 'source'].flatMap((k): readonly Row[] => [
      [`null ${k}`, A.replace(new RegExp(`  ${k}: .*`), `  ${k}:`), SHAPE],
      [`empty ${k}`, A.replace(new RegExp(`  ${k}: .*`), `  ${k}: ""`), SHAPE],
      [`seq ${k}`, A.replace(new RegExp(`  ${k}: .*`), `  ${k}: [a]`), SHAPE],
      [`map ${k}`, A.replace(new RegExp(`  ${k}: .*`), `  ${k}: {a: b}`), SHAPE],
    ]),
    ['tags scalar', rule('A', v, '  tags: a\n'), SHAPE],
    ['tags map', rule('A', v, '  tags: {a: b}\n'), SHAPE],
    ['tags null elem', rule('A', v, '  tags: [a, ~]\n'), SHAPE],
    ['tags []', rule('A', v, '  tags: []\n'), `ok A${V}`],
    ['exceptions scalar', rule('A', v, '  exceptions: a\n'), SHAPE],
    ['exceptions map', rule('A', v, '  exceptions: {a: b}\n'), SHAPE],
    ['exceptions null', rule('A', v, '  exceptions:\n'), `ok A${V}`],
    ['exceptions []', rule('A', v, '  exceptions: []\n'), `ok A${V}`],
    ['exceptions scalar elem', rule('A', v, '  exceptions: [a]\n'), SHAPE],
    ['exceptions ""', rule('A', v, '  exceptions: ""\n'), SHAPE],
    ['warn_evttypes bogus', rule('A', v, '  warn_evttypes: 5\n'), SHAPE],
    ['skip bogus', rule('A', v, '  skip-if-unknown-filter: ""\n'), SHAPE],
    ['capture bogus', rule('A', v, '  capture: ~\n'), SHAPE],
    ['output_fields', rule('A', v, '  output_fields: [a]\n'), `ok:UNKNOWN_KEY A${V}`],
    [
      'append + valid override on missing rule',
      item('A', '  condition: x\n  append: true\n  override: {condition: append}\n'),
      `${SHAPE},DEPRECATED_ITEM`,
    ],
    [
      'append + scalar override',
      A + item('A', '  condition: and ka.uri exists\n  append: true\n  override: x\n'),
      'ok:DEPRECATED_ITEM A{(ka.verb = get and ka.uri exists)}',
    ],
    ['override seq empty', A + item('A', '  enabled: false\n  override: []\n'), `ok:DEPRECATED_ITEM A${V}`],
    ['override scalar enabled-only', A + item('A', '  enabled: false\n  override: x\n'), `ok:DEPRECATED_ITEM A${V}`],
    ['override {} definition', A + rule('A', 'ka.verb = x', '  override: {}\n'), 'ok A{ka.verb = x}'],
    ['enabled only bad bool', A + item('A', '  enabled: 1\n'), SHAPE],
    ['enabled only null', A + item('A', '  enabled:\n'), SHAPE],
    [
      'enabled only with bad tags',
      A + item('A', '  enabled: true\n  tags: 5\n  exceptions: 7\n'),
      `ok:DEPRECATED_ITEM A${V}`,
    ],
    ['desc alone is a definition', A + item('A', '  enabled: true\n  desc: x\n'), SHAPE],
    ['null desc alone is a definition', A + item('A', '  enabled: true\n  desc:\n'), SHAPE],
    ['tags alone', A + item('A', '  tags: [a]\n'), SHAPE],
    ['exceptions alone', A + item('A', '  exceptions: []\n'), SHAPE],
    ['redefine syscall to k8s', rule('A', v).replace('k8s_audit', 'syscall').replace(v, 'evt.num = 1') + A, MEANING],
    ['redefine keeps order', A + rule('B', v) + rule('A', 'ka.verb = x'), `ok A{ka.verb = x} B${V}`],
    ['unknown source redefine', [rule('A', 'x').replace('k8s_audit', 'foo') + A], `${MEANING},UNKNOWN_SOURCE`],
    [
      'unknown source exceptions not checked',
      rule('A', 'x', exception('{name: e, fields: [foo.bar], values: [[a]]}')).replace('k8s_audit', 'foo'),
      'ok:UNKNOWN_SOURCE',
    ],
    [
      'unknown source bad output not checked',
      rule('A', 'x').replace('k8s_audit', 'foo').replace('output: o', 'output: "%nope"'),
      'ok:UNKNOWN_SOURCE',
    ],
    [
      'unknown source macro unused',
      macro('m', v) + rule('A', 'm').replace('k8s_audit', 'foo'),
      'ok:UNKNOWN_SOURCE,UNUSED_MACRO',
    ],
    [
      'unknown source list unused',
      list('l', '[a]') + rule('A', 'ka.verb in (l)').replace('k8s_audit', 'foo'),
      'ok:UNKNOWN_SOURCE,UNUSED_LIST',
    ],
    [
      'unknown source append macro',
      rule('A', 'x').replace('k8s_audit', 'foo') + append('condition', 'and ('),
      'ok:UNKNOWN_SOURCE',
    ],
    ...[
      'emergency',
      'ALERT',
      'Critical',
      'error',
      'warning',
      'notice',
      'informational',
      'info',
      'debug',
      'INFO',
      'DeBuG',
    ].map((p): Row => [`prio ${p}`, A.replace('INFO', p), `ok A${V}`]),
    ...['warn', 'err', '0', '5', '"info "', 'crit', 'emerg', 'inform', 'infos'].map(
      (p): Row => [`prio ${p}`, A.replace('INFO', p), SHAPE],
    ),
  ],
  'append and override': [
    ['append condition', A + append('condition', 'and ka.uri exists'), 'ok A{(ka.verb = get and ka.uri exists)}'],
    [
      'append prec',
      rule('A', 'ka.verb = get or ka.verb = list') + append('condition', 'and ka.uri exists'),
      'ok A{(ka.verb = get or (ka.verb = list and ka.uri exists))}',
    ],
    [
      'append twice',
      rule('A', v) + append('condition', 'or ka.verb = a') + append('condition', 'or ka.verb = b'),
      'ok A{(ka.verb = get or ka.verb = a or ka.verb = b)}',
    ],
    ['append form missing rule', item('A', '  condition: x\n  append: true\n'), `${MEANING},DEPRECATED_ITEM`],
    ['append form only exceptions null', A + item('A', '  exceptions:\n  append: true\n'), `ok:DEPRECATED_ITEM A${V}`],
    ['append form empty condition', A + item('A', '  condition: ""\n  append: true\n'), `${SHAPE},DEPRECATED_ITEM`],
    [
      'append form ignores',
      A +
        item(
          'A',
          '  condition: and ka.uri exists\n  append: true\n  output: [a]\n  desc:\n  enabled: 7\n  capture_duration: x\n  warn_evttypes: z\n',
        ),
      'ok:DEPRECATED_ITEM A{(ka.verb = get and ka.uri exists)}',
    ],
    [
      'append form unknown key',
      A + item('A', '  condition: and ka.uri exists\n  append: true\n  zzz: 1\n'),
      'ok:DEPRECATED_ITEM,UNKNOWN_KEY A{(ka.verb = get and ka.uri exists)}',
    ],
    [
      'append form source differs',
      A + item('A', '  condition: and ka.uri exists\n  append: true\n  source: syscall\n'),
      `${MEANING},DEPRECATED_ITEM`,
    ],
    ['append form order', A + item('A', '  append: true\n  condition: and'), `${CONDITION},DEPRECATED_ITEM`],
    ...['source', 'rule', 'append', 'override', 'foo'].flatMap((k): readonly Row[] => [
      [
        `override append ${k}`,
        `${A}- rule: A\n  ${k === 'foo' ? 'foo: x\n  ' : ''}condition: and ka.uri exists\n  override: {condition: append, ${k}: append}\n`,
        SHAPE,
      ],
      [
        `override replace ${k}`,
        `${A}- rule: A\n  condition: and ka.uri exists\n  override: {condition: append, ${k}: replace}\n`,
        SHAPE,
      ],
    ]),
    ...['priority', 'enabled', 'warn_evttypes', 'skip-if-unknown-filter', 'capture', 'capture_duration'].map(
      (k): Row => [`override append ${k}`, A + append(k, k === 'priority' ? 'INFO' : '1'), SHAPE],
    ),
    ['replace priority', A + replace('priority', 'debug'), `ok A${V}`],
    ['replace priority bad', A + replace('priority', 'bad'), SHAPE],
    ['replace enabled', A + replace('enabled', 'false'), `ok A${V}`],
    ['replace enabled null', A + replace('enabled', ''), SHAPE],
    ['replace condition', A + replace('condition', 'ka.uri = x'), 'ok A{ka.uri = x}'],
    ['replace condition empty', A + replace('condition', '""'), SHAPE],
    ['replace output bad', A + replace('output', '"%ka.nope"'), OUTPUT],
    ['replace output blank', A + replace('output', '"  "'), OUTPUT],
    ['append output', A + append('output', '"%ka.nope"'), OUTPUT],
    ['append desc', A + append('desc', 'x'), `ok A${V}`],
    ['append tags null', A + append('tags', ''), SHAPE],
    ['append tags', A + append('tags', '[x]'), `ok A${V}`],
    ['replace capture_duration', A + replace('capture_duration', '0x10'), `ok A${V}`],
    ['replace capture_duration bad', A + replace('capture_duration', '-1'), SHAPE],
    ['replace skip', rule('A', 'ka.nope = x') + replace('skip-if-unknown-filter', 'true'), 'ok:UNKNOWN_FILTER'],
    [
      'override listed missing',
      `${A}- rule: A\n  condition: and ka.uri exists\n  override: {condition: append, tags: append}\n`,
      SHAPE,
    ],
    [
      'override unlisted key',
      `${A}- rule: A\n  condition: and ka.uri exists\n  priority: INFO\n  override: {condition: append}\n`,
      SHAPE,
    ],
    [
      'override unlisted unknown key ok',
      `${A}- rule: A\n  condition: and ka.uri exists\n  foo: INFO\n  override: {condition: append}\n`,
      'ok:UNKNOWN_KEY A{(ka.verb = get and ka.uri exists)}',
    ],
    [
      'override with append false',
      `${A}- rule: A\n  condition: and ka.uri exists\n  append: false\n  override: {condition: append}\n`,
      'ok A{(ka.verb = get and ka.uri exists)}',
    ],
    [
      'append then replace',
      `${A}- rule: A\n  condition: and ka.uri exists\n  tags: [a]\n  override: {tags: replace, condition: append}\n`,
      'ok A{(ka.verb = get and ka.uri exists)}',
    ],
    ['override missing rule replace', '- rule: A\n  enabled: false\n  override: {enabled: replace}\n', MEANING],
    ['override op case', `${A}- rule: A\n  enabled: false\n  override: {enabled: REPLACE}\n`, SHAPE],
    ['override op null', `${A}- rule: A\n  enabled: false\n  override: {enabled: }\n`, SHAPE],
    ['override op seq', `${A}- rule: A\n  enabled: false\n  override: {enabled: [replace]}\n`, MEANING],
    [
      'override source ok',
      A + append('condition', 'and ka.uri exists', '  source: k8s_audit\n'),
      'ok A{(ka.verb = get and ka.uri exists)}',
    ],
    ['replace source differs', A + replace('condition', v, '  source: foo\n'), MEANING],
    ['override tags + source', A + replace('tags', '[a]', '  source: foo\n'), `ok A${V}`],
    [
      'exceptions [] removes',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [a]}')) + replace('exceptions', '[]'),
      `ok A${V}`,
    ],
    [
      'exceptions append null',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [a]}')) + append('exceptions', ''),
      'ok A{(ka.verb = get and not ka.verb in (a))}',
    ],
    ['replace quoted key', `${A}- rule: A\n  "enabled": false\n  override: {"enabled": "replace"}\n`, `ok A${V}`],
  ],
  exceptions: [
    [
      'exception: no values',
      rule('A', 'ka.verb = a or ka.verb = b', exception('{name: e, fields: ka.verb}')) +
        append('condition', 'and ka.uri exists'),
      'ok A{(ka.verb = a or (ka.verb = b and ka.uri exists))}',
    ],
    ['exception: values []', rule('A', v, exception('{name: e, fields: ka.verb, values: []}')), `ok A${V}`],
    ['exception: values scalar', rule('A', v, exception('{name: e, fields: ka.verb, values: x}')), SHAPE],
    ['exception: values map', rule('A', v, exception('{name: e, fields: ka.verb, values: {a: b}}')), SHAPE],
    ['exception: no name', rule('A', v, exception('{fields: ka.verb, values: [a]}')), SHAPE],
    ['exception: name null', rule('A', v, exception('{name: , fields: ka.verb, values: [a]}')), SHAPE],
    ['exception: name empty', rule('A', v, exception('{name: "", fields: ka.verb, values: [a]}')), SHAPE],
    ['exception: no fields', rule('A', v, exception('{name: e, values: [a]}')), SHAPE],
    ['exception: fields null', rule('A', v, exception('{name: e, fields: , values: [a]}')), MEANING],
    ['exception: fields []', rule('A', v, exception('{name: e, fields: [], values: [a]}')), MEANING],
    [
      'exception: comps default in',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [a, b]}')),
      'ok A{(ka.verb = get and not ka.verb in (a, b))}',
    ],
    [
      'exception: comps pmatch',
      rule('A', v, exception('{name: e, fields: ka.uri, comps: pmatch, values: [/a, /b]}')),
      'ok A{(ka.verb = get and not ka.uri pmatch (/a, /b))}',
    ],
    [
      'exception: comps intersects',
      rule('A', v, exception('{name: e, fields: ka.uri, comps: " intersects ", values: [/a, /b]}')),
      'ok A{(ka.verb = get and not ka.uri intersects (/a, /b))}',
    ],
    ...[
      '=',
      '==',
      '!=',
      'contains',
      'exists',
      '<',
      'foo',
      'oneof',
      'in oneof',
      '< anyof',
      'startswith  anyofx',
      'IN',
      'endswith\tanyof x',
    ].map(
      (c): Row => [
        `exception: scalar comp ${c}`,
        rule('A', v, exception(`{name: e, fields: ka.verb, comps: ${JSON.stringify(c)}, values: [a]}`)),
        MEANING,
      ],
    ),
    ...['= anyof', '!= allof', 'contains oneof', 'regex anyof', 'glob  anyof'].map(
      (c): Row => [
        `exception: scalar comp ${c}`,
        rule('A', v, exception(`{name: e, fields: ka.verb, comps: ${JSON.stringify(c)}, values: [ab.c]}`)),
        /regex/.test(c)
          ? `ok A{(ka.verb = get and not ka.verb regex anyof (ab.c))}`
          : `ok A{(ka.verb = get and not ka.verb ${c.replace(/ +/, ' ')} (ab.c))}`,
      ],
    ),
    [
      'exception: scalar comps seq',
      rule('A', v, exception('{name: e, fields: ka.verb, comps: [in], values: [a]}')),
      MEANING,
    ],
    ['exception: scalar nested value', rule('A', v, exception('{name: e, fields: ka.verb, values: [[a]]}')), MEANING],
    [
      'exception: scalar value list name',
      list('l', '[x, y z]') + rule('A', v, exception('{name: e, fields: ka.verb, values: [l]}')),
      'ok A{(ka.verb = get and not ka.verb in (x, "y z"))}',
    ],
    [
      'exception: scalar quoted with blank',
      rule('A', v, exception('{name: e, fields: ka.verb, values: ["a b", c]}')),
      'ok A{(ka.verb = get and not ka.verb in ("a b", c))}',
    ],
    [
      'exception: tab not quoted',
      rule('A', v, exception('{name: e, fields: ka.verb, values: ["a\\tb", c]}')),
      CONDITION,
    ],
    [
      'exception: inner quote breaks',
      rule('A', v, exception("{name: e, fields: ka.verb, values: ['a \"b']}")),
      CONDITION,
    ],
    [
      'exception: own quotes',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [\'"a=b"\']}')),
      'ok A{(ka.verb = get and not ka.verb in ("a=b"))}',
    ],
    ['exception: x=y', rule('A', v, exception('{name: e, fields: ka.verb, values: [x=y]}')), CONDITION],
    [
      'exception: seq',
      rule('A', v, exception('{name: e, fields: [ka.verb, ka.uri], values: [[a, /b], [c, d e]]}')),
      'ok A{(ka.verb = get and not ((ka.verb = a and ka.uri = /b) or (ka.verb = c and ka.uri = "d e")))}',
    ],
    [
      'exception: seq single',
      rule('A', v, exception('{name: e, fields: [ka.verb], values: [[a], [b]]}')),
      'ok A{(ka.verb = get and not (ka.verb = a or ka.verb = b))}',
    ],
    [
      'exception: seq comps',
      rule(
        'A',
        v,
        exception('{name: e, fields: [ka.verb, ka.uri], comps: [in, startswith], values: [[[a, b c], /b]]}'),
      ),
      'ok A{(ka.verb = get and not (ka.verb in (a, "b c") and ka.uri startswith /b))}',
    ],
    [
      'exception: seq in scalar',
      rule('A', v, exception('{name: e, fields: [ka.verb], comps: [in], values: [["x, y"]]}')),
      'ok A{(ka.verb = get and not ka.verb in (x, y))}',
    ],
    [
      'exception: seq in scalar paren',
      rule('A', v, exception('{name: e, fields: [ka.verb], comps: [in], values: [["(x, y)"]]}')),
      'ok A{(ka.verb = get and not ka.verb in (x, y))}',
    ],
    [
      'exception: seq modifier scalar',
      rule('A', v, exception('{name: e, fields: [ka.verb], comps: ["= anyof"], values: [["x, y"]]}')),
      'ok A{(ka.verb = get and not ka.verb = anyof (x, y))}',
    ],
    [
      'exception: seq = with seq',
      rule('A', v, exception('{name: e, fields: [ka.verb], values: [[[a, b]]]}')),
      CONDITION,
    ],
    ['exception: seq entry scalar', rule('A', v, exception('{name: e, fields: [ka.verb], values: [a]}')), MEANING],
    [
      'exception: seq entry short',
      rule('A', v, exception('{name: e, fields: [ka.verb, ka.uri], values: [[a]]}')),
      MEANING,
    ],
    ['exception: seq entry long', rule('A', v, exception('{name: e, fields: [ka.verb], values: [[a, b]]}')), MEANING],
    ['exception: seq entry empty', rule('A', v, exception('{name: e, fields: [ka.verb], values: [[]]}')), MEANING],
    [
      'exception: seq comps scalar',
      rule('A', v, exception('{name: e, fields: [ka.verb], comps: "=", values: [[a]]}')),
      MEANING,
    ],
    [
      'exception: seq comps blanks',
      rule('A', v, exception('{name: e, fields: [ka.verb], comps: ["  = "], values: [[a]]}')),
      'ok A{(ka.verb = get and not ka.verb = a)}',
    ],
    [
      'exception: seq comps bad',
      rule('A', v, exception('{name: e, fields: [ka.verb], comps: ["=>"], values: [[a]]}')),
      MEANING,
    ],
    [
      'exception: val()',
      rule('A', v, exception('{name: e, fields: [ka.verb], values: [["val(ka.uri)"]]}')),
      'ok A{(ka.verb = get and not ka.verb = val(ka.uri))}',
    ],
    [
      'exception: field transformer',
      rule('A', v, exception('{name: e, fields: "toupper(ka.verb)", values: [A]}')),
      'ok A{(ka.verb = get and not toupper(ka.verb) in (A))}',
    ],
    [
      'exception: field arg',
      rule('A', v, exception('{name: e, fields: ["ka.uri.param[a]"], values: [[A]]}')),
      'ok A{(ka.verb = get and not ka.uri.param[a] = A)}',
    ],
    [
      'exception: field bad',
      rule('A', v, exception('{name: e, fields: [ka.verb, ka.nope], values: [[a, b]]}')),
      MEANING,
    ],
    ['exception: field bad arg', rule('A', v, exception('{name: e, fields: ["ka.verb[1]"], values: [[a]]}')), MEANING],
    [
      'exception: field arg missing',
      rule('A', v, exception('{name: e, fields: [ka.uri.param], values: [[a]]}')),
      MEANING,
    ],
    [
      'exception: field evt',
      rule('A', v, exception('{name: e, fields: [evt.num], values: [[5]]}')),
      'ok A{(ka.verb = get and not evt.num = 5)}',
    ],
    [
      'exception: in list field',
      rule('A', v, exception('{name: e, fields: [ka.user.groups], comps: [intersects], values: [[[a, b]]]}')),
      'ok A{(ka.verb = get and not ka.user.groups intersects (a, b))}',
    ],
    [
      'exception: = list field',
      rule('A', v, exception('{name: e, fields: [ka.user.groups], values: [[a]]}')),
      CONDITION,
    ],
    [
      'exception: num op',
      rule('A', v, exception('{name: e, fields: [evt.num], comps: [">"], values: [[5]]}')),
      'ok A{(ka.verb = get and not evt.num > 5)}',
    ],
    [
      'exception: append values',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [a]}')) +
        append('exceptions', '[{name: e, values: [b]}]'),
      'ok A{(ka.verb = get and not ka.verb in (a, b))}',
    ],
    [
      'exception: append flag values',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [a]}')) +
        item('A', '  append: true\n  exceptions: [{name: e, values: [b]}]\n'),
      'ok:DEPRECATED_ITEM A{(ka.verb = get and not ka.verb in (a, b))}',
    ],
    [
      'exception: append comps',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [a]}')) +
        append('exceptions', '[{name: e, comps: in, values: [b]}]'),
      MEANING,
    ],
    [
      'exception: append new',
      A + append('exceptions', '[{name: e, fields: ka.verb, values: [b]}]'),
      'ok A{(ka.verb = get and not ka.verb in (b))}',
    ],
    ['exception: append new no fields', A + append('exceptions', '[{name: e, values: [b]}]'), MEANING],
    [
      'exception: append new no values',
      A + append('exceptions', '[{name: e, fields: ka.verb}]'),
      `${MEANING},APPEND_NO_VALUES`,
    ],
    [
      'exception: append new empty values',
      A + append('exceptions', '[{name: e, fields: ka.verb, values: []}]'),
      MEANING,
    ],
    [
      'exception: append both',
      `${rule('A', 'ka.verb = a or ka.verb = b', exception('{name: e, fields: ka.verb, values: [a]}'))}- rule: A\n  condition: or ka.verb = c\n  exceptions: [{name: e, values: [b]}]\n  override: {condition: append, exceptions: append}\n`,
      'ok A{((ka.verb = a or ka.verb = b or ka.verb = c) and not ka.verb in (a, b))}',
    ],
    [
      'exception: condition replaced',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [a]}')) + replace('condition', 'ka.uri = x'),
      'ok A{(ka.uri = x and not ka.verb in (a))}',
    ],
    [
      'exception: redefinition drops',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [a]}')) + A,
      `ok A${V}`,
    ],
    [
      'exception: dup second values',
      rule(
        'A',
        v,
        exception('{name: e, fields: ka.verb, values: [a]}\n    - {name: e, fields: [ka.uri], values: [[b]]}'),
      ),
      'ok:EXCEPTION_NAME_NOT_UNIQUE A{(ka.verb = get and not ka.verb in (a) and not ka.uri = b)}',
    ],
    [
      'exception: append to dup goes first',
      rule(
        'A',
        v,
        exception('{name: e, fields: ka.verb, values: [a]}\n    - {name: e, fields: [ka.uri], values: [[b]]}'),
      ) + append('exceptions', '[{name: e, values: [c]}]'),
      'ok:EXCEPTION_NAME_NOT_UNIQUE A{(ka.verb = get and not ka.verb in (a, c) and not ka.uri = b)}',
    ],
    [
      'exception: two',
      rule(
        'A',
        v,
        exception('{name: e, fields: ka.verb, values: [a]}\n    - {name: f, fields: [ka.uri], values: [[b]]}'),
      ),
      'ok A{(ka.verb = get and not ka.verb in (a) and not ka.uri = b)}',
    ],
    [
      'exception: with <NA>',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [<NA>]}')),
      'ok:UNSAFE_NA_CHECK A{(ka.verb = get and not ka.verb in (<NA>))}',
    ],
    ['exception: value null', rule('A', v, exception('{name: e, fields: ka.verb, values: [~, a]}')), CONDITION],
    [
      'exception: on syscall rule',
      rule('A', 'evt.type = open', exception('{name: e, fields: [proc.name], values: [[a]]}')).replace(
        'k8s_audit',
        'syscall',
      ),
      'ok',
    ],
    [
      'exception: replace scalar comps =',
      A + replace('exceptions', '[{name: e, fields: ka.verb, comps: "=", values: [b]}]'),
      CONDITION,
    ],
    [
      'exception: replace unknown field',
      A + replace('exceptions', '[{name: e, fields: [ka.nope], values: [[b]]}]'),
      CONDITION,
    ],
    ['exception: replace no fields', A + replace('exceptions', '[{name: e, values: [b]}]'), SHAPE],
    [
      'exception: replace length',
      A + replace('exceptions', '[{name: e, fields: [ka.verb, ka.uri], comps: [=], values: [[a,b]]}]'),
      'ok A{(ka.verb = get and not (ka.verb = a and ka.uri = b))}',
    ],
  ],
  references: [
    ['a later file does not help', [rule('A', 'm'), macro('m', v)], `err:ERR_VALIDATE | ok A${V}`],
    ['unused, then used', [macro('m', v), rule('A', 'm')], `ok:UNUSED_MACRO | ok A${V}`],
    [
      'an error, then repaired',
      [rule('A', 'm'), macro('m', v), rule('B', 'm')],
      `err:ERR_VALIDATE | ok A${V} | ok A${V} B${V}`,
    ],
    ['items before an error stay', [`${A}- rule: X\n`, rule('B', v)], `err:ERR_YAML_VALIDATE | ok A${V} B${V}`],
    ['a macro of itself', macro('m', 'm') + rule('A', 'm'), MEANING],
    [
      'a macro of itself by append',
      macro('m', v) + macro('m', 'or m', '  override: {condition: append}\n') + rule('A', 'm'),
      MEANING,
    ],
    ['a macro too late', macro('a', 'b') + macro('b', v) + rule('A', 'a'), MEANING],
    ['a macro too late, redefined', macro('a', v) + macro('b', v) + macro('a', 'b') + rule('A', 'a'), `ok A${V}`],

    [
      'rule sees later macro and list',
      rule('A', 'm and ka.verb in (l)') + macro('m', v) + list('l', '[x]'),
      'ok A{(ka.verb = get and ka.verb in (x))}',
    ],
    ['macro sees later list', macro('m', 'ka.verb in (l)') + list('l', '[x]') + rule('A', 'm'), 'ok A{ka.verb in (x)}'],
    [
      'macro sees earlier; redefinition changes',
      macro('m', v) + macro('n', 'm') + macro('m', 'ka.uri = x') + rule('A', 'n'),
      'ok A{ka.uri = x}',
    ],
    [
      'macro later appended to referrer',
      macro('a', v) +
        macro('b', 'ka.uri = x') +
        macro('a', 'and b', '  override: {condition: append}\n') +
        rule('A', 'a'),
      'ok A{(ka.verb = get and ka.uri = x)}',
    ],
    ['counter shared: list between', macro('a', 'b') + list('l', '[]') + macro('b', v) + rule('A', 'a'), MEANING],
    [
      'loop through append',
      macro('a', v) + macro('b', 'a') + macro('a', 'and b', '  append: true\n'),
      `${MEANING},DEPRECATED_ITEM`,
    ],
    ['loop of three', macro('a', v) + macro('b', 'a') + macro('c', 'b') + macro('a', 'c') + rule('A', 'a'), MEANING],
    [
      'macro across files later',
      [macro('b', v) + rule('A', 'b'), macro('a', v), macro('b', 'a')],
      `ok A${V} | ok:UNUSED_MACRO A${V} | ok A${V}`,
    ],
    ['macro in value position', macro('m', v) + rule('A', 'ka.verb = m'), 'ok:UNUSED_MACRO A{ka.verb = m}'],
    ['not m', macro('m', 'ka.verb = a or ka.verb = b') + rule('A', 'not m'), 'ok A{not (ka.verb = a or ka.verb = b)}'],
    ['not not m', macro('m', 'ka.verb = a') + rule('A', 'not not m'), 'ok A{ka.verb = a}'],
    ['not (not m)', macro('m', 'ka.verb = a') + rule('A', 'not (not m)'), 'ok A{not not ka.verb = a}'],
    ['not not(m)', macro('m', 'ka.verb = a') + rule('A', 'not not(m)'), 'ok A{ka.verb = a}'],
  ],
  'lists in lists': [
    [
      'list in list',
      inLists(list('a', '[x, y]') + list('b', '[a, z]'), 'ka.verb in (b)'),
      accepted('ka.verb in (x, y, z)'),
    ],
    [
      'list in list later',
      inLists(list('b', '[a, z]') + list('a', '[x, y]'), 'ka.verb in (b)'),
      accepted('ka.verb in (x, y, z)'),
    ],
    [
      'C B A',
      inLists(list('C', '[x]') + list('B', '[C]') + list('A2', '[B]'), 'ka.verb in (A2)'),
      accepted('ka.verb in (C)'),
    ],
    [
      'A B C',
      inLists(list('A2', '[B]') + list('B', '[C]') + list('C', '[x]'), 'ka.verb in (A2)'),
      accepted('ka.verb in (x)'),
    ],
    [
      'list self append',
      inLists(list('l', '[l, a]') + list('l', '[b]', '  override: {items: append}\n'), 'ka.verb in (l)'),
      accepted('ka.verb in (l, a, b, a, b)'),
    ],
    ['list self', inLists(list('l', '[l, a]'), 'ka.verb in (l)'), accepted('ka.verb in (l, a)')],
    [
      'list expanded is used',
      list('a', '[x]') + list('b', '[a]') + rule('A', 'ka.verb in (b)'),
      'ok A{ka.verb in (x)}',
    ],
    ['unused list in unused list', list('a', '[x]') + list('b', '[a]') + A, `ok:UNUSED_LIST A${V}`],
  ],
  'lists in conditions': [
    ...SUBSTITUTED.map(
      ([condition, items, seen]): Row => [
        `${condition} of ${items}`,
        inLists(list('L', items), condition),
        accepted(seen),
      ],
    ),
    ...NOT_SUBSTITUTED.map(
      ([condition, items, seen]): Row => [
        `${condition} beside ${items}`,
        inLists(list('L', items), condition),
        `ok:UNUSED_LIST A{${seen}}`,
      ],
    ),
    ['L 2 items', inLists(list('L', '[a, b]'), 'ka.verb = L'), CONDITION],
    ['in L 2', inLists(list('L', '[a, b]'), 'ka.verb in L'), CONDITION],
    ['empty other', inLists(list('L', '[a, ""]'), 'ka.verb in (L)'), CONDITION],
    ['a=b', inLists(list('L', '[a=b]'), 'ka.verb in (L)'), CONDITION],
    ['a(b', inLists(list('L', '["a(b"]'), 'ka.verb in (L)'), CONDITION],
    ["subst it's", inLists(list('L', '["it\'s"]'), 'ka.verb in (L)'), CONDITION],
    ['tab', inLists(list('L', '["a\\tb"]'), 'ka.verb in (L)'), CONDITION],
    ['single empty', inLists(list('L', '[]'), 'ka.verb = L'), CONDITION],
    [
      'list named like operator',
      inLists(list('in', '[intersects]'), 'ka.user.groups in (a)'),
      accepted('ka.user.groups intersects (a)'),
    ],
    ['list named like field', inLists(list('ka.verb', '[ka.uri]'), 'ka.verb = a'), accepted('ka.uri = a')],
    ['list named like macro', macro('m', v) + inLists(list('m', '["ka.uri=x"]'), 'm'), 'ok:UNUSED_MACRO A{ka.uri = x}'],
    ['get list', inLists(list('get', '[list]'), 'ka.verb in (get, watch)'), accepted('ka.verb in (list, watch)')],
    ['undefined list', inLists('', 'ka.verb in (nolist)'), accepted('ka.verb in (nolist)')],
    [
      'list in exception',
      list('l', '[a, b]') + rule('A', v, exception('{name: e, fields: ka.verb, values: [l]}')),
      'ok A{(ka.verb = get and not ka.verb in (a, b))}',
    ],
    [
      'list as exception name',
      list('e', '[a, b]') + rule('A', v, exception('{name: e, fields: ka.verb, values: [c]}')),
      'ok:UNUSED_LIST A{(ka.verb = get and not ka.verb in (c))}',
    ],
  ],
  'warnings and skipping': [
    ['NA ==', rule('A', 'ka.verb == <NA>'), 'ok:UNSAFE_NA_CHECK A{ka.verb == <NA>}'],
    ['NA !=', rule('A', 'ka.verb != "<NA>"'), 'ok:UNSAFE_NA_CHECK A{ka.verb != <NA>}'],
    ['NA in', rule('A', 'ka.verb in (a, <NA>)'), 'ok:UNSAFE_NA_CHECK A{ka.verb in (a, <NA>)}'],
    [
      'NA intersects',
      rule('A', 'ka.user.groups intersects (<NA>)'),
      'ok:UNSAFE_NA_CHECK A{ka.user.groups intersects (<NA>)}',
    ],
    ['NA pmatch', rule('A', 'ka.uri pmatch (<NA>)'), 'ok:UNSAFE_NA_CHECK A{ka.uri pmatch (<NA>)}'],
    ['NA contains', rule('A', 'ka.verb contains <NA>'), accepted('ka.verb contains <NA>')],
    ['NA modifier', rule('A', 'ka.verb = anyof (<NA>)'), accepted('ka.verb = anyof (<NA>)')],
    ['NA transformer', rule('A', 'tolower(ka.verb) = <NA>'), 'ok:UNSAFE_NA_CHECK A{tolower(ka.verb) = <NA>}'],
    ['NA part', rule('A', 'ka.verb = <NA>x'), accepted('ka.verb = <NA>x')],
    [
      'NA twice',
      rule('A', 'ka.verb = <NA> or ka.uri = <NA>'),
      'ok:UNSAFE_NA_CHECK A{(ka.verb = <NA> or ka.uri = <NA>)}',
    ],
    ['NA evt', rule('A', 'evt.source = <NA>'), accepted('evt.source = <NA>')],
    [
      'NA through macro',
      macro('m', 'ka.verb = <NA>') + rule('A', 'm') + rule('B', 'm'),
      'ok:UNSAFE_NA_CHECK,UNSAFE_NA_CHECK A{ka.verb = <NA>} B{ka.verb = <NA>}',
    ],
    ['NA in list', list('l', '[<NA>]') + rule('A', 'ka.verb in (l)'), 'ok:UNSAFE_NA_CHECK A{ka.verb in (<NA>)}'],
    ['NA jevt', rule('A', '"jevt.value[/x] = <NA>"'), 'ok:UNSAFE_NA_CHECK A{jevt.value[/x] = <NA>}'],
    [
      'NA in skipped rule',
      rule('A', 'ka.verb = <NA> and ka.nope = x', '  skip-if-unknown-filter: true\n'),
      'ok:UNSAFE_NA_CHECK,UNKNOWN_FILTER',
    ],
    ['skip arg', rule('A', 'ka.uri.param = x', '  skip-if-unknown-filter: true\n'), CONDITION],
    ['skip const', rule('A', 'evt.num = x', '  skip-if-unknown-filter: true\n'), CONDITION],
    ['skip macro', rule('A', 'nomacro', '  skip-if-unknown-filter: true\n'), MEANING],
    [
      'skip exc',
      rule('A', v, `  skip-if-unknown-filter: true\n${exception('{name: e, fields: ka.nope, values: [a]}')}`),
      MEANING,
    ],
    [
      'skip macro field',
      macro('m', 'ka.nope = x') + rule('A', 'm', '  skip-if-unknown-filter: true\n'),
      'ok:UNKNOWN_FILTER',
    ],
    ['skip field arg', rule('A', '"ka.verb[x] = a"', '  skip-if-unknown-filter: true\n'), CONDITION],
    ['skip in val', rule('A', '"ka.verb = val(ka.nope)"', '  skip-if-unknown-filter: true\n'), 'ok:UNKNOWN_FILTER'],
    [
      'skip in transformer',
      rule('A', '"tolower(ka.nope) = x"', '  skip-if-unknown-filter: true\n'),
      'ok:UNKNOWN_FILTER',
    ],
    [
      'skip output syntax %',
      rule('A', v, '  skip-if-unknown-filter: true\n').replace('output: o', 'output: "50%"'),
      OUTPUT,
    ],
    [
      'skip output % of',
      rule('A', v, '  skip-if-unknown-filter: true\n').replace('output: o', 'output: "50% of"'),
      'ok:UNKNOWN_FILTER',
    ],
    ['output blank', A.replace('output: o', 'output: "  "'), OUTPUT],
    [
      'skip: output error before condition error',
      rule('A', 'evt.num = x', '  skip-if-unknown-filter: true\n').replace('output: o', 'output: "%ka.nope"'),
      'ok:UNKNOWN_FILTER',
    ],
    ['depr container', rule('A', v).replace('output: o', 'output: "x %container.info"'), `ok:DEPRECATED_ITEM A${V}`],
    [
      'depr evt.dir text',
      rule('A', v).replace('output: o', 'output: "see evt.dir and evt.latency.human"'),
      `ok:DEPRECATED_ITEM,DEPRECATED_ITEM,DEPRECATED_ITEM A${V}`,
    ],
    ['%evt.dir', rule('A', v).replace('output: o', 'output: "%evt.dir"'), OUTPUT],
    [
      'unused order',
      list('l', '[a]') + macro('m', v) + macro('n', v) + A,
      `ok:UNUSED_MACRO,UNUSED_MACRO,UNUSED_LIST A${V}`,
    ],
    ['unused not with error', list('l', '[a]') + rule('A', 'nomacro'), MEANING],
    ['unused list by unused macro', list('l', '[a]') + macro('m', 'ka.verb in (l)') + A, `ok:UNUSED_MACRO A${V}`],
    [
      'used by failed rule',
      [macro('m', v) + rule('A', 'm and ka.nope = x', '  skip-if-unknown-filter: true\n')],
      'ok:UNKNOWN_FILTER',
    ],
    ['const', rule('A', 'ka.verb = "ka. uri"'), 'ok:COMPILE_CONDITION A{ka.verb = "ka. uri"}'],
    [
      'const list',
      rule('A', 'ka.verb in (ka.uri, ka.verb)'),
      'ok:COMPILE_CONDITION,COMPILE_CONDITION A{ka.verb in (ka.uri, ka.verb)}',
    ],
    ['transformer shape', rule('A', '"ka.verb = \'tolower(x)\'"'), 'ok:COMPILE_CONDITION A{ka.verb = tolower(x)}'],
    ['arg', rule('A', '"ka.verb = ka.uri.param[x]"'), 'ok:COMPILE_CONDITION A{ka.verb = ka.uri.param[x]}'],
    ['no arg', rule('A', '"ka.verb = ka.uri.param"'), 'ok A{ka.verb = ka.uri.param}'],
    ['evt', rule('A', '"ka.verb = evt.num"'), 'ok:COMPILE_CONDITION A{ka.verb = evt.num}'],
    ...['abc', '^abc', 'abc$', '.*abc', 'abc.+', '^.?abc.*$', '^', '.*'].map(
      (p): Row => [
        `a simple pattern ${p}`,
        rule('A', `'ka.verb regex "${p}"'`),
        `ok:COMPILE_CONDITION A{ka.verb regex ${p}}`,
      ],
    ),
    ...['a.c', 'a|b', '.abc', '[a]', 'a{2}', '.*^abc'].map(
      (p): Row => [`a pattern that is none ${p}`, rule('A', `'ka.verb regex "${p}"'`), accepted(`ka.verb regex ${p}`)],
    ),
    ['output and syntax', rule('A', 'ka.verb =').replace('output: o', 'output: "%ka.nope"'), OUTPUT],
    ['output and macro', rule('A', 'nomacro').replace('output: o', 'output: "%ka.nope"'), OUTPUT],
    [
      'exception and output',
      rule('A', v, exception('{name: e, fields: ka.verb, values: [[a]]}')).replace('output: o', 'output: "%ka.nope"'),
      MEANING,
    ],
    [
      'skipped by its output, syntax',
      rule('A', 'ka.verb =', '  skip-if-unknown-filter: true\n').replace('output: o', 'output: "%ka.nope"'),
      'ok:UNKNOWN_FILTER',
    ],
    [
      'skipped by its output, macro',
      rule('A', 'nomacro', '  skip-if-unknown-filter: true\n').replace('output: o', 'output: "%ka.nope"'),
      'ok:UNKNOWN_FILTER',
    ],
    [
      'skipped by its output, exception',
      rule('A', v, `${exception('{name: e, fields: ka.verb, values: [[a]]}')}  skip-if-unknown-filter: true\n`).replace(
        'output: o',
        'output: "%ka.nope"',
      ),
      MEANING,
    ],
  ],
};
