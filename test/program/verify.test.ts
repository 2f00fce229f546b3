// The verifier refuses what was damaged. Damage that comes with a correct digest is either seen or harmless: what passes is
// run, and must neither trap nor hang.

import { describe, expect, it } from 'vitest';
import { generateRules } from '../../bench/corpus/rules.ts';
import { digestBytes } from '../../src/isa/hash.ts';
import {
  HEADER,
  INDEX_HEADER,
  INDEX_HEADER_SIZE,
  INDEX_ROW,
  NODE_ROW,
  SECTION,
  VALUE_LIST,
  VALUE_NUMBER,
  VALUE_ROW,
} from '../../src/isa/layout.ts';
import { MAX_ANSWER_DEPTH, MAX_INDEX_ROWS } from '../../src/isa/limits.ts';
import { PREDICATE_OPS, VALUE_OPS } from '../../src/isa/opcodes.ts';
import { decodeProgram } from '../../src/program/decode.ts';
import { encodeProgram } from '../../src/program/encode.ts';
import type { ProgramImage, ValueRow } from '../../src/program/image.ts';
import { verifyProgram } from '../../src/program/verify.ts';
import { createEngine } from '../../src/runtime/index.ts';
import { compileText, sampleProgram } from './sample.ts';

const PROGRAM = sampleProgram();
const EVENT = new TextEncoder().encode(
  '{"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09Z","verb":"create","user":{"username":"u","groups":["dev"]},' +
    '"objectRef":{"resource":"pods"},"requestURI":"/api/v1","requestObject":{"spec":{"containers":[{"image":"nginx:1"}]}}}',
);

/** Mulberry32: numbers in [0, 1) from a seed. */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function withDigest(program: Uint8Array): Uint8Array {
  new DataView(program.buffer).setUint32(
    HEADER.PROGRAM_DIGEST,
    digestBytes(program.subarray(HEADER.TOTAL_LENGTH)),
    true,
  );
  return program;
}

/** The sample with u32 fields of a section overwritten. */
function patched(section: keyof typeof SECTION, fields: Readonly<Record<number, number>>): Uint8Array {
  const copy = PROGRAM.slice();
  const view = new DataView(copy.buffer);
  const start = view.getUint32(HEADER.SECTIONS + 8 * SECTION[section], true);
  for (const [at, value] of Object.entries(fields)) view.setUint32(start + Number(at), value, true);
  return withDigest(copy);
}

function changed(change: (image: ProgramImage) => Partial<ProgramImage>): Uint8Array {
  const image = decodeProgram(PROGRAM);
  return encodeProgram({ ...image, ...change(image) });
}

describe('verifyProgram', () => {
  it('accepts what compile makes', () => {
    expect(verifyProgram(PROGRAM)).toBeUndefined();
  });

  it('refuses every truncation and what is longer', () => {
    for (let length = 0; length < PROGRAM.length; length += 7) {
      expect(verifyProgram(PROGRAM.subarray(0, length)), `${length} bytes`).toBeTypeOf('string');
    }
    expect(verifyProgram(Uint8Array.from([...PROGRAM, 0]))).toBe('the program is cut short or has bytes after its end');
  });

  it('refuses every flipped bit', () => {
    const random = randomOf(1);
    for (let i = 0; i < 400; i++) {
      const copy = PROGRAM.slice();
      copy[Math.floor(random() * copy.length)]! ^= 1 << Math.floor(random() * 8);
      expect(verifyProgram(copy)).toBeTypeOf('string');
    }
  });

  it('names what does not fit', () => {
    const header = (at: number): Uint8Array => {
      const copy = PROGRAM.slice();
      copy[at]! ^= 1;
      return copy;
    };
    expect(verifyProgram(new Uint8Array(8))).toBe('the program is too short for its header');
    expect(verifyProgram(header(HEADER.MAGIC))).toBe('not a compiled program');
    expect(verifyProgram(header(HEADER.FORMAT_VERSION))).toBe('the program has format 2, this engine reads format 3');
    expect(verifyProgram(header(HEADER.ISA_DIGEST))).toBe('the program was compiled for another version of the engine');
    expect(verifyProgram(header(PROGRAM.length - 1))).toMatch(/^the program is damaged/);
  });

  it('checks nodes', () => {
    const second = NODE_ROW.SIZE;
    expect(verifyProgram(patched('NODES', { [second + NODE_ROW.PARENT]: 9 }))).toBe(
      'node 0 has children that are not its own',
    );
    expect(verifyProgram(patched('NODES', { [second + NODE_ROW.KEY]: 1 << 20 }))).toBe('node 1 has no key');
    expect(verifyProgram(patched('NODES', { [NODE_ROW.CHILD_COUNT]: 1 << 30 }))).toMatch(/child/);
    expect(verifyProgram(patched('NODES', { [NODE_ROW.KEY_MASK]: 5 }))).toBe('node 0 key table is no table');
    expect(verifyProgram(patched('KEYS', { 4: 0, 8: 0, 12: 0, 16: 0 }))).toMatch(/key table hides a child/);
  });

  it('checks values, predicates and their operands', () => {
    expect(verifyProgram(patched('VALUES', { 0: 0xff }))).toBe('value 0 has an unknown operation');
    expect(verifyProgram(patched('VALUES', { [VALUE_ROW.A]: 1 << 20 }))).toMatch(/^value 0 refers to no node/);
    expect(verifyProgram(patched('PREDICATES', { 0: 0x100 }))).toBe('predicate 0 has an unknown operation');
    expect(verifyProgram(patched('PREDICATES', { 8: 1 << 29 }))).toBe('predicate 0 has its list outside the pool');
  });

  it('checks that values and predicates do not follow from too many others', () => {
    const tolower = VALUE_OPS.find(({ name }) => name === 'TOLOWER')!.code;
    const chain = (length: number): Uint8Array =>
      changed(({ values }) => {
        const text = values.findIndex(({ flags }) => (flags & (VALUE_LIST | VALUE_NUMBER)) === 0);
        const row = (i: number): ValueRow => ({
          op: tolower,
          flags: 0,
          a: i === 0 ? text : values.length + i - 1,
          b: 0,
          c: 0,
        });
        return { values: [...values, ...Array.from({ length }, (_, i) => row(i))] };
      });
    expect(verifyProgram(chain(MAX_ANSWER_DEPTH - 10))).toBeUndefined();
    expect(verifyProgram(chain(MAX_ANSWER_DEPTH + 1))).toMatch(/^value \d+ follows from too many others$/);

    const either = PREDICATE_OPS.find(({ name }) => name === 'EXACTLY_ONE')!.code;
    const nested = (length: number): Uint8Array =>
      changed(({ predicates, args }) => {
        const lists = Array.from({ length }, (_, i) => [1, i === 0 ? 0 : predicates.length + i - 1]).flat();
        const rows = Array.from({ length }, (_, i) => ({ op: either, a: args.length + 2 * i, b: 0, c: 0 }));
        return { predicates: [...predicates, ...rows], args: new Uint32Array([...args, ...lists]) };
      });
    expect(verifyProgram(nested(MAX_ANSWER_DEPTH - 10))).toBeUndefined();
    expect(verifyProgram(nested(MAX_ANSWER_DEPTH + 1))).toMatch(/^predicate \d+ follows from too many others$/);
  });

  it('checks that code is closed and ends', () => {
    const code = (at: number, change: object): Uint8Array =>
      changed((image) => ({ code: image.code.map((one, i) => (i === at ? { ...one, ...change } : one)) }));
    const { code: all, rules } = decodeProgram(PROGRAM);
    const jump = all.findIndex((one) => one.target > 0);
    const end = (rules.find((rule) => rule.code > jump)?.code ?? all.length) - 1;
    expect(verifyProgram(code(jump, { target: jump }))).toMatch(/jumps out of its code/);
    expect(verifyProgram(code(jump, { target: end + 1 }))).toMatch(/jumps out of its code/);
    expect(verifyProgram(code(jump, { predicate: 1 << 20 }))).toMatch(/tests no predicate/);
    expect(verifyProgram(code(jump, { op: 9 }))).toMatch(/unknown instruction/);
    expect(verifyProgram(code(end, all[jump]!))).toMatch(/jumps out|end with an answer/);
  });

  it('checks the index and the description', () => {
    expect(verifyProgram(patched('INDEX', { 0: MAX_INDEX_ROWS }))).toBe('the index is cut short');
    expect(verifyProgram(patched('INDEX', { 0: MAX_INDEX_ROWS + 1 }))).toBe('the index has too many rows');
    expect(verifyProgram(patched('INDEX', { 16: 1 << 20 }))).toBe('index row 0 is of no value');
    expect(verifyProgram(patched('INDEX', { 28: 1 }))).toMatch(/^index row 0/);
    const alternatives = (count: number, at: number): string | undefined =>
      verifyProgram(patched('INDEX', { [INDEX_HEADER.ALTERNATIVES]: at, [INDEX_HEADER.ALTERNATIVE_COUNT]: count }));
    expect(alternatives(1, 16)).toBeUndefined();
    expect(alternatives(61, 16)).toBe('the index has too many alternatives');
    expect(alternatives(1, 4)).toBe('the index has no alternatives');
    expect(alternatives(1, 1 << 30)).toBe('the index has no alternatives');
    const [rule] = decodeProgram(PROGRAM).meta.rules;
    const meta = (part: object): Uint8Array =>
      changed((image) => ({ meta: { ...image.meta, rules: [{ ...rule!, ...part }, ...image.meta.rules.slice(1)] } }));
    expect(verifyProgram(meta({}))).toBeUndefined();
    const parts = [
      { name: 1 },
      { priority: 8 },
      { output: [{ value: 99, render: 'string', width: 0 }] },
      { tags: 'a' },
    ];
    for (const part of parts) expect(verifyProgram(meta(part))).toBe('the rules have no proper description');
  });

  it('checks what rows of the index point to', () => {
    const row = (field: keyof typeof INDEX_ROW, value: number): string | undefined =>
      verifyProgram(patched('INDEX', { [INDEX_HEADER_SIZE + INDEX_ROW[field]]: value }));
    expect(row('FLAGS', 4)).toBe('index row 0 has unknown flags');
    expect(row('FLAGS', 0)).toBe('index row 0 is of no text');
    expect(row('RANGES', 1 << 30)).toBe('index row 0 has no ranges');
    expect(row('RANGE_COUNT', 0)).toBe('index row 0 has no ranges');
    expect(row('VALUE', 0)).toBe('index row 0 is of no number of the event');
    expect(row('ABSENT', 0)).toBe('index row 0 has no bitmaps');
    expect(row('OTHER', 4)).toBe('index row 0 has no bitmaps');
    expect(row('OTHER', 1 << 30)).toBe('index row 0 has no bitmaps');
    expect(row('EFFECTS', 1 << 30)).toBe('index row 0 has effects outside the section');
    expect(row('EFFECT_COUNT', 1 << 30)).toBe('index row 0 has effects outside the section');
    const second = INDEX_HEADER_SIZE + INDEX_ROW.SIZE;
    const third = second + INDEX_ROW.SIZE;
    expect(verifyProgram(patched('INDEX', { [third + INDEX_ROW.EFFECT_COUNT]: 0 }))).toBe(
      'index row 2 maps a constant to no effect',
    );
    const guards = (field: keyof typeof INDEX_ROW, value: number): string | undefined =>
      verifyProgram(patched('INDEX', { [second + INDEX_ROW[field]]: value }));
    expect(guards('GUARD_COUNT', 1 << 28)).toBe('index row 1 has guards outside the section');
    expect(guards('ALWAYS_COUNT', 9)).toBe('index row 1 asks guards that it does not have');
    expect(guards('TRIGGER_COUNT', 1)).toMatch(/^index row 1 has /);
    expect(row('MAP', 1 << 30)).toBe('index row 0 has no table of constants');
    expect(row('MAP_MASK', 2)).toBe('index row 0 has no table of constants');
    expect(row('MAP_MASK', 0xffffffff)).toBe('index row 0 has no table of constants');
  });

  it.each([40, 100, 300])(
    'lets no index of %i rules pass that makes the engine trap',
    { timeout: 60_000 },
    async (count) => {
      const program = compileText(generateRules(count, 3));
      const index = new DataView(program.buffer).getUint32(HEADER.SECTIONS + 8 * SECTION.INDEX, true);
      const length = new DataView(program.buffer).getUint32(HEADER.SECTIONS + 8 * SECTION.INDEX + 4, true);
      const random = randomOf(count);
      let accepted = 0;
      for (let i = 0; i < 300; i++) {
        const copy = program.slice();
        const at = index + 4 * Math.floor((random() * (i % 2 === 0 ? Math.min(length, 2048) : length)) / 4);
        const value = [0, 0xffffffff, Math.floor(random() * 64), Math.floor(random() * 2 ** 32)][i % 4]!;
        new DataView(copy.buffer).setUint32(at, value, true);
        if (verifyProgram(withDigest(copy)) !== undefined) continue;
        accepted++;
        const engine = await createEngine(copy, { match: 'all', simd: i % 3 === 0 ? 'on' : 'off' });
        expect(engine.evaluate(EVENT).counts.received).toBe(1);
      }
      expect(accepted).toBeGreaterThan(10);
    },
  );

  it('lets nothing pass that makes the engine trap', { timeout: 60_000 }, async () => {
    const random = randomOf(2);
    let accepted = 0;
    for (let i = 0; i < 300; i++) {
      const copy = PROGRAM.slice();
      for (let n = 1 + Math.floor(random() * 3); n > 0; n--) {
        const at = HEADER.FLAGS + Math.floor(random() * (copy.length - HEADER.FLAGS));
        copy[at] = Math.floor(random() * 256);
      }
      if (verifyProgram(withDigest(copy)) !== undefined) continue;
      accepted++;
      const engine = await createEngine(copy, { match: 'all', simd: 'off' });
      const { alerts, counts } = engine.evaluate(EVENT);
      for (const alert of alerts) expect(alert.json).toContain('"hostname"');
      expect(counts.received).toBe(1);
    }
    expect(accepted).toBeGreaterThan(10);
  });
});
