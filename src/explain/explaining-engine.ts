// The engine of the main entry: the runtime's, which also explains what it does with an event. The rule files come from
// `compile`, as a program does not hold what was written; the explainer is made when it is asked for the first time.

import { type ProgramSources, sourcesOf } from '../compile.ts';
import { didYouMean } from '../isa/nearest-name.ts';
import { REASONS } from '../isa/reasons.ts';
import { Engine, type EngineParts, prepareEngine, prepareEngineAgain } from '../runtime/engine.ts';
import type { EngineOptions, Rejection } from '../runtime/index.ts';
import type { LoadedModule } from '../runtime/load.ts';
import { Explainer, prepareExplainer } from './explainer.ts';
import type { EventExplanation, RuleExplanation } from './explanation.ts';
import { TruthEngine, truthOptions } from './truth.ts';

/**
 * An engine for a program made by `compile`; it explains when the program is the very array that `compile` returned.
 * @throws TypeError when the program or an option is not fit
 */
export async function createExplainingEngine(
  program: Uint8Array,
  options: EngineOptions = {},
): Promise<ExplainingEngine> {
  return new ExplainingEngine(await prepareEngine(program, options), sourcesOf(program));
}

interface Asked {
  readonly explainer: Explainer;
  /** runs the explainer's program */
  readonly engine: Engine;
}

/** Made by `createEngine`. */
export class ExplainingEngine extends Engine {
  readonly #sources: ProgramSources | undefined;
  readonly #loaded: LoadedModule;
  readonly #options: EngineOptions;
  readonly #matchAll: boolean;
  #asked: Asked | undefined;

  constructor(parts: EngineParts, sources: ProgramSources | undefined) {
    super(parts);
    this.#sources = sources;
    this.#loaded = { module: parts.module, variant: parts.variant };
    this.#options = truthOptions(parts.options);
    this.#matchAll = parts.resolved.matchAll;
  }

  /**
   * Why the rules match one event or do not: JSON text of it, the bytes, or an object. `matches` are the rules of the alerts
   * that this engine would raise if it were its first event. Counts and state of the engine stay as they are. The first
   * call compiles the rules once more.
   * @throws TypeError for what is no readable event, and for a program that was not compiled in this process; RangeError for
   * several events and for a rule that is not there
   */
  explain(event: string | Uint8Array | object): EventExplanation;
  explain(event: string | Uint8Array | object, rule: string): RuleExplanation;
  explain(event: string | Uint8Array | object, rule?: string): EventExplanation | RuleExplanation {
    if (rule !== undefined && typeof rule !== 'string') throw new TypeError("rule: expected a rule's name");
    const explanation = this.#explained(event);
    if (rule === undefined) return explanation;
    return explanation.rule(rule) ?? unknownRule(rule, this.#asked!.explainer.rules);
  }

  override get memorySize(): number {
    return super.memorySize + (this.#asked?.engine.memorySize ?? 0);
  }

  override dispose(): void {
    super.dispose();
    this.#asked?.engine.dispose();
  }

  #explained(event: string | Uint8Array | object): EventExplanation {
    this.live();
    if (typeof event !== 'string' && (typeof event !== 'object' || event === null)) {
      throw new TypeError('event: expected JSON text, its bytes or an object');
    }
    this.#asked ??= this.#ask();
    const { explainer, engine } = this.#asked;
    engine.reset();
    const { events, rejections } = explainer.explain(event, { framing: 'document' });
    const [only] = events;
    if (only === undefined || events.length + rejections.length > 1) throw notOneEvent(events.length, rejections);
    return only;
  }

  #ask(): Asked {
    if (this.#sources === undefined) {
      throw new TypeError(
        'program: expected the array that compile returned in this process, as a program does not hold what its rules say; ' +
          'call createExplainer with the rule files',
      );
    }
    const { files, options } = this.#sources;
    const parts = prepareExplainer(files, options).parts!;
    const engine = new Engine(prepareEngineAgain(parts.program.bytes, this.#options, this.#loaded));
    const truth = new TruthEngine(parts.program, engine);
    return { explainer: new Explainer(parts, truth, { order: this.ruleOrder, matchAll: this.#matchAll }), engine };
  }
}

function notOneEvent(events: number, rejections: readonly Rejection[]): Error {
  const found = events + rejections.length;
  if (found > 1) return new RangeError(`event: expected one event, found ${found}; call explain for each of them`);
  const [rejection] = rejections;
  if (rejection === undefined) return new TypeError('event: expected one event, found none; pass an Event');
  const { reason, at } = rejection;
  const doc = REASONS.find(({ name }) => name === reason)!.doc;
  return new TypeError(`event: expected one event, refused at byte ${at}: ${reason}, ${doc}; pass a single Event`);
}

function unknownRule(rule: string, rules: readonly string[]): never {
  const advice = didYouMean(rule, rules) ?? 'explain(event).rules() has them all';
  throw new RangeError(`rule: expected the name of a rule of the engine's program, not '${rule}'; ${advice}`);
}
