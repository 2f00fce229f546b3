// RFC 3339 text to nanoseconds and back, as Go's time package reads it: upper-case T and Z, a fraction behind `.` or `,`,
// digits past the ninth cut, an hour of one digit accepted, second 60 refused. Years whose nanoseconds do not fit wrap.

const DAY: i64 = 86400;

/** Result of `parseTime`. */
export let parsedTime: i64 = 0;

/** the last date that was read, `YYYY-MM-DD`, and its day: events of one log mostly share it */
let lastDateHead: u64 = 0x2d31302d30373931; // 1970-01-
let lastDateTail: u32 = 0x3130; // 01
let lastDays: i64 = 0;

// @ts-ignore: decorator
@inline
function digit(at: usize): i32 {
  const d = <i32>load<u8>(at) - 48;
  return <u32>d < 10 ? d : -1;
}

/** Two digits as a number, or -1. */
function twoDigits(at: usize): i32 {
  const tens = digit(at);
  const ones = digit(at + 1);
  return tens < 0 || ones < 0 ? -1 : tens * 10 + ones;
}

function daysIn(month: i32, year: i32): i32 {
  if (month == 2) return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar. */
export function daysFromDate(year: i32, month: i32, day: i32): i64 {
  const y = month <= 2 ? year - 1 : year;
  const era = (y >= 0 ? y : y - 399) / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  return <i64>era * 146097 + dayOfEra - 719468;
}

/** Whether `YYYY-MM-DD` stands at `at`; the day is in `lastDays`. */
function readDate(at: usize): bool {
  const head = load<u64>(at);
  const tail = <u32>load<u16>(at, 8);
  if (head == lastDateHead && tail == lastDateTail) return true;
  const century = twoDigits(at);
  const yearOfCentury = twoDigits(at + 2);
  const month = twoDigits(at + 5);
  const day = twoDigits(at + 8);
  if (century < 0 || yearOfCentury < 0 || month < 0 || day < 0) return false;
  if (load<u8>(at, 4) != 0x2d || load<u8>(at, 7) != 0x2d) return false;
  const year = century * 100 + yearOfCentury;
  if (month < 1 || month > 12 || day < 1 || day > daysIn(month, year)) return false;
  lastDateHead = head;
  lastDateTail = tail;
  lastDays = daysFromDate(year, month, day);
  return true;
}

/** A bit pattern per byte of eight: its highest bit. */
const HIGHEST: u64 = 0x8080808080808080;

/** Whether all eight bytes are digits. */
// @ts-ignore: decorator
@inline
function areDigits(bytes: u64): bool {
  const values = bytes ^ 0x3030303030303030;
  return ((values | (values + 0x7676767676767676)) & HIGHEST) == 0;
}

/** The number that eight digits stand for, the first one in the lowest byte. */
// @ts-ignore: decorator
@inline
function eightDigits(bytes: u64): u64 {
  const pairs = ((bytes & 0x0f0f0f0f0f0f0f0f) * 2561) >> 8;
  const fours = ((pairs & 0x00ff00ff00ff00ff) * 6553601) >> 16;
  return ((fours & 0x0000ffff0000ffff) * 42949672960001) >> 32;
}

/**
 * `YYYY-MM-DDTHH:MM:SS.ffffffZ`, as API servers write it, without a branch per digit. False says nothing: the text is then read
 * character by character.
 */
export function parseMicroTime(start: usize, end: usize): bool {
  if (end - start != 27) return false;
  // HH:MM:SS
  const clock = load<u64>(start, 11);
  const fraction = load<u64>(start, 20);
  if (load<u8>(start, 10) != 0x54 || (clock & 0x0000ff0000ff0000) != 0x00003a00003a0000) return false;
  if (load<u8>(start, 19) != 0x2e || (fraction & 0x00ff000000000000) != 0x005a000000000000) return false;
  const digits = (clock & 0xffff00ffff00ffff) | 0x0000300000300000;
  const six = (fraction & 0x0000ffffffffffff) | 0x3030000000000000;
  if (!areDigits(digits) || !areDigits(six) || !readDate(start)) return false;
  const clockNumber = <i32>eightDigits(digits);
  const hour = clockNumber / 1000000;
  const minute = (clockNumber / 1000) % 100;
  const second = clockNumber % 100;
  if (hour > 23 || minute > 59 || second > 59) return false;
  parsedTime = (lastDays * DAY + <i64>(hour * 3600 + minute * 60 + second)) * 1000000000 + <i64>eightDigits(six) * 10;
  return true;
}

/** Whether [at, end) is a time, of whatever precision; the result is in `parsedTime`. */
export function parseTime(start: usize, end: usize): bool {
  if (end - start < 19) return false;
  if (load<u8>(start, 10) != 0x54 || !readDate(start)) return false;
  let at = start + 11;
  let hour = digit(at);
  if (hour < 0) return false;
  if (digit(at + 1) >= 0) hour = twoDigits(at++);
  at++;
  if (end - at < 6) return false;
  const minute = twoDigits(at + 1);
  const second = twoDigits(at + 4);
  if (load<u8>(at) != 0x3a || load<u8>(at, 3) != 0x3a || hour > 23) return false;
  if (minute < 0 || minute > 59 || second < 0 || second > 59) return false;
  at += 6;
  let nanoseconds: i64 = 0;
  const point = <u32>load<u8>(at);
  if (at + 1 < end && (point == 0x2e || point == 0x2c) && digit(at + 1) >= 0) {
    at++;
    let unit: i64 = 100000000;
    while (at < end && digit(at) >= 0) {
      nanoseconds += <i64>digit(at) * unit;
      unit /= 10;
      at++;
    }
  }
  const offset = zoneOffset(at, end);
  if (offset == BAD_ZONE) return false;
  const seconds = lastDays * DAY + <i64>(hour * 3600 + minute * 60 + second) - <i64>offset;
  parsedTime = seconds * 1000000000 + nanoseconds;
  return true;
}

const BAD_ZONE: i32 = i32.MAX_VALUE;

/** Seconds east of UTC of `Z` or `+hh:mm`, which must be all that is left. */
function zoneOffset(at: usize, end: usize): i32 {
  const sign = at < end ? <u32>load<u8>(at) : 0;
  if (sign == 0x5a) return at + 1 == end ? 0 : BAD_ZONE;
  if ((sign != 0x2b && sign != 0x2d) || at + 6 != end || load<u8>(at, 3) != 0x3a) return BAD_ZONE;
  const hours = twoDigits(at + 1);
  const minutes = twoDigits(at + 4);
  if (hours < 0 || hours > 24 || minutes < 0 || minutes > 60) return BAD_ZONE;
  const seconds = hours * 3600 + minutes * 60;
  return sign == 0x2d ? -seconds : seconds;
}

// @ts-ignore: decorator
@inline
function floorDivide(a: i64, b: i64): i64 {
  const q = a / b;
  return a % b < 0 ? q - 1 : q;
}

function putDigits(at: usize, n: i64, count: i32): usize {
  let rest = n;
  for (let i = count - 1; i >= 0; i--) {
    store<u8>(at + i, 48 + <u8>(rest % 10));
    rest /= 10;
  }
  return at + count;
}

function putDate(at: usize, seconds: i64): usize {
  const z = floorDivide(seconds, DAY) + 719468;
  const era = floorDivide(z, 146097);
  const dayOfEra = z - era * 146097;
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const m = (5 * dayOfYear + 2) / 153;
  const month = m < 10 ? m + 3 : m - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  let put = putDigits(at, year, 4);
  store<u8>(put++, 0x2d);
  put = putDigits(put, month, 2);
  store<u8>(put++, 0x2d);
  return putDigits(put, dayOfYear - (153 * m + 2) / 5 + 1, 2);
}

function putClock(at: usize, seconds: i64): usize {
  const ofDay = seconds - floorDivide(seconds, DAY) * DAY;
  let put = putDigits(at, ofDay / 3600, 2);
  store<u8>(put++, 0x3a);
  put = putDigits(put, (ofDay / 60) % 60, 2);
  store<u8>(put++, 0x3a);
  return putDigits(put, ofDay % 60, 2);
}

/**
 * Writes a time and returns what follows it: `date`, then `separator` when there is a date, the clock, and the nanoseconds
 * when `fraction`. The time is unsigned, as times are in Falco: before 1970 is far ahead. `offset` is in seconds east of UTC.
 * At most 40 bytes.
 */
export function writeTime(at: usize, time: i64, offset: i32, date: bool, separator: u32, fraction: bool): usize {
  const second = <i64>(<u64>time / 1000000000);
  const local = second + offset;
  let put = at;
  if (date) {
    put = putDate(put, local);
    store<u8>(put++, separator);
  }
  put = putClock(put, local);
  if (fraction) {
    store<u8>(put++, 0x2e);
    put = putDigits(put, time - second * 1000000000, 9);
  }
  return put;
}

/** Writes an unsigned number in decimal and returns what follows it. At most 20 bytes. */
export function writeNumber(at: usize, n: u64): usize {
  let digits = 1;
  for (let rest = n / 10; rest != 0; rest /= 10) digits++;
  let rest = n;
  for (let i = digits - 1; i >= 0; i--) {
    store<u8>(at + i, 48 + <u8>(rest % 10));
    rest /= 10;
  }
  return at + digits;
}
