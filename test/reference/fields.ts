// All fields that rules of one run may name, and how each is read from an event: the generic evt.* fields, and either the
// audit fields or an embedder's.

import type { CustomCatalogue } from '../../src/isa/custom-catalogue.ts';
import { AUDIT_FIELDS } from './audit-fields.ts';
import { cutAtNul, fromText } from './bytes.ts';
import { pointerTokens, readCustom } from './custom-fields.ts';
import { EVENT_FIELDS, type Moment } from './event-fields.ts';
import type { Semantics } from './json-text.ts';
import type { Extracted, FieldShape } from './values.ts';

export interface FieldSource {
  readonly source: string;
  readonly plugin: string;
  /** reference tokens of an event's time; absent for audit events */
  readonly time?: readonly string[];
  readonly shape: (name: string) => FieldShape | undefined;
  /** `arg` as text; a list without elements has no value */
  readonly read: (name: string, arg: string | undefined, moment: Moment) => Extracted;
}

/** The built-in fields, or an embedder's instead of them. */
export function fieldSource(semantics: Semantics, custom?: CustomCatalogue): FieldSource {
  const readOwn = custom === undefined ? auditReader(semantics) : customReader(semantics, custom);
  const shapeOwn = custom === undefined ? auditShape : customShape(custom);
  return {
    source: custom?.source ?? 'k8s_audit',
    plugin: custom?.plugin.name ?? 'k8saudit',
    ...(custom?.time === undefined ? {} : { time: pointerTokens(custom.time) }),
    shape: (name) => EVENT_FIELDS.get(name) ?? shapeOwn(name),
    read(name, arg, moment) {
      const own = EVENT_FIELDS.get(name);
      if (own === undefined) return presented(readOwn(name, arg, moment));
      const value = own.read(moment);
      return value === undefined ? undefined : [value];
    },
  };
}

/** Nothing found is no value. */
function presented(values: Extracted): Extracted {
  return values?.length === 0 ? undefined : values;
}

type Reader = (name: string, arg: string | undefined, moment: Moment) => Extracted;

function auditReader(semantics: Semantics): Reader {
  return (name, arg, { event }) => {
    const bytes = arg === undefined ? undefined : fromText(arg);
    return AUDIT_FIELDS.get(name)?.read({ event, semantics, arg: bytes })?.map(cutAtNul);
  };
}

function auditShape(name: string): FieldShape | undefined {
  const field = AUDIT_FIELDS.get(name);
  return field && { type: 'string', list: field.list };
}

function customReader(semantics: Semantics, custom: CustomCatalogue): Reader {
  const fields = new Map(custom.fields.map((field) => [field.name, field]));
  return (name, arg, { event }) => {
    const field = fields.get(name);
    const bytes = arg === undefined ? undefined : fromText(arg);
    const values = field && readCustom(field, event.document, bytes, semantics);
    return field?.type === 'string' ? values?.map((value) => cutAtNul(value as string)) : values;
  };
}

function customShape(custom: CustomCatalogue): (name: string) => FieldShape | undefined {
  const shapes = new Map(custom.fields.map((field) => [field.name, { type: field.type, list: field.list ?? false }]));
  return (name) => shapes.get(name);
}
