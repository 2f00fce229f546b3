// Formats of alert texts: what the runtime makes of a rule's output and hands to the engine's writer (assembly/alert-text.ts). They
// never leave a process, so programs do not depend on these numbers. A format is a row of pieces with its literals behind
// them; all numbers are little-endian u32.

export const FORMAT_PIECE = { KIND: 0, A: 4, B: 8, C: 12, SIZE: 16 } as const;

/** FORMAT_PIECE.KIND. The last piece of a format. */
export const PIECE_END = 0;
/** A: offset in the format, B: byte length, C: UTF-16 units */
export const PIECE_LITERAL = 1;
/** value A as the message has it, escaped for JSON; numbers with at least B digits */
export const PIECE_TEXT = 2;
/** value A as JSON; texts in quotes when B is not 0 */
export const PIECE_JSON = 3;
/** the event's time: local time of day */
export const PIECE_CLOCK = 4;
/** date and time, UTC */
export const PIECE_DATE = 5;
/** nanoseconds since 1970 */
export const PIECE_NANOSECONDS = 6;
