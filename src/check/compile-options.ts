// What a caller asks of the compiler in, nothing or a TypeError out: each option has the shape that its documentation tells,
// before anything is done with the rules. Fields that alerts are to carry are looked up, as a value that is no text could
// not be carried.

import type { Catalogue } from '../isa/catalogue.ts';
import { requirePlugin } from '../isa/custom-catalogue.ts';
import { didYouMean } from '../isa/nearest-name.ts';
import type { CheckedField, Type } from './checked.ts';
import { checkNamed, requireAppendOutput } from './output.ts';

/** @throws TypeError that names the option; the catalogue is left to `customCatalogue` */
export function requireCompileOptions(options: unknown): void {
  if (typeof options !== 'object' || options === null) throw new TypeError('options: expected an object');
  const { semantics, plugin, appendOutput, carriedFields, lint } = options as Readonly<Record<string, unknown>>;
  if (!['falco', 'fixed'].includes((semantics ?? 'fixed') as string)) {
    throw new TypeError('semantics: expected falco or fixed');
  }
  if (plugin !== undefined) requirePlugin(plugin, 'plugin');
  if (appendOutput !== undefined) requireAppendOutput(appendOutput);
  if (carriedFields !== undefined && !isTexts(carriedFields)) {
    throw new TypeError('carriedFields: expected an array of field names');
  }
  if (lint !== undefined && typeof lint !== 'boolean' && lint !== 'bypass') {
    throw new TypeError('lint: expected true, false or bypass');
  }
}

/**
 * The fields that alerts carry.
 * @throws TypeError for what is no field, and for a field that is not a single text
 */
export function checkCarriedFields(names: readonly string[], catalogue: Catalogue): readonly CheckedField[] {
  return names.map((name) => {
    const operand = checkNamed(name, catalogue);
    if (operand?.kind !== 'field') {
      const help = didYouMean(name, catalogue.fields.keys());
      throw new TypeError(
        `carriedFields: expected the name of a field, not '${name}'${help === undefined ? '' : `; ${help}`}`,
      );
    }
    const kind = kindOf(operand.type);
    if (kind !== undefined) {
      throw new TypeError(`carriedFields: expected fields that are a single text, ${name} is ${kind}`);
    }
    return operand;
  });
}

/** An array of texts without holes. */
export function isTexts(value: unknown): value is readonly string[] {
  // not `every`, which passes over holes
  return Array.isArray(value) && !Array.from(value).some((member) => typeof member !== 'string');
}

/** What a value is that is not a single text; the engine keeps `true` and `false` as texts. */
function kindOf({ type, list }: Type): string | undefined {
  if (list) return 'a list';
  if (type === 'string' || type === 'bool') return undefined;
  return type === 'ipaddr' || type === 'ipnet' ? 'an address' : 'a number';
}
