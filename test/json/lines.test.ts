// What a line leads to does not depend on the lines around it: not on damage in one of them, not on what the engine remembers of
// keys, texts and lengths. Every line is read alone by a new engine's twin and in a crowd.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compile, createEngine, type Evaluation } from '../../src/index.ts';
import { Random } from './random.ts';

const CONDITIONS = [
  'ka.verb in (create, update, patch)',
  'ka.user.name startswith "system:"',
  'ka.target.subresource = status and ka.stage = ResponseComplete',
  'ka.req.pod.containers.image exists',
  'jevt.value[/requestObject/metadata/name] exists',
  'jevt.value[/responseObject/metadata/managedFields] contains "f:"',
];
const RULES = CONDITIONS.map(
  (condition, i) => `
- rule: R${i}
  desc: one of several
  condition: ${condition}
  output: "%ka.target.name %ka.user.groups %jevt.value[/requestObject/kind] %jevt.value[/annotations]"
  priority: INFO
  source: k8s_audit
`,
).join('');

const LINES = 120;
const DAMAGE = ['"', '\\', '{', '}', '[', ']', ',', ':', '\0', ' ', '\t', 'x', '0', '\u00ff'];

const samples = new URL('../../rules/samples/', import.meta.url);
const events = readdirSync(samples)
  .flatMap((name) => readFileSync(new URL(name, samples), 'latin1').split('\n'))
  .filter((line) => line.startsWith('{'));

/** A recorded event with its members in another order, white space between tokens, or bytes that are wrong. */
function line(random: Random): string {
  let text = random.pick(events);
  if (random.below(3) === 0) {
    const members = Object.entries(JSON.parse(text) as object);
    const from = random.below(members.length);
    text = JSON.stringify(Object.fromEntries([...members.slice(from), ...members.slice(0, from)]));
  }
  if (random.below(4) === 0) text = text.replace(/":/g, random.pick(['": ', '" :', '":\t']));
  if (random.below(8) === 0) text = text.replace('"verb"', '"v\\u0065rb"');
  for (let n = random.below(4) === 0 ? 1 + random.below(3) : 0; n > 0; n--) {
    const at = random.below(text.length);
    text = text.slice(0, at) + random.pick(DAMAGE) + text.slice(at + random.below(2));
    if (random.below(8) === 0) text = text.slice(0, random.below(text.length) + 1);
  }
  return text;
}

/** What was said of each line; places count from its start. */
function verdicts({ alerts, rejections }: Evaluation, starts: readonly number[]): readonly string[] {
  const said: string[] = starts.map(() => '');
  for (const alert of alerts) said[alert.line - 1] += `${alert.rule} ${alert.output}\n`;
  for (const { line, reason, offset, at } of rejections) {
    const start = starts[line - 1]!;
    said[line - 1] += `${reason} ${offset - start} ${at - start}\n`;
  }
  return said;
}

describe.each(['fixed', 'falco'] as const)('%s', (semantics) => {
  const { program, diagnostics } = compile([{ name: 'rules.yaml', text: RULES }], { semantics });
  expect(diagnostics.filter(({ level }) => level === 'error')).toEqual([]);

  it.each([
    ['on', false],
    ['on', true],
    ['off', false],
    ['off', true],
  ] as const)('simd %s, trusted %s', async (simd, trusted) => {
    const seed = Number(process.env.FALCONET_SEED ?? 20260102);
    const random = new Random(seed);
    const lines = Array.from({ length: LINES }, () => Buffer.from(line(random), 'latin1'));
    const starts = lines.map((_, i) => lines.slice(0, i).reduce((n, { length }) => n + length + 1, 0));
    const crowd = Buffer.concat(lines.flatMap((bytes) => [bytes, Buffer.from('\n')]));
    const options = { simd, trusted, match: 'all' } as const;
    const together = verdicts((await createEngine(program!, options)).evaluate(crowd), starts);
    for (const [i, bytes] of lines.entries()) {
      const alone = (await createEngine(program!, options)).evaluate(bytes);
      expect(together[i], `seed ${seed}: ${JSON.stringify(bytes.toString('latin1'))}`).toBe(verdicts(alone, [0])[0]);
    }
    expect(together.filter((said) => said.includes('R0')).length).toBeGreaterThan(LINES / 20);
    expect(together.filter((said) => said.includes('invalid_json')).length).toBeGreaterThan(trusted ? 0 : LINES / 20);
  });
});
