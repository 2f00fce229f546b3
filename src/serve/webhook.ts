// The audit webhook: POST requests of API servers in, answers out. 2xx means that the events were evaluated and every required
// output has their alerts; anything else means that the API server should keep the batch and send it again. Node's own server is the
// library: one route needs no framework, and what matters here - memory per connection, deadlines, what happens to a body
// that is refused - is decided below the level of one. Speaks HTTP/1.1, and over TLS HTTP/2 too.

import { createHash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  createSecureServer,
  type Http2SecureServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from 'node:http2';
import type { AddressInfo, Socket } from 'node:net';
import { posix } from 'node:path';
import type { Rejection } from '../runtime/index.ts';
import { BodyMemory, type Refusal, readBody } from './body.ts';
import type { WebhookConfig } from './config.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';
import type { Outcome, Pipeline } from './pipeline.ts';
import { Queue } from './queue.ts';
import { secureContext, tlsFiles, tlsOptions } from './tls.ts';

type Request = IncomingMessage | Http2ServerRequest;
type Response = (ServerResponse | Http2ServerResponse) & {
  setHeader(name: string, value: string): unknown;
  write(text: string): boolean;
};

const SOURCE = 'webhook';
/** Longer than the 90 s after which Go's client lets go of an idle connection: it never finds one that this side just closed. */
const KEEP_ALIVE_MS = 120_000;
const HEADERS_MS = 15_000;
const HANDSHAKE_MS = 15_000;
const CHECK_MS = 2_000;
const MAX_CONNECTIONS = 4_096;
/** Requests at the same time on one connection of HTTP/2; what Go's client assumes of a server that names none. */
const MAX_STREAMS = 100;
/** How long what is sent after a refusal is read and thrown away, so that the client gets to read the answer. */
const DISCARD_MS = 2_000;
/** In the counter of answers: a client that did not wait for one. */
const CLIENT_GONE = 499;
/** About what an alert takes while it waits for outputs. */
const ALERT_SIZE = 1_024;
const SAME_ROUTE = ['/k8s-audit', '/k8s_audit'];

export interface WebhookParts {
  readonly pipeline: Pipeline;
  readonly metrics: Metrics;
  readonly log: Log;
}

export class Webhook {
  readonly #config: WebhookConfig;
  readonly #parts: WebhookParts;
  readonly #queue: Queue;
  readonly #server: Server | Http2SecureServer;
  readonly #sessions = new Set<{ close(): void; destroy(): void }>();
  readonly #sockets = new Set<Socket>();
  /** connections without TLS yet, by the client's address */
  readonly #handshakes = new Map<string, Socket>();
  /** requests that are not answered yet */
  #active = 0;
  readonly #memory = new BodyMemory();
  #token: Buffer | undefined;
  #isStopping = false;

  /** @throws when a certificate or the token cannot be read */
  constructor(config: WebhookConfig, parts: WebhookParts) {
    this.#config = config;
    this.#parts = parts;
    this.#queue = new Queue(config.queueSize);
    this.#token = tokenOf(config);
    this.#server = this.#createServer();
    const { metrics } = parts;
    metrics.watch('queue_bytes', 'Bytes of bodies that arrive or wait for outputs', () => this.#queue.bytes);
    metrics.watch('queue_requests', 'Requests that arrive or wait for outputs', () => this.#queue.requests);
    metrics.watch('queue_capacity_bytes', 'Room of the queue', () => config.queueSize);
    metrics.watch('connections', 'Open connections to the webhook', () => this.#sockets.size);
  }

  /** Files that `refresh` reads. */
  get files(): readonly string[] {
    const { tls, tokenFile } = this.#config;
    return [...(tls === undefined ? [] : tlsFiles(tls)), ...(tokenFile === undefined ? [] : [tokenFile])];
  }

  /** Nothing has left the queue for so long, in milliseconds. */
  get stalledMs(): number {
    return this.#queue.stalledMs;
  }

  /** Starts to listen; resolves with the URL. */
  listen(): Promise<string> {
    const { address, port, path, tls } = this.#config;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, host: address === '' ? undefined : address, backlog: 1024 }, () => {
        this.#server.removeListener('error', reject);
        this.#server.on('error', (error) => this.#parts.log.report('webhook', error.message));
        const bound = this.#server.address() as AddressInfo;
        const host = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address;
        resolve(`${tls === undefined ? 'http' : 'https'}://${host}:${bound.port}${path}`);
      });
    });
  }

  /**
   * Certificates and the token from their files again; connections that are open keep what they have.
   * @throws when a file cannot be read or does not fit, and then nothing has changed
   */
  refresh(): void {
    const token = tokenOf(this.#config);
    if (this.#config.tls !== undefined)
      (this.#server as Http2SecureServer).setSecureContext(secureContext(this.#config.tls));
    this.#token = token;
  }

  /** No new connections; requests that have begun are answered, until the deadline on the clock of `performance.now()`. */
  async stop(deadline: number): Promise<void> {
    this.#isStopping = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const session of this.#sessions) session.close();
    for (const socket of this.#handshakes.values()) socket.destroy();
    const closeIdle = (): void => {
      this.#queue.giveUpSlow();
      if ('closeIdleConnections' in this.#server) this.#server.closeIdleConnections();
      // not only ended: a client that holds its side open would hold up the end
      if (this.#active === 0) for (const socket of this.#sockets) if (isQuiet(socket)) socket.destroySoon();
    };
    closeIdle();
    const idle = setInterval(closeIdle, 50);
    const late = setTimeout(
      () => {
        for (const session of this.#sessions) session.destroy();
        for (const socket of this.#sockets) socket.destroy();
      },
      Math.max(0, deadline - performance.now()),
    );
    await closed;
    clearInterval(idle);
    clearTimeout(late);
  }

  #createServer(): Server | Http2SecureServer {
    const handle = (request: Request, response: Response): void => {
      this.#active += 1;
      const handled = this.#handle(request, response).catch((error: Error) => {
        this.#parts.log.report('webhook', error.message);
        response.destroy();
      });
      void handled.then(() => {
        this.#active -= 1;
      });
    };
    const { tls, requestTimeoutMs } = this.#config;
    const timing = { connectionsCheckingInterval: CHECK_MS, keepAliveTimeout: KEEP_ALIVE_MS };
    const server =
      tls === undefined
        ? createServer(timing, handle as (request: IncomingMessage, response: ServerResponse) => void)
        : createSecureServer(
            {
              ...timing,
              ...tlsOptions(tls),
              allowHTTP1: true,
              handshakeTimeout: HANDSHAKE_MS,
              settings: { maxConcurrentStreams: MAX_STREAMS },
            },
            handle as (request: Http2ServerRequest, response: Http2ServerResponse) => void,
          );
    Object.assign(server, {
      headersTimeout: HEADERS_MS,
      requestTimeout: requestTimeoutMs + CHECK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    });
    server.maxConnections = MAX_CONNECTIONS;
    server.on(tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
      this.#handshakes.delete(clientOf(socket));
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    });
    if (tls !== undefined) server.on('connection', (socket: Socket) => this.#expectHandshake(socket));
    server.on('session', (session) => {
      if (this.#isStopping) session.close();
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
      session.setTimeout(KEEP_ALIVE_MS, () => session.close());
    });
    server.on('tlsClientError', (error) => this.#parts.log.report('webhook: TLS', error.message));
    return server;
  }

  #expectHandshake(socket: Socket): void {
    const client = clientOf(socket);
    this.#handshakes.set(client, socket);
    socket.on('close', () => {
      if (this.#handshakes.get(client) === socket) this.#handshakes.delete(client);
    });
  }

  async #handle(request: Request, response: Response): Promise<void> {
    const refusal = this.#refusalOf(request, response);
    if (refusal !== undefined) return this.#refuse(request, response, refusal);
    const ticket = this.#queue.enter(lengthOf(request));
    if (ticket === undefined) {
      return this.#refuse(request, response, { status: 429, reason: 'too much is waiting' });
    }
    let holdsUntil: Promise<unknown> = Promise.resolve();
    try {
      const { maxBodySize, requestTimeoutMs } = this.#config;
      const limits = { maxSize: maxBodySize, timeoutMs: requestTimeoutMs };
      const body = await readBody(request, limits, this.#queue, ticket, this.#memory);
      if (body === undefined) return this.#parts.metrics.answered(CLIENT_GONE, undefined);
      if ('status' in body) return this.#refuse(request, response, body);
      if (this.#queue.isOverfull) {
        this.#memory.giveBack(body);
        return this.#refuse(request, response, { status: 429, reason: 'too many alerts are waiting' });
      }
      const started = performance.now();
      const outcome = this.#evaluate(body, response);
      if (outcome === undefined) return;
      // bytes stay in the queue until outputs have the alerts, also when the client has its answer before
      holdsUntil = outcome.delivered;
      this.#queue.charge(ticket, outcome.alerts * ALERT_SIZE);
      await this.#answer(response, outcome, started);
    } finally {
      void holdsUntil.then(() => this.#queue.leave(ticket));
    }
  }

  /** What the head of the request says against it. */
  #refusalOf(request: Request, response: Response): Refusal | undefined {
    // the whole URL is what a proxy gets, and what a server has to understand too
    const path = (request.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
    if (!this.#isRoute(path)) {
      const clean = posix.normalize(path.startsWith('/') ? path : `/${path}`);
      if (clean === path || !this.#isRoute(clean)) return { status: 404, reason: '404 page not found' };
      response.setHeader('Location', clean);
      return { status: 301, reason: 'moved' };
    }
    if (request.method !== 'POST') {
      response.setHeader('Allow', 'POST');
      return { status: 405, reason: `${request.method} method not allowed` };
    }
    if (this.#token !== undefined && !isAuthorized(request.headers.authorization, this.#token)) {
      response.setHeader('WWW-Authenticate', 'Bearer');
      return { status: 401, reason: 'a bearer token is needed' };
    }
    if (!/application\/json/i.test(request.headers['content-type'] ?? '')) {
      return { status: 415, reason: 'wrong Content-Type, expected application/json' };
    }
    const { maxBodySize } = this.#config;
    if (lengthOf(request) > maxBodySize) {
      return { status: 413, reason: `the body is larger than ${maxBodySize} bytes` };
    }
    return undefined;
  }

  #isRoute(path: string): boolean {
    const route = this.#config.path;
    if (path === route || (SAME_ROUTE.includes(route) && SAME_ROUTE.includes(path))) return true;
    return route.endsWith('/') && path.startsWith(route) && posix.normalize(path) === path;
  }

  /** Undefined when the engine could not: then the request is answered. */
  #evaluate(body: Buffer, response: Response): Outcome | undefined {
    try {
      return this.#parts.pipeline.evaluateRequest(SOURCE, body);
    } catch (error) {
      this.#parts.log.report(
        'webhook',
        `a body of ${body.length} bytes cannot be evaluated: ${(error as Error).message}`,
      );
      this.#send(response, 503, 'the body cannot be evaluated now', this.#queue.retryAfter());
      return undefined;
    } finally {
      this.#memory.giveBack(body);
    }
  }

  async #answer(response: Response, outcome: Outcome, started: number): Promise<void> {
    const { counts, rejections } = outcome;
    if (rejections.length > 0) {
      this.#parts.log.report(
        'webhook',
        `${rejections.length} of ${counts.received} rejected: ${reasonsText(rejections)}`,
      );
    }
    if (counts.evaluated === 0) {
      const reason = rejections.length === 0 ? 'the body holds no event' : `nothing usable: ${reasonsText(rejections)}`;
      return this.#send(response, 400, reason, undefined, started);
    }
    const problem = await this.#withinTime(outcome.delivered);
    if (problem !== undefined) return this.#send(response, 503, problem, this.#queue.retryAfter(), started);
    this.#send(
      response,
      200,
      rejections.length === 0 ? '' : `partly used: ${reasonsText(rejections)}`,
      undefined,
      started,
    );
  }

  /** The problem of a delivery, or that it takes longer than the API server waits. */
  #withinTime(delivered: Promise<string | undefined>): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#config.answerTimeoutMs, 'an output takes too long');
      void delivered.then((problem) => {
        clearTimeout(timer);
        resolve(problem === undefined ? undefined : `an output does not take alerts: ${problem}`);
      });
    });
  }

  /**
   * Answers at once. What the client still sends is thrown away for a while, as closing a connection with unread bytes would take the
   * answer from it; a client that goes on after that loses the connection. Resolves when that is over.
   */
  async #refuse(request: Request, response: Response, { status, reason }: Refusal): Promise<void> {
    const retryAfter = status === 429 ? this.#queue.retryAfter() : undefined;
    if (request.readableEnded) {
      this.#send(response, status, reason, retryAfter);
      return;
    }
    const body = this.#sendHead(response, status, reason, retryAfter);
    request.on('error', () => {});
    request.resume();
    response.write(body);
    await new Promise<void>((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const cut = (): void => {
        request.destroy();
        resolve();
      };
      const timer = setTimeout(cut, status === 408 ? 100 : DISCARD_MS);
      request.on('end', end);
      request.on('close', end);
    });
    response.end();
  }

  #send(response: Response, status: number, text: string, retryAfter?: number, started?: number): void {
    if (response.destroyed) this.#parts.metrics.answered(CLIENT_GONE, undefined);
    else response.end(this.#sendHead(response, status, text, retryAfter, started));
  }

  /** The body that goes with it. */
  #sendHead(response: Response, status: number, text: string, retryAfter?: number, started?: number): string {
    const seconds = started === undefined ? undefined : (performance.now() - started) / 1000;
    this.#parts.metrics.answered(status, seconds);
    const body = text === '' ? '' : `${text}\n`;
    response.statusCode = status;
    response.setHeader('Content-Length', String(Buffer.byteLength(body)));
    if (body !== '') {
      response.setHeader('Content-Type', 'text/plain; charset=utf-8');
      response.setHeader('X-Content-Type-Options', 'nosniff');
    }
    if (retryAfter !== undefined) response.setHeader('Retry-After', String(retryAfter));
    if (this.#isStopping && response.req.httpVersionMajor === 1) response.setHeader('Connection', 'close');
    return body;
  }
}

/** The digest, so that tokens of every length are compared in the same time. */
function tokenOf({ tokenFile }: WebhookConfig): Buffer | undefined {
  if (tokenFile === undefined) return undefined;
  const token = readFileSync(tokenFile, 'utf8').trim();
  if (token === '') throw new Error(`${tokenFile}: holds no token`);
  return digest(token);
}

function isAuthorized(header: string | undefined, token: Buffer): boolean {
  const shown = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
  return shown !== undefined && timingSafeEqual(digest(shown), token);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** `invalid_json 3, too_large 1, at byte 12` */
function reasonsText(rejections: readonly Rejection[]): string {
  const counts = new Map<string, number>();
  for (const { reason } of rejections) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const texts = [...counts].map(([reason, count]) => `${reason} ${count}`);
  return `${texts.join(', ')}, first at byte ${rejections[0]!.at}`;
}

/** As the client says; 0 when it does not. */
function lengthOf(request: Request): number {
  return Number(request.headers['content-length'] ?? 0) || 0;
}

function clientOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** A connection on which nothing is on its way. */
function isQuiet(socket: Socket): boolean {
  return socket.writableLength === 0;
}
