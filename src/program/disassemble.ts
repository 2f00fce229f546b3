// A program as text for people: every row with its operands resolved, places as JSON Pointers, constants quoted. One section
// after the other; the same bytes always give the same text.

import { ISA_DIGEST } from '../isa/generated/digest.ts';
import {
  FLAG_FIXED,
  FLAG_OBJECTS,
  FORMAT_VERSION,
  NO_NODE,
  NODE_EAGER,
  NODE_EAGER_CHECKED,
  NODE_EVERY,
  NODE_NO_POSITION,
  VALUE_GATED,
  VALUE_LIST,
  VALUE_NUMBER,
} from '../isa/layout.ts';
import {
  CONTROL_OPS,
  EVENT_NUMBERS,
  EVENT_TEXTS,
  NO_INDEX,
  type OperandKind,
  PREDICATE_OPS,
  VALUE_OPS,
} from '../isa/opcodes.ts';
import { PRIORITY_NAMES } from '../isa/priorities.ts';
import { decodeProgram } from './decode.ts';
import { hasRule, type IndexRow, maskHasRule, type PredicateRow, type ProgramImage } from './image.ts';
import { verifyProgram } from './verify.ts';

/** @throws TypeError unless verifyProgram accepts the program */
export function disassemble(program: Uint8Array): string {
  const problem = verifyProgram(program);
  if (problem !== undefined) throw new TypeError(problem);
  return new Listing(decodeProgram(program), program.length).text();
}

const EAGERNESS: Readonly<Record<number, string>> = {
  [NODE_EAGER]: '  eager',
  [NODE_EAGER_CHECKED]: '  eager when checked',
};

class Listing {
  readonly #image: ProgramImage;
  readonly #byteLength: number;
  readonly #paths: readonly string[];

  constructor(image: ProgramImage, byteLength: number) {
    this.#image = image;
    this.#byteLength = byteLength;
    this.#paths = paths(image);
  }

  text(): string {
    const sections = [this.#header(), this.#nodes(), this.#values(), this.#predicates(), this.#index(), this.#rules()];
    return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`;
  }

  #header(): string[] {
    const { flags, envelope, meta, constants, automata } = this.#image;
    const path = (node: number): string => (node === NO_NODE ? 'none' : this.#paths[node]!);
    return [
      `program: format ${FORMAT_VERSION}, instruction set ${hex(ISA_DIGEST)}, ${this.#byteLength} bytes`,
      `semantics: ${(flags & FLAG_FIXED) !== 0 ? 'fixed' : 'falco'}, source: ${meta.source}`,
      `events: ${(flags & FLAG_OBJECTS) !== 0 ? 'every object' : `kind ${path(envelope.kind)}, items ${path(envelope.items)}`}, time ${path(envelope.time)}`,
      `constants: ${constants.length} (${this.#image.interned.length} in sets), automata: ${automata.length} bytes`,
    ];
  }

  #nodes(): string[] {
    const lines = this.#image.nodes.map((node, id) => {
      const place = this.#paths[id] === '' ? '(the event)' : this.#paths[id]!;
      return `  n${id}  ${place}${EAGERNESS[node.flags] ?? ''}`;
    });
    return ['nodes', ...lines];
  }

  #values(): string[] {
    const lines = this.#image.values.map((value, id) => {
      const op = VALUE_OPS[value.op]!;
      return `  v${id}  ${op.name}${this.#operands(op, value)}  ${shapeName(value.flags)}`;
    });
    return ['values', ...lines];
  }

  #predicates(): string[] {
    const lines = this.#image.predicates.map((predicate, id) => {
      const op = PREDICATE_OPS[predicate.op]!;
      return `  p${id}  ${op.name}${this.#operands(op, predicate)}`;
    });
    return ['predicates', ...lines];
  }

  #index(): string[] {
    const { index, alternatives, rules } = this.#image;
    const asked = alternatives.map((bitmap, i) => {
      const names = rulesOf((rule) => hasRule(bitmap, rule), rules.length);
      return `  alternative r${rules.length + i}  of ${names}`;
    });
    return ['index', ...index.flatMap((row) => this.#indexRow(row)), ...asked];
  }

  /** The rules that each thing the value can be leaves possible: those of `other`, changed by every key that applies. */
  #indexRow(row: IndexRow): string[] {
    const value = this.#image.values[row.value]!;
    const op = VALUE_OPS[value.op]!;
    const count = this.#image.rules.length + this.#image.alternatives.length;
    const keys: string[][] = row.effects.map(() => []);
    for (const { constant, effect } of row.constants) keys[effect]!.push(this.#constant(constant));
    row.guards.forEach(({ code, holds, effect }, i) => {
      keys[effect]!.push(`${i < row.always ? '' : 'triggered '}${holds ? '' : 'not '}guard at ${code}`);
    });
    row.ranges.forEach(({ from, effect }, i) => {
      const next = row.ranges[i + 1]?.from;
      keys[effect]!.push(next === undefined ? `>= ${from}` : `${from}..${next - 1n}`);
    });
    return [
      `  v${row.value}  ${op.operands[0] === 'node' ? this.#paths[value.a] : op.name}${row.isLazy ? '  lazy' : ''}`,
      `    absent: ${rulesOf((rule) => hasRule(row.absent, rule), count)}`,
      `    other: ${rulesOf((rule) => hasRule(row.other, rule), count)}`,
      ...row.effects.map(({ restored, excluded }, effect) => {
        const changes = [
          ...(restored.length + excluded.length > 0 ? [] : ['all']),
          ...(restored.length > 0 ? [`+ ${rulesOf((rule) => maskHasRule(restored, rule), count)}`] : []),
          ...(excluded.length > 0 ? [`- ${rulesOf((rule) => maskHasRule(excluded, rule), count)}`] : []),
        ];
        return `    ${keys[effect]!.join(' ')}: ${changes.join(' ')}`;
      }),
    ];
  }

  #rules(): string[] {
    const { rules, code, meta } = this.#image;
    const guards = this.#image.index.flatMap((row) => row.guards.map((guard) => guard.code));
    const end = Math.min(code.length, ...guards);
    const lines = rules.flatMap((rule, id) => {
      const { name, priority, enabled } = meta.rules[id]!;
      const head = `  r${id}  ${JSON.stringify(name)}, ${PRIORITY_NAMES[priority]}${enabled ? '' : ', disabled'}`;
      const carried = list(this.#pool(rule.outputs, 1).map(([value]) => `v${value}`));
      return [head, `    carries ${carried}`, ...this.#code(rule.code, rules[id + 1]?.code ?? end)];
    });
    return ['rules', ...lines, ...(end < code.length ? ['guards', ...this.#code(end, code.length)] : [])];
  }

  #code(start: number, end: number): string[] {
    return this.#image.code.slice(start, end).map(({ op, predicate, target }, i) => {
      const row = CONTROL_OPS[op]!;
      const operands = `${row.predicate ? ` p${predicate}` : ''}${row.target ? ` -> ${target}` : ''}`;
      return `    ${start + i}  ${row.name}${operands}`;
    });
  }

  #operands(op: { name: string; operands: readonly OperandKind[] }, row: PredicateRow): string {
    const words = [row.a, row.b, row.c];
    if (op.operands[1] === 'low') return ` v${row.a} ${(BigInt(row.c) << 32n) | BigInt(row.b)}`;
    return op.operands.map((kind, i) => this.#operand(op.name, kind, words[i]!)).join('');
  }

  #operand(opName: string, kind: OperandKind, word: number): string {
    switch (kind) {
      case 'node':
        return ` ${this.#paths[word] === '' ? '(the event)' : this.#paths[word]}`;
      case 'constant':
        return ` ${this.#constant(word)}`;
      case 'value':
        return ` v${word}`;
      case 'values':
        return ` ${list(this.#pool(word, 1).map(([id]) => `v${id}`))}`;
      case 'predicates':
        return ` ${list(this.#pool(word, 1).map(([id]) => `p${id}`))}`;
      case 'constants':
        return ` ${list(this.#pool(word, 1).map(([id]) => this.#constant(id!)))}`;
      case 'numbers':
        return ` ${list(this.#pool(word, 2).map(([low, high]) => `${(BigInt(high!) << 32n) | BigInt(low!)}`))}`;
      case 'networks':
        return ` ${list(this.#pool(word, 2).map(([address, prefix]) => `${this.#constant(address!)}/${prefix}`))}`;
      case 'automaton':
        return ` automaton at ${word}`;
      case 'index':
        return word === NO_INDEX ? '' : ` [${word}]`;
      case 'immediate':
        return ` ${immediateName(opName, word)}`;
      default:
        return '';
    }
  }

  /** Elements of `size` words each of a list in the pool. */
  #pool(offset: number, size: number): readonly (readonly number[])[] {
    const { args } = this.#image;
    return Array.from({ length: args[offset]! }, (_, i) => {
      const start = offset + 1 + i * size;
      return [...args.subarray(start, start + size)];
    });
  }

  /** Texts quoted, other bytes in hexadecimal. */
  #constant(id: number): string {
    const bytes = this.#image.constants[id]!;
    try {
      return JSON.stringify(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    } catch {
      return `0x${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
    }
  }
}

function paths(image: ProgramImage): readonly string[] {
  const result: string[] = [];
  image.nodes.forEach((node, id) => {
    if (id === 0) result.push('');
    else {
      const key = new TextDecoder('utf-8', { ignoreBOM: true }).decode(image.constants[node.key]!);
      const isToken = node.position === NODE_NO_POSITION || node.position < NODE_EVERY;
      const token = isToken ? key.replaceAll('~', '~0').replaceAll('/', '~1') : '*';
      result.push(`${result[node.parent]}/${token}`);
    }
  });
  return result;
}

function shapeName(flags: number): string {
  const number = (flags & VALUE_NUMBER) !== 0 ? 'number' : 'text';
  return `${number}${(flags & VALUE_LIST) !== 0 ? 's' : ''}${(flags & VALUE_GATED) !== 0 ? ', gated' : ''}`;
}

function immediateName(opName: string, value: number): string {
  if (opName === 'EVENT_NUMBER') return EVENT_NUMBERS[value]!;
  if (opName === 'EVENT_TEXT') return EVENT_TEXTS[value]!;
  return `${value}`;
}

/** Rule ids in a set, runs of three and more shortened: `r0 r4-r9`. */
function rulesOf(holds: (rule: number) => boolean, ruleCount: number): string {
  const parts: string[] = [];
  const isSet = (rule: number): boolean => rule < ruleCount && holds(rule);
  for (let rule = 0; rule < ruleCount; rule++) {
    if (!isSet(rule)) continue;
    let end = rule;
    while (isSet(end + 1)) end++;
    if (end - rule < 2) parts.push(`r${rule}`);
    else {
      parts.push(`r${rule}-r${end}`);
      rule = end;
    }
  }
  return parts.length === 0 ? 'none' : parts.join(' ');
}

function list(items: readonly string[]): string {
  return `[${items.join(', ')}]`;
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
