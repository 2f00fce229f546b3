// Which rules run, in which order; and what is counted about their alerts.

import { describe, expect, it } from 'vitest';
import type { RuleMeta } from '../../src/program/meta.ts';
import { matchesWildcard, type RuleSelection, selectRules } from '../../src/runtime/selection.ts';
import { AlertCounter } from '../../src/runtime/statistics.ts';

type Short = readonly [name: string, priority: number, tags?: readonly string[], enabled?: boolean];

const rulesOf = (rules: readonly Short[]): RuleMeta[] =>
  rules.map(
    ([name, priority, tags = [], enabled = true]) =>
      ({
        name,
        priority,
        tags,
        enabled,
        description: '',
        source: 's',
        output: [],
        fields: [],
        formatted: [],
      }) as RuleMeta,
  );

const RULES = rulesOf([
  ['a', 4, ['x']],
  ['b', 7, ['x', 'y']],
  ['c', 5, ['y'], false],
  ['Foo Bar', 3],
]);

function selected(entries: readonly RuleSelection[], least = 7, tags?: readonly string[]): string[] {
  return selectRules(RULES, least, entries, tags).map((id) => RULES[id]!.name);
}

describe('selection', () => {
  it('starts with the enabled rules that are severe enough', () => {
    expect(selected([])).toEqual(['a', 'b', 'Foo Bar']);
    expect(selected([], 4)).toEqual(['a', 'Foo Bar']);
  });

  it('applies entries in order; what is enabled anew goes to the end', () => {
    expect(selected([{ disable: { rule: 'a' } }, { enable: { rule: 'a' } }])).toEqual(['b', 'Foo Bar', 'a']);
    expect(selected([{ enable: { rule: 'a' } }])).toEqual(['a', 'b', 'Foo Bar']);
    expect(selected([{ disable: { rule: '*' } }, { enable: { tag: 'y' } }])).toEqual(['b', 'c']);
    expect(selected([{ disable: { rule: 'b', tag: 'x' } }])).toEqual(['Foo Bar']);
    expect(
      selected([{ disable: { rule: 'FOO BAR' } }, { disable: { tag: 'x*' } }, { disable: { rule: 'none' } }]),
    ).toHaveLength(3);
  });

  it('cannot enable what is not severe enough', () => {
    expect(selected([{ enable: { rule: 'b' } }, { enable: { rule: 'c' } }], 5)).toEqual(['a', 'Foo Bar', 'c']);
  });

  it('keeps rules with one of the tags', () => {
    expect(selected([], 7, ['y', 'z'])).toEqual(['b']);
    expect(selected([{ enable: { rule: 'c' } }], 7, ['y'])).toEqual(['b', 'c']);
  });

  it('takes what is undefined for absent', () => {
    expect(selected([{ disable: { rule: 'a', tag: undefined } } as unknown as RuleSelection])).toEqual([
      'b',
      'Foo Bar',
    ]);
    expect(selected([{ enable: undefined, disable: { tag: 'x' } } as unknown as RuleSelection])).toEqual(['Foo Bar']);
  });

  it('refuses other entries', () => {
    for (const entry of [
      {},
      { enable: {} },
      { enable: undefined },
      { enable: { rule: undefined } },
      { disable: null },
      'a',
      { remove: { rule: 'a' } },
      { enable: { rule: 'a' }, disable: { rule: 'b' } },
      { enable: { rule: 5 } },
      { disable: { tag: ['x'] } },
      { disable: { rule: 'a', tags: 'x' } },
      null,
    ]) {
      expect(() => selected([entry as unknown as RuleSelection])).toThrow(TypeError);
    }
  });
});

describe('wildcards', () => {
  it.each([
    ['a', 'a', true],
    ['a', 'ab', false],
    ['*', '', true],
    ['**', 'ab', true],
    ['Foo*', 'Foo Bar', true],
    ['Foo*', 'xFoo', false],
    ['*foo', 'xfoo', true],
    ['*foo', 'foofoo', false],
    ['a*b*c', 'a1b2c', true],
    ['a*b*c', 'a1b2cc', false],
    ['a*b', 'ab', true],
    ['*o*r', 'Foo Bar', true],
    ['a*', '', false],
    ['*a', 'b', false],
  ])('%s and %s: %s', (pattern, name, expected) => {
    expect(matchesWildcard(pattern, name)).toBe(expected);
  });
});

describe('statistics', () => {
  it('count by severity and rule', () => {
    const counter = new AlertCounter(
      rulesOf([
        ['i', 6],
        ['w', 4],
        ['w2', 4],
        ['none', 0],
      ]),
    );
    expect(counter.statistics().text).toBe(
      'Events detected: 0\nRule counts by severity:\nTriggered rules by rule name:\n',
    );
    for (const id of [0, 2, 1, 2]) counter.count(id);
    expect(counter.statistics()).toMatchObject({ alerts: 4, byPriority: [0, 0, 0, 0, 3, 0, 1, 0] });
    expect(counter.statistics().text).toBe(
      'Events detected: 4\nRule counts by severity:\n   WARNING: 3\n   INFO: 1\nTriggered rules by rule name:\n   i: 1\n   w: 1\n   w2: 2\n',
    );
  });
});
