// Checks a program before it reaches the engine, which then checks nothing: whatever passes makes the engine read only inside
// the image and its own tables, and end. Input is any bytes; the result is what is wrong first, or undefined.

import { ISA_DIGEST } from '../isa/generated/digest.ts';
import { digestBytes } from '../isa/hash.ts';
import {
  CONSTANT_ROW,
  FLAG_FIXED,
  FLAG_OBJECTS,
  FORMAT_VERSION,
  HEADER,
  HEADER_SIZE,
  INSTRUCTION_SIZE,
  NO_NODE,
  NODE_EAGER_CHECKED,
  NODE_EVERY,
  NODE_ROW,
  PREDICATE_ROW,
  PROGRAM_MAGIC,
  RULE_ROW,
  SECTION,
  VALUE_ROW,
} from '../isa/layout.ts';
import { CONTROL_OPS, PREDICATE_OPS, VALUE_OPS } from '../isa/opcodes.ts';
import {
  readCode,
  readConstants,
  readMeta,
  readNodes,
  readPredicates,
  readRules,
  readSections,
  readValues,
  Section,
} from './decode.ts';
import { type Envelope, type NodeRow, ruleWords, type ValueRow } from './image.ts';
import type { ProgramMeta } from './meta.ts';
import { isProgramMeta } from './meta-shape.ts';
import { DepthCheck, predicateProblem, type Tables, valueProblem } from './operands.ts';
import { tableFinds } from './table.ts';
import { indexProblem } from './verify-index.ts';

/** What is wrong with a program: lower case, no full stop. */
export type Problem = string;

/**
 * Undefined when the program is fit for this engine.
 * @throws TypeError for what are no bytes
 */
export function verifyProgram(program: Uint8Array): Problem | undefined {
  if (!(program instanceof Uint8Array)) throw new TypeError('program: expected a Uint8Array');
  const outcome = checkProgram(program);
  return typeof outcome === 'string' ? outcome : undefined;
}

/** The same, with what the host needs of a program that is fit. */
export function checkProgram(program: Uint8Array): ProgramMeta | Problem {
  const problem = headerProblem(program);
  if (problem !== undefined) return problem;
  const sections = readSections(program);
  if (sections === undefined) return 'a section lies outside the program';
  return new Verifier(program, sections).check();
}

function headerProblem(program: Uint8Array): Problem | undefined {
  if (program.length < HEADER_SIZE) return 'the program is too short for its header';
  const header = new Section(program);
  if (header.u32(HEADER.MAGIC) !== PROGRAM_MAGIC) return 'not a compiled program';
  const version = header.u32(HEADER.FORMAT_VERSION);
  if (version !== FORMAT_VERSION)
    return `the program has format ${version}, this engine reads format ${FORMAT_VERSION}`;
  if (header.u32(HEADER.ISA_DIGEST) !== ISA_DIGEST) return 'the program was compiled for another version of the engine';
  if (header.u32(HEADER.TOTAL_LENGTH) !== program.length) return 'the program is cut short or has bytes after its end';
  const digest = digestBytes(program.subarray(HEADER.TOTAL_LENGTH));
  return header.u32(HEADER.PROGRAM_DIGEST) === digest ? undefined : 'the program is damaged: its digest does not agree';
}

/** Checks of one image, in an order in which each relies only on what was checked before. */
class Verifier {
  readonly #header: Section;
  readonly #sections: readonly Section[];
  readonly #program: Uint8Array;

  constructor(program: Uint8Array, sections: readonly Section[]) {
    this.#program = program;
    this.#header = new Section(program);
    this.#sections = sections;
  }

  check(): ProgramMeta | Problem {
    const sizes = this.#sizesProblem() ?? this.#constantsProblem();
    if (sizes !== undefined) return sizes;
    const constants = readConstants(this.#program, this.#section('CONSTANTS'));
    const nodes = readNodes(this.#section('NODES'));
    const values = readValues(this.#section('VALUES'));
    const tables: Tables = {
      constants,
      nodeCount: nodes.length,
      values,
      args: this.#section('ARGS'),
      automata: this.#section('AUTOMATA').bytes,
    };
    const valueDepths = new DepthCheck(tables, VALUE_OPS, 'values', 'value');
    const predicateDepths = new DepthCheck(tables, PREDICATE_OPS, 'predicates');
    return (
      this.#internProblem(constants) ??
      this.#nodesProblem(nodes, constants) ??
      this.#envelopeProblem(nodes.length) ??
      firstProblem('value', values, (row, id) => valueProblem(tables, row, id) ?? valueDepths.problem(row)) ??
      firstProblem(
        'predicate',
        readPredicates(this.#section('PREDICATES')),
        (row, id) => predicateProblem(tables, row, id) ?? predicateDepths.problem(row),
      ) ??
      this.#rulesProblem(tables) ??
      this.#indexProblem(values, constants.length) ??
      this.#meta(values.length)
    );
  }

  #section(name: keyof typeof SECTION): Section {
    return this.#sections[SECTION[name]]!;
  }

  get #ruleCount(): number {
    return this.#header.u32(HEADER.RULE_COUNT);
  }

  /** Of rules and alternatives. */
  get #ruleWords(): number {
    return this.#header.u32(HEADER.RULE_WORDS);
  }

  #sizesProblem(): Problem | undefined {
    const rowSizes = [
      ['CONSTANTS', CONSTANT_ROW.SIZE],
      ['INTERN', 4],
      ['NODES', NODE_ROW.SIZE],
      ['KEYS', 4],
      ['VALUES', VALUE_ROW.SIZE],
      ['ARGS', 4],
      ['PREDICATES', PREDICATE_ROW.SIZE],
      ['CODE', INSTRUCTION_SIZE],
      ['RULES', RULE_ROW.SIZE],
    ] as const;
    for (const [name, size] of rowSizes) {
      if (this.#section(name).length % size !== 0) return `section ${name} ends within a row`;
    }
    if (this.#section('RULES').length !== this.#ruleCount * RULE_ROW.SIZE)
      return 'the header states another number of rules';
    const spareWords = this.#ruleWords - ruleWords(this.#ruleCount);
    // fewer rules leave room for alternatives in their own word
    if (spareWords !== 0 && !(spareWords === 1 && this.#ruleCount >= 64))
      return 'the header states another bitmap size';
    if ((this.#header.u32(HEADER.FLAGS) & ~(FLAG_FIXED | FLAG_OBJECTS)) !== 0) return 'the header has unknown flags';
    return undefined;
  }

  /** Constants are padded to 16 bytes with room for one more wide load behind the last. */
  #constantsProblem(): Problem | undefined {
    const rows = this.#section('CONSTANTS');
    const bytes = this.#section('BYTES');
    const start = bytes.bytes.byteOffset - this.#program.byteOffset;
    const end = start + bytes.length - 16;
    return firstProblem(
      'constant',
      rows.rows(CONSTANT_ROW.SIZE, (at) => at),
      (at) => {
        const offset = rows.u32(at + CONSTANT_ROW.OFFSET);
        const length = rows.u32(at + CONSTANT_ROW.LENGTH);
        const fits = offset % 16 === 0 && offset >= start && offset + Math.ceil(length / 16) * 16 <= end;
        return fits ? undefined : 'lies outside its section';
      },
    );
  }

  #internProblem(constants: readonly Uint8Array[]): Problem | undefined {
    const section = this.#section('INTERN');
    const problem = tableProblem(section, 0, section.length / 4, 0, constants.length);
    if (problem !== undefined) return `intern table ${problem}`;
    const table = section.words(0, section.length / 4);
    const isLost = table.some(
      (entry) => entry !== 0 && !tableFinds(table, entry - 1, constants[entry - 1]!, (id) => constants[id]),
    );
    return isLost ? 'intern table hides an entry' : undefined;
  }

  #nodesProblem(nodes: readonly NodeRow[], constants: readonly Uint8Array[]): Problem | undefined {
    if (nodes.length === 0) return 'there is no node for the event';
    const keys = this.#section('KEYS');
    let children = 0;
    for (const node of nodes) children += node.childCount;
    if (children !== nodes.length - 1) return 'a node is not the child of exactly one node';
    const keyless = nodes.findIndex((node, id) => id > 0 && node.key >= constants.length);
    if (keyless >= 0) return `node ${keyless} has no key`;
    return firstProblem('node', nodes, (node, id) => {
      if (id === 0 ? node.parent !== 0 : node.parent >= id) return 'does not stand behind its parent';
      if (node.flags > NODE_EAGER_CHECKED) return 'has unknown flags';
      const end = node.firstChild + node.childCount;
      const isPlaced = node.childCount === 0 ? node.firstChild === 0 : node.firstChild > id && end <= nodes.length;
      if (!isPlaced) return 'has children outside the table';
      const own = nodes.slice(node.firstChild, end);
      if (own.some((child) => child.parent !== id)) return 'has children that are not its own';
      const row = this.#section('NODES');
      const at = row.u32(id * NODE_ROW.SIZE + NODE_ROW.KEY_TABLE);
      const size = row.u32(id * NODE_ROW.SIZE + NODE_ROW.KEY_MASK) + 1;
      const problem = tableProblem(keys, at, size, node.firstChild, end);
      if (problem !== undefined) return `key table ${problem}`;
      const table = keys.words(at, size);
      const isLost = own.some(
        (child, i) =>
          child.position !== NODE_EVERY &&
          !tableFinds(table, node.firstChild + i, constants[child.key]!, (other) => constants[nodes[other]!.key]),
      );
      return isLost ? 'key table hides a child' : undefined;
    });
  }

  #envelopeProblem(nodeCount: number): Problem | undefined {
    const read = (at: number): number => this.#header.u32(at);
    const envelope: Envelope = {
      kind: read(HEADER.NODE_KIND),
      items: read(HEADER.NODE_ITEMS),
      time: read(HEADER.NODE_TIME),
      auditId: read(HEADER.NODE_AUDIT_ID),
    };
    const isObjects = (read(HEADER.FLAGS) & FLAG_OBJECTS) !== 0;
    for (const [name, node] of Object.entries(envelope)) {
      const mayLack = isObjects && name !== 'time' && node === NO_NODE;
      if (node >= nodeCount && !mayLack) return `the header names no node for ${name}`;
    }
    return undefined;
  }

  /**
   * Rules' codes stand one after the other, each closed in itself: jumps lead forward and stay, the end is an answer. Code of guards stands
   * behind the last rule's and counts as its.
   */
  #rulesProblem(tables: Tables): Problem | undefined {
    const code = readCode(this.#section('CODE'));
    const rules = readRules(this.#section('RULES'));
    const predicateCount = this.#section('PREDICATES').length / PREDICATE_ROW.SIZE;
    if (rules.length === 0 && code.length > 0) return 'there is code of no rule';
    return firstProblem('rule', rules, (rule, id) => {
      const end = rules[id + 1]?.code ?? code.length;
      if (id === 0 ? rule.code !== 0 : rule.code >= end) return 'has its code at the wrong place';
      if (end > code.length || end === rule.code) return 'has no code';
      for (let at = rule.code; at < end; at++) {
        const { op, predicate, target } = code[at]!;
        const row = CONTROL_OPS[op];
        if (row === undefined) return `has an unknown instruction at ${at}`;
        if (row.predicate ? predicate >= predicateCount : predicate !== 0) return `tests no predicate at ${at}`;
        if (row.target ? target <= at || target >= end : target !== 0) return `jumps out of its code at ${at}`;
      }
      if (CONTROL_OPS[code[end - 1]!.op]!.target) return 'does not end with an answer';
      return listProblem(tables, rule.outputs, tables.values.length);
    });
  }

  #indexProblem(values: readonly ValueRow[], constantCount: number): Problem | undefined {
    const codeCount = this.#section('CODE').length / INSTRUCTION_SIZE;
    const words = 2 * this.#ruleWords;
    const spareBits = 32 * words - this.#ruleCount;
    return indexProblem(this.#section('INDEX'), { values, constantCount, codeCount, words, spareBits });
  }

  #meta(valueCount: number): ProgramMeta | Problem {
    try {
      const meta = readMeta(this.#section('META'));
      return isProgramMeta(meta, this.#ruleCount, valueCount) ? meta : 'the rules have no proper description';
    } catch {
      return 'the description of the rules is not JSON';
    }
  }
}

function firstProblem<T>(
  what: string,
  rows: readonly T[],
  check: (row: T, id: number) => Problem | undefined,
): Problem | undefined {
  for (let id = 0; id < rows.length; id++) {
    const problem = check(rows[id]!, id);
    if (problem !== undefined) return `${what} ${id} ${problem}`;
  }
  return undefined;
}

/** A [count, ids ...] list of ids below `limit`. */
function listProblem(tables: Tables, offset: number, limit: number): Problem | undefined {
  const { args } = tables;
  if (4 * offset + 4 > args.length) return 'has its list outside the pool';
  const count = args.u32(4 * offset);
  if (4 * (offset + 1 + count) > args.length) return 'has its list outside the pool';
  return args.words(4 * (offset + 1), count).some((id) => id >= limit)
    ? 'lists something that does not exist'
    : undefined;
}

/** A table of `size` entries at byte `at`: a power of two, ids in [first, end), and a free slot at which searches end. */
function tableProblem(section: Section, at: number, size: number, first: number, end: number): Problem | undefined {
  if (size < 1 || (size & (size - 1)) !== 0 || at % 4 !== 0 || at + 4 * size > section.length) return 'is no table';
  const entries = section.words(at, size);
  if (!entries.includes(0)) return 'has no free slot';
  return entries.some((entry) => entry !== 0 && (entry - 1 < first || entry - 1 >= end))
    ? 'has a wrong entry'
    : undefined;
}
