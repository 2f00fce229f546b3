// The two binaries: self-contained, same exports, SIMD instructions only where they belong.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

interface WasmItem {
  readonly name: string;
  readonly kind: string;
}
interface WasmApi {
  readonly Module: (new (
    bytes: Uint8Array,
  ) => object) & {
    imports(module: object): readonly WasmItem[];
    exports(module: object): readonly WasmItem[];
  };
}
declare const WebAssembly: WasmApi;

const read = (variant: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../build/falconet.${variant}.wasm`, import.meta.url)));
const exportsOf = (variant: string): readonly string[] =>
  WebAssembly.Module.exports(new WebAssembly.Module(read(variant))).map(({ name }) => name);

const CONTRACT = [
  'memory',
  'reserveProgram',
  'loadProgram',
  'setOptions',
  'setClock',
  'reserveHostname',
  'reserveOrder',
  'commitOrder',
  'reserveInput',
  'run',
  'results',
  'reset',
  'getEventNumber',
  'getFirstTime',
  'setEventState',
  'reserveWriter',
  'writeAlertTexts',
];

describe.each(['simd', 'scalar'])('the %s binary', (variant) => {
  it('imports nothing', () => {
    expect(WebAssembly.Module.imports(new WebAssembly.Module(read(variant)))).toEqual([]);
  });

  it('exports what the runtime calls', () => {
    expect(exportsOf(variant)).toEqual(expect.arrayContaining(CONTRACT));
  });

  it('is what the package embeds', async () => {
    const { BASE64 } = await import(`../../src/runtime/generated/${variant}.ts`);
    expect(Buffer.from(BASE64, 'base64').equals(read(variant))).toBe(true);
  });
});

describe('the binaries', () => {
  it('have the same exports', () => {
    expect(exportsOf('simd')).toEqual(exportsOf('scalar'));
  });

  it('differ', () => {
    expect(Buffer.from(read('simd')).equals(read('scalar'))).toBe(false);
  });
});
