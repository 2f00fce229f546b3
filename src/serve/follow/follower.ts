// One log file that goes on: every line once, in order, whatever happens to the file. Whenever the open file is not the log any more -
// it was renamed, copied and emptied, or this process was away - the parts beside it are looked through for the one that was
// being read, and what follows it is read up to the file of that name.

import { type FileHandle, stat } from 'node:fs/promises';
import type { FollowConfig } from '../config.ts';
import type { Log } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import type { Pipeline } from '../pipeline.ts';
import { LineBuffer } from './lines.ts';
import type { Place, Places } from './places.ts';
import {
  closeParts,
  continues,
  HEAD_SIZE,
  headDigest,
  isCopy,
  type LogParts,
  openParts,
  type Part,
  partChunks,
  readHead,
} from './rotation.ts';

const POLL_MS = 100;
/** A renamed file is read until nothing was added for so long: its writer may not know yet. */
const SETTLE_MS = 500;
/** A part that was written to so lately is looked at once more. */
const FRESH_MS = 2_000;
const READ_SIZE = 1 << 20;
const NEWLINE = 10;
/** How far before the end the start of the last line is looked for. */
const LAST_LINE_SEARCH = 4 << 20;

export interface FollowParts {
  readonly pipeline: Pipeline;
  readonly metrics: Metrics;
  readonly log: Log;
}

export class Follower {
  readonly #path: string;
  readonly #source: string;
  readonly #start: FollowConfig['start'];
  readonly #parts: FollowParts;
  readonly #places: Places;
  readonly #lines = new LineBuffer();
  /** a line without its end so far: the last bytes of parts that are over */
  #leftover: readonly { readonly bytes: Buffer; readonly digest: string }[] = [];
  #file: FileHandle | undefined;
  #place: Place | undefined;
  #isStopped = false;
  #isGone = false;
  #wake: () => void = () => {};
  #running: Promise<void> = Promise.resolve();
  #size = 0;
  #lastProblem = '';

  constructor(config: FollowConfig, places: Places, parts: FollowParts) {
    this.#path = config.path;
    this.#source = `file://${config.path}`;
    this.#start = config.start;
    this.#places = places;
    this.#parts = parts;
    this.#place = places.get(config.path);
  }

  get path(): string {
    return this.#path;
  }

  /** Bytes of the file that were not read yet, as of the last look. */
  get backlog(): number {
    return Math.max(0, this.#size - (this.#place?.offset ?? 0));
  }

  /** The file was removed, it was read to its end, and there is no other of its name yet. */
  get isGone(): boolean {
    return this.#isGone;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Ends behind a whole block of lines; the place is then that of what was handed over. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#wake();
    await this.#running;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #run(): Promise<void> {
    let isFirst = true;
    while (!this.#isStopped) {
      let hasRead = false;
      try {
        hasRead = this.#file === undefined ? await this.#find(isFirst) : await this.#readOn();
        if (hasRead) this.#lastProblem = '';
      } catch (error) {
        this.#reportOnce((error as Error).message);
        // lines that were taken and not evaluated are read again
        this.#lines.clear();
      }
      isFirst = false;
      if (!hasRead && !this.#isStopped) await this.#sleep(POLL_MS);
    }
  }

  /** Opens the log, behind what was read of it and of its rotated parts; false when there is none yet. */
  async #find(isFirst: boolean): Promise<boolean> {
    // not the parts ten times a second
    if (!isFirst && (await stat(this.#path).catch(() => undefined)) === undefined) return false;
    const parts = await openParts(this.#path);
    const { log } = parts;
    let keeps = false;
    try {
      if (log === undefined) {
        if (isFirst && this.#place === undefined) this.#begin(nowhere(digests(parts)));
        return false;
      }
      if (this.#place === undefined) this.#begin(await this.#firstPlace(log, parts));
      keeps = (await isAt(log.file, this.#place!)) || (await this.#catchUp(log, parts.rotated));
      if (!keeps) return false;
      this.#lines.clear();
      this.#file = log.file;
      this.#isGone = false;
      return true;
    } finally {
      await closeParts([...parts.rotated, ...(log === undefined || keeps ? [] : [log])]);
    }
  }

  /** Saved at once: a process that is killed early leaves what was rotated meanwhile to the next one. */
  #begin(place: Place): void {
    this.#place = place;
    this.#places.set(this.#path, place);
    this.#places.save();
  }

  /** Where to begin in a log that was never read; the rotated parts that lie there already are not. */
  async #firstPlace({ file, inode, head }: Part, parts: LogParts): Promise<Place> {
    const { size } = await file.stat();
    const offset = this.#start === 'beginning' ? 0 : await lastLineStart(file, size);
    return { inode, head, offset, done: digests(parts) };
  }

  /** Reads what was written between the place and the start of the log as it is now; false when stopped meanwhile. */
  async #catchUp(log: Part, rotated: readonly Part[]): Promise<boolean> {
    const place = this.#place!;
    const isOurs = ({ inode, head }: Part): boolean =>
      inode === place.inode && place.head.length > 0 ? continues(place.head, head) : isCopy(place.head, head);
    const own = rotated.findIndex(isOurs);
    const seen = new Set(place.done);
    if (own < 0 && place.offset > 0) this.#reportGone(place);
    for (const part of rotated.slice(Math.max(own, 0))) {
      const digest = headDigest(part.head);
      if (seen.has(digest)) continue;
      seen.add(digest);
      if (!isOurs(part)) this.#moveTo(part, 0);
      if (!(await this.#readPart(part, digest))) return false;
    }
    this.#moveTo(log, 0);
    return true;
  }

  #reportGone(place: Place): void {
    const digest = headDigest(place.head);
    // a file that was read to its end while it was open needs no other
    if (place.done.includes(digest)) return;
    this.#report(`the file that was read last is gone, lines behind ${place.offset} may be lost`);
  }

  async #readPart(part: Part, digest: string): Promise<boolean> {
    this.#lines.clear();
    // its end is read once more: its writer may have added to it
    this.#leftover = this.#leftover.filter((piece) => piece.digest !== digest);
    for (let hasGrown = true; hasGrown; ) {
      hasGrown = false;
      for await (const chunk of partChunks(part, this.#place!.offset + this.#lines.length)) {
        await this.#take(chunk);
        if (this.#isStopped) return false;
        hasGrown = true;
      }
      // a writer that has not noticed yet may add to it
      if (part.isCompressed || !(await isFresh(part))) break;
      await this.#sleep(SETTLE_MS);
    }
    return (await this.#endPart(digest)) && !this.#isStopped;
  }

  /** Reads what was added to the open file; false when there was nothing. */
  async #readOn(): Promise<boolean> {
    const [file, place] = [this.#file!, this.#place!];
    const { size } = await file.stat();
    this.#size = size;
    if (size < place.offset || !continues(place.head, await readHead(file))) {
      // emptied, after it was copied or not
      await this.#leave();
      return true;
    }
    if (size > place.offset + this.#lines.length && (await this.#readChunk(file))) return true;
    return this.#followRename(file);
  }

  async #readChunk(file: FileHandle): Promise<boolean> {
    const place = this.#place!;
    const position = place.offset + this.#lines.length;
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_SIZE), 0, READ_SIZE, position);
    if (bytesRead === 0) return false;
    if (place.head.length < HEAD_SIZE) place.head = await readHead(file);
    await this.#take(buffer.subarray(0, bytesRead));
    return true;
  }

  /**
   * Leaves a file that has another name now, when there is a new one with something in it and this one is over; and one that was
   * removed, which would take room on the disk for as long as it is open.
   */
  async #followRename(file: FileHandle): Promise<boolean> {
    const next = await stat(this.#path).catch(() => undefined);
    if (next === undefined && (await file.stat()).nlink > 0) return false;
    if (next?.size === 0 || next?.ino === this.#place!.inode) return false;
    await this.#sleep(SETTLE_MS);
    if (this.#isStopped || (await this.#readChunk(file))) return true;
    if (!(await this.#endPart(headDigest(this.#place!.head)))) return true;
    await this.#leave();
    this.#isGone = next === undefined;
    return true;
  }

  async #leave(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await file?.close();
  }

  #moveTo({ inode, head }: Part, offset: number): void {
    this.#place = { inode, head, offset, done: this.#place!.done };
    // with a leftover the saved place stays before it
    if (this.#leftover.length === 0) this.#places.set(this.#path, this.#place);
  }

  /**
   * The end of a file without a newline: an event that is whole, or the first half of one whose rest is in the next file. Until
   * that is read the part is not done: a new process starts before the half line. False when outputs do not have an alert of it.
   */
  async #endPart(digest: string): Promise<boolean> {
    const rest = this.#lines.rest();
    if (rest.length > 0 && !isJson(rest) && !isJson(Buffer.concat([...this.#leftoverBytes(), rest]))) {
      this.#leftover = [...this.#leftover, { bytes: rest, digest }];
    } else if (rest.length === 0 || (await this.#evaluate(rest, rest.length))) this.#place!.done.push(digest);
    else return false;
    this.#lines.clear();
    return true;
  }

  async #take(chunk: Buffer): Promise<void> {
    const before = this.#lines.length;
    const { lines, isOversize } = this.#lines.take(chunk);
    if (isOversize) this.#reject('too_large');
    const consumed = before + chunk.length - this.#lines.length;
    if (lines !== undefined) await this.#evaluate(lines, consumed);
    else if (consumed > 0) this.#place!.offset += consumed;
  }

  #leftoverBytes(): readonly Buffer[] {
    return this.#leftover.map(({ bytes }) => bytes);
  }

  /** Puts the first half of a line before its second one, if that is what they are. */
  #joined(lines: Buffer): Buffer {
    if (this.#leftover.length === 0) return lines;
    const bytes = Buffer.concat(this.#leftoverBytes());
    const end = lines.indexOf(NEWLINE) + 1;
    const second = end === 0 ? lines : lines.subarray(0, end);
    const isOneLine = !isJson(second) && isJson(Buffer.concat([bytes, second]));
    return Buffer.concat(isOneLine ? [bytes, lines] : [bytes, Buffer.from('\n'), lines]);
  }

  /** The place moves when outputs have the alerts; false when they do not and the time is over. */
  async #evaluate(lines: Buffer, consumed: number): Promise<boolean> {
    const whole = this.#joined(lines);
    const { rejections, delivered } = this.#parts.pipeline.evaluateLines(this.#source, whole, () => !this.#isStopped);
    if (rejections.length > 0) {
      const { reason } = rejections[0]!;
      this.#report(`${rejections.length} rejected, first ${reason} behind byte ${this.#place!.offset}`);
    }
    if ((await delivered) !== undefined) return false;
    this.#place!.done.push(...this.#leftover.map(({ digest }) => digest));
    this.#leftover = [];
    this.#place!.offset += consumed;
    this.#places.set(this.#path, this.#place!);
    return true;
  }

  #reject(reason: string): void {
    this.#parts.metrics.rejected(this.#source, reason, 1);
    this.#report('a line is longer than can be kept in memory');
  }

  #reportOnce(message: string): void {
    if (message === this.#lastProblem) return;
    this.#lastProblem = message;
    this.#report(message);
  }

  #report(message: string): void {
    this.#parts.log.report(this.#path, message);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

async function isAt(file: FileHandle, place: Place): Promise<boolean> {
  const { ino, size } = await file.stat();
  return ino === place.inode && size >= place.offset && continues(place.head, await readHead(file));
}

function nowhere(done: string[]): Place {
  return { inode: 0, head: Buffer.alloc(0), offset: 0, done };
}

function digests({ rotated }: LogParts): string[] {
  return rotated.map(({ head }) => headDigest(head));
}

async function isFresh({ file }: Part): Promise<boolean> {
  return Date.now() - (await file.stat()).mtimeMs < FRESH_MS;
}

/** Behind the last newline: a line that is being written is read when it is whole. */
async function lastLineStart(file: FileHandle, size: number): Promise<number> {
  const start = Math.max(0, size - LAST_LINE_SEARCH);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(size - start), 0, size - start, start);
  const at = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
  if (at >= 0) return start + at + 1;
  return start === 0 ? 0 : size;
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}
