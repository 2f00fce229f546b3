// Explanations as text for people: the outcome, the reasons, then the condition as a tree.
//
//   ✗ Secret Read does not match
//     because ka.verb is 'list', wanted get
//
//     ✗ and
//       ✓ accepted                     macro, rules.yaml:10
//       ✗ ka.verb = get                'list' at /verb

import type { ExplainedPart, FieldValue, Place, RuleExplanation } from './explanation.ts';
import { valueText } from './reasons.ts';

export interface ExplanationStyle {
  /** ANSI colours; default off */
  readonly color?: boolean;
  /** show what stands inside parts that did not decide, too; default off */
  readonly full?: boolean;
}

const STYLES = { yes: '32', no: '31', strong: '1', faint: '2' } as const;
type Paint = (style: keyof typeof STYLES, text: string) => string;

const MAX_REASONS = 3;
const MAX_SHOWN_POINTERS = 3;
const MAX_CHECK = 100;
const MAX_VALUE = 48;

/**
 * The explanation of one rule, lines ended by newlines.
 * @throws TypeError for what explains no rule
 */
export function renderExplanation(explanation: RuleExplanation, style: ExplanationStyle = {}): string {
  requireExplanation(explanation);
  if (typeof style !== 'object' || style === null) throw new TypeError('style: expected an object');
  const paint = paintOf(style);
  const lines = [headline(explanation, paint), ...reasonLines(explanation, paint), ''];
  const tree = treeRows(explanation.condition, style.full ?? false, paint);
  const width = Math.min(72, Math.max(...tree.map(({ plain }) => plain.length)));
  for (const { plain, painted, note } of tree) {
    const gap = ' '.repeat(Math.max(2, width - plain.length + 2));
    lines.push(`  ${painted}${note === '' ? '' : gap + paint('faint', note)}`);
  }
  return `${lines.join('\n')}\n`;
}

/** Outcome and shortest reason in one line. */
export function renderVerdict(explanation: RuleExplanation, style: ExplanationStyle = {}): string {
  const paint = paintOf(style);
  const reason = explanation.reasons[0]?.text ?? '';
  return `${headline(explanation, paint)}: ${reason}\n`;
}

// that of an event, and the undefined of a rule that is not there, are mistaken for it
function requireExplanation(explanation: Partial<RuleExplanation> | null | undefined): void {
  const { rule, reasons, condition } = explanation ?? {};
  if (typeof rule === 'string' && Array.isArray(reasons) && typeof condition?.kind === 'string') return;
  throw new TypeError("explanation: expected a rule's, such as explain(event, rule) returns");
}

function paintOf({ color }: ExplanationStyle): Paint {
  return color ? (style, text) => `\x1b[${STYLES[style]}m${text}\x1b[0m` : (_, text) => text;
}

function headline({ rule, matches, enabled }: RuleExplanation, paint: Paint): string {
  const off = enabled ? '' : paint('faint', ' (the rule is off)');
  return `${mark(matches, paint)} ${paint('strong', rule)} ${matches ? 'matches' : 'does not match'}${off}`;
}

function mark(holds: boolean, paint: Paint): string {
  return holds ? paint('yes', '✓') : paint('no', '✗');
}

function reasonLines({ reasons }: RuleExplanation, paint: Paint): readonly string[] {
  const lines = reasons.slice(0, MAX_REASONS).map(({ text }, i) => `  ${i === 0 ? 'because' : 'also'} ${text}`);
  const more = reasons.length - lines.length;
  if (more > 0) lines.push(paint('faint', `  and for ${more} more ${more === 1 ? 'reason' : 'reasons'}`));
  return lines;
}

interface Row {
  readonly plain: string;
  readonly painted: string;
  readonly note: string;
}

function treeRows(part: ExplainedPart, full: boolean, paint: Paint, depth = 0): readonly Row[] {
  const text = part.text.length > MAX_CHECK ? `${part.text.slice(0, MAX_CHECK)}…` : part.text;
  const indent = '  '.repeat(depth);
  const plain = `${indent}x ${text}`;
  const painted = `${indent}${mark(part.holds, paint)} ${part.needed ? text : paint('faint', text)}`;
  const row = { plain, painted, note: noteOf(part, depth) };
  const isClosed = !part.needed && !full;
  const children = isClosed ? [] : (part.children ?? []);
  return [row, ...children.flatMap((child) => treeRows(child, full, paint, depth + 1))];
}

function noteOf(part: ExplainedPart, depth: number): string {
  const notes: string[] = [];
  if (part.kind === 'macro') notes.push(`macro, ${placeText(part.children![0]!.place)}`);
  if (part.values) notes.push(part.values.map(valueNote).join(', '));
  if (part.lists) notes.push(`from list ${part.lists.join(', ')}`);
  if (part.exception !== undefined && part.kind === 'not' && depth === 1) notes.push(`exception '${part.exception}'`);
  if (!part.needed) notes.push('not needed');
  return notes.join('; ');
}

function placeText({ file, line }: Place): string {
  return `${file.slice(file.lastIndexOf('/') + 1)}:${line}`;
}

function valueNote({ value, pointers }: FieldValue): string {
  const shown = pointers.slice(0, MAX_SHOWN_POINTERS).join(' ');
  const more = pointers.length - MAX_SHOWN_POINTERS;
  const where = pointers.length === 0 || shown === '' ? '' : ` at ${shown}${more > 0 ? ` and ${more} more` : ''}`;
  return `${valueText(value, MAX_VALUE)}${where}`;
}
