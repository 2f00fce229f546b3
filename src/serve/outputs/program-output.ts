// Alerts to the standard input of a shell command: one process for each batch, which has to end well, or with `keepAlive` one
// process that is started again when it ends, and then an alert is handed over when the pipe has it.

import { type ChildProcess, spawn } from 'node:child_process';
import type { AlertFormat } from '../config.ts';
import type { AlertBatch, Output } from './output.ts';

const LONGEST_RUN_MS = 20_000;

export interface ProgramTarget {
  readonly name: string;
  readonly program: string;
  readonly keepAlive: boolean;
  /** the text of a batch */
  readonly textOf: (batch: AlertBatch) => string;
}

export function programTarget(program: string, keepAlive: boolean, format: AlertFormat): ProgramTarget {
  return { name: 'program', program, keepAlive, textOf: (batch) => batch.joined(format) };
}

export class ProgramOutput implements Output {
  readonly name: string;
  readonly #target: ProgramTarget;
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(target: ProgramTarget) {
    this.name = target.name;
    this.#target = target;
  }

  deliver(batch: AlertBatch): Promise<void> {
    const text = this.#target.textOf(batch);
    const delivery = this.#last.then(() => (this.#target.keepAlive ? this.#write(text) : runWith(this.#target, text)));
    this.#last = delivery.catch(() => {});
    return delivery;
  }

  async close(deadline: number): Promise<void> {
    const left = (): Promise<void> =>
      new Promise((resolve) => setTimeout(resolve, Math.max(0, deadline - Date.now())).unref());
    await Promise.race([this.#last, left()]);
    const child = this.#child;
    if (child === undefined) return;
    const ended = new Promise((resolve) => child.once('close', resolve));
    child.stdin!.end();
    await Promise.race([ended, left()]);
    child.kill();
  }

  #write(text: string): Promise<void> {
    this.#child ??= this.#start();
    const { stdin } = this.#child;
    return new Promise((resolve, reject) => {
      stdin!.write(text, (error) => (error ? reject(error) : resolve()));
    });
  }

  #start(): ChildProcess {
    const child = start(this.#target.program);
    const forget = (): void => {
      if (this.#child === child) this.#child = undefined;
    };
    child.on('error', forget);
    child.on('close', forget);
    child.stdin!.on('error', forget);
    return child;
  }
}

/** Its output is diagnostics: ours is for alerts. */
function start(program: string): ChildProcess {
  return spawn('/bin/sh', ['-c', program], { stdio: ['pipe', process.stderr.fd, process.stderr.fd] });
}

function runWith({ program }: ProgramTarget, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = start(program);
    const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN_MS);
    child.on('error', reject);
    child.on('close', (status, signal) => {
      clearTimeout(timer);
      if (status === 0) resolve();
      else reject(new Error(signal === null ? `the program ended with status ${status}` : `the program got ${signal}`));
    });
    // a program may well end without reading everything
    child.stdin!.on('error', () => {});
    child.stdin!.end(text);
  });
}
