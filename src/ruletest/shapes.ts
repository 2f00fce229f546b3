// A value in, a report for everything about it that was not asked for out. Shapes say what a value has to look like, are made of
// one another, and do not know whether the value came from YAML or from code: whoever reports turns a path into a place.

import { didYouMean } from '../isa/nearest-name.ts';

/** Keys and positions that lead from what is checked to the part that is meant. */
export type Path = readonly (string | number)[];

export type Report = (path: Path, message: string) => void;

/** Reports what is wrong with `value`, which stands at `path`; a value that nothing is reported of can be used as it is. */
export type Shape = (value: unknown, path: Path, report: Report) => void;

export type Mapping = Readonly<Record<string, unknown>>;

/** Beyond it a value is taken for one that holds itself. */
const MAX_JSON_DEPTH = 500;

export const text: Shape = (value, path, report) => {
  if (typeof value !== 'string') report(path, `${placeName(path)} is ${kindOf(value)}, expected a text`);
};

export const flag: Shape = (value, path, report) => {
  if (typeof value !== 'boolean') report(path, `${placeName(path)} is ${kindOf(value)}, expected true or false`);
};

/** A whole number from `least`; `what` says of what. */
export function wholeNumber(least: number, what: string): Shape {
  return (value, path, report) => {
    if (Number.isSafeInteger(value) && (value as number) >= least) return;
    report(path, `${placeName(path)} is ${kindOf(value)}, expected ${what}`);
  };
}

/**
 * What JSON can hold: what it would leave out or write as something else would make another event than the one that was meant.
 * Members that are undefined are left out, as everywhere in JavaScript.
 */
export const json: Shape = (value, path, report) => {
  jsonPart(value, path, report, { depth: 0, canLack: true });
};

/** The same, as a merge patch: a member that is undefined might mean that it stays, or that it goes. */
export const patch: Shape = (value, path, report) => {
  jsonPart(value, path, report, { depth: 0, canLack: false });
};

interface JsonState {
  readonly depth: number;
  readonly canLack: boolean;
}

/** False once something was reported, so that a value that holds itself is reported once. */
function jsonPart(value: unknown, path: Path, report: Report, { depth, canLack }: JsonState): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) return true;
  // which are written as texts
  if (value instanceof Date && !Number.isNaN(value.getTime())) return true;
  if (depth > MAX_JSON_DEPTH) {
    const root = path.slice(0, -depth);
    report(root, `${placeName(root)} holds itself, or too many levels`);
    return false;
  }
  const inner = { depth: depth + 1, canLack };
  if (Array.isArray(value)) return [...value].every((item, i) => jsonPart(item, [...path, i], report, inner));
  if (isMapping(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined || !canLack);
    return members.every(([key, member]) => jsonPart(member, [...path, key], report, inner));
  }
  report(path, `${placeName(path)} is ${kindOf(value)}, expected a JSON value`);
  return false;
}

export function sequenceOf(item: Shape): Shape {
  return (value, path, report) => {
    if (!Array.isArray(value)) report(path, `${placeName(path)} is ${kindOf(value)}, expected a sequence`);
    else for (const [i, one] of value.entries()) item(one, [...path, i], report);
  };
}

/** A sequence, or the one text that it would hold. */
export function textOrSequenceOf(item: Shape): Shape {
  const sequence = sequenceOf(item);
  return (value, path, report) => {
    if (typeof value !== 'string') sequence(value, path, report);
  };
}

/** Any keys, with values of one shape. */
export function mappingOf(member: Shape): Shape {
  return (value, path, report) => {
    if (!isMapping(value)) return notMapping(value, path, report);
    for (const [key, one] of Object.entries(value)) member(one, [...path, key], report);
  };
}

/** Nothing (a key without a value) is what the key's absence is. */
export function orNothing(shape: Shape): Shape {
  return (value, path, report) => {
    if (value !== null) shape(value, path, report);
  };
}

export interface RecordOptions {
  readonly required?: readonly string[];
  /** what keys have to do with each other; asked in order, until one reports */
  readonly rules?: readonly RecordRule[];
}

/** Judges a mapping whose keys and values are as they should be. */
export type RecordRule = (value: Mapping, path: Path, report: Report) => void;

/** These keys and no others. A key whose value is undefined is absent. */
export function record(
  keys: Readonly<Record<string, Shape>>,
  { required = [], rules = [] }: RecordOptions = {},
): Shape {
  return (value, path, report) => {
    if (!isMapping(value)) return notMapping(value, path, report);
    let isClean = true;
    const note: Report = (at, message) => {
      isClean = false;
      report(at, message);
    };
    for (const key of Object.keys(value)) if (!Object.hasOwn(keys, key)) unknownKey(key, Object.keys(keys), path, note);
    for (const [key, shape] of Object.entries(keys)) {
      if (value[key] !== undefined || required.includes(key)) shape(value[key], [...path, key], note);
    }
    for (const rule of rules) if (isClean) rule(value, path, note);
  };
}

/** No two of `keys` together: the first one that is there stays, the others are reported. */
export function atMostOne(keys: readonly string[]): RecordRule {
  return (value, path, report) => {
    const [first, ...others] = keys.filter((key) => value[key] !== undefined);
    for (const key of others) report([...path, key], `'${key}' has no place beside '${first}'`);
  };
}

/** None of `keys` beside `key`. */
export function nothingBeside(key: string, keys: readonly string[]): RecordRule {
  const rules = keys.map((other) => atMostOne([key, other]));
  return (value, path, report) => {
    for (const rule of rules) rule(value, path, report);
  };
}

/** None of `keys` without `key`. */
export function onlyWith(key: string, keys: readonly string[]): RecordRule {
  return (value, path, report) => {
    if (value[key] !== undefined) return;
    const stray = keys.filter((other) => value[other] !== undefined);
    for (const other of stray) report([...path, other], `'${other}' has no place without '${key}'`);
  };
}

/** An object with keys; a Map, a Date or a function has none that anybody would find. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && Object.prototype.toString.call(value) === '[object Object]';
}

/** What a value is, in words. */
export function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a sequence';
  if (typeof value === 'string') return 'a text';
  if (isMapping(value)) return 'a mapping';
  if (typeof value === 'number') return `the number ${value}`;
  const isOpaque = typeof value === 'object' || typeof value === 'function';
  return `the value ${isOpaque ? Object.prototype.toString.call(value) : String(value)}`;
}

/** `'set'`, or `item 2 of 'events'`. */
export function placeName(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'the test';
  if (typeof last === 'string') return `'${last}'`;
  const outer = path.slice(0, -1);
  return outer.length === 0 ? `item ${last + 1}` : `item ${last + 1} of ${placeName(outer)}`;
}

function notMapping(value: unknown, path: Path, report: Report): void {
  report(path, `${placeName(path)} is ${kindOf(value)}, expected a mapping`);
}

function unknownKey(key: string, known: readonly string[], path: Path, report: Report): void {
  const help = didYouMean(key, known) ?? `expected ${known.join(', ')}`;
  report([...path, key], `there is no key '${key}' here; ${help}`);
}
