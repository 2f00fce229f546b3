// Which operands an output may name. An output token is the longest text that names something, so printing needs to know
// what exists and which arguments it takes; everything else about bad rules is the compiler's.

import type { FieldArg } from '../../src/isa/catalogue.ts';
import type { CustomCatalogue } from '../../src/isa/custom-catalogue.ts';
import type { FieldRef, Operand, TransformerArg } from '../../src/syntax/ast.ts';
import { AUDIT_FIELDS } from './audit-fields.ts';
import type { FieldSource } from './fields.ts';
import { shapeOf } from './operands.ts';

const KEY_FIELDS = new Set([
  'ka.uri.param',
  'ka.req.binding.subject.has_name',
  'ka.req.volume.hostpath',
  'jevt.value',
  'json.value',
]);
const PLAIN_LISTS = new Set(['ka.user.groups', 'ka.req.pod.supplemental_groups', 'ka.req.role.rules']);
const NO_INDEX = 2n ** 64n - 1n;

function argumentOf(name: string, custom: CustomCatalogue | undefined): FieldArg | undefined {
  if (custom !== undefined) return custom.fields.find((field) => field.name === name)?.arg;
  if (KEY_FIELDS.has(name)) return { kind: 'key', required: true };
  const indexed = AUDIT_FIELDS.get(name)?.list && !PLAIN_LISTS.has(name) && !name.startsWith('ka.req.binding.subjects');
  return indexed ? { kind: 'index', required: false } : undefined;
}

/** Whether an output token may stand for this operand. */
export function resolves(operand: Operand, fields: FieldSource, custom: CustomCatalogue | undefined): boolean {
  if (operand.kind === 'field') return fieldResolves(operand, fields, custom);
  if (operand.name === 'val' || (operand.arg !== undefined && operand.name !== 'getopt')) return false;
  const inner = operand.args.flatMap((arg) => (arg.kind === 'tlist' ? arg.items : [arg]));
  return inner.every((arg) => arg.kind === 'value' || resolves(arg, fields, custom)) && typesFit(operand, fields);
}

function fieldResolves({ name, arg }: FieldRef, fields: FieldSource, custom: CustomCatalogue | undefined): boolean {
  if (fields.shape(name) === undefined) return false;
  const declared = argumentOf(name, custom);
  if (arg === undefined) return !declared?.required;
  if (declared === undefined || /[ \]]/.test(arg)) return false;
  if (declared.kind === 'index') {
    if (!/^(?:0|[1-9]\d*)$/.test(arg)) return false;
    return BigInt(arg) < 2n ** 63n || BigInt(arg) === NO_INDEX;
  }
  return !(arg === '' && name === 'ka.req.volume.hostpath');
}

type Call = Extract<Operand, { kind: 'transformer' }>;

function typesFit(call: Call, fields: FieldSource): boolean {
  // the original looks at an argument's type before its own transformers
  const shapes = call.args.map((arg) => shapeOf(innermost(call.name, arg), fields.shape));
  const isText = (at: number) => shapes[at]?.type === 'string' && !shapes[at].list;
  switch (call.name) {
    case 'len':
      return shapes.length === 1 && (shapes[0]?.list || isText(0));
    case 'concat':
      return shapes.length > 1 && shapes.every((_, at) => isText(at));
    case 'join':
      return shapes.length === 2 && isText(0) && shapes[1]?.list === true;
    case 'getopt':
      return shapes.length === 2 && shapes[0]?.list === true && isText(1) && (call.arg?.length ?? 1) === 1;
    default:
      return shapes.length === 1 && shapes[0]?.type === 'string';
  }
}

function innermost(outer: string, arg: TransformerArg): TransformerArg {
  if (!['concat', 'join', 'getopt'].includes(outer) || arg.kind !== 'transformer' || arg.args.length !== 1) return arg;
  return innermost(outer, arg.args[0]!);
}
