// Standard output and files: alerts as lines, handed over when the kernel, or with fsync the disk, has them.

import type { AlertFormat } from '../config.ts';
import { type FileTarget, FileWriter } from './file-writer.ts';
import type { AlertBatch, Output } from './output.ts';

const LASTING: readonly string[] = ['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS', 'ELOOP', 'ENAMETOOLONG'];

export class LineOutput implements Output {
  readonly name: string;
  readonly #format: AlertFormat;
  readonly #writer: FileWriter;

  constructor(name: string, format: AlertFormat, target: FileTarget) {
    this.name = name;
    this.#format = format;
    this.#writer = new FileWriter(target);
  }

  /** A path that leads nowhere will not lead anywhere later; a disk that is full now may well have room then. */
  async check(): Promise<void> {
    try {
      await this.#writer.write('');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (LASTING.includes(code ?? '')) throw new Error(`${this.name}_output: ${message}`);
    }
  }

  deliver(batch: AlertBatch): Promise<void> {
    return this.#writer.write(batch.joined(this.#format));
  }

  reopen(): void {
    this.#writer.reopen();
  }

  close(): Promise<void> {
    return this.#writer.close();
  }
}
