// The sidecar as the test runs it: `falconet serve` in a process of its own, stopped, killed and started again.

import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = process.env.FALCONET_MAIN ?? join(ROOT, 'dist/cli/main.js');
const START_MS = 20_000;

export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Standard output of a command that ends. */
export function falconet(...args: readonly string[]): string {
  return execFileSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
    maxBuffer: 1 << 30,
  });
}

export class Sidecar {
  readonly #config: string;
  #child: ChildProcess | undefined;
  #statusUrl = '';
  #restarting: Promise<void> = Promise.resolve();

  constructor(config: string) {
    this.#config = config;
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, 'serve', '-c', this.#config], {
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    this.#child = child;
    let text = '';
    child.stderr!.setEncoding('utf8').on('data', (chunk) => {
      text += chunk;
      process.stderr.write(chunk);
    });
    for (const end = Date.now() + START_MS; !text.includes('listening on'); await sleep(20)) {
      if (Date.now() > end || child.exitCode !== null) throw new Error('the sidecar does not start');
    }
    this.#statusUrl = /health and metrics on (\S+)/.exec(text)![1]!;
  }

  /** How it ended: the status, or the signal. */
  async end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals> {
    const child = this.#child!;
    const ended = new Promise<number | NodeJS.Signals>((resolve) =>
      child.on('exit', (status, by) => resolve(status ?? by!)),
    );
    child.kill(signal);
    const result = await ended;
    this.#child = undefined;
    process.stdout.write(`${signal}: the sidecar ended with ${result}\n`);
    if (signal === 'SIGTERM' && result !== 0) throw new Error('SIGTERM should end it with status 0');
    return result;
  }

  /** Ends and starts it, with a pause in which nobody listens; one restart after the other. */
  restart(signal: NodeJS.Signals, pauseMs: number): Promise<void> {
    this.#restarting = this.#restarting.then(async () => {
      await this.end(signal);
      await sleep(pauseMs);
      await this.start();
    });
    return this.#restarting;
  }

  /** Sum of a counter over its labels. */
  async counter(name: string): Promise<number> {
    const text = await (await fetch(`${this.#statusUrl}/metrics`)).text();
    const rows = text.split('\n').filter((row) => row.startsWith(name) && /[{ ]/.test(row[name.length] ?? ''));
    return rows.reduce((sum, row) => sum + Number(row.slice(row.lastIndexOf(' ') + 1)), 0);
  }

  /** Whatever happens, no process is left behind. */
  abandon(): void {
    this.#child?.kill('SIGKILL');
  }
}
