// IP addresses and networks as byte strings of 4 or 16 characters. Rules cannot write an IPv6 address with a dotted end;
// events may.

/** undefined when the text is no address. */
export function parseAddress(text: string): string | undefined {
  return text.includes(':') ? parseIpv6(text) : parseIpv4(text);
}

function parseIpv4(text: string): string | undefined {
  const octets = text.split('.');
  const good = octets.length === 4 && octets.every((o) => /^(?:0|[1-9]\d{0,2})$/.test(o) && Number(o) < 256);
  return good ? String.fromCharCode(...octets.map(Number)) : undefined;
}

function parseIpv6(written: string): string | undefined {
  const dotted = /[^:]*\.[^:]*$/.exec(written)?.[0];
  const last = dotted === undefined ? '' : parseIpv4(dotted);
  if (last === undefined) return undefined;
  const end =
    last === '' ? [] : [last.slice(0, 2), last.slice(2)].map((pair) => Buffer.from(pair, 'latin1').toString('hex'));
  const text = dotted === undefined ? written : written.slice(0, -dotted.length) + end.join(':');
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = halves.map((half) => (half === '' ? [] : half.split(':'))) as [string[], string[] | undefined];
  const groups = [...head, ...(tail ?? [])];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  const missing = 8 - groups.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...Array<string>(missing).fill('0'), ...(tail ?? [])].map((g) => Number.parseInt(g, 16));
  return String.fromCharCode(...all.flatMap((group) => [group >> 8, group & 255]));
}

/** Text of an address, IPv6 with its longest run of zero groups shortened and an embedded IPv4 address dotted. */
export function formatAddress(address: string): string {
  const bytes = [...address].map((c) => c.charCodeAt(0));
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[2 * i]! << 8) | bytes[2 * i + 1]!).toString(16));
  const mapped = /^(?:0:){5}(?:(ffff:)|0:(?!0:))/.exec(groups.join(':'));
  if (mapped) return `::${mapped[1] ?? ''}${bytes.slice(12).join('.')}`;
  const text = groups.join(':');
  const runs = [...text.matchAll(/(?<![0-9a-f])0(?::0)+(?![0-9a-f])/g)];
  const longest = runs.reduce((best, run) => (run[0].length > best.length ? run[0] : best), '');
  if (longest === '') return text;
  const at = runs.find((run) => run[0] === longest)!.index;
  return `${text.slice(0, at).replace(/:$/, '')}::${text.slice(at + longest.length).replace(/^:/, '')}`;
}

/** Whether an address lies in a network `address/prefix`; undefined when the network's text is none. */
export function networkContains(network: string, address: string): boolean | undefined {
  const [base, prefix] = network.split('/') as [string, string | undefined];
  const parsed = parseAddress(base);
  if (parsed === undefined || prefix === undefined || !/^\d{1,3}$/.test(prefix)) return undefined;
  if (parsed.length !== address.length) return false;
  const bits = (text: string) => [...text].map((c) => c.charCodeAt(0).toString(2).padStart(8, '0')).join('');
  return bits(parsed).slice(0, Number(prefix)) === bits(address).slice(0, Number(prefix));
}
