// Which rules can come out differently under `--semantics falco` and `fixed`: those that read a field whose value the two
// define differently. How JSON is read differs for every rule alike and is not repeated for each.

import type { CheckedCondition, CheckedOperand, CheckedRule } from '../check/checked.ts';
import { checkRuleFiles } from '../compile.ts';
import type { FieldDef } from '../isa/catalogue.ts';
import { LineIndex } from '../source/line-index.ts';
import type { SourceFile } from '../source/source-file.ts';

/** One text per rule that depends on the choice; for rules without errors. */
export function semanticNotes(files: readonly SourceFile[]): readonly string[] {
  return checkRuleFiles(files, {}).rules.flatMap((checked) => {
    const fields = new Set<string>();
    forEachField(checked, (field) => {
      if (differs(field)) fields.add(field.name);
    });
    return fields.size === 0 ? [] : [`${placeOf(checked, files)}: note: ${noteOf(checked.rule.name, [...fields])}`];
  });
}

function noteOf(rule: string, fields: readonly string[]): string {
  return `the result of rule '${rule}' depends on --semantics: it reads ${fields.join(', ')}`;
}

function placeOf({ rule }: CheckedRule, files: readonly SourceFile[]): string {
  const { name, text } = files[rule.span.file]!;
  const { line, column } = new LineIndex(text).position(rule.span.start);
  return `${name}:${line}:${column}`;
}

function differs({ extract, extractFixed }: FieldDef): boolean {
  if (extractFixed !== undefined) return true;
  return extract.op === 'effective_id' || extract.op === 'multi_repository' || extract.op === 'multi_first_repository';
}

function forEachField(rule: CheckedRule, visit: (field: FieldDef) => void): void {
  visitCondition(rule.condition, visit);
  for (const part of rule.output) if (part.kind === 'token') visitOperand(part.operand, visit);
}

function visitCondition(condition: CheckedCondition, visit: (field: FieldDef) => void): void {
  if (condition.kind === 'not') visitCondition(condition.child, visit);
  else if (condition.kind !== 'check') for (const child of condition.children) visitCondition(child, visit);
  else {
    visitOperand(condition.left, visit);
    if (condition.right.kind === 'operand') visitOperand(condition.right.operand, visit);
  }
}

function visitOperand(operand: CheckedOperand, visit: (field: FieldDef) => void): void {
  if (operand.kind === 'field') visit(operand.field);
  else if (operand.kind === 'transformer') for (const arg of operand.args) visitOperand(arg, visit);
  else if (operand.kind === 'list') for (const item of operand.items) visitOperand(item, visit);
}
