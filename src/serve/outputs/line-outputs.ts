// Standard output and files: alerts as lines, handed over when the kernel, or with fsync the disk, has them.

import type { AlertFormat } from '../config.ts';
import { type FileTarget, FileWriter } from './file-writer.ts';
import type { AlertBatch, Output } from './output.ts';

export class LineOutput implements Output {
  readonly name: string;
  readonly #format: AlertFormat;
  readonly #writer: FileWriter;

  constructor(name: string, format: AlertFormat, target: FileTarget) {
    this.name = name;
    this.#format = format;
    this.#writer = new FileWriter(target);
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
