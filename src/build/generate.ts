// Prints what both sides of the border share from the rows in src/isa: AssemblyScript constants (assembly/generated), the
// instruction-set digest (src/isa/generated) and the tables of src/isa/README.md. Checks the rows first. `--check` writes
// nothing and fails when a generated file is not what the rows say. Committed output is therefore always fresh.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as alertFormat from '../isa/alert-format.ts';
import { digestBytes } from '../isa/hash.ts';
import * as layout from '../isa/layout.ts';
import * as limits from '../isa/limits.ts';
import { CONTROL_OPS, EVENT_NUMBERS, EVENT_TEXTS, NO_INDEX, PREDICATE_OPS, VALUE_OPS } from '../isa/opcodes.ts';
import { REASONS } from '../isa/reasons.ts';

/** A file to be generated: path relative to the package, full text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

interface Row {
  readonly code: number;
  readonly name: string;
  readonly doc: string;
}

/** Throws unless numbers count up from `first`, names are unique constant names and every row is documented. */
function checkRows(table: string, rows: readonly Row[], first: number): void {
  const names = new Set<string>();
  rows.forEach((row, i) => {
    if (row.code !== first + i) throw new Error(`${table}: ${row.name} has number ${row.code}, expected ${first + i}`);
    if (names.has(row.name)) throw new Error(`${table}: ${row.name} stands there twice`);
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(row.name)) throw new Error(`${table}: ${row.name} is no name`);
    if (row.doc === '') throw new Error(`${table}: ${row.name} has no documentation`);
    names.add(row.name);
  });
  if (rows.length > 256) throw new Error(`${table}: an operation number has 8 bits`);
}

function checkIsa(): void {
  checkRows('value operations', VALUE_OPS, 0);
  checkRows('predicate operations', PREDICATE_OPS, 0);
  checkRows('control operations', CONTROL_OPS, 0);
  checkRows('reasons', REASONS, 1);
  const sections = Object.values(layout.SECTION);
  if (sections.some((n, i) => n !== i) || sections.length !== layout.SECTION_COUNT)
    throw new Error('sections are not dense');
  if (layout.HEADER.SECTIONS + 8 * layout.SECTION_COUNT > layout.HEADER_SIZE)
    throw new Error('the header is too small');
}

/** Digest of every fact that a program's bytes depend on. */
export function isaDigest(): number {
  const facts = {
    values: VALUE_OPS.map((r) => [r.code, r.name, r.operands, r.shape]),
    predicates: PREDICATE_OPS.map((r) => [r.code, r.name, r.operands]),
    control: CONTROL_OPS.map((r) => [r.code, r.name, r.predicate, r.target]),
    events: [EVENT_NUMBERS, EVENT_TEXTS],
    reasons: REASONS.map((r) => [r.code, r.name]),
    layout: Object.entries(layout).sort(([a], [b]) => (a < b ? -1 : 1)),
  };
  return digestBytes(new TextEncoder().encode(JSON.stringify(facts)));
}

const BANNER = '// Generated from src/isa by src/build/generate.ts. Do not edit.\n';

function constant(name: string, value: number): string {
  return `export const ${name}: u32 = ${value >>> 0 > 0xffff ? `0x${(value >>> 0).toString(16)}` : value};\n`;
}

function constantName(text: string): string {
  return text.toUpperCase().replaceAll('.', '_');
}

/** Numbers keep their name; the fields of an object become NAME_FIELD. `X_ROW` objects and the like are flattened so. */
function flatten(facts: Readonly<Record<string, unknown>>): string {
  let text = '';
  for (const [name, fact] of Object.entries(facts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (typeof fact === 'number') text += constant(name, fact);
    else if (typeof fact === 'object' && fact !== null) {
      for (const [field, value] of Object.entries(fact)) text += constant(`${name}_${field}`, value as number);
    }
  }
  return text;
}

function opcodeConstants(): string {
  let text = BANNER;
  for (const row of VALUE_OPS) text += constant(`V_${row.name}`, row.code);
  text += '\n';
  for (const row of PREDICATE_OPS) text += constant(`P_${row.name}`, row.code);
  text += '\n';
  for (const row of CONTROL_OPS) text += constant(`C_${row.name}`, row.code);
  text += `\n${constant('NO_INDEX', NO_INDEX)}\n`;
  EVENT_NUMBERS.forEach((name, i) => {
    text += constant(`EVENT_NUMBER_${constantName(name)}`, i);
  });
  text += '\n';
  EVENT_TEXTS.forEach((name, i) => {
    text += constant(`EVENT_TEXT_${constantName(name)}`, i);
  });
  return text;
}

function reasonConstants(): string {
  return BANNER + REASONS.map((r) => constant(`REASON_${constantName(r.name)}`, r.code)).join('');
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function opcodeTables(): string {
  const operands = (list: readonly string[]): string => list.filter((o) => o !== 'none').join(', ');
  let text = '\n### Values\n\n| number | name | operands | shape | meaning |\n|---|---|---|---|---|\n';
  for (const r of VALUE_OPS)
    text += `| ${r.code} | ${r.name} | ${operands(r.operands)} | ${r.shape} | ${cell(r.doc)} |\n`;
  text += '\n### Predicates\n\n| number | name | operands | holds when |\n|---|---|---|---|\n';
  for (const r of PREDICATE_OPS) text += `| ${r.code} | ${r.name} | ${operands(r.operands)} | ${cell(r.doc)} |\n`;
  text += '\n### Control\n\n| number | name | operands | meaning |\n|---|---|---|---|\n';
  for (const r of CONTROL_OPS) {
    const list = operands([r.predicate ? 'predicate' : 'none', r.target ? 'target' : 'none']);
    text += `| ${r.code} | ${r.name} | ${list} | ${cell(r.doc)} |\n`;
  }
  text += '\n### Reasons\n\n| number | name | meaning |\n|---|---|---|\n';
  for (const r of REASONS) text += `| ${r.code} | ${r.name} | ${cell(r.doc)} |\n`;
  return `${text}\n`;
}

/** Replaces what stands between the markers `<!-- begin NAME -->` and `<!-- end NAME -->`. */
export function between(text: string, name: string, content: string): string {
  const begin = `<!-- begin ${name} -->\n`;
  const end = `<!-- end ${name} -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`no markers for ${name}`);
  return text.slice(0, from + begin.length) + content + text.slice(to);
}

const README = 'src/isa/README.md';

/** Every generated file as the rows say it should be. */
export function generatedFiles(root: string): readonly GeneratedFile[] {
  checkIsa();
  const digest = isaDigest();
  return [
    { path: 'assembly/generated/opcodes.ts', text: opcodeConstants() },
    { path: 'assembly/generated/layout.ts', text: BANNER + flatten(layout) + constant('ISA_DIGEST', digest) },
    { path: 'assembly/generated/reasons.ts', text: reasonConstants() },
    { path: 'assembly/generated/limits.ts', text: BANNER + flatten(limits) },
    { path: 'assembly/generated/alert-format.ts', text: BANNER + flatten(alertFormat) },
    {
      path: 'src/isa/generated/digest.ts',
      text: `${BANNER}\nexport const ISA_DIGEST: number = 0x${digest.toString(16)};\n`,
    },
    { path: README, text: between(readFileSync(join(root, README), 'utf8'), 'opcodes', opcodeTables()) },
  ];
}

/** Paths of generated files that differ from what they should be. */
export function staleFiles(root: string): readonly GeneratedFile[] {
  return generatedFiles(root).filter((file) => {
    try {
      return readFileSync(join(root, file.path), 'utf8') !== file.text;
    } catch {
      return true;
    }
  });
}

/** Writes the stale files; returns their paths. */
export function generate(root: string): readonly string[] {
  const stale = staleFiles(root);
  for (const file of stale) {
    mkdirSync(dirname(join(root, file.path)), { recursive: true });
    writeFileSync(join(root, file.path), file.text);
  }
  return stale.map((file) => file.path);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  if (process.argv.includes('--check')) {
    const stale = staleFiles(root).map((file) => file.path);
    if (stale.length > 0) {
      process.stderr.write(`not fresh, run npm run generate: ${stale.join(', ')}\n`);
      process.exitCode = 1;
    }
  } else generate(root);
}
