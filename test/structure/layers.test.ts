// The import law: arrows between folders go one way, the runtime stands alone, only the command line and the build use Node.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = fileURLToPath(new URL('../../src', import.meta.url));

/** Per folder (or file of src itself): what it may import besides itself. Order is the direction of the pipeline. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  isa: [],
  source: [],
  syntax: [],
  pattern: ['isa'],
  diagnostics: ['source', 'isa'],
  rulefile: ['source', 'diagnostics', 'isa', 'yaml'],
  resolve: ['source', 'diagnostics', 'isa', 'syntax', 'rulefile'],
  check: ['source', 'diagnostics', 'isa', 'syntax', 'pattern', 'rulefile', 'resolve'],
  program: ['isa', 'pattern'],
  ir: ['isa', 'syntax', 'resolve', 'check', 'program'],
  emit: ['isa', 'syntax', 'program', 'ir'],
  runtime: ['isa', 'program'],
  lint: ['source', 'diagnostics', 'isa', 'syntax', 'rulefile', 'resolve', 'check', 'ir', 'emit'],
  'types.ts': ['isa', 'check'],
  'compile.ts': ['source', 'diagnostics', 'isa', 'resolve', 'check', 'lint', 'ir', 'emit', 'types.ts'],
  explain: [
    ...['source', 'diagnostics', 'isa', 'syntax', 'rulefile', 'resolve', 'check', 'ir', 'emit', 'program', 'runtime'],
    ...['compile.ts', 'types.ts'],
  ],
  'index.ts': ['isa', 'check', 'program', 'runtime', 'explain', 'compile.ts', 'types.ts'],
  build: ['isa', 'node:*'],
};
/** The command line and the sidecar stand above everything, and may use Node's modules. */
const TOP: readonly string[] = ['cli', 'serve', 'ruletest'];

interface Import {
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

function partOf(path: string): string {
  return relative(SRC, path).split('/')[0]!;
}

function imports(): readonly Import[] {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  return files.flatMap((name) => {
    const file = join(SRC, name);
    const text = readFileSync(file, 'utf8');
    const specifiers = [
      ...text.matchAll(
        /^(?:import|export)\b[^;]*?\bfrom\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)|^import\s+'([^']+)'/gms,
      ),
    ];
    return specifiers.map((match) => {
      const specifier = (match[1] ?? match[2] ?? match[3])!;
      const to = specifier.startsWith('.') ? partOf(join(dirname(file), specifier)) : specifier;
      return { file: name, from: partOf(file), to };
    });
  });
}

function mayImport({ from, to }: Import): boolean {
  if (from === to || TOP.includes(from)) return true;
  const allowed = ALLOWED[from];
  if (allowed === undefined) return false;
  return allowed.includes(to) || (to.startsWith('node:') && allowed.includes('node:*'));
}

describe('layers', () => {
  const all = imports();

  it('finds the imports', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(all.some(({ from, to }) => from === 'runtime' && to === 'program')).toBe(true);
  });

  it('only go the allowed ways', () => {
    expect(all.filter((one) => !mayImport(one)).map(({ file, to }) => `${file} -> ${to}`)).toEqual([]);
  });

  it('of the law have no cycle', () => {
    const reaches = (from: string, seen: readonly string[]): boolean =>
      (ALLOWED[from] ?? []).some((to) => seen.includes(to) || reaches(to, [...seen, to]));
    expect(Object.keys(ALLOWED).filter((part) => reaches(part, [part]))).toEqual([]);
  });

  it('lead from the runtime to nothing of the pattern compiler but the verifier', () => {
    const reached = new Set(['runtime/index.ts']);
    for (const file of reached) {
      const text = readFileSync(join(SRC, file), 'utf8');
      for (const [, specifier] of text.matchAll(/^(?:import|export)\b(?! type)[^;]*?\bfrom\s+'(\.[^']+)'/gms)) {
        reached.add(relative(SRC, join(SRC, dirname(file), specifier!)));
      }
    }
    expect(reached.size).toBeGreaterThan(20);
    expect([...reached].filter((file) => file.startsWith('pattern/')).sort()).toEqual([
      'pattern/automaton.ts',
      'pattern/verify-automaton.ts',
    ]);
  });

  it('keep assembly apart: it takes nothing from src', () => {
    const assembly = join(SRC, '../assembly');
    const files = readdirSync(assembly, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const breaches = files.filter((name) => /from '(?:\.\.\/)+src\//.test(readFileSync(join(assembly, name), 'utf8')));
    expect(breaches).toEqual([]);
  });
});
