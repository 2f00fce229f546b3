// Picks and compiles the engine's binary. The SIMD build is taken where the host can run it; each build is a base64 module of
// its own, imported when needed, so that only one is loaded as a rule. A compiled module holds no state: it is kept for the
// next engine.

import { MODULE_MARK, moduleMark, type Variant } from '../isa/module-mark.ts';
import { compileWasm, customSection, validateWasm, type WasmModule } from './webassembly.ts';

export type { Variant };
export type SimdMode = 'auto' | 'on' | 'off';

export interface LoadedModule {
  readonly module: WasmModule;
  readonly variant: Variant;
}

const VARIANTS: readonly Variant[] = ['simd', 'scalar'];

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

/**
 * A module that the host has compiled.
 * @throws TypeError when it is none of this version of the package, or not of the build that is asked for
 */
export function givenModule(module: WasmModule, mode: SimdMode): LoadedModule {
  const mark = customSection(module, MODULE_MARK);
  if (mark === undefined) {
    throw new TypeError(
      'module: expected a WebAssembly.Module of falconet/wasm/simd.wasm or falconet/wasm/scalar.wasm',
    );
  }
  const variant = VARIANTS.find((one) => mark === moduleMark(one));
  if (variant === undefined) throw new TypeError('module: of another version of this package');
  if (mode !== 'auto' && (mode === 'on') !== (variant === 'simd')) {
    throw new TypeError(`simd: '${mode}' is asked for, and the module is the ${variant} build`);
  }
  return { module, variant };
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
