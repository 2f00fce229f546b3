// How far each followed log was read, kept over restarts in one file: written beside it and renamed, so that it is whole whenever the
// process ends. A place is behind the last line whose alerts outputs have.

import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export interface Place {
  inode: number;
  /** first bytes of the file */
  head: Buffer;
  offset: number;
  /** digests of heads of parts that were read, or were there before */
  done: string[];
}

const SAVE_MS = 500;
const MAX_DONE = 256;

export class Places {
  readonly #path: string | undefined;
  readonly #report: (message: string) => void;
  readonly #places = new Map<string, Place>();
  #timer: NodeJS.Timeout | undefined;

  /** Without a path nothing is kept. */
  constructor(path: string | undefined, report: (message: string) => void) {
    this.#path = path;
    this.#report = report;
    if (path === undefined) return;
    try {
      const saved = JSON.parse(readFileSync(path, 'utf8')) as Record<string, Record<string, unknown>>;
      for (const [name, { inode, head, offset, done }] of Object.entries(saved)) {
        const bytes = Buffer.from(String(head), 'base64');
        this.#places.set(name, { inode: Number(inode), head: bytes, offset: Number(offset), done: done as string[] });
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') report(`no saved place: ${(error as Error).message}`);
    }
  }

  get(name: string): Place | undefined {
    return this.#places.get(name);
  }

  set(name: string, place: Place): void {
    place.done.splice(0, place.done.length - MAX_DONE);
    this.#places.set(name, place);
    this.#timer ??= setTimeout(() => this.save(), SAVE_MS);
  }

  save(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#path === undefined) return;
    const rows = [...this.#places].map(([name, { inode, head, offset, done }]) => [
      name,
      { inode, head: head.toString('base64'), offset, done },
    ]);
    try {
      writeFileSync(`${this.#path}.new`, JSON.stringify(Object.fromEntries(rows)));
      renameSync(`${this.#path}.new`, this.#path);
    } catch (error) {
      this.#report(`the place cannot be saved: ${(error as Error).message}`);
    }
  }
}
