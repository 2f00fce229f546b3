// Random rules over the real catalogue. A condition is a tree here too, so that a failing one can be shrunk; its constants
// are mostly texts of the events it will meet, or near misses of them.

import { AUDIT_FIELDS } from '../reference/audit-fields.ts';
import { asciiLower, asciiUpper, toText } from '../reference/bytes.ts';
import type { Pool } from './pool.ts';
import type { Random } from './random.ts';

export type RandomCondition =
  | { readonly kind: 'and' | 'or'; readonly children: readonly RandomCondition[] }
  | { readonly kind: 'not'; readonly child: RandomCondition }
  | { readonly kind: 'check'; readonly text: string };

export interface RandomRule {
  readonly condition: RandomCondition;
  readonly output: readonly string[];
}

const KEYED: Readonly<Record<string, readonly string[]>> = {
  'ka.uri.param': ['command', 'container', 'watch', 'q', 'x', 'a', 'stdin'],
  'ka.req.binding.subject.has_name': ['x', 'y'],
  'ka.req.volume.hostpath': ['/proc', '/var/run/*', '*', '/', '/etc*', '/var/run/docker.sock'],
};
const UNINDEXED = /^ka\.(?:user\.groups|req\.pod\.supplemental_groups|req\.role\.rules|req\.binding\..*)$/;
/** Fields left out of a run, separated by commas: to look past a known difference. */
const LEFT_OUT = new Set((process.env.FALCONET_WITHOUT ?? '').split(','));
const NAMES = [...AUDIT_FIELDS.keys()].filter((name) => !LEFT_OUT.has(name));
const LISTS = NAMES.filter((name) => AUDIT_FIELDS.get(name)!.list);
const SINGLES = NAMES.filter((name) => !AUDIT_FIELDS.get(name)!.list);
const NUMBERS = ['evt.num', 'evt.rawtime', 'evt.rawtime.s', 'evt.rawtime.ns'];
const TEXTS = ['evt.source', 'evt.time', 'evt.pluginname', 'evt.hostname', 'evt.time.iso8601', 'evt.asynctype'];
/** Patterns grow from texts, and constants are limited. */
const MAX_TEXT = 60;
const PATHS = ['/', '/etc', '/proc/', '/api/*/namespaces', '/api/v?', 'var', '/var/run/[a-d]*', '""'];
const TEXT_OPERATORS = ['=', '==', '!=', 'contains', 'icontains', 'startswith', 'endswith', 'glob', 'iglob', 'regex'];

export function printCondition(condition: RandomCondition): string {
  switch (condition.kind) {
    case 'check':
      return condition.text;
    case 'not':
      return `not (${printCondition(condition.child)})`;
    default:
      return condition.children.map((child) => `(${printCondition(child)})`).join(` ${condition.kind} `);
  }
}

export class RuleMaker {
  readonly #random: Random;
  readonly #pool: Pool;

  constructor(random: Random, pool: Pool) {
    this.#random = random;
    this.#pool = pool;
  }

  rule(): RandomRule {
    return {
      condition: this.#condition(3),
      output: this.#random.several(1 + this.#random.int(4), () => this.#token()),
    };
  }

  #condition(depth: number): RandomCondition {
    const choice = depth === 0 ? 0 : this.#random.int(10);
    if (choice < 4) return { kind: 'check', text: this.#check() };
    if (choice < 6) return { kind: 'not', child: this.#condition(depth - 1) };
    const children = this.#random.several(2 + this.#random.int(3), () => this.#condition(depth - 1));
    return { kind: choice < 8 ? 'and' : 'or', children };
  }

  #check(): string {
    const choice = this.#random.int(20);
    if (choice < 5) return this.#listCheck();
    if (choice < 6) return this.#numberCheck();
    if (choice < 8) return this.#fieldToField();
    if (choice < 9) return `${this.#list()} exists`;
    if (choice < 10) return `${this.#single()} exists`;
    return this.#textCheck(choice < 14 ? this.#textOperand() : this.#single());
  }

  #listCheck(): string {
    const left = this.#random.pick([
      () => this.#list(),
      () => `${this.#case()}(${this.#list()})`,
      () => this.#options(),
    ])();
    return `${left} ${this.#membership()} (${this.#values(left)})`;
  }

  #numberCheck(): string {
    const left = this.#random.pick([
      () => this.#random.pick(NUMBERS),
      () => `len(${this.#list()})`,
      () => `len(${this.#single()})`,
      () => `len(${this.#case()}(${this.#list()}))`,
    ])();
    const constants = ['0', '1', '2', '3', '1714979289', '5', '123456000', '18446744073709551615'];
    if (this.#random.chance(0.2)) return `${left} ${this.#membership()} (${this.#random.pick(constants)}, 4)`;
    return `${left} ${this.#random.pick(['=', '!=', '<', '<=', '>', '>='])} ${this.#random.pick(constants)}`;
  }

  #fieldToField(): string {
    if (this.#random.chance(0.4)) {
      const left = this.#list();
      const right = this.#random.chance(0.4) ? left : this.#list();
      const change = this.#case();
      const [changesLeft, changesRight] = this.#random.several(2, () => this.#random.chance(0.3));
      const leftText = changesLeft ? `${change}(${left})` : left;
      return `${leftText} ${this.#membership()} ${changesRight ? `${change}(${right})` : `val(${right})`}`;
    }
    const left = this.#random.chance(0.5) ? this.#single() : this.#textTransformer();
    const isPlain = !left.includes('(');
    const same = isPlain
      ? this.#random.pick([`val(${left})`, `tolower(${left})`, `basename(${left})`, `concat("", ${left})`])
      : left;
    const other = this.#random.chance(0.5) ? `val(${this.#single()})` : this.#textTransformer();
    const operator = this.#random.pick([
      '=',
      '!=',
      'contains',
      'endswith',
      'startswith',
      'in',
      'intersects',
      '<',
      '>=',
      'glob',
    ]);
    return `${left} ${operator} ${this.#random.chance(0.5) ? same : other}`;
  }

  #textCheck(left: string): string {
    const random = this.#random;
    if (random.chance(0.2)) return `${left} ${this.#membership()} (${this.#values(left)})`;
    if (random.chance(0.1))
      return `${left} pmatch (${random.several(1 + random.int(3), () => this.#path(left)).join(', ')})`;
    if (random.chance(0.1)) {
      return `${left} ${random.pick(['<', '<=', '>', '>='])} ${random.pick(['0', '400', '5', '0x10', '1.5', '-3', '2024'])}`;
    }
    const operator = random.pick(TEXT_OPERATORS);
    if (random.chance(0.85)) return `${left} ${operator} ${this.#constant(left, operator)}`;
    const constants = random.several(random.int(4), () => this.#constant(left, operator));
    return `${left} ${operator} ${random.pick(['oneof', 'anyof', 'allof'])} (${constants.join(', ')})`;
  }

  #membership(): string {
    return this.#random.pick(['in', 'intersects']);
  }

  #textOperand(): string {
    return this.#random.pick([() => this.#textTransformer(), () => this.#random.pick(TEXTS)])();
  }

  #textTransformer(): string {
    const single = () => (this.#random.chance(0.2) ? `${this.#case()}(${this.#single()})` : this.#single());
    const list = () => (this.#random.chance(0.2) ? `${this.#case()}(${this.#list()})` : this.#list());
    return this.#random.pick([
      () => `${this.#random.pick(['tolower', 'toupper', 'basename', 'b64'])}(${single()})`,
      () => `concat(${single()}, "-", ${single()})`,
      () => `join(${this.#random.pick(['","', '""', '" "'])}, ${list()})`,
      () => `join(",", ("x", ${single()}))`,
      () => `${this.#options()}[${this.#random.pick(['a', 'v', 'c'])}]`,
    ])();
  }

  #options(): string {
    return `getopt(${this.#list()}, ${this.#random.pick(['"a:v"', '"ac:v:"', '"c"'])})`;
  }

  #case(): string {
    return this.#random.pick(['tolower', 'toupper', 'basename', 'b64']);
  }

  #single(): string {
    const name = this.#random.pick(SINGLES);
    if (/^j[a-z]+\.value$/.test(name)) return `${name}[${this.#random.pick(this.#pool.pointers)}]`;
    const keys = KEYED[name];
    return keys === undefined ? name : `${name}[${this.#random.pick(keys)}]`;
  }

  #list(): string {
    const name = this.#random.pick(LISTS);
    const takesIndex = !UNINDEXED.test(name);
    return takesIndex && this.#random.chance(0.3) ? `${name}[${this.#random.pick(['0', '1', '2', '7'])}]` : name;
  }

  #token(): string {
    const width = this.#random.chance(0.1) ? String(this.#random.int(12)) : '';
    const operand = this.#random.pick([
      () => this.#single(),
      () => this.#list(),
      () => this.#textTransformer(),
      () => `len(${this.#list()})`,
      () => `${this.#case()}(${this.#list()})`,
      () => this.#random.pick([...NUMBERS, ...TEXTS]),
    ])();
    return `%${width}${operand}`;
  }

  #values(left: string): string {
    return this.#random.several(this.#random.int(5), () => this.#constant(left, '=')).join(', ');
  }

  #path(left: string): string {
    const text = this.#text(left, 'startswith');
    return this.#random.chance(0.6)
      ? quoted(this.#random.chance(0.2) ? text.replace(/[^/]+/, '*') : text)
      : this.#random.pick(PATHS);
  }

  /** Mostly a text that the left side has, or the part of one that the operator looks at. */
  #text(left: string, operator: string): string {
    const field = /(?:ka|evt|json|jevt)\.[\w.]+(?:\[[^\]]*\])?/.exec(left)?.[0];
    const own = field === undefined || this.#random.chance(0.2) ? [] : this.#pool.textsOf(field);
    const source = this.#random.pick(own.length > 0 ? own : this.#pool.texts);
    const text = this.#random.chance(0.8) ? transformedBy(left, source) : source;
    if (!/contains|with/.test(operator) && this.#random.chance(0.8)) return text.slice(0, MAX_TEXT);
    const start = operator === 'startswith' ? 0 : this.#random.int(text.length);
    const part = operator === 'endswith' ? text.slice(start) : text.slice(start, start + 1 + this.#random.int(12));
    return part.slice(-MAX_TEXT);
  }

  #constant(left: string, operator: string): string {
    const text = this.#text(left, operator);
    if (operator === 'regex') return quoted(this.#regex(text));
    if (operator.endsWith('glob')) return quoted(this.#glob(text));
    return quoted(this.#random.chance(0.1) ? asciiUpper(text) : text);
  }

  #glob(text: string): string {
    const pieces = ['*', '?', '?', '[a-z]', '[!x]', '\\', '*[[:alnum:]/]'];
    const characters = [...text].map((c) => (this.#random.chance(0.07) ? this.#random.pick(pieces) : c));
    return characters.join('') + (this.#random.chance(0.3) ? '*' : '');
  }

  #regex(text: string): string {
    const pieces = [...toText(text)].map((c) => {
      const literal = /[\w\s-]/.test(c) || c > '\x7f' ? c : `\\${c}`;
      if (!this.#random.chance(0.07)) return literal;
      return this.#random.pick([
        '.',
        `${literal}+`,
        `${literal}?`,
        '.*',
        '[a-z0-9]*',
        `(${literal}|x)`,
        `${literal}{1,3}`,
        '[^/]',
        '[[:alpha:]]',
      ]);
    });
    const pattern = pieces.join('') + (this.#random.chance(0.3) ? '.*' : '');
    return Buffer.from(pattern).toString('latin1');
  }
}

/** What simple transformers around the field make of its text. */
function transformedBy(left: string, text: string): string {
  if (left.startsWith('tolower')) return asciiLower(text);
  if (left.startsWith('toupper')) return asciiUpper(text);
  if (left.startsWith('basename')) return text.replace(/^.*\//s, '');
  return left.startsWith('b64') ? Buffer.from(text, 'base64').toString('latin1') : text;
}

/** A byte string as a quoted constant; short enough, without NUL. */
function quoted(bytes: string): string {
  const text = toText(bytes.slice(0, 200).replaceAll('\0', ''));
  const escaped = text.replace(/["\\\x00-\x1f\x7f]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `"${escaped.replaceAll('\ufffd', '?')}"`;
}
