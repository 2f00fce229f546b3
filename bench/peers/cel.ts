// The rules as CEL expressions for @marcbachmann/cel-js, parsed once. CEL has an error where Falco has "absent", so a check first
// asks for null.

import { Environment } from '@marcbachmann/cel-js';
import type { AuditEvent } from './audit-event.ts';
import { type Formula, factsOf } from './formula.ts';

type Rules = readonly { readonly number: number; readonly formula: Formula }[];

export function celRules(rules: Rules): (event: AuditEvent, found: number[]) => void {
  const environment = new Environment({ unlistedVariablesAreDyn: true });
  const parsed = rules.map(({ number, formula }) => ({ number, evaluate: environment.parse(celText(formula)) }));
  return (event, found) => {
    const facts = factsOf(event);
    for (const { number, evaluate } of parsed) if (evaluate(facts) === true) found.push(number);
  };
}

function celText(formula: Formula): string {
  if (typeof formula === 'boolean') return String(formula);
  if (formula.kind === 'not') return `!(${celText(formula.child)})`;
  if (formula.kind !== 'check') {
    return formula.children.map((child) => `(${celText(child)})`).join(formula.kind === 'and' ? ' && ' : ' || ');
  }
  const { fact, operator, values } = formula;
  const [first] = values.map((value) => JSON.stringify(value));
  const list = JSON.stringify(values);
  const isList = /privileged|repository|hostpath|host_|rules/.test(fact);
  const tests: Readonly<Record<string, string>> = {
    exists: 'true',
    '=': `${fact} == ${first}`,
    '!=': `${fact} != ${first}`,
    startswith: `${fact}.startsWith(${first})`,
    contains: `${fact}.contains(${first})`,
    in: isList ? `${fact}.all(x, x in ${list})` : `${fact} in ${list}`,
    intersects: `${fact}.exists(x, x in ${list})`,
  };
  const test = tests[operator];
  if (test === undefined) throw new Error(`no CEL for ${operator}`);
  return operator === 'exists' ? `${fact} != null` : `${fact} != null && ${test}`;
}
