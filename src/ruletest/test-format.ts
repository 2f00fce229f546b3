// The test format, written down once: which keys there are, what they hold, what excludes what. Test files and tests in code are
// checked by it, in the same words; what nothing is reported of becomes a test case. They differ in this: a test in a file has a
// name and may have variants (`each`), and the keys that it leaves out may stand in the file's `defaults`.

import { PRIORITY_NAMES, priorityOf } from '../isa/priorities.ts';
import {
  atMostOne,
  flag,
  isMapping,
  json,
  kindOf,
  type Mapping,
  mappingOf,
  nothingBeside,
  onlyWith,
  orNothing,
  patch,
  type RecordRule,
  record,
  type Shape,
  sequenceOf,
  text,
  textOrSequenceOf,
  wholeNumber,
} from './shapes.ts';
import type { EventSource, ExpectedAlert, Place, TestCase } from './test-case.ts';

const NO_EVENT = "there is no event; expected one of 'event', 'template' (such as event) and 'file'";
const NOTHING_EXPECTED = 'the test expects nothing; give it alerts, no_alerts or exact';

const texts = textOrSequenceOf(text);

const ORIGIN_KEYS: readonly string[] = ['event', 'template', 'file'];

const SOURCE: Readonly<Record<string, Shape>> = {
  event: json,
  template: text,
  file: text,
  line: wholeNumber(1, 'the number of a line, from 1'),
  auditid: text,
  merge: patch,
  set: mappingOf(json),
  remove: texts,
};
const SOURCE_KEYS: readonly string[] = Object.keys(SOURCE);

const anEvent: RecordRule = (value, path, report) => {
  if (value['events'] === undefined && ORIGIN_KEYS.every((key) => value[key] === undefined)) report(path, NO_EVENT);
};
const SOURCE_RULES: readonly RecordRule[] = [atMostOne(ORIGIN_KEYS), anEvent, onlyWith('file', ['line', 'auditid'])];

const eventSource = record(SOURCE, { rules: SOURCE_RULES });

const events: Shape = (value, path, report) => {
  sequenceOf(eventSource)(value, path, report);
  if (Array.isArray(value) && value.length === 0) report(path, NO_EVENT);
};

const priority: Shape = (value, path, report) => {
  if (typeof value === 'string' && priorityOf(value) !== undefined) return;
  const found =
    typeof value === 'object' ? `'priority' is ${kindOf(value)}` : `there is no priority '${String(value)}'`;
  report(path, `${found}; expected one of ${PRIORITY_NAMES.join(', ').toLowerCase()}`);
};

const ALERT: Readonly<Record<string, Shape>> = {
  rule: text,
  priority,
  output: text,
  output_contains: text,
  output_fields: mappingOf(json),
  count: wholeNumber(0, 'a number of alerts'),
};

/** Nobody would ever look at what an alert that must not be raised is like. */
const nothingOfNone: RecordRule = (value, path, report) => {
  if (value['count'] !== 0) return;
  const stray = Object.keys(ALERT).filter((key) => key !== 'rule' && key !== 'count' && value[key] !== undefined);
  for (const key of stray) report([...path, key], `'${key}' has no place beside 'count: 0'`);
};

const expectedAlert = record(ALERT, { required: ['rule'], rules: [nothingOfNone] });

const ruleOrAlert: Shape = (value, path, report) => {
  if (typeof value !== 'string') expectedAlert(value, path, report);
};

const aVariant: Shape = (value, path, report) => {
  if (Array.isArray(value) && value.length === 0) report(path, "'each' holds no variant");
  else sequenceOf(json)(value, path, report);
};

/** A sequence of `set` mappings, or a mapping of JSON Pointers to the values to be tried one after the other. */
const variants: Shape = (value, path, report) => {
  if (Array.isArray(value)) sequenceOf(mappingOf(json))(value, path, report);
  else mappingOf(aVariant)(value, path, report);
  const isEmpty = (Array.isArray(value) || isMapping(value)) && Object.keys(value).length === 0;
  if (isEmpty) report(path, "'each' holds no variant");
};

const somethingExpected: RecordRule = ({ alerts, no_alerts: noAlerts, exact }, path, report) => {
  const isEmpty = [alerts, noAlerts].every((rules) => (Array.isArray(rules) ? rules.length === 0 : !rules));
  if (isEmpty && exact !== true) report(path, NOTHING_EXPECTED);
};

function testShape(ofFiles: Readonly<Record<string, Shape>>, required: readonly string[]): Shape {
  const expectation = {
    alerts: orNothing(textOrSequenceOf(ruleOrAlert)),
    no_alerts: orNothing(texts),
    exact: orNothing(flag),
  };
  return record(
    { name: text, ...SOURCE, events, ...ofFiles, ...expectation },
    { required, rules: [nothingBeside('events', SOURCE_KEYS), ...SOURCE_RULES, somethingExpected] },
  );
}

/** A test of a test file, its defaults put in. */
export const FILE_TEST: Shape = testShape({ each: variants }, ['name']);

/** A test in code. */
export const CODE_TEST: Shape = testShape({}, []);

export const TEMPLATE: Shape = eventSource;
export const TEMPLATES: Shape = mappingOf(TEMPLATE);

const { template, set, merge, remove } = SOURCE;
export const DEFAULTS: Shape = record({
  template: template!,
  exact: orNothing(flag),
  set: orNothing(set!),
  merge: merge!,
  remove: remove!,
});

/** The content of a test file, without what is in its templates, defaults and tests, which stand or fall one by one. */
export const FILE: Shape = record({
  rules: texts,
  tuning: text,
  templates: orNothing(mappingOf(() => {})),
  defaults: orNothing(mappingOf(() => {})),
  tests: orNothing(sequenceOf(() => {})),
});

/** A test with the defaults of its file for what it leaves out; what is not as it should be stays for the shape to report. */
export function withDefaults(test: unknown, defaults: Mapping): unknown {
  if (!isMapping(test)) return test;
  const exact = test['exact'] ?? defaults['exact'] ?? false;
  const { events: several } = test;
  if (several === undefined) return { ...sourceWithDefaults(test, defaults), exact };
  if (!Array.isArray(several)) return { ...test, exact };
  return { ...test, exact, events: several.map((one) => (isMapping(one) ? sourceWithDefaults(one, defaults) : one)) };
}

/** An event that says where it comes from is left alone. */
function sourceWithDefaults(source: Mapping, { exact: _, set: common, ...defaults }: Mapping): Mapping {
  if (ORIGIN_KEYS.some((key) => source[key] !== undefined)) return source;
  const { set: own = {} } = source;
  return { ...defaults, ...source, ...(isMapping(own) && isMapping(common) && { set: { ...common, ...own } }) };
}

/** The event of a mapping that has its shape. */
export function eventSourceOf(content: Mapping): EventSource {
  const present = SOURCE_KEYS.filter((key) => content[key] !== undefined);
  return Object.fromEntries(
    present.map((key) => [key, key === 'remove' ? listOf(content[key]) : content[key]]),
  ) as EventSource;
}

/** The test case of a mapping that has its shape, without its variants. */
export function testCaseOf(content: Mapping, place: Place): TestCase {
  const several = content['events'] as readonly Mapping[] | undefined;
  return {
    name: (content['name'] as string | undefined) ?? '',
    place,
    sources: (several ?? [content]).map(eventSourceOf),
    alerts: listOf(content['alerts']).map((alert) =>
      typeof alert === 'string' ? { rule: alert } : (alert as ExpectedAlert),
    ),
    noAlerts: listOf(content['no_alerts']) as readonly string[],
    exact: content['exact'] === true,
  };
}

/** What may be written as a sequence, as the one thing that it would hold, or not at all. */
export function listOf(value: unknown): readonly unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

/** A test once for each of its variants. */
export function variantsOf(test: TestCase, each: unknown): readonly TestCase[] {
  if (each === undefined) return [test];
  const sets = Array.isArray(each)
    ? (each as readonly Mapping[])
    : Object.entries(each as Readonly<Record<string, readonly unknown[]>>).flatMap(([pointer, values]) =>
        values.map((value): Mapping => ({ [pointer]: value })),
      );
  return sets.map((changes) => ({
    ...test,
    name: `${test.name} [${labelOf(changes)}]`,
    sources: test.sources.map((source) => ({ ...source, set: { ...source.set, ...changes } })),
  }));
}

const MAX_LABEL_LENGTH = 120;

function labelOf(changes: Mapping): string {
  const label = Object.entries(changes).map(([pointer, value]) => `${pointer} = ${JSON.stringify(value)}`);
  const joined = label.length === 0 ? 'as it is' : label.join(', ');
  return joined.length > MAX_LABEL_LENGTH ? `${joined.slice(0, MAX_LABEL_LENGTH)}…` : joined;
}
