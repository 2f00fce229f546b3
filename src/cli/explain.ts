// `falconet explain`: for every event of the inputs, which rules match and why, and why the others do not. Rules that are
// named are shown as a tree; without names the matching ones are, and all others get a line each.

import { createExplainer, type Explainer } from '../explain/explainer.ts';
import type { EventExplanation, RuleExplanation } from '../explain/explanation.ts';
import { renderExplanation, renderVerdict } from '../explain/render.ts';
import { REASONS } from '../isa/reasons.ts';
import { type Block, documentBlock, lineBlocks } from './blocks.ts';
import { loadFailure, reasonOf, usageFailure } from './failure.ts';
import { framingHint } from './framing-hint.ts';
import { checkInputNames, type Framing, type Input, openInputs } from './inputs.ts';
import type { Semantics } from './options.ts';
import { Output } from './output.ts';
import { readRuleFiles } from './rules.ts';
import { countOf } from './statistics.ts';

export interface ExplainOptions {
  readonly rules?: readonly string[];
  readonly rule?: readonly string[];
  readonly auditid?: string;
  readonly format: 'text' | 'json';
  readonly semantics?: Semantics;
  readonly framing?: Framing;
  readonly full?: boolean;
  readonly color: boolean;
}

/** Whether text may be coloured: the reader is a terminal, and nobody said no. */
export function wantsColor(option: boolean): boolean {
  return option && process.stdout.isTTY === true && !process.env.NO_COLOR;
}

/** Returns the exit status. */
export async function explain(inputs: readonly string[], options: ExplainOptions): Promise<number> {
  checkInputNames(inputs, options.rules);
  const explainer = await makeExplainer(options);
  const session = new Session(explainer, options);
  for await (const input of openInputs(inputs, options.framing, process.stdin)) {
    if ('problem' in input) session.reportInput(input.name, input.problem);
    else await session.read(input);
    if (session.isOver) break;
  }
  return session.finish();
}

async function makeExplainer(options: ExplainOptions): Promise<Explainer> {
  const { rule: names, semantics } = options;
  const files = await readRuleFiles(options.rules ?? [], semantics);
  const { explainer, diagnostics } = await createExplainer(files, {
    ...(names !== undefined && { rules: names }),
    ...(semantics !== undefined && { semantics }),
  }).catch(refuseName);
  const errors = diagnostics.filter(({ level }) => level === 'error');
  for (const error of errors) process.stderr.write(`${error.text}\n`);
  if (explainer === undefined) throw loadFailure(`the rules do not compile: ${countOf(errors.length, 'error')}`);
  return explainer;
}

function refuseName(error: Error): never {
  const isName = error instanceof RangeError && error.message.startsWith('rules: ');
  throw isName ? usageFailure(error.message.replace('rules: ', '--rule: ')) : error;
}

class Session {
  readonly #explainer: Explainer;
  readonly #options: ExplainOptions;
  readonly #output: Output = new Output(process.stdout);
  readonly #style: { readonly color: boolean; readonly full: boolean };
  #hasFailed = false;
  #shown = 0;

  constructor(explainer: Explainer, options: ExplainOptions) {
    this.#explainer = explainer;
    this.#options = options;
    this.#style = { color: wantsColor(options.color), full: options.full ?? false };
  }

  get isOver(): boolean {
    return this.#output.isClosed;
  }

  reportInput(name: string, problem: string): void {
    process.stderr.write(`falconet: error: ${name}: ${problem}\n`);
    this.#hasFailed = true;
  }

  finish(): number {
    if (this.#output.error !== undefined) this.reportInput('<stdout>', reasonOf(this.#output.error));
    const { auditid } = this.#options;
    if (this.#shown === 0 && auditid !== undefined) this.reportInput('--auditid', `no event has the id ${auditid}`);
    return this.#hasFailed ? 1 : 0;
  }

  async read(input: Input): Promise<void> {
    const blocks = input.framing === 'lines' ? lineBlocks(input.chunks()) : documentBlock(input.chunks());
    try {
      for await (const block of blocks) {
        await this.#take(input, block);
        if (this.isOver) return;
      }
    } catch (error) {
      this.reportInput(input.name, reasonOf(error));
    }
  }

  async #take(input: Input, block: Block): Promise<void> {
    if (block.kind === 'oversize') {
      this.reportInput(`${input.name}:${block.line}`, 'the line is too large');
      return;
    }
    // line by line: an explanation is large, and whoever asked wants to see the first one
    let line = block.line;
    let isFirst = line === 1;
    for (const bytes of input.framing === 'lines' ? linesOf(block.bytes) : [block.bytes]) {
      const { events, rejections } = this.#explainer.explain(bytes, { framing: input.framing });
      for (const { reason } of rejections) {
        const doc = REASONS.find((row) => row.name === reason)?.doc;
        const hint = isFirst && reason === 'invalid_json' ? framingHint(block.bytes, input.framing) : '';
        isFirst = false;
        process.stderr.write(`${input.name}:${line}: ${reason}: ${doc}${hint}\n`);
      }
      for (const event of events) await this.#show(`${input.name}:${line}`, event);
      if (this.isOver) return;
      line += 1;
    }
  }

  async #show(place: string, event: EventExplanation): Promise<void> {
    const { auditid, format, rule } = this.#options;
    if (auditid !== undefined && event.auditId !== auditid) return;
    this.#shown += 1;
    const rules = event.rules();
    if (format === 'json') {
      const { auditId, matches } = event;
      await this.#output.write(`${JSON.stringify({ place, auditID: auditId ?? null, matches, rules })}\n`);
      return;
    }
    const text = rule === undefined ? this.#overview(rules) : this.#trees(rules);
    const id = event.auditId === undefined ? '' : `  auditID ${JSON.stringify(event.auditId).slice(1, -1)}`;
    await this.#output.write(`${this.#shown > 1 ? '\n' : ''}${place}${id}\n\n${text}`);
  }

  #trees(rules: readonly RuleExplanation[]): string {
    return rules.map((rule) => renderExplanation(rule, this.#style)).join('\n');
  }

  /** Matching rules as trees; of the others, those that fewest reasons speak against come first. */
  #overview(rules: readonly RuleExplanation[]): string {
    const others = rules.filter(({ matches }) => !matches).sort((a, b) => a.reasons.length - b.reasons.length);
    const verdicts = others.map((rule) => renderVerdict(rule, this.#style)).join('');
    const trees = this.#trees(rules.filter(({ matches }) => matches));
    return trees === '' || verdicts === '' ? trees + verdicts : `${trees}\n${verdicts}`;
  }
}

function* linesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    yield bytes.subarray(start, end);
    start = end;
  }
}
