// Merge patches, values set by pointer, values removed.

import { describe, expect, it } from 'vitest';
import { changed } from '../../src/ruletest/changes.ts';

const make = (event: unknown, changes: Parameters<typeof changed>[1]): unknown => {
  const result = changed(event, changes);
  return 'event' in result ? result.event : result.problem;
};

describe('changes', () => {
  it.each<[string, unknown, Parameters<typeof changed>[1], unknown]>([
    ['a member', { a: 1 }, { set: { '/a': 2 } }, { a: 2 }],
    ['missing objects on the way', {}, { set: { '/a/b': 1 } }, { a: { b: 1 } }],
    ['a missing array', {}, { set: { '/a/0/b': 1 } }, { a: [{ b: 1 }] }],
    ['the end of an array', { a: [1] }, { set: { '/a/-': 2 } }, { a: [1, 2] }],
    ['a key with a slash', {}, { set: { '/a~1b': 1 } }, { 'a/b': 1 }],
    ['the whole', { a: 1 }, { set: { '': 7 } }, 7],
    ['null', { a: 1 }, { set: { '/a': null } }, { a: null }],
    ['a merge', { a: { b: 1, c: 2 } }, { merge: { a: { b: null, d: 3 } } }, { a: { c: 2, d: 3 } }],
    ['a removal', { a: { b: 1 }, c: [1, 2] }, { remove: ['/a/b', '/c/0', '/x/y'] }, { a: {}, c: [2] }],
    ['a merge before a set', { a: 1 }, { merge: { b: 1 }, set: { '/b': 2 }, remove: ['/a'] }, { b: 2 }],
    ['a way through a number', { a: 1 }, { set: { '/a/b': 1 } }, "'/a/b' leads through a value that has no members"],
    ['a gap in an array', { a: [] }, { set: { '/a/3': 1 } }, "'/a/3' leads through a value that has no members"],
    ['no pointer', {}, { set: { a: 1 } }, "'a' is no JSON Pointer; did you mean '/a'?"],
  ])('%s', (_, event, changes, expected) => {
    const before = structuredClone(event);
    expect(make(event, changes)).toEqual(expected);
    expect(event).toEqual(before);
  });

  it('treat __proto__ as a key', () => {
    const made = make({}, { set: { '/__proto__/x': 1 } });
    expect(JSON.stringify(made)).toBe('{"__proto__":{"x":1}}');
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});
