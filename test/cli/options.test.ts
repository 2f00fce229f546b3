import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseCount, parseNames, parsePriority, parseSize, repeatRulesOption } from '../../src/cli/options.ts';
import { type SelectedRules, Selection } from '../../src/cli/selection.ts';

describe('parseSize', () => {
  it.each([
    ['4194304', 4 << 20],
    ['256k', 256 << 10],
    ['256K', 256 << 10],
    ['4MiB', 4 << 20],
    ['4 MB', 4 << 20],
    ['1g', 1 << 30],
    ['12b', 12],
  ])('%s', (text, size) => {
    expect(parseSize(text)).toBe(size);
  });

  it.each(['', '0', '-1', '1.5m', 'many', '4x', '2GiB'])('refuses %j', (text) => {
    expect(() => parseSize(text)).toThrow(/size/);
  });
});

describe('parseCount, parsePriority, parseNames', () => {
  it('read values', () => {
    expect(parseCount('300')).toBe(300);
    expect(parsePriority('warning')).toBe('Warning');
    expect(parsePriority('INFO')).toBe('Informational');
    expect(parseNames('ka.auditid, ka.verb,ka.auditid')).toEqual(['ka.auditid', 'ka.verb']);
    expect(parseNames('ka.uri', ['ka.verb'])).toEqual(['ka.verb', 'ka.uri']);
  });

  it('refuse others', () => {
    for (const text of ['0', '-3', 'x', '1e3']) expect(() => parseCount(text)).toThrow();
    expect(() => parsePriority('loud')).toThrow(/Warning/);
    expect(() => parseNames('a,,b')).toThrow();
  });
});

describe('repeatRulesOption', () => {
  it.each([
    ['run -r a.yaml log.jsonl', 'run -r a.yaml log.jsonl'],
    ['run -r a.yaml b.yml log.jsonl', 'run -r a.yaml -r b.yml log.jsonl'],
    ['run -r a.yaml --stats b.yaml', 'run -r a.yaml --stats b.yaml'],
    ['run -r dir x.yaml -r y.yaml z.YAML -', 'run -r dir -r x.yaml -r y.yaml -r z.YAML -'],
    ['run --rules=a.yaml b.yaml in', 'run --rules=a.yaml -r b.yaml in'],
    ['run -r a.yaml -- b.yaml', 'run -r a.yaml -- b.yaml'],
    ['validate a.yaml b.yaml', 'validate a.yaml b.yaml'],
    ['run -r', 'run -r'],
  ])('%s', (given, expected) => {
    expect(repeatRulesOption(given.split(' '))).toEqual(expected.split(' '));
  });
});

describe('Selection', () => {
  function selectedBy(...args: readonly string[]): SelectedRules {
    const selection = new Selection();
    const command = new Command().exitOverride();
    for (const option of selection.options()) command.addOption(option);
    command.parse(args, { from: 'user' });
    return selection.selected();
  }

  it('keeps the order of the command line', () => {
    expect(selectedBy('--disable', 'A*', '--enable', 'A1', '--no-tag', 'noisy', '--enable', 'B')).toEqual({
      rules: [
        { disable: { rule: 'A*' } },
        { enable: { rule: 'A1' } },
        { disable: { tag: 'noisy' } },
        { enable: { rule: 'B' } },
      ],
    });
  });

  it('narrows with --tag', () => {
    expect(selectedBy('--tag', 'k8s', '--no-tag', 'noisy', '--tag', 'rbac')).toEqual({
      rules: [{ disable: { tag: 'noisy' } }],
      tags: ['k8s', 'rbac'],
    });
  });

  it('is empty without options', () => {
    expect(selectedBy()).toEqual({ rules: [] });
  });
});
