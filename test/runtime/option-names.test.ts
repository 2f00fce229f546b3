// Names of options: one that is nearly right is refused by every function, one of another function is let be.

import { describe, expect, it } from 'vitest';
import { COMPILE_OPTION_NAMES, type CompileOptions, compile } from '../../src/compile.ts';
import { createExplainer } from '../../src/explain/explainer.ts';
import { createExplainingEngine } from '../../src/explain/index.ts';
import { createEngine, createPool, type EngineOptions, type PoolOptions } from '../../src/runtime/index.ts';
import { ENGINE_OPTION_NAMES } from '../../src/runtime/options.ts';

const PROGRAM = compile([]).program!;

// no pool starts: its size is refused after all names
const CALLS: Readonly<Record<string, (options: object) => Promise<unknown>>> = {
  compile: async (options) => compile([], options as CompileOptions),
  createEngine: (options) => createEngine(PROGRAM, options as EngineOptions),
  createExplainingEngine: (options) => createExplainingEngine(PROGRAM, options as EngineOptions),
  createPool: (options) => createPool(PROGRAM, { ...options, size: 0 } as PoolOptions),
  createExplainer: (options) => createExplainer([], options),
};

describe('a misspelled option', () => {
  it.each([
    ['compile', 'semantic', 'semantics'],
    ['compile', 'appendoutput', 'appendOutput'],
    ['compile', 'carriedField', 'carriedFields'],
    ['createEngine', 'minPriorty', 'minPriority'],
    ['createEngine', 'json_include_tag_property', 'json_include_tags_property'],
    ['createExplainingEngine', 'timezoneOffset', 'timeZoneOffset'],
    ['createPool', 'sizes', 'size'],
    ['createPool', 'tag', 'tags'],
    ['createExplainer', 'rule', 'rules'],
    ['createExplainer', 'sematics', 'semantics'],
    ['createExplainer', 'maxdepth', 'maxDepth'],
  ])('of %s, %s, is refused', async (call, name, meant) => {
    const expected = new TypeError(`${name}: unknown option, did you mean '${meant}'?`);
    await expect(CALLS[call]!({ [name]: false })).rejects.toThrow(expected);
  });

  it('is none when it is undefined, or an option of another function', async () => {
    const others = [...COMPILE_OPTION_NAMES, ...ENGINE_OPTION_NAMES, 'size', 'worker', 'framing'];
    for (const [name, call] of Object.entries(CALLS)) {
      for (const options of [
        { semantic: undefined, minPriorty: undefined },
        ...others.map((other) => ({ [other]: null })),
      ]) {
        const outcome = await call(options).catch(String);
        expect(String(outcome), name).not.toContain('unknown option');
      }
    }
  });
});
