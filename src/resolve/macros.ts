// Macros: parsing their conditions, checking that what they refer to exists and is visible, that none refers to itself, and
// that none expands beyond reason. Macros are substituted as trees by whoever walks a condition; nothing is copied here.

import type { Report } from '../diagnostics/diagnostic.ts';
import { diagnosticOf, insideExpression } from '../diagnostics/report.ts';
import { type MappedText, spanOf } from '../rulefile/mapped-text.ts';
import type { Named } from '../rulefile/records.ts';
import type { Span } from '../source/source-file.ts';
import type { Condition, MacroRef } from '../syntax/ast.ts';
import type { CollectedMacro } from './collector.ts';
import type { Hints } from './hints.ts';
import { MAX_EXPANDED_DEPTH, MAX_EXPANDED_NODES } from './limits.ts';

/** A condition that parses. */
export interface ParsedText {
  readonly text: MappedText;
  readonly condition: Condition;
  readonly references: readonly MacroRef[];
  /** checks, values, connectives and references */
  readonly nodes: number;
}

export interface CompiledMacro {
  readonly macro: CollectedMacro;
  /** the condition before lists, as collected */
  readonly collected: MappedText;
  /** absent when it does not parse */
  readonly parsed: ParsedText | undefined;
  used: boolean;
  state: 'new' | 'good' | 'bad';
  size?: ExpandedSize;
}

export interface ExpandedSize {
  readonly nodes: number;
  readonly depth: number;
}

/** Decides who may complain about an unknown macro. */
export interface MacroScope {
  readonly macros: ReadonlyMap<string, CompiledMacro>;
  readonly isLost: (name: string) => boolean;
  readonly hints: Hints;
  readonly report: Report;
}

/** What is known of a condition without looking anything up; references are in order. */
export function parsedText(text: MappedText, condition: Condition): ParsedText {
  const references: MacroRef[] = [];
  let nodes = 0;
  const stack: Condition[] = [condition];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    nodes++;
    if (node.kind === 'macro') references.push(node);
    else if (node.kind === 'not') stack.push(node.child);
    else if (node.kind !== 'check') for (let i = node.children.length - 1; i >= 0; i--) stack.push(node.children[i]!);
    else if (node.right?.kind === 'list') nodes += node.right.items.length;
  }
  return { text, condition, references, nodes };
}

interface Frame {
  readonly entry: CompiledMacro;
  next: number;
}

/** Checks all macros in order of definition and marks each good or bad. */
export function checkMacros(scope: MacroScope): void {
  for (const root of scope.macros.values()) {
    root.state = root.parsed !== undefined && checkMacro(root, scope) ? 'good' : 'bad';
  }
  for (const root of scope.macros.values()) if (root.state === 'good') measureMacro(root, scope);
}

/**
 * A macro sees macros first defined before its own latest change. One that it sees but that is checked later (because it was
 * changed) is looked through with the eyes of this one; this is the only way to a loop.
 */
function checkMacro(root: CompiledMacro, scope: MacroScope): boolean {
  let ok = true;
  const unknown: { frame: Frame; reference: MacroRef }[] = [];
  const seen = new Set<CompiledMacro>();
  const path = new Set<CompiledMacro>();
  const stack: Frame[] = [{ entry: root, next: 0 }];
  while (stack.length > 0) {
    const frame = stack.at(-1)!;
    const reference = frame.entry.parsed?.references[frame.next++];
    if (reference === undefined) {
      stack.pop();
      if (stack.length > 0) path.delete(frame.entry);
      continue;
    }
    const target = scope.macros.get(reference.name);
    if (target === undefined || target.macro.index >= root.macro.visibility) {
      unknown.push({ frame, reference });
      continue;
    }
    target.used = true;
    if (path.has(target)) {
      reportLoop(
        root,
        frame.entry,
        reference,
        [...path].map(({ macro }) => macro),
        scope.report,
      );
      return false;
    }
    if (target.state === 'bad' || target.parsed === undefined) ok = false;
    else if (target.state === 'new' && !seen.has(target)) {
      seen.add(target);
      path.add(target);
      stack.push({ entry: target, next: 0 });
    }
  }
  for (const { frame, reference } of distinct(unknown)) {
    const { macro, parsed } = frame.entry;
    reportUnknown(reference, parsed!.text, root.macro, macro.conditionSpan, scope);
  }
  return ok && unknown.length === 0;
}

function distinct<T extends { readonly reference: MacroRef }>(uses: readonly T[]): T[] {
  const names = new Set<string>();
  return uses.filter(({ reference: { name } }) => !names.has(name) && names.add(name));
}

/** Checks the references of a rule's condition: a rule sees all macros. */
export function checkReferences(parsed: ParsedText, owner: Named, conditionSpan: Span, scope: MacroScope): boolean {
  let ok = true;
  const unknown: { reference: MacroRef }[] = [];
  for (const reference of parsed.references) {
    const target = scope.macros.get(reference.name);
    if (target === undefined) unknown.push({ reference });
    else {
      target.used = true;
      if (target.state !== 'good') ok = false;
    }
  }
  for (const { reference } of distinct(unknown)) reportUnknown(reference, parsed.text, owner, conditionSpan, scope);
  return ok && unknown.length === 0;
}

function reportUnknown(
  reference: MacroRef,
  text: MappedText,
  owner: Named,
  fallback: Span,
  { macros, isLost, hints, report }: MacroScope,
): void {
  const { name, start, end } = reference;
  if (isLost(name)) return;
  const span = spanOf(text, start, end, fallback);
  const later = macros.get(name)?.macro;
  const labels = later === undefined ? [] : [{ span: later.span, message: 'defined here, which is too late' }];
  const notes =
    later === undefined
      ? hints.notes(name, macros.keys())
      : ['a macro sees only macros that are first defined before it'];
  const chain = insideExpression(owner.chain, text.text, start, span);
  const message = later === undefined ? `there is no macro '${name}'` : `the macro '${name}' is not defined yet`;
  report(diagnosticOf('undefined_macro', message, chain, span, { labels, notes }));
}

function reportLoop(
  root: CompiledMacro,
  user: CompiledMacro,
  reference: MacroRef,
  path: readonly CollectedMacro[],
  report: Report,
): void {
  const { text } = user.parsed!;
  const span = spanOf(text, reference.start, reference.end, user.macro.conditionSpan);
  const chain = insideExpression(root.macro.chain, text.text, reference.start, span);
  const from = path.findIndex(({ name }) => name === reference.name);
  const circle = [...path.slice(from).map(({ name }) => name), reference.name].join(' -> ');
  const message = `the macro '${reference.name}' refers to itself: ${circle}`;
  report(diagnosticOf('macro_loop', message, chain, span));
}

/** Size of a condition with its macros expanded; undefined when one of them is not measured yet. */
export function expandedSize(parsed: ParsedText, macros: ReadonlyMap<string, CompiledMacro>): ExpandedSize | undefined {
  let nodes = 0;
  let depth = 0;
  const stack: { node: Condition; level: number }[] = [{ node: parsed.condition, level: 1 }];
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { node, level } = top;
    nodes++;
    depth = Math.max(depth, level);
    if (node.kind === 'macro') {
      const size = macros.get(node.name)?.size;
      if (size === undefined) return undefined;
      nodes += size.nodes;
      depth = Math.max(depth, level + size.depth);
    } else if (node.kind === 'not') stack.push({ node: node.child, level: level + 1 });
    else if (node.kind !== 'check') for (const child of node.children) stack.push({ node: child, level: level + 1 });
  }
  return { nodes, depth };
}

export function isTooLarge({ nodes, depth }: ExpandedSize): boolean {
  return nodes > MAX_EXPANDED_NODES || depth > MAX_EXPANDED_DEPTH;
}

/** Measures a macro after those that it refers to. */
function measureMacro(root: CompiledMacro, scope: MacroScope): void {
  const stack = [root];
  while (stack.length > 0) {
    const entry = stack.at(-1)!;
    const pending = entry
      .parsed!.references.map(({ name }) => scope.macros.get(name)!)
      .filter((target) => target.state === 'good' && target.size === undefined);
    if (entry.size === undefined && pending.length > 0) {
      for (const target of pending) stack.push(target);
      continue;
    }
    stack.pop();
    if (entry.size !== undefined || entry.state !== 'good') continue;
    const size = expandedSize(entry.parsed!, scope.macros);
    if (size !== undefined && !isTooLarge(size)) entry.size = size;
    else {
      entry.state = 'bad';
      if (size !== undefined) reportTooLarge(entry.parsed!.text, entry.macro, entry.macro.conditionSpan, scope.report);
    }
  }
}

export function reportTooLarge(text: MappedText, owner: Named, conditionSpan: Span, report: Report): void {
  const span = { ...conditionSpan, end: conditionSpan.start + 1 };
  const chain = insideExpression(owner.chain, text.text, 0, span);
  const message = `'${owner.name}' with its macros has more than ${MAX_EXPANDED_NODES} nodes or ${MAX_EXPANDED_DEPTH} levels`;
  report(diagnosticOf('macros_too_large', message, chain, span));
}
