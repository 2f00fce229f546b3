// Limits and what forces each.

/** Falco refuses longer constants */
export const MAX_CONSTANT_LENGTH = 255;
/** Falco refuses deeper conditions (its count of nested grammar calls) */
export const MAX_CONDITION_DEPTH = 1000;
/** the same for outputs and exception fields */
export const MAX_OUTPUT_DEPTH = 100;
/** nested containers, `fixed` */
export const DEFAULT_MAX_DEPTH = 1000;
/** nested values, scalars counted, `falco`: what its parser refuses */
export const FALCO_MAX_DEPTH = 300;
export const DEFAULT_MAX_EVENT_SIZE: number = 4 << 20;
/** tokens of a path with `*`: what the engine has room for */
export const MAX_LIST_PATH = 64;
/** bytes of a text that is made of others (`join`, `concat`, the event with line breaks); a longer one is absent */
export const MAX_MADE_TEXT: number = 64 << 20;
/** rows of a program's index, more than the compiler makes: the engine keeps 48 kB for each */
export const MAX_INDEX_ROWS = 128;
/** values, or predicates, each of which follows from the next: the engine's calls inside each other */
export const MAX_ANSWER_DEPTH = 2000;
/** list texts in outputs are cut here */
export const MAX_LIST_TEXT = 1023;
/** engine version whose rule files we read, and which required_engine_version is compared with */
export const ENGINE_VERSION = '0.63.0';
