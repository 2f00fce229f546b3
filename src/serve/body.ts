// A request's body in, its bytes out, decompressed, or the answer that refuses it. Memory is taken as bytes arrive and never beyond
// the limit, whatever a header or a compressed stream promises.

import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Queue, Ticket } from './queue.ts';

export interface Refusal {
  readonly status: number;
  readonly reason: string;
}

export interface BodyLimits {
  /** bytes, compressed or not */
  readonly maxSize: number;
  readonly timeoutMs: number;
}

/** The part of a request that HTTP/1.1 and HTTP/2 share. */
export interface BodySource extends Readable {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

/** Kept between two bodies; a larger one is let go. */
const MAX_KEPT = 4 << 20;

/** Memory for a whole body, kept from one to the next: they are evaluated one at a time, and to allocate each anew costs collections. */
export class BodyMemory {
  #kept: Buffer | undefined;
  #lent: ArrayBufferLike | undefined;

  /** The chunks in one piece, which is to be given back. */
  join(chunks: readonly Buffer[], size: number): Buffer {
    if (chunks.length === 1) return chunks[0]!;
    const whole = this.#take(size);
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole.subarray(0, size);
  }

  /** Nobody reads the body any more. */
  giveBack(body: Buffer): void {
    if (body.buffer === this.#lent) this.#lent = undefined;
  }

  #take(size: number): Buffer {
    if (this.#lent !== undefined || size > MAX_KEPT) return Buffer.allocUnsafeSlow(size);
    if (this.#kept === undefined || this.#kept.length < size) {
      this.#kept = Buffer.allocUnsafeSlow(Math.min(MAX_KEPT, 2 * size));
    }
    this.#lent = this.#kept.buffer;
    return this.#kept;
  }
}

/** The body, or why it is refused; undefined when the client goes away. What arrives counts on the ticket. */
export async function readBody(
  request: BodySource,
  limits: BodyLimits,
  queue: Queue,
  ticket: Ticket,
  memory: BodyMemory,
): Promise<Buffer | Refusal | undefined> {
  const encoding = String(request.headers['content-encoding'] ?? 'identity')
    .trim()
    .toLowerCase();
  if (encoding !== 'identity' && encoding !== 'gzip' && encoding !== 'x-gzip') {
    return { status: 415, reason: `Content-Encoding ${JSON.stringify(encoding)} is not supported, expected gzip` };
  }
  const tooLarge: Refusal = { status: 413, reason: `the body is larger than ${limits.maxSize} bytes` };
  const isCompressed = encoding !== 'identity';
  return new Promise((resolve) => {
    const kept = new Pieces();
    let arrived = 0;
    const gunzip = isCompressed ? createGunzip() : undefined;
    const source: Readable = gunzip ?? request;
    const timer = setTimeout(() => end({ status: 408, reason: 'the body takes too long' }), limits.timeoutMs);
    let isOver = false;
    const end = (result?: Buffer | Refusal): void => {
      isOver = true;
      clearTimeout(timer);
      ticket.evict = undefined;
      source.removeListener('data', take);
      if (gunzip !== undefined) {
        request.unpipe(gunzip);
        gunzip.destroy();
      }
      resolve(result);
      // the request keeps these listeners, and with them what they see, until it is answered
      kept.clear();
    };
    ticket.evict = () => end({ status: 408, reason: 'the body takes too long while others wait' });
    const take = (chunk: Buffer): void => {
      const hasRoom = queue.add(ticket, chunk.length);
      if (kept.length + chunk.length > limits.maxSize) end(tooLarge);
      else if (!hasRoom) end({ status: 429, reason: 'too much is waiting' });
      else kept.push(chunk);
    };
    source.on('data', take);
    source.on('end', () => {
      if (!isOver) end(kept.joined(memory));
    });
    request.on('error', () => end());
    // over HTTP/2 a stream that is given up ends like one that is whole
    request.on('aborted', () => end());
    request.on('close', () => {
      // also comes when all is read, and what is compressed may take longer than that
      if (!request.readableEnded) end();
    });
    if (gunzip !== undefined) {
      gunzip.on('error', (error) => end({ status: 400, reason: `the body is not readable gzip: ${error.message}` }));
      request.on('data', (chunk: Buffer) => {
        arrived += chunk.length;
        if (arrived > limits.maxSize) end(tooLarge);
      });
      request.pipe(gunzip);
    }
  });
}

const SMALL = 4 << 10;
const MOST_ROOM = 64 << 10;
const NO_ROOM = Buffer.alloc(0);

/** Bytes in the order in which they come. Small chunks are copied together: kept as it is, one of a single byte takes some 300. */
class Pieces {
  #pieces: Buffer[] = [];
  #length = 0;
  /** where small chunks go, and how much of it is taken */
  #room: Buffer = NO_ROOM;
  #taken = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Buffer): void {
    if (chunk.length >= SMALL) {
      this.#seal();
      this.#pieces.push(chunk);
    } else {
      if (this.#taken + chunk.length > this.#room.length) {
        this.#seal();
        this.#room = Buffer.allocUnsafeSlow(Math.max(SMALL, Math.min(this.#length, MOST_ROOM)));
      }
      this.#taken += chunk.copy(this.#room, this.#taken);
    }
    this.#length += chunk.length;
  }

  joined(memory: BodyMemory): Buffer {
    this.#seal();
    return memory.join(this.#pieces, this.#length);
  }

  clear(): void {
    this.#pieces = [];
    this.#length = 0;
    this.#room = NO_ROOM;
    this.#taken = 0;
  }

  #seal(): void {
    if (this.#taken === 0) return;
    this.#pieces.push(this.#room.subarray(0, this.#taken));
    this.#room = this.#room.subarray(this.#taken);
    this.#taken = 0;
  }
}
