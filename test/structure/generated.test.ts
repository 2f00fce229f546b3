// What is generated and committed is what the rows in src/isa say.

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { between, generatedFiles, isaDigest, staleFiles } from '../../src/build/generate.ts';
import { ISA_DIGEST } from '../../src/isa/generated/digest.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

describe('generated files', () => {
  it('are fresh', () => {
    expect(staleFiles(ROOT).map((file) => file.path)).toEqual([]);
  });

  it('give every constant one name', () => {
    for (const { path, text } of generatedFiles(ROOT)) {
      const names = [...text.matchAll(/^export const (\w+)/gm)].map((match) => match[1]);
      expect(
        names.filter((name, i) => names.indexOf(name) !== i),
        path,
      ).toEqual([]);
    }
  });

  it('carry the digest of the instruction set', () => {
    expect(ISA_DIGEST).toBe(isaDigest());
  });

  it('replace text between markers only', () => {
    const text = 'a\n<!-- begin x -->\nold\n<!-- end x -->\nb\n';
    expect(between(text, 'x', 'new\n')).toBe('a\n<!-- begin x -->\nnew\n<!-- end x -->\nb\n');
    expect(() => between(text, 'y', '')).toThrow('no markers for y');
  });
});
