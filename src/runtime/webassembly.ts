// The part of the WebAssembly API that the runtime uses, typed here so that neither the DOM's nor Node's types are needed.

/** A `WebAssembly.Module`. */
export type WasmModule = object;

export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

export interface WasmInstance {
  readonly exports: Readonly<Record<string, unknown>>;
}

interface WasmApi {
  validate(bytes: Uint8Array): boolean;
  compile(bytes: Uint8Array): Promise<WasmModule>;
  instantiate(module: WasmModule): Promise<WasmInstance>;
  readonly Instance: new (module: WasmModule) => WasmInstance;
}

declare const WebAssembly: WasmApi;

export function validateWasm(bytes: Uint8Array): boolean {
  return WebAssembly.validate(bytes);
}

export function compileWasm(bytes: Uint8Array): Promise<WasmModule> {
  return WebAssembly.compile(bytes);
}

/**
 * At once where the host allows it: a promise for an instance may be kept only when the host's compiler threads have nothing
 * left to do, measured 6 ms between two compilations of rules. Some browsers allow no large module at once in a page.
 */
export async function instantiateWasm(module: WasmModule): Promise<WasmInstance> {
  try {
    return instantiateAgain(module);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return WebAssembly.instantiate(module);
  }
}

/** For a module of which an instance was made before. */
export function instantiateAgain(module: WasmModule): WasmInstance {
  return new WebAssembly.Instance(module);
}
