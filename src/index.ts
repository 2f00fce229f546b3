// The public API: re-exports only.

export type { AppendOutput } from './check/output.ts';
export { compile } from './compile.ts';
export type {
  EventExplanation,
  Explained,
  ExplainedPart,
  ExplainerOptions,
  ExplainerResult,
  ExplanationStyle,
  FieldValue,
  Place,
  Reason,
  RuleExplanation,
} from './explain/index.ts';
export {
  createExplainer,
  createExplainingEngine as createEngine,
  type Explainer,
  type ExplainingEngine as Engine,
  renderExplanation,
} from './explain/index.ts';
export type { FieldArg, FieldType } from './isa/catalogue.ts';
export type { CustomCatalogue, CustomField } from './isa/custom-catalogue.ts';
export { disassemble } from './program/disassemble.ts';
export type {
  Alert,
  AlertObject,
  Counts,
  EngineOptions,
  EvaluateOptions,
  Evaluation,
  FormatOptions,
  Framing,
  OutputValue,
  Pool,
  PoolOptions,
  PoolWorker,
  Priority,
  PriorityName,
  Rejection,
  RejectReason,
  RuleChoice,
  RuleSelection,
  SimdMode,
  Statistics,
  Variant,
  WasmModule,
} from './runtime/index.ts';
export { createPool, verifyProgram } from './runtime/index.ts';
export type { CompileDiagnostic, CompileOptions, CompileResult, RuleFile } from './types.ts';
