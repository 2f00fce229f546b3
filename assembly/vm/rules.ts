// Which rules an event matches: the index narrows them to candidates, then the bytecode of each candidate decides, in the
// order and up to the number that the host asked for.

import * as op from '../generated/opcodes';
import { INSTRUCTION_SIZE, RULE_ROW_CODE, RULE_ROW_SIZE } from '../generated/layout';
import { runCode } from './code';
import { narrow, narrowTableSize, placeNarrow } from './narrow';
import { alternativeCount, code, ruleCount, rules, ruleWords } from './program';

/** enabled rules, in evaluation order */
let order: usize = 0;
let orderCount: u32 = 0;
/** a bit per enabled rule, and the candidates of the event */
let enabled: usize = 0;
let candidates: usize = 0;
/** rule ids that matched the event */
let matches: usize = 0;
let inDefinitionOrder: bool = true;
let matchAll: bool = false;

/** Bytes needed for the tables; call `placeRules` with as many. */
export function ruleTableSize(): usize {
  return <usize>ruleWords * 16 + narrowTableSize() + <usize>ruleCount * 8;
}

export function placeRules(at: usize): void {
  enabled = at;
  candidates = enabled + <usize>ruleWords * 8;
  const tables = candidates + <usize>ruleWords * 8;
  placeNarrow(tables);
  order = tables + narrowTableSize();
  matches = order + <usize>ruleCount * 4;
  orderCount = 0;
  memory.fill(enabled, 0, <usize>ruleWords * 8);
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
  // alternatives are false until a row says otherwise
  for (let bit = ruleCount; bit < ruleCount + alternativeCount; bit++) {
    const word = enabled + ((bit >> 6) << 3);
    store<u64>(word, load<u64>(word) | ((<u64>1) << (bit & 63)));
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

/** Number of matching rules; their ids through `matchedRule`. */
export function matchRules(): u32 {
  if (ruleWords == 1) store<u64>(candidates, load<u64>(enabled));
  else memory.copy(candidates, enabled, <usize>ruleWords << 3);
  if (!narrow(candidates)) return 0;
  return inDefinitionOrder ? matchByBits() : matchByOrder();
}

// @ts-ignore: decorator
@inline
function runRule(rule: u32): bool {
  return runCode(load<u32>(rules + rule * RULE_ROW_SIZE, RULE_ROW_CODE));
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
