// `falconet/explain`: why rules match or do not.

export { createExplainer, type Explainer, type ExplainerOptions, type ExplainerResult } from './explainer.ts';
export { createExplainingEngine, type ExplainingEngine } from './explaining-engine.ts';
export type {
  EventExplanation,
  Explained,
  ExplainedPart,
  FieldValue,
  Place,
  Reason,
  RuleExplanation,
} from './explanation.ts';
export { type ExplanationStyle, renderExplanation, renderVerdict } from './render.ts';
