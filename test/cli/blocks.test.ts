import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Block, documentBlock, lineBlocks } from '../../src/cli/blocks.ts';

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

/** Blocks as texts, copied while they are valid. */
async function collect(blocks: AsyncIterable<Block>): Promise<readonly (readonly [number, string])[]> {
  const collected: (readonly [number, string])[] = [];
  for await (const block of blocks) {
    collected.push([block.line, block.kind === 'bytes' ? new TextDecoder().decode(block.bytes) : 'oversize']);
  }
  return collected;
}

describe('lineBlocks', () => {
  it('ends a block at the last newline of a chunk', async () => {
    expect(await collect(lineBlocks(chunksOf('a\nb\nc', 'd\ne\n', 'f')))).toEqual([
      [1, 'a\nb\n'],
      [3, 'cd\ne\n'],
      [5, 'f'],
    ]);
  });

  it('gives nothing for nothing', async () => {
    expect(await collect(lineBlocks(chunksOf()))).toEqual([]);
    expect(await collect(lineBlocks(chunksOf('', '')))).toEqual([]);
  });

  it('reports a line over the limit once and goes on behind it', async () => {
    expect(await collect(lineBlocks(chunksOf('a\n123', '456', '789', '0', 'x\nb\n', 'c\n'), 8))).toEqual([
      [1, 'a\n'],
      [2, 'oversize'],
      [3, 'b\n'],
      [4, 'c\n'],
    ]);
  });

  it('keeps a line of exactly the limit', async () => {
    expect(await collect(lineBlocks(chunksOf('1234', '5678', '\nb'), 8))).toEqual([
      [1, '12345678\n'],
      [2, 'b'],
    ]);
    expect(await collect(lineBlocks(chunksOf('1234', '56789\nb'), 8))).toEqual([
      [1, 'oversize'],
      [2, 'b'],
    ]);
  });

  it('reports a line over the limit that the input ends in', async () => {
    expect(await collect(lineBlocks(chunksOf('a\n', '12345', '67890'), 8))).toEqual([
      [1, 'a\n'],
      [2, 'oversize'],
    ]);
  });

  it('passes every byte on, however the input is cut', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\n') })), async (chunks) => {
        const blocks = await collect(lineBlocks(chunksOf(...chunks)));
        const text = chunks.join('');
        expect(blocks.map(([, part]) => part).join('')).toBe(text);
        let before = '';
        for (const [line, part] of blocks) {
          expect(line).toBe(before.split('\n').length);
          before += part;
          if (before !== text) expect(part.endsWith('\n')).toBe(true);
        }
      }),
    );
  });
});

describe('documentBlock', () => {
  it('joins all chunks', async () => {
    expect(await collect(documentBlock(chunksOf('{\n', '}', '\n')))).toEqual([[1, '{\n}\n']]);
  });

  it('reports a document over the limit', async () => {
    expect(await collect(documentBlock(chunksOf('{\n', '}', '\n'), 3))).toEqual([[1, 'oversize']]);
  });
});
