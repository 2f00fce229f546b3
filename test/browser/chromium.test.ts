// The built package in a page of headless Chromium, under a strict content security policy: the modules as they are in
// dist/ with a compiled program, and the compiler too, bundled. The page reports back with a POST.

import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compiledProgram, EXPECTED, LOG, RULES_TEXT } from './program.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
if (executablePath === undefined)
  process.stderr.write('skipped: no Chromium in /usr/bin (Debian: apt-get install chromium)\n');

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";
const TYPES: Readonly<Record<string, string>> = { '.js': 'text/javascript', '.html': 'text/html' };

const EVALUATE = `
export async function evaluate(program, log, simd, createEngine) {
  const engine = await createEngine(program, { match: 'all', hostname: 'there', simd });
  const { alerts, counts } = engine.evaluate(new TextEncoder().encode(log));
  const object = engine.evaluateObject(JSON.parse(log.split('\\n')[0])).alerts.map((alert) => alert.rule);
  return { variant: engine.variant, rules: alerts.map((alert) => alert.rule), first: alerts[0].json, object, counts };
}
export async function report(work) {
  let text;
  try { text = JSON.stringify(await work()); } catch (error) { text = JSON.stringify({ error: String(error.stack) }); }
  await fetch('/result', { method: 'POST', body: text });
}`;

const PAGES: Readonly<Record<string, string>> = {
  '/evaluate.js': EVALUATE,
  '/runtime.js': `
    import { createEngine } from '/dist/runtime/index.js';
    import { evaluate, report } from '/evaluate.js';
    const simd = new URL(location.href).searchParams.get('simd');
    await report(async () => {
      const program = new Uint8Array(await (await fetch('/program')).arrayBuffer());
      return evaluate(program, await (await fetch('/log')).text(), simd, createEngine);
    });`,
  '/pool.js': `
    import { createPool } from '/dist/runtime/index.js';
    import { report } from '/evaluate.js';
    await report(async () => {
      const program = new Uint8Array(await (await fetch('/program')).arrayBuffer());
      const bytes = new TextEncoder().encode(await (await fetch('/log')).text());
      const pool = await createPool(program, { match: 'all', hostname: 'there', size: 2 });
      const evaluations = await Promise.all(Array.from({ length: 10 }, () => pool.evaluate(bytes)));
      await pool.dispose();
      return evaluations.map(({ alerts, counts }) => ({
        rules: alerts.map((alert) => alert.rule),
        numbers: alerts.map((alert) => String(alert.eventNumber)),
        first: alerts[0].json,
        counts,
        isIsolated: crossOriginIsolated,
      }));
    });`,
  '/compiler.js': `
    import { compile, createEngine } from '/bundle.js';
    import { evaluate, report } from '/evaluate.js';
    await report(async () => {
      const text = await (await fetch('/rules')).text();
      const { program } = compile([{ name: 'rules.yaml', text }]);
      return evaluate(program, await (await fetch('/log')).text(), 'auto', createEngine);
    });`,
};

let server: Server;
let browser: Browser;
let bundle: Uint8Array;
let onResult: (text: string) => void;

function bodyOf(path: string): Uint8Array | string | undefined {
  if (path === '/bundle.js') return bundle;
  if (path === '/program') return compiledProgram();
  if (path === '/log') return LOG;
  if (path === '/rules') return RULES_TEXT;
  const page = /^\/(\w+)\.html$/.exec(path)?.[1];
  if (page !== undefined)
    return `<!doctype html><meta charset="utf-8"><script type="module" src="/${page}.js"></script>`;
  if (path.startsWith('/dist/') && !path.includes('..') && existsSync(join(ROOT, path)))
    return readFileSync(join(ROOT, path));
  return PAGES[path];
}

async function open(path: string): Promise<unknown> {
  const result = new Promise<string>((resolve) => {
    onResult = resolve;
  });
  const page = await browser.newPage({ timezoneId: 'UTC' });
  const problems: string[] = [];
  page.on('console', (message) => problems.push(message.text()));
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('requestfailed', (request) => problems.push(request.url()));
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  const late = new Promise<string>((resolve) => setTimeout(() => resolve(JSON.stringify({ problems })), 15_000));
  const parsed = JSON.parse(await Promise.race([result, late]));
  await page.close();
  return parsed;
}

describe.skipIf(executablePath === undefined)('Chromium', () => {
  beforeAll(async () => {
    const built = await build({
      entryPoints: [join(ROOT, 'dist/index.js')],
      bundle: true,
      format: 'esm',
      platform: 'browser',
      write: false,
      logLevel: 'silent',
    });
    bundle = built.outputFiles[0]!.contents;
    server = createServer((request, response) => {
      const { pathname: path, searchParams } = new URL(request.url!, 'http://localhost');
      if (path === '/result') {
        let text = '';
        request.setEncoding('utf8').on('data', (part) => {
          text += part;
        });
        request.on('end', () => {
          response.end();
          onResult(text);
        });
        return;
      }
      const body = bodyOf(path);
      response.setHeader('Content-Security-Policy', POLICY);
      response.setHeader('Content-Type', TYPES[extname(path)] ?? 'application/octet-stream');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
      if (searchParams.has('isolated')) response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.writeHead(body === undefined ? 404 : 200).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    // the sandbox needs a user other than root; only our own loopback page is opened
    browser = await chromium.launch({ executablePath: executablePath!, chromiumSandbox: false });
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    await new Promise((resolve) => server?.close(resolve));
  });

  it.each([
    ['auto', 'simd'],
    ['on', 'simd'],
    ['off', 'scalar'],
  ])(
    'evaluates with the modules of dist/, simd %s',
    async (simd, variant) => {
      expect(await open(`/runtime.html?simd=${simd}`)).toEqual({ ...EXPECTED, variant });
    },
    30_000,
  );

  it.each([
    ['with shared memory', '/pool.html?isolated', true],
    ['without', '/pool.html', false],
  ])(
    'evaluates in Web Workers, %s',
    async (_, path, isIsolated) => {
      const { object: __, ...outcome } = EXPECTED;
      const batches = Array.from({ length: 10 }, (_, i) => ({
        ...outcome,
        numbers: [`${3 * i + 1}`, `${3 * i + 3}`],
        isIsolated,
      }));
      expect(await open(path)).toEqual(batches);
    },
    30_000,
  );

  it('compiles and evaluates from one bundle', async () => {
    expect(await open('/compiler.html')).toEqual({ ...EXPECTED, variant: 'simd' });
  }, 30_000);
});
