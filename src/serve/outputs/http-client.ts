// Alerts as POST requests, one for each, a few at a time on connections that stay open. A receiver that fails, hangs or is not
// there is tried again with growing pauses until `isOver`; one that says that the alert itself is wrong is believed after a few
// tries, and the alert is dropped. Every other refusal - no such path, no right to it - is the state of the receiver, and passes.

import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import type { HttpOutputConfig } from '../config.ts';
import { contextOf } from '../tls.ts';
import type { OutputEvents } from './output.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
const MAX_REFUSALS = 3;
/** bad request, too large, not to be processed */
const ABOUT_THE_ALERT: ReadonlySet<number> = new Set([400, 413, 422]);

export class HttpClient {
  readonly #config: HttpOutputConfig;
  readonly #events: OutputEvents;
  readonly #agent: HttpAgent;
  readonly #isSecure: boolean;
  /** connections that are not in use, and who waits for one */
  #free: number;
  readonly #queue: (() => void)[] = [];
  #lastProblem = '';

  /** @throws when a certificate file cannot be read, or holds none */
  constructor(config: HttpOutputConfig, events: OutputEvents) {
    this.#config = config;
    this.#events = events;
    this.#free = config.connections;
    this.#isSecure = config.url.startsWith('https:');
    const options = { keepAlive: true, maxSockets: config.connections };
    this.#agent = this.#isSecure ? new HttpsAgent({ ...options, ...tlsOptions(config) }) : new HttpAgent(options);
  }

  /** True when the receiver has every line, or refuses it for good; false when it was over before. */
  async sendAll(lines: readonly string[], isOver: () => boolean): Promise<boolean> {
    let next = 0;
    let isComplete = true;
    const work = async (): Promise<void> => {
      while (next < lines.length && isComplete) {
        const line = lines[next++]!;
        if (!(await this.#sendUntil(line, isOver))) isComplete = false;
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#config.connections, lines.length) }, work));
    return isComplete;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #sendUntil(line: string, isOver: () => boolean): Promise<boolean> {
    let refusals = 0;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const problem = await this.#postInTurn(line);
      if (problem === undefined) {
        this.#report('');
        return true;
      }
      this.#report(problem.text);
      if (problem.isRefusal && ++refusals >= MAX_REFUSALS) {
        this.#events.dropped(1);
        this.#events.report(`an alert is dropped: the receiver ${problem.text} ${MAX_REFUSALS} times`);
        return true;
      }
      if (isOver()) return false;
      this.#events.retried(1);
      await sleepUnless(pause, isOver);
      if (isOver()) return false;
    }
  }

  async #postInTurn(line: string): Promise<{ readonly text: string; readonly isRefusal: boolean } | undefined> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#queue.push(resolve));
    try {
      return await this.#post(line);
    } catch (error) {
      return { text: (error as Error).message, isRefusal: false };
    } finally {
      const next = this.#queue.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  /** What went wrong, if something did. */
  #post(line: string): Promise<{ readonly text: string; readonly isRefusal: boolean } | undefined> {
    const { url, userAgent, timeoutMs } = this.#config;
    const headers = {
      'Content-Type': 'application/json',
      'Content-Length': Buffer.byteLength(line),
      'User-Agent': userAgent,
    };
    return new Promise((resolve) => {
      const request = (this.#isSecure ? requestHttps : requestHttp)(
        url,
        { method: 'POST', agent: this.#agent, headers },
        (response) => {
          const status = response.statusCode ?? 0;
          response.resume();
          response.on('close', () => {
            clearTimeout(timer);
            if (status >= 200 && status < 300) resolve(undefined);
            else resolve({ text: `answered ${status}`, isRefusal: ABOUT_THE_ALERT.has(status) });
          });
        },
      );
      // the whole exchange, not only a silence in it
      const timer = setTimeout(() => request.destroy(new Error(`no answer for ${timeoutMs / 1000} s`)), timeoutMs);
      request.on('error', (error) => {
        clearTimeout(timer);
        resolve({ text: error.message || String((error as NodeJS.ErrnoException).code), isRefusal: false });
      });
      request.end(line);
    });
  }

  /** One line for each change of what is wrong, not for each try. */
  #report(problem: string): void {
    if (problem === this.#lastProblem) return;
    this.#events.report(problem === '' ? 'the receiver answers again' : problem);
    this.#lastProblem = problem;
  }
}

function tlsOptions({ insecure, certificateFile, keyFile, caFile }: HttpOutputConfig): object {
  const files = {
    ...(certificateFile === undefined ? {} : { certificate: certificateFile }),
    ...(keyFile === undefined ? {} : { key: keyFile }),
    ...(caFile === undefined ? {} : { ca: caFile }),
  };
  return { ...contextOf(files), rejectUnauthorized: !insecure };
}

async function sleepUnless(ms: number, isOver: () => boolean): Promise<void> {
  for (const end = performance.now() + ms; performance.now() < end && !isOver(); ) {
    await new Promise((resolve) => setTimeout(resolve, Math.min(100, end - performance.now())));
  }
}
