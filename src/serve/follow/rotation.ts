// Which file is which: a log is told by its first bytes, which keep through a rename, a copy and compression, and are another log's
// never, as every event has an id of its own. And which names beside a log are rotated parts of it, in the order they were written.

import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

export const HEAD_SIZE = 256;
const READ_SIZE = 256 << 10;
/** Shorter ones do not tell a file from another. */
const LEAST_HEAD = 32;

const MAX_TRIES = 50;
const TRY_AGAIN_MS = 10;

/** A part of a log, open: what happens to its name does not matter any more. */
export interface Part {
  readonly name: string;
  readonly file: FileHandle;
  readonly inode: number;
  /** the first HEAD_SIZE bytes, decompressed, or all there are */
  readonly head: Buffer;
  readonly isCompressed: boolean;
}

export function headDigest(head: Buffer): string {
  return createHash('sha256').update(head).digest('base64').slice(0, 20);
}

/** Whether a file that began with `before` may be one that begins with `now`. */
export function continues(before: Buffer, now: Buffer): boolean {
  return now.length >= before.length && now.subarray(0, before.length).equals(before);
}

/** As `continues`, for files that nothing else ties together. */
export function isCopy(before: Buffer, now: Buffer): boolean {
  return before.length >= LEAST_HEAD && continues(before, now);
}

export async function readHead(file: FileHandle): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_SIZE), 0, HEAD_SIZE, 0);
  return buffer.subarray(0, bytesRead);
}

/** The log itself, if there is one, and the rotated parts beside it, oldest first. */
export interface LogParts {
  readonly log: Part | undefined;
  readonly rotated: readonly Part[];
}

/** All parts as they are at one moment: looks again when names moved meanwhile. Close them after use. */
export async function openParts(path: string): Promise<LogParts> {
  const directory = dirname(path);
  for (let tries = 1; ; tries++) {
    const names = await partNames(path);
    const parts = (await Promise.all(names.map((name) => openPart(directory, name)))).filter(
      (part) => part !== undefined,
    );
    if (tries >= MAX_TRIES || (parts.length === names.length && (await isStill(path, parts)))) {
      const log = parts.find(({ name }) => name === basename(path));
      return { log, rotated: parts.filter((part) => part !== log && part.head.length > 0) };
    }
    await closeParts(parts);
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
  }
}

export async function closeParts(parts: readonly Part[]): Promise<void> {
  await Promise.all(parts.map(({ file }) => file.close().catch(() => {})));
}

async function partNames(path: string): Promise<readonly string[]> {
  const isPart = rotatedName(basename(path));
  const names = await readdir(dirname(path)).catch(() => [] as string[]);
  const rotated = names.filter(isPart).sort(byAge);
  return names.includes(basename(path)) ? [...rotated, basename(path)] : rotated;
}

async function isStill(path: string, parts: readonly Part[]): Promise<boolean> {
  const names = await partNames(path);
  if (names.join('/') !== parts.map(({ name }) => name).join('/')) return false;
  const inodes = await Promise.all(
    names.map((name) =>
      stat(join(dirname(path), name)).then(
        ({ ino }) => ino,
        () => -1,
      ),
    ),
  );
  return inodes.every((inode, i) => inode === parts[i]!.inode);
}

/** Undefined when it cannot be read: gone, or no file. */
async function openPart(directory: string, name: string): Promise<Part | undefined> {
  const file = await open(join(directory, name)).catch(() => undefined);
  if (file === undefined) return undefined;
  const isCompressed = name.endsWith('.gz');
  try {
    const status = await file.stat();
    if (status.isFile()) {
      const head = isCompressed ? await compressedHead(file) : await readHead(file);
      return { name, file, inode: status.ino, head, isCompressed };
    }
  } catch {
    // compressed at this moment: there is no head to tell it by yet
  }
  await file.close();
  return undefined;
}

/**
 * Of `audit.log`: `audit-2024-05-01T10-00-00.000.log` as API servers name them, `audit.log.1`, `audit.log-20240501` as logrotate does, each
 * with or without `.gz`.
 */
export function rotatedName(name: string): (other: string) => boolean {
  const ending = extname(name);
  const stem = escaped(ending === '' ? name : name.slice(0, -ending.length));
  const mark = '\\d[\\dTZ.:_-]*';
  const pattern = new RegExp(`^(${stem}-${mark}${escaped(ending)}|${escaped(name)}[.-]${mark})(\\.gz)?$`);
  return (other) => other !== name && pattern.test(other);
}

/** The content of a part from `offset` on. */
export function partChunks({ file, isCompressed }: Part, offset: number): AsyncIterable<Buffer> {
  return isCompressed ? skipped(gunzipped(file), offset) : plainChunks(file, offset);
}

async function* plainChunks(file: FileHandle, offset: number): AsyncGenerator<Buffer> {
  for (let at = offset; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(READ_SIZE), 0, READ_SIZE, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

function gunzipped(file: FileHandle): Readable {
  const compressed = Readable.from(plainChunks(file, 0));
  const gunzip = createGunzip({ chunkSize: READ_SIZE });
  compressed.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => compressed.destroy());
  return compressed.pipe(gunzip);
}

async function* skipped(chunks: AsyncIterable<Buffer>, offset: number): AsyncGenerator<Buffer> {
  let left = offset;
  for await (const chunk of chunks) {
    if (chunk.length > left) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

async function compressedHead(file: FileHandle): Promise<Buffer> {
  let head = Buffer.alloc(0);
  for await (const chunk of gunzipped(file)) {
    head = Buffer.concat([head, chunk]);
    if (head.length >= HEAD_SIZE) break;
  }
  return head.subarray(0, HEAD_SIZE);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** `log.2` is older than `log.1`; dates are in their order. */
function byAge(a: string, b: string): number {
  const [x, y] = [serialOf(a), serialOf(b)];
  if (x !== undefined && y !== undefined) return y - x;
  return a.replace(/\.gz$/, '') < b.replace(/\.gz$/, '') ? -1 : 1;
}

function serialOf(name: string): number | undefined {
  const digits = /\.(\d{1,5})(\.gz)?$/.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
