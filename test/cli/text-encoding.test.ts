// A byte order mark costs nothing, an input in UTF-16 is refused as a whole.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { utf8Chunks } from '../../src/cli/text-encoding.ts';
import { auditEvent, falconet, RULES, temporaryDirectory } from './command.ts';

async function decoded(bytes: Uint8Array, size: number): Promise<string> {
  // one buffer for all chunks, as files are read
  const buffer = new Uint8Array(size);
  async function* chunks(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) {
      const part = bytes.subarray(at, at + size);
      buffer.set(part);
      yield buffer.subarray(0, part.length);
    }
  }
  const parts: Uint8Array[] = [];
  for await (const chunk of utf8Chunks(chunks())) parts.push(chunk.slice());
  return Buffer.concat(parts).toString();
}

const MARK = '\uFEFF';
const utf16 = (text: string, order: 'little' | 'big'): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'little' ? bytes : bytes.swap16();
};

describe('utf8Chunks', () => {
  for (const size of [1, 2, 3, 4, 9, 10, 11, 1000]) {
    it(`leaves out a mark at the start, in chunks of ${size}`, async () => {
      for (const text of ['', 'a', '{"kind":"Event"}\n{}', `{"a":"${MARK}"}`, '\0\0\0\0\0\0\0\0{"a":1}', 'ÄÖ']) {
        expect(await decoded(Buffer.from(text), size)).toBe(text);
        expect(await decoded(Buffer.from(MARK + text), size)).toBe(text);
      }
      expect(await decoded(Buffer.from(`${MARK}${MARK}x`), size)).toBe(`${MARK}x`);
    });

    it(`refuses UTF-16, in chunks of ${size}`, async () => {
      for (const order of ['little', 'big'] as const) {
        for (const mark of ['', MARK]) {
          const chunks = decoded(utf16(`${mark}{"kind":"Event"}\n`, order), size);
          await expect(chunks).rejects.toThrow('the input is UTF-16: save it as UTF-8');
        }
      }
    });
  }
});

describe('inputs of run and explain', () => {
  const cwd = temporaryDirectory();
  const log = `${MARK}${auditEvent('first')}\nnonsense\n${auditEvent('second')}\n`;
  writeFileSync(join(cwd, 'rules.yaml'), RULES);
  writeFileSync(join(cwd, 'log.jsonl'), log);
  writeFileSync(join(cwd, 'log.jsonl.gz'), gzipSync(log));
  writeFileSync(join(cwd, 'pretty.json'), MARK + JSON.stringify(JSON.parse(auditEvent('p')), null, 2));
  writeFileSync(join(cwd, 'utf16.jsonl'), utf16(MARK + `${auditEvent('u')}\n`.repeat(3), 'little'));

  it.each(['falco', 'fixed'])('may have a mark under %s, and lines count as they stand', async (semantics) => {
    const args = ['run', '-r', 'rules.yaml', '--semantics', semantics];
    const files = await falconet([...args, 'log.jsonl', 'log.jsonl.gz', 'pretty.json'], { cwd });
    expect(files.stdout.match(/id=\w+/g)).toEqual(['id=first', 'id=second', 'id=first', 'id=second', 'id=p']);
    expect(files.stderr).toMatch(
      /^log\.jsonl:2: invalid_json: .*\nlog\.jsonl\.gz:2: invalid_json: .*\nfalconet: 7 events/,
    );
    expect((await falconet([...args, '-'], { cwd, input: log })).stdout).toContain('id=first');
  });

  it('may have a mark for explain', async () => {
    const { lines, status } = await falconet(['explain', '-r', 'rules.yaml', '--format', 'json', 'pretty.json'], {
      cwd,
    });
    expect([status, lines.map((line) => JSON.parse(line).auditID)]).toEqual([0, ['p']]);
  });

  it.each(['run', 'explain', 'bench'])('are told to be UTF-16 once by %s', async (command) => {
    const { status, stdout, stderr } = await falconet([command, '-r', 'rules.yaml', 'utf16.jsonl'], { cwd });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.split('\n')[0]).toBe('falconet: error: utf16.jsonl: the input is UTF-16: save it as UTF-8');
    expect(stderr).not.toContain('invalid');
  });
});
