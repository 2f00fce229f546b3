// Picks and compiles the engine's binary. The SIMD build is taken where the host can run it; each build is a base64 module of
// its own, imported when needed, so that only one is loaded as a rule. A compiled module holds no state: it is kept for the
// next engine.

import { compileWasm, validateWasm, type WasmModule } from './webassembly.ts';

export type Variant = 'simd' | 'scalar';
export type SimdMode = 'auto' | 'on' | 'off';

export interface LoadedModule {
  readonly module: WasmModule;
  readonly variant: Variant;
}

/** Undefined: the host has no SIMD. */
const compiled: Map<Variant, Promise<WasmModule | undefined>> = new Map();

/**
 * The module to instantiate.
 * @throws Error when `on` is asked of a host without SIMD
 */
export async function loadModule(mode: SimdMode): Promise<LoadedModule> {
  const simd = mode === 'off' ? undefined : await compiledOnce('simd');
  if (simd !== undefined) return { module: simd, variant: 'simd' };
  if (mode === 'on') throw new Error('this host has no WebAssembly SIMD');
  return { module: (await compiledOnce('scalar'))!, variant: 'scalar' };
}

async function compiledOnce(variant: Variant): Promise<WasmModule | undefined> {
  const module = compiled.get(variant) ?? compileBinary(variant);
  compiled.set(variant, module);
  try {
    return await module;
  } catch (error) {
    compiled.delete(variant);
    throw error;
  }
}

async function compileBinary(variant: Variant): Promise<WasmModule | undefined> {
  const { BASE64 } = variant === 'simd' ? await import('./generated/simd.ts') : await import('./generated/scalar.ts');
  const binary = bytesOf(atob(BASE64));
  return variant === 'scalar' || validateWasm(binary) ? compileWasm(binary) : undefined;
}

/** A plain loop: with a function per byte this took a third of a process's first load. */
function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}
