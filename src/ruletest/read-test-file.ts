// The text of a test file in, its tests and problems out. A test with `each` becomes one test case for each variant. A wrong
// part costs the test that it stands in, and is reported with its line.

import { isMap, isNode, LineCounter, parseDocument, type YAMLParseError } from 'yaml';
import { nearestName } from '../isa/nearest-name.ts';
import { PRIORITY_NAMES, priorityOf } from '../isa/priorities.ts';
import {
  type EventSource,
  type ExpectedAlert,
  NO_EVENT,
  NOTHING_EXPECTED,
  ORIGIN_KEYS,
  type Place,
  SOURCE_KEYS,
  type Templates,
  type TestCase,
  type TestFile,
  type TestFileProblem,
} from './test-case.ts';

type Json = Readonly<Record<string, unknown>>;
type Path = readonly (string | number)[];

const FILE_KEYS = ['rules', 'tuning', 'templates', 'defaults', 'tests'];
const TEST_KEYS = ['name', ...SOURCE_KEYS, 'events', 'each', 'alerts', 'no_alerts', 'exact'];
const DEFAULT_KEYS = ['template', 'exact', 'set', 'merge', 'remove'];
const ALERT_KEYS = ['rule', 'priority', 'output', 'output_contains', 'output_fields', 'count'];

export function readTestFile(
  name: string,
  text: string,
): { readonly file: TestFile; readonly problems: readonly TestFileProblem[] } {
  const reader = new TestFileReader(name, text);
  const file = reader.read();
  return { file, problems: reader.problems };
}

/** Shapes of one test file, checked on the way. */
class TestFileReader {
  readonly problems: TestFileProblem[] = [];
  readonly #name: string;
  readonly #counter = new LineCounter();
  readonly #document: ReturnType<typeof parseDocument>;
  #defaults: Json = {};

  constructor(name: string, text: string) {
    this.#name = name;
    this.#document = parseDocument(text, { lineCounter: this.#counter, uniqueKeys: true });
    // what follows the first error is most often of its making
    for (const error of this.#document.errors.slice(0, 1)) {
      const { line } = this.#counter.linePos(error.pos[0]);
      this.problems.push({ file: name, line, message: yamlProblem(error) });
    }
  }

  read(): TestFile {
    const root: unknown = this.problems.length > 0 ? {} : this.#document.toJS();
    const content = this.#content(root);
    this.#defaults = this.#object(content.defaults ?? {}, ['defaults'], DEFAULT_KEYS) ?? {};
    const tests = this.#array(content.tests ?? [], ['tests']);
    if (this.problems.length === 0 && tests.length === 0) this.#report([], 'the file holds no tests');
    return {
      name: this.#name,
      rules: content.rules === undefined ? undefined : this.#texts(content.rules, ['rules']),
      tuning: content.tuning === undefined ? undefined : this.#text(content.tuning, ['tuning']),
      templates: this.#templates(content.templates ?? {}),
      tests: tests.flatMap((test, i) => this.#test(test, ['tests', i])),
    };
  }

  #content(root: unknown): Json {
    if (typeof root === 'object' && root !== null && !Array.isArray(root)) return this.#object(root, [], FILE_KEYS)!;
    const what = isRuleFile(root) ? 'the rules themselves' : root === null ? 'an empty file' : kindOf(root);
    this.#report([], `expected a mapping with 'tests', found ${what}`);
    return {};
  }

  #report(path: Path, message: string): undefined {
    this.problems.push({ ...this.#place(path), message });
    return undefined;
  }

  #place(path: Path): Place {
    for (let length = path.length; length > 0; length--) {
      const parent = this.#document.getIn(path.slice(0, length - 1), true);
      const key = path[length - 1]!;
      const pair = isMap(parent)
        ? parent.items.find((item) => String((item.key as { value?: unknown }).value) === key)
        : undefined;
      const node = pair?.key ?? this.#document.getIn(path.slice(0, length), true);
      if (isNode(node) && node.range) return { file: this.#name, line: this.#counter.linePos(node.range[0]).line };
    }
    return { file: this.#name, line: 1 };
  }

  #object(value: unknown, path: Path, keys?: readonly string[]): Json | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      return this.#report(path, `${placeName(path)} is ${kindOf(value)}, expected a mapping`);
    }
    const unknown = keys && Object.keys(value).find((key) => !keys.includes(key));
    if (unknown !== undefined) {
      const meant = nearestName(unknown, keys!);
      const help = meant === undefined ? `expected ${keys!.join(', ')}` : `did you mean '${meant}'?`;
      this.#report([...path, unknown], `there is no key '${unknown}' here; ${help}`);
    }
    return value as Json;
  }

  #array(value: unknown, path: Path): readonly unknown[] {
    if (Array.isArray(value)) return value;
    this.#report(path, `${placeName(path)} is ${kindOf(value)}, expected a sequence`);
    return [];
  }

  #text(value: unknown, path: Path): string | undefined {
    if (typeof value === 'string') return value;
    return this.#report(path, `${placeName(path)} is ${kindOf(value)}, expected a text`);
  }

  #texts(value: unknown, path: Path): readonly string[] {
    if (typeof value === 'string') return [value];
    return this.#array(value, path).flatMap((item, i) => this.#text(item, [...path, i]) ?? []);
  }

  #templates(value: unknown): Templates {
    const templates: Record<string, EventSource> = {};
    for (const [name, source] of Object.entries(this.#object(value, ['templates']) ?? {})) {
      const path = ['templates', name];
      const read = this.#source(this.#object(source, path, SOURCE_KEYS), path);
      if (read) templates[name] = read;
    }
    return templates;
  }

  /** `content` may hold other keys as well. */
  #source(content: Json | undefined, path: Path): EventSource | undefined {
    if (content === undefined) return undefined;
    const kinds = ORIGIN_KEYS.filter((key) => content[key] !== undefined);
    if (kinds.length > 1) return this.#report(path, `'${kinds[1]}' has no place beside '${kinds[0]}'`);
    if (kinds.length === 0) return this.#report(path, NO_EVENT);
    const { event, template, file, line, auditid, merge, set, remove } = content;
    if (line !== undefined && !(Number.isInteger(line) && (line as number) > 0)) {
      return this.#report([...path, 'line'], `'line' is ${kindOf(line)}, expected the number of a line, from 1`);
    }
    return {
      ...(event !== undefined && { event }),
      ...(template !== undefined && { template: this.#text(template, [...path, 'template']) ?? '' }),
      ...(file !== undefined && { file: this.#text(file, [...path, 'file']) ?? '' }),
      ...(line !== undefined && { line: line as number }),
      ...(auditid !== undefined && { auditid: this.#text(auditid, [...path, 'auditid']) ?? '' }),
      ...(merge !== undefined && { merge }),
      ...(set !== undefined && { set: this.#object(set, [...path, 'set']) ?? {} }),
      ...(remove !== undefined && { remove: this.#texts(remove, [...path, 'remove']) }),
    };
  }

  #test(value: unknown, path: Path): readonly TestCase[] {
    const before = this.problems.length;
    const content = this.#object(value, path, TEST_KEYS);
    if (content === undefined) return [];
    const name = this.#text(content.name, [...path, 'name']) ?? '';
    const sources = this.#sources(content, path);
    const alerts = this.#alerts(content.alerts ?? [], [...path, 'alerts']);
    const noAlerts = this.#texts(content.no_alerts ?? [], [...path, 'no_alerts']);
    const exact = this.#exact(content.exact ?? this.#defaults.exact ?? false, [...path, 'exact']);
    if (alerts.length === 0 && noAlerts.length === 0 && !exact && this.problems.length === before) {
      this.#report(path, NOTHING_EXPECTED);
    }
    const variants = this.#variants(content.each, [...path, 'each']);
    if (this.problems.length > before) return [];
    const place = this.#place([...path, 'name']);
    return variants.map(({ label, set }) => ({
      name: label === '' ? name : `${name} [${label}]`,
      place,
      sources: set === undefined ? sources : sources.map((source) => ({ ...source, set: { ...source.set, ...set } })),
      alerts,
      noAlerts,
      exact,
    }));
  }

  #exact(value: unknown, path: Path): boolean {
    if (typeof value === 'boolean') return value;
    this.#report(path, `'exact' is ${kindOf(value)}, expected true or false`);
    return false;
  }

  #sources(content: Json, path: Path): readonly EventSource[] {
    if (content.events === undefined) return this.#oneSource(content, path);
    const mixed = SOURCE_KEYS.find((key) => content[key] !== undefined);
    if (mixed !== undefined) this.#report([...path, mixed], `'${mixed}' has no place beside 'events'`);
    return this.#array(content.events, [...path, 'events']).flatMap((item, i) => {
      const inner = [...path, 'events', i];
      const source = this.#object(item, inner, SOURCE_KEYS);
      return source === undefined ? [] : this.#oneSource(source, inner);
    });
  }

  #oneSource(content: Json, path: Path): readonly EventSource[] {
    const hasOwn = content.event !== undefined || content.template !== undefined || content.file !== undefined;
    const { template, set, merge, remove } = this.#defaults;
    if (hasOwn) return [this.#source(content, path) ?? []].flat();
    const joined = { template, merge, remove, ...content, set: { ...(set as Json), ...(content.set as Json) } };
    return [this.#source(joined, path) ?? []].flat();
  }

  #alerts(value: unknown, path: Path): readonly ExpectedAlert[] {
    const items = typeof value === 'string' ? [value] : this.#array(value, path);
    return items.flatMap((item, i) => {
      if (typeof item === 'string') return [{ rule: item }];
      const inner = [...path, i];
      const alert = this.#object(item, inner, ALERT_KEYS);
      if (alert === undefined || this.#text(alert.rule, [...inner, 'rule']) === undefined) return [];
      this.#alertParts(alert, inner);
      return [alert as unknown as ExpectedAlert];
    });
  }

  #alertParts({ priority, output, output_contains: part, output_fields: fields, count }: Json, path: Path): void {
    if (output !== undefined) this.#text(output, [...path, 'output']);
    if (part !== undefined) this.#text(part, [...path, 'output_contains']);
    if (fields !== undefined) this.#object(fields, [...path, 'output_fields']);
    if (count !== undefined && !(Number.isInteger(count) && (count as number) >= 0)) {
      this.#report([...path, 'count'], `'count' is ${kindOf(count)}, expected a number of alerts`);
    }
    if (priority === undefined || priorityOf(String(priority)) !== undefined) return;
    const names = PRIORITY_NAMES.join(', ').toLowerCase();
    this.#report([...path, 'priority'], `there is no priority '${String(priority)}'; expected one of ${names}`);
  }

  /** A sequence of `set` mappings, or a mapping of JSON Pointers to the values to be tried one after the other. */
  #variants(value: unknown, path: Path): readonly { readonly label: string; readonly set?: Json }[] {
    if (value === undefined) return [{ label: '' }];
    const sets = Array.isArray(value)
      ? value.map((item, i) => this.#object(item, [...path, i]) ?? {})
      : Object.entries(this.#object(value, path) ?? {}).flatMap(([pointer, values]) =>
          this.#array(values, [...path, pointer]).map((item) => ({ [pointer]: item })),
        );
    if (sets.length === 0) this.#report(path, "'each' holds no variant");
    return sets.map((set) => ({ label: labelOf(set), set }));
  }
}

/** The parser's words, without the place that stands in front anyway, and in ours where they puzzle. */
function yamlProblem(error: YAMLParseError): string {
  if (error.message.includes('block-seq-ind on same line')) return "a '-' starts an item on a line of its own";
  if (error.message.startsWith('Nested mappings are not allowed')) {
    return "a ':' followed by a blank starts a new key here; put a text that holds one into quotes";
  }
  return error.message.split('\n')[0]!.replace(/ at line \d+, column \d+:?$/, '');
}

function isRuleFile(root: unknown): boolean {
  const first: unknown = Array.isArray(root) ? root[0] : undefined;
  if (typeof first !== 'object' || first === null) return false;
  return ['rule', 'macro', 'list', 'required_engine_version'].some((key) => Object.hasOwn(first, key));
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a sequence';
  if (typeof value === 'object') return 'a mapping';
  return typeof value === 'string'
    ? 'a text'
    : `${typeof value === 'number' ? 'the number' : 'the value'} ${String(value)}`;
}

/** `'set'`, or `item 2 of 'events'`. */
function placeName(path: Path): string {
  const last = path.at(-1)!;
  return typeof last === 'number' ? `item ${last + 1} of '${path.at(-2)}'` : `'${last}'`;
}

function labelOf(set: Json): string {
  const label = Object.entries(set).map(([pointer, value]) => `${pointer} = ${JSON.stringify(value)}`);
  const text = label.length === 0 ? 'as it is' : label.join(', ');
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}
