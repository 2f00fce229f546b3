// Health and metrics on a port of their own, so that probes and Prometheus need no certificate and no room in the webhook's queue.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StatusConfig } from './config.ts';
import type { Metrics } from './metrics.ts';

const READY_PATH = '/readyz';
const METRICS_PATH = '/metrics';

export class StatusServer {
  readonly #config: StatusConfig;
  readonly #server: Server;

  /** `problems`: why the process should get no traffic now; none: it is ready. */
  constructor(config: StatusConfig, metrics: Metrics, problems: () => readonly string[]) {
    this.#config = config;
    this.#server = createServer((request, response) => {
      const path = (request.url ?? '').replace(/[?#].*$/s, '');
      if (request.method !== 'GET' && request.method !== 'HEAD') {
        response.setHeader('Allow', 'GET, HEAD');
        return send(response, 405, 'text/plain', 'method not allowed\n');
      }
      if (path === config.healthPath) return send(response, 200, 'application/json', '{"status": "ok"}\n');
      if (path === READY_PATH) {
        const found = problems();
        return send(response, found.length === 0 ? 200 : 503, 'text/plain', `${['ok', ...found].at(-1)}\n`);
      }
      if (path !== METRICS_PATH || !config.hasMetrics) return send(response, 404, 'text/plain', '404 page not found\n');
      metrics.registry.metrics().then(
        (text) => send(response, 200, metrics.registry.contentType, text),
        (error: Error) => send(response, 500, 'text/plain', `${error.message}\n`),
      );
    });
    this.#server.maxConnections = 64;
    this.#server.requestTimeout = 10_000;
  }

  /** Resolves with the address. */
  listen(): Promise<string> {
    const { address, port } = this.#config;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, host: address === '' ? undefined : address }, () => {
        this.#server.removeListener('error', reject);
        // such as too many open files: whoever asked will ask again
        this.#server.on('error', () => {});
        const bound = this.#server.address() as AddressInfo;
        resolve(`http://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`);
      });
    });
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

function send(response: ServerResponse, status: number, type: string, text: string): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}
