// Rules and configuration that change while events come in.

import { existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../cli/command.ts';
import {
  DELETE_RULE,
  deletions,
  idOf,
  jsonLines,
  Load,
  metric,
  post,
  serve,
  until,
  WEBHOOK,
  writeConfig,
} from './sidecar.ts';

const RELOADS = Number(process.env.RELOADS ?? 40);

/** Whether the process has a handler for SIGHUP, which is signal 1. */
function catchesHangUp(pid: number): boolean {
  const caught = /SigCgt:\s+([0-9a-f]+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]!;
  return (Number.parseInt(caught.slice(-8), 16) & 1) !== 0;
}

function versionOf(alert: { readonly rule: string }): string {
  return alert.rule.replace('Deleted ', '');
}

describe.concurrent('a reload', () => {
  it('happens when a file changes or on SIGHUP, and says what changed', async () => {
    const directory = temporaryDirectory();
    const rules = join(directory, 'rules.yaml');
    const sidecar = serve(directory, { webhook: WEBHOOK, stdout_output: { enabled: true } });
    const url = await sidecar.url();
    const more = DELETE_RULE.replace('Deleted', 'Gone too').replace('delete', 'deletecollection');
    writeFileSync(rules, DELETE_RULE + more);
    await sidecar.said(/reloaded, set \w+: 1 added \(rule Gone too\)/);
    writeFileSync(rules, DELETE_RULE.replace('is deleted', 'goes').replace('= delete', '= get') + more);
    await sidecar.said(/reloaded, set \w+: 1 changed \(rule Deleted\)/);
    expect((await post(url, deletions(['x']))).status).toBe(200);
    await until(() => sidecar.alerts.some((alert) => idOf(alert) === 'x-other'));
    sidecar.child.kill('SIGHUP');
    await sidecar.said(/reloaded, set \w+: nothing changed/);
    await sidecar.kill('SIGTERM');
  });

  it('asked for while the process starts is done when it has', async () => {
    const directory = temporaryDirectory();
    // rules that take a while
    const rules = Array.from({ length: 500 }, (_, n) => DELETE_RULE.replace('Deleted', `Deleted ${n}`)).join('');
    const sidecar = serve(directory, { webhook: WEBHOOK, stdout_output: { enabled: true } }, rules);
    // the handler is there when the program itself runs
    await until(() => existsSync(`/proc/${sidecar.child.pid}/status`) && catchesHangUp(sidecar.child.pid!));
    expect(sidecar.stderr).toBe('');
    sidecar.child.kill('SIGHUP');
    await sidecar.said(/listening/);
    await sidecar.said(/reloaded, set \w+: nothing changed/);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
  });

  it('with an error changes nothing', async () => {
    const directory = temporaryDirectory();
    const sidecar = serve(directory, { webhook: WEBHOOK, stdout_output: { enabled: true } });
    const [url, status] = [await sidecar.url(), await sidecar.statusUrl()];
    writeFileSync(join(directory, 'rules.yaml'), DELETE_RULE.replace('ka.verb', 'ka.no.such'));
    await sidecar.said(/not reloaded, everything stays as it was: the rules do not compile/);
    writeFileSync(join(directory, 'rules.yaml'), DELETE_RULE);
    writeConfig(directory, { webhook: { ...WEBHOOK, queue: 1 } });
    await sidecar.said(/not reloaded, .*: webhook\.queue: unknown key/s);
    expect((await post(url, deletions(['still']))).status).toBe(200);
    await until(() => sidecar.alerts.length === 1);
    expect(await metric(status, 'falconet_reloads_total', 'result="failed"')).toBeGreaterThan(1);
    await sidecar.kill('SIGTERM');
  });

  it('of files that were emptied keeps the rules that there are', async () => {
    const directory = temporaryDirectory();
    const sidecar = serve(directory, { webhook: WEBHOOK, stdout_output: { enabled: true } });
    const url = await sidecar.url();
    writeFileSync(join(directory, 'rules.yaml'), '');
    await sidecar.said(/not reloaded, everything stays as it was: the rule files hold no rule/);
    expect((await post(url, deletions(['kept']))).status).toBe(200);
    await until(() => sidecar.alerts.some((alert) => idOf(alert) === 'kept'));
    await sidecar.kill('SIGTERM');
  });

  it('notices links that are exchanged, as those of a ConfigMap', async () => {
    const directory = temporaryDirectory();
    const place = (version: string, text: string): void => {
      mkdirSync(join(directory, version));
      writeFileSync(join(directory, version, 'rules.yaml'), text);
      symlinkSync(version, join(directory, 'data.new'));
      renameSync(join(directory, 'data.new'), join(directory, '..data'));
    };
    place('v1', DELETE_RULE);
    const sidecar = serve(directory, {
      webhook: WEBHOOK,
      stdout_output: { enabled: true },
      rules_files: ['..data/rules.yaml'],
    });
    await sidecar.url();
    place('v2', DELETE_RULE.replace('WARNING', 'ERROR'));
    await sidecar.said(/1 changed \(rule Deleted\)/);
    await sidecar.kill('SIGTERM');
  });

  it('exchanges outputs', async () => {
    const directory = temporaryDirectory();
    const sidecar = serve(directory, { webhook: WEBHOOK, stdout_output: { enabled: true } });
    const url = await sidecar.url();
    await post(url, deletions(['before']));
    writeConfig(directory, { webhook: WEBHOOK, file_output: { enabled: true, filename: 'alerts.log' } });
    await sidecar.said(/outputs changed/);
    await post(url, deletions(['after']));
    writeConfig(directory, {
      webhook: { ...WEBHOOK, path: '/other' },
      file_output: { enabled: true, filename: 'alerts.log' },
    });
    await sidecar.said(/webhook changed, which takes a restart/);
    await sidecar.kill('SIGTERM');
    expect(sidecar.alerts.map(idOf)).toEqual(['before']);
    expect(jsonLines(readFileSync(join(directory, 'alerts.log'), 'utf8')).map(idOf)).toEqual(['after']);
  });

  it(`evaluates every event once, ${RELOADS} times under load`, async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'rules.yaml');
    const version = (n: number): string => DELETE_RULE.replace('rule: Deleted', `rule: Deleted ${n}`);
    const config = { webhook: WEBHOOK, stdout_output: { enabled: true }, watch_config_files: false };
    const sidecar = serve(directory, config, version(0));
    const [url, status] = [await sidecar.url(), await sidecar.statusUrl()];
    const load = new Load(url, { connections: 3, perBody: 50 });
    for (let n = 1; n <= RELOADS; n++) {
      writeFileSync(path, version(n));
      const done = sidecar.stderr.split('reloaded, set').length;
      sidecar.child.kill('SIGHUP');
      await until(() => sidecar.stderr.split('reloaded, set').length > done);
    }
    await load.stop();
    expect([...load.statuses.keys()]).toEqual([200]);
    expect(await metric(status, 'falconet_events_evaluated_total')).toBe(load.sent.length * 2);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    expect(sidecar.alerts.map(idOf).sort()).toEqual([...load.sent].sort());
    const versions = sidecar.alerts.map(versionOf).map(Number);
    expect(new Set(versions).size).toBeGreaterThan(RELOADS / 2);
    expect(versions.every((n, i) => i === 0 || n >= versions[i - 1]!)).toBe(true);
  });
});
