// Which rules run, from `--enable`, `--disable`, `--tag` and `--no-tag`: Falco's list of selection entries in the order of the
// command line, and the tags that narrow what is enabled then.

import { Option } from 'commander';
import type { RuleSelection } from '../runtime/index.ts';

export interface SelectedRules {
  readonly rules: readonly RuleSelection[];
  /** absent: whatever the tags */
  readonly tags?: readonly string[];
}

/** Options that write to one list in the order they are met. Make a new one for every parse. */
export class Selection {
  readonly #rules: RuleSelection[] = [];
  readonly #tags: string[] = [];

  options(): readonly Option[] {
    return [
      collecting('--tag <tag>', 'of the enabled rules, run only those with this tag (repeatable)', (tag) => {
        this.#tags.push(tag);
      }),
      collecting('--no-tag <tag>', 'do not run rules with this tag (repeatable)', (tag) => {
        this.#rules.push({ disable: { tag } });
      }),
      collecting('--enable <name>', 'run the rule even if it is disabled; * matches any text (repeatable)', (rule) => {
        this.#rules.push({ enable: { rule } });
      }),
      collecting('--disable <name>', 'do not run the rule; * matches any text (repeatable)', (rule) => {
        this.#rules.push({ disable: { rule } });
      }),
    ];
  }

  selected(): SelectedRules {
    return this.#tags.length === 0 ? { rules: this.#rules } : { rules: this.#rules, tags: this.#tags };
  }
}

/** An option that keeps no value of its own: `--tag` and `--no-tag` are one name to commander. */
function collecting(flags: string, description: string, take: (value: string) => void): Option {
  return new Option(flags, description).argParser((value: string) => {
    take(value);
    return true;
  });
}
