// Typed operands to rows of the value table: where in the event a field's text is found and by which algorithm (the field's
// `extract`, or `extractFixed`), then its type, then transformers.

import type { CheckedOperand } from '../check/checked.ts';
import type { Catalogue, Extraction, FieldDef, FieldType } from '../isa/catalogue.ts';
import { decodeToken, pointerTokens } from '../isa/custom-catalogue.ts';
import { EVENT_NUMBERS, EVENT_TEXTS } from '../isa/opcodes.ts';
import { textBytes } from '../syntax/text-bytes.ts';
import type { IrBuilder } from './builder.ts';
import type { IrOperand } from './ir.ts';

type CheckedField = Extract<CheckedOperand, { kind: 'field' }>;
type CheckedCall = Extract<CheckedOperand, { kind: 'transformer' }>;
type PathExtraction = Extract<Extraction, { path: readonly string[] }>;

/** Algorithms that are one operation on a path; `true`: with an index. */
const PATH_OPS: Readonly<
  Record<Exclude<PathExtraction['op'], 'effective_id' | 'hostpath_match'>, readonly [string, boolean]>
> = {
  walk: ['NODE_TEXT', false],
  walk_list: ['NODE_LIST', false],
  json_elements: ['NODE_ELEMENTS', true],
  multi_skip: ['MULTI_SKIP', true],
  multi_all: ['MULTI_ALL', true],
  multi_repository: ['MULTI_REPOSITORY', true],
  multi_join: ['MULTI_JOIN', true],
  multi_ports: ['MULTI_PORTS', true],
  multi_flatten: ['MULTI_FLATTEN', true],
  multi_first: ['MULTI_FIRST', false],
  multi_first_repository: ['MULTI_FIRST_REPOSITORY', false],
  any_true: ['ANY_TRUE', false],
  rule_attribute: ['RULE_ATTRIBUTE', true],
  volume_keys: ['VOLUME_KEYS', true],
};

/** `fixed` reads image references whole. */
const FIXED_OPS: Readonly<Record<string, string>> = {
  MULTI_REPOSITORY: 'MULTI_IMAGE_NAME',
  MULTI_FIRST_REPOSITORY: 'MULTI_FIRST_IMAGE_NAME',
};

const TYPE_OPS: Readonly<Partial<Record<FieldType, string>>> = {
  uint64: 'PARSE_NUMBER',
  reltime: 'PARSE_NUMBER',
  abstime: 'PARSE_NUMBER',
  bool: 'PARSE_BOOL',
  ipaddr: 'PARSE_ADDRESS',
  ipnet: 'PARSE_ADDRESS',
};

const value = (id: number): IrOperand => ({ kind: 'value', id });
const node = (id: number): IrOperand => ({ kind: 'node', id });
const constant = (id: number): IrOperand => ({ kind: 'constant', id });
const immediate = (number: number): IrOperand => ({ kind: 'immediate', value: number });

export class ValueLowering {
  readonly #builder: IrBuilder;
  readonly #catalogue: Catalogue;
  readonly #isFixed: boolean;

  constructor(builder: IrBuilder, catalogue: Catalogue, isFixed: boolean) {
    this.#builder = builder;
    this.#catalogue = catalogue;
    this.#isFixed = isFixed;
  }

  /** The value table's row of an operand. */
  lower(operand: CheckedOperand): number {
    switch (operand.kind) {
      case 'field':
        return this.#field(operand);
      case 'literal':
        return this.#builder.value('CONSTANT', [constant(this.#builder.constant(operand.bytes))]);
      case 'list':
        return this.#builder.value('LIST', [{ kind: 'values', ids: operand.items.map((item) => this.#text(item)) }]);
      case 'transformer':
        return this.#call(operand);
    }
  }

  // numbers stand in texts as their digits
  #text(operand: CheckedOperand): number {
    const id = this.lower(operand);
    return this.#builder.values[id]!.shape === 'number' ? this.#builder.value('NUMBER_TEXT', [value(id)]) : id;
  }

  #call(call: CheckedCall): number {
    const builder = this.#builder;
    const [first, second] = call.args;
    switch (call.name) {
      case 'concat':
        return builder.value('CONCAT', [{ kind: 'values', ids: call.args.map((arg) => this.#text(arg)) }]);
      case 'join':
        return this.#join(this.#text(first!), second!);
      case 'getopt': {
        const operands = [value(this.lower(first!)), value(this.#text(second!))];
        if (call.selector === undefined) return builder.value('GETOPT', operands);
        return builder.value('GETOPT_SELECT', [...operands, constant(builder.constant(textBytes(call.selector)))]);
      }
      case 'len':
        return builder.value('LENGTH', [value(this.lower(first!))]);
      default:
        return builder.value(call.name.toUpperCase(), [value(this.lower(first!))]);
    }
  }

  // A list within the list is joined first: the text is the same, since a list that is there has an element.
  #join(separator: number, list: CheckedOperand): number {
    const joined = (id: number): number => this.#builder.value('JOIN', [value(separator), value(id)]);
    if (list.kind !== 'list') return joined(this.lower(list));
    const ids = list.items.map((item) => (item.type.list ? joined(this.lower(item)) : this.#text(item)));
    return joined(this.#builder.value('LIST', [{ kind: 'values', ids }]));
  }

  #field(operand: CheckedField): number {
    const { field } = operand;
    if (field.extract.op === 'event') return this.#event(field.extract.property);
    const text = this.#extract(operand, (this.#isFixed ? field.extractFixed : undefined) ?? field.extract);
    const parse = TYPE_OPS[field.type];
    return parse === undefined ? text : this.#builder.value(parse, [value(text)]);
  }

  #extract(operand: CheckedField, extract: Extraction): number {
    const builder = this.#builder;
    const { field } = operand;
    const row = (op: string, ...operands: IrOperand[]): number => builder.value(op, operands, field.gated === true);
    const index: IrOperand = { kind: 'index', index: operand.index };
    const key = (): IrOperand => constant(builder.constant(textBytes(operand.key ?? '')));
    const path = (...tokens: string[]): IrOperand => node(builder.path(tokens));
    switch (extract.op) {
      case 'effective_id': {
        const context = this.#isFixed ? ['securityContext', extract.key] : [extract.key];
        const op = this.#isFixed ? 'EFFECTIVE_ID_FIXED' : 'EFFECTIVE_ID';
        return row(op, path(...extract.path, ...context), index, path(...extract.path.slice(0, -1), ...context));
      }
      case 'hostpath_match':
        return row('HOSTPATH_MATCH', path(...extract.path), key());
      case 'subjects': {
        const kind = constant(builder.text(extract.kind));
        return row('SUBJECTS', path('requestObject', 'subjects'), kind, immediate(extract.namespaced ? 1 : 0));
      }
      case 'uri_param':
        return row('URI_PARAM', path('requestURI'), key());
      case 'pod_name':
        return row(
          'POD_NAME',
          path('objectRef', 'resource'),
          path('objectRef', 'subresource'),
          path('responseObject', 'metadata', 'name'),
        );
      case 'constant_true':
        return row('CONSTANT', constant(builder.text('true')));
      case 'pointer':
        return operand.key ? row('NODE_TEXT', path(...lenientTokens(operand.key))) : row('DOCUMENT_TEXT');
      case 'document_indented':
        return row('DOCUMENT_INDENTED');
      case 'rawtime_text':
        return row('RAWTIME_TEXT');
      case 'event':
        return this.#event(extract.property);
      case 'custom':
        return this.#custom(field, extract, operand.key);
      default: {
        const [op, hasIndex] = PATH_OPS[extract.op];
        const name = this.#isFixed ? (FIXED_OPS[op] ?? op) : op;
        return hasIndex ? row(name, path(...extract.path), index) : row(name, path(...extract.path));
      }
    }
  }

  #custom(field: FieldDef, extract: Extract<Extraction, { op: 'custom' }>, arg: string | undefined): number {
    const builder = this.#builder;
    const pointer = (arg === undefined ? undefined : extract.argPath) ?? extract.path ?? '';
    let at = 0;
    for (const token of pointerTokens(pointer)) {
      const isEvery = token === '*';
      at = builder.node(at, isEvery ? token : token.replaceAll('{arg}', () => arg ?? ''), isEvery);
    }
    if (field.list) return builder.value('NODE_COLLECT', [node(at)]);
    return at === 0 ? builder.value('DOCUMENT_TEXT', []) : builder.value('NODE_TEXT', [node(at)]);
  }

  #event(property: string): number {
    const builder = this.#builder;
    const text = (content: string): number => builder.value('CONSTANT', [constant(builder.text(content))]);
    if (property === 'plugininfo' && this.#catalogue.summary === 'document') return builder.value('DOCUMENT_TEXT', []);
    const number = EVENT_NUMBERS.indexOf(property as (typeof EVENT_NUMBERS)[number]);
    if (number >= 0) return builder.value('EVENT_NUMBER', [immediate(number)]);
    const at = EVENT_TEXTS.indexOf(property as (typeof EVENT_TEXTS)[number]);
    if (at >= 0) return builder.value('EVENT_TEXT', [immediate(at)]);
    switch (property) {
      case 'pluginname':
        return text(this.#catalogue.plugins[0]?.name ?? '');
      case 'source':
        return text(this.#catalogue.source);
      case 'is_async':
        return text('false');
      default:
        return builder.absent();
    }
  }
}

// The json plugin's pointer: its first slash may be left out.
function lenientTokens(pointer: string): string[] {
  return pointer.replace(/^\//, '').split('/').map(decodeToken);
}
