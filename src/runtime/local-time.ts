// The local time's offset as of now, to a second. To ask for the time costs a tenth of a small event, so it is asked when something
// shows local time: an alert, or the program itself.

import { SECTION } from '../isa/layout.ts';
import { EVENT_TEXTS, VALUE_OPS } from '../isa/opcodes.ts';
import { readSections, readValues } from '../program/decode.ts';

const EVENT_TEXT: number = VALUE_OPS.find((op) => op.name === 'EVENT_TEXT')!.code;
const LOCAL: readonly (string | undefined)[] = ['time', 'time.s', 'datetime', 'datetime.s'];

/** Whether conditions or outputs ask for the event's local time. */
export function readsLocalTime(program: Uint8Array): boolean {
  return readValues(readSections(program)![SECTION.VALUES]!).some(
    ({ op, a }) => op === EVENT_TEXT && LOCAL.includes(EVENT_TEXTS[a]),
  );
}

/** Local time east of UTC in seconds; the offset is in minutes, without one it is the host's. */
export function zoneSecondsNow(offset: number | undefined): number {
  return Math.round((offset ?? -new Date().getTimezoneOffset()) * 60);
}

export class LocalTime {
  readonly #offset: number | undefined;
  /** when the host was asked, in milliseconds */
  #asked = 0;
  #zoneSeconds: number;

  /** The offset is in minutes, without one it is the host's. */
  constructor(offset: number | undefined) {
    this.#offset = offset;
    this.#zoneSeconds = zoneSecondsNow(offset);
  }

  /** east of UTC */
  get zoneSeconds(): number {
    if (this.#offset !== undefined) return this.#zoneSeconds;
    const now = Date.now();
    if (now - this.#asked >= 1000 || now < this.#asked) {
      this.#asked = now;
      this.#zoneSeconds = zoneSecondsNow(undefined);
    }
    return this.#zoneSeconds;
  }
}
