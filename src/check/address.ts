// IP addresses and networks in rule constants, to bytes. The address family follows from a dot in the text, so the IPv6
// forms that end in an IPv4 address are refused, as Falco refuses them.

/** 4 or 16 bytes. */
export function parseAddress(text: string): Uint8Array | undefined {
  return text.includes('.') ? parseIpv4(text) : parseIpv6(text);
}

/** `address/prefix`, host bits cleared; the prefix is 0-32 or 1-128. */
export function parseNetwork(text: string): { readonly bytes: Uint8Array; readonly prefix: number } | undefined {
  const slash = text.indexOf('/');
  const digits = text.slice(slash + 1);
  if (slash < 0 || !/^[0-9]{1,9}$/.test(digits)) return undefined;
  const bytes = text.includes('.') ? parseIpv4(text.slice(0, slash)) : parseIpv6(text.slice(0, slash));
  const prefix = Number(digits);
  if (bytes === undefined || prefix > bytes.length * 8 || (prefix === 0 && bytes.length === 16)) return undefined;
  return { bytes: bytes.map((byte, i) => byte & maskByte(prefix - 8 * i)), prefix };
}

function maskByte(bits: number): number {
  return bits >= 8 ? 0xff : bits <= 0 ? 0 : 0xff << (8 - bits);
}

function parseIpv4(text: string): Uint8Array | undefined {
  const parts = text.split('.');
  const isValid = parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) < 256);
  return isValid ? Uint8Array.from(parts, Number) : undefined;
}

function parseIpv6(text: string): Uint8Array | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const groups = [...(head ?? []), ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  if (tail === undefined ? groups.length !== 8 : groups.length > 7) return undefined;
  const bytes = new Uint8Array(16);
  const put = (group: string, at: number): void => {
    const value = Number.parseInt(group, 16);
    bytes[2 * at] = value >> 8;
    bytes[2 * at + 1] = value & 0xff;
  };
  head?.forEach(put);
  tail?.forEach((group, i) => {
    put(group, 8 - tail.length + i);
  });
  return bytes;
}
