// Makes a failing pair small: while the engines still disagree, parts of the condition, of the output and of the event are
// taken away.

import type { Condition } from '../../src/syntax/ast.ts';
import { parseCondition } from '../../src/syntax/parser.ts';
import { compact, type JsonValue, parseJson, type Semantics } from '../reference/json-text.ts';
import type { RandomCondition, RandomRule } from './random-rule.ts';

export interface Pair {
  readonly rule: RandomRule;
  readonly payload: string;
}

const MAX_ATTEMPTS = 3000;

export async function shrink(
  pair: Pair,
  stillFails: (pair: Pair) => Promise<boolean>,
  dialect: Semantics,
): Promise<Pair> {
  let smallest = pair;
  let attempts = 0;
  for (let isSmaller = true; isSmaller && attempts < MAX_ATTEMPTS; ) {
    isSmaller = false;
    for (const candidate of candidates(smallest, dialect)) {
      if (++attempts > MAX_ATTEMPTS) break;
      if (!(await stillFails(candidate))) continue;
      smallest = candidate;
      isSmaller = true;
      break;
    }
  }
  return smallest;
}

function* candidates({ rule, payload }: Pair, dialect: Semantics): Generator<Pair> {
  for (const condition of smallerConditions(rule.condition)) yield { rule: { ...rule, condition }, payload };
  for (const [at] of rule.output.entries()) yield { rule: { ...rule, output: rule.output.toSpliced(at, 1) }, payload };
  const parsed = parseJson(payload, dialect);
  if (!('value' in parsed)) return;
  for (const value of smallerValues(parsed.value)) yield { rule, payload: compact(value) };
}

const ALWAYS = { kind: 'check', text: 'evt.num > 0' } as const;

function* smallerConditions(condition: RandomCondition): Generator<RandomCondition> {
  if (condition.kind === 'check') {
    if (condition.text !== ALWAYS.text) yield ALWAYS;
    const tree = treeOf(condition.text);
    if (tree.kind !== 'check') yield tree;
    return;
  }
  const children = condition.kind === 'not' ? [condition.child] : condition.children;
  yield* children;
  if (condition.kind === 'not') {
    for (const child of smallerConditions(condition.child)) yield { kind: 'not', child };
    return;
  }
  for (const [at, child] of children.entries()) {
    if (children.length > 2) yield { ...condition, children: children.toSpliced(at, 1) };
    for (const smaller of smallerConditions(child)) yield { ...condition, children: children.with(at, smaller) };
  }
}

/** A check may be a whole condition as somebody wrote it. */
function treeOf(text: string): RandomCondition {
  const parsed = parseCondition(text);
  return parsed.ok ? branch(parsed.condition, text) : { kind: 'check', text };
}

function branch(condition: Condition, text: string): RandomCondition {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return { kind: condition.kind, children: condition.children.map((child) => branch(child, text)) };
    case 'not':
      return { kind: 'not', child: branch(condition.child, text) };
    default:
      return { kind: 'check', text: text.slice(condition.start, condition.end) };
  }
}

function* smallerValues(value: JsonValue): Generator<JsonValue> {
  if (value.kind === 'object') {
    for (const at of value.members.keys()) yield { kind: 'object', members: value.members.toSpliced(at, 1) };
    for (const [at, { rawKey, value: inner }] of value.members.entries()) {
      for (const smaller of smallerValues(inner)) {
        yield { kind: 'object', members: value.members.with(at, { rawKey, value: smaller }) };
      }
    }
  } else if (value.kind === 'array') {
    for (const at of value.items.keys()) yield { kind: 'array', items: value.items.toSpliced(at, 1) };
    for (const [at, inner] of value.items.entries()) {
      for (const smaller of smallerValues(inner)) yield { kind: 'array', items: value.items.with(at, smaller) };
    }
  }
}
