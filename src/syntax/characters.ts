// Character classes of the condition grammar, by UTF-16 code unit. All are ASCII: what lies above is ordinary text, so a
// scanner that goes by code units never stops inside a surrogate pair. At the end of a text charCodeAt gives NaN, which
// is in no class.

const BACKSPACE = 0x08;
const NOT_BARE = '()"\'=,';
const NOT_ARGUMENT = '[]"\'';

/** What may stand between tokens: space, tab, backspace, CR, LF. */
export function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09 || code === BACKSPACE || code === 0x0d || code === 0x0a;
}

/** What ends a bare text, and what `not` needs after it: space, tab, LF, VT, FF, CR. */
export function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

export function isLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a);
}

export function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

export function isHexDigit(code: number): boolean {
  return isDigit(code) || (code >= 0x61 && code <= 0x66) || (code >= 0x41 && code <= 0x46);
}

/** After the first letter of a name. */
export function isNamePart(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 0x5f;
}

export function isQuote(code: number): boolean {
  return code === 0x22 || code === 0x27;
}

/** In a string constant without quotes. */
export function isBare(code: number): boolean {
  return code >= 0 && !isSpace(code) && !NOT_BARE.includes(String.fromCharCode(code));
}

/** In a field argument without quotes. */
export function isArgument(code: number): boolean {
  return code >= 0 && !isSpace(code) && !NOT_ARGUMENT.includes(String.fromCharCode(code));
}
