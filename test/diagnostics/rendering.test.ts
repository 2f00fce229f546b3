// Every diagnostic of reading and resolving rule files, in its exact rendering. Each *.yaml here is a table of rule files and
// what is printed about them; UPDATE=1 writes what is printed now into the tables.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { CODES } from '../../src/diagnostics/codes.ts';
import { DiagnosticRenderer } from '../../src/diagnostics/render.ts';
import { loadRuleFiles } from '../../src/resolve/load.ts';

interface Row {
  readonly name: string;
  readonly file: string;
  printed: string;
}

const FOLDER = new URL('.', import.meta.url);
const TABLES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));
const CATALOGUE = {
  source: 'k8s_audit',
  plugins: [
    { name: 'k8saudit', version: '0.18.0' },
    { name: 'json', version: '0.7.4' },
  ],
};

function print(text: string): string {
  const renderer = new DiagnosticRenderer([{ name: 'rules.yaml', text }]);
  const lines: string[] = [];
  const fieldExists = (field: string) => field === 'ka.verb' || field === 'ka.uri';
  const files = [{ name: 'rules.yaml', text }];
  loadRuleFiles(files, { catalogue: CATALOGUE, fieldExists, report: (d) => lines.push(renderer.render(d)) });
  return `${lines.join('\n')}\n`;
}

const seen = new Set<string>();
for (const table of TABLES) {
  const rows = parse(readFileSync(new URL(table, FOLDER), 'utf8')) as Row[];
  for (const row of rows) for (const [, code] of row.printed.matchAll(/\[([EW]\d+)\]/g)) seen.add(code!);
  describe(table, () => {
    test.each(rows)('$name', (row) => {
      const printed = print(row.file);
      if (process.env.UPDATE) row.printed = printed;
      expect(row.printed).toBe(printed);
    });
  });
  if (process.env.UPDATE) {
    const written = rows.map((row) => ({ ...row, printed: print(row.file) }));
    writeFileSync(new URL(table, FOLDER), stringify(written, { lineWidth: 0, blockQuote: 'literal' }));
  }
}

/** Found by other stages, or too costly to show here. */
const ELSEWHERE = /^(E2[0-3]|E32[1-7]|E4|E501|E503|E504|E506|E508|E509|E6|W702|W703|W704|W705|W71[89]|W720)/;

test('each code of these stages is printed by some row', () => {
  const missing = CODES.filter(({ code }) => !seen.has(code) && !ELSEWHERE.test(code));
  expect(missing.map(({ code, reason }) => `${code} ${reason}`)).toEqual([]);
});

test('codes are unique, and so is each pair of reason and Falco code', () => {
  expect(new Set(CODES.map(({ code }) => code)).size).toBe(CODES.length);
  expect(new Set(CODES.map(({ reason, falco }) => `${reason} ${falco}`)).size).toBe(CODES.length);
});
