// Logs that grow and are rotated in every way, while the follower runs and while it does not: every event once, in order.

import {
  appendFileSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { auditEvent, temporaryDirectory } from '../cli/command.ts';
import { DELETE_RULE, idOf, ids, jsonLines, metric, Process, serve, sleep, until } from './sidecar.ts';

const line = (id: string): string => `${auditEvent(id, { verb: 'delete' })}\n`;
const lines = (names: readonly string[]): string => names.map(line).join('');

interface Fixture {
  readonly directory: string;
  readonly log: string;
  readonly follow: (fields?: object) => Promise<Process>;
}

function fixture(): Fixture {
  const directory = temporaryDirectory();
  const log = join(directory, 'logs', 'audit.log');
  mkdirSync(join(directory, 'logs'));
  const follow = async (fields: object = {}): Promise<Process> => {
    const sidecar = serve(directory, {
      follow: [{ path: log, start: 'beginning', state: 'place', ...fields }],
      stdout_output: { enabled: true },
    });
    await sidecar.said(/following/);
    return sidecar;
  };
  return { directory, log, follow };
}

function got(...sidecars: readonly Process[]): readonly string[] {
  return sidecars.flatMap((sidecar) => sidecar.alerts.map(idOf));
}

async function expectAll(expected: readonly string[], ...sidecars: readonly Process[]): Promise<void> {
  await until(
    () => got(...sidecars).length >= expected.length,
    `${expected.length} alerts, there are ${got(...sidecars).length}`,
  );
  await sleep(250);
  expect(got(...sidecars)).toEqual(expected);
}

describe.concurrent('a follower', () => {
  it('starts at the end or the beginning, and waits for a file that is not there', async () => {
    const { directory, log, follow } = fixture();
    const late = await follow();
    await sleep(300);
    writeFileSync(log, lines(['a', 'b']));
    await expectAll(['a', 'b'], late);
    await late.kill('SIGTERM');
    unlinkSync(join(directory, 'place'));
    const atEnd = await follow({ start: 'end' });
    await sleep(300);
    appendFileSync(log, lines(['c']));
    await expectAll(['c'], atEnd);
    await atEnd.kill('SIGTERM');
  });

  it('waits for the rest of a line', async () => {
    const { log, follow } = fixture();
    const sidecar = await follow();
    const text = line('half');
    for (const [from, to] of [
      [0, 1],
      [1, 200],
      [200, text.length - 1],
    ]) {
      appendFileSync(log, text.slice(from, to));
      await sleep(150);
      expect(got(sidecar)).toEqual([]);
    }
    appendFileSync(log, text.slice(-1));
    await expectAll(['half'], sidecar);
    await sidecar.kill('SIGTERM');
  });

  it('goes on where it was, after a stop and after a kill', async () => {
    const { log, follow } = fixture();
    writeFileSync(log, lines(ids('a', 50)));
    const first = await follow();
    await expectAll(ids('a', 50), first);
    await first.kill('SIGTERM');
    appendFileSync(log, lines(ids('b', 50)));
    const second = await follow();
    await expectAll(ids('b', 50), second);
    // the place is saved twice a second
    await sleep(700);
    await second.kill('SIGKILL');
    appendFileSync(log, lines(['c']));
    const third = await follow();
    await expectAll(['c'], third);
    await third.kill('SIGTERM');
  });

  it('follows a rename, also of a writer that has not noticed', async () => {
    const { log, follow } = fixture();
    writeFileSync(log, lines(['a']));
    const sidecar = await follow();
    await expectAll(['a'], sidecar);
    appendFileSync(log, lines(['b']));
    renameSync(log, `${log}.1`);
    appendFileSync(`${log}.1`, lines(['c']));
    writeFileSync(log, '');
    await sleep(200);
    appendFileSync(`${log}.1`, lines(['d']));
    appendFileSync(log, lines(['e']));
    await expectAll(['a', 'b', 'c', 'd', 'e'], sidecar);
    // several at once
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    writeFileSync(log, lines(['f']));
    renameSync(`${log}.2`, `${log}.3`);
    renameSync(`${log}.1`, `${log}.2`);
    renameSync(log, `${log}.1`);
    writeFileSync(log, lines(['g']));
    await expectAll(['a', 'b', 'c', 'd', 'e', 'f', 'g'], sidecar);
    await sidecar.kill('SIGTERM');
    const { stderr } = sidecar;
    expect(stderr).not.toMatch(/rejected|lost/);
  });

  it('follows a copy and truncation, with a line in two halves', async () => {
    const { log, follow } = fixture();
    writeFileSync(log, lines(['a', 'b']));
    const sidecar = await follow();
    await expectAll(['a', 'b'], sidecar);
    const [whole, halved] = [lines(['c']), line('d')];
    appendFileSync(log, whole + halved.slice(0, 100));
    copyFileSync(log, `${log}.1`);
    truncateSync(log);
    await sleep(50);
    appendFileSync(log, halved.slice(100) + line('e'));
    await expectAll(['a', 'b', 'c', 'd', 'e'], sidecar);
    await sidecar.kill('SIGTERM');
  });

  it('reads what was rotated and compressed while it was away', async () => {
    const { directory, log, follow } = fixture();
    writeFileSync(log, lines(['a', 'b']));
    const first = await follow();
    await expectAll(['a', 'b'], first);
    await first.kill('SIGTERM');
    const rotated = (time: string): string => join(directory, 'logs', `audit-2024-05-0${time}T00-00-00.000.log`);
    appendFileSync(log, lines(['c']));
    writeFileSync(`${rotated('1')}.gz`, gzipSync(readFileSync(log)));
    writeFileSync(`${rotated('2')}.gz`, gzipSync(lines(ids('gz', 20))));
    writeFileSync(rotated('3'), lines(['d']));
    writeFileSync(join(directory, 'logs', 'audit-other.log'), lines(['not this']));
    unlinkSync(log);
    writeFileSync(log, lines(['e']));
    const second = await follow();
    await expectAll(['c', ...ids('gz', 20), 'd', 'e'], second);
    await second.kill('SIGTERM');
    const third = await follow();
    appendFileSync(log, lines(['f']));
    await expectAll(['f'], third);
    await third.kill('SIGTERM');
  });

  it('survives a writer that flushes halves of lines and rotates while it is stopped', async () => {
    const { log, follow } = fixture();
    const names = ids('w', 400);
    const sidecars: Process[] = [];
    let written = 0;
    const writeSome = async (count: number): Promise<void> => {
      for (const name of names.slice(written, written + count)) {
        const text = line(name);
        appendFileSync(log, text.slice(0, 77));
        if (written % 10 === 0) await sleep(3);
        appendFileSync(log, text.slice(77));
        written += 1;
        if (written % 37 === 0) rotate();
      }
    };
    const rotate = (): void => {
      for (let n = 12; n >= 1; n--) {
        try {
          renameSync(`${log}.${n}`, `${log}.${n + 1}`);
        } catch {
          // there are not so many yet
        }
      }
      renameSync(log, `${log}.1`);
    };
    writeFileSync(log, '');
    for (let round = 0; round < 4; round++) {
      const sidecar = await follow();
      sidecars.push(sidecar);
      await writeSome(60);
      // half a line, a stop, a rotation between
      const half = line(names[written]!);
      appendFileSync(log, half.slice(0, 50));
      await sleep(100);
      expect(await sidecar.kill('SIGTERM')).toBe(0);
      appendFileSync(log, half.slice(50));
      written += 1;
      rotate();
      await writeSome(39);
    }
    const last = await follow();
    await expectAll(names, ...sidecars, last);
    await last.kill('SIGTERM');
  });

  it('follows the logs of a directory, those too that come later', async () => {
    const { directory, log, follow } = fixture();
    writeFileSync(log, lines(['a']));
    const sidecar = await follow({ path: join(directory, 'logs') });
    await expectAll(['a'], sidecar);
    writeFileSync(join(directory, 'logs', 'other.log'), lines(['b']));
    await expectAll(['a', 'b'], sidecar);
    renameSync(log, join(directory, 'logs', 'audit-2024-05-01T00-00-00.000.log'));
    await sleep(700);
    writeFileSync(log, lines(['c']));
    await expectAll(['a', 'b', 'c'], sidecar);
    const status = await sidecar.statusUrl();
    expect(await metric(status, 'falconet_events_received_total', `source="file://${log}"`)).toBe(2);
    await sidecar.kill('SIGTERM');
  });

  it('lets go of a log that is removed, and takes the next one of its name', async () => {
    const { directory, log, follow } = fixture();
    writeFileSync(log, lines(['a']));
    const sidecar = await follow({ path: join(directory, 'logs') });
    await expectAll(['a'], sidecar);
    // without its newline: it will not come any more
    appendFileSync(log, lines(['b']) + line('c').trimEnd());
    unlinkSync(log);
    await expectAll(['a', 'b', 'c'], sidecar);
    const descriptors = `/proc/${sidecar.child.pid}/fd`;
    const isOpen = (): boolean =>
      readdirSync(descriptors).some((name) => {
        const path = join(descriptors, name);
        return (lstatSync(path, { throwIfNoEntry: false }) !== undefined ? readlinkSync(path) : '').includes(
          'audit.log',
        );
      });
    if (existsSync(descriptors)) await until(() => !isOpen(), 'an end of the descriptor');
    writeFileSync(log, lines(['d']));
    await expectAll(['a', 'b', 'c', 'd'], sidecar);
    await sidecar.kill('SIGTERM');
  });

  it('joins a line that three files hold', async () => {
    const { log, follow } = fixture();
    const text = line('cut');
    writeFileSync(log, lines(['a']) + text.slice(0, 60));
    const sidecar = await follow();
    await expectAll(['a'], sidecar);
    for (const [n, part] of [text.slice(60, 120), text.slice(120) + line('b')].entries()) {
      renameSync(log, `${log}.${9 - n}`);
      writeFileSync(log, part);
      await sleep(900);
    }
    await expectAll(['a', 'cut', 'b'], sidecar);
    const status = await sidecar.statusUrl();
    expect(await metric(status, 'falconet_events_rejected_total')).toBe(0);
    await sidecar.kill('SIGTERM');
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)(
    'ended by %s before it handed a joined line over starts before it',
    async (signal) => {
      const { directory, log } = fixture();
      const alerts = join(directory, 'alerts.log');
      symlinkSync('/dev/full', alerts);
      const start = async (): Promise<Process> => {
        const follow = [{ path: log, start: 'beginning', state: 'place' }];
        const sidecar = serve(directory, { follow, file_output: { enabled: true, filename: 'alerts.log' } });
        await sidecar.said(/following/);
        return sidecar;
      };
      const text = line('cut');
      writeFileSync(log, `${auditEvent('quiet')}\n${text.slice(0, 60)}`);
      const first = await start();
      await sleep(300);
      renameSync(log, `${log}.1`);
      writeFileSync(log, text.slice(60));
      await first.said(/output file: (ENOSPC)/);
      // the place is saved twice a second
      await sleep(700);
      await first.kill(signal);
      unlinkSync(alerts);
      const second = await start();
      await until(() => existsSync(alerts) && readFileSync(alerts, 'utf8').includes('\n'));
      expect(jsonLines(readFileSync(alerts, 'utf8')).map(idOf)).toEqual(['cut']);
      await second.kill('SIGTERM');
    },
  );

  it('keeps the places of two logs in one file', async () => {
    const { directory, log } = fixture();
    const other = join(directory, 'logs', 'other.log');
    writeFileSync(log, lines(['a']));
    writeFileSync(other, lines(['b']));
    const start = async (): Promise<Process> => {
      const entries = [log, other].map((path) => ({ path, start: 'beginning', state: 'place' }));
      const sidecar = serve(directory, { follow: entries, stdout_output: { enabled: true } });
      await sidecar.said(/following \S+other\.log/);
      return sidecar;
    };
    const first = await start();
    await until(() => got(first).length === 2);
    await first.kill('SIGTERM');
    const second = await start();
    appendFileSync(log, lines(['c']));
    appendFileSync(other, lines(['d']));
    await until(() => got(second).length >= 2);
    await sleep(200);
    expect([...got(first, second)].sort()).toEqual(['a', 'b', 'c', 'd']);
    await second.kill('SIGTERM');
  });

  it('counts lines that are no events and goes on', async () => {
    const { log, follow } = fixture();
    writeFileSync(log, `no json\n${line('a')}{"kind":"Pod"}\n`);
    const sidecar = await follow();
    await expectAll(['a'], sidecar);
    const status = await sidecar.statusUrl();
    expect(await metric(status, 'falconet_events_received_total')).toBe(3);
    expect(await metric(status, 'falconet_events_rejected_total')).toBe(2);
    await sidecar.kill('SIGTERM');
  });

  it('keeps every line, repeated or not, and is what `run file:///` does', async () => {
    const { directory, log } = fixture();
    writeFileSync(log, lines(['before']));
    writeFileSync(join(directory, 'rules.yaml'), DELETE_RULE);
    const sidecar = new Process(['run', '-r', join(directory, 'rules.yaml'), '--format', 'json', `file://${log}`]);
    await sidecar.said(/following/);
    await sleep(300);
    appendFileSync(log, lines(['same', 'same']));
    await expectAll(['same', 'same'], sidecar);
    expect(await sidecar.kill('SIGINT')).toBe(0);
  });
});
