// Rule files built to exhaust whoever loads them: each compiles, or ends in a diagnostic of a stated limit; never in an
// exception, an exhausted stack or memory, or a wait without end. What is asserted is the outcome, the timeout of a case is far
// above what it takes.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createChecker } from '../../src/check/checker.ts';
import { checkRuleFiles, compile } from '../../src/compile.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import { falcoResult } from '../../src/diagnostics/falco-result.ts';
import { renderDiagnostic } from '../../src/diagnostics/render.ts';
import { builtinCatalogue } from '../../src/isa/fields.ts';
import { MAX_CONSTANT_LENGTH, MAX_CONDITION_DEPTH as STATED_DEPTH } from '../../src/isa/limits.ts';
import { fixFiles } from '../../src/lint/apply-fixes.ts';
import { Collector } from '../../src/resolve/collector.ts';
import {
  MAX_CONDITION_LENGTH,
  MAX_EXPANDED_DEPTH,
  MAX_EXPANDED_NODES,
  MAX_RULES,
  MAX_TOTAL_CONDITION_LENGTH,
  MAX_TOTAL_NODES,
} from '../../src/resolve/limits.ts';
import { RuleLoader } from '../../src/resolve/load.ts';
import * as fileLimits from '../../src/rulefile/limits.ts';
import { loadRuleFile } from '../../src/rulefile/load-rule-file.ts';
import type { RecordSink, RuleRecord } from '../../src/rulefile/records.ts';

const M = 1 << 20;
const TIMEOUT = 120_000;

function rule(condition: string, more = '', name = 'R'): string {
  return `- rule: ${name}\n  desc: d\n  condition: ${condition}\n  output: o\n  priority: INFO\n  source: k8s_audit\n${more}`;
}

function times(count: number, text: (i: number) => string): string {
  return Array.from({ length: count }, (_, i) => text(i)).join('');
}

function rules(count: number, condition: (i: number) => string): string {
  return times(count, (i) => rule(condition(i), '', `R${i}`));
}

/** A macro name for a number: names hold no leading digits. */
function macro(i: number): string {
  return `m_${i}`;
}

function macros(count: number, condition: (i: number) => string): string {
  return times(count, (i) => `- macro: ${macro(i)}\n  condition: ${condition(i)}\n`);
}

function list(name: string, items: string): string {
  return `- list: ${name}\n  items: [${items}]\n`;
}

function aliases(count: number, width: number): string {
  const one = (i: number) =>
    `- &a${i} [${Array(width)
      .fill(`*a${i - 1}`)
      .join(', ')}]\n`;
  return `- &a0 [x]\n${times(count - 1, (i) => one(i + 1))}`;
}

/** Bytes that look random, always the same. */
function garbage(length: number, from: number, to: number): string {
  let state = 12_345;
  return times(length, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return String.fromCharCode(from + ((state >> 16) % (to - from)));
  });
}

/** `ok`, or the code of the first error. */
function outcomeOf(text: string): string {
  const { program, diagnostics } = compile([{ name: 'rules.yaml', text }]);
  const error = diagnostics.find(({ level }) => level === 'error');
  expect(program === undefined).toBe(error !== undefined);
  return error?.code ?? 'ok';
}

type Case = readonly [what: string, outcome: string, text: () => string];

const YAML: readonly Case[] = [
  ['aliases of aliases, ten at a time', 'E502', () => aliases(10, 10)],
  ['aliases of aliases, two at a time', 'E502', () => aliases(40, 2)],
  ['an alias inside of its node', 'E502', () => '- &a [*a]\n'],
  ['[ without end', 'E503', () => '['.repeat(M)],
  ['[ and ]', 'E503', () => '['.repeat(100_000) + ']'.repeat(100_000)],
  ['{ without end', 'E503', () => '{a: '.repeat(3 * M)],
  ['- - - -', 'E503', () => `${'- '.repeat(5 * M)}a`],
  ['? ? ? ?', 'E503', () => `${'? '.repeat(M)}a`],
  ['a map in a map in a map', 'E503', () => times(3000, (i) => `${' '.repeat(i)}a:\n`)],
  ['levels up to the limit', 'E104', () => `- ${'['.repeat(490)}${']'.repeat(490)}\n`],
  ['a file over the limit', 'E501', () => '#'.repeat(fileLimits.MAX_RULE_FILE_LENGTH + 1)],
  ['a file of one comment at the limit', 'ok', () => '#'.repeat(fileLimits.MAX_RULE_FILE_LENGTH)],
  ['items', 'E501', () => '- a\n'.repeat(fileLimits.MAX_ITEMS + 1)],
  ['null items', 'E501', () => '-\n'.repeat(fileLimits.MAX_ITEMS + 1)],
  ['empty lines', 'E501', () => '\n'.repeat(fileLimits.MAX_LINES + 1)],
  ['lines of comments', 'E501', () => '#\n'.repeat(fileLimits.MAX_LINES + 1)],
  ['elements of one sequence', 'E501', () => `- [${'a,'.repeat(2 * M)}]`],
  ['one line', 'E104', () => `- ${'a'.repeat(16 * M - 10)}`],
  ['a quote that is never closed', 'E101', () => `- "${'a'.repeat(4 * M)}`],
  ['aliases of nothing', 'E101', () => '- *a\n'.repeat(20_000)],
  ['aliases of an item that is no map', 'E104', () => `- &a x\n${'- *a\n'.repeat(20_000)}`],
  ['anchors', 'E104', () => '- &a x\n'.repeat(20_000)],
  ['tabs', 'E101', () => '\t- a\n'.repeat(20_000)],
  ['colons', 'E101', () => '- a: b: c\n'.repeat(10_000)],
  ['documents', 'E104', () => '---\n- a\n'.repeat(20_000)],
  ['garbage bytes', 'E101', () => garbage(M, 0, 256)],
  ['garbage characters', 'E101', () => garbage(M, 32, 128)],
  ['garbage code units', 'E103', () => garbage(M, 0, 0xffff)],
  ['garbage in a condition', 'E216', () => rule(`|\n    ${garbage(M, 33, 127)}\n`)],
  ['NUL bytes', 'E103', () => '\0'.repeat(M)],
];

const ITEMS: readonly Case[] = [
  ['100,000 rules', 'ok', () => rules(100_000, (i) => `ka.verb = get and ka.uri = u${i}`)],
  ['a rule with a name of 1 MB', 'ok', () => rule('ka.verb = get', '', 'n'.repeat(M))],
  ['a macro with a name of 1 MB', 'ok', () => `- macro: ${'n'.repeat(M)}!\n  condition: ka.verb = get\n`],
  ['a description of 10 MB', 'ok', () => rule('ka.verb = get').replace('desc: d', `desc: ${'d'.repeat(10 * M)}`)],
  [
    'a description of 10 MB at the end',
    'ok',
    () => `${rule('ka.verb = get').replace('  desc: d\n', '')}  desc: ${'d'.repeat(10 * M)}`,
  ],
  [
    'unknown keys',
    'ok',
    () =>
      rule(
        'ka.verb = get',
        times(30_000, (i) => `  k${i}: v\n`),
      ),
  ],
  ['overrides of unknown keys', 'E122', () => `- rule: R\n  override: {${times(30_000, (i) => `k${i}: append, `)}}\n`],
  ['tags', 'ok', () => rule('ka.verb = get', `  tags: [${times(100_000, (i) => `t${i}, `)}]\n`)],
  [
    'appends to one rule',
    'ok',
    () =>
      rule('ka.verb = get') +
      times(5000, (i) => `- rule: R\n  condition: and ka.uri != x${i}\n  override: {condition: append}\n`),
  ],
  ['appends to nothing', 'E305', () => times(5000, (i) => `- rule: R${i}\n  condition: and x\n  append: true\n`)],
  [
    'appends to one list',
    'ok',
    () =>
      `${list('l', 'a')}${times(5000, (i) => `- list: l\n  items: [b${i}]\n  override: {items: append}\n`)}${rule('ka.verb in (l)')}`,
  ],
  [
    'plugin requirements',
    'E119',
    () => `- required_plugin_versions:\n${times(20_000, (i) => `    - {name: p${i}, version: 0.1.0}\n`)}`,
  ],
  ['unknown macros', 'E301', () => macros(3000, (i) => `n_${i}`)],
  [
    'a list of 600,000 items',
    'E505',
    () =>
      list(
        'l',
        times(600_000, (i) => `i${i}, `),
      ) + rule('ka.verb in (l)'),
  ],
  [
    'a list of 100,000 items',
    'ok',
    () =>
      list(
        'l',
        times(100_000, (i) => `i${i}, `),
      ) + rule('ka.verb in (l)'),
  ],
  [
    'a list of 30,000 dotted items',
    'ok',
    () =>
      list(
        'l',
        times(30_000, (i) => `a.b${i}, `),
      ) + rule('ka.verb in (l)'),
  ],
  ['a list item of 1 MB', 'E413', () => list('l', 'i'.repeat(M)) + rule('ka.verb in (l)')],
  ['a list name of 1 MB', 'ok', () => `${list('l'.repeat(M), 'a')}${rule('ka.verb = get')}`],
  [
    'lists that double, each after what it names',
    'ok',
    () => times(60, (i) => list(`l${i}`, `l${i - 1}, l${i - 1}`)) + rule('ka.verb in (l59)'),
  ],
  [
    'lists that double, each before what it names',
    'E505',
    () => times(60, (i) => list(`l${i}`, `l${i + 1}, l${i + 1}`)) + rule('ka.verb in (l0)'),
  ],
  [
    '10,000 lists in each other',
    'ok',
    () => times(10_000, (i) => list(`l${i}`, `l${i + 1}`)) + rule('ka.verb in (l0)'),
  ],
  [
    '10,000 lists with names of two words',
    'ok',
    () => times(10_000, (i) => list(`"l ${i}"`, 'x')) + rules(1000, () => 'ka.verb in (a, b)'),
  ],
  [
    '10,000 macros in each other',
    'E507',
    () =>
      macros(10_000, (i) => (i === 0 ? 'ka.verb = get' : `not (${macro(i - 1)} and ka.uri exists)`)) +
      rule(macro(9999)),
  ],
  [
    'macros in each other, up to the limit',
    'ok',
    () =>
      macros(MAX_EXPANDED_DEPTH / 2 - 1, (i) => (i === 0 ? 'ka.verb = get' : `not ${macro(i - 1)}`)) +
      rule(macro(MAX_EXPANDED_DEPTH / 2 - 2)),
  ],
  [
    'macros that double',
    'E507',
    () => macros(60, (i) => (i === 0 ? 'ka.verb = get' : `${macro(i - 1)} or ${macro(i - 1)}`)) + rule(macro(59)),
  ],
  [
    'macros that double, within the limit, in 20 rules',
    'ok',
    () =>
      macros(18, (i) => (i === 0 ? 'ka.verb = get' : `${macro(i - 1)} or ${macro(i - 1)}`)) +
      rules(20, () => macro(17)),
  ],
  [
    'a loop of 3000 macros',
    'E302',
    () =>
      times(2, (k) => macros(3000, (i) => (i > 0 ? macro(i - 1) : k === 0 ? 'ka.verb = get' : macro(2999)))) +
      rule(macro(0)),
  ],
];

const CONDITIONS: readonly Case[] = [
  ['10,000 brackets', 'E221', () => rule(`${'('.repeat(10_000)}ka.verb = get${')'.repeat(10_000)}`)],
  ['10,000 not(', 'E221', () => rule(`${'not('.repeat(10_000)}ka.verb = get${')'.repeat(10_000)}`)],
  ['198 brackets', 'ok', () => rule(`${'('.repeat(198)}ka.verb = get${')'.repeat(198)}`)],
  ['199 brackets', 'E221', () => rule(`${'('.repeat(199)}ka.verb = get${')'.repeat(199)}`)],
  ['248 not(', 'ok', () => rule(`${'not('.repeat(248)}ka.verb = get${')'.repeat(248)}`)],
  ['900,000 times not', 'ok', () => rule(`${'not '.repeat(900_000)}ka.verb = get`)],
  ['900,001 times not, and <NA>', 'ok', () => rule(`${'not '.repeat(900_001)}ka.verb = <NA>`)],
  [
    'a condition over the limit',
    'E505',
    () => rule(`ka.verb = get${' '.repeat(MAX_CONDITION_LENGTH)} and ka.uri exists`),
  ],
  ['50,000 alternatives', 'ok', () => rule(Array.from({ length: 50_000 }, (_, i) => `ka.verb = g${i}`).join(' or '))],
  [
    '10,000 lines, each wrong',
    'E321',
    () => rule(`>\n${times(10_000, (i) => `    ${i ? 'or ' : ''}ka.nope${i} = g\n`)}`),
  ],
  [
    '30,000 lines that look like fields',
    'ok',
    () => rule(`ka.verb in (\n${times(30_000, () => '     ka.uri,\n')}     x)`),
  ],
  ['transformers, 300 deep', 'ok', () => rule(`${'tolower('.repeat(90)}ka.verb${')'.repeat(90)} = get`)],
  ['transformers, 10,000 deep', 'E221', () => rule(`${'tolower('.repeat(10_000)}ka.verb${')'.repeat(10_000)} = get`)],
  ['a value of 255 bytes', 'ok', () => rule(`ka.verb = ${'a'.repeat(MAX_CONSTANT_LENGTH)}`)],
  ['a value of 256 bytes', 'E413', () => rule(`ka.verb = ${'a'.repeat(MAX_CONSTANT_LENGTH + 1)}`)],
  ['a value of 1 MB', 'E413', () => rule(`ka.verb = ${'a'.repeat(M)}`)],
  ['a field name of 1 MB', 'E321', () => rule(`ka.${'a'.repeat(M)} = x`)],
  ['a field name of 1 MB of parts', 'E321', () => rule(`ka${'.a'.repeat(M / 2)} = x`)],
  ['an argument of 1 MB', 'ok', () => rule(`ka.uri.param[${'a'.repeat(M)}] = x`)],
  ['an index of 1 MB', 'E324', () => rule(`ka.req.pod.containers.image[${'1'.repeat(M)}] in (x)`)],
  ['a macro reference of 1 MB', 'E301', () => rule('m'.repeat(M))],
  ['a quote that is never closed', 'E205', () => rule(`'ka.verb = "${'\\"'.repeat(M)}'`)],
  ['a glob of 1 MB', 'E413', () => rule(`ka.verb glob ${'*a'.repeat(M / 2)}`)],
  ['20,000 globs', 'ok', () => rule(Array.from({ length: 20_000 }, (_, i) => `ka.verb glob *a*b*${i}*`).join(' or '))],
];

const PATTERNS: readonly Case[] = [
  ['1 MB', 'E413', () => 'a'.repeat(M)],
  ['1 MB of brackets', 'E413', () => '('.repeat(M)],
  ['255 brackets', 'E412', () => '('.repeat(255)],
  ['127 levels', 'ok', () => `${'('.repeat(127)}a${')'.repeat(127)}`],
  ['(a+)+', 'ok', () => '(a+)+$'],
  ['(a*)*b', 'ok', () => '(a*)*b'],
  ['(a|a)*b', 'ok', () => '(a|a)*b'],
  ['((a*)*)*', 'ok', () => `${'('.repeat(60)}a${'*)'.repeat(60)}`],
  ['a{1000}', 'ok', () => 'a{1000}'],
  ['a{1001}', 'E412', () => 'a{1001}'],
  ['a{1000}{1000}', 'E412', () => 'a{1000}{1000}'],
  ['(x{0,1000}){0,1000}', 'E412', () => '(x{0,1000}){0,1000}'],
  ['(x{0,30}){0,30}', 'ok', () => '(x{0,30}){0,30}'],
  ['((x{0,10}){0,10}){0,10}', 'ok', () => '((x{0,10}){0,10}){0,10}'],
  ['repeats beside each other', 'ok', () => '(a{0,100}b{0,100}c{0,100}d{0,100}){0,10}'],
  ['every code point a thousand times', 'ok', () => '[^\\x{100}]{1000}x'],
  ['a memory of thirty letters', 'ok', () => '(a|b)*a(a|b){30}'],
  [
    'alternatives',
    'ok',
    () => Array.from({ length: 63 }, (_, i) => `a${String.fromCharCode(97 + (i % 26))}${i % 10}`).join('|'),
  ],
  ['optional parts', 'ok', () => `${'a?'.repeat(80)}${'a'.repeat(80)}`],
];

const EXCEPTIONS: readonly Case[] = [
  [
    '30,000 values of one field',
    'ok',
    () => `    - name: e\n      fields: ka.uri\n      values:\n${times(30_000, (i) => `        - b${i}\n`)}`,
  ],
  [
    '10,000 values of two fields',
    'ok',
    () =>
      `    - name: e\n      fields: [ka.verb, ka.uri]\n      values:\n${times(10_000, (i) => `        - [a, b${i}]\n`)}`,
  ],
  [
    'values of two fields that are too long together',
    'E505',
    () =>
      `    - name: e\n      fields: [ka.verb, ka.uri]\n      values:\n${times(25_000, (i) => `        - [a, ${'b'.repeat(150)}${i}]\n`)}`,
  ],
  ['3000 exceptions', 'ok', () => times(3000, (i) => `    - {name: e${i}, fields: [ka.verb], values: [[b${i}]]}\n`)],
  [
    '3000 exceptions of one name',
    'ok',
    () => times(3000, (i) => `    - {name: e, fields: [ka.verb], values: [[b${i}]]}\n`),
  ],
  [
    '10,000 fields of one exception',
    'ok',
    () =>
      `    - {name: e, fields: [${times(10_000, () => 'ka.verb, ')}], values: [[${times(10_000, (i) => `b${i}, `)}]]}\n`,
  ],
  ['a value of 1 MB', 'E413', () => `    - {name: e, fields: ka.verb, values: [${'a'.repeat(M)}]}\n`],
  [
    'an operator of 1 MB of blanks',
    'E316',
    () => `    - {name: e, fields: ka.verb, comps: "x${' '.repeat(M)}y", values: [a]}\n`,
  ],
  [
    'values 400 deep',
    'E319',
    () => `    - {name: e, fields: ka.verb, values: [${'['.repeat(400)}a${']'.repeat(400)}]}\n`,
  ],
];

const OUTPUTS: readonly Case[] = [
  ['1 MB of fields', 'ok', () => 'x%ka.verb '.repeat(100_000)],
  ['1 MB of text', 'ok', () => 'x'.repeat(M)],
  ['1 MB of blanks between words', 'ok', () => `"a${' '.repeat(M)}b"`],
  ['1 MB of %', 'E234', () => `"${'%'.repeat(M)}"`],
  ['widths', 'ok', () => `"${'%99999999ka.verb '.repeat(60_000)}"`],
  ['a field name of 1 MB', 'E234', () => `"%ka.${'a'.repeat(M)}"`],
  ['a field name of 1 MB of parts', 'E234', () => `"%ka${'.a'.repeat(M / 2)}"`],
  ['arguments that are never closed', 'ok', () => `"${'%ka.verb[x '.repeat(50_000)}"`],
  ['transformers in each other', 'E234', () => `"%${'tolower('.repeat(5000)}ka.verb${')'.repeat(5000)}"`],
  ['transformers that are never closed', 'E234', () => `"${'%join('.repeat(50_000)}"`],
];

describe.each([
  ['YAML', YAML, (text: string) => text],
  ['items', ITEMS, (text: string) => text],
  ['conditions', CONDITIONS, (text: string) => text],
  ['regular expressions', PATTERNS, (text: string) => rule(`'ka.verb regex "${text.replaceAll('\\', '\\\\')}"'`)],
  ['exceptions', EXCEPTIONS, (text: string) => rule('ka.verb = get', `  exceptions:\n${text}`)],
  ['outputs', OUTPUTS, (text: string) => rule('ka.verb = get').replace('output: o', () => `output: ${text}`)],
])('%s', (_, cases, fileOf) => {
  test.each(cases)('%s: %s', (_what, outcome, text) => expect(outcomeOf(fileOf(text()))).toBe(outcome), TIMEOUT);
});

test(
  'all conditions together',
  () =>
    expect(
      outcomeOf(
        list(
          'l',
          times(700, (i) => `${i}-${'i'.repeat(240)}, `),
        ) + rules(2000, () => 'ka.verb in (l)'),
      ),
    ).toBe('E506'),
  TIMEOUT,
);

describe('what else looks at many problems', () => {
  const many = `${rule(`ka.verb in (${times(10_000, () => 'ka.uri, ')}x)`)}${times(10_000, (i) => `- k${i}: x\n`)}`;

  test(
    'the result in Falco\u2019s shape',
    () => {
      const files = [{ name: 'rules.yaml', text: many }];
      const catalogue = builtinCatalogue();
      const { fieldExists } = createChecker(catalogue, () => {});
      const { resolved, schema, order, ...step } = new RuleLoader({ catalogue, fieldExists }).addFile(files[0]!);
      const diagnostics = [...step.diagnostics];
      const checker = createChecker(catalogue, (diagnostic) => diagnostics.push(diagnostic));
      for (const one of resolved.rules) checker.checkRule(one, resolved.macros);
      const result = falcoResult({ files, file: 0, diagnostics, schema, order });
      expect(result.warnings).toHaveLength(20_000);
    },
    TIMEOUT,
  );

  test(
    'lints and fixes',
    () => {
      const text = rule(`>\n${times(5000, (i) => `    ${i ? 'or ' : ''}ka.user.groups = g${i}\n`)}`);
      const report = fixFiles(
        [{ name: 'rules.yaml', text }],
        (files) => checkRuleFiles(files, { lint: true }).diagnostics,
      );
      expect(report.applied).toHaveLength(5000);
      expect(outcomeOf(report.files[0]!.text)).toBe('ok');
    },
    TIMEOUT,
  );
});

test.each([
  [
    'E501',
    '#'.repeat(fileLimits.MAX_RULE_FILE_LENGTH + 1),
    'rules.yaml:1:1: error[E501]: the file is larger than 16 MiB',
  ],
  ['E503', '['.repeat(600), 'rules.yaml:1:501: error[E503]: collections are nested deeper than 500 levels'],
  [
    'E506',
    `${list(
      'l',
      times(100_000, (i) => `i${i}, `),
    )}${rules(50, () => 'ka.verb in (l)')}`,
    `rules.yaml:239:14: error[E506]: all conditions together hold more than ${MAX_TOTAL_NODES} checks and values once lists are substituted`,
  ],
])(
  'the first line of %s',
  (_, text, line) => {
    const [first] = compile([{ name: 'rules.yaml', text }]).diagnostics;
    expect(first!.text.split('\n')[0]).toBe(line);
  },
  TIMEOUT,
);

test('the first line of E504, for the rule that is one too many', () => {
  const catalogue = builtinCatalogue();
  const diagnostics: Diagnostic[] = [];
  const engineVersion = { major: 0, minor: 63, patch: 0 };
  const collector = new Collector({ catalogue, fieldExists: () => true, engineVersion, forgivesLost: true });
  collector.report = (diagnostic) => void diagnostics.push(diagnostic);
  const file = { name: 'rules.yaml', text: rule('ka.verb = get') + rule('ka.verb = get', '', 'S') };
  let count = 0;
  // a file of so many rules takes long to read: the first one stands for all but the last
  const sink: RecordSink = new Proxy(collector, {
    get: (target, key) => {
      if (key !== 'defineRule') return (target[key as keyof Collector] as () => unknown).bind(target);
      return (record: RuleRecord) => {
        if (count++ === 0) for (let i = 1; i < MAX_RULES; i++) target.defineRule({ ...record, name: `R${i}` });
        return target.defineRule(record);
      };
    },
  });
  loadRuleFile(file, 0, sink, collector.report, { stopAtFirstError: false });
  expect(diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, [file]).split('\n')[0])).toEqual([
    `rules.yaml:7:9: error[E504]: more than ${MAX_RULES} rules`,
  ]);
});

test('the limits stand in the documentation', () => {
  const readme = readFileSync(new URL('../../src/README.md', import.meta.url), 'utf8');
  const stated = [
    ...Object.entries(fileLimits),
    ...Object.entries({ MAX_CONDITION_LENGTH, MAX_TOTAL_CONDITION_LENGTH, MAX_TOTAL_NODES, MAX_RULES }),
    ...Object.entries({
      MAX_EXPANDED_NODES,
      MAX_EXPANDED_DEPTH,
      MAX_CONSTANT_LENGTH,
      MAX_CONDITION_DEPTH: STATED_DEPTH,
    }),
  ];
  for (const [name, value] of stated) {
    const isSize = value >= M && value % M === 0;
    const text = isSize ? `${value / M} Mi` : value.toLocaleString('en');
    expect(readme, name).toContain(`| ${text}`);
  }
});
