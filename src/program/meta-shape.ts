// Whether JSON of unknown origin is a ProgramMeta that agrees with its program.

import type { ProgramMeta, Render } from './meta.ts';

const RENDERS: readonly Render[] = ['string', 'number', 'number9', 'bool', 'address', 'network', 'time'];

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';

function isNumberBelow(limit: number): Check {
  return (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < limit;
}

function isOneOf(list: readonly string[]): Check {
  return (value) => list.includes(value as string);
}

function isListOf(check: Check): Check {
  return (value) => Array.isArray(value) && value.every(check);
}

function isObjectOf(checks: Readonly<Record<string, Check>>): Check {
  const members = Object.entries(checks);
  return (value) =>
    typeof value === 'object' &&
    value !== null &&
    members.every(([key, check]) => check((value as Record<string, unknown>)[key]));
}

export function isProgramMeta(value: unknown, ruleCount: number, valueCount: number): value is ProgramMeta {
  const rendered = { value: isNumberBelow(valueCount), render: isOneOf(RENDERS) };
  const isToken = isObjectOf({ ...rendered, width: isNumberBelow(2 ** 32) });
  const isLiteral = isObjectOf({ text: isText });
  const isTemplate = isListOf((part) => isLiteral(part) || isToken(part));
  const isRule = isObjectOf({
    name: isText,
    description: isText,
    priority: isNumberBelow(8),
    tags: isListOf(isText),
    source: isText,
    enabled: isFlag,
    output: isTemplate,
    fields: isListOf(isObjectOf({ ...rendered, key: isText })),
    formatted: isListOf(isObjectOf({ key: isText, output: isTemplate })),
  });
  const isMeta = isObjectOf({
    semantics: isOneOf(['falco', 'fixed']),
    source: isText,
    plugins: isListOf(isObjectOf({ name: isText, version: isText })),
    requiredEngineVersion: isText,
    carried: (carried) => carried === undefined || isListOf(isNumberBelow(valueCount))(carried),
    rules: (rules) => isListOf(isRule)(rules) && (rules as unknown[]).length === ruleCount,
  });
  return isMeta(value);
}
