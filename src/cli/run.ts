// `falconet run`: inputs in, alerts out on standard output. Standard error gets one line for each event or payload that
// could not be evaluated, and what the run came to. An input that cannot be read costs that input only.

import { hostname } from 'node:os';
import type { Cloud } from '../isa/clouds.ts';
import type { PriorityName } from '../isa/priorities.ts';
import { REASONS } from '../isa/reasons.ts';
import { metaOf } from '../program/decode.ts';
import { type Alert, type Counts, createEngine, type Engine, type Rejection } from '../runtime/index.ts';
import { selectionNotes } from '../serve/selection-notes.ts';
import { type Block, countNewlines, documentBlock, lineBlocks } from './blocks.ts';
import { unwrapBlock } from './clouds/unwrap-block.ts';
import { loadProgram } from './compile-rules.ts';
import { type Failure, loadFailure, reasonOf, usageFailure } from './failure.ts';
import { framingHint } from './framing-hint.ts';
import { checkInputNames, type Framing, type Input, openInputs } from './inputs.ts';
import { optionName, type Semantics } from './options.ts';
import { Output } from './output.ts';
import { BUNDLED_LOG } from './rules.ts';
import type { SelectedRules } from './selection.ts';
import { addCounts, addRejected, countsBlock, newTotals, summaryLine, type Totals } from './statistics.ts';

export interface RunOptions {
  readonly rules?: readonly string[];
  readonly format: 'text' | 'json';
  readonly match: 'first' | 'all';
  readonly minPriority?: PriorityName;
  readonly selection: SelectedRules;
  readonly semantics?: Semantics;
  readonly extraFields?: readonly string[];
  readonly framing?: Framing;
  /** inputs are logs as this cloud hands them out */
  readonly from?: Cloud;
  readonly maxEventSize?: number;
  readonly maxDepth?: number;
  readonly trusted?: boolean;
  readonly hostname?: string;
  readonly simd: 'auto' | 'on' | 'off';
  readonly stats?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly tlsClientCa?: string;
}

/** Returns the exit status. */
export async function run(inputs: readonly string[], options: RunOptions): Promise<number> {
  const hasSource = inputs.some((input) => /^(https?|file):\/\//i.test(input));
  refuseMisplaced(inputs, hasSource, options);
  if (hasSource) {
    const { runSources } = await import('./serve.ts');
    return runSources(inputs, options);
  }
  checkInputNames(inputs, options.rules);
  if (options.rules === undefined) process.stderr.write('falconet: no rules given, using the bundled rules\n');
  const program = await loadProgram(options.rules ?? [], options);
  if (options.maxDepth !== undefined && metaOf(program).semantics === 'falco') throw depthFailure();
  const engine = await startEngine(program, options);
  warnOfSelection(program, options);
  const session = new Session(engine, options, new Output(process.stdout));
  if (inputs.length === 0) process.stderr.write('falconet: no input given, reading the bundled sample log\n');
  const names = inputs.length > 0 ? inputs : [BUNDLED_LOG];
  // the first signal ends the run as the end of the input would, a second one ends the process
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => {
      session.stop();
      if (names.includes('-')) process.stdin.destroy();
    });
  }
  for await (const input of openInputs(names, options.framing, process.stdin)) {
    if ('problem' in input) session.reportInput(input.name, input.problem);
    else await session.read(input);
    if (session.isOver) break;
  }
  return session.finish(options.stats ?? false);
}

function depthFailure(): Failure {
  return usageFailure('--max-depth goes with fixed semantics');
}

function warnOfSelection(program: Uint8Array, { selection, minPriority }: RunOptions): void {
  const choices = minPriority === undefined ? selection : { ...selection, minPriority };
  for (const note of selectionNotes(metaOf(program).rules, choices)) {
    process.stderr.write(`falconet: warning: ${note}\n`);
  }
}

/** Options for inputs of other kinds than those that are given. */
function refuseMisplaced(inputs: readonly string[], hasSource: boolean, options: RunOptions): void {
  for (const name of ['from', 'framing'] as const) {
    if (hasSource && options[name] !== undefined) {
      throw usageFailure(`${optionName(name)} is for files and standard input`);
    }
  }
  if (options.maxDepth !== undefined && options.semantics === 'falco') throw depthFailure();
  if (inputs.some((input) => /^https:/i.test(input))) return;
  for (const name of ['tlsCert', 'tlsKey', 'tlsClientCa'] as const) {
    if (options[name] !== undefined) throw usageFailure(`${optionName(name)} goes with an https:// input`);
  }
}

async function startEngine(program: Uint8Array, options: RunOptions): Promise<Engine> {
  try {
    return await createEngine(program, {
      match: options.match,
      ...options.selection,
      simd: options.simd,
      trusted: options.trusted ?? false,
      hostname: options.hostname ?? process.env.FALCO_HOSTNAME ?? hostname(),
      ...(options.minPriority === undefined ? {} : { minPriority: options.minPriority }),
      ...(options.maxEventSize === undefined ? {} : { maxEventSize: options.maxEventSize }),
      ...(options.maxDepth === undefined ? {} : { maxDepth: options.maxDepth }),
    });
  } catch (error) {
    throw loadFailure((error as Error).message);
  }
}

type Bytes = Extract<Block, { kind: 'bytes' }>;

/** One run over all inputs. */
class Session {
  readonly #engine: Engine;
  readonly #format: 'text' | 'json';
  readonly #cloud: Cloud | undefined;
  readonly #output: Output;
  readonly #totals: Totals = newTotals();
  /** entries of a cloud's log that are no audit events */
  #skipped = 0;
  #hasFailed = false;
  #isStopped = false;

  constructor(engine: Engine, { format, from }: RunOptions, output: Output) {
    this.#engine = engine;
    this.#format = format;
    this.#cloud = from;
    this.#output = output;
  }

  /** Nobody reads the alerts any more, or the run was stopped. */
  get isOver(): boolean {
    return this.#isStopped || this.#output.isClosed;
  }

  stop(): void {
    this.#isStopped = true;
  }

  async read(input: Input): Promise<void> {
    const blocks = input.framing === 'lines' ? lineBlocks(input.chunks()) : documentBlock(input.chunks());
    try {
      for await (const block of blocks) {
        await this.#take(input, block);
        if (this.isOver) return;
      }
    } catch (error) {
      // a stop closes standard input under whoever waits for it
      if (!this.#isStopped) this.reportInput(input.name, reasonOf(error));
    }
  }

  reportInput(name: string, problem: string): void {
    process.stderr.write(`falconet: error: ${name}: ${problem}\n`);
    this.#hasFailed = true;
  }

  /** Last words; returns the exit status. */
  finish(withStatistics: boolean): number {
    if (this.#output.error !== undefined) this.reportInput('<stdout>', reasonOf(this.#output.error));
    else if (this.#output.isClosed) return 0;
    if (withStatistics) process.stderr.write(this.#engine.statistics().text + countsBlock(this.#totals));
    if (this.#skipped > 0) process.stderr.write(`falconet: ${this.#skipped} log entries that are no audit events\n`);
    process.stderr.write(`${summaryLine(this.#totals)}\n`);
    return this.#hasFailed ? 1 : 0;
  }

  async #take(input: Input, block: Block): Promise<void> {
    if (block.kind === 'oversize') {
      this.#totals.received += 1;
      addRejected(this.#totals, 'too_large', 1);
      this.#reportRejected(input.name, block.line, 'too_large');
      return;
    }
    const alerts =
      this.#cloud === undefined
        ? this.#evaluate(input.name, block, input.framing)
        : this.#evaluateUnwrapped(input, block, this.#cloud);
    let text = '';
    for (const alert of alerts) text += `${this.#format === 'json' ? alert.json : alert.text}\n`;
    await this.#output.write(text);
  }

  #evaluate(name: string, block: Bytes, framing: Framing): readonly Alert[] {
    const { bytes, line: firstLine } = block;
    const { alerts, counts, rejections } = this.#engine.evaluate(bytes, { framing });
    this.#count(counts, alerts);
    const places = new Places(bytes, framing);
    for (const [i, rejection] of rejections.entries()) {
      const { line, column } = places.of(rejection);
      const place = `, at byte ${column} of the line${i === 0 ? hintFor(rejection, block, framing) : ''}`;
      this.#reportRejected(name, firstLine - 1 + line, rejection.reason, place);
    }
    return alerts;
  }

  #evaluateUnwrapped({ name, framing }: Input, block: Bytes, cloud: Cloud): readonly Alert[] {
    const { bytes, lineOf, skipped } = unwrapBlock(cloud, block.bytes, framing);
    this.#skipped += skipped;
    const { alerts, counts, rejections } = this.#engine.evaluate(bytes);
    this.#count(counts, alerts);
    const places = new Places(bytes, 'lines');
    for (const [i, rejection] of rejections.entries()) {
      const { line, column } = places.of(rejection);
      const hint = i === 0 ? hintFor(rejection, block, framing) : '';
      const place = `, at byte ${column} of what the envelope holds${hint}`;
      this.#reportRejected(name, block.line - 1 + lineOf(line - 1), rejection.reason, place);
    }
    return alerts;
  }

  #count(counts: Counts, alerts: readonly Alert[]): void {
    addCounts(this.#totals, counts);
    this.#totals.alerts += alerts.length;
  }

  #reportRejected(name: string, line: number, reason: string, place = ''): void {
    const doc = REASONS.find((row) => row.name === reason)?.doc;
    process.stderr.write(`${name}:${line}: ${reason}: ${doc}${place}\n`);
  }
}

/** Once an input: what the first rejection says of its beginning. */
function hintFor({ reason }: Rejection, { bytes, line }: Bytes, framing: Framing): string {
  return line === 1 && reason === 'invalid_json' ? framingHint(bytes, framing) : '';
}

/** Lines and columns, from 1, of rejections in the order in which they come. */
class Places {
  readonly #bytes: Uint8Array;
  readonly #framing: Framing;
  /** newlines before #counted */
  #newlines = 0;
  #counted = 0;

  constructor(bytes: Uint8Array, framing: Framing) {
    this.#bytes = bytes;
    this.#framing = framing;
  }

  of({ line, offset, at }: Rejection): { readonly line: number; readonly column: number } {
    if (this.#framing === 'lines') return { line, column: at - this.#lineStart(offset) + 1 };
    // rows of a document are counted from one rejection to the next
    if (at < this.#counted) [this.#newlines, this.#counted] = [0, 0];
    this.#newlines += countNewlines(this.#bytes.subarray(this.#counted, at));
    this.#counted = at;
    return { line: this.#newlines + 1, column: at - this.#lineStart(at) + 1 };
  }

  #lineStart(offset: number): number {
    return this.#bytes.subarray(0, offset).lastIndexOf(10) + 1;
  }
}
