// Limits on rule files, and what forces each.

/** UTF-16 units; a YAML tree takes about fifty times its text in memory */
export const MAX_RULE_FILE_LENGTH: number = 16 << 20;
/** nested YAML collections; Falco's YAML library refuses more than 500 too */
export const MAX_YAML_DEPTH = 500;
/** YAML nodes after aliases are followed: ten aliases of ten aliases of ... would otherwise never end */
export const MAX_EXPANDED_NODES = 4_000_000;
