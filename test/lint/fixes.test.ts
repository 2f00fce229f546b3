// What the mechanical fixes make of conditions and files as they were written before Falco 0.32, and that nothing else in a
// file changes.

import { describe, expect, test } from 'vitest';
import { checkRuleFiles } from '../../src/compile.ts';
import { contentChain, diagnosticOf } from '../../src/diagnostics/report.ts';
import { type FixReport, fixFiles } from '../../src/lint/apply-fixes.ts';

function fixed(texts: readonly string[]): FixReport {
  const files = texts.map((text, i) => ({ name: `${i}.yaml`, text }));
  return fixFiles(files, (current) => checkRuleFiles(current, { lint: true }).diagnostics);
}

function fixedText(text: string): string {
  return fixed([text]).files[0]!.text;
}

function errorsOf(text: string): readonly string[] {
  const { diagnostics } = checkRuleFiles([{ name: '0.yaml', text }], {});
  return diagnostics.filter(({ level }) => level === 'error').map(({ code, message }) => `${code} ${message}`);
}

function rule(condition: string, more = ''): string {
  return `- rule: R\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n  source: k8s_audit\n${more}`;
}

test('a few fixes that break something are found without a load for each', () => {
  const bad = ['g7)', 'g150)', 'g299)'];
  const rules = Array.from({ length: 300 }, (_, i) => rule(`ka.user.groups = g${i}`).replace('rule: R', `rule: R${i}`));
  let loads = 0;
  const { applied, files } = fixFiles([{ name: '0.yaml', text: rules.join('') }], (current) => {
    loads++;
    const { diagnostics } = checkRuleFiles(current, { lint: true });
    const { text } = current[0]!;
    const span = { file: 0, start: 0, end: 0 };
    // as if these were syntax errors once they are fixed
    const broken = bad.filter((value) => text.includes(`(${value}`));
    return [...diagnostics, ...broken.map((value) => diagnosticOf('expected_string', value, contentChain(0), span))];
  });
  expect(applied).toHaveLength(297);
  expect(files[0]!.text.match(/groups = g\d+/g)).toEqual(['groups = g7', 'groups = g150', 'groups = g299']);
  expect(loads).toBeLessThan(100);
});

describe('conditions', () => {
  test.each([
    ['ka.user.groups = a', 'ka.user.groups intersects (a)'],
    ['ka.user.groups == "a b"', 'ka.user.groups intersects ("a b")'],
    ['ka.user.groups=a', 'ka.user.groups intersects (a)'],
    ['ka.user.groups != a', 'not ka.user.groups in (a)'],
    ['not ka.user.groups = a', 'not ka.user.groups in (a)'],
    ['not ka.user.groups != a', 'ka.user.groups intersects (a)'],
    ['not (ka.verb = get or ka.user.groups != a)', 'not (ka.verb = get or not ka.user.groups intersects (a))'],
    ['ka.user.groups = anyof (a, b)', 'ka.user.groups intersects (a, b)'],
    ['ka.user.groups contains a', 'join(",", ka.user.groups) contains a'],
    [`ka.req.role.rules.verbs contains '"*"'`, 'ka.req.role.rules.verbs intersects ("*")'],
    ['tolower(ka.user.groups) icontains a', 'join(",", tolower(ka.user.groups)) icontains a'],
    ['ka.user.groups contains anyof (a, b)', 'join(",", ka.user.groups) contains anyof (a, b)'],
    [
      'ka.req.pod.containers.host_port <= 1023',
      'join(",", ka.req.pod.containers.host_port) regex "([^,]*,)*([0-9]|[1-9][0-9]|[1-9][0-9]{2}|10[0-1][0-9]|102[0-3])(,[^,]*)*"',
    ],
    [
      'ka.req.pod.containers.host_port>8',
      'join(",", ka.req.pod.containers.host_port) regex "([^,]*,)*(9|[1-9][0-9]{1,})(,[^,]*)*"',
    ],
    [
      'not ka.req.pod.containers.host_port < 5',
      'not join(",", ka.req.pod.containers.host_port) regex "([0-4])(,([0-4]))*"',
    ],
    ['ka.user.groups[0] = a', 'ka.user.groups intersects (a)'],
    ['ka.user.groups[1] contains a', 'jevt.value[/user/groups/1] contains a'],
    ['ka.req.container.image[0] = nginx', 'ka.req.pod.containers.image[0] intersects (nginx)'],
    ['ka.req.pod.containers.image[0] = nginx', 'ka.req.pod.containers.image[0] intersects (nginx)'],
    ['jevt.time startswith 0', 'evt.time startswith 0'],
    ['jevt.time.iso8601 exists', 'evt.time.iso8601 exists'],
    ['ka.verb != <NA>', 'ka.verb exists'],
    ['ka.verb = "<NA>"', 'not ka.verb exists'],
    ['not ka.verb = <NA>', 'ka.verb exists'],
    ['not not ka.verb = <NA>', 'not not not ka.verb exists'],
    ['not (ka.verb = <NA>)', 'not (not ka.verb exists)'],
    ['ka.verb=<NA> and ka.uri exists', 'not ka.verb exists and ka.uri exists'],
    ['ka.verb in (<NA>)', 'not ka.verb exists'],
    ['ka.verb in (<NA>, get, list)', '(not ka.verb exists or ka.verb in (get, list))'],
    ['not ka.verb in (get, <NA>)', 'not (not ka.verb exists or ka.verb in (get))'],
    ['ka.verb in (get,<NA>,list)', '(not ka.verb exists or ka.verb in (get,list))'],
    ['ka.user.groups = <NA>', 'not ka.user.groups exists'],
    ['ka.user.groups != <NA>', 'ka.user.groups exists'],
    ['ka.user.groups intersects (<NA>, a)', '(not ka.user.groups exists or ka.user.groups intersects (a))'],
    ['ka.req.pod.run_as_user = 10:20', 'ka.req.pod.run_as_user regex "1[0-9]|20"'],
    ['ka.req.pod.run_as_user != 0:9', 'not ka.req.pod.run_as_user regex "[0-9]"'],
    ['ka.req.pod.run_as_user in (0:1, root.user)', String.raw`ka.req.pod.run_as_user regex "[0-1]|root\\.user"`],
    [
      'ka.req.pod.supplemental_groups in (1:2, 5)',
      'join(",", ka.req.pod.supplemental_groups) regex "([1-2]|5)(,([1-2]|5))*"',
    ],
    [
      'ka.req.pod.supplemental_groups intersects (1:2)',
      'join(",", ka.req.pod.supplemental_groups) regex "([^,]*,)*([1-2])(,[^,]*)*"',
    ],
  ])('%s', (before, after) => {
    expect(fixedText(rule(before))).toBe(rule(after));
    expect(errorsOf(rule(after))).toEqual([]);
  });

  test.each([
    'ka.user.groups = val(ka.user.name)',
    'ka.user.groups = allof (a, b)',
    'ka.user.groups bcontains 6162',
    'ka.user.groups < 1.5',
    'ka.user.groups startswith a',
    'tolower(ka.user.groups) endswith a',
    'ka.user.groups bstartswith 6162',
    'ka.user.groups regex "a|b"',
    'ka.req.pod.volumes.hostpath pmatch (/etc, /proc)',
    'ka.user.groups glob anyof (a*, b*)',
    'ka.user.groups iglob a*',
    'ka.user.groups contains allof (a, b)',
    'ka.user.groups contains "a,b"',
    'ka.user.groups icontains anyof (a, "b,c")',
    'len(ka.user.groups) = len(ka.user.groups)',
  ])('no fix: %s', (condition) => expect(fixedText(rule(condition))).toBe(rule(condition)));
});

describe('places', () => {
  test.each([
    [
      'a literal block',
      '|\n    ka.verb = get\n    and ka.user.groups = a',
      '|\n    ka.verb = get\n    and ka.user.groups intersects (a)',
    ],
    ['a folded block', '>\n    ka.user.groups\n      !=\n\n    a', '>\n    not ka.user.groups\n      in\n\n    (a)'],
    [
      'a plain text of lines',
      'ka.verb = get\n    and ka.user.groups =\n    a',
      'ka.verb = get\n    and ka.user.groups intersects\n    (a)',
    ],
    ['single quotes', `'ka.user.groups contains ''a'''`, `'join(",", ka.user.groups) contains ''a'''`],
    [
      'double quotes',
      String.raw`"ka.user.groups contains \"a\""`,
      String.raw`"join(\",\", ka.user.groups) contains \"a\""`,
    ],
    ['escapes', String.raw`"ka.user.groups\u0020= \"\x61\""`, String.raw`"ka.user.groups\u0020intersects (\"\x61\")"`],
    ['a comment behind', 'ka.user.groups = a # = b', 'ka.user.groups intersects (a) # = b'],
  ])('%s', (_, before, after) => expect(fixedText(rule(before))).toBe(rule(after)));

  test('what a list puts in is not edited', () => {
    const text = `- list: l\n  items: [a]\n${rule('ka.user.groups = l')}`;
    expect(fixedText(text)).toBe(text);
  });

  test('a macro of several rules is edited once', () => {
    const rules = [
      rule('m'),
      rule('not m').replace('rule: R', 'rule: S'),
      rule('ka.verb = x and m').replace('rule: R', 'rule: T'),
    ];
    const text = (condition: string) => `- macro: m\n  condition: ${condition}\n${rules.join('')}`;
    expect(fixedText(text('ka.user.groups = a'))).toBe(text('ka.user.groups intersects (a)'));
  });

  test('operators of exceptions', () => {
    const more = (comps: string) =>
      `  exceptions:\n    - name: e\n      fields: [ka.verb, ka.user.groups]\n      comps: [=, ${comps}]\n      values: [[get, a]]\n`;
    expect(errorsOf(fixedText(rule('ka.verb exists', more('"="'))))).toEqual(
      errorsOf(rule('ka.verb exists', more('"="'))),
    );
  });

  test('an appended condition, in the other file', () => {
    const base = rule('ka.verb = get or ka.verb = list # both\n');
    const append = '- rule: R\n  condition: and ka.user.name = a\n  override: {condition: append}\n';
    expect(fixed([base, append]).files.map(({ text }) => text)).toEqual([
      base.replace('ka.verb = get or ka.verb = list', '(ka.verb = get or ka.verb = list)'),
      append,
    ]);
  });
});

describe('sources', () => {
  const parts = '  desc: d\n  condition: ka.verb = get\n  output: o\n  priority: INFO\n';
  const deep = parts.replaceAll('  ', '    ');
  const crlf = parts.replaceAll('\n', '\r\n');
  test.each([
    ['the line of the name', `- rule: R # x\n${parts}`, `- rule: R # x\n  source: k8s_audit\n${parts}`],
    ['an indented sequence', `  - rule: R\n${deep}`, `  - rule: R\n    source: k8s_audit\n${deep}`],
    ['a dash far away', `-   rule: R\n${deep}`, `-   rule: R\n    source: k8s_audit\n${deep}`],
    ['a dash on its own line', `-\n  rule: R\n${parts}`, `-\n  rule: R\n  source: k8s_audit\n${parts}`],
    ['an anchored item', `- &a\n  rule: R\n${parts}`, `- &a\n  rule: R\n  source: k8s_audit\n${parts}`],
    ['an anchored name', `- rule: &a R\n${parts}`, `- rule: &a R\n  source: k8s_audit\n${parts}`],
    ['a question mark', `- ? rule\n  : R\n${parts}`, `- ? rule\n  : R\n  source: k8s_audit\n${parts}`],
    ['quotes', `- "rule": 'R'  \n${parts}`, `- "rule": 'R'  \n  source: k8s_audit\n${parts}`],
    ['a name of two lines', `- rule: R\n    S\n${parts}`, `- rule: R\n    S\n  source: k8s_audit\n${parts}`],
    ['a name as a block', `- rule: |-\n    R\n${parts}`, `- rule: |-\n    R\n  source: k8s_audit\n${parts}`],
    [
      'a block that keeps its lines',
      `- rule: |+\n    R\n\n${parts}`,
      `- rule: |+\n    R\n\n  source: k8s_audit\n${parts}`,
    ],
    [
      'a name that is not first',
      `-   desc: d\n    rule: R\n    condition: ka.verb = get\n    output: o\n    priority: INFO\n`,
      `-   desc: d\n    rule: R\n    source: k8s_audit\n    condition: ka.verb = get\n    output: o\n    priority: INFO\n`,
    ],
    [
      'a name that another key has',
      `- desc: &n R\n  rule: *n\n  condition: ka.verb = get\n  output: o\n  priority: INFO\n`,
      `- desc: &n R\n  source: k8s_audit\n  rule: *n\n  condition: ka.verb = get\n  output: o\n  priority: INFO\n`,
    ],
    [
      'braces',
      '- {rule: R, desc: d, condition: ka.verb = get, output: o, priority: INFO}\n',
      '- {rule: R, source: k8s_audit, desc: d, condition: ka.verb = get, output: o, priority: INFO}\n',
    ],
    [
      'braces over lines, the name last',
      '- {\n  desc: d, condition: ka.verb = get, output: o, priority: INFO,\n  rule: R # x\n}\n',
      '- {\n  desc: d, condition: ka.verb = get, output: o, priority: INFO,\n  rule: R, source: k8s_audit # x\n}\n',
    ],
    [
      'JSON',
      '[{"rule": "R" , "desc":"d","condition":"ka.verb = get","output":"o","priority":"INFO"}]',
      '[{"rule": "R", source: k8s_audit , "desc":"d","condition":"ka.verb = get","output":"o","priority":"INFO"}]',
    ],
    [
      'the end of the file',
      `- desc: d\n  condition: ka.verb = get\n  output: o\n  priority: INFO\n  rule: R`,
      `- desc: d\n  condition: ka.verb = get\n  output: o\n  priority: INFO\n  rule: R\n  source: k8s_audit`,
    ],
    ['carriage returns', `- rule: R\r\n${crlf}`, `- rule: R\r\n  source: k8s_audit\r\n${crlf}`],
    [
      'carriage returns and a block',
      `- rule: |-\r\n   R\r\n${crlf}`,
      `- rule: |-\r\n   R\r\n  source: k8s_audit\r\n${crlf}`,
    ],
    ['a byte order mark', `\uFEFF- rule: R\n${parts}`, `\uFEFF- rule: R\n  source: k8s_audit\n${parts}`],
    [
      'an exception',
      `- rule: R\n${parts}  exceptions:\n    - {name: e, fields: ka.verb}\n`,
      `- rule: R\n  source: k8s_audit\n${parts}  exceptions:\n    - {name: e, fields: ka.verb}\n`,
    ],
  ])('%s', (_, before, after) => {
    expect(fixedText(before)).toBe(after);
    expect(errorsOf(after)).toEqual([]);
  });

  test('an item that another one repeats', () => {
    const text = `- &a\n  rule: R\n${parts}- *a\n`;
    expect(fixedText(text)).toBe(`- &a\n  rule: R\n  source: k8s_audit\n${parts}- *a\n`);
  });

  test('rules of system calls are left alone', () => {
    const text = '- rule: R\n  desc: d\n  condition: proc.name = cat\n  output: o\n  priority: INFO\n';
    expect(fixedText(text)).toBe(text);
  });
});

test('a file of old times loads, and only its conditions and outputs change', () => {
  const text = `# rules of our own, since 2019
- required_engine_version: 2

- list:   trusted_images      # odd   spacing stays
  items: [ "a/b" , c/d,
           e ]

- macro: exposes_low_port
  condition: (ka.req.pod.containers.host_port in (1:1023))

- macro: grants
  condition: >
    (ka.req.role.rules.verbs contains create or
     ka.req.role.rules.resources contains '"secrets"')

- rule: Low port	\u0020
  desc: >
    Text with ka.user.groups = nothing to see,
    jevt.time too.
  condition: exposes_low_port and ka.target.subresource = <NA> and not ka.req.container.image[0] in (trusted_images)
  output: "at %jevt.time by %ka.user.name (\\"%ka.verb\\")"
  priority: WARNING

- rule: Grant
  desc: d
  condition: grants and ka.user.groups != "system:masters" and ka.response.code != <NA>
  output: user=%ka.user.name at=%jevt.time.iso8601
  priority: NOTICE
  source: k8s_audit   # named here
  tags: [ k8s ]
`;
  const after = fixedText(text);
  expect(errorsOf(text).length).toBeGreaterThan(2);
  expect(errorsOf(after)).toEqual([]);
  const lines = text.split('\n');
  const changed = after.split('\n').filter((line) => !lines.includes(line));
  expect(changed).toMatchInlineSnapshot(`
    [
      "  condition: (join(",", ka.req.pod.containers.host_port) regex "([1-9]|[1-9][0-9]|[1-9][0-9]{2}|10[0-1][0-9]|102[0-3])(,([1-9]|[1-9][0-9]|[1-9][0-9]{2}|10[0-1][0-9]|102[0-3]))*")",
      "    (join(",", ka.req.role.rules.verbs) contains create or",
      "     ka.req.role.rules.resources intersects ("secrets"))",
      "  source: k8s_audit",
      "  condition: exposes_low_port and not ka.target.subresource exists and not ka.req.pod.containers.image[0] in (trusted_images)",
      "  output: "at %evt.time by %ka.user.name (\\"%ka.verb\\")"",
      "  condition: grants and not ka.user.groups in ("system:masters") and ka.response.code exists",
      "  output: user=%ka.user.name at=%evt.time.iso8601",
    ]
  `);
  expect(after.split('\n').length).toBe(lines.length + 1);
  expect(fixedText(after)).toBe(after);
});
