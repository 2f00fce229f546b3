// Writes a changed rule file in place: into a new file beside it, which then takes its name, so that a reader sees the old
// text or the new one. What the text does not show (a byte order mark, the mode, a symbolic link) stays.

import { randomUUID } from 'node:crypto';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { loadFailure, reasonOf } from './failure.ts';
import { readBytes } from './rules.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** `before` is the text that `after` was made from; fails when the file does not hold it any more. */
export async function rewrite(name: string, before: string, after: string): Promise<void> {
  const bytes = await readBytes(name);
  const hasMark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const mark = hasMark ? BYTE_ORDER_MARK : '';
  const expected = new TextEncoder().encode(mark + before);
  if (Buffer.compare(bytes, expected) !== 0) throw loadFailure(`${name}: is not valid UTF-8, it is left as it is`);
  try {
    await replaceFile(await realpath(name), mark + after);
  } catch (error) {
    throw loadFailure(`${name}: cannot be rewritten: ${reasonOf(error)}`);
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const { mode } = await stat(path);
  const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.chmod(mode);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
