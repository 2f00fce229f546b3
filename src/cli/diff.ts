// A unified diff of two texts, line by line (Myers' greedy algorithm).

const CONTEXT = 3;
const NO_NEWLINE = '\\ No newline at end of file';

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

/** Empty when the texts are equal. */
export function unifiedDiff(name: string, before: string, after: string): string {
  if (before === after) return '';
  const script = editScript(linesOf(before), linesOf(after));
  return [`--- ${name}\n+++ ${name}\n`, ...hunks(script)].join('');
}

/** Lines with their ends; the last one may have none. */
function linesOf(text: string): readonly string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function editScript(before: readonly string[], after: readonly string[]): readonly Line[] {
  let head = 0;
  while (head < before.length && head < after.length && before[head] === after[head]) head++;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const same = (line: string): Line => ({ mark: ' ', text: line });
  return [
    ...before.slice(0, head).map(same),
    ...shortestScript(before.slice(head, before.length - tail), after.slice(head, after.length - tail)),
    ...before.slice(before.length - tail).map(same),
  ];
}

function shortestScript(a: readonly string[], b: readonly string[]): readonly Line[] {
  const trace: Map<number, number>[] = [];
  const ends = new Map([[1, 0]]);
  for (let cost = 0; ; cost++) {
    trace.push(new Map(ends));
    for (let k = -cost; k <= cost; k += 2) {
      let x = stepsDown(ends, k, cost) ? ends.get(k + 1)! : ends.get(k - 1)! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      ends.set(k, x);
      if (x >= a.length && x - k >= b.length) return backtrack(trace, a, b);
    }
  }
}

function stepsDown(ends: ReadonlyMap<number, number>, k: number, cost: number): boolean {
  return k === -cost || (k !== cost && (ends.get(k - 1) ?? -1) < (ends.get(k + 1) ?? -1));
}

function backtrack(trace: readonly ReadonlyMap<number, number>[], a: readonly string[], b: readonly string[]): Line[] {
  const script: Line[] = [];
  let x = a.length;
  let y = b.length;
  for (let cost = trace.length - 1; cost >= 0; cost--) {
    const ends = trace[cost]!;
    const k = x - y;
    const isDown = stepsDown(ends, k, cost);
    const fromX = ends.get(isDown ? k + 1 : k - 1) ?? 0;
    const fromY = fromX - (isDown ? k + 1 : k - 1);
    while (x > Math.max(fromX, 0) && y > Math.max(fromY, 0) && (cost === 0 || x - (isDown ? 0 : 1) > fromX)) {
      script.push({ mark: ' ', text: a[--x]! });
      y--;
    }
    if (cost === 0) break;
    if (isDown) script.push({ mark: '+', text: b[--y]! });
    else script.push({ mark: '-', text: a[--x]! });
  }
  return script.reverse();
}

function* hunks(script: readonly Line[]): Generator<string> {
  let old = 1;
  let now = 1;
  for (let at = 0; at < script.length; ) {
    const change = script.findIndex((line, i) => i >= at && line.mark !== ' ');
    if (change < 0) return;
    const start = Math.max(at, change - CONTEXT);
    const end = hunkEnd(script, change);
    old += start - at;
    now += start - at;
    const lines = script.slice(start, end);
    const oldCount = lines.filter(({ mark }) => mark !== '+').length;
    const nowCount = lines.filter(({ mark }) => mark !== '-').length;
    yield `@@ -${range(old, oldCount)} +${range(now, nowCount)} @@\n${lines.map(printed).join('')}`;
    old += oldCount;
    now += nowCount;
    at = end;
  }
}

/** Behind the last change that is near enough to the one before, and its context. */
function hunkEnd(script: readonly Line[], change: number): number {
  let last = change;
  for (let i = change; i < script.length && i <= last + 2 * CONTEXT; i++) if (script[i]!.mark !== ' ') last = i;
  return Math.min(script.length, last + 1 + CONTEXT);
}

function range(start: number, count: number): string {
  return `${count === 0 ? start - 1 : start},${count}`;
}

function printed({ mark, text }: Line): string {
  return text.endsWith('\n') ? mark + text : `${mark}${text}\n${NO_NEWLINE}\n`;
}
