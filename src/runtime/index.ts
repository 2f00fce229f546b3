// `falconet/runtime`: what runs compiled programs, without the compiler.

export type { Priority, PriorityName } from '../isa/priorities.ts';
export type { RejectReason } from '../isa/reasons.ts';
export { verifyProgram } from '../program/verify.ts';
export type { Alert, AlertObject, FormatOptions, OutputValue } from './alert.ts';
export {
  type Counts,
  createEngine,
  type Engine,
  type EvaluateOptions,
  type Evaluation,
  type Framing,
  type Rejection,
} from './engine.ts';
export type { SimdMode, Variant } from './load.ts';
export type { EngineOptions } from './options.ts';
export { createPool, type Pool, type PoolOptions } from './pool.ts';
export type { RuleChoice, RuleSelection } from './selection.ts';
export type { Statistics } from './statistics.ts';
export type { WasmModule } from './webassembly.ts';
export type { PoolWorker } from './worker-host.ts';
