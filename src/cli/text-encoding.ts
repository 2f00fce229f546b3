// The chunks of an input in, the same without a byte order mark out. An input that is UTF-16 throughout is refused: each of its
// lines would be rejected by itself, and none of them would say why.

import { isUtf16 } from '../rulefile/document-hints.ts';

const MARK: readonly number[] = [0xef, 0xbb, 0xbf];
/** As many bytes as it takes to tell; no event is shorter. */
const HEAD_LENGTH = 10;

/** A chunk may be overwritten once the next one is asked for. Fails before the first one when the text is UTF-16. */
export async function* utf8Chunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of chunks) {
    if (head === undefined) {
      yield chunk;
      continue;
    }
    const known: Uint8Array = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
    if (known.length < HEAD_LENGTH) {
      // a copy, which slice of a Buffer is not
      head = new Uint8Array(known);
      continue;
    }
    yield withoutMark(known);
    head = undefined;
  }
  if (head !== undefined && head.length > 0) yield withoutMark(head);
}

function withoutMark(head: Uint8Array): Uint8Array {
  if (isUtf16(Buffer.from(head.subarray(0, HEAD_LENGTH)).toString('latin1'))) {
    throw new Error('the input is UTF-16: save it as UTF-8');
  }
  return MARK.every((byte, i) => head[i] === byte) ? head.subarray(MARK.length) : head;
}
