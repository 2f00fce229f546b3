// Rule files in, an Explainer out: it tells of each event and rule whether the condition holds, part by part, and why. Made of
// the compiler's stages and the engine; the runtime alone cannot do it, as a program no longer knows what was written.

import type { CheckedRule } from '../check/checked.ts';
import { isTexts } from '../check/compile-options.ts';
import { COMPILE_OPTION_NAMES, checkRuleFiles, describeDiagnostics } from '../compile.ts';
import { didYouMean, refuseMisspelled } from '../isa/nearest-name.ts';
import { PRIORITY_NAMES } from '../isa/priorities.ts';
import { framingOf, jsonText } from '../runtime/engine.ts';
import type { Framing } from '../runtime/index.ts';
import { encodeText } from '../runtime/text-buffer.ts';
import { LineIndex } from '../source/line-index.ts';
import type { Span } from '../source/source-file.ts';
import type { CompileDiagnostic, CompileOptions, RuleFile } from '../types.ts';
import type { EventExplanation, Explained, ExplainedPart, FieldValue, Place, RuleExplanation } from './explanation.ts';
import { operandsOf, operandText, type Part, PartBuilder, type RuleParts } from './parts.ts';
import { pointersOf } from './pointers.ts';
import { findReasons } from './reasons.ts';
import {
  ENGINE_CHOICES,
  type EngineChoices,
  type Truth,
  TruthEngine,
  type TruthProgram,
  truthProgram,
} from './truth.ts';

export interface ExplainerOptions extends CompileOptions, EngineChoices {
  /** names of the rules to explain; default all */
  readonly rules?: readonly string[];
}

const OPTION_NAMES: readonly string[] = [...COMPILE_OPTION_NAMES, ...ENGINE_CHOICES, 'rules'];

export interface ExplainerResult {
  /** absent when a diagnostic is an error */
  readonly explainer?: Explainer;
  readonly diagnostics: readonly CompileDiagnostic[];
}

/**
 * An explainer for rule files.
 * @throws TypeError when files or options are not of the documented shape; RangeError when the files compile and `rules` names one
 * that is not evaluated: there is none, or a warning tells that it is skipped
 */
export async function createExplainer(
  files: readonly RuleFile[],
  options: ExplainerOptions = {},
): Promise<ExplainerResult> {
  refuseMisspelled(options ?? {}, OPTION_NAMES);
  const { parts, diagnostics } = prepareExplainer(files, options);
  if (parts === undefined) return { diagnostics };
  const truth = await TruthEngine.create(parts.program, options);
  return { explainer: new Explainer(parts, truth), diagnostics };
}

/** All that an explainer needs but what runs its program. */
export interface ExplainerParts {
  readonly files: readonly RuleFile[];
  readonly rules: readonly RuleParts[];
  readonly program: TruthProgram;
}

/** The parts are absent when a diagnostic is an error. */
export function prepareExplainer(
  files: readonly RuleFile[],
  options: Omit<ExplainerOptions, keyof EngineChoices>,
): { readonly parts?: ExplainerParts; readonly diagnostics: readonly CompileDiagnostic[] } {
  const { catalogue, semantics, resolved, rules, diagnostics } = checkRuleFiles(files, options);
  requireRuleNames(options.rules);
  const described = describeDiagnostics(diagnostics, files);
  if (diagnostics.some(({ level }) => level === 'error')) return { diagnostics: described };
  const builder = new PartBuilder(resolved);
  const parts = chosenRules(rules, options.rules).map((rule) => builder.rule(rule));
  const program = truthProgram(parts, catalogue, semantics, resolved);
  return { parts: { files, rules: parts, program }, diagnostics: described };
}

function requireRuleNames(names: unknown): void {
  if (names !== undefined && !isTexts(names)) throw new TypeError('rules: expected an array of rule names');
}

function chosenRules(rules: readonly CheckedRule[], names: readonly string[] | undefined): readonly CheckedRule[] {
  if (names === undefined) return rules;
  const known = rules.map(({ rule }) => rule.name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw unknownRuleName(unknown, known);
  return rules.filter(({ rule }) => names.includes(rule.name));
}

function unknownRuleName(name: string, known: readonly string[]): RangeError {
  const advice = didYouMean(name, known) ?? 'warnings tell of rules that are skipped';
  return new RangeError(`rules: expected the name of a rule that is evaluated, not '${name}'; ${advice}`);
}

/** What comes of rules that match. */
export interface Selection {
  /** names of the rules that are on, in the order in which they are evaluated */
  readonly order: readonly string[];
  /** or the first match only */
  readonly matchAll: boolean;
}

/** Made by `createExplainer`. */
export class Explainer {
  readonly #rules: ReadonlyMap<string, RuleParts>;
  readonly #truth: TruthEngine;
  readonly #places: Places;
  readonly #selection: Selection;
  readonly #enabled: ReadonlySet<string>;

  /** Without a selection, that of the rule files. */
  constructor({ rules, files }: ExplainerParts, truth: TruthEngine, selection: Selection = writtenSelection(rules)) {
    this.#rules = new Map(rules.map((rule) => [rule.checked.rule.name, rule]));
    this.#truth = truth;
    this.#places = new Places(files);
    this.#selection = selection;
    this.#enabled = new Set(selection.order);
  }

  /** Names of the rules, in definition order. */
  get rules(): readonly string[] {
    return [...this.#rules.keys()];
  }

  /**
   * Explains events: JSON text, its bytes, or an object (an Event, an EventList, an array of events). Framing as in
   * `engine.evaluate`; an object is a document. What has no JSON text is refused as `invalid_json`.
   * @throws TypeError for what is neither, and for what are no options
   */
  explain(event: string | Uint8Array | object, options: { readonly framing?: Framing } = {}): Explained {
    const isObject = typeof event === 'object' && !(event instanceof Uint8Array);
    const text = isObject ? jsonText(event) : event;
    const bytes = typeof text === 'string' ? encodeText(text) : text;
    const asked = framingOf(options);
    const framing = isObject ? 'document' : asked;
    const { events, rejections } = this.#truth.evaluate(bytes, framing);
    return { events: events.map((truth) => this.#event(truth, bytes)), rejections };
  }

  #event(truth: Truth, bytes: Uint8Array): EventExplanation {
    const event = parsed(bytes.slice(truth.offset, truth.offset + truth.length));
    const isMatch = (name: string): boolean => truth.holds(this.#rules.get(name)!.condition.checked);
    const matches = this.#selection.order.filter(isMatch);
    const explained = (rule: RuleParts): RuleExplanation => this.#rule(rule, truth, event);
    const auditId = (event as { auditID?: unknown } | null | undefined)?.auditID;
    return {
      line: truth.line,
      auditId: typeof auditId === 'string' ? auditId : undefined,
      matches: this.#selection.matchAll ? matches : matches.slice(0, 1),
      rule: (name) => {
        const rule = this.#rules.get(name);
        return rule && explained(rule);
      },
      rules: () => [...this.#rules.values()].map(explained),
    };
  }

  #rule(parts: RuleParts, truth: Truth, event: unknown): RuleExplanation {
    const { rule } = parts.checked;
    const place = (part: Part): Place => this.#places.of(part.span);
    return {
      rule: rule.name,
      priority: PRIORITY_NAMES[rule.priority],
      enabled: this.#enabled.has(rule.name),
      matches: truth.holds(parts.condition.checked),
      reasons: findReasons(parts, truth).map(({ text, parts: causes, exception }) => ({
        text,
        places: causes.map(place),
        ...(exception !== undefined && { exception }),
      })),
      place: this.#places.of(rule.span),
      condition: explainPart(parts.condition, { truth, event, exceptions: parts.exceptions, place }, true, undefined),
    };
  }
}

function writtenSelection(rules: readonly RuleParts[]): Selection {
  const enabled = rules.filter(({ checked }) => checked.rule.enabled);
  return { order: enabled.map(({ checked }) => checked.rule.name), matchAll: true };
}

interface Context {
  readonly truth: Truth;
  readonly event: unknown;
  readonly exceptions: ReadonlyMap<Part, string>;
  readonly place: (part: Part) => Place;
}

function explainPart(part: Part, context: Context, needed: boolean, outer: string | undefined): ExplainedPart {
  const { truth, exceptions, place } = context;
  const exception = exceptions.get(part) ?? outer;
  const values = part.kind === 'check' ? valuesOf(part, context) : undefined;
  let isOpen = needed;
  const children = part.children.map((child) => {
    const explained = explainPart(child, context, isOpen, exception);
    // from left to right, `and` is decided by the first that does not hold, `or` by the first that does
    if (part.kind === 'and' && !explained.holds) isOpen = false;
    if (part.kind === 'or' && explained.holds) isOpen = false;
    return explained;
  });
  return {
    kind: part.kind,
    text: part.text,
    holds: truth.holds(part.checked),
    needed,
    place: place(part),
    ...(exception !== undefined && { exception }),
    ...(part.lists !== undefined && { lists: part.lists }),
    ...(values !== undefined && { values }),
    ...(children.length > 0 && { children }),
  };
}

function valuesOf(part: Part, { truth, event }: Context): readonly FieldValue[] {
  return operandsOf(part.checked).map((operand) => ({
    field: operandText(operand),
    value: truth.value(operand),
    pointers: pointersOf(operand, event),
  }));
}

// what `falco` semantics accepts and JSON.parse does not has no places
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

/** Offsets in the rule files as lines and columns. */
class Places {
  readonly #files: readonly RuleFile[];
  readonly #indexes = new Map<number, LineIndex>();

  constructor(files: readonly RuleFile[]) {
    this.#files = files;
  }

  of(span: Span): Place {
    const index = this.#indexes.get(span.file) ?? new LineIndex(this.#files[span.file]?.text ?? '');
    this.#indexes.set(span.file, index);
    return { file: this.#files[span.file]?.name ?? '', ...index.position(span.start) };
  }
}
