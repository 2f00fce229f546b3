// Output texts: what is taken out before they are compiled, and which of their words are deprecated.

import type { Report } from '../diagnostics/diagnostic.ts';
import { type Chain, diagnosticOf } from '../diagnostics/report.ts';
import { concatText, type MappedText, sliceText, spanOf } from '../rulefile/mapped-text.ts';
import type { Span } from '../source/source-file.ts';

const CONTAINER_INFO = '%container.info';
/** Looked for anywhere in an output, also inside other words. */
const DEPRECATED_FIELDS = [
  'evt.dir',
  'evt.latency',
  'evt.latency.s',
  'evt.latency.ns',
  'evt.latency.human',
  'evt.wait_latency',
];

/** The output that is compiled: the collected one without `%container.info`. */
export function compiledOutput(output: MappedText): MappedText {
  const pieces: MappedText[] = [];
  let from = 0;
  for (let at = output.text.indexOf(CONTAINER_INFO); at >= 0; at = output.text.indexOf(CONTAINER_INFO, from)) {
    pieces.push(sliceText(output, from, at));
    from = at + CONTAINER_INFO.length;
  }
  return from === 0 ? output : concatText([...pieces, sliceText(output, from)]);
}

/** Warns of deprecated texts in the output of a rule. */
export function warnDeprecatedOutput(
  output: MappedText,
  ruleChain: Chain,
  outputChain: Chain,
  fallback: Span,
  report: Report,
): void {
  const at = output.text.indexOf(CONTAINER_INFO);
  if (at >= 0) {
    const span = spanOf(output, at, at + CONTAINER_INFO.length, fallback);
    report(diagnosticOf('container_info', `${CONTAINER_INFO} is deprecated and prints nothing`, ruleChain, span));
  }
  const compiled = at >= 0 ? compiledOutput(output) : output;
  for (const field of DEPRECATED_FIELDS) {
    const found = compiled.text.indexOf(field);
    if (found < 0) continue;
    const span = spanOf(compiled, found, found + field.length, fallback);
    report(diagnosticOf('deprecated_field', `${field} is deprecated`, outputChain, span));
  }
}
