// The followed paths: a file each, or every log of a directory, those that come to be there later too. Rotated parts of a log that
// is followed are that log's business.

import { readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { FollowConfig } from '../config.ts';
import { Follower, type FollowParts } from './follower.ts';
import type { Places } from './places.ts';
import { rotatedName } from './rotation.ts';

const LOOK_MS = 500;

export class FollowSource {
  readonly #config: FollowConfig;
  readonly #parts: FollowParts;
  readonly #places: Places;
  readonly #followers = new Map<string, Follower>();
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> = Promise.resolve();
  #isStopped = false;

  constructor(config: FollowConfig, places: Places, parts: FollowParts) {
    this.#config = config;
    this.#parts = parts;
    this.#places = places;
  }

  get followers(): readonly Follower[] {
    return [...this.#followers.values()];
  }

  async start(): Promise<void> {
    const status = await stat(this.#config.path).catch(() => undefined);
    if (!status?.isDirectory()) return this.#follow(this.#config.path, this.#config.start);
    await this.#lookAround(this.#config.start);
    this.#timer = setInterval(() => {
      this.#look = this.#look.then(() => this.#lookAround('beginning'));
    }, LOOK_MS);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    await this.#look;
    await Promise.all(this.followers.map((follower) => follower.stop()));
    this.#places.save();
  }

  #follow(path: string, start: FollowConfig['start']): void {
    const follower = new Follower({ ...this.#config, path, start }, this.#places, this.#parts);
    this.#followers.set(path, follower);
    follower.start();
  }

  /** Follows the logs that are new: no hidden files, none that is a rotated part of another. Lets go of those that are gone. */
  async #lookAround(start: FollowConfig['start']): Promise<void> {
    const { path } = this.#config;
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    const names = entries
      .filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name);
    const isPart = [...this.#followers.keys()]
      .map((known) => basename(known))
      .concat(names)
      .map(rotatedName);
    for (const [file, follower] of this.#followers) {
      if (!follower.isGone || names.includes(basename(file))) continue;
      this.#followers.delete(file);
      await follower.stop();
    }
    for (const name of names) {
      const file = join(path, name);
      if (this.#isStopped) return;
      if (!this.#followers.has(file) && !isPart.some((test) => test(name)) && !name.endsWith('.gz')) {
        this.#follow(file, start);
      }
    }
  }
}
