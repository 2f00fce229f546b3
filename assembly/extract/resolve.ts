// The place of a node when somebody asks for it. What the event walk passed over is walked now, with all that is wanted below it.

import {
  NODE_NO_POSITION,
  NODE_ROW_CHILD_COUNT,
  NODE_ROW_FIRST_CHILD,
  NODE_ROW_PARENT,
  NODE_ROW_POSITION,
} from '../generated/layout';
import { skipSpace } from '../scan/input';
import { skipValue } from '../scan/value';
import { nodeRow } from '../vm/program';
import { fillSlot, isExpanded, isFound, markExpanded, slotOf, slotStart } from './nodes';
import { walkLater } from './walk';

/** The node's slot, or 0 if the event has no such value. */
// @ts-ignore: decorator
@inline
export function resolveNode(node: u32): usize {
  const slot = slotOf(node);
  return isFound(slot) ? slot : lookForNode(node);
}

/** The slot of a node that the walk did not fill, or 0. Not by recursion: a rule's path may be longer than the stack is deep. */
function lookForNode(node: u32): usize {
  const slot = slotOf(node);
  for (;;) {
    // the first that is missing on the way to the node
    let child = node;
    let parent = load<u32>(nodeRow(child), NODE_ROW_PARENT);
    while (!isFound(slotOf(parent))) {
      child = parent;
      parent = load<u32>(nodeRow(child), NODE_ROW_PARENT);
    }
    if (isExpanded(slotOf(parent))) return 0;
    expand(parent, slotOf(parent));
    if (isFound(slot)) return slot;
    if (child == node || !isFound(slotOf(child))) return 0;
  }
  return unreachable(); // the loop only returns
}

/** Fills the children of a node from its text, which is known to be well formed (or is trusted). */
function expand(node: u32, slot: usize): void {
  const start = slotStart(slot);
  const c = <u32>load<u8>(start);
  if (c == 0x7b) {
    walkLater(node, start);
    return;
  }
  markExpanded(slot);
  if (c == 0x5b) expandArray(nodeRow(node), start);
}

function expandArray(row: usize, start: usize): void {
  const first = load<u32>(row, NODE_ROW_FIRST_CHILD);
  const count = load<u32>(row, NODE_ROW_CHILD_COUNT);
  let highest: u32 = 0;
  let any = false;
  for (let i: u32 = 0; i < count; i++) {
    const position = load<u32>(nodeRow(first + i), NODE_ROW_POSITION);
    if (position < NODE_EVERY_LOW) {
      any = true;
      highest = max(highest, position);
    }
  }
  if (!any) return;
  let at = skipSpace(start + 1);
  if (load<u8>(at) == 0x5d) return;
  for (let n: u32 = 0; n <= highest; n++) {
    const end = skipValue(at);
    if (end == 0) return;
    for (let i: u32 = 0; i < count; i++) {
      if (load<u32>(nodeRow(first + i), NODE_ROW_POSITION) == n) fillSlot(slotOf(first + i), at, end, true);
    }
    at = skipSpace(end);
    if (load<u8>(at) != 0x2c) return;
    at = skipSpace(at + 1);
  }
}

/** positions from here on have another meaning (layout.ts) */
const NODE_EVERY_LOW: u32 = NODE_NO_POSITION - 1;
