// What the benchmarks are made of: generated logs and rules are the same for a seed, whole, and of the promised kind; comparing
// with recorded ratios names what differs.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { generateLog, type Level } from '../../bench/corpus/events.ts';
import { generateRules } from '../../bench/corpus/rules.ts';
import type { Row } from '../../bench/harness.ts';
import { repositoryOf } from '../../bench/peers/audit-event.ts';
import { handWritten } from '../../bench/peers/predicates.ts';
import { compareWith } from '../../bench/regression.ts';
import { compile, createEngine } from '../../src/index.ts';

const LEVELS: readonly Level[] = ['Metadata', 'Request', 'RequestResponse'];

describe('generated logs', () => {
  it.each(LEVELS)('of level %s are events, the same for a seed', async (level) => {
    const log = generateLog(level, 200, 7);
    expect(generateLog(level, 200, 7)).toBe(log);
    expect(generateLog(level, 200, 8)).not.toBe(log);
    const events = log
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
    expect(events.length).toBe(200);
    expect(events.some((event) => event.requestObject !== undefined)).toBe(level !== 'Metadata');
    expect(events.some((event) => event.responseObject !== undefined)).toBe(level === 'RequestResponse');
    const { program } = compile([{ name: 'rules.yaml', text: generateRules(10, 1) }]);
    const { counts } = (await createEngine(program!)).evaluate(Buffer.from(log));
    expect(counts).toEqual({ received: 200, evaluated: 200, rejected: {} });
  });

  it('are the same bytes on every machine', () => {
    const digest = createHash('sha256')
      .update(generateLog('RequestResponse', 50, 1))
      .digest('hex');
    expect(digest.slice(0, 16)).toBe('23ae5cfc376cbe49');
  });
});

describe('generated rules', () => {
  it('are the same for a seed, and compile', () => {
    const text = generateRules(300, 5);
    expect(generateRules(300, 5)).toBe(text);
    expect(text.match(/^- rule: /gm)!.length).toBe(300);
    const { program, diagnostics } = compile([{ name: 'rules.yaml', text }]);
    expect(diagnostics.filter((diagnostic) => diagnostic.level === 'error')).toEqual([]);
    expect(program).toBeDefined();
  });

  it('are bound in the promised shares', () => {
    const conditions = [...generateRules(4000, 3).matchAll(/condition: "(.*)"/g)].map((match) => match[1]!);
    const bound = conditions.filter((text) =>
      /^ka\.verb (=|in) [^ ]*( [^ ]+)* and ka\.target\.(sub)?resource =/.test(text),
    );
    expect(bound.length / conditions.length).toBeCloseTo(0.8, 1);
    const questions = conditions.flatMap((text) => text.split(' and ').slice(text.startsWith('ka.verb') ? 2 : 1));
    const onBodies = questions.filter((text) => /ka\.req\.|requestObject/.test(text));
    expect(onBodies.length / questions.length).toBeCloseTo(0.5, 1);
  });
});

describe('hand-written predicates', () => {
  const lists: Readonly<Record<string, readonly string[]>> = {
    allowed_k8s_users: ['admin'],
    known_sa_list: ['coredns'],
  };
  const matching = handWritten((name) => new Set(lists[name] ?? []));
  const found = (event: object): readonly number[] => {
    const numbers: number[] = [];
    matching({ stage: 'ResponseComplete', user: { username: 'admin' }, ...event }, numbers);
    return numbers;
  };

  it.each([
    [[], {}],
    [[1], { user: { username: 'eve' } }],
    [[11], { stage: 'ResponseStarted', verb: 'get', objectRef: { resource: 'pods', subresource: 'exec' } }],
    [[42], { verb: 'get', objectRef: { resource: 'secrets' }, responseStatus: { code: 200 } }],
    [[43], { verb: 'get', objectRef: { resource: 'secrets' }, responseStatus: { code: 403 } }],
    [
      [3, 5],
      {
        verb: 'create',
        objectRef: { resource: 'pods' },
        requestObject: {
          spec: { hostNetwork: true, containers: [{ image: 'x', securityContext: { privileged: true } }] },
        },
      },
    ],
  ])('finds %j', (numbers, event) => {
    expect(found(event)).toEqual(numbers);
  });

  it('cut images as the engine does', () => {
    expect(['a:1', 'r:5000/a', 'r:5000/a:1@sha256:0', 'a@sha256:0'].map(repositoryOf)).toEqual([
      'a',
      'r:5000/a',
      'r:5000/a',
      'a',
    ]);
  });
});

describe('the comparison with recorded ratios', () => {
  const row = (what: string, ratio: number, lowerIsBetter = false): Row => ({
    case: 'c',
    subject: 's',
    what,
    ratio,
    ...(lowerIsBetter ? { lowerIsBetter } : {}),
  });

  it('names what is better or worse by a tenth', () => {
    const text = compareWith(
      [row('same', 2), row('slower', 4), row('more (1 %)', 2, true), row('gone', 1)],
      [row('same', 2.1), row('slower', 3), row('more (2 %)', 1, true), row('new', 1)],
    );
    expect(text.split('\n')).toEqual([
      '3 ratios compared with the recorded ones, 2 differ by 10 % or more',
      '  50 % better    c, s, more: 2 -> 1',
      '  25 % WORSE     c, s, slower: 4 -> 3',
    ]);
  });
});
