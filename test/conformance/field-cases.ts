// Field extraction: each field as output of a rule that matches everything, its value read from the alert's output_fields.

import { printField } from '../../src/syntax/print.ts';
import type { Engine } from './adapter.ts';
import { parseExact } from './exact-json.ts';
import { ruleFile } from './rule-text.ts';
import { type CaseResult, difference } from './tally.ts';

interface FieldCase {
  readonly id: string;
  readonly event?: unknown;
  readonly event_ref?: string;
  readonly event_raw?: string;
  readonly field: string;
  readonly extract_before?: readonly string[];
  readonly expect: {
    readonly present: boolean;
    readonly type: string;
    readonly value?: unknown;
    readonly detail?: string;
  };
  readonly undefined?: boolean;
}
interface FieldCaseFile {
  readonly events: Readonly<Record<string, unknown>>;
  readonly cases: readonly FieldCase[];
}

export async function runFieldCases(text: string, engines: readonly Engine[]): Promise<CaseResult[]> {
  const file = JSON.parse(text) as FieldCaseFile;
  const results: CaseResult[] = [];
  for (const one of file.cases) results.push(await runCase(one, file, engines));
  return results;
}

async function runCase(one: FieldCase, file: FieldCaseFile, engines: readonly Engine[]): Promise<CaseResult> {
  const marks = one.undefined ? { isMarked: true } : {};
  const { name, arg } = splitField(one.field);
  // no rule can write such an argument
  if (arg !== undefined && /[\s\]]/.test(arg)) return { id: one.id, problem: undefined, isSkipped: true };
  const event = one.event_raw ?? JSON.stringify(one.event_ref === undefined ? one.event : file.events[one.event_ref]);
  for (const engine of engines) {
    const problem = await runOn(engine, one, { name, arg }, Buffer.from(event));
    if (problem !== undefined) return { id: one.id, problem: `${engine.name} ${problem}`, ...marks };
  }
  return { id: one.id, problem: undefined, ...marks };
}

interface FieldName {
  readonly name: string;
  readonly arg: string | undefined;
}

function splitField(field: string): FieldName {
  const [, name, arg] = /^([^[]*)(?:\[(.*)\])?$/s.exec(field)!;
  return { name: name!, arg };
}

async function runOn(engine: Engine, one: FieldCase, field: FieldName, event: Uint8Array): Promise<string | undefined> {
  const written =
    field.arg === undefined || /^[^"'[]+$/.test(field.arg) ? one.field : `${field.name}[${quoted(field.arg)}]`;
  const before = (one.extract_before ?? []).map((name) => `%${name} `).join('');
  const rule = ruleFile({ condition: `evt.num > 0 or ${written} exists`, output: `${before}%${written}` });
  const { errors, alerts } = await engine.run([rule], event, { semantics: 'falco', framing: 'document', match: 'all' });
  const { detail, present, value, type } = one.expect;
  if (errors.length > 0 || detail === 'compile_error') {
    const mayRefuse = detail === 'compile_error' || detail === 'panic';
    return mayRefuse && errors.length > 0 ? undefined : difference(errors, detail ?? 'no load error');
  }
  if (detail === 'ingest') return difference(alerts.length, 0);
  if (alerts.length !== 1) return `${alerts.length} alerts, expected 1`;
  const fields = (parseExact(alerts[0]!.json) as { output_fields: Record<string, unknown> }).output_fields;
  const key = printField({ kind: 'field', ...field, start: 0, end: 0 } as Parameters<typeof printField>[0]);
  const expected = present ? value : null;
  return difference(type === 'uint64' ? String(fields[key]) : fields[key], expected);
}

function quoted(arg: string): string {
  return `"${arg.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
