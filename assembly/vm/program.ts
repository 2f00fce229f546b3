// The loaded program: where its sections stand. The image was verified by the host, so nothing is checked here again.

import {
  CONSTANT_ROW_LENGTH,
  CONSTANT_ROW_OFFSET,
  CONSTANT_ROW_SIZE,
  FLAG_FIXED,
  FLAG_OBJECTS,
  HEADER_FLAGS,
  HEADER_NODE_AUDIT_ID,
  HEADER_NODE_ITEMS,
  HEADER_NODE_KIND,
  HEADER_NODE_TIME,
  HEADER_RULE_COUNT,
  HEADER_RULE_WORDS,
  HEADER_SECTIONS,
  INDEX_HEADER_ALTERNATIVES,
  INDEX_HEADER_ALTERNATIVE_COUNT,
  INDEX_HEADER_ROW_COUNT,
  INDEX_HEADER_SIZE,
  NODE_ROW_SIZE,
  PREDICATE_ROW_SIZE,
  SECTION_ARGS,
  SECTION_AUTOMATA,
  SECTION_CODE,
  SECTION_CONSTANTS,
  SECTION_INDEX,
  SECTION_INTERN,
  SECTION_KEYS,
  SECTION_NODES,
  SECTION_PREDICATES,
  SECTION_RULES,
  SECTION_VALUES,
  VALUE_ROW_SIZE,
} from '../generated/layout';

export let image: usize = 0;
export let constants: usize = 0;
export let constantCount: u32 = 0;
export let intern: usize = 0;
export let internMask: u32 = 0;
export let nodes: usize = 0;
export let nodeCount: u32 = 0;
export let keys: usize = 0;
export let values: usize = 0;
export let valueCount: u32 = 0;
export let args: usize = 0;
export let predicates: usize = 0;
export let predicateCount: u32 = 0;
export let code: usize = 0;
export let rules: usize = 0;
export let ruleCount: u32 = 0;
export let ruleWords: u32 = 0;
export let index: usize = 0;
export let indexCount: u32 = 0;
/** bitmaps of the rules that ask for each */
export let alternatives: usize = 0;
export let alternativeCount: u32 = 0;
export let automata: usize = 0;
export let isFixed: bool = true;
export let isObjects: bool = false;
export let nodeKind: u32 = 0;
export let nodeItems: u32 = 0;
export let nodeTime: u32 = 0;
export let nodeAuditId: u32 = 0;

function section(n: u32): usize {
  return image + load<u32>(image + HEADER_SECTIONS + (n << 3));
}

function sectionLength(n: u32): u32 {
  return load<u32>(image + HEADER_SECTIONS + (n << 3), 4);
}

export function openImage(at: usize): void {
  image = at;
  constants = section(SECTION_CONSTANTS);
  constantCount = sectionLength(SECTION_CONSTANTS) / CONSTANT_ROW_SIZE;
  intern = section(SECTION_INTERN);
  internMask = (sectionLength(SECTION_INTERN) >> 2) - 1;
  nodes = section(SECTION_NODES);
  nodeCount = sectionLength(SECTION_NODES) / NODE_ROW_SIZE;
  keys = section(SECTION_KEYS);
  values = section(SECTION_VALUES);
  valueCount = sectionLength(SECTION_VALUES) / VALUE_ROW_SIZE;
  args = section(SECTION_ARGS);
  predicates = section(SECTION_PREDICATES);
  predicateCount = sectionLength(SECTION_PREDICATES) / PREDICATE_ROW_SIZE;
  code = section(SECTION_CODE);
  rules = section(SECTION_RULES);
  ruleCount = load<u32>(at + HEADER_RULE_COUNT);
  ruleWords = load<u32>(at + HEADER_RULE_WORDS);
  index = section(SECTION_INDEX) + INDEX_HEADER_SIZE;
  indexCount = load<u32>(section(SECTION_INDEX), INDEX_HEADER_ROW_COUNT);
  alternatives = section(SECTION_INDEX) + load<u32>(section(SECTION_INDEX), INDEX_HEADER_ALTERNATIVES);
  alternativeCount = load<u32>(section(SECTION_INDEX), INDEX_HEADER_ALTERNATIVE_COUNT);
  automata = section(SECTION_AUTOMATA);
  const flags = load<u32>(at + HEADER_FLAGS);
  isFixed = (flags & FLAG_FIXED) != 0;
  isObjects = (flags & FLAG_OBJECTS) != 0;
  nodeKind = load<u32>(at + HEADER_NODE_KIND);
  nodeItems = load<u32>(at + HEADER_NODE_ITEMS);
  nodeTime = load<u32>(at + HEADER_NODE_TIME);
  nodeAuditId = load<u32>(at + HEADER_NODE_AUDIT_ID);
}

// @ts-ignore: decorator
@inline
export function constantAt(id: u32): usize {
  return image + load<u32>(constants + id * CONSTANT_ROW_SIZE + CONSTANT_ROW_OFFSET);
}

// @ts-ignore: decorator
@inline
export function constantLength(id: u32): i32 {
  return load<i32>(constants + id * CONSTANT_ROW_SIZE + CONSTANT_ROW_LENGTH);
}

// @ts-ignore: decorator
@inline
export function nodeRow(id: u32): usize {
  return nodes + id * NODE_ROW_SIZE;
}
