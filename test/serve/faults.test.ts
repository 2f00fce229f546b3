// Disks that are full and receivers that hang, under load, with a kill between: whatever was acknowledged is there in the end.

import { execFileSync } from 'node:child_process';
import { appendFileSync, closeSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditEvent, temporaryDirectory } from '../cli/command.ts';
import {
  DELETE_RULE,
  idOf,
  ids,
  jsonLines,
  Load,
  metric,
  missing,
  type Process,
  Receiver,
  serve,
  sleep,
  until,
  WEBHOOK,
} from './sidecar.ts';

const ROUNDS = Number(process.env.RECOVERY_ROUNDS ?? 1);

const hasLimits = ((): boolean => {
  try {
    execFileSync('prlimit', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** No file of the process grows beyond so many bytes: to it, the disk is full. */
function limitFiles(sidecar: Process, limit: number | 'unlimited'): void {
  execFileSync('prlimit', ['--pid', String(sidecar.child.pid), `--fsize=${limit}:unlimited`]);
}

/** What is sent while the disk is full is refused; returns what was acknowledged before, meanwhile and after. */
async function loadOverFullDisk(sidecar: Process, prefix: string, isFullSoon = false): Promise<readonly string[]> {
  const url = await sidecar.url();
  // in the middle of a write, when it is there before the first
  if (isFullSoon) limitFiles(sidecar, 100_000);
  const load = new Load(url, { prefix });
  await until(() => load.acknowledged.length > 200, 'the first acknowledgements');
  limitFiles(sidecar, 100_000);
  await until(() => (load.statuses.get(503) ?? 0) > 5, 'refusals');
  await sleep(200);
  limitFiles(sidecar, 'unlimited');
  const before = load.acknowledged.length;
  await until(() => load.acknowledged.length > before + 200, 'acknowledgements again');
  await load.stop();
  return load.acknowledged;
}

describe.skipIf(!hasLimits)('a full disk', () => {
  it('under the file: whole lines, and every acknowledged alert in them', async () => {
    const directory = temporaryDirectory();
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const sidecar = serve(directory, { webhook: WEBHOOK, file_output: { enabled: true, filename: 'alerts.log' } });
      acknowledged.push(...(await loadOverFullDisk(sidecar, `file-${round}`)));
      await sidecar.kill('SIGTERM');
    }
    const alerts = jsonLines(readFileSync(join(directory, 'alerts.log'), 'utf8'));
    expect(missing(acknowledged, alerts.map(idOf))).toEqual([]);
  });

  it('under standard output that is a file: what was cut in two is alone on its line', async () => {
    const path = join(temporaryDirectory(), 'stdout');
    const file = openSync(path, 'a');
    const sidecar = serve(
      temporaryDirectory(),
      { webhook: WEBHOOK, stdout_output: { enabled: true } },
      DELETE_RULE,
      file,
    );
    closeSync(file);
    const acknowledged = await loadOverFullDisk(sidecar, 'stdout', true);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
    const whole = lines.filter((line) => line.endsWith('}'));
    expect(whole.length).toBeLessThan(lines.length);
    expect(missing(acknowledged, jsonLines(whole.join('\n')).map(idOf))).toEqual([]);
  });

  it('under the spool: the receiver has every acknowledged alert, also after a kill in the middle', async () => {
    const directory = temporaryDirectory();
    const receiver = new Receiver();
    await receiver.start();
    const http = { enabled: true, url: receiver.url, timeout: 1, spool: { directory: 'spool' } };
    const config = { webhook: WEBHOOK, http_output: http };
    const acknowledged: string[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      // nothing leaves the spool while it fills
      receiver.status = 503;
      const sidecar = serve(directory, config);
      acknowledged.push(...(await loadOverFullDisk(sidecar, `spool-${round}`)));
      limitFiles(sidecar, 100_000);
      const load = new Load(await sidecar.url(), { prefix: `killed-${round}` });
      await sleep(200);
      await sidecar.kill('SIGKILL');
      await load.stop();
      acknowledged.push(...load.acknowledged);
      receiver.status = 200;
    }
    const last = serve(directory, config);
    await until(() => missing(acknowledged, receiver.ids).length === 0, 'the alerts of the spool');
    expect(await last.kill('SIGTERM')).toBe(0);
    await receiver.stop();
  });
});

describe('a receiver that hangs', () => {
  it('without a spool: what it got no answer for is not acknowledged, and comes in the end', async () => {
    const receiver = new Receiver();
    await receiver.start();
    const sidecar = serve(temporaryDirectory(), {
      webhook: WEBHOOK,
      http_output: { enabled: true, url: receiver.url, timeout: 1 },
    });
    const load = new Load(await sidecar.url());
    for (let round = 0; round < ROUNDS; round++) {
      await sleep(300);
      receiver.status = 0;
      await sleep(1500);
      const stalled = load.acknowledged.length;
      await sleep(200);
      expect(load.acknowledged.length).toBe(stalled);
      receiver.status = 200;
      await until(() => load.acknowledged.length > stalled + 100, 'acknowledgements again');
    }
    await load.stop();
    expect(missing(load.acknowledged, receiver.ids)).toEqual([]);
    expect(await sidecar.kill('SIGTERM')).toBe(0);
    await receiver.stop();
  });
});

describe('a follower that is killed', () => {
  it('alerts for every line at least once, over rotations and a full disk of its output', async () => {
    const directory = temporaryDirectory();
    const log = join(directory, 'logs', 'audit.log');
    mkdirSync(join(directory, 'logs'));
    writeFileSync(log, '');
    const config = {
      follow: [{ path: log, start: 'beginning', state: 'place' }],
      file_output: { enabled: true, filename: 'alerts.log' },
    };
    const names = ids('line', 1200 * ROUNDS);
    let written = 0;
    const write = async (count: number): Promise<void> => {
      for (const name of names.slice(written, written + count)) {
        if (written % 150 === 149) renameSync(log, `${log}.${10_000 - written}`);
        appendFileSync(log, `${auditEvent(name, { verb: 'delete' })}\n`);
        written += 1;
        if (written % 20 === 0) await sleep(2);
      }
    };
    for (let round = 0; round < 4 * ROUNDS; round++) {
      const sidecar = serve(directory, config);
      await sidecar.said(/following/);
      if (hasLimits && round % 2 === 1) limitFiles(sidecar, 50_000);
      await write(200);
      await sleep(100);
      if (hasLimits && round % 4 === 1) limitFiles(sidecar, 'unlimited');
      await sidecar.kill('SIGKILL');
      await write(100);
    }
    const last = serve(directory, config);
    const got = (): readonly string[] => {
      const lines = readFileSync(join(directory, 'alerts.log'), 'utf8').split('\n');
      return jsonLines(lines.filter((line) => line.endsWith('}')).join('\n')).map(idOf);
    };
    await until(() => missing(names, got()).length === 0, 'an alert for every line');
    expect(written).toBe(names.length);
    const status = await last.statusUrl();
    expect(await metric(status, 'falconet_events_rejected_total')).toBe(0);
    expect(await last.kill('SIGTERM')).toBe(0);
  });
});
