// The conformance cases as material for variations: conditions, outputs and events of each case file and corpus, with the
// catalogue they are written for. What a case expects is not looked at: the runner does that.

import { join } from 'node:path';
import { parse } from 'yaml';
import type { CustomCatalogue } from '../../src/isa/custom-catalogue.ts';
import { type Entry, readLines, readText } from '../conformance/discover.ts';
import { parseExact } from '../conformance/exact-json.ts';
import type { LanguageCase } from '../conformance/language-cases.ts';
import { type CaseValue, caseCatalogue, caseEvent, type LanguageMeta } from '../conformance/language-events.ts';
import { AUDIT_FIELDS } from '../reference/audit-fields.ts';
import { fromText } from '../reference/bytes.ts';
import { EVENT_FIELDS } from '../reference/event-fields.ts';
import { type JsonValue, type Member, parseJson } from '../reference/json-text.ts';

export interface Theme {
  readonly name: string;
  readonly catalogue?: CustomCatalogue;
  readonly conditions: readonly string[];
  readonly outputs: readonly string[];
  readonly events: readonly JsonValue[];
  /** payloads as byte strings, read whole; with them the events are what stands in them */
  readonly payloads?: readonly string[];
  /** what an event needs in order to be one */
  readonly basics?: readonly Member[];
  /** names of the fields of each kind */
  readonly fields: ReadonlyMap<string, readonly string[]>;
}

/** undefined: nothing that could be varied, or nothing known. */
export function themeOf(entry: Entry): Theme | undefined {
  if (entry.kind === 'corpus') return corpusTheme(entry.name, entry.path);
  if (entry.kind !== 'cases') return undefined;
  const text = readText(entry.path)!;
  if (entry.name === 'k8saudit-cases') return fieldTheme(entry.name, text);
  if (entry.name === 'k8saudit-ingest-cases') return ingestTheme(entry.name, text);
  return entry.name === 'rule-language-cases' ? languageTheme(entry.name, text) : undefined;
}

function documents(texts: readonly string[]): JsonValue[] {
  return texts.flatMap((text) => {
    const result = parseJson(text, 'falco');
    return 'value' in result ? [result.value] : [];
  });
}

function corpusTheme(name: string, path: string): Theme {
  const items = parse(readText(join(path, 'rules.yaml'))!) as readonly { condition?: string; output?: string }[];
  const rules = items.filter(({ condition }) => condition !== undefined);
  return {
    name,
    conditions: rules.map(({ condition }) => condition!),
    outputs: rules.flatMap(({ output = '' }) => tokensOf(output)),
    events: documents(readLines(join(path, 'events.jsonl'))!.map(fromText)),
    fields: AUDIT_KINDS,
  };
}

interface FieldCases {
  readonly events: Readonly<Record<string, unknown>>;
  readonly cases: readonly { field: string; event?: unknown; event_ref?: string; event_raw?: string }[];
}

function fieldTheme(name: string, text: string): Theme {
  const { events, cases } = JSON.parse(text) as FieldCases;
  const written = cases.map((one) => one.event_raw ?? JSON.stringify(one.event ?? events[one.event_ref!]));
  return {
    name,
    conditions: cases.flatMap(({ field }) => [`${field} exists`, `${field} in (a, "b c")`, `${field} = x`]),
    outputs: cases.map(({ field }) => `%${field}`),
    events: documents([...new Set(written)].map(fromText)),
    fields: AUDIT_KINDS,
  };
}

function ingestTheme(name: string, text: string): Theme {
  const payloads = (JSON.parse(text) as { cases: readonly { payload: string }[] }).cases.map(({ payload }) =>
    fromText(payload),
  );
  return {
    name,
    conditions: ['evt.num > 0', 'ka.auditid exists', 'ka.auditid = a', 'evt.rawtime > 0', 'ka.stage exists'],
    outputs: ['%evt.rawtime', '%ka.auditid', '%jevt.value[""]', '%jevt.obj', '%evt.reltime', '%evt.num'],
    events: documents(payloads),
    payloads,
    basics: [],
    fields: AUDIT_KINDS,
  };
}

function languageTheme(name: string, text: string): Theme {
  const { meta, cases } = parseExact(text) as { meta: LanguageMeta; cases: readonly LanguageCase[] };
  const inputs = cases.map(({ input }) => input);
  const catalogue = caseCatalogue(meta);
  const time = '1700000000123456789';
  const events = inputs.flatMap(({ fields }) => (fields === undefined ? [] : [eventText(fields, time)]));
  return {
    name,
    catalogue,
    conditions: inputs.flatMap(({ condition }) => condition ?? []),
    outputs: inputs.flatMap(({ output = '' }) => tokensOf(output)),
    events: documents([...new Set(events)]),
    basics: [{ rawKey: 'time', value: { kind: 'number', text: time } }],
    fields: kinds([
      ...catalogue.fields.map((field): [string, string] => [field.name, field.list ? `${field.type}s` : field.type]),
      ...EVENT_KINDS,
    ]),
  };
}

function eventText(fields: Readonly<Record<string, CaseValue>>, time: string): string {
  return Buffer.from(caseEvent(fields, time)).toString('latin1');
}

/** What follows each percent sign, up to a blank. */
function tokensOf(output: string): string[] {
  return output.match(/%[^%\s]+/g) ?? [];
}

function kinds(fields: Iterable<readonly [name: string, kind: string]>): Map<string, string[]> {
  const byKind = new Map<string, string[]>();
  for (const [name, kind] of fields) byKind.set(kind, [...(byKind.get(kind) ?? []), name]);
  return byKind;
}

const EVENT_KINDS = [...EVENT_FIELDS].map(([name, { type }]): [string, string] => [name, type]);
const AUDIT_KINDS = kinds([
  ...[...AUDIT_FIELDS].map(([name, { list }]): [string, string] => [name, list ? 'strings' : 'string']),
  ...EVENT_KINDS,
]);
