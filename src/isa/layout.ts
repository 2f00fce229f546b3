// Byte layouts that both sides of the border read: the program image, the engine's results and its output records. All
// numbers are little-endian; offsets inside an image are relative to its start, so that an image can be loaded anywhere.

export const PROGRAM_MAGIC = 0x434c4146; // "FALC"
/** Raised by every change that an older engine would misread. */
export const FORMAT_VERSION = 3;

/** Offsets of u32 fields in the image header. */
export const HEADER = {
  MAGIC: 0,
  FORMAT_VERSION: 4,
  /** digest of the opcode, layout and reason rows that the compiler was built with */
  ISA_DIGEST: 8,
  /** digest of all bytes from TOTAL_LENGTH to the end */
  PROGRAM_DIGEST: 12,
  TOTAL_LENGTH: 16,
  FLAGS: 20,
  RULE_COUNT: 24,
  /** node ids of the envelope; NO_NODE where the catalogue has none */
  NODE_KIND: 28,
  NODE_ITEMS: 32,
  NODE_TIME: 36,
  NODE_AUDIT_ID: 40,
  /** number of words in one row of the rule bitmaps: 64 rules, or alternatives, each */
  RULE_WORDS: 44,
  /** SECTION_COUNT pairs of (offset, byte length) */
  SECTIONS: 48,
} as const;

export const NO_NODE = 0xffffffff;

/** Header FLAGS. */
export const FLAG_FIXED = 1;
/** every JSON object of a payload is an event (an embedder's catalogue with `time`) */
export const FLAG_OBJECTS = 2;

/** Section numbers. Every section starts at a multiple of 16. */
export const SECTION = {
  /** rows of CONSTANT_ROW */
  CONSTANTS: 0,
  /** the constants' bytes, each padded with zeros to a multiple of 16 */
  BYTES: 1,
  /** open-addressing table, power-of-two number of u32: constant id + 1, 0 = empty; constants of text sets only */
  INTERN: 2,
  /** rows of NODE_ROW, children of a node adjacent, parents first; node 0 is the event */
  NODES: 3,
  /** key tables of the nodes: power-of-two number of u32: node id + 1, 0 = empty */
  KEYS: 4,
  /** rows of VALUE_ROW */
  VALUES: 5,
  /** u32 argument pool */
  ARGS: 6,
  /** rows of PREDICATE_ROW */
  PREDICATES: 7,
  /** 8-byte instructions */
  CODE: 8,
  /** rows of RULE_ROW */
  RULES: 9,
  /** see INDEX_ROW */
  INDEX: 10,
  /** automaton images, each at a multiple of 8 */
  AUTOMATA: 11,
  /** JSON for the host (names, outputs): ProgramMeta */
  META: 12,
} as const;
export const SECTION_COUNT = 13;
/** header and section table, rounded up to 16 */
export const HEADER_SIZE = 160;

/** OFFSET is relative to the image, so that one addition finds the bytes. */
export const CONSTANT_ROW = { OFFSET: 0, LENGTH: 4, SIZE: 8 } as const;

export const NODE_ROW = {
  PARENT: 0,
  /** constant id of the decoded key */
  KEY: 4,
  /** position when the parent is an array: the key read as an integer; NODE_NO_POSITION or NODE_EVERY */
  POSITION: 8,
  FIRST_CHILD: 12,
  CHILD_COUNT: 16,
  /** byte offset of the key table in the KEYS section */
  KEY_TABLE: 20,
  /** its number of entries less one */
  KEY_MASK: 24,
  FLAGS: 28,
  SIZE: 32,
} as const;
export const NODE_NO_POSITION = 0xffffffff;
/** an embedder's `*`: every element */
export const NODE_EVERY = 0xfffffffe;
/** NODE_ROW.FLAGS: its children are found in the pass over the event, not when first asked for */
export const NODE_EAGER = 1;
/** the same, but only in a pass that checks every byte anyway: bodies, which other passes skip as a whole */
export const NODE_EAGER_CHECKED = 2;

export const VALUE_ROW = { OP: 0, FLAGS: 1, A: 4, B: 8, C: 12, SIZE: 16 } as const;
/** VALUE_ROW.FLAGS */
export const VALUE_GATED = 1;
export const VALUE_LIST = 2;
export const VALUE_NUMBER = 4;

export const PREDICATE_ROW = { OP: 0, A: 4, B: 8, C: 12, SIZE: 16 } as const;
export const INSTRUCTION_SIZE = 8;

/** OUTPUTS is a `values` operand: the values that an alert of this rule carries. */
export const RULE_ROW = { CODE: 0, OUTPUTS: 4, FLAGS: 8, SIZE: 16 } as const;

/**
 * The INDEX section: its header, then rows. A row is about one text value or list of texts: which rules are still
 * possible when it is ABSENT and when it is present but nothing that matters (OTHER): bitmaps of RULE_WORDS u64 each. What matters are
 * constants that the text, or an element of the list, equals, and guards: code that asks about the text alone. Each has an effect on the
 * bitmap for OTHER. A row about a number of the event (INDEX_NUMBER) has ranges instead, one of which holds the number: each has an
 * effect that only excludes. Bits behind those of the rules stand for alternatives that are false as far as the rows tell: when all rows have
 * been applied, the rules of an alternative whose bit is left are excluded. All offsets are in bytes from the start of the section.
 */
export const INDEX_ROW = {
  VALUE: 0,
  /** INDEX_LAZY, INDEX_NUMBER or 0 */
  FLAGS: 4,
  ABSENT: 8,
  OTHER: 12,
  /** open-addressing table of INDEX_CONSTANT rows, a power of two of them: MAP_MASK + 1 */
  MAP: 16,
  MAP_MASK: 20,
  EFFECTS: 24,
  EFFECT_COUNT: 28,
  /** open-addressing table of INDEX_GRAM rows: GRAM_MASK + 1; no TRIGGERS: not to be looked at */
  GRAMS: 32,
  GRAM_MASK: 36,
  /** one bit per hash of a gram: FILTER_MASK + 1 bits */
  FILTER: 40,
  FILTER_MASK: 44,
  /** u32 numbers of guards */
  TRIGGERS: 48,
  TRIGGER_COUNT: 52,
  GUARDS: 56,
  GUARD_COUNT: 60,
  /** so many of the guards, from the first, are asked of every text */
  ALWAYS_COUNT: 64,
  RANGES: 68,
  RANGE_COUNT: 72,
  SIZE: 80,
} as const;
/** Applied after the others and only when it concerns several candidates; the rules' code asks everything again. */
export const INDEX_LAZY = 1;
/** The value is an EVENT_NUMBER. */
export const INDEX_NUMBER = 2;
/** CONSTANT is an id + 1, 0 is a free slot; slot = hashWord(id). */
export const INDEX_CONSTANT = { CONSTANT: 0, EFFECT: 4, SIZE: 8 } as const;
/** Four bytes of a text, each with GRAM_FOLD, and the triggers to pull when they occur; COUNT 0 is a free slot. */
export const INDEX_GRAM = { GRAM: 0, FIRST: 4, COUNT: 8, SIZE: 12 } as const;
export const GRAM_FOLD = 0x20202020;
/** CODE is the number of the first instruction; EFFECT is had when the code's answer is HOLDS, 1 or 0. */
export const INDEX_GUARD = { CODE: 0, HOLDS: 4, EFFECT: 8, SIZE: 12 } as const;
/** FROM is u64; the range ends before the next one's. */
export const INDEX_RANGE = { FROM: 0, EFFECT: 8, SIZE: 16 } as const;
/**
 * u64 words of a bitmap that the engine keeps in variables: up to here effects have a BITMAP, there are alternatives, and rows that concern
 * no rule that is left are skipped.
 */
export const INDEX_FEW_WORDS = 3;
/**
 * At MASKS: RESTORED masks of rules that the key makes possible again, then EXCLUDED ones of rules that it makes impossible. BITMAP: what OTHER
 * becomes with this key alone, 0 where there are few masks (never in bitmaps of INDEX_FEW_WORDS).
 */
export const INDEX_EFFECT = { MASKS: 0, RESTORED: 4, EXCLUDED: 8, BITMAP: 12, SIZE: 16 } as const;
/** WORD counts 32 rules each. */
export const INDEX_MASK = { WORD: 0, BITS: 4, SIZE: 8 } as const;
/** ALTERNATIVES: bitmaps of the rules that ask for each, at most as many as bitmaps of INDEX_FEW_WORDS have bits to spare. */
export const INDEX_HEADER = { ROW_COUNT: 0, ALTERNATIVES: 4, ALTERNATIVE_COUNT: 8 } as const;
export const INDEX_HEADER_SIZE = 16;

/** The image of an automaton, drawn in pattern/automaton.ts. A to D depend on the kind; CLASSES are 256 bytes. */
export const AUTOMATON = {
  KIND: 0,
  LENGTH: 4,
  SCRATCH: 8,
  CLASS_COUNT: 12,
  A: 16,
  B: 20,
  C: 24,
  D: 28,
  CLASSES: 32,
  BODY: 288,
} as const;
/** AUTOMATON.KIND */
export const AUTOMATON_TABLE = 1;
export const AUTOMATON_BITSETS = 2;
/** bit sets before those of the classes */
export const AUTOMATON_FIXED_BITSETS = 5;

/** Fields of the results block, u32 each, that `run` fills. Counts are of this call. */
export const RESULTS = {
  /** input bytes done with; less than given when the output is to be drained first */
  CONSUMED: 0,
  OUTPUT: 4,
  OUTPUT_LENGTH: 8,
  RECEIVED: 12,
  EVALUATED: 16,
  REJECTED: 20,
  /** lines begun, empty ones included */
  LINES: 24,
  /** not 0: an event needed the wall clock, which was not told; nothing else counts, and nothing has happened */
  CLOCK_MISSING: 28,
  SIZE: 32,
} as const;

/** Output records: u32 byte size (a multiple of 8), u32 kind. */
export const RECORD = { SIZE: 0, KIND: 4 } as const;
export const RECORD_MATCH = 1;
export const RECORD_REJECT = 2;

/** One event that matched: header, rule ids (u32 each, padded to 8), value rows, bytes. */
export const MATCH_RECORD = {
  /** u64 nanoseconds since 1970 */
  TIME: 8,
  /** u64, evt.num */
  NUMBER: 16,
  /** of the event in the input of this call */
  OFFSET: 24,
  LENGTH: 28,
  /** line of the payload in this call, from 0 */
  LINE: 32,
  RULE_COUNT: 36,
  VALUE_COUNT: 40,
  HEADER_SIZE: 48,
} as const;

/** A value of a match record. AT is relative to the record; a NUMBER stands in AT (low) and LENGTH (high). */
export const RECORD_VALUE = { VALUE: 0, SHAPE: 4, AT: 8, LENGTH: 12, SIZE: 16 } as const;
/** RECORD_VALUE.SHAPE. TEXTS and NUMBERS: AT points to LENGTH pairs (at, byte length) or 64-bit numbers. */
export const SHAPE_ABSENT = 0;
export const SHAPE_TEXT = 1;
export const SHAPE_NUMBER = 2;
export const SHAPE_TEXTS = 3;
export const SHAPE_NUMBERS = 4;

/** An event or payload that was not evaluated. OFFSET is where the payload or event starts, AT the byte that decided. */
export const REJECT_RECORD = { REASON: 8, OFFSET: 12, AT: 16, LINE: 20, SIZE: 24 } as const;

/** `framing` of `run`. */
export const FRAMING_LINES = 0;
export const FRAMING_DOCUMENT = 1;
