// Program rows to bytes: lays out the sections of isa/layout.ts, builds the key and intern tables, fills in the digests. The
// rows must be well-formed (emit's are; verify.ts checks bytes from elsewhere).

import { ISA_DIGEST } from '../isa/generated/digest.ts';
import { digestBytes } from '../isa/hash.ts';
import {
  CONSTANT_ROW,
  FORMAT_VERSION,
  HEADER,
  HEADER_SIZE,
  INSTRUCTION_SIZE,
  NODE_EVERY,
  NODE_ROW,
  PREDICATE_ROW,
  PROGRAM_MAGIC,
  RULE_ROW,
  SECTION_COUNT,
  VALUE_ROW,
} from '../isa/layout.ts';
import { encodeIndex } from './encode-index.ts';
import { type ProgramImage, ruleWords } from './image.ts';
import { buildTable } from './table.ts';

/** A section under construction: little-endian fields of fixed-size rows. */
class Rows {
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(count: number, size: number) {
    this.bytes = new Uint8Array(count * size);
    this.#view = new DataView(this.bytes.buffer);
  }

  u32(at: number, value: number): void {
    this.#view.setUint32(at, value, true);
  }
}

function words(list: ArrayLike<number>): Uint8Array {
  const rows = new Rows(list.length, 4);
  for (let i = 0; i < list.length; i++) rows.u32(4 * i, list[i]!);
  return rows.bytes;
}

function align(offset: number, to: number): number {
  return Math.ceil(offset / to) * to;
}

/** Constants are addressed from the image's start, and the first two sections are theirs. */
function encodeConstants(image: ProgramImage): { rows: Uint8Array; bytes: Uint8Array } {
  const rows = new Rows(image.constants.length, CONSTANT_ROW.SIZE);
  const start = align(HEADER_SIZE + rows.bytes.length, 16);
  let length = 0;
  image.constants.forEach((constant, i) => {
    rows.u32(i * CONSTANT_ROW.SIZE + CONSTANT_ROW.OFFSET, start + length);
    rows.u32(i * CONSTANT_ROW.SIZE + CONSTANT_ROW.LENGTH, constant.length);
    length += align(constant.length, 16);
  });
  // one more block of zeros, so that wide loads at the last constant stay inside
  const bytes = new Uint8Array(length + 16);
  let at = 0;
  for (const constant of image.constants) {
    bytes.set(constant, at);
    at += align(constant.length, 16);
  }
  return { rows: rows.bytes, bytes };
}

/** Key tables start with a free slot of their own: a node without children has the table [0, 1). */
function encodeNodes(image: ProgramImage): { rows: Uint8Array; keys: Uint8Array } {
  const rows = new Rows(image.nodes.length, NODE_ROW.SIZE);
  const keys: number[] = [0];
  image.nodes.forEach((node, i) => {
    const children = [];
    for (let id = node.firstChild; id < node.firstChild + node.childCount; id++) {
      const child = image.nodes[id]!;
      if (child.position !== NODE_EVERY) children.push({ id, key: image.constants[child.key]! });
    }
    const table = buildTable(children);
    const at = i * NODE_ROW.SIZE;
    rows.u32(at + NODE_ROW.PARENT, node.parent);
    rows.u32(at + NODE_ROW.KEY, node.key);
    rows.u32(at + NODE_ROW.POSITION, node.position);
    rows.u32(at + NODE_ROW.FIRST_CHILD, node.firstChild);
    rows.u32(at + NODE_ROW.CHILD_COUNT, node.childCount);
    rows.u32(at + NODE_ROW.KEY_TABLE, children.length === 0 ? 0 : 4 * keys.length);
    rows.u32(at + NODE_ROW.KEY_MASK, table.length - 1);
    rows.u32(at + NODE_ROW.FLAGS, node.flags);
    if (children.length > 0) for (const entry of table) keys.push(entry);
  });
  return { rows: rows.bytes, keys: words(keys) };
}

function encodeValues(image: ProgramImage): Uint8Array {
  const rows = new Rows(image.values.length, VALUE_ROW.SIZE);
  image.values.forEach((value, i) => {
    const at = i * VALUE_ROW.SIZE;
    rows.bytes[at + VALUE_ROW.OP] = value.op;
    rows.bytes[at + VALUE_ROW.FLAGS] = value.flags;
    rows.u32(at + VALUE_ROW.A, value.a);
    rows.u32(at + VALUE_ROW.B, value.b);
    rows.u32(at + VALUE_ROW.C, value.c);
  });
  return rows.bytes;
}

function encodePredicates(image: ProgramImage): Uint8Array {
  const rows = new Rows(image.predicates.length, PREDICATE_ROW.SIZE);
  image.predicates.forEach((predicate, i) => {
    const at = i * PREDICATE_ROW.SIZE;
    rows.u32(at + PREDICATE_ROW.OP, predicate.op);
    rows.u32(at + PREDICATE_ROW.A, predicate.a);
    rows.u32(at + PREDICATE_ROW.B, predicate.b);
    rows.u32(at + PREDICATE_ROW.C, predicate.c);
  });
  return rows.bytes;
}

function encodeCode(image: ProgramImage): Uint8Array {
  const rows = new Rows(image.code.length, INSTRUCTION_SIZE);
  image.code.forEach((instruction, i) => {
    rows.u32(i * INSTRUCTION_SIZE, (instruction.op | (instruction.predicate << 8)) >>> 0);
    rows.u32(i * INSTRUCTION_SIZE + 4, instruction.target);
  });
  return rows.bytes;
}

function encodeRules(image: ProgramImage): Uint8Array {
  const rows = new Rows(image.rules.length, RULE_ROW.SIZE);
  image.rules.forEach((rule, i) => {
    rows.u32(i * RULE_ROW.SIZE + RULE_ROW.CODE, rule.code);
    rows.u32(i * RULE_ROW.SIZE + RULE_ROW.OUTPUTS, rule.outputs);
  });
  return rows.bytes;
}

function encodeInterned(image: ProgramImage): Uint8Array {
  return words(buildTable(image.interned.map((id) => ({ id, key: image.constants[id]! }))));
}

/** Sections in the order of isa/layout.ts SECTION. */
function encodeSections(image: ProgramImage): readonly Uint8Array[] {
  const constants = encodeConstants(image);
  const nodes = encodeNodes(image);
  return [
    constants.rows,
    constants.bytes,
    encodeInterned(image),
    nodes.rows,
    nodes.keys,
    encodeValues(image),
    words(image.args),
    encodePredicates(image),
    encodeCode(image),
    encodeRules(image),
    encodeIndex(image.index, image.alternatives),
    image.automata,
    new TextEncoder().encode(JSON.stringify(image.meta)),
  ];
}

/** The program's bytes. */
export function encodeProgram(image: ProgramImage): Uint8Array {
  const sections = encodeSections(image);
  if (sections.length !== SECTION_COUNT) throw new Error('a section is missing');
  const total = sections.reduce((at, section) => align(at + section.length, 16), HEADER_SIZE);
  const rows = new Rows(total, 1);
  let at = HEADER_SIZE;
  sections.forEach((section, i) => {
    rows.bytes.set(section, at);
    rows.u32(HEADER.SECTIONS + 8 * i, at);
    rows.u32(HEADER.SECTIONS + 8 * i + 4, section.length);
    at = align(at + section.length, 16);
  });
  rows.u32(HEADER.MAGIC, PROGRAM_MAGIC);
  rows.u32(HEADER.FORMAT_VERSION, FORMAT_VERSION);
  rows.u32(HEADER.ISA_DIGEST, ISA_DIGEST);
  rows.u32(HEADER.TOTAL_LENGTH, total);
  rows.u32(HEADER.FLAGS, image.flags);
  rows.u32(HEADER.RULE_COUNT, image.rules.length);
  rows.u32(HEADER.NODE_KIND, image.envelope.kind);
  rows.u32(HEADER.NODE_ITEMS, image.envelope.items);
  rows.u32(HEADER.NODE_TIME, image.envelope.time);
  rows.u32(HEADER.NODE_AUDIT_ID, image.envelope.auditId);
  rows.u32(HEADER.RULE_WORDS, ruleWords(image.rules.length + image.alternatives.length));
  rows.u32(HEADER.PROGRAM_DIGEST, digestBytes(rows.bytes.subarray(HEADER.TOTAL_LENGTH)));
  return rows.bytes;
}
