// The index in the engine against the reference evaluator: many rules over few values, so that every kind of row is there (texts, lists,
// bodies, patterns), and events whose values are often those that rules ask for.

import { describe, expect, it } from 'vitest';
import { Random } from '../../bench/corpus/random.ts';
import { checkRuleFiles, compile } from '../../src/compile.ts';
import { decodeProgram } from '../../src/program/decode.ts';
import { createEngine } from '../../src/runtime/index.ts';
import { referenceRun } from '../reference/run.ts';

const VERBS = ['get', 'create', 'update', 'delete'];
const NAMES = ['system:node:n-1', 'system:admin', 'dev-anna', 'dev-bert', 'ops-carl', 'x'];
/** around the 288 bytes of JSON text that a row remembers; alike at both ends, so that they share an entry */
const LONG_NAMES = ['node', 'anna', 'admin', 'carl', 'xxxx'].flatMap((middle) =>
  [16, 240, 244, 245, 246, 247, 300].map((tail) => `dev-${'x'.repeat(32)}${middle}${'x'.repeat(tail)}`),
);
/** seconds; one event each */
const FIRST_TIME = Date.UTC(2026, 0, 1) / 1000;
const GROUPS = ['masters', 'devs', 'ops', 'guests'];
const IMAGES = ['nginx:1', 'redis:7', 'evil/miner:2', 'busybox'];

const ATOMS: readonly ((random: Random) => string)[] = [
  (random) => `ka.verb = ${random.pick(VERBS)}`,
  (random) => `ka.verb in (${random.sample(VERBS, 2).join(', ')})`,
  (random) => `ka.verb != ${random.pick(VERBS)}`,
  (random) => `ka.user.name = "${random.pick(NAMES)}"`,
  (random) => `ka.user.name startswith "${random.pick(['system:', 'system:node:', 'dev-', 'ops-'])}"`,
  (random) => `ka.user.name endswith "${random.pick(['anna', 'bert', '-carl', 'admin'])}"`,
  (random) => `ka.user.name icontains "${random.pick(['NODE', 'Anna', 'ADMIN', 'CARL'])}"`,
  (random) => `ka.user.name glob "${random.pick(['dev-*', '*:adm?n', 'ops-[a-d]arl', 'system:*'])}"`,
  (random) =>
    `ka.user.name regex "${random.pick(['(dev|ops)-.*', 'system:[a-z]+', '.*-anna', 'system:(node:)?n-[0-9]'])}"`,
  () => 'ka.user.name exists',
  (random) => `concat(ka.verb, ka.user.name) startswith "${random.pick(['getdev', 'create', 'updateops'])}"`,
  (random) => `ka.user.name contains "${random.pick(['-', ':n', 'xx'])}"`,
  (random) => `tolower(ka.user.name) = "${random.pick(['dev-anna', 'x', 'system:admin'])}"`,
  (random) => `len(ka.user.name) ${random.pick(['<', '>=', '='])} ${random.pick([8, 12, 280, 290])}`,
  (random) => `ka.target.name startswith "${random.pick(['web-', 'web-1', 'job-7'])}"`,
  (random) => `ka.target.name endswith "${random.pick(['-end', '7-end'])}"`,
  (random) => `ka.target.name in (web-1-end, ${random.pick(['job-3-end', 'web-2-end'])})`,
  (random) => `evt.rawtime ${random.pick(['<', '>=', '!='])} ${FIRST_TIME + random.below(150)}000000000`,
  () => 'jevt.rawtime = 0',
  (random) => `evt.rawtime.s in (${FIRST_TIME + random.below(150)}, ${FIRST_TIME + random.below(150)})`,
  (random) => `ka.user.groups intersects (${random.sample(GROUPS, 2).join(', ')})`,
  (random) => `ka.user.groups in (${random.sample(GROUPS, 3).join(', ')})`,
  (random) => `ka.req.pod.containers.image intersects (${random.sample(IMAGES, 2).join(', ')})`,
  (random) => `ka.req.pod.containers.image in (${random.sample(IMAGES, 3).join(', ')})`,
  () => 'ka.req.pod.containers.image exists',
  (random) => `jevt.value[/requestObject/kind] = ${random.pick(['Pod', 'Job'])}`,
  (random) => `jevt.value[/requestObject/note] contains "${random.pick(['alpha', 'beta', 'gamma', 'pha-b'])}"`,
];

function condition(random: Random, depth: number): string {
  if (depth === 0 || random.chance(0.3)) return `${random.chance(0.2) ? 'not ' : ''}${random.pick(ATOMS)(random)}`;
  const parts = Array.from({ length: 2 + random.below(2) }, () => condition(random, depth - 1));
  const joined = `(${parts.join(random.chance(0.75) ? ' and ' : ' or ')})`;
  return random.chance(0.1) ? `not ${joined}` : joined;
}

function rules(count: number, random: Random): string {
  return Array.from(
    { length: count },
    (_, i) => `- rule: R${i}
  desc: made from a seed
  condition: ${JSON.stringify(condition(random, 2))}
  output: "%evt.num"
  priority: NOTICE
  source: k8s_audit
`,
  ).join('');
}

function event(random: Random, number: number): string {
  const some = <T>(make: () => T): T | undefined => (random.chance(0.8) ? make() : undefined);
  const images = (): readonly object[] => random.sample(IMAGES, random.below(3)).map((image) => ({ image }));
  const text = JSON.stringify({
    kind: 'Event',
    auditID: `a-${number}`,
    stageTimestamp: new Date((FIRST_TIME + number) * 1000).toISOString(),
    objectRef: some(() => ({ name: some(() => `${random.pick(['web', 'job'])}-${random.below(10)}-end`) })),
    verb: some(() => random.pick([...VERBS, 'watch'])),
    user: {
      username: some(() => random.pick([...NAMES, ...NAMES, 'Dev-Anna', 'somebody-else', random.pick(LONG_NAMES)])),
      groups: some(() => random.sample([...GROUPS, 'others'], random.below(3))),
    },
    requestObject: some(() => ({
      kind: random.pick(['Pod', 'Job', 'Role']),
      note: some(() => random.pick(['alpha-beta', 'only gamma', 'alp', ''])),
      spec: some(() => ({ containers: images() })),
    })),
  });
  // another JSON text of the same value
  return random.chance(0.1) ? text.replace('"dev-', '"d\\u0065v-').replace('"create"', '"\\u0063reate"') : text;
}

describe.each([
  [30, 1],
  [64, 2],
  [100, 6],
  [128, 5],
  [200, 3],
  [500, 4],
])('%i rules over an index', (count, seed) => {
  const random = new Random(seed);
  const files = [{ name: 'rules.yaml', text: rules(count, random) }];
  const events = Array.from({ length: 150 }, (_, i) => event(random, i));
  const input = new TextEncoder().encode(`${events.join('\n')}\n`);
  const program = compile(files).program!;

  it('has rows of every kind', () => {
    const { index, alternatives } = decodeProgram(program);
    expect(index.some(({ isLazy }) => !isLazy)).toBe(true);
    expect(index.some(({ always }) => always > 0)).toBe(true);
    expect(index.some(({ ranges }) => ranges.length > 0)).toBe(true);
    // they have the bits behind those of the rules
    expect(alternatives.length > 0).toBe(count !== 64 && count < 200);
    if (count < 200) return;
    expect(index.some(({ isLazy }) => isLazy)).toBe(true);
    expect(index.some(({ triggers }) => triggers.length > 0)).toBe(true);
  });

  it.each(['all', 'first'] as const)('matches what the reference does, %s', async (match) => {
    const { resolved } = checkRuleFiles(files, {});
    const numbered = (alerts: readonly { readonly line: number; readonly rule: string }[]): string[] =>
      alerts.map(({ line, rule }) => `${line} ${rule}`);
    const expected = events.flatMap((text, i) =>
      referenceRun(resolved, new TextEncoder().encode(text), { match }).alerts.map(({ rule }) => `${i + 1} ${rule}`),
    );
    expect(expected.length).toBeGreaterThan(events.length / 2);
    for (const simd of ['on', 'off'] as const) {
      const engine = await createEngine(program, { match, simd });
      expect(numbered(engine.evaluate(input).alerts)).toEqual(expected);
      // once more, with what the rows remember of the first time
      expect(numbered(engine.evaluate(input).alerts)).toEqual(expected);
    }
  });
});
