// Truth of every part by the engine itself: an auxiliary program in which each distinct part of the conditions is a rule of
// its own, and one rule that always matches carries the values of all fields. Nothing is evaluated a second way.

import type { CheckedCondition, CheckedOperand, CheckedRule } from '../check/checked.ts';
import { emitProgram } from '../emit/emit.ts';
import { lowerRules } from '../ir/lower.ts';
import type { Catalogue } from '../isa/catalogue.ts';
import type { ResolvedRules } from '../resolve/resolved.ts';
import type { OutputValue, Rejection } from '../runtime/index.ts';
import { type Alert, createEngine, type Engine, type EngineOptions, type Framing } from '../runtime/index.ts';
import { operandsOf, operandText, type Part, type RuleParts } from './parts.ts';

/** What the engine found about one event. */
export interface Truth {
  readonly line: number;
  /** where the event stands in the bytes */
  readonly offset: number;
  readonly length: number;
  holds(checked: CheckedCondition): boolean;
  value(operand: CheckedOperand): OutputValue;
}

export type EngineChoices = Pick<
  EngineOptions,
  'hostname' | 'maxDepth' | 'maxEventSize' | 'module' | 'simd' | 'timeZoneOffset'
>;

const ALWAYS: CheckedCondition = { kind: 'and', children: [] };

/** The engine over all parts of the rules. */
export class TruthEngine {
  readonly #ids: ReadonlyMap<CheckedCondition, number>;
  readonly #presence: ReadonlyMap<string, CheckedCondition>;
  readonly #engine: Engine;

  private constructor(
    ids: ReadonlyMap<CheckedCondition, number>,
    presence: ReadonlyMap<string, CheckedCondition>,
    engine: Engine,
  ) {
    this.#ids = ids;
    this.#presence = presence;
    this.#engine = engine;
  }

  static async create(
    rules: readonly RuleParts[],
    catalogue: Catalogue,
    semantics: 'falco' | 'fixed',
    resolved: ResolvedRules,
    choices: EngineChoices,
  ): Promise<TruthEngine> {
    const ids = new Map<CheckedCondition, number>();
    const operands = new Map<string, CheckedOperand>();
    const seen = new Set<Part>();
    for (const { condition } of rules) collect(condition, seen, ids, operands);
    // what a transformer makes is printed as text, which does not tell a missing value
    const presence = new Map<string, CheckedCondition>();
    for (const [key, operand] of operands) if (operand.kind === 'transformer') presence.set(key, existsCheck(operand));
    for (const check of presence.values()) ids.set(check, ids.size);
    const base = rules[0]?.checked;
    const parts = base === undefined ? [] : auxiliaryRules(base, ids, operands);
    const program = emitProgram(lowerRules(parts, catalogue, semantics, resolved));
    return new TruthEngine(ids, presence, await createEngine(program, { ...choices, rules: [], match: 'all' }));
  }

  evaluate(
    bytes: Uint8Array,
    framing: Framing,
  ): { readonly events: readonly Truth[]; readonly rejections: readonly Rejection[] } {
    const { alerts, rejections } = this.#engine.evaluate(bytes, { framing });
    const events: { readonly alerts: Alert[]; readonly number: bigint }[] = [];
    for (const alert of alerts) {
      const last = events.at(-1);
      if (last?.number === alert.eventNumber) last.alerts.push(alert);
      else events.push({ alerts: [alert], number: alert.eventNumber });
    }
    return { events: events.map((event) => this.#truth(event.alerts)), rejections };
  }

  #truth(alerts: readonly Alert[]): Truth {
    const holding = new Set(alerts.map(({ rule }) => rule));
    const { line, offset, length, output_fields } = alerts.find(({ rule }) => rule === VALUES)!;
    const holds = (checked: CheckedCondition): boolean => holding.has(String(this.#ids.get(checked)));
    const value = (operand: CheckedOperand): OutputValue => {
      const key = operandText(operand);
      const present = this.#presence.get(key);
      return present !== undefined && !holds(present) ? null : (output_fields[key] ?? null);
    };
    return { line, offset, length, holds, value };
  }
}

const VALUES = 'values';

function collect(
  part: Part,
  seen: Set<Part>,
  ids: Map<CheckedCondition, number>,
  operands: Map<string, CheckedOperand>,
): void {
  if (seen.has(part)) return;
  seen.add(part);
  if (!ids.has(part.checked)) ids.set(part.checked, ids.size);
  if (part.kind === 'check') {
    for (const operand of operandsOf(part.checked)) operands.set(operandText(operand), operand);
  }
  for (const child of part.children) collect(child, seen, ids, operands);
}

function existsCheck(left: CheckedOperand): CheckedCondition {
  return { kind: 'check', left, operator: 'exists', right: { kind: 'none' } };
}

function auxiliaryRules(
  base: CheckedRule,
  ids: ReadonlyMap<CheckedCondition, number>,
  operands: ReadonlyMap<string, CheckedOperand>,
): readonly CheckedRule[] {
  const named = (name: string): CheckedRule['rule'] => ({
    ...base.rule,
    name,
    description: '',
    tags: [],
    enabled: true,
  });
  const parts = [...ids].map(([condition, id]) => ({
    rule: named(String(id)),
    condition,
    output: [],
    extraFields: [],
  }));
  const fields = [...operands].map(([key, operand]): CheckedRule['extraFields'][number] =>
    operand.kind === 'field'
      ? { kind: 'raw', operand }
      : { kind: 'formatted', key, parts: [{ kind: 'token', operand, width: 0 }] },
  );
  return [...parts, { rule: named(VALUES), condition: ALWAYS, output: [], extraFields: fields }];
}
