// The pattern functions of the engine, compiled alone, and called on regions that lie behind each other in its memory:
// pattern or image, text, scratch. Each region ends at a guard of 8 bytes that must not change.

import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { automatonScratchBytes } from '../../src/pattern/automaton.ts';

/** What is used of it; Node's types name it without describing it. */
declare const WebAssembly: {
  instantiate(binary: Uint8Array): Promise<{ readonly instance: { readonly exports: unknown } }>;
};

interface PatternExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  automatonMatches(image: number, text: number, length: number, scratch: number): number;
  globMatches(pattern: number, patternLength: number, text: number, length: number, caseless: boolean): number;
  pathPrefixMatches(pattern: number, patternLength: number, text: number, length: number): number;
}

export interface PatternEngine {
  automatonMatches(image: Uint8Array, text: Uint8Array): boolean;
  globMatches(pattern: Uint8Array, text: Uint8Array, caseless: boolean): boolean;
  pathPrefixMatches(pattern: Uint8Array, text: Uint8Array): boolean;
  /** runs the same match `times` times and gives the milliseconds it took */
  timeAutomaton(image: Uint8Array, text: Uint8Array, times: number): number;
}

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');
const ENTRY = `
export { automatonMatches } from './assembly/vm/automaton';
export { globMatches, pathPrefixMatches } from './assembly/vm/glob';
`;
const BASE = 65_536;
const GUARD = 0x5a;

export async function compilePatternEngine(): Promise<PatternEngine> {
  const { instance } = await WebAssembly.instantiate(await compileModule());
  return engineOn(instance.exports as PatternExports);
}

async function compileModule(): Promise<Uint8Array<ArrayBuffer>> {
  let binary: Uint8Array<ArrayBuffer> | null = null;
  const { error, stderr } = await asc.main(['entry.ts', '--runtime', 'stub', '-O3', '--outFile', 'out.wasm'], {
    readFile: (name) => (name === 'entry.ts' ? ENTRY : readSource(name)),
    writeFile: (name, contents) => {
      if (name === 'out.wasm') binary = new Uint8Array(contents as Uint8Array);
    },
    listFiles: () => [],
  });
  if (error !== null || binary === null) throw new Error(`pattern functions do not compile: ${stderr.toString()}`);
  return binary;
}

/** Sources only: the project's own compiler configuration has another entry. */
function readSource(name: string): string | null {
  if (!name.startsWith('assembly/')) return null;
  try {
    return readFileSync(join(ROOT, normalize(name)), 'utf8');
  } catch {
    return null;
  }
}

function engineOn(exports: PatternExports): PatternEngine {
  const { memory } = exports;

  /** Lays the regions out, each followed by a guard; gives their places. */
  const place = (regions: readonly Uint8Array[]): number[] => {
    let at = BASE;
    const places = regions.map((region) => {
      const start = at;
      at = (start + region.length + 8 + 7) & ~7;
      return start;
    });
    if (at > memory.buffer.byteLength) memory.grow((at - memory.buffer.byteLength + 65_535) >> 16);
    const bytes = new Uint8Array(memory.buffer);
    bytes.fill(GUARD, BASE - 8, at);
    regions.forEach((region, i) => {
      bytes.set(region, places[i]!);
    });
    return places;
  };

  const checked = (regions: readonly Uint8Array[], run: (places: readonly number[]) => number): boolean => {
    const places = place(regions);
    const result = run(places) !== 0;
    const bytes = new Uint8Array(memory.buffer);
    regions.forEach((region, i) => {
      const end = places[i]! + region.length;
      if (bytes.subarray(end, end + 8).some((byte) => byte !== GUARD)) throw new Error(`region ${i} was overrun`);
    });
    return result;
  };

  return {
    automatonMatches: (image, text) =>
      checked([image, text, scratchOf(image)], ([i, t, s]) => exports.automatonMatches(i!, t!, text.length, s!)),
    globMatches: (pattern, text, caseless) =>
      checked([pattern, text], ([p, t]) => exports.globMatches(p!, pattern.length, t!, text.length, caseless)),
    pathPrefixMatches: (pattern, text) =>
      checked([pattern, text], ([p, t]) => exports.pathPrefixMatches(p!, pattern.length, t!, text.length)),
    timeAutomaton: (image, text, times) => {
      const [i, t, s] = place([image, text, scratchOf(image)]) as [number, number, number];
      const start = performance.now();
      for (let n = 0; n < times; n++) exports.automatonMatches(i, t, text.length, s);
      return performance.now() - start;
    },
  };
}

/** Filled, since the engine must not rely on what scratch holds. */
function scratchOf(image: Uint8Array): Uint8Array {
  return new Uint8Array(automatonScratchBytes(image)).fill(0xff);
}
