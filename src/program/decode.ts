// Bytes to program rows, the inverse of encode.ts. Bytes of unknown origin go through verifyProgram first; readSections alone
// is safe on anything.

import {
  CONSTANT_ROW,
  HEADER,
  HEADER_SIZE,
  INDEX_CONSTANT,
  INDEX_EFFECT,
  INDEX_GRAM,
  INDEX_GUARD,
  INDEX_HEADER,
  INDEX_HEADER_SIZE,
  INDEX_LAZY,
  INDEX_MASK,
  INDEX_RANGE,
  INDEX_ROW,
  INSTRUCTION_SIZE,
  NODE_ROW,
  PREDICATE_ROW,
  RULE_ROW,
  SECTION,
  SECTION_COUNT,
  VALUE_ROW,
} from '../isa/layout.ts';
import type { IndexRow, Instruction, NodeRow, PredicateRow, ProgramImage, RuleRow, ValueRow } from './image.ts';
import type { ProgramMeta } from './meta.ts';

/** Little-endian reads in one section. */
export class Section {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  u16(at: number): number {
    return this.#view.getUint16(at, true);
  }

  u32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  u64(at: number): bigint {
    return this.#view.getBigUint64(at, true);
  }

  words(at: number, count: number): Uint32Array {
    const words = new Uint32Array(count);
    for (let i = 0; i < count; i++) words[i] = this.u32(at + 4 * i);
    return words;
  }

  /** Reads rows of `size` bytes until the section ends. */
  rows<T>(size: number, read: (at: number) => T): T[] {
    return Array.from({ length: Math.floor(this.length / size) }, (_, i) => read(i * size));
  }
}

/** The sections in order; undefined when one lies outside the image or at an odd place. */
export function readSections(program: Uint8Array): readonly Section[] | undefined {
  if (program.length < HEADER_SIZE) return undefined;
  const header = new Section(program);
  const sections: Section[] = [];
  for (let i = 0; i < SECTION_COUNT; i++) {
    const offset = header.u32(HEADER.SECTIONS + 8 * i);
    const length = header.u32(HEADER.SECTIONS + 8 * i + 4);
    if (offset % 16 !== 0 || offset < HEADER_SIZE || offset + length > program.length) return undefined;
    sections.push(new Section(program.subarray(offset, offset + length)));
  }
  return sections;
}

/** Constants are addressed from the image's start. */
export function readConstants(program: Uint8Array, rows: Section): readonly Uint8Array[] {
  return rows.rows(CONSTANT_ROW.SIZE, (at) => {
    const offset = rows.u32(at + CONSTANT_ROW.OFFSET);
    return program.subarray(offset, offset + rows.u32(at + CONSTANT_ROW.LENGTH));
  });
}

export function readNodes(section: Section): readonly NodeRow[] {
  return section.rows(NODE_ROW.SIZE, (at) => ({
    parent: section.u32(at + NODE_ROW.PARENT),
    key: section.u32(at + NODE_ROW.KEY),
    position: section.u32(at + NODE_ROW.POSITION),
    firstChild: section.u32(at + NODE_ROW.FIRST_CHILD),
    childCount: section.u32(at + NODE_ROW.CHILD_COUNT),
    flags: section.u32(at + NODE_ROW.FLAGS),
  }));
}

export function readValues(section: Section): readonly ValueRow[] {
  return section.rows(VALUE_ROW.SIZE, (at) => ({
    op: section.bytes[at + VALUE_ROW.OP]!,
    flags: section.bytes[at + VALUE_ROW.FLAGS]!,
    a: section.u32(at + VALUE_ROW.A),
    b: section.u32(at + VALUE_ROW.B),
    c: section.u32(at + VALUE_ROW.C),
  }));
}

export function readPredicates(section: Section): readonly PredicateRow[] {
  return section.rows(PREDICATE_ROW.SIZE, (at) => ({
    op: section.u32(at + PREDICATE_ROW.OP),
    a: section.u32(at + PREDICATE_ROW.A),
    b: section.u32(at + PREDICATE_ROW.B),
    c: section.u32(at + PREDICATE_ROW.C),
  }));
}

export function readCode(section: Section): readonly Instruction[] {
  return section.rows(INSTRUCTION_SIZE, (at) => {
    const word = section.u32(at);
    return { op: word & 0xff, predicate: word >>> 8, target: section.u32(at + 4) };
  });
}

export function readRules(section: Section): readonly RuleRow[] {
  return section.rows(RULE_ROW.SIZE, (at) => ({
    code: section.u32(at + RULE_ROW.CODE),
    outputs: section.u32(at + RULE_ROW.OUTPUTS),
  }));
}

export function readIndex(section: Section, words: number): readonly IndexRow[] {
  return Array.from({ length: section.u32(INDEX_HEADER.ROW_COUNT) }, (_, i) => {
    const at = INDEX_HEADER_SIZE + i * INDEX_ROW.SIZE;
    const field = (offset: number): number => section.u32(at + offset);
    return {
      value: field(INDEX_ROW.VALUE),
      isLazy: (field(INDEX_ROW.FLAGS) & INDEX_LAZY) !== 0,
      absent: section.words(field(INDEX_ROW.ABSENT), 2 * words),
      other: section.words(field(INDEX_ROW.OTHER), 2 * words),
      effects: readEffects(section, field(INDEX_ROW.EFFECTS), field(INDEX_ROW.EFFECT_COUNT)),
      constants: readIndexConstants(section, field(INDEX_ROW.MAP), field(INDEX_ROW.MAP_MASK) + 1),
      guards: readGuards(section, field(INDEX_ROW.GUARDS), field(INDEX_ROW.GUARD_COUNT)),
      always: field(INDEX_ROW.ALWAYS_COUNT),
      triggers: readTriggers(section, at),
      ranges: readRanges(section, field(INDEX_ROW.RANGES), field(INDEX_ROW.RANGE_COUNT)),
    };
  });
}

export function readAlternatives(section: Section, words: number): readonly Uint32Array[] {
  const start = section.u32(INDEX_HEADER.ALTERNATIVES);
  return Array.from({ length: section.u32(INDEX_HEADER.ALTERNATIVE_COUNT) }, (_, i) =>
    section.words(start + 8 * words * i, 2 * words),
  );
}

function readEffects(section: Section, start: number, count: number): IndexRow['effects'] {
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * INDEX_EFFECT.SIZE;
    const masks = section.u32(at + INDEX_EFFECT.MASKS);
    const restored = section.u32(at + INDEX_EFFECT.RESTORED);
    const excluded = section.u32(at + INDEX_EFFECT.EXCLUDED);
    return {
      restored: section.words(masks, 2 * restored),
      excluded: section.words(masks + restored * INDEX_MASK.SIZE, 2 * excluded),
    };
  });
}

function readIndexConstants(section: Section, start: number, size: number): IndexRow['constants'] {
  const rows: IndexRow['constants'][number][] = [];
  for (let slot = 0; slot < size; slot++) {
    const at = start + slot * INDEX_CONSTANT.SIZE;
    const entry = section.u32(at + INDEX_CONSTANT.CONSTANT);
    if (entry !== 0) rows.push({ constant: entry - 1, effect: section.u32(at + INDEX_CONSTANT.EFFECT) });
  }
  return rows.sort((a, b) => a.constant - b.constant);
}

function readGuards(section: Section, start: number, count: number): IndexRow['guards'] {
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * INDEX_GUARD.SIZE;
    return {
      code: section.u32(at + INDEX_GUARD.CODE),
      holds: section.u32(at + INDEX_GUARD.HOLDS) !== 0,
      effect: section.u32(at + INDEX_GUARD.EFFECT),
    };
  });
}

function readRanges(section: Section, start: number, count: number): IndexRow['ranges'] {
  return Array.from({ length: count }, (_, i) => {
    const at = start + i * INDEX_RANGE.SIZE;
    return { from: section.u64(at + INDEX_RANGE.FROM), effect: section.u32(at + INDEX_RANGE.EFFECT) };
  });
}

function readTriggers(section: Section, row: number): IndexRow['triggers'] {
  const grams = section.u32(row + INDEX_ROW.GRAMS);
  const triggers = section.u32(row + INDEX_ROW.TRIGGERS);
  const rows: IndexRow['triggers'][number][] = [];
  if (section.u32(row + INDEX_ROW.TRIGGER_COUNT) === 0) return rows;
  for (let slot = 0; slot <= section.u32(row + INDEX_ROW.GRAM_MASK); slot++) {
    const at = grams + slot * INDEX_GRAM.SIZE;
    const gram = section.u32(at + INDEX_GRAM.GRAM);
    for (let i = 0; i < section.u32(at + INDEX_GRAM.COUNT); i++) {
      rows.push({ gram, guard: section.u32(triggers + 4 * (section.u32(at + INDEX_GRAM.FIRST) + i)) });
    }
  }
  return rows.sort((a, b) => a.gram - b.gram || a.guard - b.guard);
}

export function readMeta(section: Section): unknown {
  return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(section.bytes));
}

/** What the host needs of a verified program. */
export function metaOf(program: Uint8Array): ProgramMeta {
  return readMeta(readSections(program)![SECTION.META]!) as ProgramMeta;
}

/** The rows of a verified program. */
export function decodeProgram(program: Uint8Array): ProgramImage {
  const sections = readSections(program);
  if (sections === undefined) throw new TypeError('not a program');
  const header = new Section(program);
  const section = (name: keyof typeof SECTION): Section => sections[SECTION[name]]!;
  const constants = readConstants(program, section('CONSTANTS'));
  const intern = section('INTERN');
  const args = section('ARGS');
  return {
    flags: header.u32(HEADER.FLAGS),
    envelope: {
      kind: header.u32(HEADER.NODE_KIND),
      items: header.u32(HEADER.NODE_ITEMS),
      time: header.u32(HEADER.NODE_TIME),
      auditId: header.u32(HEADER.NODE_AUDIT_ID),
    },
    constants,
    interned: intern
      .rows(4, (at) => intern.u32(at) - 1)
      .filter((id) => id >= 0)
      .sort((a, b) => a - b),
    nodes: readNodes(section('NODES')),
    values: readValues(section('VALUES')),
    args: args.words(0, args.length / 4),
    predicates: readPredicates(section('PREDICATES')),
    code: readCode(section('CODE')),
    rules: readRules(section('RULES')),
    index: readIndex(section('INDEX'), header.u32(HEADER.RULE_WORDS)),
    alternatives: readAlternatives(section('INDEX'), header.u32(HEADER.RULE_WORDS)),
    automata: section('AUTOMATA').bytes,
    meta: readMeta(section('META')) as ProgramMeta,
  };
}
