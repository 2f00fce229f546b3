// Where alerts end: counts each by rule, auditID and stage, and how long after its event it came.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What tells an alert from all others of a run. */
export function keyOf(line: string): string {
  const { rule, output_fields } = JSON.parse(line);
  return `${rule} ${output_fields['ka.auditid']} ${output_fields['ka.stage']}`;
}

export class Receiver {
  /** how often each alert came */
  readonly counts: Map<string, number> = new Map();
  /** from an event's stageTimestamp to its first alert here, in milliseconds */
  readonly lags: number[] = [];
  /** bodies that are no alert */
  readonly broken: string[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text) => {
        body += text;
      });
      request.on('end', () => {
        this.#take(body);
        response.end();
      });
    });
  }

  /** Resolves with its URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #take(body: string): void {
    let key: string;
    try {
      key = keyOf(body);
    } catch {
      this.broken.push(body);
      return;
    }
    const count = this.counts.get(key) ?? 0;
    this.counts.set(key, count + 1);
    if (count === 0) this.lags.push(Date.now() - Date.parse(JSON.parse(body).time));
  }
}
