// The eval cases of the language on the intermediate form, before any bytes: what lowering gets wrong shows here.

import { describe, expect, it } from 'vitest';
import { lowerRules } from '../../src/ir/lower.ts';
import { LANGUAGE_CASES, languageCatalogue } from '../check/language-cases.ts';
import { checkParts } from '../check/rules.ts';
import { runRule } from './interpreter.ts';

interface CaseField {
  readonly value?: unknown;
  readonly values?: readonly unknown[];
  readonly value_hex?: string;
}

const catalogue = languageCatalogue();
const evalCases = LANGUAGE_CASES.filter(({ kind, expect: e }) => kind === 'eval' && e.match !== undefined);
// numbers past 2^53 are not what JSON.parse says they are; automata, globs and the clock are the engine's
const BEYOND = /regex|glob|pmatch|evt\.time/;
const isExact = (field: CaseField): boolean => typeof field.value !== 'number' || Number.isSafeInteger(field.value);

function byteText(value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value).toString('latin1') : value;
}

function eventOf(fields: Readonly<Record<string, CaseField>>): unknown {
  const entries = Object.entries(fields).map(([name, field]) => {
    if (field.value_hex !== undefined) return [name, Buffer.from(field.value_hex, 'hex').toString('latin1')];
    return [name, field.values ? field.values.map(byteText) : byteText(field.value)];
  });
  return { fields: Object.fromEntries(entries) };
}

describe('eval cases on the intermediate form', () => {
  const cases = evalCases.filter(
    ({ input }) =>
      !BEYOND.test(input.condition) && Object.values(input.fields as Record<string, CaseField>).every(isExact),
  );
  it('has cases', () => expect(cases.length).toBeGreaterThan(150));
  it.each(cases.map((c) => [c.id, c] as const))('%s', (_, c) => {
    const { rule, diagnostics } = checkParts({ condition: c.input.condition }, catalogue);
    expect(diagnostics.filter(({ level }) => level === 'error')).toEqual([]);
    const program = lowerRules([rule!], catalogue, 'falco', { requiredEngineVersion: '0.0.0' });
    expect(runRule(program, 0, eventOf(c.input.fields))).toBe(c.expect.match);
  });
});
