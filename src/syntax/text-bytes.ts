// Constants are byte strings, and `\xHH` can write any byte; the tree holds them as JS strings. Bytes that form valid
// UTF-8 are decoded; a byte that does not, b >= 0x80, stands as the lone surrogate U+DC00 + b (U+DC80 to U+DCFF), which
// no decoded text contains. bytesText and textBytes are inverse to each other on everything that came from bytes.

const BYTE_ESCAPE = 0xdc00;
const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text of some bytes, lone bytes as surrogates. */
export function bytesText(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes[at] as number);
    const decoded = length > 0 ? decode(bytes.subarray(at, at + length), length) : undefined;
    text += decoded ?? String.fromCharCode(BYTE_ESCAPE + (bytes[at] as number));
    at += decoded === undefined ? 1 : length;
  }
  return text;
}

/** The bytes of a text; any other lone surrogate becomes U+FFFD, as TextEncoder has it. */
export function textBytes(text: string): Uint8Array {
  if (!/\p{Surrogate}/u.test(text)) return encoder.encode(text);
  const bytes: number[] = [];
  for (const character of text) {
    const byte = escapedByte(character);
    if (byte === undefined) bytes.push(...encoder.encode(character));
    else bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** The byte that a lone surrogate stands for. */
export function escapedByte(character: string): number | undefined {
  const code = character.codePointAt(0) as number;
  return code >= BYTE_ESCAPE + 0x80 && code <= BYTE_ESCAPE + 0xff ? code - BYTE_ESCAPE : undefined;
}

function sequenceLength(lead: number): number {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

function decode(bytes: Uint8Array, length: number): string | undefined {
  if (bytes.length < length) return undefined;
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
