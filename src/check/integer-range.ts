// Ranges of whole numbers as regular expressions over their digits: 8:12 -> [8-9]|1[0-2]. Numbers have no leading zeros.

const MAX_DIGITS = 15;

/** Bounds included; without `high` there is none. Undefined for numbers that are too long and for an empty range. */
export function rangePattern(low: number, high?: number): string | undefined {
  const limit = 10 ** MAX_DIGITS;
  if (low >= limit || (high !== undefined && (high >= limit || high < low))) return undefined;
  if (high !== undefined) return boundedPattern(low, high);
  const digits = String(low).length;
  return `${boundedPattern(low, 10 ** digits - 1)}|[1-9][0-9]{${digits},}`;
}

/** The bounds of `a:b`. */
export function parseRange(text: string): readonly [number, number] | undefined {
  const found = /^([0-9]{1,15}):([0-9]{1,15})$/.exec(text);
  return found ? [Number(found[1]), Number(found[2])] : undefined;
}

function boundedPattern(low: number, high: number): string {
  const alternatives: string[] = [];
  for (let from = low; from <= high; ) {
    const to = Math.min(high, blockEnd(from, high));
    alternatives.push(digitsPattern(String(from), String(to)));
    from = to + 1;
  }
  return alternatives.join('|');
}

/** The last number of the largest block from `from` that one pattern of digits covers: 20-99, 100-999, 40-45. */
function blockEnd(from: number, high: number): number {
  let end = from;
  for (let unit = 1; from % unit === 0; unit *= 10) {
    const digit = Math.floor(from / unit) % 10;
    const isLeading = from < unit * 10;
    if (from === 0 && unit > 1) break;
    let last = from + (9 - digit) * unit + unit - 1;
    while (last > high && last - unit >= from) last -= unit;
    if (last > high) break;
    end = Math.max(end, last);
    if (isLeading) break;
  }
  return end;
}

/** Numbers of equal length, whose digits differ in one place and run from 0 to 9 behind it. */
function digitsPattern(low: string, high: string): string {
  let at = 0;
  while (at < low.length && low[at] === high[at]) at++;
  if (at === low.length) return low;
  const rest = low.length - at - 1;
  const digit = low[at] === high[at] ? low[at]! : `[${low[at]}-${high[at]}]`;
  const tail = rest === 0 ? '' : rest === 1 ? '[0-9]' : `[0-9]{${rest}}`;
  return low.slice(0, at) + digit + tail;
}

/** A pattern for elements joined by commas, of which one has to fit; elements without commas. */
export function someElement(pattern: string): string {
  return `([^,]*,)*(${pattern})(,[^,]*)*`;
}

/** A pattern for elements joined by commas, which all have to fit. */
export function everyElement(pattern: string): string {
  return `(${pattern})(,(${pattern}))*`;
}
