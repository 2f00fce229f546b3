// What alerts are handed to. `deliver` resolves when the alerts are safe with the receiver, by the output's own measure, and
// rejects when they are not: the caller then tells the API server to send the events again.

import type { PriorityName } from '../../isa/priorities.ts';
import type { AlertFormat } from '../config.ts';

/** An alert as outputs need it. */
export interface OutputAlert {
  readonly rule: string;
  readonly priority: PriorityName;
  readonly text: string;
  readonly json: string;
}

/** Alerts that are delivered together. Their lines are made once, for all outputs, when one asks. */
export class AlertBatch {
  readonly alerts: readonly OutputAlert[];
  readonly #lines: Partial<Record<AlertFormat, readonly string[]>> = {};
  readonly #joined: Partial<Record<AlertFormat, string>> = {};

  constructor(alerts: readonly OutputAlert[]) {
    this.alerts = alerts;
  }

  get size(): number {
    return this.alerts.length;
  }

  /** Without line ends. */
  lines(format: AlertFormat): readonly string[] {
    this.#lines[format] ??= this.alerts.map((alert) => alert[format]);
    return this.#lines[format];
  }

  /** All lines, each with its end. */
  joined(format: AlertFormat): string {
    this.#joined[format] ??= `${this.lines(format).join('\n')}\n`;
    return this.#joined[format];
  }
}

export interface Output {
  readonly name: string;
  /** Looks before the first delivery whether this can ever take an alert. @throws when it cannot */
  check?(): Promise<void>;
  /** Begins to work, when all outputs are checked; does not fail. */
  start?(): Promise<void>;
  /** Batches are delivered in the order of the calls. */
  deliver(batch: AlertBatch): Promise<void>;
  /** Opens again what may have been moved away. */
  reopen?(): void;
  /** After the last delivery: hands over what is left and lets go of everything, by the deadline on the clock of `performance.now()`, which nobody sets. */
  close(deadline: number): Promise<void>;
}

/** What outputs count besides deliveries; each is called with how many. */
export interface OutputEvents {
  /** deliveries to the receiver that are tried again */
  retried(count: number): void;
  /** alerts that the receiver refuses for good */
  dropped(count: number): void;
  /** bytes that wait on disk */
  spooled(bytes: number): void;
  /** for the log */
  report(message: string): void;
}
