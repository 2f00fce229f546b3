// Loading: what was checked is what runs, and an instance is made at once unless the host wants a promise for it.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { createEngine } from '../../src/runtime/index.ts';
import { instantiateWasm, type WasmModule } from '../../src/runtime/webassembly.ts';
import { sampleProgram } from '../program/sample.ts';

declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => WasmModule;
  readonly Instance: new (module: WasmModule) => object;
};

const EMPTY: Uint8Array = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

describe('createEngine', () => {
  it('runs what it has checked, whatever becomes of the bytes that it was given', async () => {
    const program = sampleProgram();
    const coming = createEngine(program, { minPriority: 'info' });
    program.fill(0xff);
    const engine = await coming;
    const event = '{"kind":"Event","auditID":"a","stageTimestamp":"2024-05-06T07:08:09Z","verb":"get"}';
    const { alerts } = engine.evaluate(new TextEncoder().encode(event));
    expect(alerts.map(({ rule }) => rule)).toEqual(['Always']);
  });
});

describe('an instance', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  function stubInstance(error: Error): void {
    class Refused {
      constructor() {
        throw error;
      }
    }
    const api = Object.getOwnPropertyDescriptors(WebAssembly);
    vi.stubGlobal('WebAssembly', Object.create(null, { ...api, Instance: { value: Refused } }));
  }

  it('is promised where the host makes none at once', async () => {
    const module = new WebAssembly.Module(EMPTY);
    stubInstance(new RangeError('not in a page'));
    expect((await instantiateWasm(module)).exports).toEqual({});
  });

  it('fails for other reasons as it does', async () => {
    const module = new WebAssembly.Module(EMPTY);
    const error = new TypeError('an import is missing');
    stubInstance(error);
    await expect(instantiateWasm(module)).rejects.toBe(error);
  });
});
