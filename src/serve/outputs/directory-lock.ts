// A directory that one process at a time may use, by a socket in it that the process listens on: the kernel ends the listening however
// the process ends, and unlike the number of a process a socket means the same in two containers that share a volume. Where no
// socket can be made - a full disk, a file system that knows none - others are still noticed, but do not notice this process.

import { randomUUID } from 'node:crypto';
import { linkSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { join } from 'node:path';

const NAME = 'lock';
/** Two may find the socket of a dead process at the same time: the one whose socket is there after a while stays. */
const SETTLE_MS = 50;

export class DirectoryLock {
  readonly #path: string;
  readonly #inode: number | undefined;
  readonly #server: Server | undefined;

  private constructor(path: string, inode?: number, server?: Server) {
    this.#path = path;
    this.#inode = inode;
    this.#server = server;
  }

  /** @throws when another process has it, or the directory cannot be opened */
  static async take(directory: string): Promise<DirectoryLock> {
    const path = join(directory, NAME);
    const handle = await open(directory, 'r');
    let server: Server | undefined;
    try {
      // a socket's path has at most 107 bytes
      const short = `/proc/self/fd/${handle.fd}`;
      if (await isListening(join(short, NAME))) throw new Error(`${directory}: another process uses it`);
      const unique = `${NAME}.${randomUUID()}`;
      server = await listenOn(join(short, unique)).catch(() => undefined);
      if (server === undefined) return new DirectoryLock(path);
      const inode = put(join(directory, unique), path);
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
      if (inodeOf(path) !== inode) throw new Error(`${directory}: another process has just begun to use it`);
      return new DirectoryLock(path, inode, server);
    } catch (error) {
      server?.close();
      throw error;
    } finally {
      await handle.close();
    }
  }

  release(): void {
    if (this.#inode !== undefined && inodeOf(this.#path) === this.#inode) rmSync(this.#path, { force: true });
    this.#server?.close();
  }
}

/** Gives the socket its name, in place of a dead one; a name that has come to be there meanwhile is another's. */
function put(socket: string, path: string): number | undefined {
  const inode = inodeOf(socket);
  try {
    rmSync(path, { force: true });
    linkSync(socket, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(socket, { force: true });
  }
  return inode;
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

function isListening(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.on('connect', () => {
      connection.destroy();
      resolve(true);
    });
    // one that this process may not ask may well be alive
    connection.on('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'));
  });
}

function listenOn(path: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // a process of another user has to be able to ask
    server.listen({ path, readableAll: true, writableAll: true }, () => {
      server.removeListener('error', reject);
      server.on('error', () => {});
      resolve(server);
    });
  });
}
