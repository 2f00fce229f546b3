// Checked rules in, their conditions as static parts out: one Part per node of a condition as it was written, macros entered,
// with its origin. A macro's parts are shared by all that use it, so the work is proportional to the rule files' size.

import type { CheckedCondition, CheckedOperand, CheckedRule } from '../check/checked.ts';
import type { ResolvedList, ResolvedRule, ResolvedRules } from '../resolve/resolved.ts';
import type { MappedText } from '../rulefile/mapped-text.ts';
import { spanOf } from '../rulefile/mapped-text.ts';
import type { Span } from '../source/source-file.ts';
import type { Check, Condition } from '../syntax/ast.ts';
import { printCondition } from '../syntax/print.ts';

/** A node of a condition. Parts with the same `checked` have the same truth. */
export interface Part {
  readonly kind: 'and' | 'or' | 'not' | 'macro' | 'check';
  readonly text: string;
  readonly span: Span;
  readonly checked: CheckedCondition;
  readonly children: readonly Part[];
  /** of a check */
  readonly check?: Check;
  readonly lists?: readonly string[];
}

export interface RuleParts {
  readonly checked: CheckedRule;
  readonly condition: Part;
  /** names of exceptions by the part of the condition that each became */
  readonly exceptions: ReadonlyMap<Part, string>;
}

/** A text that was parsed, where it stands, and the same before lists were put in. */
interface Home {
  readonly text: MappedText;
  readonly span: Span;
  readonly written: string;
}

type CheckOf = Extract<CheckedCondition, { kind: 'check' }>;

export class PartBuilder {
  readonly #resolved: ResolvedRules;
  readonly #macros = new Map<string, Part>();
  readonly #lists: ReadonlyMap<string, ResolvedList>;

  constructor(resolved: ResolvedRules) {
    this.#resolved = resolved;
    this.#lists = new Map(resolved.lists.map((list) => [list.name, list]));
  }

  rule(checked: CheckedRule): RuleParts {
    const { rule } = checked;
    const home = { text: rule.conditionText, span: rule.conditionSpan, written: rule.text };
    const condition = this.#part(rule.condition, checked.condition, home);
    return { checked, condition, exceptions: exceptionsOf(rule, condition) };
  }

  #part(node: Condition, checked: CheckedCondition, home: Home): Part {
    // of its first character: what lists put in stands elsewhere
    const span = spanOf(home.text, node.start, node.start + 1, home.span);
    switch (node.kind) {
      case 'and':
      case 'or': {
        const inner = (checked as Extract<CheckedCondition, { kind: 'and' | 'or' }>).children;
        const children = node.children.map((child, i) => this.#part(child, inner[i]!, home));
        return { kind: node.kind, text: node.kind, span, checked, children };
      }
      case 'not': {
        const inner = (checked as Extract<CheckedCondition, { kind: 'not' }>).child;
        return { kind: 'not', text: 'not', span, checked, children: [this.#part(node.child, inner, home)] };
      }
      case 'macro':
        return { kind: 'macro', text: node.name, span, checked, children: [this.#macro(node.name, checked)] };
      case 'check': {
        const lists = this.#listsOf(node, home.written);
        const text = printCondition(node).replace(/ $/, ' ""'); // an empty constant prints as nothing
        return { kind: 'check', text, span, checked, children: [], check: node, ...(lists.length > 0 && { lists }) };
      }
    }
  }

  #macro(name: string, checked: CheckedCondition): Part {
    const known = this.#macros.get(name);
    if (known !== undefined) return known;
    const { condition, conditionText, span, text } = this.#resolved.macros.get(name)!;
    const part = this.#part(condition, checked, { text: conditionText, span, written: text });
    this.#macros.set(name, part);
    return part;
  }

  /** Lists named in the condition's text whose items stand, in a row, among the constants. */
  #listsOf({ right }: Check, written: string): readonly string[] {
    if (right?.kind !== 'list') return [];
    const texts = right.items.map(({ text }) => text);
    return [...new Set(written.match(/[^ \t\n\r(),=]+/g))].filter((word) => {
      const items = this.#lists.get(word)?.itemsCompiled.map(unquoted);
      return items !== undefined && (items.length === 0 ? texts.length === 0 : holdsRow(texts, items));
    });
  }
}

function unquoted(text: string): string {
  return /^"[^"]*"$|^'[^']*'$/.test(text) ? text.slice(1, -1) : text;
}

function holdsRow(texts: readonly string[], row: readonly string[]): boolean {
  return texts.some((_, at) => at + row.length <= texts.length && row.every((text, i) => texts[at + i] === text));
}

// A rule's condition is `(written) and not (exception) and not (exception) ...`, without those that have no values.
function exceptionsOf(rule: ResolvedRule, condition: Part): ReadonlyMap<Part, string> {
  const names = rule.exceptions.filter(({ valueCount }) => valueCount > 0).map(({ name }) => name);
  const parts = names.length === 0 ? [] : condition.children.slice(-names.length);
  return new Map(parts.map((part, i) => [part, names[i]!]));
}

/** The operands of a check whose values tell why it holds or not: left side first, fields inside transformers last. */
export function operandsOf(checked: CheckedCondition): readonly CheckedOperand[] {
  const { left, right } = checked as CheckOf;
  const shown = new Map<CheckedOperand, CheckedOperand>();
  const add = (operand: CheckedOperand): void => {
    if (operand.kind === 'field' || operand.kind === 'transformer') shown.set(operand, operand);
    if (operand.kind === 'transformer') operand.args.forEach(add);
    if (operand.kind === 'list') operand.items.forEach(add);
  };
  add(left);
  if (right.kind === 'operand') add(right.operand);
  return [...shown.keys()];
}

/** The key of an operand's value, which is how a condition writes it. */
export function operandText(operand: CheckedOperand): string {
  switch (operand.kind) {
    case 'field':
      return operand.text;
    case 'literal':
      return JSON.stringify(new TextDecoder().decode(operand.bytes));
    case 'list':
      return `(${operand.items.map(operandText).join(',')})`;
    case 'transformer': {
      const selector = operand.selector === undefined ? '' : `[${operand.selector}]`;
      return `${operand.name}(${operand.args.map(operandText).join(',')})${selector}`;
    }
  }
}
