// Truth of every part by the engine itself: an auxiliary program in which each distinct part of the conditions is a rule of
// its own, and one rule that always matches carries the values of all fields. Nothing is evaluated a second way.

import type { CheckedCondition, CheckedOperand } from '../check/checked.ts';
import { emitProgram } from '../emit/emit.ts';
import { type LowerableRule, lowerRules } from '../ir/lower.ts';
import type { Catalogue, FieldType } from '../isa/catalogue.ts';
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

/** Those of an engine's options that bear on the truth of a condition. */
export const ENGINE_CHOICES = [
  'hostname',
  'maxDepth',
  'maxEventSize',
  'module',
  'simd',
  'timeZoneOffset',
  'trusted',
] as const;
export type EngineChoices = Pick<EngineOptions, (typeof ENGINE_CHOICES)[number]>;

/** The options of the engine that a TruthEngine asks. */
export function truthOptions(choices: EngineChoices): EngineOptions {
  const chosen = ENGINE_CHOICES.filter((name) => choices[name] !== undefined).map((name) => [name, choices[name]]);
  return { ...Object.fromEntries(chosen), match: 'all' };
}

/** The auxiliary program, and how to read its alerts. */
export interface TruthProgram {
  readonly bytes: Uint8Array;
  /** the name of each part's rule, as a number */
  readonly ids: ReadonlyMap<CheckedCondition, number>;
  /** of a transformer: the check that tells whether it has a value */
  readonly presence: ReadonlyMap<string, CheckedCondition>;
}

const ALWAYS: CheckedCondition = { kind: 'and', children: [] };

/** Each distinct part of the rules' conditions as a rule, and one that carries the values. */
export function truthProgram(
  rules: readonly RuleParts[],
  catalogue: Catalogue,
  semantics: 'falco' | 'fixed',
  resolved: ResolvedRules,
): TruthProgram {
  const ids = new Map<CheckedCondition, number>();
  const operands = new Map<string, CheckedOperand>();
  const seen = new Set<Part>();
  for (const { condition } of rules) collect(condition, seen, ids, operands);
  // what a transformer makes is printed as text, which does not tell a missing value
  const presence = new Map<string, CheckedCondition>();
  for (const [key, operand] of operands) if (operand.kind === 'transformer') presence.set(key, existsCheck(operand));
  for (const check of presence.values()) ids.set(check, ids.size);
  const auxiliary = auxiliaryRules(catalogue.source, ids, operands);
  return { bytes: emitProgram(lowerRules(auxiliary, catalogue, semantics, resolved)), ids, presence };
}

/** What an engine finds about all parts of the rules. */
export class TruthEngine {
  readonly #program: TruthProgram;
  readonly #engine: Engine;

  /** Takes an engine for the program, made with `truthOptions`. */
  constructor(program: TruthProgram, engine: Engine) {
    this.#program = program;
    this.#engine = engine;
  }

  static async create(program: TruthProgram, choices: EngineChoices): Promise<TruthEngine> {
    return new TruthEngine(program, await createEngine(program.bytes, truthOptions(choices)));
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
    const { ids, presence } = this.#program;
    const holding = new Set(alerts.map(({ rule }) => rule));
    const { line, offset, length, output_fields } = alerts.find(({ rule }) => rule === VALUES)!;
    const holds = (checked: CheckedCondition): boolean => holding.has(String(ids.get(checked)));
    const value = (operand: CheckedOperand): OutputValue => {
      const key = operandText(operand);
      const present = presence.get(key);
      if (present !== undefined && !holds(present)) return null;
      const found = output_fields[key] ?? null;
      // as digits where JavaScript has no such number
      return typeof found === 'number' && !Number.isSafeInteger(found)
        ? (output_fields[digitsKey(key)] ?? found)
        : found;
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

/** Types of 64-bit numbers. */
const LARGE: ReadonlySet<FieldType> = new Set(['uint64', 'reltime', 'abstime']);

/** Under which the digits of a number are; no field's name has a blank. */
function digitsKey(key: string): string {
  return `digits of ${key}`;
}

function existsCheck(left: CheckedOperand): CheckedCondition {
  return { kind: 'check', left, operator: 'exists', right: { kind: 'none' } };
}

function auxiliaryRules(
  source: string,
  ids: ReadonlyMap<CheckedCondition, number>,
  operands: ReadonlyMap<string, CheckedOperand>,
): readonly LowerableRule[] {
  const named = (name: string): LowerableRule['rule'] => ({
    name,
    source,
    priority: 0,
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
  type Field = LowerableRule['extraFields'][number];
  const asText = (key: string, operand: CheckedOperand): Field => ({
    kind: 'formatted',
    key,
    parts: [{ kind: 'token', operand, width: 0 }],
  });
  const fields = [...operands].flatMap(([key, operand]): readonly Field[] => {
    if (operand.kind !== 'field') return [asText(key, operand)];
    const isNumber = LARGE.has(operand.type.type) && !operand.type.list;
    return [{ kind: 'raw', operand }, ...(isNumber ? [asText(digitsKey(key), operand)] : [])];
  });
  return [...parts, { rule: named(VALUES), condition: ALWAYS, output: [], extraFields: fields }];
}
