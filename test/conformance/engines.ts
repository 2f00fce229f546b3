// The engines that cases run on: the SIMD and the scalar build, the object path, and the reference evaluator.

import { type DiagnosticCode, rowOf } from '../../src/diagnostics/codes.ts';
import {
  type CompileOptions,
  type CompileResult,
  compile,
  createEngine,
  type EngineOptions,
  type Evaluation,
  type Engine as PackageEngine,
  type RuleFile,
  type SimdMode,
} from '../../src/index.ts';
import { type Alert, type Engine, type LoadError, type Outcome, type RunOptions, refused } from './adapter.ts';
import { loadFiles } from './front-end.ts';
import { REFERENCE } from './reference-engine.ts';

type Evaluate = (engine: PackageEngine, input: Uint8Array, framing: RunOptions['framing']) => readonly Evaluation[];

function packageEngine(name: string, simd: SimdMode, evaluate: Evaluate): Engine {
  return {
    name,
    async run(files, input, options) {
      const { program, diagnostics } = compiled(files, options);
      if (program === undefined) return refused(loadErrors(files, options, diagnostics));
      const engine = await createEngine(program, engineOptions(options, simd));
      return outcome(engine, evaluate(engine, input, options.framing));
    },
  };
}

/** The last compilation: every engine variant asks for the same one. */
let last: { readonly key: string; readonly result: CompileResult } | undefined;

function compiled(files: readonly RuleFile[], { semantics, catalogue, appendOutput }: RunOptions): CompileResult {
  const choices: CompileOptions = { semantics, ...(catalogue && { catalogue }), ...(appendOutput && { appendOutput }) };
  const key = JSON.stringify([files, choices]);
  if (last?.key !== key) last = { key, result: compile(files, choices) };
  return last.result;
}

/** Falco's order puts one error first; without its order, that of the diagnostics. */
function loadErrors(
  files: readonly RuleFile[],
  { catalogue, appendOutput }: RunOptions,
  diagnostics: CompileResult['diagnostics'],
): LoadError[] {
  const reported = diagnostics
    .filter(({ level }) => level === 'error')
    .map(({ code }) => ({ code: rowOf(code as DiagnosticCode).falco, reason: rowOf(code as DiagnosticCode).reason }));
  const first = loadFiles(files, { ...(catalogue && { catalogue }), ...(appendOutput && { appendOutput }) })
    .map(({ error }) => error)
    .find((error) => error !== undefined);
  const at = reported.findIndex(({ code, reason }) => code === first?.code && reason === first.reason);
  return at < 0 ? reported : [reported[at]!, ...reported.toSpliced(at, 1)];
}

function engineOptions(options: RunOptions, simd: SimdMode): EngineOptions {
  const { semantics: _, framing: __, catalogue: ___, appendOutput: ____, selection, ...rest } = options;
  return { ...rest, ...(selection && { rules: selection }), simd, timeZoneOffset: 0 };
}

function outcome(engine: PackageEngine, evaluations: readonly Evaluation[]): Outcome {
  const rejected: Record<string, number> = {};
  for (const { counts } of evaluations) {
    for (const [reason, count] of Object.entries(counts.rejected)) rejected[reason] = (rejected[reason] ?? 0) + count;
  }
  const sum = (key: 'received' | 'evaluated') => evaluations.reduce((total, { counts }) => total + counts[key], 0);
  return {
    errors: [],
    alerts: evaluations.flatMap(({ alerts }) => alerts.map(({ rule, text, json }): Alert => ({ rule, text, json }))),
    counts: { received: sum('received'), evaluated: sum('evaluated'), rejected },
    statistics: engine.statistics().text,
  };
}

/** Payloads that JavaScript reads and writes unchanged go in as objects, the others as bytes. */
function evaluateObjects(engine: PackageEngine, input: Uint8Array, framing: RunOptions['framing']): Evaluation[] {
  const text = Buffer.from(input).toString('utf8');
  const payloads = framing === 'document' ? [text] : text.split('\n');
  if (!Buffer.from(text, 'utf8').equals(input)) return [engine.evaluate(input, { framing })];
  return payloads.map((payload) => {
    const object = surviving(payload);
    return object === undefined ? engine.evaluate(Buffer.from(payload), { framing }) : engine.evaluateObject(object);
  });
}

function surviving(payload: string): unknown {
  try {
    const object: unknown = JSON.parse(payload);
    return JSON.stringify(object) === payload ? object : undefined;
  } catch {
    return undefined;
  }
}

const bytes: Evaluate = (engine, input, framing) => [engine.evaluate(input, { framing })];

/** An engine that throws fails its case, not the run. */
function guarded(engine: Engine): Engine {
  return {
    name: engine.name,
    run: (files, input, options) =>
      engine.run(files, input, options).catch((error: Error) => refused([{ code: 'THROWN', reason: error.message }])),
  };
}

export const ENGINES: readonly Engine[] = [
  packageEngine('simd', 'on', bytes),
  packageEngine('scalar', 'off', bytes),
  packageEngine('object', 'auto', evaluateObjects),
  REFERENCE,
].map(guarded);
