// Where in an event a field's value stands: JSON Pointers to what the field's algorithm reads there, or, when there is nothing
// to read, to where it looks. The event is the parsed document; this says where, never what.

import type { CheckedOperand } from '../check/checked.ts';
import { decodeToken, pointerTokens } from '../isa/custom-catalogue.ts';

type Field = Extract<CheckedOperand, { kind: 'field' }>;

/** Enough to find the place; a pod may have hundreds of containers. */
const MAX_POINTERS = 16;

/** Pointers for the fields within an operand, each once. */
export function pointersOf(operand: CheckedOperand, event: unknown): readonly string[] {
  switch (operand.kind) {
    case 'field':
      return fieldPointers(operand, event);
    case 'transformer':
      return unique(operand.args.flatMap((arg) => pointersOf(arg, event)));
    case 'list':
      return unique(operand.items.flatMap((item) => pointersOf(item, event)));
    case 'literal':
      return [];
  }
}

function fieldPointers({ field, key, index }: Field, event: unknown): readonly string[] {
  const { extract } = field;
  switch (extract.op) {
    case 'event':
    case 'constant_true':
      return [];
    case 'rawtime_text':
      return ['/stageTimestamp'];
    case 'document_indented':
      return [''];
    case 'uri_param':
      return ['/requestURI'];
    case 'pod_name':
      return ['/responseObject/metadata/name'];
    case 'subjects':
      return subjectPointers(extract.kind, event);
    case 'pointer':
      return key ? found(event, key.replace(/^\//, '').split('/').map(decodeToken), false) : [''];
    case 'custom':
      return customPointers(extract, key, event);
    case 'effective_id':
      return elements(event, [...extract.path, 'securityContext', extract.key], index);
    case 'walk':
      return found(event, extract.path, false);
    case 'walk_list':
      return elements(event, extract.path, index);
    default:
      return elements(event, extract.path, index);
  }
}

function subjectPointers(kind: string, event: unknown): readonly string[] {
  const path = ['requestObject', 'subjects', 'name'];
  const isOfKind = (pointer: string): boolean =>
    valueAt(event, [...pointerTokens(pointer).slice(0, -1), 'kind']) === kind;
  const pointers = elements(event, path, undefined).filter(isOfKind);
  return pointers.length > 0 ? pointers : [toPointer(path.slice(0, -1))];
}

function customPointers(
  { path, argPath }: { readonly path?: string; readonly argPath?: string },
  arg: string | undefined,
  event: unknown,
): readonly string[] {
  const pattern = (arg === undefined ? undefined : argPath) ?? path ?? '';
  const tokens = pointerTokens(pattern).map((token) => token.replaceAll('{arg}', () => arg ?? ''));
  return found(event, tokens, true);
}

/** All results of a path through arrays, or those of one element of the first array. */
function elements(event: unknown, path: readonly string[], index: number | undefined): readonly string[] {
  const pointers = found(event, path, true);
  if (index === undefined) return pointers;
  const picked = pointers.filter((pointer) => firstPosition(pointer) === index);
  return picked.length > 0 ? picked : [toPointer(path)];
}

function firstPosition(pointer: string): number | undefined {
  const position = pointerTokens(pointer).find((token) => /^[0-9]+$/.test(token));
  return position === undefined ? undefined : Number(position);
}

/** Pointers to what a path reaches; `spreads`: arrays on the way stand for all their elements, as does `*`. */
function found(event: unknown, path: readonly string[], spreads: boolean): readonly string[] {
  const pointers: string[] = [];
  const walk = (value: unknown, at: number, tokens: readonly string[]): void => {
    if (pointers.length >= MAX_POINTERS) return;
    if (at === path.length) {
      pointers.push(toPointer(tokens));
      return;
    }
    const token = path[at]!;
    if (Array.isArray(value) && spreads && (token === '*' || !/^[0-9]+$/.test(token))) {
      const next = token === '*' ? at + 1 : at;
      for (const [i, element] of value.entries()) walk(element, next, [...tokens, String(i)]);
      return;
    }
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return;
    walk((value as Record<string, unknown>)[token], at + 1, [...tokens, token]);
  };
  walk(event, 0, []);
  return pointers.length > 0 ? pointers : [toPointer(path)];
}

function valueAt(event: unknown, tokens: readonly string[]): unknown {
  return tokens.reduce<unknown>(
    (value, token) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[token] : undefined,
    event,
  );
}

function toPointer(tokens: readonly string[]): string {
  return tokens.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

function unique(pointers: readonly string[]): readonly string[] {
  return [...new Set(pointers)];
}
