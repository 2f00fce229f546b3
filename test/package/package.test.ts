// What npm would publish: packed, installed elsewhere without the network, imported, run, type-checked.

import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'falconet-package-'));
const app = join(directory, 'app');

function execute(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function runModule(name: string, text: string): string {
  writeFileSync(join(app, name), text);
  return execute(process.execPath, [name], app);
}

/** The first fenced block in a language behind a heading of the README. */
function readmeBlock(language: string, heading: string): string {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  return new RegExp(`\n${heading}\n.*?\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(readme)![1]!;
}

beforeAll(() => {
  mkdirSync(app);
  // the dependencies are packed from node_modules, so that nothing is fetched
  const dependencies = ['yaml', 'commander', 'prom-client', '@opentelemetry/api', 'tdigest', 'bintrees'];
  const sources = ['.', ...dependencies.map((name) => `./node_modules/${name}`)];
  execute('npm', ['pack', '--ignore-scripts', '--pack-destination', directory, ...sources], ROOT);
  writeFileSync(join(app, 'package.json'), '{"name":"app","private":true,"type":"module"}');
  const tarballs = readdirSync(directory).filter((name) => name.endsWith('.tgz'));
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund'];
  execute('npm', ['install', ...flags, ...tarballs.map((name) => join('..', name))], app);
}, 60_000);

afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('the installed package', () => {
  it('holds what it needs and nothing else', () => {
    const entries = readdirSync(join(app, 'node_modules/falconet'), { recursive: true }).map(String).sort();
    const needed = ['LICENSE', 'README.md', 'dist/index.js', 'dist/runtime/index.js', 'dist/cli/main.js'];
    for (const path of [...needed, 'rules/samples/events.jsonl', 'build/falconet.simd.wasm']) {
      expect(entries).toContain(path);
    }
    const stray = /^(src|test|bench|assembly|\.ci)|\.test\.|tsconfig|stamps|debug|dist\/(build|test)/;
    expect(entries.filter((path) => stray.test(path))).toEqual([]);
  });

  it('has a command that npx runs', () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(execute('npx', ['--offline', '--no-install', 'falconet', '--version'], app)).toBe(`${version}\n`);
  });

  it('shows alerts from anywhere with nothing but `run`', () => {
    const alerts = execute('npx', ['--offline', '--no-install', 'falconet', 'run', '--format', 'json'], app);
    for (const line of alerts.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('rule');
  });

  it('runs the example of the README', () => {
    const example = readmeBlock('js', '## Library');
    expect(example.trimEnd().split('\n').length).toBeLessThanOrEqual(22);
    const output = runModule('example.js', example).split('\n');
    expect(output[0]).toMatch(/: Warning secret read \(user=jane secret=shop\/db\)$/);
    expect(JSON.parse(output[1]!)).toEqual({ received: 2, evaluated: 1, rejected: { invalid_json: 1 } });
  });

  it('runs the example of how to explain', () => {
    const output = runModule('explain.js', readmeBlock('js', '### Explain')).split('\n');
    expect(output[0]).toBe("false ka.verb is 'get', wanted create, update or patch");
    expect(output).toContain('1 []');
  });

  it('loads a program with the runtime alone', () => {
    const compiled = `
      import { writeFileSync } from 'node:fs';
      import { compile } from 'falconet';
      const text = "- rule: r\\n  desc: d\\n  condition: ka.verb = get\\n  output: got %ka.verb\\n  priority: INFO\\n  source: k8s_audit\\n";
      writeFileSync('rules.fnp', compile([{ name: 'r.yaml', text }]).program);`;
    runModule('compile.js', compiled);
    const evaluated = `
      import { readFileSync } from 'node:fs';
      import { createEngine } from 'falconet/runtime';
      const engine = await createEngine(readFileSync('rules.fnp'));
      const event = '{"kind":"Event","auditID":"1","verb":"get","stageTimestamp":"2024-05-01T10:00:00Z"}';
      const { alerts } = engine.evaluate(new TextEncoder().encode(event));
      console.log(alerts.map((alert) => alert.rule).join());`;
    expect(runModule('evaluate.js', evaluated)).toBe('r\n');
  });

  it('needs no dependency for the runtime', () => {
    const bare = join(directory, 'bare');
    mkdirSync(join(bare, 'node_modules'), { recursive: true });
    execute('cp', ['-r', join(app, 'node_modules/falconet'), join(bare, 'node_modules/falconet')], directory);
    writeFileSync(join(bare, 'load.mjs'), "await import('falconet/runtime'); console.log('loaded');");
    expect(execute(process.execPath, ['load.mjs'], bare)).toBe('loaded\n');
  });

  it('ships the binaries for hosts that compile ahead of time', () => {
    const text = `
      import { readFileSync } from 'node:fs';
      for (const name of ['simd', 'scalar']) {
        const path = new URL(import.meta.resolve('falconet/wasm/' + name + '.wasm'));
        console.log(name, WebAssembly.validate(readFileSync(path)));
      }`;
    expect(runModule('binaries.js', text)).toBe('simd true\nscalar true\n');
  });

  it('exports no other path', () => {
    writeFileSync(join(app, 'deep.js'), "import 'falconet/dist/index.js';");
    expect(() => execute(process.execPath, ['deep.js'], app)).toThrow(/ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });

  it('has types that a strict project accepts', () => {
    const consumer = `
      import { type Alert, type AppendOutput, type CustomCatalogue, type CustomField, type Engine, type EngineOptions, type Evaluation, type EventExplanation, type Pool, type RuleExplanation, type RuleFile, type RuleSelection } from 'falconet';
      import { compile, createEngine, createExplainer, createPool, disassemble, verifyProgram } from 'falconet';
      import { testRules } from 'falconet/testing';
      import { createEngine as createFromProgram, type Engine as RuntimeEngine } from 'falconet/runtime';
      import simd from 'falconet/wasm/simd.wasm';

      export async function first(text: string, log: Uint8Array): Promise<string | undefined> {
        const { program, diagnostics } = compile([{ name: 'rules.yaml', text }], { semantics: 'falco' });
        if (!program) throw new Error(diagnostics.map((diagnostic) => diagnostic.text).join());
        const engine = await createEngine(program, { match: 'all', minPriority: 'warning' });
        const { alerts, counts } = engine.evaluate(log, { framing: 'lines' });
        const received: number = counts.received;
        const again = await createFromProgram(program, { module: simd });
        return received > 0 ? alerts[0]?.json ?? again.evaluateObject({}).alerts[0]?.rule : disassemble(program);
      }
      const fields: CustomField[] = [
        { name: 'a.b', type: 'uint64', list: true, path: '/b/*' },
        { name: 'a.c', type: 'string', arg: { kind: 'either', required: true }, argPath: '/c/{arg}' },
      ];
      const catalogue: CustomCatalogue = { source: 's', plugin: { name: 'p', version: '1.0.0' }, time: '/t', fields };
      const appendOutput: AppendOutput[] = [{ match: { tags: ['x'] }, extra_output: 'x', extra_fields: ['a.b', { n: '%a.b' }] }];
      const rules: readonly RuleSelection[] = [{ disable: { rule: '*' } }, { enable: { tag: 'x' } }];
      export async function everything(files: RuleFile[], log: Uint8Array): Promise<readonly (string | undefined)[]> {
        const { program = new Uint8Array() } = compile(files, { catalogue, appendOutput, lint: true });
        const options: EngineOptions = { rules, tags: ['x'], minPriority: 'info', trusted: true, maxEventSize: 4 << 20, maxDepth: 9, simd: 'auto', hostname: 'h', timeZoneOffset: 60, json_include_message_property: true };
        const pool: Pool = await createPool(program, { ...options, size: 2 });
        const { alerts, counts, rejections }: Evaluation = await pool.evaluate(log, { framing: 'document' });
        const rejected: number | undefined = counts.rejected.invalid_json;
        const where: [reason: string, line: number] | undefined = rejections[0] && [rejections[0].reason, rejections[0].line];
        pool.dispose();
        const engine: Engine = await createEngine(program, options);
        const one: EventExplanation = engine.explain(log);
        const because: RuleExplanation = engine.explain({ kind: 'Event' }, 'x');
        const runtime: RuntimeEngine = engine;
        // @ts-expect-error the runtime cannot explain
        runtime.explain(log);
        const { explainer } = await createExplainer(files);
        const explained = explainer?.explain(log, { framing: 'lines' });
        const report = await testRules([{ test: { name: 't.yaml', text: '' }, rules: files }], { filter: 'x' });
        const problem: string | undefined = verifyProgram(program);
        return [problem, String(rejected), String(where), String(report), explained && 'x', one.auditId, because.reasons[0]?.text, ...alerts.flatMap((alert: Alert) => [alert.rule, alert.priority, alert.output, alert.time, ...alert.tags])];
      }
      // @ts-expect-error the option has no such value
      await createEngine(new Uint8Array(), { match: 'some' });
    `;
    writeFileSync(join(app, 'consumer.ts'), consumer);
    const configs = [
      { module: 'nodenext', types: [], lib: ['es2022', 'dom'] },
      { module: 'esnext', moduleResolution: 'bundler', types: [], lib: ['es2022', 'dom'] },
    ];
    for (const options of configs) {
      const compilerOptions = {
        target: 'es2022',
        strict: true,
        noEmit: true,
        exactOptionalPropertyTypes: true,
        ...options,
      };
      writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
      const tsc = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', '.'], { cwd: app });
      expect(String(tsc.stdout)).toBe('');
      expect(tsc.status).toBe(0);
    }
  }, 60_000);
});
