// What a run of rule tests read, for `--watch`: each path with what it was like before it was read, so that a change while the
// tests run is a change too. Of a directory only the YAML files count: reports and an editor's own files may be written there.

import { type FileStates, FileWatch, fileStates } from '../serve/file-watch.ts';

const INTERVAL_MS = 100;

export class ReadFiles {
  readonly #states = new Map<string, string>();

  /** To be called before files and directories are read, whether they exist or not. */
  async note(paths: readonly string[]): Promise<void> {
    const states: FileStates = await fileStates(
      paths.filter((path) => !this.#states.has(path)),
      countsAsRead,
    );
    for (const [path, state] of states) this.#states.set(path, state);
  }

  /** Resolves when one of them is no longer what it was. Does not keep the process from ending. */
  async changed(): Promise<void> {
    const paths = [...this.#states.keys()];
    const options = { intervalMs: INTERVAL_MS, counts: countsAsRead };
    let watch: FileWatch | undefined;
    await new Promise<void>((resolve) => {
      watch = new FileWatch(() => paths, this.#states, resolve, options);
    });
    watch?.stop();
  }
}

/** Of the names in a directory: tests and rules. */
export function countsAsRead(name: string): boolean {
  return /\.ya?ml$/.test(name);
}
