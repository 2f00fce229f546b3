// A block of a cloud's logs in, a block of payloads out, a line each, with the line of the input that each came from.

import type { Cloud } from '../../isa/clouds.ts';
import type { Framing } from '../inputs.ts';
import { unwrap } from './unwrap.ts';

export interface UnwrappedBlock {
  readonly bytes: Uint8Array;
  /** line in the block, from 1, of the line with this number, from 0 */
  readonly lineOf: (line: number) => number;
  readonly skipped: number;
}

/** A document is unwrapped as a whole, and then everything is of its first line. */
export function unwrapBlock(cloud: Cloud, bytes: Uint8Array, framing: Framing): UnwrappedBlock {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
  const pieces = framing === 'lines' ? text.split('\n') : [text];
  const lines: string[] = [];
  const places: number[] = [];
  let skipped = 0;
  pieces.forEach((piece, i) => {
    const unwrapped = unwrap(cloud, piece);
    skipped += unwrapped.skipped;
    for (const payload of unwrapped.payloads) {
      // a line end is white space in JSON, and would end the payload here
      lines.push(payload.replace(/[\r\n]+/g, ' '));
      places.push(i + 1);
    }
  });
  return { bytes: Buffer.from(lines.join('\n')), lineOf: (line) => places[line] ?? 1, skipped };
}
