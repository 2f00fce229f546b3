// Event times as alerts print them, from nanoseconds since 1970. By arithmetic on numbers: `Date` is slow, and Intl's zones
// are not wanted (Falco prints local times by one offset, that of now).

const SECOND = 1_000_000_000n;
const DAY_SECONDS = 86_400;

function digits(value: number, count: number): string {
  return `${value}`.padStart(count, '0');
}

/** Nanoseconds since 1970, taken apart once: an alert prints its time three times, and big integers are slow. */
export class EventTime {
  readonly seconds: number;
  /** nine digits of nanoseconds */
  readonly fraction: string;

  constructor(time: bigint) {
    const seconds = time / SECOND;
    this.seconds = Number(seconds);
    this.fraction = digits(Number(time - seconds * SECOND), 9);
  }

  /** All digits, as a JSON number. */
  get nanoseconds(): string {
    return this.seconds === 0 ? `${Number(this.fraction)}` : `${this.seconds}${this.fraction}`;
  }
}

/** `HH:MM:SS` of seconds since 1970. */
function timeOfDay(seconds: number): string {
  const second = seconds - Math.floor(seconds / DAY_SECONDS) * DAY_SECONDS;
  return `${digits(Math.floor(second / 3600), 2)}:${digits(Math.floor(second / 60) % 60, 2)}:${digits(second % 60, 2)}`;
}

/** `YYYY-MM-DD` of days since 1970; years of 400 (146,097 days) that begin in March, so that the leap day is the last. */
function dateText(days: number): string {
  const sinceMarch = days + 719_468;
  const era = Math.floor(sinceMarch / 146_097);
  const dayOfEra = sinceMarch - era * 146_097;
  const leapDays = Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0);
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
}

/** `YYYY-MM-DDTHH:MM:SS.nnnnnnnnn`, UTC. */
export function isoText({ seconds, fraction }: EventTime): string {
  return `${dateText(Math.floor(seconds / DAY_SECONDS))}T${timeOfDay(seconds)}.${fraction}`;
}

/** `HH:MM:SS.nnnnnnnnn` in a zone that many seconds east of UTC. */
export function clockText({ seconds, fraction }: EventTime, zoneSeconds: number): string {
  return `${timeOfDay(seconds + zoneSeconds)}.${fraction}`;
}
