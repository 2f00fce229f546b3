// Memory beyond the static data, in this order: program image, engine tables, input, arena. The arena is a bump pointer that
// is taken back after every event; match records grow at its bottom until the host drains them.

/** first byte after the static data */
export let heapStart: usize = (__heap_base + 15) & ~15;

/** Bytes that may be read (not meant) past the end of any text. */
export const PADDING: usize = 128;

export let arenaTop: usize = 0;

/** Grows memory so that everything below `end` can be accessed; traps when the host refuses (out of memory). */
export function ensureMemory(end: usize): void {
  const have = <usize>memory.size() << 16;
  if (end + PADDING > have) {
    const pages = <i32>((end + PADDING - have + 0xffff) >> 16);
    // grow by at least 1 MiB: growth detaches the host's views
    if (memory.grow(max(pages, 16)) < 0 && memory.grow(pages) < 0) unreachable();
  }
}

// @ts-ignore: decorator
@inline
export function setArenaTop(top: usize): void {
  arenaTop = top;
}

/** `size` bytes at a multiple of 8. */
// @ts-ignore: decorator
@inline
export function allocate(size: usize): usize {
  const at = arenaTop;
  const top = (at + size + 7) & ~7;
  if (top + PADDING > <usize>memory.size() << 16) ensureMemory(top);
  arenaTop = top;
  return at;
}
