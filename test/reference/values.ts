// Values of fields as conditions and outputs see them.

import type { FieldType } from '../../src/isa/catalogue.ts';

/** A byte string (string; address bytes for ipaddr and ipnet), a number (uint64, reltime, abstime) or a boolean. */
export type Scalar = string | bigint | boolean;

/** What one event gives for a field: one value, or the elements of a list; undefined when it has no value. */
export type Extracted = readonly Scalar[] | undefined;

export interface FieldShape {
  readonly type: FieldType;
  readonly list: boolean;
}

export function isNumeric(type: FieldType): boolean {
  return type === 'uint64' || type === 'reltime' || type === 'abstime';
}
