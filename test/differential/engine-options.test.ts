// What a configuration does to a set of rules: matching mode, least priority, selection by name, wildcard and tag, appended output
// and the switches of the encodings, at random. All engines must report the same alerts in the same order, and the statistics
// must count them. FALCONET_SEED repeats a run, FALCONET_CONFIGURATIONS sets how many are tried.

import { expect, test } from 'vitest';
import type { AppendOutput } from '../../src/check/output.ts';
import { PRIORITY_NAMES, type PriorityName, priorityOf } from '../../src/isa/priorities.ts';
import type { RuleSelection } from '../../src/runtime/selection.ts';
import type { Alert, RunOptions } from '../conformance/adapter.ts';
import { ENGINES } from '../conformance/engines.ts';
import { ruleFile } from '../conformance/rule-text.ts';
import { Random } from './random.ts';

const seed = Number(process.env.FALCONET_SEED ?? Date.now() % 2 ** 31);
const CONFIGURATIONS = Number(process.env.FALCONET_CONFIGURATIONS ?? 300);
const MS_PER_CONFIGURATION = 200;

const NAMES = ['a', 'ab', 'foo', 'foofoo', 'bar foo', 'A', 'Pod, created', 'x.y'];
const PATTERNS = ['*', 'a*', '*o', '*foo', 'foo*', 'f*o', '*o*', '**', 'b* *o', 'nosuch', ' a'];
const TAGS = ['x', 'y', 'z'];
const CONDITIONS = ['evt.num > 0', 'evt.num > 1', 'ka.verb = get', 'not ka.verb exists', 'evt.num in (1, 3)'];
const OUTPUTS = ['o', 'o %ka.verb', '%evt.num. %ka.user.groups', 'o %toupper(ka.verb)|%5ka.verb|'];
const EXTRA_FIELDS = ['ka.verb', 'ka.user.groups', 'evt.num', 'ka.uri.param[a]', 'len(ka.user.groups)', 'evt.time'];
const FORMATS = ['%ka.verb', '[%ka.user.groups] %evt.num', 'no field', '%evt.hostname'];
const PRIORITIES = PRIORITY_NAMES as readonly PriorityName[];

const EVENTS = ['"verb":"get","user":{"groups":["g",""]},', '', '"verb":null,'].map(
  (members) => `{${members}"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09.1Z"}`,
);

interface Rule {
  readonly name: string;
  readonly priority: PriorityName;
}

function randomRules(random: Random): readonly (Rule & { readonly text: string })[] {
  const names = NAMES.filter(() => random.chance(0.6));
  return names.map((name) => {
    const tags = TAGS.filter(() => random.chance(0.4));
    const priority = random.pick(PRIORITIES);
    const extra = [`tags: [${tags.join(', ')}]`, ...(random.chance(0.2) ? ['enabled: false'] : [])].join('\n');
    const parts = { condition: random.pick(CONDITIONS), output: random.pick(OUTPUTS), priority, extra };
    return { name, priority, text: ruleFile({ name: JSON.stringify(name), ...parts }).text };
  });
}

function randomSelection(random: Random): RuleSelection {
  const choice = {
    ...(random.chance(0.7) && { rule: random.pick(random.chance(0.6) ? PATTERNS : NAMES) }),
    ...(random.chance(0.3) && { tag: random.pick([...TAGS, 'nosuch', 'x*']) }),
  };
  const named = 'rule' in choice || 'tag' in choice ? choice : { tag: 'x' };
  return random.chance(0.5) ? { enable: named } : { disable: named };
}

function randomAppended(random: Random): AppendOutput {
  const extra = (): string | Record<string, string> =>
    random.chance(0.6)
      ? random.pick(EXTRA_FIELDS)
      : { [random.pick(['n', 'ka.verb', 'é', 'evt.time'])]: random.pick(FORMATS) };
  return {
    ...(random.chance(0.7) && {
      match: {
        ...(random.chance(0.2) && { source: random.pick(['k8s_audit', 'syscall']) }),
        ...(random.chance(0.4) && { tags: TAGS.filter(() => random.chance(0.4)) }),
        ...(random.chance(0.3) && { rule: random.pick([...NAMES, 'a*']) }),
      },
    }),
    ...(random.chance(0.5) && { extra_output: random.pick([...OUTPUTS, '']) }),
    ...(random.chance(0.6) && { extra_fields: random.several(random.int(3), extra) }),
  };
}

function randomOptions(random: Random): RunOptions {
  const switches = ['message', 'output', 'output_fields', 'tags'].map((key) => `json_include_${key}_property`);
  return {
    semantics: random.pick(['falco', 'fixed']),
    framing: 'lines',
    match: random.pick(['first', 'all']),
    hostname: 'h',
    ...Object.fromEntries(
      [...switches, 'time_format_iso_8601'].flatMap((key) => (random.chance(0.3) ? [[key, random.chance(0.5)]] : [])),
    ),
    ...(random.chance(0.3) && { minPriority: random.pick(PRIORITIES) }),
    ...(random.chance(0.7) && { selection: random.several(random.int(5), () => randomSelection(random)) }),
    ...(random.chance(0.6) && { appendOutput: random.several(random.int(3), () => randomAppended(random)) }),
  };
}

/** Falco's block at the end of a run. */
function statisticsOf(alerts: readonly Alert[], rules: readonly Rule[]): string {
  const count = (rule: string) => alerts.filter((alert) => alert.rule === rule).length;
  const severities = PRIORITIES.map((priority) => {
    const mine = rules.filter((rule) => rule.priority === priority);
    return [
      priority === 'Informational' ? 'INFO' : priority.toUpperCase(),
      mine.reduce((sum, { name }) => sum + count(name), 0),
    ];
  });
  const lines = (counts: readonly (readonly [unknown, unknown])[]) =>
    counts
      .filter(([, n]) => n !== 0)
      .map(([name, n]) => `   ${name}: ${n}\n`)
      .join('');
  return [
    `Events detected: ${alerts.length}\nRule counts by severity:\n`,
    lines(severities as [string, number][]),
    'Triggered rules by rule name:\n',
    lines(rules.map(({ name }) => [name, count(name)])),
  ].join('');
}

test(
  `configurations mean the same to all engines (seed ${seed})`,
  async () => {
    const random = new Random(seed);
    for (let round = 0; round < CONFIGURATIONS; round++) {
      const rules = randomRules(random);
      const options = randomOptions(random);
      const file = { name: 'rules.yaml', text: rules.map(({ text }) => text).join('') };
      const input = Buffer.from(EVENTS.join('\n'));
      const outcomes = await Promise.all(ENGINES.map((engine) => engine.run([file], input, options)));
      const said = outcomes.map(({ errors, alerts }, at) => ({ engine: ENGINES[at]!.name, error: errors[0], alerts }));
      for (const { engine, ...answer } of said) {
        const { engine: _, ...reference } = said.at(-1)!;
        expect({ round, options, file, engine, ...answer }).toEqual({ round, options, file, engine, ...reference });
      }
      for (const { errors, alerts, statistics } of outcomes) {
        if (errors.length === 0 && statistics !== undefined) expect(statistics).toBe(statisticsOf(alerts, rules));
      }
      const least = priorityOf(options.minPriority ?? 'Debug')!;
      const severe = rules.filter(({ priority }) => priorityOf(priority)! <= least).map(({ name }) => name);
      for (const alert of outcomes[0]!.alerts) expect(severe).toContain(alert.rule);
    }
  },
  60_000 + CONFIGURATIONS * MS_PER_CONFIGURATION,
);
