// A queue of lines on disk that survives the process: segments that are only appended to, and a cursor behind what the receiver
// has. A line is taken when it is synced; after a crash everything behind the cursor is given out again, so nothing is lost and
// little comes twice. A line that a crash cut in two was never taken: it is skipped.

import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DirectoryLock } from './directory-lock.ts';

const SEGMENT_SIZE = 16 << 20;
const READ_SIZE = 256 << 10;
const NAME = /^(\d{12})\.spool$/;
const NEWLINE = 10;

interface Waiting {
  readonly bytes: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class Spool {
  readonly #directory: string;
  readonly #lock: DirectoryLock;
  /** bytes that may wait */
  maxSize: number;
  #segment: number;
  #file: FileHandle | undefined;
  /** synced bytes of the newest segment */
  #written = 0;
  #cursor: { segment: number; offset: number };
  /** bytes of all segments */
  #size = 0;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  /** something happened since the reader looked last */
  #hasNews = false;
  #wake: () => void = () => {};

  private constructor(directory: string, maxSize: number, lock: DirectoryLock) {
    this.#directory = directory;
    this.#lock = lock;
    this.maxSize = maxSize;
    const segments = this.#segments();
    for (const segment of segments) this.#size += statSync(this.#path(segment)).size;
    const saved = this.#savedCursor();
    // a new segment for a new process: the end of the last one may be half a line; and no number twice, as the cursor names one
    this.#segment = Math.max(segments.at(-1) ?? 0, saved?.segment ?? 0) + 1;
    const first = segments[0] ?? this.#segment;
    this.#cursor = saved?.segment === first ? saved : { segment: first, offset: 0 };
  }

  /** @throws when the directory cannot be used, or another process uses it */
  static async open(directory: string, maxSize: number): Promise<Spool> {
    makeDirectory(directory);
    const lock = await DirectoryLock.take(directory);
    try {
      return new Spool(directory, maxSize, lock);
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /** Bytes that the receiver does not have yet, about. */
  get backlog(): number {
    return Math.max(0, this.#size - this.#cursor.offset);
  }

  /** Resolves when the lines are on disk. Lines that arrive during a sync share the next one. */
  append(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const bytes = Buffer.from(text);
      if (this.backlog + bytes.length > this.maxSize) reject(new Error('the spool is full'));
      else {
        this.#waiting.push({ bytes, resolve, reject });
        this.#running ??= this.#run();
      }
    });
  }

  /** The next lines behind the cursor; waits for some. Undefined when `isOver` says so; `poke` makes it look. */
  async next(isOver: () => boolean): Promise<readonly string[] | undefined> {
    for (;;) {
      if (isOver()) return undefined;
      this.#hasNews = false;
      const lines = await this.#read();
      if (lines !== undefined) return lines;
      // what happened during the read would wake nobody
      if (this.#hasNews) continue;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  poke(): void {
    this.#hasNews = true;
    this.#wake();
  }

  /** The receiver has what `next` gave out last. */
  advance(lines: readonly string[]): void {
    for (const line of lines) this.#cursor.offset += Buffer.byteLength(line) + 1;
    const path = join(this.#directory, 'cursor');
    try {
      writeFileSync(`${path}.new`, JSON.stringify(this.#cursor));
      renameSync(`${path}.new`, path);
    } catch {
      // a full disk: this process knows where it is, the next one would send some lines twice
    }
  }

  async close(): Promise<void> {
    await this.#running;
    await this.#file?.close();
    this.#file = undefined;
    this.#lock.release();
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      try {
        await this.#write(Buffer.concat(group.map(({ bytes }) => bytes)));
        for (const { resolve } of group) resolve();
        this.poke();
      } catch (error) {
        for (const { reject } of group) reject(error as Error);
      }
    }
    this.#running = undefined;
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.#written >= SEGMENT_SIZE) await this.#startSegment();
    else if (await this.#isRemoved()) {
      this.#size -= this.#written;
      await this.#startSegment();
      this.#cursor = { segment: this.#segment, offset: 0 };
    }
    this.#file ??= await this.#createSegment();
    try {
      let done = 0;
      while (done < bytes.length) {
        const { bytesWritten } = await this.#file.write(bytes, done, bytes.length - done, this.#written + done);
        done += bytesWritten;
      }
      await this.#file.datasync();
      this.#written += bytes.length;
      this.#size += bytes.length;
    } catch (error) {
      // what was written in part is written over by the next lines
      await this.#file.truncate(this.#written).catch(() => {});
      throw error;
    }
  }

  /**
   * Whether somebody has removed the newest segment, so that no other process would find what is written to it.
   * @throws as long as it holds lines that this process has not given out: it is open still
   */
  async #isRemoved(): Promise<boolean> {
    if (this.#file === undefined || (await this.#file.stat()).nlink > 0) return false;
    const { segment, offset } = this.#cursor;
    if (segment < this.#segment || offset < this.#written) {
      throw new Error('the file of the spool was removed, and not all that it held is sent');
    }
    return true;
  }

  async #createSegment(): Promise<FileHandle> {
    for (; ; this.#segment++) {
      try {
        const file = await open(this.#path(this.#segment), 'wx+', 0o640);
        syncDirectory(this.#directory);
        return file;
      } catch (error) {
        // a try before this one made it and got no further
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
    }
  }

  async #startSegment(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    this.#segment += 1;
    this.#written = 0;
  }

  /** Whole lines at the cursor; undefined when there are none yet. Segments that are read to their end go away. */
  async #read(): Promise<readonly string[] | undefined> {
    for (;;) {
      const { segment, offset } = this.#cursor;
      const isNewest = segment === this.#segment;
      if (isNewest && offset >= this.#written) return undefined;
      const lines = await this.#readSegment(segment, offset, isNewest ? this.#written : Number.MAX_SAFE_INTEGER);
      if (lines.length > 0) return lines;
      if (isNewest) return undefined;
      this.#dropSegment(segment);
    }
  }

  async #readSegment(segment: number, offset: number, end: number): Promise<readonly string[]> {
    let file: FileHandle;
    try {
      file = await open(this.#path(segment));
    } catch (error) {
      // what cannot be opened now may be later; what is not there is gone, but for a file that this process has open
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      const own = segment === this.#segment ? this.#file : undefined;
      return own === undefined ? [] : readLines(own, offset, end);
    }
    try {
      return await readLines(file, offset, end);
    } finally {
      await file.close();
    }
  }

  #dropSegment(segment: number): void {
    try {
      this.#size -= statSync(this.#path(segment)).size;
      rmSync(this.#path(segment));
    } catch {
      // gone already
    }
    const next = this.#segments().find((one) => one > segment) ?? this.#segment;
    this.#cursor = { segment: next, offset: 0 };
  }

  #savedCursor(): { segment: number; offset: number } | undefined {
    try {
      const { segment, offset } = JSON.parse(readFileSync(join(this.#directory, 'cursor'), 'utf8'));
      return Number.isInteger(segment) && Number.isInteger(offset) ? { segment, offset } : undefined;
    } catch {
      // none was saved: everything is given out again
      return undefined;
    }
  }

  #segments(): readonly number[] {
    const names = readdirSync(this.#directory).flatMap((name) => NAME.exec(name)?.[1] ?? []);
    return names.map(Number).sort((a, b) => a - b);
  }

  #path(segment: number): string {
    return join(this.#directory, `${String(segment).padStart(12, '0')}.spool`);
  }
}

/** Whole lines from `offset` on, and none behind `end`. */
async function readLines(file: FileHandle, offset: number, end: number): Promise<readonly string[]> {
  for (let size = READ_SIZE; ; size *= 2) {
    const length = Math.min(size, end - offset);
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
    const cut = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (cut >= 0) return buffer.toString('utf8', 0, cut).split('\n');
    if (bytesRead < length || length < size) return [];
  }
}

/** Not recursively by Node, which never ends below a file system that makes no directories, such as /proc. */
function makeDirectory(path: string): void {
  if (isDirectory(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeDirectory(parent);
  try {
    mkdirSync(path, { mode: 0o750 });
  } catch (error) {
    if (!isDirectory(path)) throw error;
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A name in a directory survives a crash of the machine only when the directory is synced too. */
function syncDirectory(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
