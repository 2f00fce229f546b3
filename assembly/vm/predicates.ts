// Yes/no questions about values: each is answered at most once per event. An absent value answers no.

import * as op from '../generated/opcodes';
import { PREDICATE_ROW_A, PREDICATE_ROW_B, PREDICATE_ROW_C, PREDICATE_ROW_SIZE } from '../generated/layout';
import { ELEMENT_CONSTANT, elementAt, elementLength, elementText } from '../extract/list';
import { allocate, arenaTop, setArenaTop } from '../memory/arena';
import { epoch } from '../extract/nodes';
import { compareBytes, containsBytes, containsBytesCaseless, equalBytes } from '../memory/bytes';
import { automatonMatches } from './automaton';
import { globMatches, pathPrefixMatches } from './glob';
import { internCell, setHas } from './intern';
import { args, automata, constantAt, constantLength, predicates } from './program';
import { sanitizeText, sanitizedAt, sanitizedLength } from './sanitize';
import { present, valueAt, valueConstant, valueLength, valueNumber } from './values';

/** offset of the scratch size in an automaton image (src/pattern/automaton.ts) */
const AUTOMATON_SCRATCH: usize = 8;

let answers: usize = 0;

export function placeAnswers(at: usize): void {
  answers = at;
}

/** The answer for this event. */
export function test(predicate: u32): bool {
  const cell = answers + (predicate << 2);
  const answer = load<u32>(cell);
  if (answer >> 1 == epoch) return (answer & 1) != 0;
  const truth = evaluate(predicates + predicate * PREDICATE_ROW_SIZE);
  store<u32>(cell, (epoch << 1) | (truth ? 1 : 0));
  return truth;
}

function evaluate(row: usize): bool {
  const code = <u32>load<u8>(row);
  const a = load<u32>(row, PREDICATE_ROW_A);
  const b = load<u32>(row, PREDICATE_ROW_B);
  if (code == op.P_EXACTLY_ONE) return exactlyOne(args + (a << 2));
  if (!present(a)) return false;
  switch (code) {
    case op.P_EXISTS:
      return true;
    case op.P_IN_SET:
      return setHas(args + (b << 2), valueConstant(a));
    case op.P_LIST_ALL_IN:
      return listIn(a, args + (b << 2), true);
    case op.P_LIST_ANY_IN:
      return listIn(a, args + (b << 2), false);
    case op.P_CONTAINS:
      return containsBytes(valueAt(a), valueLength(a), constantAt(b), constantLength(b));
    case op.P_ICONTAINS:
      return containsBytesCaseless(valueAt(a), valueLength(a), constantAt(b), constantLength(b));
    case op.P_STARTSWITH:
      return startsWith(a, constantAt(b), constantLength(b));
    case op.P_ENDSWITH:
      return endsWith(a, constantAt(b), constantLength(b));
    case op.P_GLOB:
      return globMatches(constantAt(b), constantLength(b), valueAt(a), valueLength(a), false);
    case op.P_IGLOB:
      return globMatches(constantAt(b), constantLength(b), valueAt(a), valueLength(a), true);
    case op.P_REGEX:
      return matchesRegex(a, automata + b);
    case op.P_PATH_PREFIX:
      return pathPrefix(a, args + (b << 2));
    case op.P_LT_TEXT:
      return compareBytes(valueAt(a), valueLength(a), constantAt(b), constantLength(b)) < 0;
    case op.P_LE_TEXT:
      return compareBytes(valueAt(a), valueLength(a), constantAt(b), constantLength(b)) <= 0;
    case op.P_GT_TEXT:
      return compareBytes(valueAt(a), valueLength(a), constantAt(b), constantLength(b)) > 0;
    case op.P_GE_TEXT:
      return compareBytes(valueAt(a), valueLength(a), constantAt(b), constantLength(b)) >= 0;
    case op.P_IN_NUMBERS:
      return numbersHave(args + (b << 2), valueNumber(a));
    case op.P_LIST_ALL_IN_NUMBERS:
      return listInNumbers(a, args + (b << 2), true);
    case op.P_LIST_ANY_IN_NUMBERS:
      return listInNumbers(a, args + (b << 2), false);
    case op.P_LT_NUMBER:
      return valueNumber(a) < load<u64>(row, PREDICATE_ROW_B);
    case op.P_LE_NUMBER:
      return valueNumber(a) <= load<u64>(row, PREDICATE_ROW_B);
    case op.P_GT_NUMBER:
      return valueNumber(a) > load<u64>(row, PREDICATE_ROW_B);
    case op.P_GE_NUMBER:
      return valueNumber(a) >= load<u64>(row, PREDICATE_ROW_B);
    case op.P_IN_NETWORKS:
      return inNetworks(valueAt(a), valueLength(a), args + (b << 2));
    case op.P_LIST_ALL_IN_NETWORKS:
      return listInNetworks(a, args + (b << 2), true);
    case op.P_LIST_ANY_IN_NETWORKS:
      return listInNetworks(a, args + (b << 2), false);
    default:
      return present(b) && evaluatePair(code, a, b);
  }
}

/** Predicates whose right side is a value too. */
function evaluatePair(code: u32, a: u32, b: u32): bool {
  switch (code) {
    case op.P_EQ_VALUE:
      return valueLength(a) == valueLength(b) && equalBytes(valueAt(a), valueAt(b), valueLength(a));
    case op.P_LT_VALUE:
      return compareBytes(valueAt(a), valueLength(a), valueAt(b), valueLength(b)) < 0;
    case op.P_LE_VALUE:
      return compareBytes(valueAt(a), valueLength(a), valueAt(b), valueLength(b)) <= 0;
    case op.P_GT_VALUE:
      return compareBytes(valueAt(a), valueLength(a), valueAt(b), valueLength(b)) > 0;
    case op.P_GE_VALUE:
      return compareBytes(valueAt(a), valueLength(a), valueAt(b), valueLength(b)) >= 0;
    case op.P_EQ_VALUE_NUMBER:
      return valueNumber(a) == valueNumber(b);
    case op.P_LT_VALUE_NUMBER:
      return valueNumber(a) < valueNumber(b);
    case op.P_LE_VALUE_NUMBER:
      return valueNumber(a) <= valueNumber(b);
    case op.P_GT_VALUE_NUMBER:
      return valueNumber(a) > valueNumber(b);
    case op.P_GE_VALUE_NUMBER:
      return valueNumber(a) >= valueNumber(b);
    case op.P_CONTAINS_VALUE:
      return containsBytes(valueAt(a), valueLength(a), valueAt(b), valueLength(b));
    case op.P_ICONTAINS_VALUE:
      return containsBytesCaseless(valueAt(a), valueLength(a), valueAt(b), valueLength(b));
    case op.P_STARTSWITH_VALUE:
      return startsWith(a, valueAt(b), valueLength(b));
    case op.P_ENDSWITH_VALUE:
      return endsWith(a, valueAt(b), valueLength(b));
    case op.P_GLOB_VALUE:
      return globMatches(valueAt(b), valueLength(b), valueAt(a), valueLength(a), false);
    case op.P_IGLOB_VALUE:
      return globMatches(valueAt(b), valueLength(b), valueAt(a), valueLength(a), true);
    case op.P_LIST_ALL_IN_VALUE:
      return listInList(a, b, false, true);
    case op.P_LIST_ANY_IN_VALUE:
      return listInList(a, b, false, false);
    case op.P_LIST_ALL_IN_VALUE_NUMBER:
      return listInList(a, b, true, true);
    case op.P_LIST_ANY_IN_VALUE_NUMBER:
      return listInList(a, b, true, false);
    default:
      return false;
  }
}

function startsWith(a: u32, prefix: usize, length: i32): bool {
  return valueLength(a) >= length && equalBytes(valueAt(a), prefix, length);
}

function endsWith(a: u32, suffix: usize, length: i32): bool {
  const skip = valueLength(a) - length;
  return skip >= 0 && equalBytes(valueAt(a) + skip, suffix, length);
}

/** Every element (`all`), or at least one, is in the set. */
function listIn(a: u32, set: usize, all: bool): bool {
  const list = valueAt(a);
  const count = valueLength(a);
  for (let i = 0; i < count; i++) {
    const element = elementAt(list, i);
    if (setHas(set, internCell(element, element + ELEMENT_CONSTANT)) != all) return !all;
  }
  return all;
}

function numbersHave(set: usize, n: u64): bool {
  const count = load<u32>(set);
  for (let i: u32 = 0; i < count; i++) {
    if (load<u64>(set + 4 + (i << 3)) == n) return true;
  }
  return false;
}

function listInNumbers(a: u32, set: usize, all: bool): bool {
  const list = valueAt(a);
  const count = valueLength(a);
  for (let i = 0; i < count; i++) {
    if (numbersHave(set, load<u64>(elementAt(list, i))) != all) return !all;
  }
  return all;
}

function inNetworks(address: usize, length: i32, networks: usize): bool {
  const count = load<u32>(networks);
  for (let i: u32 = 0; i < count; i++) {
    const network = load<u32>(networks + 4 + (i << 3));
    const prefix = load<i32>(networks + 8 + (i << 3));
    if (constantLength(network) == length && samePrefix(address, constantAt(network), prefix)) return true;
  }
  return false;
}

function samePrefix(a: usize, b: usize, bits: i32): bool {
  const bytes = bits >> 3;
  if (!equalBytes(a, b, bytes)) return false;
  const rest = bits & 7;
  return rest == 0 || ((load<u8>(a + bytes) ^ load<u8>(b + bytes)) & (0xff00 >> rest) & 0xff) == 0;
}

function listInNetworks(a: u32, networks: usize, all: bool): bool {
  const list = valueAt(a);
  const count = valueLength(a);
  for (let i = 0; i < count; i++) {
    const element = elementAt(list, i);
    if (inNetworks(elementText(element), elementLength(element), networks) != all) return !all;
  }
  return all;
}

function listInList(a: u32, b: u32, numbers: bool, all: bool): bool {
  const list = valueAt(a);
  const count = valueLength(a);
  for (let i = 0; i < count; i++) {
    if (listHas(valueAt(b), valueLength(b), elementAt(list, i), numbers) != all) return !all;
  }
  return all && valueLength(b) > 0;
}

function listHas(list: usize, count: i32, wanted: usize, numbers: bool): bool {
  for (let i = 0; i < count; i++) {
    const element = elementAt(list, i);
    if (numbers) {
      if (load<u64>(element) == load<u64>(wanted)) return true;
    } else if (
      elementLength(element) == elementLength(wanted) &&
      equalBytes(elementText(element), elementText(wanted), elementLength(wanted))
    ) return true;
  }
  return false;
}

function matchesRegex(a: u32, automaton: usize): bool {
  const top = arenaTop;
  sanitizeText(valueAt(a), valueLength(a));
  const scratch = allocate(load<u32>(automaton, AUTOMATON_SCRATCH));
  const truth = automatonMatches(automaton, sanitizedAt, sanitizedLength, scratch);
  setArenaTop(top);
  return truth;
}

function pathPrefix(a: u32, paths: usize): bool {
  const count = load<u32>(paths);
  for (let i: u32 = 1; i <= count; i++) {
    const path = load<u32>(paths + (i << 2));
    if (pathPrefixMatches(constantAt(path), constantLength(path), valueAt(a), valueLength(a))) return true;
  }
  return false;
}

function exactlyOne(list: usize): bool {
  const count = load<u32>(list);
  let holding = 0;
  for (let i: u32 = 1; i <= count; i++) {
    if (test(load<u32>(list + (i << 2))) && ++holding > 1) return false;
  }
  return holding == 1;
}
