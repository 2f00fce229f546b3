// Entries as a configuration has them: rules and tags, several at once.

import { describe, expect, it } from 'vitest';
import { compile } from '../../src/compile.ts';
import { metaOf } from '../../src/program/decode.ts';
import { type RuleChoices, selectionNotes } from '../../src/serve/selection-notes.ts';
import { RULES } from '../cli/command.ts';

const { rules } = metaOf(compile([{ name: 'rules.yaml', text: RULES }]).program!);

describe('notes on a selection', () => {
  it.each<[RuleChoices, readonly string[]]>([
    [{ rules: [] }, []],
    [{ rules: [{ disable: { tag: 'alpha' } }, { enable: { rule: 'Qui*', tag: 'reads' } }] }, []],
    [
      { rules: [{ disable: { rule: 'Nothing like it', tag: 'alphas' } }], tags: ['people', 'k8s'] },
      [
        "there is no rule 'Nothing like it' to disable",
        "no rule has the tag 'alphas'; did you mean 'alpha'?",
        "no rule has the tag 'k8s'",
      ],
    ],
    [{ rules: [], minPriority: 'Error' }, ['no rule is in effect: all 4 rules are disabled or not selected']],
    [{ rules: [{ enable: { rule: 'Quiet' } }], minPriority: 'Error' }, []],
  ])('%j', (choices, expected) => {
    expect(selectionNotes(rules, choices)).toEqual(expected);
  });

  it('say so when nothing was loaded, and no more', () => {
    const choices: RuleChoices = { rules: [{ disable: { rule: 'x' } }], tags: ['y'] };
    expect(selectionNotes([], choices)).toEqual(['no rule is in effect: none was loaded']);
  });
});
