// One round: rules and payloads on every engine, all pairs of them. What the engines disagree about is shrunk and told.

import { expect } from 'vitest';
import { ENGINES } from '../conformance/engines.ts';
import { loadFiles } from '../conformance/front-end.ts';
import { toText } from '../reference/bytes.ts';
import { type Disagreement, findDisagreement, type Reading, rulesText } from './agreement.ts';
import { printCondition, type RandomRule } from './random-rule.ts';
import { type Pair, shrink } from './shrink.ts';

/** Fails with the smallest pair found, told under the title; otherwise how many pairs there were. */
export async function tryAll(
  rules: readonly RandomRule[],
  payloads: readonly string[],
  reading: Reading,
  title: string,
): Promise<number> {
  const found = await findDisagreement(ENGINES, rules, payloads, reading);
  if (found !== undefined) expect.fail(await smallestOf(found, rules, reading, title));
  return rules.length * payloads.length;
}

/** Rules that compile; the others are the compiler's matter. */
export function compiling(rules: readonly RandomRule[], { catalogue }: Reading): readonly RandomRule[] {
  const isGood = (some: readonly RandomRule[]) =>
    loadFiles([rulesText(some)], catalogue === undefined ? {} : { catalogue }).every(
      ({ error }) => error === undefined,
    );
  return isGood(rules) ? rules : rules.filter((rule) => isGood([rule]));
}

async function smallestOf(
  found: Disagreement,
  rules: readonly RandomRule[],
  reading: Reading,
  title: string,
): Promise<string> {
  const fails = async ({ rule, payload }: Pair) =>
    (await findDisagreement(ENGINES, [rule], [payload], reading)) !== undefined;
  const suspects = [...(found.rule === undefined ? [] : [rules[found.rule]!]), ...rules];
  let pair: Pair = { rule: suspects[0]!, payload: found.payload };
  let failsAlone = false;
  for (const rule of suspects) {
    const alone = { rule, payload: found.payload };
    failsAlone = await fails(alone);
    if (failsAlone) pair = alone;
    if (failsAlone) break;
  }
  const small = failsAlone ? await shrink(pair, fails, reading.semantics) : pair;
  const again = failsAlone ? await findDisagreement(ENGINES, [small.rule], [small.payload], reading) : found;
  return [
    `${title}, ${reading.semantics}, ${reading.framing}`,
    `condition: ${printCondition(small.rule.condition)}`,
    `output:    ${small.rule.output.join(' | ')}`,
    `event:     ${visible(small.payload)}`,
    ...(again?.said ?? []).map((line) => `  ${line}`),
  ].join('\n');
}

/** Control characters as escapes, so that a terminal and a log show them. */
function visible(payload: string): string {
  return toText(payload).replace(/[\x00-\x1f]/g, (c) => `<${c.charCodeAt(0).toString(16).padStart(2, '0')}>`);
}
