// The public API: re-exports only.

export type { AppendOutput } from './check/output.ts';
export { compile } from './compile.ts';
export type { FieldArg, FieldType } from './isa/catalogue.ts';
export type { CustomCatalogue, CustomField } from './isa/custom-catalogue.ts';
export { disassemble } from './program/disassemble.ts';
export type {
  Alert,
  AlertObject,
  Counts,
  Engine,
  EngineOptions,
  EvaluateOptions,
  Evaluation,
  FormatOptions,
  Framing,
  OutputValue,
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
export { createEngine, verifyProgram } from './runtime/index.ts';
export type { CompileDiagnostic, CompileOptions, CompileResult, RuleFile } from './types.ts';
