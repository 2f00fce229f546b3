// `regex` by way of re2js, a port of RE2. Its public entry parses Perl syntax; the flags below select what the original
// selects: POSIX syntax, line anchors, negated sets that hold the newline.

import { RE2JS } from 're2js';

/** re2js's number for "negated sets hold the newline"; all other flags off is POSIX syntax with line anchors. */
const CLASS_NL = 4;

interface PosixCompiler {
  compileImpl(expression: string, flags: number, longest: boolean): unknown;
}

const wrapper = RE2JS.compile('');
const compiler = (wrapper.re2() as { constructor: unknown }).constructor as PosixCompiler;
const compiled = new Map<string, RE2JS>();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Throws re2js's error for a pattern that does not compile, and another for one with a lone surrogate, which stands for
 * a byte that is not UTF-8. Such bytes in the text count as U+FFFD.
 */
export function regexReference(pattern: string, text: Uint8Array): boolean {
  if (/\p{Surrogate}/u.test(pattern)) throw new Error('pattern is not valid UTF-8');
  let regex = compiled.get(pattern);
  if (regex === undefined) {
    regex = RE2JS.compile('');
    regex.re2Input = compiler.compileImpl(pattern, CLASS_NL, true) as RE2JS['re2Input'];
    compiled.set(pattern, regex);
  }
  return regex.testExact(decoder.decode(text));
}
