// Which rules an event matches: the index narrows them to candidates, then the bytecode of each candidate decides, in the
// order and up to the number that the host asked for.

import * as op from '../generated/opcodes';
import {
  INDEX_ROW_MAP,
  INDEX_ROW_ROWS,
  INDEX_ROW_SIZE,
  INDEX_ROW_VALUE,
  INSTRUCTION_SIZE,
  RULE_ROW_CODE,
  RULE_ROW_SIZE,
  INDEX_HEADER_SIZE,
} from '../generated/layout';
import { NO_CONSTANT } from './intern';
import { test } from './predicates';
import { code, constantCount, constantLength, index, indexCount, ruleCount, rules, ruleWords } from './program';
import { present, valueConstant, valueLength } from './values';

/** enabled rules, in evaluation order */
let order: usize = 0;
let orderCount: u32 = 0;
/** a bit per enabled rule, and the candidates of the event */
let enabled: usize = 0;
let candidates: usize = 0;
/** per index row: a bit per length (63 and more are one) of the constants that have a bitmap of their own */
let lengths: usize = 0;
/** rule ids that matched the event */
let matches: usize = 0;
let inDefinitionOrder: bool = true;
let matchAll: bool = false;

/** Bytes needed for the tables; call `placeRules` with as many. */
export function ruleTableSize(): usize {
  return <usize>ruleCount * 8 + <usize>ruleWords * 16 + <usize>indexCount * 8;
}

export function placeRules(at: usize): void {
  enabled = at;
  candidates = enabled + <usize>ruleWords * 8;
  lengths = candidates + <usize>ruleWords * 8;
  for (let i: u32 = 0; i < indexCount; i++) store<u64>(lengths + (i << 3), lengthsOf(index + i * INDEX_ROW_SIZE));
  order = lengths + <usize>indexCount * 8;
  matches = order + <usize>ruleCount * 4;
  orderCount = 0;
  memory.fill(enabled, 0, <usize>ruleWords * 8);
}

function lengthsOf(row: usize): u64 {
  const map = index - INDEX_HEADER_SIZE + load<u32>(row, INDEX_ROW_MAP);
  let bits: u64 = 0;
  for (let constant: u32 = 0; constant < constantCount; constant++) {
    if (load<u16>(map + (constant << 1)) != OTHER) bits |= (<u64>1) << <u64>min(constantLength(constant), 63);
  }
  return bits;
}

export function orderTable(): usize {
  return order;
}

/** The host has written `count` rule ids to the order table. */
export function commitRuleOrder(count: u32): void {
  orderCount = count;
  inDefinitionOrder = true;
  memory.fill(enabled, 0, <usize>ruleWords * 8);
  let previous: i32 = -1;
  for (let i: u32 = 0; i < count; i++) {
    const rule = load<u32>(order + (i << 2));
    if (<i32>rule <= previous) inDefinitionOrder = false;
    previous = <i32>rule;
    // a rule that can never match is no candidate
    if (load<u8>(code + load<u32>(rules + rule * RULE_ROW_SIZE, RULE_ROW_CODE) * INSTRUCTION_SIZE) == op.C_NO_MATCH) continue;
    const word = enabled + ((rule >> 6) << 3);
    store<u64>(word, load<u64>(word) | ((<u64>1) << (rule & 63)));
  }
}

export function setMatchAll(all: bool): void {
  matchAll = all;
}

// @ts-ignore: decorator
@inline
export function matchedRule(n: u32): u32 {
  return load<u32>(matches + (n << 2));
}

/** Candidate rules of the event into `candidates`; false when there are none. */
function narrow(): bool {
  let any: u64 = 0;
  if (ruleWords == 1) {
    let word = load<u64>(enabled);
    for (let i: u32 = 0; i < indexCount && word != 0; i++) word &= load<u64>(bitmapOf(i));
    store<u64>(candidates, word);
    return word != 0;
  }
  memory.copy(candidates, enabled, <usize>ruleWords << 3);
  any = 1;
  for (let i: u32 = 0; i < indexCount && any != 0; i++) {
    const bitmap = bitmapOf(i);
    any = 0;
    for (let w: usize = 0; w < <usize>ruleWords << 3; w += 8) {
      const word = load<u64>(candidates + w) & load<u64>(bitmap + w);
      store<u64>(candidates + w, word);
      any |= word;
    }
  }
  return any != 0;
}

/** numbers of the bitmaps for a value that is absent, and for one that is no constant that matters */
const ABSENT: u32 = 0;
const OTHER: u32 = 1;

/** The bitmap of what the value of index row `i` is in this event. */
function bitmapOf(i: u32): usize {
  const section = index - INDEX_HEADER_SIZE;
  const row = index + i * INDEX_ROW_SIZE;
  const value = load<u32>(row, INDEX_ROW_VALUE);
  let n = ABSENT;
  if (present(value)) {
    n = OTHER;
    // most texts are told apart by their length, without a hash
    const length = <u64>min(valueLength(value), 63);
    if (((load<u64>(lengths + (i << 3)) >> length) & 1) != 0) {
      const constant = valueConstant(value);
      if (constant != NO_CONSTANT) n = <u32>load<u16>(section + load<u32>(row, INDEX_ROW_MAP) + (constant << 1));
    }
  }
  return section + load<u32>(row, INDEX_ROW_ROWS) + n * (ruleWords << 3);
}

/** Number of matching rules; their ids through `matchedRule`. */
export function matchRules(): u32 {
  if (!narrow()) return 0;
  return inDefinitionOrder ? matchByBits() : matchByOrder();
}

function matchByBits(): u32 {
  let count: u32 = 0;
  for (let w: u32 = 0; w < ruleWords; w++) {
    let word = load<u64>(candidates + (w << 3));
    while (word != 0) {
      const rule = (w << 6) + <u32>ctz(word);
      word &= word - 1;
      if (!runRule(rule)) continue;
      store<u32>(matches + (count++ << 2), rule);
      if (!matchAll) return count;
    }
  }
  return count;
}

function matchByOrder(): u32 {
  let count: u32 = 0;
  for (let i: u32 = 0; i < orderCount; i++) {
    const rule = load<u32>(order + (i << 2));
    if ((load<u64>(candidates + ((rule >> 6) << 3)) & ((<u64>1) << (rule & 63))) == 0) continue;
    if (!runRule(rule)) continue;
    store<u32>(matches + (count++ << 2), rule);
    if (!matchAll) return count;
  }
  return count;
}

/** The interpreter loop. */
function runRule(rule: u32): bool {
  let ip = code + load<u32>(rules + rule * RULE_ROW_SIZE, RULE_ROW_CODE) * INSTRUCTION_SIZE;
  for (;;) {
    const word = load<u32>(ip);
    const opcode = word & 0xff;
    if (opcode <= op.C_MATCH) return opcode == op.C_MATCH;
    if (test(word >> 8) == (opcode == op.C_JUMP_IF_TRUE)) ip = code + load<u32>(ip, 4) * INSTRUCTION_SIZE;
    else ip += INSTRUCTION_SIZE;
  }
  return unreachable(); // the loop only returns
}
