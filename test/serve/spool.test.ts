// The queue on disk by itself: what was taken is given out, by this process or a later one, however the one before ended.

import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Spool } from '../../src/serve/outputs/spool.ts';
import { temporaryDirectory } from '../cli/command.ts';

const MAX = 1 << 30;
const now = (): boolean => false;

/** Everything that waits, which the receiver then has. Looks once more than there is something, as an output does. */
async function drain(spool: Spool): Promise<readonly string[]> {
  const lines: string[] = [];
  for (;;) {
    let isOver = false;
    const asked = spool.next(() => isOver);
    const timer = setTimeout(() => {
      isOver = true;
      spool.poke();
    }, 50);
    const next = await asked;
    clearTimeout(timer);
    if (next === undefined) return lines;
    lines.push(...next);
    spool.advance(next);
  }
}

/** What a spool gives out that is opened, used and closed. */
async function used(directory: string, ...texts: readonly string[]): Promise<readonly string[]> {
  const spool = await Spool.open(directory, MAX);
  for (const text of texts) await spool.append(text);
  const lines = await drain(spool);
  await spool.close();
  return lines;
}

describe('a spool', () => {
  it('gives every line once, over processes that write, read, or do nothing', async () => {
    const directory = temporaryDirectory();
    expect(await used(directory, 'one\n', 'two\nthree\n')).toEqual(['one', 'two', 'three']);
    for (let n = 0; n < 4; n++) {
      // the first of these takes the segment away that the cursor names
      for (let idle = 0; idle <= n; idle++) expect(await used(directory)).toEqual([]);
      expect(await used(directory, `after ${n}\n`, 'ä🙂\n')).toEqual([`after ${n}`, 'ä🙂']);
    }
  });

  it('gives what the receiver does not have to the next process', async () => {
    const directory = temporaryDirectory();
    const first = await Spool.open(directory, MAX);
    for (let n = 0; n < 10; n++) await first.append(`line ${n}\n`);
    const lines = (await first.next(now))!;
    first.advance(lines.slice(0, 4));
    await first.append('last\n');
    await first.close();
    expect(await used(directory)).toEqual([4, 5, 6, 7, 8, 9].map((n) => `line ${n}`).concat('last'));
    expect(await used(directory)).toEqual([]);
  });

  it('leaves out half a line that a crash left, and goes on behind it', async () => {
    const directory = temporaryDirectory();
    const first = await Spool.open(directory, MAX);
    await first.append('whole\n');
    await first.close();
    const segment = readdirSync(directory).find((name) => name.endsWith('.spool'))!;
    appendFileSync(join(directory, segment), '{"half":');
    expect(await used(directory, 'next\n')).toEqual(['whole', 'next']);
  });

  it.each(['', 'no JSON', '{"segment":99,"offset":7}', '{"segment":"1","offset":0}'])(
    'with a cursor that says %j gives everything out again',
    async (text) => {
      const directory = temporaryDirectory();
      const first = await Spool.open(directory, MAX);
      await first.append('kept\n');
      await first.close();
      writeFileSync(join(directory, 'cursor'), text);
      expect(await used(directory, 'more\n')).toEqual(['kept', 'more']);
      expect(await used(directory)).toEqual([]);
    },
  );

  it('gives out what was removed under it, and takes nothing before that', async () => {
    const directory = temporaryDirectory();
    const spool = await Spool.open(directory, MAX);
    await spool.append('one\n');
    expect(await drain(spool)).toEqual(['one']);
    await spool.append('two\nthree\n');
    for (const name of readdirSync(directory)) rmSync(join(directory, name));
    await expect(spool.append('four\n')).rejects.toThrow('was removed, and not all that it held is sent');
    expect(await drain(spool)).toEqual(['two', 'three']);
    expect(spool.backlog).toBe(0);
    await spool.append('five\n');
    expect(spool.backlog).toBe(5);
    expect(await drain(spool)).toEqual(['five']);
    rmSync(directory, { recursive: true });
    await expect(spool.append('six\n')).rejects.toThrow('no such file or directory');
    await spool.close();
  });

  it('keeps a segment that cannot be read now', async () => {
    const directory = temporaryDirectory();
    const first = await Spool.open(directory, MAX);
    await first.append('kept\n');
    await first.close();
    const segment = join(directory, readdirSync(directory).find((name) => name.endsWith('.spool'))!);
    const bytes = readFileSync(segment);
    // a directory in its place fails as what may not be opened does
    rmSync(segment);
    mkdirSync(segment);
    const spool = await Spool.open(directory, MAX);
    await expect(spool.next(now)).rejects.toThrow('EISDIR');
    rmSync(segment, { recursive: true });
    writeFileSync(segment, bytes);
    expect(await drain(spool)).toEqual(['kept']);
    await spool.close();
  });

  it('makes its directory, and fails where none can be made', async () => {
    const directory = join(temporaryDirectory(), 'a/b/c');
    expect(await used(directory, 'one\n')).toEqual(['one']);
    writeFileSync(join(directory, 'file'), '');
    await expect(Spool.open(join(directory, 'file/spool'), MAX)).rejects.toThrow('ENOTDIR');
    // Node's own recursive way never ends there
    if (existsSync('/proc/self')) await expect(Spool.open('/proc/x/spool', MAX)).rejects.toThrow('ENOENT');
  });

  it('goes over segments, takes those away that were read, and refuses what is too much', async () => {
    const directory = temporaryDirectory();
    const spool = await Spool.open(directory, 80 << 20);
    const line = `${'x'.repeat(6 << 20)}\n`;
    for (let n = 0; n < 7; n++) await spool.append(n + line);
    expect(readdirSync(directory).filter((name) => name.endsWith('.spool'))).toHaveLength(3);
    await expect(spool.append(line.repeat(7))).rejects.toThrow('the spool is full');
    expect((await drain(spool)).map((text) => text[0])).toEqual(['0', '1', '2', '3', '4', '5', '6']);
    await spool.append('end\n');
    expect(await drain(spool)).toEqual(['end']);
    expect(readdirSync(directory).filter((name) => name.endsWith('.spool'))).toHaveLength(1);
    await spool.close();
    expect(readFileSync(join(directory, 'cursor'), 'utf8')).toContain('"segment":3');
  });
});
