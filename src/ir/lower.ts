// Typed rules in, an IrProgram out: tables of nodes, constants, values and predicates that all rules share, a boolean tree per
// rule, and what the host needs to print alerts. Emission gives all of it its bytes.

import type { CheckedField, CheckedOperand, CheckedPart, CheckedRule } from '../check/checked.ts';
import type { Catalogue } from '../isa/catalogue.ts';
import type { Render, RuleMeta, TemplatePart } from '../program/meta.ts';
import type { ResolvedRule, ResolvedRules } from '../resolve/resolved.ts';
import { IrBuilder } from './builder.ts';
import type { IrProgram, IrRule } from './ir.ts';
import { CheckLowering } from './lower-check.ts';
import { ValueLowering } from './lower-value.ts';

/** What concerns the program as a whole. */
export interface ProgramFacts extends Pick<ResolvedRules, 'requiredEngineVersion'> {
  /** fields whose values all alerts carry */
  readonly carried?: readonly CheckedField[];
}

/** What of a checked rule a program is made of. */
export interface LowerableRule extends Omit<CheckedRule, 'rule'> {
  readonly rule: Pick<ResolvedRule, 'name' | 'description' | 'priority' | 'tags' | 'source' | 'enabled'>;
}

export function lowerRules(
  rules: readonly LowerableRule[],
  catalogue: Catalogue,
  semantics: 'falco' | 'fixed',
  facts: ProgramFacts,
): IrProgram {
  const builder = new IrBuilder();
  const envelope = envelopeNodes(builder, catalogue);
  const values = new ValueLowering(builder, catalogue, semantics === 'fixed');
  const checks = new CheckLowering(builder, values);
  const lowered = rules.map((rule) => lowerRule(rule, builder, values, checks));
  const carried = (facts.carried ?? []).map((field) => values.lower(field));
  return {
    fixed: semantics === 'fixed',
    objects: catalogue.time !== undefined,
    nodes: builder.nodes,
    envelope,
    constants: builder.constants,
    values: builder.values,
    predicates: builder.predicates,
    automata: builder.automata,
    rules: lowered.map(({ ir }) => ({ ...ir, outputs: [...new Set([...ir.outputs, ...carried])] })),
    meta: {
      semantics,
      source: catalogue.source,
      plugins: catalogue.plugins,
      requiredEngineVersion: facts.requiredEngineVersion,
      rules: lowered.map(({ meta }) => meta),
      ...(carried.length === 0 ? {} : { carried }),
    },
  };
}

function envelopeNodes(builder: IrBuilder, catalogue: Catalogue): IrProgram['envelope'] {
  if (catalogue.time !== undefined) return { time: builder.path(catalogue.time) };
  const [kind, items, auditId, time] = ['kind', 'items', 'auditID', 'stageTimestamp'].map((key) => builder.path([key]));
  return { kind: kind!, items: items!, auditId: auditId!, time: time! };
}

function lowerRule(
  checked: LowerableRule,
  builder: IrBuilder,
  values: ValueLowering,
  checks: CheckLowering,
): { readonly ir: IrRule; readonly meta: RuleMeta } {
  const { rule } = checked;
  const condition = checks.lower(checked.condition);
  const template = (parts: readonly CheckedPart[]): TemplatePart[] =>
    parts.map((part) =>
      part.kind === 'text' ? { text: part.text } : token(part.operand, part.width, builder, values),
    );
  const output = template(checked.output);
  const fields = fieldsOf(checked).map((field) => ({
    key: field.text,
    value: values.lower(field),
    render: renderOf(field),
  }));
  const formatted = checked.extraFields.flatMap((field) =>
    field.kind === 'formatted' ? [{ key: field.key, output: template(field.parts) }] : [],
  );
  const meta: RuleMeta = {
    name: rule.name,
    description: rule.description,
    priority: rule.priority,
    tags: rule.tags,
    source: rule.source,
    enabled: rule.enabled,
    output,
    fields,
    formatted,
  };
  const ids = [...output, ...formatted.flatMap((field) => field.output)].flatMap((part) =>
    'value' in part ? [part.value] : [],
  );
  const outputs = [...new Set([...ids, ...fields.map((field) => field.value)])];
  return { ir: { condition, outputs }, meta };
}

function token(operand: CheckedOperand, width: number, builder: IrBuilder, values: ValueLowering): TemplatePart {
  // Falco knows how to print the length of a plugin's field, but of nothing else
  if (operand.kind === 'transformer' && operand.name === 'len' && !isPluginField(operand.args[0]!)) {
    return { value: builder.absent(), render: 'string', width };
  }
  return { value: values.lower(operand), render: renderOf(operand), width };
}

function isPluginField(operand: CheckedOperand): boolean {
  if (operand.kind === 'field') return operand.field.extract.op !== 'event';
  return operand.kind === 'transformer' && operand.args.length === 1 && isPluginField(operand.args[0]!);
}

/** The fields in output_fields: those that the output names, also inside transformers, then the appended ones. */
function fieldsOf(checked: LowerableRule): readonly CheckedField[] {
  const fields = new Map<string, CheckedField>();
  const collect = (operand: CheckedOperand): void => {
    if (operand.kind === 'field') fields.set(operand.text, operand);
    else if (operand.kind === 'transformer') operand.args.forEach(collect);
    else if (operand.kind === 'list') operand.items.forEach(collect);
  };
  for (const part of checked.output) if (part.kind === 'token') collect(part.operand);
  for (const field of checked.extraFields) if (field.kind === 'raw') collect(field.operand);
  return [...fields.values()];
}

function renderOf(operand: CheckedOperand): Render {
  if (operand.kind === 'field' && operand.field.extract.op === 'event') {
    const { property } = operand.field.extract;
    if (/^(time|datetime)(\.|$)/.test(property)) return 'time';
    if (['reltime', 'reltime.ns', 'rawtime.ns'].includes(property)) return 'number9';
  }
  switch (operand.type.type) {
    case 'string':
      return 'string';
    case 'bool':
      return 'bool';
    case 'ipaddr':
      return 'address';
    case 'ipnet':
      return operand.kind === 'field' && operand.field.printsAddress ? 'address' : 'network';
    default:
      return 'number';
  }
}
