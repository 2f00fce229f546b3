import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzipChunks } from '../../src/cli/gunzip.ts';

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function gunzip(bytes: Uint8Array, size: number): Promise<{ text: Buffer; code?: string | undefined }> {
  const parts: Uint8Array[] = [];
  try {
    for await (const part of gunzipChunks(cut(bytes, size))) parts.push(part);
  } catch (error) {
    return { text: Buffer.concat(parts), code: (error as NodeJS.ErrnoException).code };
  }
  return { text: Buffer.concat(parts) };
}

const SIZES = [1, 61, 4096, 1 << 20];
const REPEATED = Buffer.from('a line of an audit log, more or less\n'.repeat(50_000));
const RANDOM = randomBytes(100_000);

describe('gunzipChunks', () => {
  it.each(SIZES)('decompresses chunks of %i bytes', async (size) => {
    for (const original of size === 1 ? [Buffer.from('short')] : [REPEATED, RANDOM]) {
      const { text, code } = await gunzip(gzipSync(original), size);
      expect(code).toBeUndefined();
      expect(text.equals(original)).toBe(true);
    }
  });

  it('reads files that were joined', async () => {
    const joined = Buffer.concat([gzipSync('one\n'), gzipSync('two\n')]);
    for (const size of SIZES) expect((await gunzip(joined, size)).text.toString()).toBe('one\ntwo\n');
  });

  it('gives out what it could read of a truncated file, then fails', async () => {
    const whole = gzipSync(RANDOM);
    for (const size of SIZES.slice(1)) {
      const { text, code } = await gunzip(whole.subarray(0, whole.length - 1000), size);
      expect(code).toBe('Z_BUF_ERROR');
      expect(text.length).toBeGreaterThan(RANDOM.length - 1100);
      expect(RANDOM.subarray(0, text.length).equals(text)).toBe(true);
    }
  });

  it('fails on what is not gzip', async () => {
    expect((await gunzip(Buffer.from('plain text'), 4096)).code).toBe('Z_DATA_ERROR');
  });

  it('ignores zeros that pad the file', async () => {
    const { text, code } = await gunzip(Buffer.concat([gzipSync('one\n'), Buffer.alloc(100)]), 4096);
    expect(code).toBeUndefined();
    expect(text.toString()).toBe('one\n');
  });

  it('fails on other bytes behind the compressed data', async () => {
    for (const size of [4096, gzipSync('one\n').length]) {
      const { text, code } = await gunzip(Buffer.concat([gzipSync('one\n'), Buffer.from('rest')]), size);
      expect(code).toBe('Z_DATA_ERROR');
      if (size < 4096) expect(text.toString()).toBe('one\n');
    }
  });
});
