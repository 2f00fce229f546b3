// The listing of the sample, as it is committed. UPDATE=1 writes it anew.

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { disassemble } from '../../src/program/disassemble.ts';
import { verifyProgram } from '../../src/program/verify.ts';
import { sampleProgram } from './sample.ts';

const GOLDEN = new URL('golden/sample.txt', import.meta.url);

describe('disassemble', () => {
  it('lists nodes, values, predicates, index and code', () => {
    // the digest and the size change with every change of the instruction set
    const text = disassemble(sampleProgram()).replace(/^program: .*$/m, 'program: ...');
    if (process.env['UPDATE']) writeFileSync(GOLDEN, text);
    expect(text).toBe(readFileSync(GOLDEN, 'utf8'));
  });

  it('takes programs only', () => {
    expect(() => disassemble(new Uint8Array(500))).toThrow(new TypeError('not a compiled program'));
    for (const given of [undefined, null, 'x', [1, 2], new ArrayBuffer(8)] as unknown[]) {
      const expected = new TypeError('program: expected a Uint8Array');
      expect(() => disassemble(given as Uint8Array)).toThrow(expected);
      expect(() => verifyProgram(given as Uint8Array)).toThrow(expected);
    }
  });
});
