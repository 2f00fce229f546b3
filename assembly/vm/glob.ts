// Shell patterns over bytes: fnmatch(3) without flags in the C locale, as the original's C library (GNU, 2.36) does it,
// odd corners of malformed brackets included: an unterminated `[` is literal, a wrong class name fails. Both texts are
// plain bytes in any region and hold no NUL. Time is at most pattern length times text length for patterns without
// brackets, and in proportion to the brackets' lengths with them: only the latest star is ever tried again.

const STAR: u32 = 0x2a;
const QUESTION: u32 = 0x3f;
const OPEN: u32 = 0x5b;
const BACKSLASH: u32 = 0x5c;
const CLOSE: u32 = 0x5d;
const DASH: u32 = 0x2d;
const SLASH: u32 = 0x2f;
const COLON: u32 = 0x3a;
const EQUALS: u32 = 0x3d;
const DOT: u32 = 0x2e;
const BANG: u32 = 0x21;
const CARET: u32 = 0x5e;
/** no place in any text */
const UNTERMINATED: usize = 1;

/** Whether the whole text matches. `caseless` folds ASCII letters on both sides, but not within `[:class:]`. */
export function globMatches(pattern: usize, patternLength: i32, text: usize, length: i32, caseless: bool): bool {
  return globWithin(pattern, pattern + <usize>patternLength, text, text + <usize>length, caseless);
}

/** One right-hand path of `pmatch`: whether the parts of the pattern match the first parts of the value, one by one. */
export function pathPrefixMatches(pattern: usize, patternLength: i32, text: usize, length: i32): bool {
  const patternEnd = pattern + <usize>patternLength;
  const textEnd = text + <usize>length;
  while (true) {
    pattern = skipSlashes(pattern, patternEnd);
    if (pattern == patternEnd) return true;
    text = skipSlashes(text, textEnd);
    if (text == textEnd) return false;
    const partEnd = findSlash(pattern, patternEnd);
    const textPartEnd = findSlash(text, textEnd);
    if (!partMatches(pattern, partEnd, text, textPartEnd)) return false;
    pattern = partEnd;
    text = textPartEnd;
  }
}

function partMatches(pattern: usize, patternEnd: usize, text: usize, end: usize): bool {
  if (hasWildcard(pattern, patternEnd)) return globWithin(pattern, patternEnd, text, end, false);
  const length = end - text;
  return patternEnd - pattern == length && memory.compare(pattern, text, length) == 0;
}

function hasWildcard(at: usize, end: usize): bool {
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == STAR || byte == QUESTION || byte == OPEN) return true;
  }
  return false;
}

function skipSlashes(at: usize, end: usize): usize {
  while (at < end && <u32>load<u8>(at) == SLASH) at++;
  return at;
}

function findSlash(at: usize, end: usize): usize {
  while (at < end && <u32>load<u8>(at) != SLASH) at++;
  return at;
}

function globWithin(pattern: usize, patternEnd: usize, text: usize, end: usize, caseless: bool): bool {
  // where to go on after the latest star takes one more byte; 0 before the first star
  let retryPattern: usize = 0;
  let retryText: usize = 0;
  while (true) {
    if (pattern < patternEnd && <u32>load<u8>(pattern) == STAR) {
      retryPattern = ++pattern;
      retryText = text;
      if (pattern == patternEnd) return true;
      continue;
    }
    if (text == end && pattern == patternEnd) return true;
    const isElement = text < end && pattern < patternEnd;
    const after = isElement ? elementMatches(pattern, patternEnd, load<u8>(text), caseless) : 0;
    if (after != 0) {
      pattern = after;
      text++;
    } else {
      if (retryPattern == 0 || retryText == end) return false;
      pattern = retryPattern;
      text = ++retryText;
    }
  }
}

/** The place after the element at `pattern` (a star excepted) if it matches the byte, else 0. */
function elementMatches(pattern: usize, end: usize, byte: u32, caseless: bool): usize {
  let wanted = <u32>load<u8>(pattern++);
  if (wanted == QUESTION) return pattern;
  if (wanted == OPEN) return bracketMatches(pattern, end, byte, caseless);
  if (wanted == BACKSLASH) {
    if (pattern == end) return 0;
    wanted = <u32>load<u8>(pattern++);
  }
  return fold(wanted, caseless) == fold(byte, caseless) ? pattern : 0;
}

/** As elementMatches, for the bracket expression whose `[` stands before `start`. */
function bracketMatches(start: usize, end: usize, byte: u32, caseless: bool): usize {
  const folded = fold(byte, caseless);
  let at = start;
  const first = peek(at, end);
  const negated = first == BANG || first == CARET;
  if (negated) at++;
  let isFirst = true;
  while (true) {
    let low = peek(at, end);
    if (low == 0) return byte == OPEN ? start : 0;
    if (low == CLOSE && !isFirst) return negated ? at + 1 : 0;
    isFirst = false;
    at++;
    const kind = low == OPEN ? peek(at, end) : 0;
    if (kind == COLON) {
      const close = classNameEnd(at, end);
      if (close != 0) {
        const member = isClassMember(at + 1, close, byte);
        if (member < 0) return 0;
        at = close + 2;
        if (member > 0) return afterFound(start, at, end, byte, negated);
        continue;
      }
    } else if (kind == EQUALS && isEquivalence(at, end)) {
      const isSame = <u32>load<u8>(at + 1) == byte;
      at += 4;
      if (isSame) return afterFound(start, at, end, byte, negated);
      continue;
    }
    let isRange = false;
    let value = byte;
    if (kind == DOT) {
      const close = findPair(at + 1, end, DOT);
      if (close != at + 2) return 0;
      low = <u32>load<u8>(at + 1);
      at = close + 2;
      isRange = peek(at, end) == DASH && at + 1 < end;
    } else {
      if (low == BACKSLASH) {
        if (at == end) return 0;
        low = <u32>load<u8>(at++);
      }
      low = fold(low, caseless);
      value = folded;
      isRange = peek(at, end) == DASH && at + 1 < end && <u32>load<u8>(at + 1) != CLOSE;
    }
    if (!isRange && low == value) return afterFound(start, at, end, byte, negated);
    if (peek(at, end) != DASH || peek(at + 1, end) == CLOSE) continue;
    const high = rangeEnd(at + 1, end, caseless);
    if (high < 0) return 0;
    at = afterRangeEnd(at + 1, end);
    if (low <= folded && <i32>folded <= high) return afterFound(start, at, end, byte, negated);
  }
}

/** Upper bound of a range, from behind the dash on; -1 if there is none. */
function rangeEnd(at: usize, end: usize, caseless: bool): i32 {
  let high = peek(at, end);
  if (high == OPEN && peek(at + 1, end) == DOT) {
    return findPair(at + 2, end, DOT) == at + 3 ? <i32>load<u8>(at + 2) : -1;
  }
  if (high == BACKSLASH) high = peek(at + 1, end);
  return high == 0 ? -1 : <i32>fold(high, caseless);
}

function afterRangeEnd(at: usize, end: usize): usize {
  const first = peek(at, end);
  if (first == OPEN && peek(at + 1, end) == DOT) return at + 5;
  return first == BACKSLASH ? at + 2 : at + 1;
}

/** The byte is among those listed up to `at`: what bracketMatches gives, once the closing bracket is found. */
function afterFound(start: usize, at: usize, end: usize, byte: u32, negated: bool): usize {
  const after = bracketEnd(at, end);
  if (after == UNTERMINATED) return byte == OPEN ? start : 0;
  return negated ? 0 : after;
}

/** The place after the `]` of a bracket expression, from within it on; 0 if its rest is malformed. */
function bracketEnd(at: usize, end: usize): usize {
  while (true) {
    const byte = peek(at, end);
    if (byte == 0) return UNTERMINATED;
    at++;
    if (byte == CLOSE) return at;
    if (byte == BACKSLASH) {
      if (at == end) return 0;
      at++;
    } else if (byte == OPEN) {
      const kind = peek(at, end);
      if (kind == COLON) {
        const close = classNameEnd(at, end);
        if (close != 0) at = close + 2;
      } else if (kind == EQUALS) {
        if (!isEquivalence(at, end)) return 0;
        at += 4;
      } else if (kind == DOT) {
        const close = findPair(at + 1, end, DOT);
        if (close == 0) return 0;
        at = close + 2;
      }
    }
  }
}

/** `at` points to the colon of `[:`; the place of `:]` if only letters stand between (`z` is none to the original). */
function classNameEnd(at: usize, end: usize): usize {
  for (at++; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (byte == COLON && peek(at + 1, end) == CLOSE) return at;
    if (byte < 0x61 || byte >= 0x7a) return 0;
  }
  return 0;
}

/** `at` points to the first `=` of `[=x=]`. */
@inline
function isEquivalence(at: usize, end: usize): bool {
  return at + 3 < end && <u32>load<u8>(at + 2) == EQUALS && <u32>load<u8>(at + 3) == CLOSE;
}

/** The place of `mark` followed by `]`, from `at` on; 0 if there is none. */
function findPair(at: usize, end: usize, mark: u32): usize {
  for (; at + 1 < end; at++) {
    if (<u32>load<u8>(at) == mark && <u32>load<u8>(at + 1) == CLOSE) return at;
  }
  return 0;
}

/** 0 past the end: texts hold no NUL. */
@inline
function peek(at: usize, end: usize): u32 {
  return at < end ? <u32>load<u8>(at) : 0;
}

@inline
function fold(byte: u32, caseless: bool): u32 {
  return caseless && byte - 0x41 < 26 ? byte | 0x20 : byte;
}

@inline
function isWithin(byte: u32, low: u32, high: u32): bool {
  return byte - low <= high - low;
}

/** 1 or 0 for membership in the class named by [name, nameEnd), -1 if there is no such class. */
function isClassMember(name: usize, nameEnd: usize, byte: u32): i32 {
  const length = nameEnd - name;
  if (length == 6) return isName(name, 0x7864, 0x69676974) ? isHexDigit(byte) : -1;
  if (length != 5) return -1;
  const head = <u32>load<u8>(name);
  const tail = bigEndian(name + 1);
  const isLower = isWithin(byte, 0x61, 0x7a);
  const isUpper = isWithin(byte, 0x41, 0x5a);
  const isDigit = isWithin(byte, 0x30, 0x39);
  const isGraph = isWithin(byte, 0x21, 0x7e);
  const isAlnum = isLower || isUpper || isDigit;
  if (head == 0x61) {
    if (tail == 0x6c6e756d) return isAlnum; // alnum
    if (tail == 0x6c706861) return isLower || isUpper; // alpha
  }
  if (head == 0x62 && tail == 0x6c616e6b) return byte == 0x20 || byte == 0x09; // blank
  if (head == 0x63 && tail == 0x6e74726c) return byte < 0x20 || byte == 0x7f; // cntrl
  if (head == 0x64 && tail == 0x69676974) return isDigit; // digit
  if (head == 0x67 && tail == 0x72617068) return isGraph; // graph
  if (head == 0x6c && tail == 0x6f776572) return isLower; // lower
  if (head == 0x70) {
    if (tail == 0x72696e74) return isGraph || byte == 0x20; // print
    if (tail == 0x756e6374) return isGraph && !isAlnum; // punct
  }
  if (head == 0x73 && tail == 0x70616365) return byte == 0x20 || isWithin(byte, 0x09, 0x0d); // space
  if (head == 0x75 && tail == 0x70706572) return isUpper; // upper
  return -1;
}

/** Compares six bytes. */
@inline
function isName(name: usize, head: u32, tail: u32): bool {
  return (<u32>load<u8>(name) << 8 | <u32>load<u8>(name, 1)) == head && bigEndian(name + 2) == tail;
}

@inline
function bigEndian(at: usize): u32 {
  return bswap<u32>(load<u32>(at));
}

@inline
function isHexDigit(byte: u32): bool {
  return isWithin(byte, 0x30, 0x39) || isWithin(byte | 0x20, 0x61, 0x66);
}
