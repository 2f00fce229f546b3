// The language cases and the catalogue that they use.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { Catalogue, FieldType } from '../../src/isa/catalogue.ts';
import { type CustomField, customCatalogue } from '../../src/isa/custom-catalogue.ts';

export interface LanguageCase {
  readonly id: string;
  readonly kind: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape depends on the kind
  readonly input: any;
  // biome-ignore lint/suspicious/noExplicitAny: the shape depends on the kind
  readonly expect: any;
}

const FILE = new URL('../conformance/rule-language-cases.json.gz', import.meta.url);
const content = JSON.parse(gunzipSync(readFileSync(FILE)).toString('utf8'));

export const LANGUAGE_CASES: readonly LanguageCase[] = content.cases;

export function languageCatalogue(): Catalogue {
  const fields = content.meta.fields.map(
    (field: { name: string; type: FieldType; list: boolean; arg?: string }): CustomField => ({
      name: field.name,
      type: field.type,
      list: field.list,
      path: `/fields/${field.name}`,
      ...(field.arg !== undefined && {
        arg: { kind: argKind(field.arg), required: field.arg.includes('required') },
        argPath: `/fields/${field.name}[{arg}]`,
      }),
    }),
  );
  return customCatalogue({
    source: content.meta.event_source,
    plugin: content.meta.plugin,
    time: '/time',
    fields,
  });
}

function argKind(text: string): 'index' | 'key' | 'either' {
  if (text.includes('index') && text.includes('key')) return 'either';
  return text.includes('index') ? 'index' : 'key';
}
