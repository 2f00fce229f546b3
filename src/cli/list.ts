// `falconet list`: the fields and operators that rules can use, or the rules, macros and lists that rule files define, as a
// table or as JSON rows.

import { checkRuleFiles } from '../compile.ts';
import type { FieldArg, FieldDef } from '../isa/catalogue.ts';
import { builtinCatalogue } from '../isa/fields.ts';
import { PRIORITY_NAMES } from '../isa/priorities.ts';
import type { ResolvedRules } from '../resolve/resolved.ts';
import { compileRules } from './compile-rules.ts';
import { usageFailure } from './failure.ts';
import { OPERATOR_ROWS } from './operators.ts';
import { Output } from './output.ts';
import { type RuleAccess, ruleAccess } from './rule-access.ts';
import { readRuleFiles } from './rules.ts';
import { textTable } from './table.ts';

export type ListSubject = 'fields' | 'operators' | 'rules' | 'macros' | 'lists';

type Row = Readonly<Record<string, unknown>>;

export interface ListOptions {
  readonly rules?: readonly string[];
  readonly format: 'text' | 'json';
}

/** Returns the exit status. */
export async function list(subject: ListSubject, options: ListOptions): Promise<number> {
  if (options.rules !== undefined && (subject === 'fields' || subject === 'operators')) {
    throw usageFailure(`list ${subject} has no use for --rules`);
  }
  const rows = await rowsOf(subject, options.rules ?? []);
  const text = options.format === 'json' ? `${JSON.stringify(rows, null, 2)}\n` : tableOf(subject, rows);
  await new Output(process.stdout).print(text);
  return 0;
}

async function rowsOf(subject: ListSubject, names: readonly string[]): Promise<readonly Row[]> {
  if (subject === 'fields') return [...builtinCatalogue().fields.values()].map(fieldRow);
  if (subject === 'operators') return OPERATOR_ROWS.map((row) => ({ ...row }));
  const { resolved, access } = await readDefinitions(names);
  if (subject === 'rules') return resolved.rules.map((rule) => ruleRow(rule, access.get(rule.name)));
  if (subject === 'macros') {
    return [...resolved.macros.values()].map(({ name, text, used }) => ({ name, condition: text, used }));
  }
  return resolved.lists.map(({ name, items, itemsCompiled, used }) => ({ name, items, itemsCompiled, used }));
}

/** What rule files define; they have to compile, so that nothing shown is half of what was written. */
async function readDefinitions(names: readonly string[]): Promise<Definitions> {
  const files = await readRuleFiles(names);
  const access = ruleAccess(compileRules(files, {}));
  return { resolved: checkRuleFiles(files, {}).resolved, access: new Map(access.map((rule) => [rule.rule, rule])) };
}

interface Definitions {
  readonly resolved: ResolvedRules;
  /** how the engine comes to each rule; rules of other sources are not in the program */
  readonly access: ReadonlyMap<string, RuleAccess>;
}

function fieldRow(field: FieldDef): Row {
  return { name: field.name, type: field.type, list: field.list, arg: field.arg ?? null, doc: field.doc };
}

function ruleRow(rule: ResolvedRules['rules'][number], access: RuleAccess | undefined): Row {
  return {
    name: rule.name,
    priority: PRIORITY_NAMES[rule.priority],
    enabled: rule.enabled,
    source: rule.source,
    tags: rule.tags,
    index: access?.index ?? [],
    always: access?.always ?? null,
    description: rule.description,
    condition: rule.text,
    output: rule.output.text,
  };
}

const COLUMNS: Readonly<Record<ListSubject, readonly string[]>> = {
  fields: ['name', 'type', 'arg', 'doc'],
  operators: ['name', 'kind', 'types', 'doc'],
  rules: ['name', 'priority', 'enabled', 'tags', 'index', 'description'],
  macros: ['name', 'used', 'condition'],
  lists: ['name', 'used', 'items'],
};

function tableOf(subject: ListSubject, rows: readonly Row[]): string {
  const columns = COLUMNS[subject];
  return textTable(
    columns.map((column) => column.toUpperCase()),
    rows.map((row) => columns.map((column) => cellOf(row, column))),
  );
}

function cellOf(row: Row, column: string): string {
  const value = row[column];
  if (column === 'arg') return value === null ? '' : argumentText(value as FieldArg);
  if (column === 'index') return printable((value as readonly string[]).join(' and ') || String(row['always'] ?? ''));
  if (column === 'type') return row.list ? `list of ${value}` : String(value);
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return printable(value.join(', '));
  return printable(String(value));
}

/** One line, and nothing in it that a terminal obeys. */
function printable(text: string): string {
  return text.replace(/[\s\x00-\x1f\x7f-\x9f]+/g, ' ').trim();
}

function argumentText({ kind, required }: FieldArg): string {
  const text = kind === 'either' ? 'index or key' : kind;
  return required ? text : `[${text}]`;
}
