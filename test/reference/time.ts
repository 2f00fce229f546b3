// Event times: RFC 3339 text to nanoseconds and back. Nanoseconds are BigInt, counted from 1970 and wrapped to 64 bits as
// the original's unsigned time stamps are.

/** The original's parser takes an hour of one digit too. */
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d\d?):(\d\d):(\d\d)(?:[.,](\d+))?(?:Z|([+-])(\d\d):(\d\d))$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Nanoseconds of an RFC 3339 text; undefined when it is none. Digits past the ninth are cut. */
export function parseTime(text: string): bigint | undefined {
  const found = RFC_3339.exec(text);
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offsetHours = Number(found[9] ?? 0);
  const offsetMinutes = Number(found[10] ?? 0);
  if (offsetHours > 24 || offsetMinutes > 60) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const offset = (found[8] === '-' ? -60 : 60) * (offsetHours * 60 + offsetMinutes);
  const nanoseconds = BigInt((found[7] ?? '').padEnd(9, '0').slice(0, 9));
  return BigInt(date.getTime() / 1000 - offset) * 1_000_000_000n + nanoseconds;
}

function daysOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && leap ? 29 : DAYS[month - 1]!;
}

/** The zero time stands for "no time": the original puts the wall clock in its place. */
export const ZERO_TIME: bigint = parseTime('0001-01-01T00:00:00Z')!;

/** `YYYY-MM-DDTHH:MM:SS` and the nine digits after the dot, UTC. */
export function formatTime(nanoseconds: bigint): { date: string; clock: string; fraction: string } {
  const fraction = nanoseconds % 1_000_000_000n;
  const iso = new Date(Number(nanoseconds / 1_000_000n)).toISOString();
  return { date: iso.slice(0, 10), clock: iso.slice(11, 19), fraction: String(fraction).padStart(9, '0') };
}
