// The rules for json-rules-engine: nested conditions over facts, with an operator of ours for each of Falco's that it lacks.

import { Engine, type NestedCondition, type TopLevelCondition } from 'json-rules-engine';
import type { AuditEvent } from './audit-event.ts';
import { type Formula, factsOf } from './formula.ts';

type Rules = readonly { readonly number: number; readonly formula: Formula }[];
type Text = string | null;
type Texts = readonly string[] | null;

export function jsonRules(rules: Rules): (event: AuditEvent, found: number[]) => Promise<void> {
  const engine = new Engine();
  engine.addOperator('exists', (fact: unknown) => fact !== null);
  engine.addOperator('!=', (fact: Text, [value]: string[]) => fact !== null && fact !== value);
  engine.addOperator('=', (fact: Text, [value]: string[]) => fact === value);
  engine.addOperator('startswith', (fact: Text, [value]: string[]) => fact?.startsWith(value!) ?? false);
  engine.addOperator('contains-text', (fact: Text, [value]: string[]) => fact?.includes(value!) ?? false);
  engine.addOperator('in', (fact: Text | Texts, values: string[]) =>
    typeof fact === 'string' ? values.includes(fact) : (fact?.every((one) => values.includes(one)) ?? false),
  );
  engine.addOperator(
    'intersects',
    (fact: Texts, values: string[]) => fact?.some((one) => values.includes(one)) ?? false,
  );
  for (const { number, formula } of rules) {
    engine.addRule({ conditions: topLevel(formula), event: { type: String(number) } });
  }
  return async (event, found) => {
    const { events } = await engine.run(factsOf(event));
    for (const { type } of events) found.push(Number(type));
  };
}

function topLevel(formula: Formula): TopLevelCondition {
  return { all: [nested(formula)] };
}

function nested(formula: Formula): NestedCondition {
  if (typeof formula === 'boolean') return formula ? { all: [] } : { any: [] };
  if (formula.kind === 'not') return { not: nested(formula.child) };
  if (formula.kind === 'and') return { all: formula.children.map(nested) };
  if (formula.kind === 'or') return { any: formula.children.map(nested) };
  // the engine has a `contains` of its own, for lists
  const operator = formula.operator === 'contains' ? 'contains-text' : formula.operator;
  return { fact: formula.fact, operator, value: [...formula.values] };
}
