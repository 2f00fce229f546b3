// Limits on rule files, and what forces each.

/** UTF-16 units; a YAML tree takes about fifty times its text in memory */
export const MAX_RULE_FILE_LENGTH: number = 16 << 20;
/** YAML tokens that are read at once; a token takes about 200 bytes until the tree is built */
export const MAX_YAML_TOKENS = 4_000_000;
/** lines that start an item: more rules than can be loaded, and as many macros and lists */
export const MAX_ITEMS = 1_000_000;
/** lines: finding the tokens of more takes longer than a load may */
export const MAX_LINES = 3_000_000;
/** YAML errors of a file that are told: one of a kind often has a million sisters */
export const MAX_YAML_PROBLEMS = 100;
/** nested YAML collections; Falco's YAML library refuses more than 500 too */
export const MAX_YAML_DEPTH = 500;
/** YAML nodes after aliases are followed: ten aliases of ten aliases of ... would otherwise never end */
export const MAX_EXPANDED_NODES = 4_000_000;
