// Texts of the command line to values. Every parser refuses what it cannot read with commander's argument error, which
// ends the process with status 2 and names the option.

import { InvalidArgumentError, Option } from 'commander';
import { PRIORITY_NAMES, type PriorityName, priorityOf } from '../isa/priorities.ts';

export type Semantics = 'falco' | 'fixed';

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** `4194304`, `256k`, `4MiB`: units are powers of 1024, in any case, with or without `B` or `iB`. */
export function parseSize(text: string): number {
  const parts = /^(\d+)\s*([kmg]?)(?:i?b)?$/i.exec(text.trim());
  const size = parts === null ? 0 : Number(parts[1]) * UNITS[parts[2]!.toLowerCase()]!;
  if (size < 1 || size > 2 ** 30)
    throw new InvalidArgumentError('Expected a size from 1 to 1GiB, such as 256k or 4MiB.');
  return size;
}

/** A whole number above zero. */
export function parseCount(text: string): number {
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new InvalidArgumentError('Expected a number from 1 to 999999999.');
  return count;
}

/** A Falco priority in any case. */
export function parsePriority(text: string): PriorityName {
  const priority = priorityOf(text);
  if (priority === undefined) throw new InvalidArgumentError(`Expected one of ${PRIORITY_NAMES.join(', ')}.`);
  return PRIORITY_NAMES[priority];
}

/** Names between commas, each once; the option may be repeated. */
export function parseNames(text: string, before: readonly string[] = []): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new InvalidArgumentError('Expected names separated by commas.');
  return [...new Set([...before, ...names])];
}

/** Collects the values of an option that may be repeated. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** An option whose value is one of a few words, in any case. */
export function choiceOption(
  flags: string,
  description: string,
  choices: readonly string[],
  byDefault?: string,
): Option {
  const option = new Option(flags, `${description} (${choices.join(', ')})`);
  if (byDefault !== undefined) option.default(byDefault);
  return option.argParser((text: string) => {
    const choice = text.toLowerCase();
    if (!choices.includes(choice)) throw new InvalidArgumentError(`Expected ${choices.join(' or ')}.`);
    return choice;
  });
}

/** `--tls-cert` of `tlsCert`. */
export function optionName(property: string): string {
  return `--${property.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export function semanticsOption(): Option {
  return choiceOption('--semantics <which>', "rule and field semantics: Falco's own, or with its slips mended", [
    'falco',
    'fixed',
  ]);
}

/**
 * `-r` takes one value a use, so that what follows can be an input; rule files that follow directly (`-r a.yaml b.yaml
 * log.jsonl`) are told from inputs by their names. Returns the arguments with a `-r` before each of them.
 */
export function repeatRulesOption(args: readonly string[]): string[] {
  const repeated: string[] = [];
  let isValue = false;
  let isAfterRules = false;
  for (const [at, arg] of args.entries()) {
    if (arg === '--') return [...repeated, ...args.slice(at)];
    if (isAfterRules && /^[^-].*\.ya?ml$/i.test(arg)) repeated.push('-r');
    else isAfterRules = isValue || /^(-r.|--rules=.)/.test(arg);
    isValue = arg === '-r' || arg === '--rules';
    repeated.push(arg);
  }
  return repeated;
}
