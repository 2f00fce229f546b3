// Input of any size, fed to an instance in blocks that stay in a core's cache. Events are never cut: of a block that more
// follows, the whole lines are evaluated, and the next block starts behind them. It is the module that finds the last line's
// end: JavaScript searches a Uint8Array byte by byte, a seventh of all the time where lines have many kilobytes.

import { FRAMING_DOCUMENT, FRAMING_LINES } from '../isa/layout.ts';
import type { EngineInstance, RunResults } from './instance.ts';

/** `lines`: every line is a payload; `document`: the whole input is one. */
export type Framing = 'lines' | 'document';

/** Takes what a run came to, and where in the bytes it began. */
export type OnRun = (results: RunResults, base: number) => void;

/** Measured best between 256 kB and 1 MB: larger ones leave the cache, smaller ones copy more of their last lines twice. */
const BLOCK_SIZE: number = 512 << 10;

/** Evaluates all of the bytes. A block grows until it holds a line. */
export function runBlocks(
  instance: EngineInstance,
  bytes: Uint8Array,
  framing: Framing,
  onRun: OnRun,
  blockSize: number = BLOCK_SIZE,
): void {
  if (framing === 'document') runWhole(instance, bytes, 0, FRAMING_DOCUMENT, onRun);
  else if (bytes.length > blockSize) runLines(instance, bytes, onRun, blockSize);
  else if (bytes.length > 0) runWhole(instance, bytes, 0, FRAMING_LINES, onRun);
}

function runLines(instance: EngineInstance, bytes: Uint8Array, onRun: OnRun, blockSize: number): void {
  let size = blockSize;
  let start = 0;
  while (bytes.length - start > size) {
    instance.setInput(bytes.subarray(start, start + size));
    const length = instance.wholeLines(size);
    if (length > 0) runInput(instance, start, length, FRAMING_LINES, onRun);
    start += length;
    size = length > 0 ? blockSize : 2 * size;
  }
  if (start < bytes.length) runWhole(instance, bytes.subarray(start), start, FRAMING_LINES, onRun);
}

/** `base` is where the bytes stand in those of the call. */
function runWhole(instance: EngineInstance, bytes: Uint8Array, base: number, framing: number, onRun: OnRun): void {
  instance.setInput(bytes);
  runInput(instance, base, bytes.length, framing, onRun);
}

/** The first `length` bytes of the instance's input, which are those from `base` on in the bytes of the call. */
function runInput(instance: EngineInstance, base: number, length: number, framing: number, onRun: OnRun): void {
  let done = 0;
  do {
    const results = instance.run(done, length - done, framing);
    onRun(results, base + done);
    if (results.consumed === 0 && done < length) throw new Error('the engine stands still');
    done += results.consumed;
  } while (done < length);
}
