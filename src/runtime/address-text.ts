// IP addresses as alerts print them: dotted, or the shortest text of an IPv6 address with the longest run of zero groups (two
// or more, the first of equals) as `::` and an embedded IPv4 address dotted.

/** Text of 4 or 16 address bytes. */
export function addressText(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join('.') : ipv6Text(bytes);
}

function ipv6Text(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  const zeros = longestZeros(groups);
  if (zeros.start === 0 && (zeros.length === 6 || (zeros.length === 5 && groups[5] === 0xffff))) {
    return `::${zeros.length === 5 ? 'ffff:' : ''}${bytes.subarray(12).join('.')}`;
  }
  const text = (from: number, to?: number): string =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':');
  return zeros.length < 2 ? text(0) : `${text(0, zeros.start)}::${text(zeros.start + zeros.length)}`;
}

function longestZeros(groups: readonly number[]): { readonly start: number; readonly length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
