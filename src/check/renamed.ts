// Fields and arguments of the built-in audit event support (before Falco 0.32) that today's fields replace.

import type { Catalogue, FieldDef } from '../isa/catalogue.ts';
import type { Repair } from '../rulefile/edit-text.ts';
import type { FieldRef, Range } from '../syntax/ast.ts';

const RENAMED: Readonly<Record<string, string>> = {
  'jevt.time': 'evt.time',
  'jevt.time.iso8601': 'evt.time.iso8601',
};

/** Fields of the first container; an index is taken by those of all containers. */
const FIRST_CONTAINER: Readonly<Record<string, string>> = {
  'ka.req.container.image': 'ka.req.pod.containers.image',
  'ka.req.container.image.repository': 'ka.req.pod.containers.image.repository',
  'ka.req.container.privileged': 'ka.req.pod.containers.privileged',
};

/** The name that took the place of one that is gone. */
export function renamedField(name: string, { fields }: Catalogue): string | undefined {
  const now = Object.hasOwn(RENAMED, name) ? RENAMED[name]! : undefined;
  return now !== undefined && fields.has(now) && !fields.has(name) ? now : undefined;
}

/** Another text for [range.start, end). */
export function renaming({ start }: Range, end: number, text: string): Repair {
  return { title: `write '${text}'`, edits: [{ start, end, text }] };
}

/**
 * What `name[index]` was, for a field that takes no index any more. Conditions that compare whole sets (`isSet`) never looked
 * at the index.
 */
export function withoutIndex(ref: FieldRef, field: FieldDef, isSet: boolean): string | undefined {
  if (ref.arg === undefined || field.arg !== undefined || !/^(0|[1-9][0-9]*)$/.test(ref.arg)) return undefined;
  if (Object.hasOwn(FIRST_CONTAINER, field.name)) return `${FIRST_CONTAINER[field.name]}[${ref.arg}]`;
  if (!field.list) return undefined;
  if (isSet) return field.name;
  return field.extract.op === 'walk_list' ? `jevt.value[${pointer(field.extract.path)}/${ref.arg}]` : undefined;
}

function pointer(path: readonly string[]): string {
  return path.map((token) => `/${token.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
