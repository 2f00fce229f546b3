// A query parameter of a request URI, as Go's net/url finds it: fragment off, scheme and authority off, query split at `&`,
// names and values percent-decoded with `+` as a blank. One bad part makes every look-up fail.

import { allocate } from '../memory/arena';
import { equalBytes, findByte } from '../memory/bytes';
import { hexDigit } from '../scan/string';
import { setText } from './text';

// @ts-ignore: decorator
@inline
function isLetter(c: u32): bool {
  return (c | 0x20) - 97 < 26;
}

// @ts-ignore: decorator
@inline
function isDigit(c: u32): bool {
  return c - 48 < 10;
}

/** Sets the text to the first value of the parameter; false if there is none, or the URI or its query is malformed. */
export function readUriParam(uri: usize, length: i32, name: usize, nameLength: i32): bool {
  const end = findByte(uri, uri + length, 0x23);
  const query = findByte(uri, end, 0x3f);
  if (query == end) return false;
  if (!isValidFragment(end, uri + length) || !isValidUrl(uri, query, end)) return false;
  let found = false;
  let at = query + 1;
  while (at <= end) {
    const stop = findByte(at, end, 0x26);
    if (stop != at) {
      const equals = findByte(at, stop, 0x3d);
      if (findByte(at, stop, 0x3b) != stop) return false;
      const key = decodeQuery(at, equals);
      if (key < 0) return false;
      const keyAt = decodedAt;
      const value = equals < stop ? decodeQuery(equals + 1, stop) : 0;
      if (value < 0) return false;
      if (!found && key == nameLength && equalBytes(keyAt, name, key)) {
        found = true;
        setText(decodedAt, <i32>(findByte(decodedAt, decodedAt + value, 0) - decodedAt));
      }
    }
    at = stop + 1;
  }
  return found;
}

let decodedAt: usize = 0;

/** Decodes [from, to) into the arena; its length, or -1 for a bad percent sequence. */
function decodeQuery(from: usize, to: usize): i32 {
  const out = allocate(to - from + 1);
  let put = out;
  let at = from;
  while (at < to) {
    let c = <u32>load<u8>(at);
    if (c == 0x25) {
      const high = at + 2 < to ? hexDigit(load<u8>(at, 1)) : -1;
      const low = at + 2 < to ? hexDigit(load<u8>(at, 2)) : -1;
      if (high < 0 || low < 0) return -1;
      c = <u32>((high << 4) | low);
      at += 2;
    } else if (c == 0x2b) c = 0x20;
    store<u8>(put++, c);
    at++;
  }
  decodedAt = out;
  return <i32>(put - out);
}

/** [at, end) starts at the `#`: its percent sequences must be valid. */
function isValidFragment(at: usize, end: usize): bool {
  return at == end || hasValidEscapes(at + 1, end);
}

function hasValidEscapes(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) {
    if (load<u8>(at) != 0x25) continue;
    if (at + 2 >= to || hexDigit(load<u8>(at, 1)) < 0 || hexDigit(load<u8>(at, 2)) < 0) return false;
    at += 2;
  }
  return true;
}

/** Go's url.Parse of the text before the fragment; `query` is its first `?` or the end. */
function isValidUrl(uri: usize, query: usize, end: usize): bool {
  for (let at = uri; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (c < 0x20 || c == 0x7f) return false;
  }
  if (end - uri == 1 && load<u8>(uri) == 0x2a) return true;
  let rest = schemeEnd(uri, query);
  if (rest == 0) return false;
  const hasScheme = rest != uri;
  if (rest == query || load<u8>(rest) != 0x2f) {
    // an opaque URL: nothing more is parsed
    if (hasScheme) return true;
    // a colon in the first segment needs a scheme
    const slash = findByte(rest, query, 0x2f);
    if (findByte(rest, slash, 0x3a) != slash) return false;
  } else if (
    rest + 1 < query &&
    load<u8>(rest, 1) == 0x2f &&
    (hasScheme || !(rest + 2 < query && load<u8>(rest, 2) == 0x2f))
  ) {
    const authority = rest + 2;
    rest = findByte(authority, query, 0x2f);
    if (!isValidAuthority(authority, rest)) return false;
  }
  return hasValidEscapes(rest, query);
}

/** What follows `scheme:`, `uri` if there is no scheme, 0 if the text starts with a colon. */
function schemeEnd(uri: usize, end: usize): usize {
  for (let at = uri; at < end; at++) {
    const c = <u32>load<u8>(at);
    if (isLetter(c)) continue;
    if (isDigit(c) || c == 0x2b || c == 0x2d || c == 0x2e) {
      if (at == uri) return uri;
    } else if (c == 0x3a) {
      return at == uri ? 0 : at + 1;
    } else return uri;
  }
  return uri;
}

/** userinfo@host:port */
function isValidAuthority(from: usize, to: usize): bool {
  let host = from;
  for (let at = from; at < to; at++) {
    if (load<u8>(at) == 0x40) host = at + 1;
  }
  if (host != from && !isValidUserInfo(from, host - 1)) return false;
  if (load<u8>(host) == 0x5b && host < to) return isValidBracketed(host, to);
  let colon = to;
  for (let at = host; at < to; at++) {
    if (load<u8>(at) == 0x3a) colon = at;
  }
  return isValidHost(host, to) && isValidPort(colon, to);
}

function isValidUserInfo(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) {
    const c = <u32>load<u8>(at);
    if (isLetter(c) || isDigit(c)) continue;
    // - . _ : ~ ! $ & ' ( ) * + , ; = % @
    if (
      c == 0x2d || c == 0x2e || c == 0x5f || c == 0x3a || c == 0x7e || c == 0x21 || c == 0x24 || c == 0x25 ||
      (c >= 0x26 && c <= 0x2c) || c == 0x3b || c == 0x3d || c == 0x40
    ) continue;
    return false;
  }
  return hasValidEscapes(from, to);
}

/** `[address%25zone]:port`, from the first bracket. */
function isValidBracketed(from: usize, to: usize): bool {
  let close: usize = 0;
  for (let at = from; at < to; at++) {
    if (load<u8>(at) == 0x5d) close = at;
  }
  if (close == 0 || !isValidPort(close + 1, to)) return false;
  let zone = from;
  while (zone < close && !isEncodedPercent(zone, close)) zone++;
  return isValidHost(from, zone) && isValidZone(zone, close);
}

/** `%25` */
function isEncodedPercent(at: usize, to: usize): bool {
  return at + 2 < to && load<u8>(at) == 0x25 && load<u16>(at, 1) == 0x3532;
}

/** Percent sequences in a host may only encode bytes above 0x7f, and the percent sign. */
function isValidHost(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) {
    const c = <u32>load<u8>(at);
    if (c == 0x25) {
      const high = at + 2 < to ? hexDigit(load<u8>(at, 1)) : -1;
      if ((high < 8 && !isEncodedPercent(at, to)) || hexDigit(load<u8>(at, 2)) < 0) return false;
      at += 2;
    } else if (c < 0x80 && !isHostCharacter(c)) return false;
  }
  return true;
}

/** Percent sequences in a zone may encode what a host may hold, a blank, and the percent sign. */
function isValidZone(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) {
    const c = <u32>load<u8>(at);
    if (c == 0x25) {
      const high = at + 2 < to ? hexDigit(load<u8>(at, 1)) : -1;
      const low = hexDigit(load<u8>(at, 2));
      if (high < 0 || low < 0) return false;
      const byte = <u32>((high << 4) | low);
      if (byte != 0x20 && byte != 0x25 && !isHostCharacter(byte)) return false;
      at += 2;
    } else if (c < 0x80 && !isHostCharacter(c)) return false;
  }
  return true;
}

/** Letters, digits and ! " $ & ' ( ) * + , - . : ; < = > [ ] _ ~ */
function isHostCharacter(c: u32): bool {
  if (isLetter(c) || isDigit(c)) return true;
  return (
    c == 0x21 || c == 0x22 || c == 0x24 || (c >= 0x26 && c <= 0x2e) || (c >= 0x3a && c <= 0x3e) ||
    c == 0x5b || c == 0x5d || c == 0x5f || c == 0x7e
  );
}

/** Empty, or a colon and digits. */
function isValidPort(from: usize, to: usize): bool {
  if (from == to) return true;
  if (load<u8>(from) != 0x3a) return false;
  for (let at = from + 1; at < to; at++) {
    if (!isDigit(load<u8>(at))) return false;
  }
  return true;
}
