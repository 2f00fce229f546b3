// Charts of a run: one SVG per part of the suite, bars per log or rule set.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BarGroup, barChart } from '../src/cli/svg-bars.ts';
import type { Row } from './harness.ts';

/** Writes `<part>.svg` for each part; returns the names of the files. */
export function writeCharts(directory: string, rows: readonly Row[]): readonly string[] {
  mkdirSync(directory, { recursive: true });
  const parts = [...new Set(rows.map((row) => row.case))];
  return parts.map((part) => {
    const file = `${part.replaceAll(' ', '-')}.svg`;
    const mine = rows.filter((row) => row.case === part);
    writeFileSync(
      join(directory, file),
      barChart(titleOf(part), groupsOf(mine), (label) => /^falconet\b/.test(label)),
    );
    return file;
  });
}

const TITLES: Readonly<Record<string, string>> = {
  'whole log': 'Whole logs, speed against JSON.parse of the same lines alone',
  'one event per call': 'One event per call, speed against JSON.parse of the same lines alone',
  'alert-heavy': 'Every event an alert, as JSON text, against JSON.parse of the same lines alone',
  peers: "Which of Falco's default rules match, from the text of each event",
  'many rules': 'Time with more rules, against 50 (lower is better)',
  workers: 'Workers, speed against one worker',
  startup: 'Start and size (lower is better)',
};

function titleOf(part: string): string {
  return TITLES[part] ?? part;
}

function groupsOf(rows: readonly Row[]): readonly BarGroup[] {
  const subjects = [...new Set(rows.map((row) => row.subject))];
  return subjects.map((subject) => ({
    title: subject,
    bars: rows
      .filter((row) => row.subject === subject)
      .map((row) => ({ label: row.what, value: row.ratio ?? row.value!, text: figureText(row) })),
  }));
}

export function figureText({ ratio, value, unit, eventsPerSecond }: Row): string {
  if (ratio === undefined) return `${value} ${unit}`;
  const rate = eventsPerSecond === undefined ? '' : `, ${rateText(eventsPerSecond)} events/s`;
  return `${ratio < 0.1 ? ratio : ratio.toFixed(2)}x${rate}`;
}

function rateText(eventsPerSecond: number): string {
  return eventsPerSecond >= 10_000 ? `${Math.round(eventsPerSecond / 1000)} k` : `${eventsPerSecond}`;
}
