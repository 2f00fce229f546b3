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

const compiled: Map<Variant, Promise<WasmModule>> = new Map();

/**
 * The module to instantiate.
 * @throws Error when `on` is asked of a host without SIMD
 */
export async function loadModule(mode: SimdMode): Promise<LoadedModule> {
  const variant = mode === 'off' || (await lacksSimd(mode)) ? 'scalar' : 'simd';
  const module = compiled.get(variant) ?? readBinary(variant).then(compileWasm);
  compiled.set(variant, module);
  try {
    return { module: await module, variant };
  } catch (error) {
    compiled.delete(variant);
    throw error;
  }
}

async function lacksSimd(mode: SimdMode): Promise<boolean> {
  if (compiled.has('simd') || validateWasm(await readBinary('simd'))) return false;
  if (mode === 'on') throw new Error('this host has no WebAssembly SIMD');
  return true;
}

async function readBinary(variant: Variant): Promise<Uint8Array> {
  const { BASE64 } = variant === 'simd' ? await import('./generated/simd.ts') : await import('./generated/scalar.ts');
  const binary = atob(BASE64);
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
