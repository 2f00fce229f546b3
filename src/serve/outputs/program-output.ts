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
  /** the process that runs now */
  #child: ChildProcess | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(target: ProgramTarget) {
    this.name = target.name;
    this.#target = target;
  }

  deliver(batch: AlertBatch): Promise<void> {
    const text = this.#target.textOf(batch);
    const delivery = this.#last.then(() => (this.#target.keepAlive ? this.#write(text) : this.#run(text)));
    this.#last = delivery.catch(() => {});
    return delivery;
  }

  /** A program that has not ended by the deadline is killed. */
  async close(deadline: number): Promise<void> {
    const late = setTimeout(() => this.#kill(), Math.max(0, deadline - performance.now()));
    await this.#last;
    const child = this.#child;
    if (child !== undefined) {
      const ended = new Promise((resolve) => child.once('close', resolve));
      child.stdin!.end();
      await ended;
    }
    clearTimeout(late);
  }

  /** To the process that runs, which may have ended meanwhile. */
  #write(text: string): Promise<void> {
    const { stdin } = this.#child ?? this.#start();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => this.#kill(), LONGEST_RUN_MS);
      stdin!.write(text, (error) => {
        clearTimeout(late);
        if (error) reject(error);
        // Node calls a write done that the end of the process cuts short
        else if (stdin!.destroyed) reject(new Error('the program has ended'));
        else resolve();
      });
    });
  }

  /** A process of its own for the text. */
  #run(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = this.#start();
      const late = setTimeout(() => this.#kill(), LONGEST_RUN_MS);
      child.on('error', reject);
      child.on('close', (status, signal) => {
        clearTimeout(late);
        if (status === 0) resolve();
        else
          reject(new Error(signal === null ? `the program ended with status ${status}` : `the program got ${signal}`));
      });
      // a program may well end without reading everything
      child.stdin!.end(text);
    });
  }

  /**
   * Its output is diagnostics: ours is for alerts. In a group of its own, so that an interrupt from the keyboard does not end it under
   * the alerts that it still has to get, and its own children end with it.
   */
  #start(): ChildProcess {
    const stdio = ['pipe' as const, process.stderr.fd, process.stderr.fd];
    const child = spawn('/bin/sh', ['-c', this.#target.program], { stdio, detached: true });
    const forget = (): void => {
      if (this.#child === child) this.#child = undefined;
    };
    child.on('error', forget);
    child.on('close', forget);
    // kept alive, it gets nothing more; alone, its status tells
    child.stdin!.on('error', this.#target.keepAlive ? forget : () => {});
    this.#child = child;
    return child;
  }

  #kill(): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // it has ended
    }
  }
}
