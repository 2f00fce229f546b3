// An embedder's description of its own events in, a Catalogue out. The description is part of a program, not of a rule
// file, so a mistake in it is misuse of the API: a TypeError that names the field.

import type { Catalogue, FieldArg, FieldDef, FieldType } from './catalogue.ts';
import { fieldMap } from './fields.ts';
import { MAX_LIST_PATH } from './limits.ts';

export interface CustomField {
  /** as rules write it: at least two parts joined by dots */
  readonly name: string;
  /** read from the value's text: a string of digits is a number as well; what does not fit is no value */
  readonly type: FieldType;
  /** default false */
  readonly list?: boolean;
  readonly arg?: { readonly kind: FieldArg['kind']; readonly required: boolean };
  /**
   * JSON Pointer; a list's may hold `*` for every element. An array that it ends at stands for its elements, unless it
   * is an element itself; anything else is one element.
   */
  readonly path?: string;
  /** JSON Pointer used when an argument is given; `{arg}` in it is replaced by the argument, within one reference token */
  readonly argPath?: string;
}

export interface CustomCatalogue {
  /** event source that rules name */
  readonly source: string;
  readonly plugin: { readonly name: string; readonly version: string };
  /** JSON Pointer to RFC 3339 text or integer nanoseconds; with it, every JSON object of a payload is an event */
  readonly time?: string;
  readonly fields: readonly CustomField[];
}

const TYPES: readonly string[] = ['string', 'uint64', 'bool', 'reltime', 'abstime', 'ipaddr', 'ipnet'];
const ARG_KINDS: readonly string[] = ['index', 'key', 'either'];
const NAME = /^[a-zA-Z]\w*(\.[a-zA-Z]\w*)+$/;

/**
 * The catalogue of an embedder's fields plus `evt.*`.
 * @throws TypeError when the description is not as documented
 */
export function customCatalogue(options: CustomCatalogue): Catalogue {
  requireText(options?.source, 'catalogue.source');
  requirePlugin(options.plugin, 'catalogue.plugin');
  if (!Array.isArray(options.fields)) throw new TypeError('catalogue.fields: expected an array of fields');
  const names = new Set<string>();
  const fields = options.fields.map((field) => {
    const def = customField(field);
    if (names.has(def.name)) throw new TypeError(`catalogue field ${def.name}: the name stands there twice`);
    names.add(def.name);
    return def;
  });
  const catalogue = {
    source: options.source,
    plugins: [{ name: options.plugin.name, version: options.plugin.version }],
    fields: fieldMap(fields),
  };
  if (options.time === undefined) return catalogue;
  requirePointer(options.time, 'catalogue.time');
  return { ...catalogue, time: pointerTokens(options.time) };
}

/** @throws TypeError that names the member, `where` in front */
export function requirePlugin(plugin: unknown, where: string): void {
  if (typeof plugin !== 'object' || plugin === null) throw new TypeError(`${where}: expected { name, version }`);
  const { name, version } = plugin as Readonly<Record<string, unknown>>;
  requireText(name, `${where}.name`);
  if (typeof version === 'string' && /^\d+\.\d+\.\d+/.test(version)) return;
  throw new TypeError(`${where}.version: expected three numbers with dots, such as 1.0.0`);
}

/** Decoded reference tokens of a JSON Pointer (RFC 6901). */
export function pointerTokens(pointer: string): readonly string[] {
  if (pointer === '') return [];
  return pointer.slice(1).split('/').map(decodeToken);
}

/** `~1` is `/`, `~0` is `~`, in this order. */
export function decodeToken(token: string): string {
  return token.replaceAll('~1', '/').replaceAll('~0', '~');
}

function customField(field: CustomField): FieldDef {
  if (typeof field?.name !== 'string' || !NAME.test(field.name)) {
    throw new TypeError(`catalogue field ${String(field?.name)}: expected a name of letters, digits and _ with a dot`);
  }
  const where = `catalogue field ${field.name}`;
  if (field.name.startsWith('evt.')) throw new TypeError(`${where}: evt.* fields belong to the engine`);
  if (!TYPES.includes(field.type)) throw new TypeError(`${where}: expected a type of ${TYPES.join(', ')}`);
  if (field.list !== undefined && typeof field.list !== 'boolean') throw new TypeError(`${where}: list is no boolean`);
  const list = field.list ?? false;
  const arg = field.arg && customArg(field.arg, where);
  checkPaths(field, list, arg, where);
  return {
    name: field.name,
    type: field.type,
    list,
    ...(arg && { arg }),
    doc: '',
    extract: {
      op: 'custom',
      ...(field.path !== undefined && { path: field.path }),
      ...(field.argPath !== undefined && { argPath: field.argPath }),
    },
  };
}

function customArg(arg: NonNullable<CustomField['arg']>, where: string): FieldArg {
  if (!ARG_KINDS.includes(arg.kind)) throw new TypeError(`${where}: expected an arg.kind of ${ARG_KINDS.join(', ')}`);
  if (typeof arg.required !== 'boolean') throw new TypeError(`${where}: expected arg.required to be a boolean`);
  return { kind: arg.kind, required: arg.required };
}

function checkPaths(field: CustomField, list: boolean, arg: FieldArg | undefined, where: string): void {
  for (const [key, pointer] of [
    ['path', field.path],
    ['argPath', field.argPath],
  ] as const) {
    if (pointer === undefined) continue;
    requirePointer(pointer, `${where}: ${key}`);
    const tokens = pointerTokens(pointer);
    if (tokens.includes('*') && tokens.length > MAX_LIST_PATH)
      throw new TypeError(`${where}: ${key} holds * and more than ${MAX_LIST_PATH} parts`);
    if (!list && tokens.includes('*')) throw new TypeError(`${where}: ${key} holds *, but it is no list`);
  }
  if (field.path === undefined && !arg?.required) throw new TypeError(`${where}: expected a path`);
  if (arg && field.argPath === undefined)
    throw new TypeError(`${where}: expected an argPath, since it takes an argument`);
  if (!arg && field.argPath !== undefined) throw new TypeError(`${where}: argPath without arg`);
  if (arg && !field.argPath?.includes('{arg}')) throw new TypeError(`${where}: expected {arg} in argPath`);
}

function requireText(value: unknown, where: string): void {
  if (typeof value !== 'string' || value === '') throw new TypeError(`${where}: expected a text`);
}

function requirePointer(pointer: unknown, where: string): void {
  if (typeof pointer !== 'string' || (pointer !== '' && !pointer.startsWith('/')) || /~(?![01])/.test(pointer)) {
    throw new TypeError(`${where}: expected a JSON Pointer`);
  }
}
