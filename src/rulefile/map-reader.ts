// Typed access to the keys of one map (an item, a plugin requirement, an exception). Each method decodes one value, reports
// what is wrong with it, and leaves `failed` set; the caller drops the map then.

import type { Reason } from '../diagnostics/codes.ts';
import type { Report } from '../diagnostics/diagnostic.ts';
import { type Chain, type DiagnosticParts, diagnosticOf, inside } from '../diagnostics/report.ts';
import type { Span } from '../source/source-file.ts';
import { entryValue, keyText, type YamlMap, type YamlNode, type YamlScalar } from './yaml-tree.ts';

export class MapReader {
  readonly map: YamlMap;
  readonly chain: Chain;
  /** where the caret goes when a key is absent */
  readonly span: Span;
  failed = false;
  /** why a key may be absent */
  missingNotes: readonly string[] = [];
  readonly #report: Report;

  constructor(map: YamlMap, chain: Chain, span: Span, report: Report) {
    this.map = map;
    this.chain = chain;
    this.span = span;
    this.#report = report;
  }

  has(key: string): boolean {
    return entryValue(this.map, key) !== undefined;
  }

  value(key: string): YamlNode | undefined {
    return entryValue(this.map, key);
  }

  /** Span of a key. */
  keySpan(key: string): Span {
    return this.map.entries.find((entry) => keyText(entry.key) === key)?.key.span ?? this.span;
  }

  fail(reason: Reason, message: string, chain: Chain, span: Span, parts: DiagnosticParts = {}): undefined {
    this.failed = true;
    this.#report(diagnosticOf(reason, message, chain, span, parts));
    return undefined;
  }

  /** Reports a key that must be there and is not. */
  missing(key: string): undefined {
    return this.fail('missing_key', `the key '${key}' is missing`, this.chain, this.span, { notes: this.missingNotes });
  }

  /** A required, non-empty scalar. */
  scalar(key: string): YamlScalar | undefined {
    const value = this.value(key);
    if (value === undefined) return this.missing(key);
    if (value.kind === 'null') {
      return this.fail('null_value', `the key '${key}' has no value`, this.chain, this.keySpan(key));
    }
    const chain = inside(this.chain, 'value for', key, value.span);
    if (value.kind !== 'scalar') {
      const message = `the value of '${key}' is a ${value.kind}, expected a single value`;
      const notes =
        key === 'condition' && value.kind === 'sequence' ? ["help: join the checks with 'and' or 'or'"] : [];
      return this.fail('not_a_scalar', message, chain, firstOf(value.span), { notes });
    }
    if (value.text === '') return this.fail('empty_value', `the value of '${key}' is empty`, chain, value.span);
    return value;
  }

  optionalScalar(key: string): YamlScalar | undefined {
    return this.has(key) ? this.scalar(key) : undefined;
  }

  optionalText(key: string, otherwise: string): string {
    return this.optionalScalar(key)?.text ?? otherwise;
  }

  boolean(key: string): boolean | undefined {
    const scalar = this.scalar(key);
    if (scalar === undefined) return undefined;
    const value = booleanOf(scalar.text);
    return value ?? this.#badType(key, scalar, 'a boolean (true, false, yes, no, on, off)');
  }

  optionalBoolean(key: string, otherwise: boolean): boolean {
    return this.has(key) ? (this.boolean(key) ?? otherwise) : otherwise;
  }

  unsigned(key: string): number | undefined {
    const scalar = this.scalar(key);
    if (scalar === undefined) return undefined;
    return unsignedOf(scalar.text) ?? this.#badType(key, scalar, 'a whole number from 0 to 4294967295');
  }

  optionalUnsigned(key: string, otherwise: number): number {
    return this.has(key) ? (this.unsigned(key) ?? otherwise) : otherwise;
  }

  /** A sequence of scalars, which may be empty texts. */
  scalars(key: string): YamlScalar[] {
    const value = this.value(key);
    if (value === undefined) {
      this.missing(key);
      return [];
    }
    const chain = inside(this.chain, 'value for', key, value.span);
    if (value.kind !== 'sequence') {
      const span = value.kind === 'null' ? this.keySpan(key) : firstOf(value.span);
      const notes = value.kind === 'scalar' ? [`help: write '${key}: [${listed(value.text)}]'`] : [];
      this.fail('not_a_sequence', `the value of '${key}' is not a sequence`, chain, span, { notes });
      return [];
    }
    return value.items.flatMap((item) => {
      if (item.kind === 'scalar') return [item];
      const message = `an element of '${key}' is ${item.kind === 'null' ? 'null' : `a ${item.kind}`}, expected a single value`;
      this.fail('item_not_scalar', message, inside(chain, 'list item', '', item.span), firstOf(item.span));
      return [];
    });
  }

  optionalScalars(key: string): YamlScalar[] {
    return this.has(key) ? this.scalars(key) : [];
  }

  #badType(key: string, scalar: YamlScalar, expected: string): undefined {
    const chain = inside(this.chain, 'value for', key, scalar.span);
    return this.fail('bad_scalar_type', `the value of '${key}' is not ${expected}`, chain, scalar.span);
  }
}

const MAX_LISTED = 60;

/** A text as the elements of a sequence that it was meant to be. */
function listed(text: string): string {
  const words = text.replaceAll(/[[\]"']/g, '').split(/[\s,]+/);
  const list = words.filter((word) => word !== '').join(', ');
  return list.length > MAX_LISTED || /[:#{}&*!|>%@`]/.test(list) ? '...' : list;
}

/** The first character of a span: a collection is pointed at, not underlined. */
export function firstOf(span: Span): Span {
  return { ...span, end: Math.min(span.end, span.start + 1) };
}

const TRUE = new Set(['y', 'yes', 'true', 'on']);
const FALSE = new Set(['n', 'no', 'false', 'off']);

/** Lower case, upper case or capitalised names, nothing else. */
function booleanOf(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  const capital = lower.charAt(0).toUpperCase() + lower.slice(1);
  if (text !== lower && text !== lower.toUpperCase() && text !== capital) return undefined;
  if (TRUE.has(lower)) return true;
  return FALSE.has(lower) ? false : undefined;
}

/** As a C++ stream reads it: `0x` is hexadecimal, a leading `0` octal, a plus sign and blanks at the end do no harm. */
export function unsignedOf(text: string): number | undefined {
  const found = /^\+?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)[ \t\n\v\f\r]*$/.exec(text)?.[1];
  if (found === undefined) return undefined;
  const octal = /^0[0-7]+$/.test(found);
  const value = octal ? Number.parseInt(found, 8) : Number(found);
  return value <= 0xffffffff ? value : undefined;
}
