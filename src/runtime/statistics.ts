// Counts of alerts, and the text that Falco prints about them at its end.

import { PRIORITY_NAMES } from '../isa/priorities.ts';
import type { RuleMeta } from '../program/meta.ts';

export interface Statistics {
  /** alerts in all */
  readonly alerts: number;
  /** alerts per priority number, 0 most severe */
  readonly byPriority: readonly number[];
  /** alerts per rule, in definition order */
  readonly byRule: readonly { readonly rule: string; readonly count: number }[];
  /** Falco's statistics block, each line with its end */
  readonly text: string;
}

export class AlertCounter {
  readonly #rules: readonly RuleMeta[];
  readonly #counts: number[];

  constructor(rules: readonly RuleMeta[]) {
    this.#rules = rules;
    this.#counts = rules.map(() => 0);
  }

  count(ruleId: number): void {
    this.#counts[ruleId]!++;
  }

  clear(): void {
    this.#counts.fill(0);
  }

  statistics(): Statistics {
    const byPriority = PRIORITY_NAMES.map(() => 0);
    const byRule = this.#rules.map((rule, id) => {
      byPriority[rule.priority]! += this.#counts[id]!;
      return { rule: rule.name, count: this.#counts[id]! };
    });
    const alerts = byPriority.reduce((sum, count) => sum + count, 0);
    return { alerts, byPriority, byRule, text: statisticsText(alerts, byPriority, byRule) };
  }
}

function statisticsText(alerts: number, byPriority: Statistics['byPriority'], byRule: Statistics['byRule']): string {
  const lines = [`Events detected: ${alerts}`, 'Rule counts by severity:'];
  byPriority.forEach((count, priority) => {
    if (count > 0) lines.push(`   ${severityName(priority)}: ${count}`);
  });
  lines.push('Triggered rules by rule name:');
  for (const { rule, count } of byRule) if (count > 0) lines.push(`   ${rule}: ${count}`);
  return `${lines.join('\n')}\n`;
}

function severityName(priority: number): string {
  const name = PRIORITY_NAMES[priority]!;
  return name === 'Informational' ? 'INFO' : name.toUpperCase();
}
