// Bytes to rows and back.

import { describe, expect, it } from 'vitest';
import { hashBytes } from '../../src/isa/hash.ts';
import { decodeProgram } from '../../src/program/decode.ts';
import { encodeProgram } from '../../src/program/encode.ts';
import { ruleWords } from '../../src/program/image.ts';
import { buildTable, tableFinds } from '../../src/program/table.ts';
import { verifyProgram } from '../../src/program/verify.ts';
import { sampleProgram } from './sample.ts';

describe('encode and decode', () => {
  const program = sampleProgram();

  it('are inverse', () => {
    expect(Buffer.from(encodeProgram(decodeProgram(program))).equals(program)).toBe(true);
    expect(decodeProgram(encodeProgram(decodeProgram(program)))).toEqual(decodeProgram(program));
  });

  it('do not depend on where the bytes stand', () => {
    const shifted = new Uint8Array(program.length + 3);
    shifted.set(program, 3);
    const view = shifted.subarray(3);
    expect(verifyProgram(view)).toBeUndefined();
    expect(decodeProgram(view)).toEqual(decodeProgram(program));
  });

  it('are deterministic', () => {
    expect(Buffer.from(sampleProgram()).equals(program)).toBe(true);
  });
});

describe('the hash of keys', () => {
  it('is the product of 64-bit words that the engine computes', () => {
    const mask = (1n << 64n) - 1n;
    const expected = (bytes: Uint8Array): number => {
      let h = (BigInt(bytes.length) * 0x9e3779b97f4a7c15n) & mask;
      for (let at = 0; at < bytes.length; at += 8) {
        const word = bytes.subarray(at, at + 8).reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
        h = ((h ^ word) * 0xff51afd7ed558ccdn) & mask;
        h ^= h >> 32n;
      }
      return Number(h & 0xffffffffn);
    };
    for (let length = 0; length < 70; length++) {
      const steps = [0, 255, 1, 37].map((step) => Uint8Array.from({ length }, (_, i) => step * (i + 1)));
      for (const bytes of [...steps, new Uint8Array(length).fill(255)]) {
        expect(hashBytes(bytes), `${length} bytes`).toBe(expected(bytes));
      }
    }
  });
});

describe('tables', () => {
  it('find every key and nothing else', () => {
    const keys = Array.from({ length: 300 }, (_, i) => new TextEncoder().encode(`key ${i * i}`));
    const table = buildTable(keys.map((key, id) => ({ id, key })));
    const find = (id: number, key: Uint8Array): boolean => tableFinds(table, id, key, (other) => keys[other]);
    keys.forEach((key, id) => {
      expect(find(id, key)).toBe(true);
    });
    expect(find(7, keys[8]!)).toBe(false);
    expect(find(0, new TextEncoder().encode('no key'))).toBe(false);
    expect(table.includes(0)).toBe(true);
  });

  it('of nothing are one free slot', () => {
    expect([...buildTable([])]).toEqual([0]);
  });

  it('of rules have 64 to a word', () => {
    expect([0, 1, 64, 65, 128, 129].map(ruleWords)).toEqual([1, 1, 1, 2, 2, 3]);
  });
});
