// Limits on what rule files may grow to, and what forces each.

/** UTF-16 units of one condition once lists are substituted: lists that name each other ten times over never end otherwise */
export const MAX_CONDITION_LENGTH: number = 4 << 20;
/** the same over all conditions of a load */
export const MAX_TOTAL_CONDITION_LENGTH: number = 256 << 20;
/**
 * Checks, values and connectives of all conditions of a load, lists put in: each takes about 300 bytes until the program is
 * made, and makes at most two predicates, whose numbers are 24-bit operands.
 */
export const MAX_TOTAL_NODES = 4_000_000;
/** rules of a load: each takes about ten kilobytes until its program is made */
export const MAX_RULES = 200_000;
/** nodes of one condition once macros are expanded */
export const MAX_EXPANDED_NODES = 1_000_000;
/** nested nodes of one condition once macros are expanded: later stages walk it recursively */
export const MAX_EXPANDED_DEPTH = 1_500;
