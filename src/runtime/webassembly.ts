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
  readonly Module: { customSections(module: WasmModule, name: string): readonly ArrayBuffer[] };
}

declare const WebAssembly: WasmApi;

export function validateWasm(bytes: Uint8Array): boolean {
  return WebAssembly.validate(bytes);
}

export function compileWasm(bytes: Uint8Array): Promise<WasmModule> {
  return WebAssembly.compile(bytes);
}

/** The text of a custom section; undefined when there is none, and for what is no module. */
export function customSection(module: WasmModule, name: string): string | undefined {
  try {
    const [section] = WebAssembly.Module.customSections(module, name);
    return section && new TextDecoder().decode(section);
  } catch {
    return undefined;
  }
}

/**
 * At once where the host allows it: a promise for an instance may be kept only when the host's compiler threads have nothing
 * left to do, measured 6 ms between two compilations of rules.
 */
export async function instantiateWasm(module: WasmModule): Promise<WasmInstance> {
  return instantiateAtOnce(module) ?? WebAssembly.instantiate(module);
}

/** Undefined where there is no memory for it, and in a page of a browser that makes only instances of small modules at once. */
export function instantiateAtOnce(module: WasmModule): WasmInstance | undefined {
  try {
    return new WebAssembly.Instance(module);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
