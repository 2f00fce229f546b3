// Everything collected so far -> ResolvedRules: lists, then macros, then rules, as Falco compiles them. Reports in that order;
// a rule or macro that fails is left out together with what depends on it, which is not reported again.

import { rowOf, STEPS } from '../diagnostics/codes.ts';
import type { Diagnostic, Label, Report } from '../diagnostics/diagnostic.ts';
import { type Chain, diagnosticOf, insideExpression } from '../diagnostics/report.ts';
import { type MappedText, sliceText, spanOf } from '../rulefile/mapped-text.ts';
import { DEFAULT_SOURCE } from '../rulefile/read-items.ts';
import type { LostItem, TextValue } from '../rulefile/records.ts';
import { formatVersion } from '../rulefile/version.ts';
import type { Span } from '../source/source-file.ts';
import { syntaxHints } from '../syntax/hints.ts';
import { parseCondition } from '../syntax/parser.ts';
import type { SyntaxProblem } from '../syntax/problem.ts';
import type { CollectedRule, Collector } from './collector.ts';
import { renderExceptions } from './exceptions.ts';
import { MAX_CONDITION_LENGTH, MAX_TOTAL_CONDITION_LENGTH, MAX_TOTAL_NODES } from './limits.ts';
import { joinedText, ListTable } from './lists.ts';
import {
  type CompiledMacro,
  checkMacros,
  checkReferences,
  expandedSize,
  isTooLarge,
  type MacroScope,
  type ParsedText,
  parsedText,
  reportTooLarge,
} from './macros.ts';
import { warnDeprecatedOutput } from './output.ts';
import type {
  PartialRule,
  ResolvedException,
  ResolvedList,
  ResolvedMacro,
  ResolvedRule,
  ResolvedRules,
} from './resolved.ts';

/** What parsing made of a rule, kept while neither the rule nor any list changes. */
interface ParsedRule {
  readonly revision: number;
  readonly epoch: number;
  readonly collected: MappedText;
  readonly output: MappedText;
  readonly parsed: ParsedText | undefined;
  /** an exception could not be put into `parsed` */
  readonly lacksException: boolean;
  readonly diagnostics: readonly Diagnostic[];
}

export class RuleResolver {
  readonly #collector: Collector;
  readonly #skipsOutput: (rule: PartialRule) => boolean;
  readonly #parsed = new Map<CollectedRule, ParsedRule>();
  #lists = new ListTable(new Map());
  #listsEpoch = -1;
  #macros: ReadonlyMap<string, CompiledMacro> = new Map();
  #macroDiagnostics: readonly Diagnostic[] = [];
  /** of all conditions parsed since lists or macros changed */
  #length = 0;
  #nodes = 0;
  #isTotalReported = false;

  constructor(collector: Collector, skipsOutput: (rule: PartialRule) => boolean) {
    this.#collector = collector;
    this.#skipsOutput = skipsOutput;
  }

  /** Compiles the collector as it stands. */
  resolve(report: Report): ResolvedRules {
    this.#isTotalReported = false;
    this.#refresh();
    this.#macroDiagnostics.forEach(report);
    const scope = this.#scope(report);
    const rules: ResolvedRule[] = [];
    const partialRules: PartialRule[] = [];
    for (const rule of this.#collector.rules.values()) {
      if (!rule.isSourceKnown) continue;
      const resolved = this.#resolveRule(rule, scope);
      if ('condition' in resolved) rules.push(resolved);
      else partialRules.push(resolved);
    }
    for (const item of this.#collector.takeLostItems()) {
      const partial = this.#resolveLost(item, scope);
      if (partial) partialRules.push(partial);
    }
    return {
      rules,
      partialRules,
      macros: this.#resolvedMacros(),
      lists: this.#resolvedLists(),
      requiredEngineVersion: formatVersion(this.#collector.requiredEngine),
      requiredPluginVersions: this.#collector.requirements.map(({ choices }) => ({
        ...choices[0]!,
        alternatives: choices.slice(1),
      })),
    };
  }

  #scope(report: Report): MacroScope {
    return {
      macros: this.#macros,
      isLost: (name) => this.#collector.isLost('macro', name),
      hints: this.#collector.hints,
      report,
    };
  }

  /** Lists and macros are compiled again only when one of them changed. */
  #refresh(): void {
    if (this.#listsEpoch === this.#collector.epoch) return;
    this.#listsEpoch = this.#collector.epoch;
    this.#lists = new ListTable(this.#collector.lists);
    this.#length = 0;
    this.#nodes = 0;
    this.#parsed.clear();
    const diagnostics: Diagnostic[] = [];
    const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
    const macros = new Map<string, CompiledMacro>();
    for (const macro of this.#collector.macros.values()) {
      const collected = joinedText(macro.condition);
      const parsed = this.#parse(collected, macro.conditionChain, macro.conditionSpan, report);
      macros.set(macro.name, { macro, collected, parsed, used: false, state: 'new' });
    }
    this.#macros = macros;
    checkMacros(this.#scope(report));
    this.#macroDiagnostics = diagnostics;
  }

  #parse(collected: MappedText, chain: Chain, conditionSpan: Span, report: Report): ParsedText | undefined {
    const text = this.#lists.substitute(collected);
    if (text === undefined || text.text.length > MAX_CONDITION_LENGTH) {
      const span = { ...conditionSpan, end: conditionSpan.start + 1 };
      const message = `the condition is longer than ${MAX_CONDITION_LENGTH} characters once lists are substituted`;
      report(diagnosticOf('condition_too_large', message, insideExpression(chain, collected.text, 0, span), span));
      return undefined;
    }
    this.#length += text.text.length;
    if (this.#isOverTotal(chain, conditionSpan, report)) return undefined;
    const result = parseCondition(text.text);
    if (result.ok) {
      const parsed = parsedText(text, result.condition);
      this.#nodes += parsed.nodes;
      return this.#isOverTotal(chain, conditionSpan, report) ? undefined : parsed;
    }
    const { reason, message, index } = result.problem;
    const span = problemSpan(text, result.problem, conditionSpan);
    const labels = problemLabels(text, result.problem, chain, conditionSpan, span);
    const notes = syntaxHints(text.text, result.problem);
    report(diagnosticOf(reason, message, insideExpression(chain, text.text, index, span), span, { labels, notes }));
    return undefined;
  }

  /** Reported once for all conditions: the next one fails for the same cause. */
  #isOverTotal(chain: Chain, conditionSpan: Span, report: Report): boolean {
    const isTooLong = this.#length > MAX_TOTAL_CONDITION_LENGTH;
    if (!isTooLong && this.#nodes <= MAX_TOTAL_NODES) return false;
    if (this.#isTotalReported) return true;
    this.#isTotalReported = true;
    const span = { ...conditionSpan, end: conditionSpan.start + 1 };
    const limit = isTooLong
      ? `are longer than ${MAX_TOTAL_CONDITION_LENGTH} characters`
      : `hold more than ${MAX_TOTAL_NODES} checks and values`;
    const message = `all conditions together ${limit} once lists are substituted`;
    report(diagnosticOf('conditions_too_large', message, insideExpression(chain, '', 0, span), span));
    return true;
  }

  #parseRule(rule: CollectedRule): ParsedRule {
    const before = this.#parsed.get(rule);
    if (before?.revision === rule.revision && before.epoch === this.#listsEpoch) return before;
    const diagnostics: Diagnostic[] = [];
    const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
    const collected = joinedText(rule.condition);
    const output = joinedText(rule.output);
    const whole = rule.exceptions.length > 0 ? renderExceptions(collected, rule.exceptions, report) : collected;
    warnDeprecatedOutput(output, rule.chain, rule.outputChain, rule.outputSpan, report);
    const parsed = this.#parse(whole ?? collected, rule.conditionChain, rule.conditionSpan, report);
    const lacksException = whole === undefined;
    const result = {
      revision: rule.revision,
      epoch: this.#listsEpoch,
      collected,
      output,
      parsed,
      lacksException,
      diagnostics,
    };
    this.#parsed.set(rule, result);
    return result;
  }

  #resolveRule(rule: CollectedRule, scope: MacroScope): ResolvedRule | PartialRule {
    const { collected, output, parsed, lacksException, diagnostics } = this.#parseRule(rule);
    const partial: PartialRule = { ...shared(rule), output };
    const isSkipped = rule.skipIfUnknownFilter && this.#skipsOutput(partial);
    const own = isSkipped ? { ...scope, report: () => {} } : scope;
    for (const diagnostic of diagnostics) if (!isSkipped || isBeforeOutput(diagnostic)) scope.report(diagnostic);
    if (parsed === undefined) return partial;
    const isGood = checkReferences(parsed, rule, rule.conditionSpan, own);
    const size = expandedSize(parsed, this.#macros);
    if (size !== undefined && isTooLarge(size)) {
      reportTooLarge(parsed.text, rule, rule.conditionSpan, own.report);
      return partial;
    }
    if (!isGood || size === undefined || lacksException) return { ...partial, parsed };
    return {
      ...shared(rule),
      priority: rule.priority,
      description: rule.description.join(' '),
      enabled: rule.enabled,
      warnEvttypes: rule.warnEvttypes,
      capture: rule.capture,
      captureDuration: rule.captureDuration,
      exceptions: rule.exceptions.map(
        ({ name, fields, comps, values, span }): ResolvedException => ({
          name,
          fields: fields.map(({ text }) => text),
          comps: comps.map(({ text }) => text),
          valueCount: values.length,
          span,
        }),
      ),
      text: collected.text,
      parts: rule.condition,
      conditionText: parsed.text,
      condition: parsed.condition,
      output,
    };
  }

  /** What else is wrong with an item that was refused. */
  #resolveLost(item: LostItem, scope: MacroScope): PartialRule | undefined {
    const { kind, name, condition, output } = item;
    const rule = kind === 'rule' ? this.#collector.rules.get(name) : undefined;
    const source = rule?.source ?? item.source ?? DEFAULT_SOURCE;
    if (kind === 'rule' && !this.#collector.isSourceKnown(source)) return undefined;
    const target = kind === 'macro' ? this.#collector.macros.get(name) : rule;
    if (target === undefined && item.change !== 'none') return undefined;
    const parsed = condition && this.#parseLost(item, condition, target?.condition, scope);
    if (kind !== 'rule') return undefined;
    const { sourcePlace } = item;
    return {
      name,
      source,
      ...(sourcePlace && { sourcePlace }),
      tags: rule?.tags ?? [],
      skipIfUnknownFilter: item.skipIfUnknownFilter || (rule?.skipIfUnknownFilter ?? false),
      span: item.span,
      conditionSpan: condition?.span ?? item.span,
      outputSpan: output?.span ?? item.span,
      // an appended output was not read as such
      ...(output && { output: output.text }),
      ...(parsed && { parsed }),
    };
  }

  #parseLost(
    item: LostItem,
    condition: TextValue,
    before: readonly MappedText[] | undefined,
    scope: MacroScope,
  ): ParsedText | undefined {
    const isAppended = item.change === 'append' && before !== undefined;
    const text = isAppended ? joinedText([...before, condition.text]) : condition.text;
    const parsed = this.#parse(text, condition.chain, condition.span, scope.report);
    if (parsed === undefined) return undefined;
    checkReferences(parsed, item, condition.span, scope);
    const size = expandedSize(parsed, this.#macros);
    return size !== undefined && isTooLarge(size) ? undefined : parsed;
  }

  /** What the latest compilation did not use; only meaningful when nothing failed. */
  warnUnused(report: Report): void {
    for (const { macro, used } of this.#macros.values()) {
      if (used) continue;
      const message = `no rule or macro uses the macro '${macro.name}'`;
      report(diagnosticOf('unused', message, macro.chain, macro.span, { falco: 'LOAD_UNUSED_MACRO' }));
    }
    for (const { list, used } of this.#lists.lists) {
      if (used) continue;
      const message = `no rule, macro or list uses the list '${list.name}'`;
      report(diagnosticOf('unused', message, list.chain, list.span, { falco: 'LOAD_UNUSED_LIST' }));
    }
  }

  #resolvedMacros(): ReadonlyMap<string, ResolvedMacro> {
    const macros = new Map<string, ResolvedMacro>();
    for (const { macro, collected, parsed, used, state } of this.#macros.values()) {
      if (parsed === undefined || state !== 'good') continue;
      const { name, span } = macro;
      const { text, condition } = parsed;
      macros.set(name, {
        name,
        text: collected.text,
        parts: macro.condition,
        conditionText: text,
        condition,
        used,
        span,
      });
    }
    return macros;
  }

  #resolvedLists(): ResolvedList[] {
    return this.#lists.lists.map(({ list, items, used }) => ({
      name: list.name,
      items: list.items.map(({ text }) => text),
      itemsCompiled: items.map(({ text }) => text),
      used,
      span: list.span,
    }));
  }
}

/** What rules and what remains of them have in common. */
function shared(rule: CollectedRule): Omit<PartialRule, 'output' | 'parsed'> {
  return {
    name: rule.name,
    source: rule.source,
    ...(rule.sourcePlace && { sourcePlace: rule.sourcePlace }),
    tags: [...new Set(rule.tags)].sort(),
    skipIfUnknownFilter: rule.skipIfUnknownFilter,
    span: rule.span,
    conditionSpan: rule.conditionSpan,
    outputSpan: rule.outputSpan,
  };
}

function isBeforeOutput({ code }: Diagnostic): boolean {
  return STEPS.indexOf(rowOf(code).step) < STEPS.indexOf('output');
}

/** A problem at the end of the text stands behind its last visible character. */
function problemSpan(text: MappedText, { start, end }: SyntaxProblem, conditionSpan: Span): Span {
  const last = text.text.trimEnd().length;
  return start < last
    ? spanOf(text, start, end, conditionSpan)
    : spanOf(sliceText(text, 0, last), last, last, conditionSpan);
}

function problemLabels(
  text: MappedText,
  { opening }: SyntaxProblem,
  chain: Chain,
  conditionSpan: Span,
  span: Span,
): Label[] {
  const labels: Label[] = [];
  const isWritten = opening && sliceText(text, opening.start, opening.end).segments.length > 0;
  if (isWritten) labels.push({ span: spanOf(text, opening.start, opening.end, conditionSpan), message: 'opened here' });
  if (!contains(conditionSpan, span)) {
    const item = chain.at(-2)!;
    const place = { ...conditionSpan, end: conditionSpan.start + 1 };
    labels.push({ span: place, message: `in the condition of ${item.itemType} '${item.itemName}'` });
  }
  return labels;
}

function contains(outer: Span, inner: Span): boolean {
  return inner.file === outer.file && inner.start >= outer.start && inner.end <= outer.end;
}
