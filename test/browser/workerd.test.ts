// The modules of dist/ as they are, in workerd, which refuses to compile WebAssembly while it runs: the engine gets the
// precompiled module.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { compiledProgram, EXPECTED, LOG } from './program.ts';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const WASM = fileURLToPath(new URL('../../build', import.meta.url));

/** The binary of this machine; undefined where npm has installed none. */
function findWorkerd(): string | undefined {
  try {
    const path = createRequire(import.meta.url).resolve('workerd/bin/workerd');
    return existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

const workerd = findWorkerd();
if (workerd === undefined) process.stderr.write('skipped: workerd is not installed for this machine\n');

const WORKER = `
import { createEngine } from './runtime/index.js';
import program from './program.bin';
import log from './log.txt';
import simd from './simd.wasm';
import scalar from './scalar.wasm';

export default {
  async test() {
    for (const module of [simd, scalar]) {
      const engine = await createEngine(new Uint8Array(program), { match: 'all', hostname: 'there', module });
      const { alerts, counts } = engine.evaluate(new TextEncoder().encode(log));
      const object = engine.evaluateObject(JSON.parse(log.split('\\n')[0])).alerts.map((alert) => alert.rule);
      const result = { rules: alerts.map((alert) => alert.rule), first: alerts[0].json, object, counts };
      console.log('RESULT ' + JSON.stringify(result));
    }
  },
};`;

function configuration(directory: string): string {
  const modules = readdirSync(DIST, { recursive: true })
    .map(String)
    .filter((path) => path.endsWith('.js') && !path.startsWith('cli/'))
    .map(
      (path) =>
        `(name = ${JSON.stringify(path)}, esModule = embed ${JSON.stringify(relative(directory, join(DIST, path)))})`,
    );
  return `
    using Workerd = import "/workerd/workerd.capnp";
    const config :Workerd.Config = (services = [(name = "main", worker = .main)]);
    const main :Workerd.Worker = (
      compatibilityDate = "2024-11-01",
      modules = [
        (name = "worker.js", esModule = embed "worker.js"),
        (name = "program.bin", data = embed "program.bin"),
        (name = "log.txt", text = embed "log.txt"),
        (name = "simd.wasm", wasm = embed ${JSON.stringify(relative(directory, join(WASM, 'falconet.simd.wasm')))}),
        (name = "scalar.wasm", wasm = embed ${JSON.stringify(relative(directory, join(WASM, 'falconet.scalar.wasm')))}),
        ${modules.join(',\n        ')}
      ]
    );`;
}

describe.skipIf(workerd === undefined)('workerd', () => {
  const directory = mkdtempSync(join(tmpdir(), 'falconet-workerd-'));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it('evaluates with a precompiled module, SIMD and scalar', async () => {
    writeFileSync(join(directory, 'worker.js'), WORKER);
    writeFileSync(join(directory, 'program.bin'), compiledProgram());
    writeFileSync(join(directory, 'log.txt'), LOG);
    writeFileSync(join(directory, 'config.capnp'), configuration(directory));
    const output = await new Promise<string>((resolve) => {
      execFile(workerd!, ['test', join(directory, 'config.capnp')], { timeout: 30_000 }, (error, stdout, stderr) =>
        resolve(`${stdout}${stderr}${error ?? ''}`),
      );
    });
    const results = [...output.matchAll(/RESULT (.*)$/gm)].map((match) => JSON.parse(match[1]!));
    expect(results, output).toEqual([EXPECTED, EXPECTED]);
  }, 60_000);
});
