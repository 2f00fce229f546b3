// Limits on rule files, and what forces each.

/** UTF-16 units; a YAML tree takes about fifty times its text in memory */
export const MAX_RULE_FILE_LENGTH: number = 16 << 20;
/** YAML tokens that are read at once; a token takes about 200 bytes until the tree is built */
export const MAX_YAML_TOKENS = 6_000_000;
/** items of a file that is read in pieces: more rules than can be loaded, and as many macros and lists */
export const MAX_ITEMS = 1_000_000;
/** nested YAML collections; Falco's YAML library refuses more than 500 too */
export const MAX_YAML_DEPTH = 500;
/** YAML nodes after aliases are followed: ten aliases of ten aliases of ... would otherwise never end */
export const MAX_EXPANDED_NODES = 4_000_000;
