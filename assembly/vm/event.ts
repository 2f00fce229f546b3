// What the engine knows about the event that is being evaluated, beside its text.

/** nanoseconds since 1970 */
export let eventTime: i64 = 0;
/** evt.num */
export let eventNumber: u64 = 0;
/** time of the first event; meaningful once eventNumber > 0 */
export let firstTime: i64 = 0;
/** seconds east of UTC */
export let zoneOffset: i32 = 0;
export let hostnameAt: usize = 0;
export let hostnameLength: i32 = 0;

export function beginEvent(time: i64): void {
  eventTime = time;
  eventNumber++;
  if (eventNumber == 1) firstTime = time;
}

export function setEventState(number: u64, first: i64): void {
  eventNumber = number;
  firstTime = first;
}

export function setZoneOffset(seconds: i32): void {
  zoneOffset = seconds;
}

export function setHostname(at: usize, length: i32): void {
  hostnameAt = at;
  hostnameLength = length;
}
