// Resolved rules in, typed rules and diagnostics out. The output is looked at first, then the condition, each in Falco's
// order, so that the first error of a rule is the one that Falco stops at; all others are reported too. A rule with
// an error, or with an unknown field that its author allowed for (skip-if-unknown-filter), has no typed form.

import type { Label, Report } from '../diagnostics/diagnostic.ts';
import { type Chain, contentChain, diagnosticOf, inside, insideExpression } from '../diagnostics/report.ts';
import type { Catalogue } from '../isa/catalogue.ts';
import { EVENT_FIELDS, fieldMap } from '../isa/fields.ts';
import type { PartialRule, ResolvedMacro, ResolvedRule } from '../resolve/resolved.ts';
import { sourceFix } from '../resolve/source-fix.ts';
import { fixOf } from '../rulefile/edit-text.ts';
import { type MappedText, spanOf } from '../rulefile/mapped-text.ts';
import type { Span } from '../source/source-file.ts';
import { parseOperand } from '../syntax/operand.ts';
import type { CheckedPart, CheckedRule } from './checked.ts';
import { ConditionChecker, type ConditionResult, type Finding } from './condition.ts';
import { checkField, isFieldText, rawFieldRef } from './field.ts';
import { checkOperand } from './operand.ts';
import { type AppendOutput, checkExtraFields, checkOutput, fullOutput, matchingEntries } from './output.ts';
import type { CheckProblem } from './problem.ts';

export interface Checker {
  /**
   * Whether an exception may name this field: with arguments, inside transformers. Of another source than the catalogue's
   * nothing is known but that it lacks the catalogue's own fields.
   */
  fieldExists(text: string, source?: string): boolean;
  /** Why the catalogue's source has no such field. */
  explainField(text: string): FieldProblem;
  /** The typed rule, or undefined when an error or a warning that drops it was reported. */
  checkRule(
    rule: ResolvedRule,
    macros: ReadonlyMap<string, ResolvedMacro>,
    appendOutput?: readonly AppendOutput[],
  ): CheckedRule | undefined;
  /** Reports what is wrong with the parts of a rule that failed. */
  checkPartial(
    rule: PartialRule,
    macros: ReadonlyMap<string, ResolvedMacro>,
    appendOutput?: readonly AppendOutput[],
  ): void;
  /** Whether the output of a rule with skip-if-unknown-filter drops the rule. */
  skipsOutput(rule: PartialRule, appendOutput?: readonly AppendOutput[]): boolean;
}

/** What is wrong with a field text; ranges are of that text. */
export type FieldProblem = Pick<CheckProblem, 'message' | 'notes' | 'repair'>;

type CheckedOutput = Pick<CheckedRule, 'output' | 'extraFields'>;
/** `skipped`: the rule is dropped without an error, and Falco looks no further. */
type OutputOutcome = CheckedOutput | 'failed' | 'skipped';

/** A checker for the rules of one compilation. */
export function createChecker(catalogue: Catalogue, report: Report): Checker {
  const conditions = new ConditionChecker(catalogue);
  const others = { ...catalogue, fields: fieldMap(EVENT_FIELDS) };
  const otherConditions = new ConditionChecker(others);
  return {
    fieldExists: (text, source = catalogue.source) =>
      source === catalogue.source
        ? fieldExists(text, catalogue)
        : !fieldExists(text, catalogue) || fieldExists(text, others),
    explainField: (text) => explainField(text, catalogue),
    checkRule: (rule, macros, appendOutput = []) => {
      if (rule.source !== catalogue.source) {
        const home = { text: rule.conditionText, span: rule.conditionSpan };
        reportOtherSource(rule, otherConditions.check(rule.condition, home, macros), catalogue, report);
        return undefined;
      }
      const output = checkRuleOutput(rule, matchingEntries(rule, appendOutput), catalogue, report);
      if (output === 'skipped') return undefined;
      const home = { text: rule.conditionText, span: rule.conditionSpan };
      const result = conditions.check(rule.condition, home, macros);
      reportCondition(rule, result.findings, report);
      if (output === 'failed' || result.condition === undefined) return undefined;
      return { rule, condition: result.condition, ...output };
    },
    checkPartial: (rule, macros, appendOutput = []) => {
      const isOurs = rule.source === catalogue.source;
      const entries = matchingEntries(rule, appendOutput);
      if (isOurs && hasOutput(rule) && checkRuleOutput(rule, entries, catalogue, report) === 'skipped') return;
      if (rule.parsed === undefined) return;
      const { text, condition } = rule.parsed;
      const home = { text, span: rule.conditionSpan };
      const checker = isOurs ? conditions : otherConditions;
      // an unknown macro is reported, or was lost with its item
      const findings = checker
        .check(condition, home, macros)
        .findings.filter(({ problem }) => problem.reason !== 'undefined_macro');
      const named = { ...rule, conditionText: text };
      if (isOurs) reportCondition(named, findings, report);
      else reportOurFields(named, findings, catalogue, report);
    },
    skipsOutput: (rule, appendOutput = []) => {
      if (rule.source !== catalogue.source || !hasOutput(rule)) return false;
      const output = checkOutput(fullOutput(rule, matchingEntries(rule, appendOutput)).text, catalogue);
      return 'kind' in output && isSkippedFor(rule, output);
    },
  };
}

/** What the reports about a rule need of it. */
type RuleOutput = Omit<PartialRule, 'parsed' | 'output'> & Pick<ResolvedRule, 'output'>;
type RuleCondition = Omit<PartialRule, 'parsed' | 'output'> & Pick<ResolvedRule, 'conditionText'>;

function hasOutput(rule: PartialRule): rule is PartialRule & RuleOutput {
  return rule.output !== undefined;
}

// A rule of another source that Falco knows (syscall): its fields are not in this catalogue, so it is passed over. But one
// that names this catalogue's fields was meant for this source, and is the error that Falco reports.
function reportOtherSource(rule: ResolvedRule, result: ConditionResult, catalogue: Catalogue, report: Report): void {
  if (reportOurFields(rule, result.findings, catalogue, report)) return;
  const message = `rule '${rule.name}' has source ${rule.source}; only ${catalogue.source} is evaluated, the rule is skipped`;
  report(diagnosticOf('other_source', message, ruleChain(rule, rule.span), rule.span));
}

function reportOurFields(
  rule: RuleCondition,
  findings: readonly Finding[],
  catalogue: Catalogue,
  report: Report,
): boolean {
  const isOurs = ({ problem, home }: Finding): boolean =>
    problem.reason === 'unknown_field' &&
    catalogue.fields.has(home.text.text.slice(problem.start, problem.end).replace(/\[.*/s, ''));
  // they all have the same cause
  const first = findings.find((finding) => finding.kind === 'error' && isOurs(finding));
  if (first === undefined) return false;
  const note = `the field belongs to source ${catalogue.source}, and rule '${rule.name}' has source ${rule.source} (the default is syscall)`;
  const fix = rule.sourcePlace && sourceFix(rule.sourcePlace, catalogue.source);
  const diagnostic = conditionDiagnostic(rule, { ...first, problem: { ...first.problem, notes: [note] } });
  report(fix === undefined ? diagnostic : { ...diagnostic, fix });
  return true;
}

// Falco reads a transformer as it reads a condition, but looks a plain field up by its bare text
function fieldExists(text: string, catalogue: Catalogue): boolean {
  if (!text.includes('(')) return isFieldText(text, catalogue);
  const parsed = parseOperand(text);
  return parsed.ok && checkOperand(parsed.operand, catalogue).kind !== 'problem';
}

function explainField(text: string, catalogue: Catalogue): FieldProblem {
  if (!text.includes('(')) {
    const field = checkField(rawFieldRef(text), catalogue);
    return field.kind === 'problem' ? field : { message: `'${text}' is not a field`, notes: [] };
  }
  const parsed = parseOperand(text);
  if (!parsed.ok) return { message: parsed.problem.message, notes: [] };
  const operand = checkOperand(parsed.operand, catalogue);
  return operand.kind === 'problem' ? operand : { message: `'${text}' is not a field`, notes: [] };
}

function checkRuleOutput(
  rule: RuleOutput,
  entries: readonly AppendOutput[],
  catalogue: Catalogue,
  report: Report,
): OutputOutcome {
  const text = fullOutput(rule, entries);
  const output = checkOutput(text.text, catalogue);
  if ('kind' in output) {
    const isAppended = output.start >= fullOutput(rule, []).text.length && entries.length > 0;
    const notes = isAppended ? [...output.notes, `append_output adds the text to rule '${rule.name}'`] : output.notes;
    return reportOutput(rule, { ...output, notes }, text, report);
  }
  const extraFields = checkExtraFields(entries, text.text, catalogue);
  if ('kind' in extraFields) return reportOutput(rule, extraFields, text, report);
  const parts: readonly CheckedPart[] = output.parts;
  return { output: parts, extraFields };
}

function reportOutput(rule: RuleOutput, problem: CheckProblem, text: MappedText, report: Report): OutputOutcome {
  const isSkipped = isSkippedFor(rule, problem);
  const span = spanOf(text, problem.start, problem.end, rule.outputSpan);
  const chain = inside(ruleChain(rule, rule.outputSpan), 'rule output', '', rule.outputSpan);
  const notes = isSkipped ? [...problem.notes, skipNote(rule)] : problem.notes;
  const falco = isSkipped ? { falco: 'LOAD_UNKNOWN_FILTER' } : {};
  const fix = problem.repair && fixOf(text, problem.repair);
  report(diagnosticOf(problem.reason, problem.message, chain, span, { ...falco, notes, ...(fix && { fix }) }));
  return isSkipped ? 'skipped' : 'failed';
}

function isSkippedFor(rule: RuleOutput, { reason }: CheckProblem): boolean {
  return rule.skipIfUnknownFilter && reason === 'unknown_output_token';
}

function reportCondition(rule: RuleCondition, findings: readonly Finding[], report: Report): void {
  const na = findings.find((finding) => finding.kind === 'na');
  if (na) report(conditionDiagnostic(rule, na));
  const errors = findings.filter((finding) => finding.kind === 'error');
  const [first] = errors;
  if (rule.skipIfUnknownFilter && first?.problem.reason === 'unknown_field') {
    report(conditionDiagnostic(rule, first, 'LOAD_UNKNOWN_FILTER'));
    return;
  }
  const rest = first === undefined ? findings.filter((finding) => finding.kind === 'warning') : errors;
  for (const finding of rest) report(conditionDiagnostic(rule, finding));
}

function conditionDiagnostic(rule: RuleCondition, finding: Finding, falco?: string): ReturnType<typeof diagnosticOf> {
  const { problem, home } = finding;
  const span = spanOf(home.text, problem.start, problem.end, home.span);
  const condition = inside(ruleChain(rule, rule.conditionSpan), 'rule condition', '', rule.conditionSpan);
  const chain = insideExpression(condition, rule.conditionText.text, problem.start, span);
  const fix = problem.repair && fixOf(home.text, problem.repair);
  return diagnosticOf(problem.reason, problem.message, chain, span, {
    ...(fix && { fix }),
    ...(falco !== undefined && { falco }),
    labels: finding.uses.map((use) => useLabel(use)),
    notes: falco === undefined ? problem.notes : [...problem.notes, skipNote(rule)],
  });
}

function useLabel({ name, range, home }: Finding['uses'][number]): Label {
  return { span: spanOf(home.text, range.start, range.end, home.span), message: `macro '${name}' is used here` };
}

function skipNote(rule: Pick<ResolvedRule, 'name'>): string {
  return `rule '${rule.name}' is skipped, as skip-if-unknown-filter asks for`;
}

/** Falco's places down to the rule item that set the part at `part`. */
function ruleChain(rule: Pick<ResolvedRule, 'name' | 'span'>, part: Span): Chain {
  const span = rule.span.file === part.file ? rule.span : part;
  return inside(contentChain(part.file), 'rule', rule.name, span);
}
