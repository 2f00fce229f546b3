// Every diagnostic in its exact rendering. Each *.yaml here is a table of rule files and what is printed about them; UPDATE=1
// writes what is printed now into the tables. What takes large files is in test/limits.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { compile } from '../../src/compile.ts';
import { CODES } from '../../src/diagnostics/codes.ts';
import type { CompileOptions } from '../../src/types.ts';

interface Row {
  readonly name: string;
  /** the text of rules.yaml, or the texts of several files by name */
  readonly file: string | Readonly<Record<string, string>>;
  readonly options?: CompileOptions;
  printed: string;
}

const FOLDER = new URL('.', import.meta.url);
const TABLES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

function print({ file, options }: Row): string {
  const texts = typeof file === 'string' ? { 'rules.yaml': file } : file;
  const files = Object.entries(texts).map(([name, text]) => ({ name, text }));
  return `${compile(files, options)
    .diagnostics.map(({ text }) => text)
    .join('\n')}\n`;
}

const seen = new Set<string>();
for (const table of TABLES) {
  const rows = parse(readFileSync(new URL(table, FOLDER), 'utf8')) as Row[];
  if (process.env.UPDATE) {
    for (const row of rows) row.printed = print(row);
    writeFileSync(new URL(table, FOLDER), stringify(rows, { lineWidth: 0, blockQuote: 'literal' }));
  }
  for (const row of rows) for (const [, code] of row.printed.matchAll(/\[([EW]\d+)\]/g)) seen.add(code!);
  describe(table, () => {
    test.each(rows)('$name', (row) => expect(print(row)).toBe(row.printed));
  });
}

/** Rendered in test/limits/rules.test.ts: they take a file, or rules, too large for a table. */
const LARGE = ['E501', 'E503', 'E504', 'E506'];
/**
 * Never of a file: an empty condition is an empty value (E107) before it is parsed, and a field that stands alone is part of
 * an exception (E318) or of an output (E234), which have their own codes. Both are of the parser alone, in test/syntax.
 */
const PARSER_ONLY = ['E201', 'E222'];

test('each code is printed by some row', () => {
  const missing = CODES.filter(({ code }) => !seen.has(code) && ![...LARGE, ...PARSER_ONLY].includes(code));
  expect(missing.map(({ code, reason }) => `${code} ${reason}`)).toEqual([]);
});

test('codes are unique, and so is each pair of reason and Falco code', () => {
  expect(new Set(CODES.map(({ code }) => code)).size).toBe(CODES.length);
  expect(new Set(CODES.map(({ reason, falco }) => `${reason} ${falco}`)).size).toBe(CODES.length);
});
