// Every eval, format and load case of the language cases that says whether a condition or output is legal.

import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { LANGUAGE_CASES, type LanguageCase, languageCatalogue } from './language-cases.ts';
import { checkParts, labels, NoCondition, type RuleParts } from './rules.ts';

const catalogue = languageCatalogue();

/** Codes and reasons; those of a text that does not parse are the parser's. */
function outcome(parts: RuleParts): readonly string[] {
  try {
    return labels(checkParts(parts, catalogue).diagnostics);
  } catch (error) {
    if (error instanceof NoCondition) return [`LOAD_ERR_COMPILE_CONDITION ${error.message}`];
    throw error;
  }
}

function errors(list: readonly string[]): readonly string[] {
  return list.filter((label) => label.startsWith('LOAD_ERR'));
}

describe('conditions of the eval cases', () => {
  it.each(LANGUAGE_CASES.filter(({ kind }) => kind === 'eval').map((c) => [c.id, c] as const))('%s', (_, c) => {
    const expected = c.expect.compile_error;
    const found = errors(outcome({ condition: c.input.condition }));
    expect(found[0]).toBe(expected && `${expected.code} ${expected.reason}`);
  });
});

describe('outputs of the format cases', () => {
  it.each(LANGUAGE_CASES.filter(({ kind }) => kind === 'format').map((c) => [c.id, c] as const))('%s', (_, c) => {
    const expected = c.expect.load_error;
    const appendOutput = c.input.config?.append_output ?? [];
    const found = errors(outcome({ output: c.input.output.trim(), appendOutput }));
    expect(found[0]).toBe(expected && `${expected.code} ${expected.reason}`);
  });
});

// only files of plain rules and macros: the rest needs the whole front end
const PLAIN_KEYS = [
  'rule',
  'macro',
  'condition',
  'output',
  'desc',
  'priority',
  'source',
  'tags',
  'skip-if-unknown-filter',
];

function plainParts(c: LanguageCase): RuleParts | undefined {
  if (c.input.files.length !== 1 || c.input.files[0].content.includes('container.info')) return undefined;
  const items = parseAllDocuments(c.input.files[0].content).flatMap((doc) => doc.toJS() ?? []);
  const rules = items.filter((item) => item.rule !== undefined);
  const isPlain = items.every((item) => Object.keys(item).every((key) => PLAIN_KEYS.includes(key)));
  if (!isPlain || rules.length !== 1 || rules[0].source !== 'k8s_audit') return undefined;
  const macros = Object.fromEntries(items.filter((item) => item.macro).map((item) => [item.macro, item.condition]));
  const { condition, output } = rules[0];
  return { condition, output, macros, skipIfUnknownFilter: rules[0]['skip-if-unknown-filter'] === true };
}

const CHECKED = /COMPILE_CONDITION|COMPILE_OUTPUT|UNSAFE_NA|UNKNOWN_FILTER/;
const loadCases = LANGUAGE_CASES.filter(
  ({ kind, expect: e }) => kind === 'load' && CHECKED.test(JSON.stringify(e)),
).flatMap((c) => {
  const parts = plainParts(c);
  return parts ? [[c.id, c, parts] as const] : [];
});

describe('rules of the load cases', () => {
  it('has cases', () => expect(loadCases.length).toBeGreaterThan(15));
  it.each(loadCases)('%s', (_, c, parts) => {
    const [file] = c.expect.files;
    const expected = [...file.errors, ...file.warnings].map(
      ({ code, reason }: { code: string; reason: string }) => `${code} ${reason}`,
    );
    expect(outcome(parts)).toEqual(expected.filter((label) => CHECKED.test(label)));
  });
});
