// Paths in, a call when one of them changed. Looks instead of being told: the files of a Kubernetes volume are links that are exchanged
// as a whole, which notifications of the file system miss. A change is reported when it has stopped changing.

import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** What a path was like; for a directory, what its files were like. */
export type FileStates = ReadonlyMap<string, string>;

export interface FileWatchOptions {
  readonly intervalMs?: number;
  /** of a directory, the names that count; default: all */
  readonly counts?: (name: string) => boolean;
}

export class FileWatch {
  readonly #paths: () => readonly string[];
  readonly #changed: () => void;
  readonly #counts: ((name: string) => boolean) | undefined;
  readonly #timer: NodeJS.Timeout;
  readonly #seen: Map<string, string>;
  #candidate = '';
  #isLooking = false;

  /** `seen`: the states that are known to the caller; other paths are as they should be when they are met. */
  constructor(
    paths: () => readonly string[],
    seen: FileStates,
    changed: () => void,
    { intervalMs = 500, counts }: FileWatchOptions = {},
  ) {
    this.#paths = paths;
    this.#counts = counts;
    this.#seen = new Map(seen);
    this.#changed = changed;
    this.#timer = setInterval(() => void this.#look(), intervalMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    const states = await fileStates(this.#paths(), this.#counts);
    this.#isLooking = false;
    const changed = [...states].filter(([path, state]) => (this.#seen.get(path) ?? state) !== state);
    const candidate = JSON.stringify(changed);
    for (const [path, state] of states) if (!this.#seen.has(path)) this.#seen.set(path, state);
    if (changed.length > 0 && candidate === this.#candidate) {
      for (const [path, state] of changed) this.#seen.set(path, state);
      this.#changed();
    }
    this.#candidate = candidate;
  }
}

/** `counts`: of a directory, the names that count. */
export async function fileStates(
  paths: readonly string[],
  counts: (name: string) => boolean = () => true,
): Promise<FileStates> {
  const states = paths.map(async (path): Promise<[string, string]> => {
    const names = (await readdir(path).catch(() => undefined))?.filter(counts);
    const files = names === undefined ? [path] : names.sort().map((name) => join(path, name));
    return [path, JSON.stringify(await Promise.all(files.map(fileState)))];
  });
  return new Map(await Promise.all(states));
}

async function fileState(path: string): Promise<readonly unknown[]> {
  const status = await stat(path).catch(() => undefined);
  return [path, status?.ino, status?.size, status?.mtimeMs];
}
