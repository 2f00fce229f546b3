// The rule files that are measured, compiled once per meaning.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkRuleFiles } from '../src/compile.ts';
import { compile, type RuleFile } from '../src/index.ts';
import type { ResolvedRules } from '../src/resolve/resolved.ts';

export const ROOT: string = join(import.meta.dirname, '..');
/** Recorded logs and Falco's default rules, which are not part of the repository. */
export const DATA: string = process.env.FALCONET_DATA ?? join(ROOT, '../shared/data');

const PACK: readonly string[] = [
  '00-building-blocks',
  'access',
  'anonymous',
  'control-plane',
  'credentials',
  'namespaces',
  'network',
  'rbac',
  'workloads',
].map((name) => join(ROOT, 'rules', `${name}.yaml`));
const DEFAULT_RULES: string = join(DATA, 'falco/k8s_audit_rules.yaml');

export const hasDefaultRules: boolean = existsSync(DEFAULT_RULES);

export type RuleSet = 'bundled' | 'default';

export function rulesText(set: RuleSet): readonly RuleFile[] {
  return (set === 'bundled' ? PACK : [DEFAULT_RULES]).map((name) => ({ name, text: readFileSync(name, 'utf8') }));
}

export function compiled(files: readonly RuleFile[], semantics: 'falco' | 'fixed' = 'fixed'): Uint8Array {
  const { program, diagnostics } = compile(files, { semantics });
  if (program === undefined) throw new Error(diagnostics.map((diagnostic) => diagnostic.text).join('\n'));
  return program;
}

export function resolved(set: RuleSet): ResolvedRules {
  return checkRuleFiles(rulesText(set), {}).resolved;
}
