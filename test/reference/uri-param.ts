// A query parameter of a request URI, with the rules of the original's URL parser: whatever that refuses (in scheme,
// authority, path, fragment or any part of the query) makes the lookup fail. Works on byte strings.

/** First value of a parameter; undefined when the name is not there or the URI or its query is malformed. */
export function uriParam(uri: string, name: string): string | undefined {
  const [beforeFragment, fragment] = cut(uri, '#');
  if (percentDecode(fragment) === undefined) return undefined;
  const query = queryOf(beforeFragment);
  if (query === undefined) return undefined;
  let found: string | undefined;
  for (const part of query.split('&')) {
    if (part === '') continue;
    const [rawKey, rawValue] = cut(part, '=');
    const key = formDecode(rawKey);
    const value = formDecode(rawValue);
    if (part.includes(';') || key === undefined || value === undefined) return undefined;
    if (key === name) found ??= value;
  }
  return found;
}

function cut(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + separator.length)];
}

function formDecode(text: string): string | undefined {
  return percentDecode(text.replaceAll('+', ' '));
}

function percentDecode(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  return text.replace(/%(..)/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

/** Text after the first `?` of a well-formed URI. */
function queryOf(uri: string): string | undefined {
  if (/[\x00-\x1f\x7f]/.test(uri)) return undefined;
  if (uri === '*') return '';
  if (uri.startsWith(':')) return undefined;
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(uri)?.[0] ?? '';
  let [rest, query] = cut(uri.slice(scheme.length), '?');
  if (!rest.startsWith('/')) {
    if (scheme !== '') return query;
    if (cut(rest, '/')[0].includes(':')) return undefined;
  }
  if (rest.startsWith('//') && (scheme !== '' || !rest.startsWith('///'))) {
    const slash = rest.indexOf('/', 2);
    const end = slash < 0 ? rest.length : slash;
    if (!isAuthority(rest.slice(2, end))) return undefined;
    rest = rest.slice(end);
  }
  return percentDecode(rest) === undefined ? undefined : query;
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@');
  if (at >= 0) {
    const user = authority.slice(0, at);
    if (!/^[a-zA-Z0-9._:~!$&'()*+,;=%@-]*$/.test(user) || percentDecode(user) === undefined) return false;
  }
  return isHost(authority.slice(at + 1));
}

function isHost(host: string): boolean {
  const bracketed = host.startsWith('[');
  const end = bracketed ? host.lastIndexOf(']') + 1 : host.lastIndexOf(':');
  if (bracketed && end === 0) return false;
  if (end >= 0 && !/^(?::\d*)?$/.test(host.slice(end))) return false;
  const zone = bracketed ? host.slice(0, end - 1).indexOf('%25') : -1;
  if (zone < 0) return isHostText(host);
  return isHostText(host.slice(0, zone)) && isZone(host.slice(zone, end - 1));
}

const HOST_CHARACTERS = /^[a-zA-Z0-9!"$&'()*+,\-.:;<=>[\]_~]*$/;

/** Only bytes of other than ASCII characters may be percent-encoded, and the percent sign itself. */
function isHostText(host: string): boolean {
  return HOST_CHARACTERS.test(host.replace(/%(?:25|[89a-fA-F][0-9a-fA-F])|[\x80-\xff]/g, ''));
}

/** What a host may hold may be percent-encoded, a blank, and the percent sign. */
function isZone(zone: string): boolean {
  return (zone.match(/%..|./gs) ?? []).every((piece) => {
    if (piece === '%25' || piece === '%20') return true;
    const byte = percentDecode(piece);
    return byte !== undefined && HOST_CHARACTERS.test(piece > '\x7f' ? '' : byte);
  });
}
