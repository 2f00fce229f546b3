// What `falconet bench` found, as text with bars for a terminal, and as SVG. The JSON form is the report itself.

import type { Throughput } from './bench-measure.ts';
import type { RuleAccess } from './rule-access.ts';
import { countOf } from './statistics.ts';
import { barChart } from './svg-bars.ts';
import { textTable } from './table.ts';

export interface RuleReport extends RuleAccess {
  readonly candidates: number;
  readonly matches: number;
  /** per event, what the rule adds to reading when it is the only one; absent where it was not timed */
  readonly aloneNanoseconds?: number;
  /** per event, what is saved when it is the only one that is disabled */
  readonly savedNanoseconds?: number;
}

export interface BenchReport {
  readonly rules: readonly RuleReport[];
  readonly events: number;
  /** payloads and events that were not evaluated, by reason; what reading them took counts */
  readonly rejected: Readonly<Record<string, number>>;
  readonly bytes: number;
  readonly variant: string;
  readonly trusted: boolean;
  readonly runs: number;
  readonly falconet: Throughput;
  /** reading and checking alone, with the fields of all rules */
  readonly withoutRules: Throughput;
  readonly jsonParse: Throughput;
  /** times the speed of JSON.parse alone */
  readonly ratio: number;
  readonly candidatesPerEvent: number;
  readonly indexedValues: readonly string[];
  /** per event, by how much two measurements of the same thing differed */
  readonly noiseNanoseconds: number;
}

const BAR_WIDTH = 24;
const BLOCKS: readonly string[] = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

export function textReport(report: BenchReport): string {
  const { events, rejected, bytes, rules, variant, trusted, runs } = report;
  const size = `${countOf(rules.length, 'rule')}, ${countOf(events, 'event')}${rejectedText(rejected)}, ${(bytes / 1e6).toFixed(1)} MB`;
  const head = `${size}; ${variant} build, ${trusted ? 'trusted' : 'validated'}, medians of ${countOf(runs, 'run')}`;
  return [head, throughputText(report), indexText(report), rulesText(report), alwaysText(rules)]
    .filter((text) => text !== '')
    .join('\n\n')
    .concat('\n');
}

/** In brackets, with a blank before them; nothing when all was evaluated. */
export function rejectedText(rejected: Readonly<Record<string, number>>): string {
  const reasons = Object.entries(rejected).map(([reason, count]) => `${reason} ${count}`);
  return reasons.length === 0 ? '' : ` (rejected: ${reasons.join(', ')})`;
}

function throughputText(report: BenchReport): string {
  const { falconet, withoutRules, jsonParse, ratio, events } = report;
  const rows: readonly (readonly [string, Throughput])[] = [
    ['falconet', falconet],
    ['without rules', withoutRules],
    ['JSON.parse', jsonParse],
  ];
  const fastest = Math.max(...rows.map(([, { megabytesPerSecond }]) => megabytesPerSecond));
  const lines = rows.map(
    ([name, { eventsPerSecond, megabytesPerSecond }]) =>
      `${name.padEnd(14)}${`${Math.round(eventsPerSecond)} events/s`.padStart(18)}${`${Math.round(megabytesPerSecond)} MB/s`.padStart(12)}  ${bar(megabytesPerSecond / fastest)}`,
  );
  const perEvent = (seconds: number): string => `${((seconds / events) * 1e6).toFixed(2)} µs`;
  return [
    ...lines,
    `${ratio.toFixed(2)} times the speed of JSON.parse alone; an event takes ${perEvent(falconet.seconds)}, of which rules ${perEvent(falconet.seconds - withoutRules.seconds)}`,
  ].join('\n');
}

function indexText({ candidatesPerEvent, indexedValues, rules }: BenchReport): string {
  const values = indexedValues.length === 0 ? 'nothing' : indexedValues.join(', ');
  return `Of ${rules.length} rules the index leaves ${candidatesPerEvent.toFixed(2)} per event to be evaluated. It looks at ${values}.`;
}

function rulesText({ rules, events, noiseNanoseconds }: BenchReport): string {
  const shown = [...rules].sort(
    (a, b) => (b.aloneNanoseconds ?? -1) - (a.aloneNanoseconds ?? -1) || b.candidates - a.candidates,
  );
  const most = Math.max(...shown.map((rule) => rule.aloneNanoseconds ?? 0));
  const percent = (count: number): string => `${((100 * count) / events).toFixed(count === 0 ? 0 : 2)} %`;
  const isNoise = (value: number): boolean => value <= noiseNanoseconds;
  const cost = (value: number | undefined): string => {
    if (value === undefined) return '';
    return isNoise(value) ? '~0' : value.toFixed(1);
  };
  const table = textTable(
    ['RULE', 'ALONE', '', 'SAVED', 'EVALUATED', 'MATCHES', 'PREDICATES', 'INDEXED BY'],
    shown.map((rule) => [
      oneLine(rule.rule),
      cost(rule.aloneNanoseconds),
      isNoise(rule.aloneNanoseconds ?? 0) ? '' : bar(rule.aloneNanoseconds! / most, 10),
      cost(rule.savedNanoseconds),
      percent(rule.candidates),
      `${rule.matches}`,
      `${rule.predicates}`,
      oneLine(rule.index.join(' and ') || (rule.always === undefined ? '' : '-')),
    ]),
  );
  const note = [
    'ALONE: nanoseconds per event that a rule adds when it is the only one; what rules share, the index above all, counts with each.',
    `SAVED: what disabling it would save. EVALUATED: events that the index leaves to it. Noise: ${noiseNanoseconds} ns.`,
  ].join('\n');
  return `${table}\n${note}`;
}

function alwaysText(rules: readonly RuleReport[]): string {
  const unindexed = rules.filter((rule) => rule.always !== undefined);
  if (unindexed.length === 0) return 'Every rule is indexed.';
  return ['Not indexed:', ...unindexed.map(({ rule, always }) => `  ${oneLine(rule)}: ${oneLine(always!)}`)].join('\n');
}

/** A bar of eighths of a character. */
function bar(share: number, width: number = BAR_WIDTH): string {
  const eighths = Math.round(Math.min(1, share) * width * 8);
  return '█'.repeat(eighths >> 3) + BLOCKS[eighths & 7]!;
}

/** One line, and nothing in it that a terminal obeys. */
function oneLine(text: string): string {
  return text.replace(/[\s\x00-\x1f\x7f-\x9f]+/g, ' ').trim();
}

/** The most expensive rules; more would not be read. */
const SVG_RULES = 40;

export function svgReport(report: BenchReport): string {
  const { falconet, withoutRules, jsonParse, rules, ratio } = report;
  const rate = (label: string, { megabytesPerSecond, eventsPerSecond }: Throughput) => ({
    label,
    value: megabytesPerSecond,
    text: `${Math.round(megabytesPerSecond)} MB/s, ${Math.round(eventsPerSecond / 1000)} k events/s`,
  });
  const timed = rules.flatMap((rule) => {
    const value = rule.aloneNanoseconds;
    return value === undefined ? [] : [{ label: rule.rule, value, text: `${value} ns` }];
  });
  return barChart(`${rules.length} rules: ${ratio.toFixed(2)} times the speed of JSON.parse`, [
    {
      title: 'Throughput',
      bars: [rate('falconet', falconet), rate('without rules', withoutRules), rate('JSON.parse', jsonParse)],
    },
    {
      title: 'Cost of a rule alone, per event',
      bars: timed.sort((a, b) => b.value - a.value).slice(0, SVG_RULES),
    },
  ]);
}
