// Rules that can come out differently under `falco` and `fixed`: those that read a field whose value the two define
// differently. How JSON is read differs for every rule alike and is not repeated for each.

import type { CheckedCondition, CheckedOperand, CheckedRule } from '../check/checked.ts';
import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { FieldDef } from '../isa/catalogue.ts';
import { lintOf } from './place.ts';

/** What is to say about a rule that depends on the choice. */
export function lintSemantics(checked: CheckedRule): readonly Diagnostic[] {
  const fields = new Set<string>();
  forEachField(checked, (field) => {
    if (differs(field)) fields.add(field.name);
  });
  if (fields.size === 0) return [];
  const { name, span } = checked.rule;
  const message = `the result of rule '${name}' depends on --semantics: it reads ${[...fields].join(', ')}`;
  return [lintOf('depends_on_semantics', message, span)];
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
