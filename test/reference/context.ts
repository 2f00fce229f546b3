// What the evaluation of one event needs, and the fields already read from it (a rule set names the same few fields over
// and over).

import type { Condition } from '../../src/syntax/ast.ts';
import type { Moment } from './event-fields.ts';
import type { FieldSource } from './fields.ts';
import type { Extracted } from './values.ts';

/** Trees that macro names stand for. */
export type Macros = ReadonlyMap<string, { readonly condition: Condition }>;

export interface Context {
  readonly fields: FieldSource;
  readonly macros: Macros;
  readonly moment: Moment;
  readonly seen: Map<string, Extracted>;
}

export function newContext(fields: FieldSource, macros: Macros, moment: Moment): Context {
  return { fields, macros, moment, seen: new Map() };
}

/** Values of a field on the context's event. */
export function readField(context: Context, name: string, arg: string | undefined): Extracted {
  const key = arg === undefined ? name : `${name}[${arg}`;
  if (!context.seen.has(key)) context.seen.set(key, context.fields.read(name, arg, context.moment));
  return context.seen.get(key);
}
