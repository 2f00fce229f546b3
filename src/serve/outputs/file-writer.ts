// Texts in, bytes appended to a file descriptor, in order and one write at a time: what arrives meanwhile goes out with the next
// one. Writes happen on Node's thread pool, so a reader of a pipe that stands still holds up its own texts and nothing else.

import { close, fdatasync, fstat, ftruncate, open, read, stat, write } from 'node:fs';
import { promisify } from 'node:util';

const openFile = promisify(open);
const readBytes = promisify(read);
const writeBytes = promisify(write);
const truncate = promisify(ftruncate);
const statOf = promisify(fstat);
const statPath = promisify(stat);
const sync = promisify(fdatasync);
const closeDescriptor = promisify(close);

const MAX_WRITE = 4 << 20;
const AGAIN_MS = 5;
const NEWLINE = 10;

interface Waiting {
  readonly bytes: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface FileTarget {
  /** the descriptor that is open already, or the path to append to */
  readonly descriptor?: number;
  readonly path?: string;
  /** look before each write whether the path still leads to the open file */
  readonly watchesPath?: boolean;
  /** a write is over when the bytes are on disk */
  readonly fsync?: boolean;
}

export class FileWriter {
  readonly #target: FileTarget;
  #descriptor: number | undefined;
  #waiting: Waiting[] = [];
  #running: Promise<void> | undefined;
  #reopens = false;
  /** half a line stands at the end */
  #isTorn = false;

  constructor(target: FileTarget) {
    this.#target = target;
    this.#descriptor = target.descriptor;
  }

  /** Resolves when the text is written; rejects with the error of the file system, and then nothing of it is in a regular file. */
  write(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ bytes: Buffer.from(text), resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** At once, as the old file may be waited for; what goes wrong is told to the next text. */
  reopen(): void {
    this.#reopens = true;
    this.write('').catch(() => {});
  }

  /** Waits for what was written so far, then closes what this opened. */
  async close(): Promise<void> {
    await this.#running;
    if (this.#target.path !== undefined && this.#descriptor !== undefined) await closeDescriptor(this.#descriptor);
    this.#descriptor = undefined;
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#takeGroup();
      try {
        await this.#append(group.length === 1 ? group[0]!.bytes : Buffer.concat(group.map(({ bytes }) => bytes)));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error as Error);
      }
    }
    this.#running = undefined;
  }

  #takeGroup(): readonly Waiting[] {
    let size = 0;
    const end = this.#waiting.findIndex(({ bytes }) => {
      size += bytes.length;
      return size > MAX_WRITE;
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : Math.max(end, 1));
  }

  async #append(text: Buffer): Promise<void> {
    const descriptor = await this.#open();
    const bytes = this.#isTorn ? Buffer.concat([Buffer.from([NEWLINE]), text]) : text;
    let done = 0;
    try {
      while (done < bytes.length) done += await this.#writeSome(descriptor, bytes.subarray(done));
      this.#isTorn = false;
      if (this.#target.fsync) await sync(descriptor);
    } catch (error) {
      if (done > 0) await this.#takeBack(descriptor, done);
      throw error;
    }
  }

  async #writeSome(descriptor: number, bytes: Buffer): Promise<number> {
    for (;;) {
      try {
        return (await writeBytes(descriptor, bytes, 0, bytes.length, null)).bytesWritten;
      } catch (error) {
        // someone else made the pipe non-blocking
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }

  /** A disk that was full in the middle: no half line stays for the next one to be glued to. */
  async #takeBack(descriptor: number, written: number): Promise<void> {
    this.#isTorn = true;
    // what stands in a file that someone else opened is not ours to cut
    if (this.#target.path === undefined) return;
    try {
      const { size } = await statOf(descriptor);
      await truncate(descriptor, Math.max(0, size - written));
      this.#isTorn = false;
    } catch {
      // not a regular file: what was written cannot be taken back
    }
  }

  async #open(): Promise<number> {
    const { path, watchesPath } = this.#target;
    if (path === undefined) return this.#descriptor!;
    const current = this.#descriptor;
    if (current !== undefined && (this.#reopens || (watchesPath && !(await isSameFile(current, path))))) {
      this.#descriptor = undefined;
      await closeDescriptor(current);
    }
    this.#reopens = false;
    if (this.#descriptor === undefined) {
      this.#descriptor = await openForAppend(path);
      this.#isTorn = false;
    }
    return this.#descriptor;
  }
}

/** A process that was killed may have left half a line: the next one is not glued to it. */
async function openForAppend(path: string): Promise<number> {
  const descriptor = await openFile(path, 'a+', 0o640);
  const { size } = await statOf(descriptor);
  const last = Buffer.alloc(1);
  if (size > 0 && (await readBytes(descriptor, last, 0, 1, size - 1)).bytesRead === 1 && last[0] !== NEWLINE) {
    await writeBytes(descriptor, Buffer.from([NEWLINE]), 0, 1, null);
  }
  return descriptor;
}

async function isSameFile(descriptor: number, path: string): Promise<boolean> {
  try {
    const [a, b] = await Promise.all([statOf(descriptor), statPath(path)]);
    return a.ino === b.ino && a.dev === b.dev;
  } catch {
    return false;
  }
}
