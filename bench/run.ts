// `npm run bench [-- OPTIONS] [PART...]`: the suite, or parts of it. Writes bench/results/latest.json and its charts.
//   --quick   shorter, for a look or for continuous integration
//   --check   compares the ratios with bench/results/reference.json and prints what differs; never fails
//   --save    writes reference.json and the charts beside it instead; of named parts alone
// Ratios are what counts; times depend on the machine and its load, which are recorded.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alerts } from './cases/alerts.ts';
import { peers } from './cases/peers.ts';
import { pool } from './cases/pool.ts';
import { scaling } from './cases/scaling.ts';
import { speed } from './cases/speed.ts';
import { startup } from './cases/startup.ts';
import { figureText, writeCharts } from './charts.ts';
import { type Effort, FULL, machine, QUICK, type Row } from './harness.ts';
import { compareWith } from './regression.ts';

const RESULTS = join(import.meta.dirname, 'results');

const PARTS: Readonly<Record<string, (effort: Effort) => Promise<Row[]>>> = {
  speed,
  alerts,
  scaling,
  workers: pool,
  startup,
  peers,
};

const options = process.argv.slice(2);
const wanted = options.filter((option) => !option.startsWith('--'));
const unknown = wanted.find((part) => !(part in PARTS));
if (unknown !== undefined) {
  process.stderr.write(`no part ${unknown}; there are ${Object.keys(PARTS).join(', ')}\n`);
  process.exit(2);
}

const rows: Row[] = [];
for (const part of wanted.length > 0 ? wanted : Object.keys(PARTS)) {
  const measured = await PARTS[part]!(options.includes('--quick') ? QUICK : FULL);
  printRows(measured);
  rows.push(...measured);
}
save(options.includes('--save') ? 'reference' : 'latest');
if (options.includes('--check')) printComparison();

function printRows(measured: readonly Row[]): void {
  let subject = '';
  for (const row of measured) {
    const heading = `${row.case}, ${row.subject}`;
    if (heading !== subject) console.log(`\n${heading}`);
    subject = heading;
    const spread = row.spread === undefined ? '' : `${row.spread[0]}-${row.spread[1]}`;
    const target = row.target === undefined ? '' : `target ${row.target}${isMet(row) ? '' : ': MISSED'}`;
    console.log(`  ${row.what.padEnd(44)}${figureText(row).padStart(26)}${spread.padStart(16)}  ${target}`.trimEnd());
  }
}

function isMet({ ratio, value, target, lowerIsBetter }: Row): boolean {
  const figure = (ratio ?? value)!;
  return lowerIsBetter ? figure <= target! : figure >= target!;
}

function save(name: string): void {
  mkdirSync(RESULTS, { recursive: true });
  const all = name === 'reference' && wanted.length > 0 ? replacedIn(readRows(name)) : rows;
  writeFileSync(fileOf(name), `${JSON.stringify({ machine: machine(), rows: all }, null, 2)}\n`);
  writeCharts(name === 'reference' ? RESULTS : join(RESULTS, name), all);
}

function fileOf(name: string): string {
  return join(RESULTS, `${name}.json`);
}

function readRows(name: string): readonly Row[] {
  return existsSync(fileOf(name)) ? JSON.parse(readFileSync(fileOf(name), 'utf8')).rows : [];
}

/** The rows of a whole run with what was measured in place of the same cases. */
function replacedIn(before: readonly Row[]): readonly Row[] {
  const cases = new Set(rows.map((row) => row.case));
  const at = before.findIndex((row) => cases.has(row.case));
  const place = at < 0 ? before.length : at;
  const others = (some: readonly Row[]): readonly Row[] => some.filter((row) => !cases.has(row.case));
  return [...others(before.slice(0, place)), ...rows, ...others(before.slice(place))];
}

function printComparison(): void {
  const reference = readRows('reference');
  if (reference.length === 0) console.log('\nno bench/results/reference.json to compare with');
  else console.log(`\n${compareWith(reference, rows)}`);
}
