// Byte strings: texts in which every character is one byte (0-255). Fields, constants and JSON tokens are compared and cut
// by bytes, and under `falco` they need not be valid UTF-8; a byte string keeps them exact and easy to work with.

/** Bytes as a byte string. */
export function fromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** A text as the byte string of its UTF-8. */
export function fromText(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** The bytes of a byte string. */
export function toBytes(bytes: string): Uint8Array {
  return new Uint8Array(Buffer.from(bytes, 'latin1'));
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const strictDecoder = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

/** A byte string as text; what is not UTF-8 becomes U+FFFD. */
export function toText(bytes: string): string {
  return decoder.decode(Buffer.from(bytes, 'latin1'));
}

export function isUtf8(bytes: string): boolean {
  try {
    strictDecoder.decode(Buffer.from(bytes, 'latin1'));
    return true;
  } catch {
    return false;
  }
}

/** The part before the first NUL: values cross a C string boundary in the original. */
export function cutAtNul(bytes: string): string {
  const nul = bytes.indexOf('\0');
  return nul < 0 ? bytes : bytes.slice(0, nul);
}

/** ASCII letters only, as the original's case functions do. */
export function asciiLower(bytes: string): string {
  return bytes.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}

export function asciiUpper(bytes: string): string {
  return bytes.replace(/[a-z]+/g, (letters) => letters.toUpperCase());
}
