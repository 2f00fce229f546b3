// npm `simdjson`, lazily: the text is parsed once by native code, and a field becomes a JavaScript value when it is read. The
// hand-written predicates read it as they read a parsed event. The package is optional; without it there is no such peer.

import { createRequire } from 'node:module';
import type { AuditEvent, RequestObject } from './audit-event.ts';

interface Tape {
  /** throws when there is no such path */
  valueForKeyPath(path: string): unknown;
}
interface Simdjson {
  lazyParse(text: string): Tape;
}

export function loadSimdjson(): Simdjson | undefined {
  try {
    return createRequire(import.meta.url)('simdjson');
  } catch {
    return undefined;
  }
}

export class LazyEvent implements AuditEvent {
  readonly #tape: Tape;

  constructor(tape: Tape) {
    this.#tape = tape;
  }

  get stage(): string {
    return this.#read('stage') as string;
  }

  get verb(): string {
    return this.#read('verb') as string;
  }

  get requestURI(): string {
    return this.#read('requestURI') as string;
  }

  get user(): NonNullable<AuditEvent['user']> {
    return this.#read('user') as NonNullable<AuditEvent['user']>;
  }

  get objectRef(): NonNullable<AuditEvent['objectRef']> {
    return this.#read('objectRef') as NonNullable<AuditEvent['objectRef']>;
  }

  get responseStatus(): NonNullable<AuditEvent['responseStatus']> {
    return this.#read('responseStatus') as NonNullable<AuditEvent['responseStatus']>;
  }

  get annotations(): NonNullable<AuditEvent['annotations']> {
    return this.#read('annotations') as NonNullable<AuditEvent['annotations']>;
  }

  get requestObject(): RequestObject {
    return this.#read('requestObject') as RequestObject;
  }

  #read(path: string): unknown {
    try {
      return this.#tape.valueForKeyPath(path);
    } catch {
      return undefined;
    }
  }
}
