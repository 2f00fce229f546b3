// Rules and their tests in, the reference of a rule pack as Markdown out: one table a file, and for each rule the alert that its
// first firing test raises. For the place between markers of a README.

import type { CheckedRule } from '../check/checked.ts';
import type { CheckedRules } from '../compile.ts';
import { operandsOf, operandText, type Part, PartBuilder } from '../explain/parts.ts';
import { PRIORITY_NAMES } from '../isa/priorities.ts';
import type { RuleFile } from '../types.ts';
import type { PreparedTest } from './mutate.ts';
import type { Suite } from './tester.ts';

interface Row {
  readonly checked: CheckedRule;
  readonly fields: readonly string[];
  /** ends in "off" for rules that a test's tuning enables */
  readonly isOff: boolean;
  readonly sample: string | undefined;
}

const BEGIN = '<!-- begin rules -->';
const END = '<!-- end rules -->';

/** `text` with the reference between its markers; undefined without markers. */
export function withPackTable(text: string, table: string): string | undefined {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) return undefined;
  return `${text.slice(0, begin + BEGIN.length)}\n\n${table}\n${text.slice(end)}`;
}

/** The suites of one pack; the first one has no tuning. */
export function packTable(
  suites: readonly { readonly suite: Suite; readonly tests: readonly PreparedTest[] }[],
): string {
  const [first] = suites;
  if (first === undefined) return '';
  const { checked, files } = first.suite;
  const samples = new Map<string, string>();
  for (const { suite, tests } of suites) collectSamples(suite, tests, samples);
  const rows = rowsOf(checked, samples);
  const common = commonFields(rows);
  const intro = `All rules read some of ${common.map(code).join(', ')}; the tables name what they read besides.\n`;
  const sections = files.flatMap((file, i) => {
    const own = rows.filter(({ checked: { rule } }) => rule.span.file === i);
    return own.length === 0 ? [] : [section(file, own, common)];
  });
  return `${[intro, ...sections].join('\n')}`;
}

function collectSamples(suite: Suite, tests: readonly PreparedTest[], samples: Map<string, string>): void {
  for (const { test, inputs } of tests) {
    const wanted = test.alerts.map(({ rule }) => rule).filter((rule) => !samples.has(rule));
    if (wanted.length === 0) continue;
    for (const alert of inputs.flatMap((bytes) => suite.alerts(bytes))) {
      if (wanted.includes(alert.rule) && !samples.has(alert.rule)) samples.set(alert.rule, alert.message);
    }
  }
}

function rowsOf({ rules, resolved }: CheckedRules, samples: ReadonlyMap<string, string>): readonly Row[] {
  const builder = new PartBuilder(resolved);
  return rules.map((checked) => ({
    checked,
    fields: fieldsOf(builder.rule(checked).condition),
    isOff: !checked.rule.enabled,
    sample: samples.get(checked.rule.name),
  }));
}

/** Plain fields of a condition, macros entered, in order of appearance. */
function fieldsOf(condition: Part): readonly string[] {
  const parts = new Set([condition]);
  for (const part of parts) for (const child of part.children) parts.add(child);
  const operands = [...parts].flatMap((part) => (part.kind === 'check' ? operandsOf(part.checked) : []));
  return [...new Set(operands.flatMap((operand) => (operand.kind === 'field' ? [operandText(operand)] : [])))];
}

/** Fields that at least a third of the rules read. */
function commonFields(rows: readonly Row[]): readonly string[] {
  const uses = new Map<string, number>();
  for (const field of rows.flatMap(({ fields }) => fields)) uses.set(field, (uses.get(field) ?? 0) + 1);
  return [...uses].filter(([, count]) => count * 3 >= rows.length).map(([field]) => field);
}

function section(file: RuleFile, rows: readonly Row[], common: readonly string[]): string {
  const lines = rows.map(({ checked: { rule }, fields, isOff }) => {
    const priority = `${PRIORITY_NAMES[rule.priority].toLowerCase()}${isOff ? ', off' : ''}`;
    const techniques = rule.tags.filter((tag) => /^(T\d|MS-)/.test(tag)).join(' ');
    const own = shortened(fields.filter((field) => !common.includes(field)));
    return `| ${[rule.name, firstSentence(rule.description), priority, techniques, own].map(cell).join(' | ')} |`;
  });
  const head = ['| rule | what happened | priority | technique | fields |', '| --- | --- | --- | --- | --- |'];
  const samples = rows.flatMap(({ checked: { rule }, sample }) =>
    sample === undefined ? [] : [`${rule.name}:\n  ${sample}`],
  );
  const name = file.name.slice(file.name.lastIndexOf('/') + 1);
  return [
    `### ${name}\n`,
    ...head,
    ...lines,
    '\n<details><summary>sample alerts</summary>\n',
    '```text',
    ...samples,
    '```\n\n</details>\n',
  ].join('\n');
}

const MAX_FIELDS = 6;

function shortened(fields: readonly string[]): string {
  const shown = fields.slice(0, MAX_FIELDS).map(code);
  const more = fields.length - shown.length;
  return `${shown.join(' ') || '-'}${more > 0 ? ` and ${more} more` : ''}`;
}

function firstSentence(text: string): string {
  const end = /\.(?=\s|$)/.exec(text)?.index ?? text.length;
  return text.slice(0, end).replace(/\s+/g, ' ').trim();
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function code(text: string): string {
  return `\`${text}\``;
}
