// What the check and lowering tests share: conditions as rules, without rule files around them.

import type { CheckedRule } from '../../src/check/checked.ts';
import { createChecker } from '../../src/check/checker.ts';
import type { AppendOutput } from '../../src/check/output.ts';
import { rowOf } from '../../src/diagnostics/codes.ts';
import type { Diagnostic } from '../../src/diagnostics/diagnostic.ts';
import type { Catalogue } from '../../src/isa/catalogue.ts';
import type { ResolvedMacro, ResolvedRule } from '../../src/resolve/resolved.ts';
import type { MappedText } from '../../src/rulefile/mapped-text.ts';
import type { Span } from '../../src/source/source-file.ts';
import { parseCondition } from '../../src/syntax/parser.ts';

/** Macro number i stands in file i + 1, the condition in file 0, the output in file 100; every text starts at offset 0. */
export interface RuleParts {
  readonly condition?: string;
  readonly output?: string;
  readonly macros?: Readonly<Record<string, string>>;
  readonly tags?: readonly string[];
  readonly name?: string;
  readonly skipIfUnknownFilter?: boolean;
  readonly appendOutput?: readonly AppendOutput[];
}

export interface CheckOutcome {
  readonly rule: CheckedRule | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** The reason of a text that is no condition. */
export class NoCondition extends Error {}

export function checkParts(parts: RuleParts, catalogue: Catalogue): CheckOutcome {
  const diagnostics: Diagnostic[] = [];
  const checker = createChecker(catalogue, (diagnostic) => diagnostics.push(diagnostic));
  const rule = checker.checkRule(ruleOf(parts, catalogue), macrosOf(parts), parts.appendOutput);
  return { rule, diagnostics };
}

/** `code reason` of each diagnostic, as the cases have them. */
export function labels(diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ code }) => `${rowOf(code).falco} ${rowOf(code).reason}`);
}

export function ruleOf(parts: RuleParts, catalogue: Catalogue): ResolvedRule {
  const condition = parts.condition ?? 'evt.num exists';
  const output = parts.output ?? 'o';
  const parsed = parse(condition);
  return {
    name: parts.name ?? 'R',
    source: catalogue.source,
    priority: 4,
    description: 'd',
    tags: parts.tags ?? [],
    enabled: true,
    warnEvttypes: true,
    skipIfUnknownFilter: parts.skipIfUnknownFilter ?? false,
    capture: false,
    captureDuration: 0,
    exceptions: [],
    text: condition,
    parts: [mapped(condition, 0)],
    conditionText: mapped(condition, 0),
    condition: parsed,
    output: mapped(output, 100),
    span: spanIn(0, 'R'),
    conditionSpan: spanIn(0, condition),
    outputSpan: spanIn(100, output),
  };
}

function macrosOf(parts: RuleParts): ReadonlyMap<string, ResolvedMacro> {
  const macros = Object.entries(parts.macros ?? {}).map(([name, text], i): [string, ResolvedMacro] => [
    name,
    {
      name,
      text,
      parts: [mapped(text, i + 1)],
      conditionText: mapped(text, i + 1),
      condition: parse(text),
      used: true,
      span: spanIn(i + 1, text),
    },
  ]);
  return new Map(macros);
}

function parse(text: string): ResolvedRule['condition'] {
  const parsed = parseCondition(text);
  if (!parsed.ok) throw new NoCondition(parsed.problem.reason);
  return parsed.condition;
}

function mapped(text: string, file: number): MappedText {
  return { text, segments: [{ start: 0, end: text.length, span: spanIn(file, text), exact: true }] };
}

function spanIn(file: number, text: string): Span {
  return { file, start: 0, end: text.length };
}
