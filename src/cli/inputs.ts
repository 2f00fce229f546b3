// The INPUT arguments of `run`: which files they name, in which order, and their bytes. Files and standard input are read
// in chunks and never whole; compressed ones are recognised by their first bytes or by their name. A byte order mark is no part
// of them.

import { open, opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { reasonOf, usageFailure } from './failure.ts';
import { gunzipChunks, isGzip } from './gunzip.ts';
import { checkReadOnce } from './rules.ts';
import { utf8Chunks } from './text-encoding.ts';

const CHUNK_SIZE = 1 << 20;

export type Framing = 'lines' | 'document';

export interface Input {
  /** as the caller wrote it; `<stdin>` for `-` */
  readonly name: string;
  readonly framing: Framing;
  /** A chunk may be overwritten once the next one is asked for. Fails with the error of the file system or of gzip, or as UTF-16. */
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

export interface InputProblem {
  readonly name: string;
  readonly problem: string;
}

/** Refuses what a later release may read, and standard input twice (as `rules` too), before anything is read. */
export function checkInputNames(names: readonly string[], rules: readonly string[] = []): void {
  checkReadOnce([...rules, ...names]);
  for (const name of names) {
    const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(name)?.[1];
    if (scheme !== undefined) {
      throw usageFailure(`${name}: inputs of the form ${scheme}:// are not supported; name a file, a directory or -`);
    }
  }
}

/** The inputs in the order they are read. A name that leads nowhere takes its place in that order as a problem. */
export async function* openInputs(
  names: readonly string[],
  framing: Framing | undefined,
  stdin: Readable,
): AsyncGenerator<Input | InputProblem> {
  for (const name of names) {
    if (name === '-') {
      yield { name: '<stdin>', framing: framing ?? 'lines', chunks: () => utf8Chunks(decompressed(name, stdin)) };
      continue;
    }
    try {
      const isDirectory = (await stat(name)).isDirectory();
      for (const file of isDirectory ? await filesOf(name) : [name]) {
        yield { name: file, framing: framing ?? framingOf(file), chunks: () => chunksOf(file) };
      }
    } catch (error) {
      yield { name, problem: reasonOf(error) };
    }
  }
}

function chunksOf(file: string): AsyncIterable<Uint8Array> {
  return utf8Chunks(decompressed(file, fileChunks(file)));
}

function framingOf(name: string): Framing {
  return /\.json(\.gz)?$/i.test(name) ? 'document' : 'lines';
}

/** Everything in a directory that is not a directory itself, links followed, in name order. */
async function filesOf(directory: string): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const entry of await opendir(directory)) {
    const path = join(directory, entry.name);
    // a link that leads nowhere stays in the list: reading it reports it
    const isDirectory = entry.isSymbolicLink() ? await isLinkToDirectory(path) : entry.isDirectory();
    if (!isDirectory) files.push(path);
  }
  return files.sort();
}

async function isLinkToDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}

async function* fileChunks(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  try {
    const buffer = new Uint8Array(CHUNK_SIZE);
    for (;;) {
      const { bytesRead } = await file.read(buffer, 0, buffer.length);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}

/** The chunks themselves, or what is compressed in them. */
async function* decompressed(name: string, chunks: AsyncIterable<Uint8Array>, layers = 2): AsyncGenerator<Uint8Array> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = await iterator.next();
  const all = rejoin(first, iterator);
  const isCompressed = /\.gz$/i.test(name) || (!first.done && isGzip(first.value));
  // log deliveries compress what was compressed already
  if (isCompressed && layers > 0) yield* decompressed('', gunzipChunks(all), layers - 1);
  else yield* all;
}

async function* rejoin(first: IteratorResult<Uint8Array>, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    for (let result = first; !result.done; result = await rest.next()) yield result.value;
  } finally {
    await rest.return?.();
  }
}
