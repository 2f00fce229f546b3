// Rule files for single cases.

import type { SourceFile } from '../../src/source/source-file.ts';

export interface RuleParts {
  readonly name?: string;
  readonly condition?: string;
  readonly output?: string;
  readonly priority?: string;
  readonly source?: string;
  /** further lines of the rule */
  readonly extra?: string;
}

/** A file with one rule; by default one that matches every event. */
export function ruleFile(parts: RuleParts): SourceFile {
  const { name = 'R', condition = 'evt.num > 0', output = 'o', priority = 'WARNING', source = 'k8s_audit' } = parts;
  const lines = [
    `- rule: ${name}`,
    '  desc: d',
    `  condition: ${JSON.stringify(condition)}`,
    `  output: ${JSON.stringify(output)}`,
    `  priority: ${priority}`,
    `  source: ${source}`,
    ...(parts.extra === undefined ? [] : parts.extra.split('\n').map((line) => `  ${line}`)),
  ];
  return { name: 'rules.yaml', text: `${lines.join('\n')}\n` };
}
